/* What follows when an attempt or a gate has an outcome: done, tried again,
 * caught, paused, failed. */
#include "engine/machine_inside.h"

/* The delay before try number tries + 1. */
static int64_t retry_delay(const struct retry_policy *p, int tries)
{
	double delay = (double)p->delay_ms;
	double cap = p->max_delay_ms ? (double)p->max_delay_ms : 1e15;
	for (int i = 1; i < tries && delay < cap; i++)
		delay *= p->factor > 1 ? p->factor : 1;
	return (int64_t)(delay < cap ? delay : cap);
}

static bool is_stopped(const struct machine *m, const struct machine_task *t)
{
	return t->is_finally ? m->stop_finally : m->stop != RUN_STATUSES;
}

static void arm_handler(struct turn *turn, struct view failed, const struct step *s)
{
	if (s->on_error != ON_ERROR_STEP)
		return;
	struct event e = event_make(EVENT_TASK_ARMED, s->on_error_step);
	e.reason = failed;
	turn_emit(turn, &e);
}

static void hold_run(struct turn *turn, struct view failed, const struct step *s)
{
	if (s->on_error != ON_ERROR_PAUSE)
		return;
	struct event e = event_make(EVENT_RUN_PAUSED, failed);
	e.by = VIEW("system");
	e.reason = VIEW("a step failed");
	turn_emit(turn, &e);
}

/* The task is over without success; `end` says how. */
void task_fail(struct turn *turn, struct event *end)
{
	struct machine_task *t = machine_task(turn->m, end->task);
	const struct step *s = workflow_step(turn->w, t->step);
	bool stopped = is_stopped(turn->m, t);
	if (stopped && end->task_status != TASK_REJECTED)
		end->task_status = TASK_CANCELLED;
	/* An item's failure is its step's affair. */
	if (t->item_index >= 0) {
		end->caught = !stopped;
		turn_emit(turn, end);
		return;
	}
	bool caught = !stopped && s &&
		      (s->on_error == ON_ERROR_CONTINUE || s->on_error == ON_ERROR_STEP);
	end->caught = caught;
	end->satisfied = caught && s->on_error == ON_ERROR_CONTINUE;
	turn_emit(turn, end);
	if (stopped || !s)
		return;
	arm_handler(turn, end->task, s);
	hold_run(turn, end->task, s);
}

/* The task's end as the closed attempt tells it. */
static struct event end_of(const struct machine_task *t, enum task_status status)
{
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = status;
	e.attempt = t->attempt;
	e.result = t->result;
	e.error = t->error;
	e.error_type = t->error_type;
	e.stack = t->stack;
	return e;
}

static bool may_retry(const struct turn *turn, const struct machine_task *t,
		      const struct step *s)
{
	return s && !is_stopped(turn->m, t) && t->tries < s->retry.attempts;
}

static void retry(struct turn *turn, const struct machine_task *t, const struct step *s)
{
	struct event e = event_make(EVENT_TASK_RETRYING, t->id);
	e.attempt = t->attempt;
	e.until_ms = turn->now_ms + retry_delay(&s->retry, t->tries);
	turn_emit(turn, &e);
}

static void ask_about_unknown(struct turn *turn, const struct machine_task *t)
{
	struct event e = event_make(EVENT_GATE_OPENED, t->id);
	e.gate = GATE_APPROVAL;
	e.unknown = true;
	e.required = 1;
	e.prompt = VIEW("It is not known how this step ended: its machine or its supervisor died. "
			"Approve: run it again. Reject: it has failed.");
	turn_emit(turn, &e);
}

static void unknown_outcome(struct turn *turn, const struct machine_task *t, const struct step *s)
{
	enum on_unknown policy = s ? s->on_unknown : ON_UNKNOWN_FAIL;
	struct event e = end_of(t, TASK_ERROR);
	if (is_stopped(turn->m, t))
		policy = ON_UNKNOWN_FAIL;
	switch (policy) {
	case ON_UNKNOWN_ASK:
		ask_about_unknown(turn, t);
		break;
	case ON_UNKNOWN_RETRY:
		e = event_make(EVENT_TASK_RETRYING, t->id);
		e.attempt = t->attempt;
		e.until_ms = turn->now_ms;
		turn_emit(turn, &e);
		break;
	case ON_UNKNOWN_FAIL:
		task_fail(turn, &e);
		break;
	}
}

