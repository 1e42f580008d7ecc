/* A task whose needs are fulfilled begins: its `if`, its gate, its command. */
#include "engine/machine_inside.h"
#include "engine/scope.h"
#include "wire/jsonw.h"

static void fail_to_begin(struct turn *turn, const struct machine_task *t, struct err *err)
{
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = TASK_ERROR;
	e.error_type = VIEW("expression");
	e.error = view_of(err_text(err));
	task_fail(turn, &e);
	err_release(err);
}

static void skip(struct turn *turn, const struct machine_task *t)
{
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = TASK_SKIPPED;
	e.satisfied = true;
	e.reason = VIEW("its `if` does not hold");
	turn_emit(turn, &e);
}

static void queue(struct turn *turn, const struct machine_task *t)
{
	struct event e = event_make(EVENT_TASK_QUEUED, t->id);
	turn_emit(turn, &e);
}

static void add_roles(struct str *out, const struct gate_policy *p)
{
	struct jsonw w;
	if (!p->n_roles)
		return;
	jsonw_init(&w, out);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < p->n_roles; i++)
		jsonw_text(&w, NULL, p->roles[i]);
	jsonw_end_array(&w);
}

static void open_gate(struct turn *turn, const struct machine_task *t, const struct step *s)
{
	struct err err = {0};
	struct str prompt = {0}, roles = {0};
	if (!scope_expand(turn->m, t, s->gate.prompt, &prompt, &err)) {
		fail_to_begin(turn, t, &err);
		str_release(&prompt);
		return;
	}
	add_roles(&roles, &s->gate);
	struct event e = event_make(EVENT_GATE_OPENED, t->id);
	e.gate = s->kind == STEP_ASK ? GATE_QUESTION : GATE_APPROVAL;
	e.attempt = t->attempt + 1;
	e.prompt = view_of_str(&prompt);
	e.schema = s->gate.schema;
	e.roles = view_of_str(&roles);
	e.required = s->gate.required;
	e.not_own = s->gate.not_own;
	e.on_timeout = s->gate.on_timeout;
	e.until_ms = s->gate.timeout_ms ? turn->now_ms + s->gate.timeout_ms : 0;
	turn_emit(turn, &e);
	str_release(&prompt);
	str_release(&roles);
}

static void begin(struct turn *turn, const struct machine_task *t, const struct step *s)
{
	struct err err = {0};
	if (s->foreach.len) {
		if (!task_expand(turn, t, s, &err))
			fail_to_begin(turn, t, &err);
		return;
	}
	switch (s->kind) {
	case STEP_RUN:
	case STEP_ARGS:
	case STEP_WORKFLOW:
		queue(turn, t);
		break;
	case STEP_APPROVE:
	case STEP_ASK:
		open_gate(turn, t, s);
		break;
	}
}

void task_begin(struct turn *turn, const struct machine_task *t)
{
	const struct step *s = workflow_step(turn->w, t->step);
	struct err err = {0};
	bool holds = true;
	if (!s) {
		err_set(&err, ERR_CONFIG, "the definition of this step is lost");
		fail_to_begin(turn, t, &err);
	} else if (s->condition.len && !scope_test(turn->m, t, s->condition, &holds, &err)) {
		fail_to_begin(turn, t, &err);
	} else if (!holds) {
		skip(turn, t);
	} else {
		begin(turn, t, s);
	}
}
