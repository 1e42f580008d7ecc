/* Shared by the machine's own files: a step under way, which emits facts and
 * folds them at once. Not for others. */
#ifndef ENGINE_MACHINE_INSIDE_H
#define ENGINE_MACHINE_INSIDE_H

#include "engine/machine.h"

struct turn {
	struct machine *m;
	const struct workflow *w;
	int64_t now_ms;
	struct events *out;
};

/* Keeps the fact (at the turn's time) and folds it. Tasks may move. */
void turn_emit(struct turn *turn, struct event *event);
/* Decides on an order: facts, or a refusal. */
void turn_order(struct turn *turn, const struct machine_task *t, const struct machine_order *order,
		struct refusal *refusal);
/* Everything that follows from the state as it is, until nothing more does. */
void turn_settle(struct turn *turn);

/* Emits the end of a task without success, and what its on_error says. */
void task_fail(struct turn *turn, struct event *end);
/* What follows from an attempt that has ended: done, again, or failed. */
void task_attempt_closed(struct turn *turn, const struct machine_task *t);
/* Ends a waiting gate that has been decided or is late; false: it goes on waiting. */
bool task_gate_moves(struct turn *turn, const struct machine_task *t);
/* Begins a task whose needs are fulfilled: queues it, opens its gate, or skips it. */
void task_begin(struct turn *turn, const struct machine_task *t);

/* A running attempt asks. */
void turn_ask(struct turn *turn, const struct machine_task *t, const struct machine_question *q);
/* Whether the task waits for what its running attempt has asked. */
bool task_asks(const struct machine_task *t);
/* Hands the answer on; the task runs as before. */
void task_take_answer(struct turn *turn, const struct machine_task *t, const struct vote *v);

/* Makes the tasks of a foreach step's items; false and err where it has no list. */
bool task_expand(struct turn *turn, const struct machine_task *t, const struct step *s,
		 struct err *err);
/* Begins items of an expanded step, or ends it; false: nothing to do now. */
bool task_foreach_moves(struct turn *turn, const struct machine_task *t);
/* Whether it cannot go on (again) before others have: what it needs, its turn. */
bool task_awaits_others(const struct machine *m, const struct machine_task *t);
/* The same, of one task after another in one state: items of a step that are to be tried
 * again await the same, which is found out once for those that follow each other. */
struct awaiting {
	const struct machine_task *item;	/* asked last; NULL: none */
	bool answer;
};

bool task_awaits_like(struct awaiting *last, const struct machine *m,
		      const struct machine_task *t);
/* An item that is to be tried again while as many as `batch` are at work. */
bool task_awaits_turn(const struct machine *m, const struct machine_task *t);

/* What is secret in an object of parameters goes into the run's mask. NULL is fine. */
struct json;
void machine_hide(struct machine *m, const struct json *params);
/* As it stands in the facts. */
const char *step_kind_word(enum step_kind kind);

/* The end of the span of time that the task waits for (0: no end); NULL: for none. */
int64_t *task_span(struct machine_task *t);

/* A closed task whose outcome is no success and no skip. */
bool task_went_wrong(const struct machine_task *t);
bool task_is_closed(const struct machine_task *t);
/* What is executed, as JSON {run|args, dir, env} with everything expanded. */
bool machine_args(const struct machine *m, const struct workflow *w, const struct machine_task *t,
		  struct str *out, struct err *err);

#endif