void task_attempt_closed(struct turn *turn, const struct machine_task *t)
{
	const struct machine_attempt *a = machine_attempt(t);
	const struct step *s = workflow_step(turn->w, t->step);
	if (a->unknown) {
		unknown_outcome(turn, t, s);
		return;
	}
	struct event e = end_of(t, a->status);
	if (a->status == TASK_COMPLETED) {
		e.satisfied = true;
		turn_emit(turn, &e);
	} else if (a->status != TASK_REJECTED && may_retry(turn, t, s)) {
		retry(turn, t, s);
	} else {
		/* Ended by somebody's signal and not by us. */
		if (a->status == TASK_CANCELLED)
			e.task_status = TASK_FAILED;
		task_fail(turn, &e);
	}
}

static const struct vote *decisive(const struct machine_gate *g)
{
	for (size_t i = 0; i < g->votes.len; i++) {
		const struct vote *v = &g->votes.items[i];
		if (v->verb != VERB_APPROVE)
			return v;
	}
	return machine_approvals(g) >= g->required ? &g->votes.items[g->votes.len - 1] : NULL;
}

static void try_again(struct turn *turn, const struct machine_task *t, const struct vote *v)
{
	struct event e = event_make(EVENT_TASK_RESET, t->id);
	e.by = v->by;
	e.comment = v->comment;
	turn_emit(turn, &e);
}

static void reject(struct turn *turn, const struct machine_task *t, const struct vote *v)
{
	struct str text = {0};
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = t->gate.unknown ? TASK_FAILED : TASK_REJECTED;
	e.attempt = t->attempt;
	e.by = v->by;
	e.comment = v->comment;
	e.error_type = VIEW("rejected");
	str_addf(&text, "rejected by %.*s", (int)v->by.len, v->by.ptr);
	if (v->comment.len)
		str_addf(&text, ": %.*s", (int)v->comment.len, v->comment.ptr);
	e.error = view_of_str(&text);
	task_fail(turn, &e);
	str_release(&text);
}

static void pass_gate(struct turn *turn, const struct machine_task *t, const struct vote *v)
{
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = TASK_COMPLETED;
	e.satisfied = true;
	e.attempt = t->attempt;
	e.by = v->by;
	e.comment = v->comment;
	e.result = t->gate.value;
	turn_emit(turn, &e);
}

static void gate_timed_out(struct turn *turn, const struct machine_task *t)
{
	static const struct {
		enum task_status status;
		const char *error;
	} ends[] = {
		[ON_TIMEOUT_REJECT] = { TASK_REJECTED, "nobody decided in time: rejected" },
		[ON_TIMEOUT_APPROVE] = { TASK_COMPLETED, NULL },
		[ON_TIMEOUT_FAIL] = { TASK_TIMED_OUT, "nobody decided in time" },
	};
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = ends[t->gate.on_timeout].status;
	e.attempt = t->attempt;
	e.reason = VIEW("timeout");
	e.satisfied = e.task_status == TASK_COMPLETED;
	if (e.satisfied) {
		turn_emit(turn, &e);
		return;
	}
	e.error_type = VIEW("timeout");
	e.error = view_of(ends[t->gate.on_timeout].error);
	task_fail(turn, &e);
}

bool task_gate_moves(struct turn *turn, const struct machine_task *t)
{
	const struct vote *v = decisive(&t->gate);
	if (!v) {
		bool late = t->gate.deadline_ms && t->gate.deadline_ms <= turn->now_ms;
		if (late)
			gate_timed_out(turn, t);
		return late;
	}
	if (task_asks(t))
		task_take_answer(turn, t, v);
	else if (v->verb == VERB_REJECT)
		reject(turn, t, v);
	else if (t->gate.unknown)
		try_again(turn, t, v);
	else
		pass_gate(turn, t, v);
	return true;
}
