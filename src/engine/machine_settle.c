/* What follows from the state as it is: rules, tried in order until none has
 * anything to say. Each rule emits what it can and says whether it did. */
#include "engine/machine_inside.h"
#include "engine/scope.h"

static struct machine_task *task_at(const struct turn *turn, size_t i)
{
	return &turn->m->tasks[i];
}

/* ---- what goes first ------------------------------------------------------------------- */

enum needs { NEEDS_OPEN, NEEDS_DONE, NEEDS_LOST };

/* A need is a step: its own task counts, which also stands for its items. */
static enum needs need_of(const struct machine *m, struct view step, struct view *lost)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		if (!view_eq(t->id, step))
			continue;
		if (!task_is_closed(t) || t->held)
			return NEEDS_OPEN;
		if (!t->satisfied) {
			*lost = t->id;
			return NEEDS_LOST;
		}
	}
	return NEEDS_DONE;
}

static enum needs needs_of(const struct machine *m, const struct machine_task *t,
			   struct view *lost)
{
	enum needs all = NEEDS_DONE;
	for (size_t i = 0; i < t->needs.len; i++) {
		enum needs one = need_of(m, t->needs.items[i], lost);
		if (one == NEEDS_LOST)
			return one;
		if (one == NEEDS_OPEN)
			all = one;
	}
	return all;
}

static bool main_is_closed(const struct machine *m)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (!m->tasks[i].is_finally && !task_is_closed(&m->tasks[i]))
			return false;
	}
	return true;
}

/* What was begun before and is reset goes again behind what it stood behind: what stands in
 * finally behind all else. */
static enum needs others_of(const struct machine *m, const struct machine_task *t, struct view *lost)
{
	const struct machine_task *step = t->item_index < 0 ? t : machine_task(m, t->step);
	if (t->is_finally && !main_is_closed(m))
		return NEEDS_OPEN;
	return needs_of(m, step, lost);
}

bool task_awaits_others(const struct machine *m, const struct machine_task *t)
{
	struct view lost;
	return others_of(m, t, &lost) == NEEDS_OPEN || task_awaits_turn(m, t);
}

bool task_awaits_like(struct awaiting *last, const struct machine *m,
		      const struct machine_task *t)
{
	bool alike = last->item && last->item->item_index >= 0 && t->item_index >= 0 &&
		     view_eq(last->item->step, t->step);
	if (!alike)
		*last = (struct awaiting){ t, task_awaits_others(m, t) };
	return last->answer;
}

static void skip_lost(struct turn *turn, const struct machine_task *t, struct view lost)
{
	struct str reason = {0};
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = TASK_SKIPPED;
	str_addf(&reason, "it needs %.*s, which did not complete", (int)lost.len, lost.ptr);
	e.reason = view_of_str(&reason);
	turn_emit(turn, &e);
	str_release(&reason);
}

/* ---- rules -------------------------------------------------------------------------------- */

/* An attempt has ended and its task has not drawn the consequence. */
static bool rule_attempts(struct turn *turn)
{
	for (size_t i = 0; i < turn->m->n_tasks; i++) {
		struct machine_task *t = task_at(turn, i);
		bool running = t->status == TASK_RUNNING || task_asks(t);
		if (!running || !t->attempts.len || machine_attempt_runs(t))
			continue;
		task_attempt_closed(turn, t);
		return true;
	}
	return false;
}

static bool rule_foreach(struct turn *turn)
{
	for (size_t i = 0; i < turn->m->n_tasks; i++) {
		struct machine_task *t = task_at(turn, i);
		if (t->expanded && t->status == TASK_RUNNING && !task_awaits_others(turn->m, t) &&
		    task_foreach_moves(turn, t))
			return true;
	}
	return false;
}

static bool rule_gates(struct turn *turn)
{
	for (size_t i = 0; i < turn->m->n_tasks; i++) {
		struct machine_task *t = task_at(turn, i);
		if (t->status == TASK_WAITING && task_gate_moves(turn, t))
			return true;
	}
	return false;
}

static bool stop_run(struct turn *turn, enum run_status status, struct view reason)
{
	struct event e = event_make(EVENT_RUN_STOPPING, (struct view){0});
	e.run_status = status;
	e.reason = reason;
	turn_emit(turn, &e);
	return true;
}

static bool rule_deadline(struct turn *turn)
{
	const struct machine *m = turn->m;
	if (m->stop != RUN_STATUSES || !m->deadline_ms || m->deadline_ms > turn->now_ms)
		return false;
	return stop_run(turn, RUN_TIMED_OUT, VIEW("the run is over its time limit"));
}

