/* runboard show: one run with its tasks. */
#include "base/utf8.h"
#include "base/when.h"
#include "cli/command.h"
#include "cli/json_out.h"

static const struct opt show_options[] = {
	{ "json", 0, OPT_FLAG, NULL, "the run object with tasks, gates and result" },
	{ 0 },
};

static void field(struct out *o, const char *name, struct view value)
{
	if (!value.len)
		return;
	out_column(o, view_of(name), 11);
	out_label(o, value);
	out_text(o, "\n");
}

static void field_stamp(struct out *o, const char *name, int64_t at_ms)
{
	struct str s = {0};
	if (at_ms)
		when_add_stamp(&s, at_ms);
	field(o, name, view_of_str(&s));
	str_release(&s);
}

static void show_gate(struct out *o, const struct gate_facts *g)
{
	struct str s = {0};
	str_addf(&s, "%s: ", g->kind == GATE_QUESTION ? "asks" : "approval");
	str_add(&s, g->prompt);
	if (g->required > 1)
		str_addf(&s, "  (%zu of %d given)", g->n_given, g->required);
	field(o, "waits", view_of_str(&s));
	str_clear(&s);
	str_addf(&s, "%.*s, since ", (int)g->task.len, g->task.ptr);
	when_add_stamp(&s, g->since_ms);
	if (g->deadline_ms) {
		str_add_text(&s, ", until ");
		when_add_stamp(&s, g->deadline_ms);
	}
	field(o, "", view_of_str(&s));
	str_release(&s);
}

static void show_trigger(struct out *o, const struct run_facts *r)
{
	struct str s = {0};
	str_add_text(&s, trigger_name(r->trigger));
	if (r->trigger_by.len) {
		str_add_text(&s, " by ");
		str_add(&s, r->trigger_by);
	}
	field(o, "trigger", view_of_str(&s));
	str_release(&s);
}

static void show_params(struct out *o, const struct pairs *params)
{
	struct str s = {0};
	for (size_t i = 0; i < params->len; i++) {
		str_clear(&s);
		str_add(&s, params->items[i].name);
		str_add_text(&s, " = ");
		str_add(&s, params->items[i].value);
		field(o, i ? "" : "params", view_of_str(&s));
	}
	str_release(&s);
}

static void show_status(struct out *o, const struct run_facts *r)
{
	struct str s = {0};
	str_add_text(&s, run_status_name(r->status));
	if (r->recovered)
		str_add_text(&s, " (recovered)");
	if (r->cancel_at_ms && run_status_is_open(r->status))
		str_add_text(&s, " (cancel requested)");
	if (r->tasks_total)
		str_addf(&s, ", %d of %d tasks", r->tasks_done, r->tasks_total);
	field(o, "status", view_of_str(&s));
	str_release(&s);
}

static void show_head(struct out *o, const struct run_facts *r)
{
	field(o, "run", r->id);
	field(o, "short", r->short_id);
	field(o, "workflow", r->workflow);
	field(o, "title", r->title);
	show_status(o, r);
	show_trigger(o, r);
	field(o, "queue", r->queue);
	field(o, "worker", r->worker);
	field_stamp(o, "created", r->created_ms);
	field_stamp(o, "started", r->started_ms);
	field_stamp(o, "ended", r->ended_ms);
	if (r->pending_reason.len)
		field(o, r->status == RUN_PAUSED ? "why" : "pending",
		      r->pending_detail.len ? r->pending_detail : r->pending_reason);
	show_params(o, &r->params);
	if (r->waiting.kind != GATE_NONE)
		show_gate(o, &r->waiting);
	field(o, "error", r->error.message);
}

static void add_next_try(struct str *s, int64_t at_ms)
{
	int64_t left_ms = at_ms - when_now_ms();
	str_add_text(s, "next try ");
	if (left_ms >= 1000) {
		str_add_text(s, "in ");
		when_add_span(s, left_ms);
	} else {
		str_add_text(s, "now");
	}
	str_add_text(s, "  ");
}

/* An id that is cut is of no use: orders and logs are asked for by it. */
static int id_cells(const struct run_detail *d)
{
	enum { LEAST = 18, MOST = 100 };
	int most = LEAST;
	for (size_t i = 0; i < d->n_tasks; i++) {
		int cells = utf8_width(d->tasks[i].id);
		most = cells > most ? cells : most;
	}
	return (most < MOST ? most : MOST) + 2;
}

static void show_task(struct out *o, const struct task_facts *t, int cells)
{
	struct str s = {0};
	out_text(o, "  ");
	out_column(o, t->id, cells);
	out_column(o, view_of(task_status_name(t->status)), 11);
	if (t->started_ms)
		when_add_span(&s, (t->ended_ms ? t->ended_ms : when_now_ms()) - t->started_ms);
	out_column(o, view_of_str(&s), 10);
	str_clear(&s);
	if (t->attempt > 1)
		str_addf(&s, "attempt %d  ", t->attempt);
	if (t->exit_code > 0)
		str_addf(&s, "exit %d  ", t->exit_code);
	if (t->signal)
		str_addf(&s, "signal %d  ", t->signal);
	if (t->next_retry_ms)
		add_next_try(&s, t->next_retry_ms);
	str_add(&s, t->error.message);
	if (!s.len)
		str_add(&s, t->progress_words.len ? t->progress_words : t->title);
	out_label(o, view_of_str(&s));
	out_text(o, "\n");
	str_release(&s);
}

static void on_detail_text(void *arg, const struct run_detail *d)
{
	struct cli *c = arg;
	show_head(&c->out, &d->run);
	if (!d->run.params.len && !view_is(d->params, "{}"))
		field(&c->out, "arguments", d->params);
	field(&c->out, "result", d->result);
	out_text(&c->out, "\n");
	int cells = id_cells(d);
	for (size_t i = 0; i < d->n_tasks; i++)
		show_task(&c->out, &d->tasks[i], cells);
}

static void on_detail_json(void *arg, const struct run_detail *d)
{
	struct cli *c = arg;
	json_out_detail(&c->out, d);
}

static int show_run(struct cli *c)
{
	static const struct session_calls as_text = { .detail = on_detail_text };
	static const struct session_calls as_json = { .detail = on_detail_json };
	struct session *s = &c->session;
	struct str id = {0};
	struct err err = {0};
	int status = 0;
	if (!cli_connect(c, &status))
		return status;
	if (session_resolve(s, cli_word(c, 0), &id, &err)) {
		session_listen(s, cli_flag(c, "json") ? &as_json : &as_text, c);
		session_wait(s, backend_fetch(s->backend, view_of_str(&id), PART_DETAIL, VIEW("")));
		status = cli_outcome(c);
	} else {
		status = cli_fail(&err);
	}
	str_release(&id);
	err_release(&err);
	return status;
}

const struct command command_show = {
	.name = "show",
	.words = "RUN [--json]",
	.help = "one run with its tasks",
	.options = show_options,
	.least = 1,
	.most = 1,
	.run = show_run,
};
