/* Values of expressions, as JSON texts: what they are worth, whether two are the
 * same, which is the greater, what is inside. */
#ifndef FLOW_EXPR_VALUE_H
#define FLOW_EXPR_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* What a comparison may cost; below 0 it gives up (and says "not equal"). */
struct value_work {
	struct arena *arena;
	int64_t left;
};

/* A string's bytes, else the JSON text; null is empty. */
struct view value_text(struct value_work *w, struct view json);
bool value_equal(struct value_work *w, struct view a, struct view b);
/* False where the two have no order. */
bool value_order(struct value_work *w, struct view a, struct view b, int *order);
/* An element of a list, a key of an object, a part of a text. */
bool value_contains(struct value_work *w, struct view hay, struct view needle);
/* A member or element; empty where there is none. */
struct view value_part(struct value_work *w, struct view json, struct view part);
/* Characters, elements, members; -1 for what has no length. */
int64_t value_length(struct value_work *w, struct view json);

#endif
