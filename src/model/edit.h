/* Edit and retry: a form for the failed step, then what was changed, old and new,
 * with the question whether to send it. When the step changes meanwhile it says so
 * and Yes is dead. */
#ifndef MODEL_EDIT_H
#define MODEL_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/edit_form.h"
#include "model/screen.h"
#include "model/target.h"

enum edit_stage { EDIT_READING, EDIT_FIELDS, EDIT_CONFIRM };

struct edit_state {
	struct target target;
	struct str task;		/* the task that had the focus */
	struct edit_form form;
	enum edit_stage stage;
	size_t at;			/* the field with the focus */
	size_t scroll;			/* rows of the changes passed over; not clipped */
	bool yes;
	int64_t opened_ms;		/* the changes are shown since */
	int64_t confirmed_ms;		/* Yes was given before they were shown long enough */
	struct str changed;		/* what changed meanwhile */
	uint64_t request;
};

extern const struct screen screen_edit;

void edit_open(struct model *m, const struct focus *focus, struct effects *fx);
/* Yes can be given now. */
bool edit_is_armed(const struct edit_state *s);
void edit_release(struct edit_state *s);

/* ---- where what is changed stands, for scrolling and drawing ---- */

enum { EDIT_COLS = 72, EDIT_WAS_COLS = 7 };	/* inside; in front of a value, old or new */

struct edit_layout {
	int wanted;			/* rows of the inside */
	int seen;			/* of the changes' rows */
	int scroll, scroll_most;	/* of them passed over, clipped; the most that can be */
};

void edit_layout_make(const struct model *m, struct edit_layout *out);
/* What is shown of a value: of a secret nothing. */
struct view edit_shown(const struct edit_field *f, struct view value);

#endif
