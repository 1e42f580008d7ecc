/* A run's state: its making, look-ups, what it is due for, which commands its
 * facts call for. */
#include "engine/machine_inside.h"

#include "base/mem.h"

struct machine *machine_new(void)
{
	struct machine *m = mem_zero(sizeof *m);
	m->stop = RUN_STATUSES;
	m->status = RUN_PENDING;
	return m;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_tasks; i++) {
		vec_release(&m->tasks[i].attempts);
		vec_release(&m->tasks[i].gate.votes);
		vec_release(&m->tasks[i].answers);
	}
	mem_free(m->tasks);
	mask_free(m->mask);
	arena_release(&m->arena);
	mem_free(m);
}

struct machine_task *machine_task(const struct machine *m, struct view id)
{
	for (size_t i = 0; id.len && i < m->n_tasks; i++) {
		if (view_eq(m->tasks[i].id, id))
			return &m->tasks[i];
	}
	return NULL;
}

struct machine_attempt *machine_attempt(const struct machine_task *t)
{
	return t->attempts.len ? &t->attempts.items[t->attempts.len - 1] : NULL;
}

bool machine_attempt_runs(const struct machine_task *t)
{
	const struct machine_attempt *a = machine_attempt(t);
	return a && a->status == TASK_RUNNING;
}

bool machine_wants_slot(const struct machine_task *t)
{
	return t->status == TASK_QUEUED && t->kind != STEP_WORKFLOW;
}

bool machine_has_slot(const struct machine_task *t)
{
	return machine_attempt_runs(t) && t->kind != STEP_WORKFLOW;
}

const char *step_kind_word(enum step_kind kind)
{
	static const char *const words[] = {
		[STEP_RUN] = "run", [STEP_ARGS] = "args", [STEP_APPROVE] = "approve",
		[STEP_ASK] = "ask", [STEP_WORKFLOW] = "workflow",
	};
	return words[kind];
}

int64_t *task_span(struct machine_task *t)
{
	if (t->status == TASK_RETRYING)
		return &t->next_retry_ms;
	if (t->status == TASK_WAITING)
		return &t->gate.deadline_ms;
	return t->kind == STEP_WORKFLOW && machine_attempt_runs(t) ? &t->child_due_ms : NULL;
}

static int64_t sooner(int64_t a, int64_t b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

int64_t machine_next_due(const struct machine *m)
{
	if (m->ended)
		return 0;
	int64_t due = m->stop == RUN_STATUSES ? m->deadline_ms : 0;
	struct awaiting last = {0};
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		if (t->status == TASK_RETRYING && !m->paused &&
		    sooner(due, t->next_retry_ms) != due && !task_awaits_like(&last, m, t))
			due = t->next_retry_ms;
		if (t->status == TASK_WAITING)
			due = sooner(due, t->gate.deadline_ms);
		if (t->kind == STEP_WORKFLOW && machine_attempt_runs(t) && !t->stopping)
			due = sooner(due, t->child_due_ms);
	}
	return due;
}

const struct machine_task *machine_urgent_gate(const struct machine *m)
{
	const struct machine_task *best = NULL;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		if (t->status != TASK_WAITING)
			continue;
		if (!best) {
			best = t;
			continue;
		}
		int64_t mine = t->gate.deadline_ms ? t->gate.deadline_ms : INT64_MAX;
		int64_t its = best->gate.deadline_ms ? best->gate.deadline_ms : INT64_MAX;
		if (mine < its || (mine == its && t->gate.since_ms < best->gate.since_ms))
			best = t;
	}
	return best;
}

int machine_approvals(const struct machine_gate *g)
{
	int n = 0;
	for (size_t i = 0; i < g->votes.len; i++)
		n += g->votes.items[i].verb == VERB_APPROVE;
	return n;
}

bool machine_effect(const struct event *event, enum effect_kind *kind)
{
	if (event->kind == EVENT_ATTEMPT_STARTING)
		*kind = EFFECT_LAUNCH;
	else if (event->kind == EVENT_ATTEMPT_STOPPING)
		*kind = EFFECT_STOP;
	else
		return false;
	return true;
}
