/* Rectangles of cells: cutting and centring. Knows no canvas. */
#include "screen/rect.h"

static int clip(int n, int max)
{
	if (n < 0 || max < 0)
		return 0;
	return n < max ? n : max;
}

struct rect rect_take_top(struct rect *r, int n)
{
	struct rect taken = *r;
	taken.rows = clip(n, r->rows);
	r->row += taken.rows;
	r->rows -= taken.rows;
	return taken;
}

struct rect rect_take_bottom(struct rect *r, int n)
{
	struct rect taken = *r;
	taken.rows = clip(n, r->rows);
	r->rows -= taken.rows;
	taken.row = r->row + r->rows;
	return taken;
}

struct rect rect_take_left(struct rect *r, int n)
{
	struct rect taken = *r;
	taken.cols = clip(n, r->cols);
	r->col += taken.cols;
	r->cols -= taken.cols;
	return taken;
}

struct rect rect_take_right(struct rect *r, int n)
{
	struct rect taken = *r;
	taken.cols = clip(n, r->cols);
	r->cols -= taken.cols;
	taken.col = r->col + r->cols;
	return taken;
}

struct rect rect_inner(struct rect r, int by_rows, int by_cols)
{
	rect_take_top(&r, by_rows);
	rect_take_bottom(&r, by_rows);
	rect_take_left(&r, by_cols);
	rect_take_right(&r, by_cols);
	return r;
}

struct rect rect_centre(struct rect r, int rows, int cols)
{
	struct rect middle = { .rows = clip(rows, r.rows), .cols = clip(cols, r.cols) };
	middle.row = r.row + (r.rows - middle.rows) / 2;
	middle.col = r.col + (r.cols - middle.cols) / 2;
	return middle;
}

struct rect rect_framed(struct rect r, int rows, int cols, struct rect *frame)
{
	*frame = rect_centre(r, rows + 2, cols + 4);
	return rect_inner(*frame, 1, 2);
}

bool rect_has(struct rect r, int row, int col)
{
	return row >= r.row && row < r.row + r.rows && col >= r.col && col < r.col + r.cols;
}
