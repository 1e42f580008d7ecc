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

/* Where not all tasks are seen a row says so; under a stacked list one is blank anyway. */
static void place_more(const struct model *m, struct detail_layout *l, struct rect blank)
{
	const struct run_detail *d = m->detail.detail;
	size_t n = d ? d->n_tasks : 0;

	if (l->list.rows > 2 && n > (size_t)l->list.rows)
		l->more = blank.rows > 0 ? blank : rect_take_bottom(&l->list, 1);
	l->tasks = (struct rows){ detail_task_index(m), m->detail.top };
	rows_reveal(&l->tasks, n, l->list.rows);
}

void detail_layout_make(const struct model *m, struct detail_layout *out)
{
	struct rect r = board_layout_body(m), blank = { 0 };

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
		blank = rect_take_top(&r, 1);
		out->tabs = rect_take_top(&r, 1);
		out->pane = r;
	} else {
		out->tabs = rect_take_top(&r, 1);
		if (m->detail.in_pane)
			out->pane = r;
		else
			out->list = r;
	}
	place_more(m, out, blank);
}
