/* Which orders are valid now, and why the others are not: one table for the API's
 * `actions` and for the orders themselves. */
#include "engine/machine_inside.h"

bool task_is_closed(const struct machine_task *t)
{
	return !task_status_is_open(t->status);
}

bool task_went_wrong(const struct machine_task *t)
{
	return t->status == TASK_FAILED || t->status == TASK_TIMED_OUT ||
	       t->status == TASK_REJECTED || t->status == TASK_ERROR;
}

static bool run_can_reopen(const struct machine *m)
{
	return m->status == RUN_FAILED || m->status == RUN_TIMED_OUT || m->status == RUN_ERROR;
}

/* Each gives NULL where allowed, else the reason. */
typedef const char *rule_fn(const struct machine *m, const struct machine_task *t,
			    const struct machine_order *caller);

static const char *run_is_at_rest(const struct machine *m)
{
	if (m->ended && !run_can_reopen(m))
		return "the run has ended";
	if (!m->ended && m->stop != RUN_STATUSES)
		return "the run is being stopped";
	return NULL;
}

static bool has_role(const struct views *roles, const struct machine_order *caller)
{
	if (!roles->len || caller->admin)
		return true;
	for (size_t i = 0; i < roles->len; i++) {
		for (size_t k = 0; k < caller->n_roles; k++) {
			if (view_eq(roles->items[i], caller->roles[k]))
				return true;
		}
	}
	return false;
}

const char *machine_gate_bars(const struct views *roles, bool is_own,
			      const struct machine_order *caller)
{
	if (!has_role(roles, caller))
		return "you have none of the roles that this gate asks for";
	return is_own ? "it is your own run: somebody else must decide" : NULL;
}

const char *machine_rights_bar(enum verb verb, const struct machine_order *caller)
{
	return caller->denied >> verb & 1 ? "your roles do not let you do this" : NULL;
}

static const char *gate_rule(const struct machine *m, const struct machine_task *t,
			     const struct machine_order *caller)
{
	if (!caller)
		return NULL;
	bool is_own = t->gate.not_own && view_eq(caller->by, m->trigger_by);
	return machine_gate_bars(&t->gate.roles, is_own, caller);
}

static const char *allow_approve(const struct machine *m, const struct machine_task *t,
				 const struct machine_order *caller)
{
	if (!t || t->status != TASK_WAITING || t->gate.kind != GATE_APPROVAL)
		return "nothing waits for approval here";
	return gate_rule(m, t, caller);
}

static const char *allow_answer(const struct machine *m, const struct machine_task *t,
				const struct machine_order *caller)
{
	if (!t || t->status != TASK_WAITING || t->gate.kind != GATE_QUESTION)
		return "nothing waits for an answer here";
	return gate_rule(m, t, caller);
}

/* Who goes on before it has ended would have what it works with cleaned away. */
static bool is_cleaning_up(const struct machine *m)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		bool at_work = t->status == TASK_QUEUED || t->status == TASK_WAITING ||
			       machine_attempt_runs(t) || (t->status == TASK_RETRYING && t->tries);
		if (t->is_finally && at_work)
			return true;
	}
	return false;
}

/* An item's failure is settled when its step may be gone on from. */
static bool is_settled(const struct machine *m, const struct machine_task *t)
{
	const struct machine_task *step = t->item_index < 0 ? t : machine_task(m, t->step);
	return step == t || (task_is_closed(step) && step->satisfied);
}

static const char *allow_retry(const struct machine *m, const struct machine_task *t,
			       const struct machine_order *caller)
{
	if (!t)
		return "this is for a step";
	if (t->status == TASK_WAITING && t->gate.unknown)
		return NULL;
	if (!task_went_wrong(t) && t->status != TASK_CANCELLED)
		return "the step has not failed";
	if (t->caught && is_settled(m, t))
		return "the failure was caught: what follows has begun";
	if (!t->is_finally && is_cleaning_up(m))
		return "its finally steps are at work: wait until the run has ended";
	return run_is_at_rest(m);
}

static const char *allow_edit(const struct machine *m, const struct machine_task *t,
			      const struct machine_order *caller)
{
	if (t && t->kind != STEP_RUN && t->kind != STEP_ARGS)
		return "the step has no command";
	return allow_retry(m, t, caller);
}

static const char *allow_skip(const struct machine *m, const struct machine_task *t,
			      const struct machine_order *caller)
{
	if (!t)
		return "this is for a step";
	if (t->status == TASK_WAITING && !t->gate.unknown)
		return "a gate cannot be skipped";
	if (t->status == TASK_RUNNING)
		return "the step is running";
	if (t->status == TASK_COMPLETED || t->status == TASK_SKIPPED)
		return "the step is done";
	if (task_is_closed(t))
		return allow_retry(m, t, caller);
	return run_is_at_rest(m);
}

static const char *allow_advance(const struct machine *m, const struct machine_task *t,
				 const struct machine_order *caller)
{
	if (caller && !caller->admin && !caller->may_advance)
		return "only an administrator may force a run on";
	if (t && t->status == TASK_WAITING && t->gate.kind == GATE_QUESTION)
		return "a question needs an answer";
	if (t && t->status == TASK_WAITING)
		return NULL;
	return allow_skip(m, t, caller);
}

static const char *allow_cancel(const struct machine *m, const struct machine_task *t,
				const struct machine_order *caller)
{
	if (m->ended)
		return "the run has ended";
	if (m->stop_finally)
		return "cancelling was requested already";
	for (size_t i = 0; m->cancel_ms && i < m->n_tasks; i++) {
		if (!m->tasks[i].is_finally && task_status_is_open(m->tasks[i].status))
			return "cancelling was requested already";
	}
	return NULL;
}

static const char *allow_pause(const struct machine *m, const struct machine_task *t,
			       const struct machine_order *caller)
{
	if (m->ended)
		return "the run has ended";
	if (m->paused)
		return "the run is paused already";
	return run_is_at_rest(m);
}

static const char *allow_resume(const struct machine *m, const struct machine_task *t,
				const struct machine_order *caller)
{
	bool held = m->paused;
	for (size_t i = 0; i < m->n_tasks; i++)
		held = held || m->tasks[i].held;
	return held && !m->ended ? NULL : "the run is not paused";
}

static const char *allow_always(const struct machine *m, const struct machine_task *t,
				const struct machine_order *caller)
{
	return NULL;
}

static const char *allow_never(const struct machine *m, const struct machine_task *t,
			       const struct machine_order *caller)
{
	return "this engine cannot do that";
}

static rule_fn *const rules[VERBS] = {
	[VERB_APPROVE] = allow_approve,
	[VERB_REJECT] = allow_approve,
	[VERB_ANSWER] = allow_answer,
	[VERB_RETRY] = allow_retry,
	[VERB_SKIP] = allow_skip,
	[VERB_ADVANCE] = allow_advance,
	[VERB_EDIT] = allow_edit,
	[VERB_CANCEL] = allow_cancel,
	[VERB_PAUSE] = allow_pause,
	[VERB_RESUME] = allow_resume,
	[VERB_RERUN] = allow_always,
	[VERB_START] = allow_never,
	[VERB_TERMINATE] = allow_never,
};

bool machine_allows(const struct machine *m, const struct machine_task *t, enum verb verb,
		    const struct machine_order *caller, const char **why)
{
	*why = m->foreseen ? "it begins by its schedule: pause or trigger that"
			   : rules[verb](m, t, caller);
	if (!*why && caller)
		*why = machine_rights_bar(verb, caller);
	return !*why;
}
