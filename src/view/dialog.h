/* The frame of everything that lies over a screen, and its buttons. */
#ifndef VIEW_DIALOG_H
#define VIEW_DIALOG_H

#include <stdbool.h>

#include "view/paint.h"

/* Draws an empty dialog of that size in the middle of r (clipped to it) and returns
 * what lies inside its frame. */
struct rect dialog_open(struct pen *p, struct rect r, struct rect size, const char *title);

/* Says on the frame how many rows are out of sight above and below what is inside. */
void dialog_more(struct pen *p, struct rect in, size_t above, size_t below);
/* Appends how to read rows that are out of sight: "8 more rows: PgDn"; once below there are
 * none, "PgUp". Nothing where all are seen. */
void dialog_add_paging(struct str *s, int above, int below);

struct button {
	const char *label;	/* "No" */
	bool focused, danger, dead;
};

/* Draws buttons from the left; returns the column behind. */
int dialog_buttons(struct pen *p, int row, int col, const struct button *buttons, int n);

#endif
