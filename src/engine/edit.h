/* Edits of a step by an operator, and changed parameters: whether they make sense, what
 * they say of old and new. Pure. */
#ifndef ENGINE_EDIT_H
#define ENGINE_EDIT_H

#include "engine/machine.h"

/* {run | args, env, params}: kinds of the members, parameters by their schema
 * (ERR_USAGE). Empty is fine. */
bool edit_check(const struct workflow *w, struct view edit, struct err *err);
/* `now` over the edit `before` of the same step: a command replaces the command, env and
 * params go name by name. Each may be empty: nothing now stays empty. */
void edit_merge(struct view before, struct view now, struct str *out);
/* "run: make -> make -j1; env CC: (none) -> clang", against what was executed last. */
void edit_say(const struct machine *m, const struct machine_task *t, struct view edit,
	      struct str *out);
/* "replicas: 2 -> 3": what differs from the parameters of the run before; of secret ones
 * only that they do. */
void edit_say_params(const struct machine *before, struct pairs now, struct str *out);
/* The value that an edit gives a parameter, JSON in the arena; empty: none. */
struct view edit_param(const struct machine_task *t, struct view name, struct arena *arena);

#endif
