/* runboard logs -f: the run is watched; whatever begins to print is followed. */
#include "cli/logs_inside.h"

enum { OPEN_MOST = 64 };

struct following {
	struct logs *l;
	ticket_id watch, detail;
	bool looked;			/* at what there was at the begin */
	bool changed;			/* since the detail was asked for */
	bool over;			/* nothing more will begin */
	bool missing;			/* there is no such task */
	struct str failure;		/* why some output could not be read */
};

/* The last attempt that is followed; 0: none. */
static int followed(const struct logs *l, const struct task_facts *t)
{
	int last = 0;
	for (size_t i = 0; i < l->parts.len; i++) {
		const struct logs_part *p = l->parts.items[i];
		if (p->attempt > last && view_is(t->id, p->task))
			last = p->attempt;
	}
	return last;
}

/* Of what had begun before only the attempt at work; later on all, also those that were
 * over before they could be looked at. */
static void add_attempts(struct following *f, const struct task_facts *t)
{
	struct logs *l = f->l;
	int last = followed(l, t);
	if (l->query.attempt) {
		if (!last && t->attempt >= l->query.attempt) {
			struct logs_part *p = logs_add_part(l, t);
			p->closed = p->closed || t->attempt > l->query.attempt;
		}
		return;
	}
	if (!f->looked && t->attempt > 0)
		last = t->attempt - 1;
	while (last < t->attempt) {
		struct logs_part *p = logs_add_part(l, t);
		p->attempt = ++last;
		p->closed = p->closed || last < t->attempt;
	}
}

static void ask_detail(struct following *f)
{
	struct session *s = &f->l->cli->session;
	if (f->detail || f->over)
		return;
	f->changed = false;
	f->detail = backend_fetch(s->backend, f->l->query.run, PART_DETAIL, VIEW(""));
}

static void open_part(struct following *f, struct logs_part *p)
{
	struct log_query q = f->l->query;
	q.task = view_of(p->task);
	q.attempt = p->attempt;
	q.follow = true;
	p->ticket = backend_log(f->l->cli->session.backend, &q);
}

/* An attempt of the same task that was before it is still being read. */
static bool has_to_wait(const struct logs *l, const struct logs_part *part)
{
	for (size_t i = 0; l->parts.items[i] != part; i++) {
		const struct logs_part *p = l->parts.items[i];
		if (!p->done && str_eq(p->task, part->task))
			return true;
	}
	return false;
}

/* What has ended is read one after the other, so that it stands together; what runs is
 * followed at once, but for the attempts of one task, which stand in their order. */
static void open_parts(struct following *f)
{
	size_t open = 0;
	bool closed_one = false;
	for (size_t i = 0; i < f->l->parts.len; i++) {
		struct logs_part *p = f->l->parts.items[i];
		bool may = !p->done && !p->ticket && open < OPEN_MOST &&
			   !(p->closed && closed_one) && !has_to_wait(f->l, p);
		if (may)
			open_part(f, p);
		open += p->ticket != 0;
		closed_one = closed_one || (p->ticket && p->closed);
	}
}

static void end_if_over(struct following *f)
{
	for (size_t i = 0; i < f->l->parts.len; i++) {
		if (!f->l->parts.items[i]->done)
			return;
	}
	if (f->over)
		session_stop(&f->l->cli->session);
}

/* ---- what comes -------------------------------------------------------------------- */

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct following *f = arg;
	f->changed = f->changed || n > 0;
	ask_detail(f);
}

static void on_detail(void *arg, const struct run_detail *d)
{
	struct following *f = arg;
	struct logs *l = f->l;
	bool open = run_status_is_open(d->run.status), found = false;
	size_t wanted = 0;
	bool all_closed = true;
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct task_facts *t = &d->tasks[i];
		if (!logs_wants(l, t))
			continue;
		found = true;
		wanted++;
		all_closed = all_closed && !task_status_is_open(t->status);
		add_attempts(f, t);
	}
	f->looked = true;
	l->prefixed = l->prefixed || wanted > 1;
	f->missing = l->task_word && !found;
	f->over = !open || f->missing || (l->task_word && found && all_closed);
}

static void on_log(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		   enum log_state state)
{
	struct following *f = arg;
	for (size_t i = 0; i < f->l->parts.len; i++) {
		if (f->l->parts.items[i]->ticket == t)
			logs_print(f->l->parts.items[i], lines, n);
	}
	out_flush(&f->l->cli->out, NULL);
	if (f->l->cli->out.closed)
		session_stop(&f->l->cli->session);
}

static void close_part(struct following *f, ticket_id t)
{
	for (size_t i = 0; i < f->l->parts.len; i++) {
		struct logs_part *p = f->l->parts.items[i];
		if (p->ticket != t)
			continue;
		p->ticket = 0;
		p->done = true;
		logs_print_rest(p);
	}
	out_flush(&f->l->cli->out, NULL);
}

static void on_done(void *arg, ticket_id t, enum outcome outcome, const char *text)
{
	struct following *f = arg;
	if (t == f->watch)
		return;		/* the session's own wait is over with it */
	if (t == f->detail)
		f->detail = 0;
	else
		close_part(f, t);
	if (outcome != OUTCOME_OK) {
		str_clear(&f->failure);
		str_add_text(&f->failure, text);
	}
	if (f->changed)
		ask_detail(f);
	open_parts(f);
	end_if_over(f);
}

int logs_follow(struct logs *l)
{
	static const struct session_calls calls = {
		.runs = on_runs, .detail = on_detail, .log = on_log, .done = on_done,
	};
	struct following f = { .l = l };
	struct session *s = &l->cli->session;
	struct str filter = {0};
	str_add_text(&filter, "id:");
	str_add(&filter, l->query.run);
	session_end_with_reader(s, l->cli->out.fd);
	session_listen(s, &calls, &f);
	const struct watch_scope scope = { .filter = view_of_str(&filter), .ended = 1 };
	f.watch = backend_watch(s->backend, &scope);
	session_wait(s, f.watch);
	session_listen(s, NULL, NULL);
	str_release(&filter);
	int status = cli_outcome(l->cli);
	if (!status && f.missing)
		status = cli_refuse(ERR_NOT_FOUND, "logs: task %s: this run has none of that name",
				    l->task_word);
	else if (!status && l->query.attempt && l->parts.len == 0)
		status = logs_no_attempt(l);
	else if (!status && f.failure.len)
		status = cli_refuse(ERR_REFUSED, "logs: %s", str_text(&f.failure));
	str_release(&f.failure);
	return status;
}
