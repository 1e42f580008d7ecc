/* Where the parts of an open run stand: tasks left of the pane when wide, above it
 * when tall, else only the one that has the focus. */
#include "model/board_layout.h"
#include "model/detail.h"
#include "model/model.h"

enum { SIDE_BY_SIDE_COLS = 100, STACKED_ROWS = 16, HEAD_ROWS = 3, LIST_COLS_MAX = 48 };

static int list_rows(const struct model *m, int rows)
{
	const struct run_detail *d = m->detail.detail;
	int want = d ? (int)d->n_tasks : 1, most = rows / 3;

	return want < 1 ? 1 : want < most ? want : most;
}

void detail_layout_make(const struct model *m, struct detail_layout *out)
{
	struct rect r = board_layout_body(m);

	*out = (struct detail_layout){ .side_by_side = m->cols >= SIDE_BY_SIDE_COLS };
	out->head = rect_take_top(&r, r.rows < STACKED_ROWS ? 2 : HEAD_ROWS);
	if (out->side_by_side) {
		out->tabs = rect_take_top(&r, 1);
		out->list = rect_take_left(&r, m->cols * 2 / 5 < LIST_COLS_MAX ? m->cols * 2 / 5
									    : LIST_COLS_MAX);
		out->rule = rect_take_left(&r, 3);
		out->pane = r;
	} else if (r.rows >= STACKED_ROWS - HEAD_ROWS) {
		out->list = rect_take_top(&r, list_rows(m, r.rows));
		rect_take_top(&r, 1);
		out->tabs = rect_take_top(&r, 1);
		out->pane = r;
	} else {
		out->tabs = rect_take_top(&r, 1);
		if (m->detail.in_pane)
			out->pane = r;
		else
			out->list = r;
	}
}
