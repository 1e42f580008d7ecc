/* The rules that hold of every run after every input. Written from what a person may
 * rely on, not from the machine. */
#include "machine_parts.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool holds, const char *rule, struct view where)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s (%.*s)\n", rule, (int)where.len, where.ptr);
	abort();
}

void before_take(struct before *b, const struct machine *m)
{
	arena_clear(&b->arena);
	b->tasks = arena_array(&b->arena, m->n_tasks + 1, sizeof *b->tasks);
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		b->tasks[i] = (struct before_task){ arena_view(&b->arena, t->id), t->status,
						    t->attempt, t->version };
	}
	b->n_tasks = m->n_tasks;
	b->version = m->version;
	b->ended = m->ended;
	b->paused = m->paused;
}

void before_release(struct before *b)
{
	arena_release(&b->arena);
}

static const struct before_task *find(const struct before *b, struct view id)
{
	for (size_t i = 0; i < b->n_tasks; i++)
		if (view_eq(b->tasks[i].id, id))
			return &b->tasks[i];
	return NULL;
}

static bool is_closed(enum task_status s)
{
	return !task_status_is_open(s);
}

static bool said(const struct events *facts, enum event_kind kind, struct view task)
{
	for (size_t i = 0; i < facts->list.len; i++)
		if (facts->list.items[i].kind == kind && view_eq(facts->list.items[i].task, task))
			return true;
	return false;
}

static bool skipped_by_order(const struct events *facts, struct view task)
{
	for (size_t i = 0; i < facts->list.len; i++) {
		const struct event *e = &facts->list.items[i];
		if (e->kind == EVENT_TASK_ENDED && view_eq(e->task, task) && e->by.len)
			return true;
	}
	return false;
}

/* ---- of a task --------------------------------------------------------------------- */

static void rule_change(const struct before_task *was, const struct machine_task *t,
			const struct events *facts)
{
	bool reset = said(facts, EVENT_TASK_RESET, t->id);
	must(t->version >= was->version, "a task's version went back", t->id);
	must(t->attempt >= was->attempt, "an attempt's number went back", t->id);
	if (t->status == was->status)
		return;
	must(t->version > was->version, "a task changed without a new version", t->id);
	must(!is_closed(was->status) || reset || skipped_by_order(facts, t->id),
	     "an ended task went on without an order", t->id);
	must(t->status != TASK_PENDING || (reset && !t->attempt), "a task is pending again", t->id);
}

static void rule_attempts(const struct machine *m, const struct machine_task *t)
{
	for (size_t i = 0; i < t->attempts.len; i++) {
		const struct machine_attempt *a = &t->attempts.items[i];
		must(!i || a->number > a[-1].number, "attempts do not count up", t->id);
		must(i + 1 == t->attempts.len || a->status != TASK_RUNNING,
		     "two attempts of a task run", t->id);
		must(a->number <= t->attempt, "an attempt is ahead of its task", t->id);
	}
	if (machine_attempt_runs(t)) {
		must(t->status == TASK_RUNNING || t->status == TASK_WAITING,
		     "an attempt runs under a task that does not", t->id);
		must(!m->ended, "an attempt runs in a run that has ended", t->id);
	}
}

static void rule_votes(const struct machine_task *t)
{
	const struct machine_gate *g = &t->gate;
	for (size_t i = 0; i < g->votes.len; i++)
		for (size_t k = 0; k < i; k++)
			must(!view_eq(g->votes.items[i].by, g->votes.items[k].by),
			     "a person counts twice", t->id);
	must(t->status != TASK_WAITING || g->kind != GATE_NONE, "a task waits for nothing", t->id);
}

static void rule_batch(const struct machine *m, const struct workflow *w,
		       const struct machine_task *t)
{
	const struct step *s = workflow_step(w, t->step);
	int active = 0;
	if (!t->expanded || !s || s->batch <= 0)
		return;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *item = &m->tasks[i];
		active += item->item_index >= 0 && view_eq(item->step, t->step) &&
			  (item->status == TASK_QUEUED || machine_attempt_runs(item));
	}
	must(active <= s->batch, "more items at a time than `batch`", t->id);
}

/* ---- of the facts ------------------------------------------------------------------- */

/* Who is begun has what it needs. */
static void rule_needs(const struct machine *m, const struct event *e)
{
	const struct machine_task *t = machine_task(m, e->task);
	bool begins = e->kind == EVENT_ATTEMPT_STARTING || e->kind == EVENT_CHILD_STARTED;
	for (size_t i = 0; begins && i < t->needs.len; i++) {
		const struct machine_task *need = machine_task(m, t->needs.items[i]);
		must(!need || need->satisfied, "a step began without what it needs", e->task);
	}
}

/* What stands in finally comes when all else is over. */
static void rule_finally(const struct machine *m, const struct event *e)
{
	const struct machine_task *t = machine_task(m, e->task);
	bool begins = e->kind == EVENT_TASK_QUEUED || e->kind == EVENT_ATTEMPT_STARTING ||
		      e->kind == EVENT_CHILD_STARTED || e->kind == EVENT_GATE_OPENED;
	for (size_t i = 0; begins && t && t->is_finally && i < m->n_tasks; i++)
		must(m->tasks[i].is_finally || is_closed(m->tasks[i].status),
		     "a finally step began before the rest was over", e->task);
}

static void rule_facts(const struct before *b, const struct machine *m, const struct events *facts)
{
	bool open = !b->ended;
	for (size_t i = 0; i < facts->list.len; i++) {
		const struct event *e = &facts->list.items[i];
		must(open || e->kind == EVENT_RUN_REOPENED, "a fact of a run that has ended", e->task);
		open = e->kind != EVENT_RUN_ENDED;
		if (e->kind == EVENT_ATTEMPT_STARTING)
			must(!b->paused, "an attempt begins in a paused run", e->task);
		rule_needs(m, e);
		rule_finally(m, e);
	}
}

/* ---- of the run ---------------------------------------------------------------------- */

static void rule_run(const struct before *b, const struct machine *m)
{
	must(m->version >= b->version, "the run's version went back", m->id);
	must(m->ended != run_status_is_open(m->status), "ended, and its status is open", m->id);
	for (size_t i = 0; m->ended && i < m->n_tasks; i++)
		must(is_closed(m->tasks[i].status), "an open task in a run that has ended",
		     m->tasks[i].id);
	for (size_t i = 0; m->status == RUN_COMPLETED && i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		bool bad = t->status == TASK_FAILED || t->status == TASK_ERROR ||
			   t->status == TASK_TIMED_OUT || t->status == TASK_REJECTED;
		must(!bad || t->caught, "completed over a failure that nothing caught", t->id);
	}
}

void machine_rules(const struct before *b, const struct machine *m, const struct workflow *w,
		   const struct events *facts)
{
	rule_run(b, m);
	rule_facts(b, m, facts);
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		const struct before_task *was = find(b, t->id);
		if (was)
			rule_change(was, t, facts);
		rule_attempts(m, t);
		rule_votes(t);
		rule_batch(m, w, t);
	}
}
