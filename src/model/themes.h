/* The choice of a theme: what the cursor is on is tried at once; Enter keeps it,
 * Esc goes back to the one before. */
#ifndef MODEL_THEMES_H
#define MODEL_THEMES_H

#include "base/str.h"
#include "model/rows.h"
#include "model/screen.h"

enum { THEMES_COLS = 30, THEMES_FOOT_ROWS = 2 };	/* inside; a blank row and the hint */

struct themes_state {
	struct rows rows;
	struct str before;	/* the theme when it was opened */
	bool kept;
};

extern const struct screen screen_themes;

void themes_release(struct themes_state *s);

#endif
