/* A catalogue as a table: each column as wide as its widest cell that is shown. */
#include "base/utf8.h"
#include "model/model.h"
#include "model/table.h"
#include "view/screens.h"

enum { GAP_COLS = 2, LEAST_COLS = 19, MORE_COLS = 3 };	/* least: an instant */

static void measure(const struct table_state *s, size_t top, int rows,
		    int widths[TABLE_COLUMNS_MAX])
{
	for (int c = 0; c < s->n_columns; c++)
		widths[c] = utf8_width(view_of(s->columns[c]));
	for (size_t i = top; i < table_len(s) && i < top + (size_t)rows; i++) {
		for (int c = 0; c < s->n_columns; c++) {
			int w = utf8_width(s->cells.items[i * (size_t)s->n_columns + (size_t)c]);

			widths[c] = w > widths[c] ? w : widths[c];
		}
	}
}

/* Where not all fit the widest are cut, down to LEAST_COLS, and what still does not fit
 * is left out from the right. Returns how many columns are shown. */
static int fit(const struct table_state *s, int cols, int widths[TABLE_COLUMNS_MAX])
{
	int n = s->n_columns, sum = (n - 1) * GAP_COLS, least = sum;

	for (int c = 0; c < n; c++) {
		sum += widths[c];
		least += widths[c] < LEAST_COLS ? widths[c] : LEAST_COLS;
	}
	if (least > cols)
		cols -= MORE_COLS;
	while (n > 1 && least > cols) {
		n--;
		sum -= widths[n] + GAP_COLS;
		least -= (widths[n] < LEAST_COLS ? widths[n] : LEAST_COLS) + GAP_COLS;
	}
	for (; sum > cols; sum--) {
		int widest = 0;

		for (int c = 1; c < n; c++)
			widest = widths[c] > widths[widest] ? c : widest;
		widths[widest]--;
	}
	return n;
}

static void put_row(struct pen *p, struct rect r, const struct view *cells, const int *widths, int n)
{
	int col = r.col + 1;

	for (int c = 0; c < n; c++) {
		canvas_text(p->canvas, r.row, col, widths[c], c == 0 ? STYLE_STRONG : STYLE_PLAIN,
			    cells[c]);
		col += widths[c] + GAP_COLS;
	}
}

/* Also how many do not fit. */
static void put_titles(struct pen *p, struct rect r, const int *widths, int n)
{
	const struct table_state *s = &p->m->table;
	int col = r.col + 1;

	for (int c = 0; c < n; c++) {
		canvas_words(p->canvas, r.row, col, widths[c], STYLE_LABEL, s->columns[c]);
		col += widths[c] + GAP_COLS;
	}
	if (n == s->n_columns)
		return;
	str_addf(pen_text(p), "+%d", s->n_columns - n);
	pen_put(p, r.row, r.col + r.cols - MORE_COLS, MORE_COLS - 1, STYLE_DIM);
}

static void put_more(struct pen *p, struct rect r)
{
	str_addf(pen_text(p), "There are more than these %zu.", table_len(&p->m->table));
	pen_put(p, r.row, r.col + 1, r.cols - 2, STYLE_DIM);
}

void view_table(struct pen *p, struct rect r)
{
	const struct table_state *s = &p->m->table;
	int widths[TABLE_COLUMNS_MAX] = { 0 };

	if (s->trouble.len > 0) {
		pen_empty(p, r, str_text(&s->trouble));
		return;
	}
	if (table_len(s) == 0) {
		pen_empty(p, r, s->request ? "Reading." : "Nothing to list.");
		return;
	}
	if (s->kind == CATALOG_STATS && s->n_columns == STATS_COLUMNS) {
		view_metrics(p, r);
		return;
	}
	struct rect titles = rect_take_top(&r, 1);
	if (s->more)
		put_more(p, rect_take_bottom(&r, 1));
	size_t top = rows_first(s->rows, table_len(s), r.rows);
	measure(s, top, r.rows, widths);
	int n = fit(s, r.cols - 2, widths);
	put_titles(p, titles, widths, n);
	for (size_t i = top; i < table_len(s) && r.rows > 0; i++) {
		struct rect at = rect_take_top(&r, 1);

		put_row(p, at, &s->cells.items[i * (size_t)s->n_columns], widths, n);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
}
