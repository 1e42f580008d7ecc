/* Everything that waits for a person, the most urgent on top. The cursor is bound
 * to a run; after a decision it goes on to the next. */
#ifndef MODEL_INBOX_H
#define MODEL_INBOX_H

#include <stddef.h>

#include "core/board.h"
#include "core/run.h"
#include "model/screen.h"

struct inbox_state {
	struct board *cards;		/* status:waiting by urgency, in a lane of its own */
	struct filter *filter;
	struct run_key selected;
	size_t index, top;
};

extern const struct screen screen_inbox;

void inbox_release(struct inbox_state *s);
size_t inbox_count(const struct model *m);
struct run_key inbox_at(const struct model *m, size_t index);
/* Rows that one entry takes. */
enum { INBOX_ROWS = 3 };
/* The run was decided upon: the cursor goes on to the next one. */
void inbox_decided(struct model *m, struct run_key key);

#endif
