/* Why a run has not begun, or does not go on: the limit, the queue, the step or the time that
 * holds it. Nothing holds what is about to begin in the next turn. */
#include "base/utf8.h"
#include "base/when.h"
#include "engine/engine_inside.h"

static const struct machine_task *first_queued(const struct machine *m)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (machine_wants_slot(&m->tasks[i]))
			return &m->tasks[i];
	}
	return NULL;
}

/* As much of the text as fits, in whole characters. */
static size_t fits(struct view v, size_t most)
{
	size_t at = 0, end = 0;
	while (end < v.len && (end = utf8_grapheme_end(v, at)) <= most)
		at = end;
	return at;
}

static struct view say(struct facts_source *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static struct view say(struct facts_source *out, const char *format, ...)
{
	struct str text = {0};
	va_list args;
	va_start(args, format);
	str_addv(&text, format, args);
	va_end(args);
	struct view v = view_of_str(&text);
	v.len = fits(v, sizeof out->words - 1);
	memcpy(out->words, v.ptr, v.len);
	out->words[v.len] = '\0';
	str_release(&text);
	return (struct view){ out->words, v.len };
}

static void waits_for_slot(struct engine *e, const struct machine *m, const struct machine_task *t,
			   struct facts_source *out)
{
	const struct queue *q = engine_queue_of(e, m, t);
	if (q->running < q->slots)
		return;
	out->pending_ms = t->queued_ms;
	if (q->slots) {
		out->pending_reason = VIEW("slots");
		out->pending_detail = say(out, "%.*s waits for one of the %d slot%s of queue %s",
					  (int)t->id.len, t->id.ptr, q->slots,
					  q->slots == 1 ? "" : "s", q->name);
	} else {
		out->pending_reason = VIEW("no_worker");
		out->pending_detail = say(out, "%.*s waits: nobody serves queue %s", (int)t->id.len,
					  t->id.ptr, q->name);
	}
}

static void waits_for_time(const struct machine *m, struct facts_source *out)
{
	struct str at = {0};
	when_add_rfc3339(&at, m->start_at_ms);
	out->pending_reason = VIEW("schedule");
	out->pending_detail = say(out, "it begins at %s", str_text(&at));
	out->pending_ms = m->created_ms;
	str_release(&at);
}

static void waits_for_others(const struct engine *e, const struct machine *m,
			     struct facts_source *out)
{
	const struct live_run *run = engine_live(e, m->id);
	int limit = run ? run->w->concurrency : 0;
	if (!limit || engine_admitted_runs(e, m->workflow) < limit)
		return;
	out->pending_reason = VIEW("concurrency");
	out->pending_detail = say(out, "at most %d run%s of %.*s at a time", limit,
				  limit == 1 ? "" : "s", (int)m->workflow.len, m->workflow.ptr);
	out->pending_ms = m->start_at_ms ? m->start_at_ms : m->created_ms;
}

static bool needs(const struct machine_task *t, struct view step)
{
	for (size_t i = 0; i < t->needs.len; i++) {
		if (view_eq(t->needs.items[i], step))
			return true;
	}
	return false;
}

/* Who waits for a step that is to be tried again. */
static void waits_for_step(const struct machine *m, const struct machine_task *retried,
			   struct facts_source *out)
{
	const struct machine_attempt *a = machine_attempt(retried);
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		if (t->status != TASK_PENDING || !needs(t, retried->step))
			continue;
		out->pending_reason = VIEW("needs");
		out->pending_detail = say(out, "%.*s waits for %.*s, which is tried again",
					  (int)t->id.len, t->id.ptr, (int)retried->id.len,
					  retried->id.ptr);
		out->pending_ms = a ? a->ended_ms : m->created_ms;
		return;
	}
}

/* Of an open run, none of whose steps is at work. */
static void waits_inside(struct engine *e, const struct machine *m, struct facts_source *out)
{
	const struct machine_task *queued = first_queued(m), *retried = NULL;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		if (machine_attempt_runs(t))
			return;
		if (t->status == TASK_RETRYING && !retried)
			retried = t;
	}
	if (queued)
		waits_for_slot(e, m, queued, out);
	else if (retried)
		waits_for_step(m, retried, out);
}

static void waits_for_person(const struct machine *m, struct facts_source *out)
{
	struct view by = m->paused_by, why = m->paused_reason;
	if (!m->paused)
		return;
	out->pending_reason = VIEW("paused");
	out->pending_detail = say(out, "paused by %.*s%s%.*s", (int)by.len, by.ptr,
				  why.len ? ": " : "", (int)why.len, why.ptr);
	out->pending_ms = m->paused_ms;
}

void engine_why_pending(struct engine *e, const struct machine *m, struct facts_source *out)
{
	if (m->status == RUN_PAUSED)
		waits_for_person(m, out);
	if (m->status != RUN_PENDING && m->status != RUN_PLANNED && m->status != RUN_RUNNING)
		return;
	if (m->foreseen || (!m->admitted && m->start_at_ms > when_now_ms()))
		waits_for_time(m, out);
	else if (!m->admitted)
		waits_for_others(e, m, out);
	else
		waits_inside(e, m, out);
}
