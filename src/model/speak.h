/* Words for a run's own code: the form of a signal, an update, a query (a name, and
 * JSON arguments), with what the code says that it can be told. */
#ifndef MODEL_SPEAK_H
#define MODEL_SPEAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/lineedit.h"
#include "model/screen.h"
#include "model/target.h"

enum speak_place { SPEAK_NAME, SPEAK_ARGS, SPEAK_BUTTONS };

struct speak_state {
	enum verb verb;
	struct target target;
	struct lineedit name, args;
	struct str error;		/* beside the field that has the focus */
	enum speak_place at;
	bool yes;			/* the button that has the focus */
	uint64_t request;		/* what it can be told; 0: answered */
	struct arena arena;
	const struct view *lines;	/* the answer, for people */
	size_t n_lines;
	struct str trouble;		/* why there is none */
};

extern const struct screen screen_speak;

/* Opens the form; a notice where it is not possible. */
void speak_open(struct model *m, enum verb verb, const struct focus *focus, struct effects *fx);
/* Asks without a form: where the code stands. */
void speak_stack(struct model *m, const struct focus *focus, struct effects *fx);
void speak_release(struct speak_state *s);

#endif
