/* What every backend has in common: tickets, answers put off to the loop, and
 * "unsupported" where an operation has no slot. Must not know any backend. */
#include "backend/backend.h"

#include "base/mem.h"

/* A done() that waits for the loop. */
struct backend_answer {
	struct backend *backend;
	struct backend_answer *next;
	struct watch *timer;
	ticket_id ticket;
	enum outcome outcome;
	char *text;
};

ticket_id backend_ticket(struct backend *b)
{
	return ++b->last_ticket;
}

/* ---- answers from the loop ---- */

static void answer_free(struct backend_answer *a)
{
	struct backend_answer **at = &a->backend->answers;
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	loop_remove(a->timer);
	mem_free(a->text);
	mem_free(a);
}

static void on_answer(void *arg)
{
	struct backend_answer *a = arg;
	const struct backend_sink *sink = a->backend->sink;
	ticket_id ticket = a->ticket;
	enum outcome outcome = a->outcome;
	char *text = a->text;
	a->text = NULL;
	answer_free(a);
	sink->done(sink->arg, ticket, outcome, VIEW(""), text);
	mem_free(text);
}

void backend_answer(struct backend *b, ticket_id t, enum outcome outcome, const char *text)
{
	struct backend_answer *a = mem_zero(sizeof *a);
	a->backend = b;
	a->ticket = t;
	a->outcome = outcome;
	a->text = mem_text(text);
	a->next = b->answers;
	b->answers = a;
	a->timer = loop_timer(b->loop, on_answer, a);
	loop_timer_set(a->timer, 0);
}

static ticket_id unsupported(struct backend *b, const char *what)
{
	struct str text = { 0 };
	ticket_id t = backend_ticket(b);
	str_addf(&text, "%s: unsupported by %s", what, b->ops->kind);
	backend_answer(b, t, OUTCOME_UNSUPPORTED, str_text(&text));
	str_release(&text);
	return t;
}

/* ---- the operations ---- */

void backend_probe(struct backend *b)
{
	if (b->ops->probe)
		b->ops->probe(b);
}

ticket_id backend_watch(struct backend *b, const struct watch_scope *scope)
{
	return b->ops->watch ? b->ops->watch(b, scope) : unsupported(b, "watching runs");
}

ticket_id backend_page(struct backend *b, struct view filter, struct view cursor, size_t limit)
{
	return b->ops->page ? b->ops->page(b, filter, cursor, limit)
			    : unsupported(b, "listing runs");
}

ticket_id backend_fetch(struct backend *b, struct view run, enum run_part part,
			struct view cursor)
{
	return b->ops->fetch ? b->ops->fetch(b, run, part, cursor)
			     : unsupported(b, "reading a run");
}

ticket_id backend_follow(struct backend *b, struct view run)
{
	return b->ops->follow ? b->ops->follow(b, run) : unsupported(b, "following a run");
}

ticket_id backend_catalog(struct backend *b, enum catalog_kind kind, struct view cursor)
{
	return b->ops->catalog ? b->ops->catalog(b, kind, cursor)
			       : unsupported(b, "catalogues");
}

ticket_id backend_log(struct backend *b, const struct log_query *q)
{
	return b->ops->log ? b->ops->log(b, q) : unsupported(b, "logs");
}

ticket_id backend_ask(struct backend *b, const struct run_question *q)
{
	return b->ops->ask ? b->ops->ask(b, q) : unsupported(b, verb_name(q->verb));
}

ticket_id backend_schedule(struct backend *b, const struct schedule_order *o)
{
	return b->ops->schedule ? b->ops->schedule(b, o) : unsupported(b, "schedules");
}

ticket_id backend_errand(struct backend *b, const struct errand *e)
{
	return b->ops->errand ? b->ops->errand(b, e) : unsupported(b, "this");
}

ticket_id backend_save(struct backend *b, struct view run, int fd)
{
	return b->ops->save ? b->ops->save(b, run, fd) : unsupported(b, "a run as one file");
}

