/* Questions of a running attempt: its task waits as at a gate while its process goes
 * on; the answer is kept for the one who asked, by his key. */
#include "engine/machine_inside.h"

static const struct machine_answer *answer_of(const struct machine_task *t, struct view key)
{
	for (size_t i = 0; i < t->answers.len; i++) {
		if (view_eq(t->answers.items[i].key, key))
			return &t->answers.items[i];
	}
	return NULL;
}

static const char *why_not(const struct machine *m, const struct machine_task *t, int attempt)
{
	if (m->ended)
		return "the run has ended";
	if (!machine_has_slot(t) || t->attempt != attempt)
		return "this attempt of the step does not run";
	if (t->stopping)
		return m->cancel_ms ? "the run was cancelled" : "the step is being stopped";
	if (t->status == TASK_WAITING)
		return "the step asks something already: one question at a time";
	return NULL;
}

enum asked machine_asked(const struct machine *m, const struct machine_task *t,
			 const struct machine_question *q, struct view *value, const char **why)
{
	const struct machine_answer *a = answer_of(t, q->key);
	bool waits = t->status == TASK_WAITING && view_eq(t->gate.key, q->key) && q->key.len;
	*why = NULL;
	*value = a ? a->value : (struct view){0};
	if (a)
		return ASKED_ANSWERED;
	if (waits && !t->stopping && t->attempt == q->attempt)
		return ASKED_WAITS;
	*why = why_not(m, t, q->attempt);
	return *why ? ASKED_REFUSED : ASKED_NEW;
}

void turn_ask(struct turn *turn, const struct machine_task *t, const struct machine_question *q)
{
	struct view value;
	const char *why;
	if (!t || machine_asked(turn->m, t, q, &value, &why) != ASKED_NEW)
		return;
	struct event e = event_make(EVENT_GATE_OPENED, t->id);
	e.gate = GATE_QUESTION;
	e.attempt = t->attempt;
	e.by = q->by;
	e.prompt = q->prompt;
	e.schema = q->schema;
	e.key = q->key;
	e.required = 1;
	turn_emit(turn, &e);
}

bool task_asks(const struct machine_task *t)
{
	return t->status == TASK_WAITING && t->gate.key.len;
}

void task_take_answer(struct turn *turn, const struct machine_task *t, const struct vote *v)
{
	struct event e = event_make(EVENT_GATE_ANSWERED, t->id);
	e.attempt = t->attempt;
	e.by = v->by;
	e.key = t->gate.key;
	e.value = t->gate.value;
	turn_emit(turn, &e);
}