/* A supervisor keeps its deadline itself; for a child we do. */
static bool rule_late_children(struct turn *turn)
{
	for (size_t i = 0; i < turn->m->n_tasks; i++) {
		const struct machine_task *t = task_at(turn, i);
		if (t->kind != STEP_WORKFLOW || !machine_attempt_runs(t) || t->stopping ||
		    !t->child_due_ms || t->child_due_ms > turn->now_ms)
			continue;
		struct event e = event_make(EVENT_ATTEMPT_STOPPING, t->id);
		e.attempt = t->attempt;
		e.reason = VIEW("timeout");
		turn_emit(turn, &e);
		return true;
	}
	return false;
}

/* The failure that the run's end will show: the first that nothing caught. */
static const struct machine_task *first_failure(const struct machine *m)
{
	const struct machine_task *first = NULL;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		if (!task_went_wrong(t) || t->caught || t->held)
			continue;
		if (!first || t->ended_ms < first->ended_ms)
			first = t;
	}
	return first;
}

static enum run_status run_status_after(enum task_status failure)
{
	if (failure == TASK_TIMED_OUT)
		return RUN_TIMED_OUT;
	if (failure == TASK_REJECTED)
		return RUN_REJECTED;
	return failure == TASK_ERROR ? RUN_ERROR : RUN_FAILED;
}

static bool rule_fail_fast(struct turn *turn)
{
	if (!turn->w->fail_fast || turn->m->stop != RUN_STATUSES)
		return false;
	const struct machine_task *t = first_failure(turn->m);
	if (!t || t->is_finally)
		return false;
	return stop_run(turn, run_status_after(t->status), VIEW("another step failed"));
}

static bool is_to_stop(const struct machine *m, const struct machine_task *t)
{
	if (!t->is_finally)
		return m->stop != RUN_STATUSES;
	/* A run that never began has nothing to clean up. */
	return m->stop_finally || (m->stop != RUN_STATUSES && !m->started_ms);
}

/* Again, or anew: what stands in finally looks at what has happened this time. */
static void go_again(struct turn *turn, const struct machine_task *t)
{
	struct view lost = {0};
	bool gate = t->kind == STEP_APPROVE || t->kind == STEP_ASK;
	struct event e = event_make(EVENT_TASK_QUEUED, t->id);
	if (others_of(turn->m, t, &lost) == NEEDS_LOST)
		skip_lost(turn, t, lost);
	else if (gate || (t->is_finally && !t->tries && t->item_index < 0))
		task_begin(turn, t);
	else
		turn_emit(turn, &e);
}

static bool rule_retry(struct turn *turn)
{
	struct awaiting last = {0};
	for (size_t i = 0; !turn->m->paused && i < turn->m->n_tasks; i++) {
		struct machine_task *t = task_at(turn, i);
		if (t->status != TASK_RETRYING || t->next_retry_ms > turn->now_ms ||
		    task_awaits_like(&last, turn->m, t))
			continue;
		go_again(turn, t);
		return true;
	}
	return false;
}

/* What fail_fast stops: a step whose need was lost is skipped, as without it. */
static bool skip_if_lost(struct turn *turn, const struct machine_task *t)
{
	struct view lost = VIEW("");
	if (t->status != TASK_PENDING || needs_of(turn->m, t, &lost) != NEEDS_LOST)
		return false;
	skip_lost(turn, t, lost);
	return true;
}

static bool stop_task(struct turn *turn, const struct machine_task *t)
{
	if (skip_if_lost(turn, t))
		return true;
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	if (machine_attempt_runs(t)) {
		if (t->stopping)
			return false;
		e = event_make(EVENT_ATTEMPT_STOPPING, t->id);
		e.attempt = t->attempt;
	} else {
		e.task_status = TASK_CANCELLED;
		e.reason = turn->m->stop_reason;
	}
	turn_emit(turn, &e);
	return true;
}

static bool rule_stop(struct turn *turn)
{
	for (size_t i = 0; i < turn->m->n_tasks; i++) {
		struct machine_task *t = task_at(turn, i);
		if (is_to_stop(turn->m, t) && task_status_is_open(t->status) && stop_task(turn, t))
			return true;
	}
	return false;
}

