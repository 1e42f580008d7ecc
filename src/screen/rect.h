/* Rectangles of cells and how they are split. */
#ifndef SCREEN_RECT_H
#define SCREEN_RECT_H

#include <stdbool.h>

struct rect {
	int row, col, rows, cols;
};

static inline bool rect_is_empty(struct rect r)
{
	return r.rows <= 0 || r.cols <= 0;
}

/* Each takes the first `n` rows or columns (clipped) off *r and returns them. */
struct rect rect_take_top(struct rect *r, int n);
struct rect rect_take_bottom(struct rect *r, int n);
struct rect rect_take_left(struct rect *r, int n);
struct rect rect_take_right(struct rect *r, int n);
struct rect rect_inner(struct rect r, int by_rows, int by_cols);
/* A rectangle of the size in the middle of r, clipped to it. */
struct rect rect_centre(struct rect r, int rows, int cols);
/* The inside of a dialog of the size in the middle of r, and its frame, which is a row
 * high and two columns wide; both clipped to r. */
struct rect rect_framed(struct rect r, int rows, int cols, struct rect *frame);
bool rect_has(struct rect r, int row, int col);

#endif
