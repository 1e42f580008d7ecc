/* Help and palette, both made from the table of actions and the keymap. */
#ifndef MODEL_HELP_H
#define MODEL_HELP_H

#include <stddef.h>

#include "base/vec.h"
#include "model/lineedit.h"
#include "model/rows.h"
#include "model/screen.h"

enum { PALETTE_ROWS = 14, PALETTE_COLS = 64 };	/* inside; a row of them is typed into */

struct help_line {
	int scope;			/* >= 0: its title */
	enum action action;
};

struct help_state {
	VEC(struct help_line) lines;
	size_t top;
	struct lineedit line;		/* the palette's */
	VEC(enum action) found;
	struct rows rows;
};

extern const struct screen screen_help, screen_palette;

void help_release(struct help_state *s);

#endif