/* A run that is being stopped waits for no decision any more. */
static bool is_held(const struct machine *m)
{
	bool held = m->paused;
	if (m->stop != RUN_STATUSES)
		return false;
	for (size_t i = 0; i < m->n_tasks; i++)
		held = held || m->tasks[i].held;
	return held;
}

static bool is_eligible(const struct machine *m, const struct machine_task *t)
{
	if (t->status != TASK_PENDING || t->item_index >= 0)
		return false;
	if (t->is_finally)
		return main_is_closed(m);
	return t->armed || !t->only_on_error;
}

static bool rule_begin(struct turn *turn)
{
	struct machine *m = turn->m;
	if (!m->admitted || is_held(m))
		return false;
	for (size_t i = 0; i < m->n_tasks; i++) {
		struct machine_task *t = task_at(turn, i);
		struct view lost = {0};
		if (!is_eligible(m, t))
			continue;
		enum needs needs = needs_of(m, t, &lost);
		if (needs == NEEDS_OPEN)
			continue;
		if (needs == NEEDS_LOST)
			skip_lost(turn, t, lost);
		else
			task_begin(turn, t);
		return true;
	}
	return false;
}

/* When nothing moves any more, handlers that were not called for are skipped; what
 * needs one of them is then skipped too. */
static bool rule_unarmed(struct turn *turn)
{
	struct machine *m = turn->m;
	const struct machine_task *unarmed = NULL;
	if (!m->admitted || is_held(m))
		return false;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = task_at(turn, i);
		if (t->is_finally || task_is_closed(t))
			continue;
		if (t->status != TASK_PENDING)
			return false;
		if (t->only_on_error && !t->armed && !unarmed)
			unarmed = t;
	}
	if (!unarmed)
		return false;
	struct event e = event_make(EVENT_TASK_ENDED, unarmed->id);
	e.task_status = TASK_SKIPPED;
	e.reason = VIEW("nothing failed that it stands in for");
	turn_emit(turn, &e);
	return true;
}

static bool any_caught(const struct machine *m)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (m->tasks[i].caught)
			return true;
	}
	return false;
}

static void tell_failure(struct event *e, const struct machine_task *t)
{
	e->task = t->id;
	e->error_type = t->error_type.len ? t->error_type : view_of(task_status_name(t->status));
	e->error = t->error;
	e->stack = t->stack;
	e->run_status = run_status_after(t->status);
}

static void tell_stop(struct event *e, const struct machine *m)
{
	e->run_status = m->stop;
	if (m->stop == RUN_TIMED_OUT) {
		e->error_type = VIEW("timeout");
		e->error = m->stop_reason;
	}
}

/* A `result` that cannot be worked out makes the run an error. */
static void tell_success(struct event *e, struct turn *turn, struct str *result)
{
	struct err err = {0};
	e->caught = any_caught(turn->m);
	if (!turn->w->result.len || scope_json(turn->m, NULL, turn->w->result, result, &err)) {
		e->result = view_of_str(result);
		return;
	}
	e->run_status = RUN_ERROR;
	e->error_type = VIEW("expression");
	str_clear(result);
	str_add_text(result, err_text(&err));
	e->error = view_of_str(result);
	err_release(&err);
}

static bool rule_end(struct turn *turn)
{
	struct machine *m = turn->m;
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (!task_is_closed(task_at(turn, i)))
			return false;
	}
	if (m->ended || is_held(m) || (!m->admitted && m->stop == RUN_STATUSES))
		return false;
	struct event e = event_make(EVENT_RUN_ENDED, (struct view){0});
	e.run_status = RUN_COMPLETED;
	const struct machine_task *failure = first_failure(m);
	if (failure)
		tell_failure(&e, failure);
	if (m->stop != RUN_STATUSES && (!failure || m->stop != e.run_status))
		tell_stop(&e, m);
	struct str result = {0};
	if (e.run_status == RUN_COMPLETED)
		tell_success(&e, turn, &result);
	turn_emit(turn, &e);
	str_release(&result);
	return true;
}

typedef bool settle_fn(struct turn *turn);

static settle_fn *const rules[] = {
	rule_attempts, rule_gates, rule_deadline, rule_late_children, rule_fail_fast, rule_stop,
	rule_retry,
	rule_foreach, rule_begin, rule_unarmed, rule_end,
};

void turn_settle(struct turn *turn)
{
	enum { N_RULES = sizeof rules / sizeof *rules };
	for (size_t i = 0; !turn->m->ended && i < N_RULES; i++) {
		if (rules[i](turn))
			i = SIZE_MAX;	/* from the first again */
	}
}
