/* Keys to actions, by scope: the defaults from the table of actions, changed by
 * the configuration. Pure. */
#ifndef MODEL_KEYMAP_H
#define MODEL_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/vec.h"
#include "model/action.h"
#include "screen/key.h"

struct binding {
	enum scope scope;
	struct key key;
	enum action action;
};

struct keymap {
	VEC(struct binding) bindings;
};

/* Innermost first, up to a scope < 0. */
struct scopes {
	int scope[8];
};

/* The defaults. */
void keymap_init(struct keymap *k);
void keymap_release(struct keymap *k);
/* Gives `keys` (names with blanks between; empty: none) to the action, in its own
 * scope, in place of those that it had; whoever had one of them there loses it.
 * False and err where a key has no such name. */
bool keymap_set(struct keymap *k, enum action a, struct view keys, struct err *err);
/* ACTION_NONE where the key means nothing in these scopes. */
enum action keymap_find(const struct keymap *k, const struct scopes *chain, struct key key);
/* Appends the names of the action's keys: "j Down". Adds nothing where it has none. */
void keymap_add_keys(const struct keymap *k, enum action a, struct str *out);
/* Only the first of them. False where it has none. */
bool keymap_add_key(const struct keymap *k, enum action a, struct str *out);

#endif
