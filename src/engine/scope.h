/* What expressions of a workflow see of its run: params, steps, run, item. Pure:
 * reads the state, changes nothing. */
#ifndef ENGINE_SCOPE_H
#define ENGINE_SCOPE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/machine.h"

/* Appends text with each ${{ }} replaced by its value; t may be NULL. */
bool scope_expand(const struct machine *m, const struct machine_task *t, struct view text,
		  struct str *out, struct err *err);
/* Whether the expression holds. */
bool scope_test(const struct machine *m, const struct machine_task *t, struct view expression,
		bool *holds, struct err *err);
/* JSON text (a `result`, a child's parameters) whose strings are filled: one that is
 * a ${{ }} alone becomes the value itself. */
bool scope_json(const struct machine *m, const struct machine_task *t, struct view json,
		struct str *out, struct err *err);

/* The value of a text as JSON: of the expression itself where the text is one
 * ${{ }} alone, else the expanded text as a string. */
bool scope_value(const struct machine *m, const struct machine_task *t, struct view text,
		 struct str *out, struct err *err);

#endif
