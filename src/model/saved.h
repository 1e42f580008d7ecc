/* Views that the operator has saved ([views] of the configuration): a filter with a name,
 * chosen in the palette or by a key. */
#ifndef MODEL_SAVED_H
#define MODEL_SAVED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "model/action.h"
#include "model/effect.h"

enum { SAVED_MAX = 9 };

struct model;

struct saved_view {
	struct str name, filter;
};

struct saved_views {
	struct saved_view items[SAVED_MAX];
	size_t len;
};

/* False where there is no room for more. */
bool saved_add(struct saved_views *s, struct view name, struct view filter);
void saved_release(struct saved_views *s);
/* NULL: the action is none of them, or none stands there. */
const struct saved_view *saved_of(const struct model *m, enum action a);
/* Shows the board with that filter. */
void saved_act(struct model *m, enum action a, struct effects *fx);

#endif