ticket_id backend_space(struct backend *b, struct view name)
{
	return b->ops->space ? b->ops->space(b, name) : unsupported(b, "another namespace");
}

bool backend_heeds_view(const struct backend *b)
{
	return b->ops->in_view;
}

void backend_in_view(struct backend *b, const struct view *runs, size_t n)
{
	if (b->ops->in_view)
		b->ops->in_view(b, runs, n);
}

ticket_id backend_order(struct backend *b, const struct order *o)
{
	if (o->preview)
		return b->ops->preview ? b->ops->preview(b, o) : unsupported(b, "a preview");
	return b->ops->order ? b->ops->order(b, o) : unsupported(b, verb_name(o->verb));
}

static bool drop_answer(struct backend *b, ticket_id t)
{
	for (struct backend_answer *a = b->answers; a; a = a->next) {
		if (a->ticket == t) {
			answer_free(a);
			return true;
		}
	}
	return false;
}

void backend_cancel(struct backend *b, ticket_id t)
{
	if (!drop_answer(b, t) && b->ops->cancel)
		b->ops->cancel(b, t);
}

size_t backend_pending(const struct backend *b)
{
	size_t n = b->ops->pending ? b->ops->pending(b) : 0;
	for (const struct backend_answer *a = b->answers; a; a = a->next)
		n++;
	return n;
}

void backend_destroy(struct backend *b)
{
	if (!b)
		return;
	while (b->answers)
		answer_free(b->answers);
	b->ops->destroy(b);
}

/* ---- words ---- */

const char *condition_name(enum condition c)
{
	static const char *const names[] = {
		[CONDITION_CONNECTING] = "connecting",
		[CONDITION_LIVE] = "live",
		[CONDITION_STALE] = "stale",
		[CONDITION_DOWN] = "down",
	};
	return names[c];
}

const char *outcome_name(enum outcome o)
{
	static const char *const names[] = {
		[OUTCOME_OK] = "ok",
		[OUTCOME_REFUSED] = "refused",
		[OUTCOME_NOT_FOUND] = "not found",
		[OUTCOME_UNSUPPORTED] = "unsupported",
		[OUTCOME_UNREACHABLE] = "unreachable",
		[OUTCOME_UNKNOWN] = "unknown",
		[OUTCOME_SEEN] = "seen",
	};
	return names[o];
}

/* ---- the sink that does nothing ---- */

static void no_identity(void *arg, unsigned abilities, const struct backend_identity *id)
{
}

static void no_condition(void *arg, enum condition c, const char *sentence, int64_t fresh_ms)
{
}

static void no_view(void *arg, struct view v)
{
}

static void no_runs(void *arg, const struct run_facts *runs, size_t n)
{
}

static void no_progress(void *arg, const struct run_facts *run)
{
}

static void no_snapshot_end(void *arg, bool complete)
{
}

static void no_lane_counts(void *arg, const int64_t *counts, const bool *at_least)
{
}

static void no_page(void *arg, ticket_id t, const struct run_facts *runs, size_t n,
		    struct view next_cursor)
{
}

static void no_detail(void *arg, ticket_id t, const struct run_detail *d)
{
}

static void no_history(void *arg, ticket_id t, struct view run, const struct history_facts *h,
		       size_t n, struct view next_cursor)
{
}

static void no_catalog(void *arg, ticket_id t, enum catalog_kind kind, struct view json,
		       struct view next_cursor)
{
}

static void no_log(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		   enum log_state state, struct view next_cursor, struct view prev_cursor)
{
}

static void no_done(void *arg, ticket_id t, enum outcome outcome, struct view follow_key,
		    const char *text)
{
}

const struct backend_sink backend_silence = {
	.identity = no_identity,
	.condition = no_condition,
	.snapshot_begin = no_view,
	.runs = no_runs,
	.gone = no_view,
	.progress = no_progress,
	.snapshot_end = no_snapshot_end,
	.lane_counts = no_lane_counts,
	.page = no_page,
	.detail = no_detail,
	.history = no_history,
	.catalog = no_catalog,
	.log = no_log,
	.done = no_done,
};
