/* Commands of the operator's own ([commands] of the configuration): a shell line with
 * places for what is in focus. The values reach the shell as environment only, so that
 * no name becomes code. */
#ifndef MODEL_COMMANDS_H
#define MODEL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "model/action.h"
#include "model/effect.h"

enum { COMMANDS_MAX = 9 };

struct model;

struct own_command {
	struct str name, text;	/* as the configuration has them */
	struct str line;	/* for the shell: {id} became "$RUNBOARD_RUN_ID" */
	bool needs_run;
};

struct own_commands {
	struct own_command items[COMMANDS_MAX];
	size_t len;
};

/* {id} {short} {workflow} {status} {task} {context} are places; other braces stay.
 * False where there is no room for more. */
bool commands_add(struct own_commands *c, struct view name, struct view text);
void commands_release(struct own_commands *c);
/* NULL: the action is none of them, or none stands there. */
const struct own_command *commands_of(const struct model *m, enum action a);
/* What help and palette say of any action, saved views included. False: it is not there. */
bool commands_words(const struct model *m, enum action a, struct action_words *out);
void commands_act(struct model *m, enum action a, struct effects *fx);

#endif
