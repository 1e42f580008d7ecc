/* A catalogue as a table: each column as wide as its widest cell that is shown. */
#include "base/utf8.h"
#include "model/model.h"
#include "model/table.h"
#include "view/screens.h"

enum { GAP_COLS = 2 };

static void measure(const struct table_state *s, int rows, int widths[TABLE_COLUMNS_MAX])
{
	for (int c = 0; c < s->n_columns; c++)
		widths[c] = utf8_width(view_of(s->columns[c]));
	for (size_t i = s->rows.top; i < table_len(s) && i < s->rows.top + (size_t)rows; i++) {
		for (int c = 0; c < s->n_columns; c++) {
			int w = utf8_width(s->cells.items[i * (size_t)s->n_columns + (size_t)c]);

			widths[c] = w > widths[c] ? w : widths[c];
		}
	}
}

static void put_row(struct pen *p, struct rect r, const struct view *cells, const int *widths)
{
	int col = r.col + 1;

	for (int c = 0; c < p->m->table.n_columns && col < r.col + r.cols; c++) {
		int room = r.col + r.cols - 1 - col, w = widths[c] < room ? widths[c] : room;

		canvas_text(p->canvas, r.row, col, w, c == 0 ? STYLE_STRONG : STYLE_PLAIN,
			    cells[c]);
		col += widths[c] + GAP_COLS;
	}
}

static void put_titles(struct pen *p, struct rect r, const int *widths)
{
	int col = r.col + 1;

	for (int c = 0; c < p->m->table.n_columns && col < r.col + r.cols; c++) {
		canvas_words(p->canvas, r.row, col, r.col + r.cols - 1 - col, STYLE_LABEL,
			     p->m->table.columns[c]);
		col += widths[c] + GAP_COLS;
	}
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
	measure(s, r.rows, widths);
	put_titles(p, rect_take_top(&r, 1), widths);
	for (size_t i = s->rows.top; i < table_len(s) && r.rows > 0; i++) {
		struct rect at = rect_take_top(&r, 1);

		put_row(p, at, &s->cells.items[i * (size_t)s->n_columns], widths);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
}
