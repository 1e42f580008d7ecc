/* Following one run by the event stream; a line whenever something changed. */
#include "cli/watching.h"

#include "base/when.h"

struct watching_state {
	struct cli *cli;
	enum watching how;
	bool seen, ended, completed;
	struct str last;	/* the line printed last, without its time */
};

static void add_line(struct str *s, const struct run_facts *r)
{
	str_addf(s, "%-9s", run_status_name(r->status));
	if (r->tasks_total)
		str_addf(s, " %d/%d", r->tasks_done, r->tasks_total);
	if (r->waiting.kind != GATE_NONE) {
		str_addf(s, "  %.*s: ", (int)r->waiting.task.len, r->waiting.task.ptr);
		str_add(s, r->waiting.prompt);
	} else if (r->current_task.len && run_status_is_open(r->status)) {
		str_addf(s, "  %.*s %s", (int)r->current_task.len, r->current_task.ptr,
			 task_status_name(r->current_status));
		if (r->current_attempt > 1)
			str_addf(s, " (attempt %d)", r->current_attempt);
	}
	if (!run_status_is_open(r->status) && r->error.message.len) {
		str_add_text(s, "  ");
		str_add(s, r->error.message);
	}
}

static void print_change(struct watching_state *w, const struct run_facts *r)
{
	struct str line = {0}, clock = {0};
	add_line(&line, r);
	if (!view_eq(view_of_str(&line), view_of_str(&w->last))) {
		when_add_clock(&clock, when_now_ms());
		out_text(&w->cli->out, str_text(&clock));
		out_text(&w->cli->out, "  ");
		out_label(&w->cli->out, view_of_str(&line));
		out_text(&w->cli->out, "\n");
		out_flush(&w->cli->out, NULL);
		str_clear(&w->last);
		str_add(&w->last, view_of_str(&line));
	}
	str_release(&line);
	str_release(&clock);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct watching_state *w = arg;
	for (size_t i = 0; i < n; i++) {
		w->seen = true;
		if (w->how == WATCHING_LINES)
			print_change(w, &runs[i]);
		if (!run_status_is_open(runs[i].status)) {
			w->ended = true;
			w->completed = runs[i].status == RUN_COMPLETED;
			session_stop(&w->cli->session);
		}
	}
}

/* The snapshot names the run, ended or not; otherwise there is none. */
static void on_snapshot_end(void *arg)
{
	struct watching_state *w = arg;
	if (!w->seen)
		session_stop(&w->cli->session);
}

int watching_run(struct cli *c, struct view id, enum watching how)
{
	static const struct session_calls calls = { .runs = on_runs,
						    .snapshot_end = on_snapshot_end };
	struct watching_state w = { .cli = c, .how = how };
	struct session *s = &c->session;
	struct str filter = {0};
	str_add_text(&filter, "id:");
	str_add(&filter, id);
	session_end_with_reader(s, c->out.fd);
	session_listen(s, &calls, &w);
	struct watch_scope scope = { .filter = view_of_str(&filter), .ended = 1 };
	session_wait(s, backend_watch(s->backend, &scope));
	session_listen(s, NULL, NULL);
	str_release(&filter);
	str_release(&w.last);
	if (s->live && !w.seen)
		return cli_refuse(ERR_NOT_FOUND, "run %.*s: there is none", (int)id.len, id.ptr);
	if (!w.ended)
		return cli_outcome(c);
	return w.completed ? 0 : 1;
}
