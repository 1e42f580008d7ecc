/* Two runs side by side: what differs is marked and bright, the rest is dim; below the
 * list the row under the cursor, whole. */
#include "base/utf8.h"
#include "model/compare.h"
#include "model/model.h"
#include "view/screens.h"

enum { MARK_COLS = 2, WHAT_MOST = 30, WHAT_LEAST = 10, GAP_COLS = 2 };

struct columns {
	int what, cell;		/* cells, with a gap behind */
};

static struct columns measure(const struct compare_state *s, int cols)
{
	int most = cols / 3 < WHAT_MOST ? cols / 3 : WHAT_MOST, want = s->what_cells + GAP_COLS;
	struct columns c = { .what = want > WHAT_LEAST ? want : WHAT_LEAST };

	c.what = c.what > most ? most : c.what;
	c.cell = (cols - MARK_COLS - c.what) / COMPARED;
	return c;
}

/* Of a name that is too long the end is kept: there stands which run it is. */
static const char *short_name(struct pen *p, int i, int cells)
{
	utf8_add_tail(pen_text(p), view_of_str(&p->m->compare.names[i]), cells,
		      p->canvas->unicode);
	return str_text(&p->text);
}

static void put_heads(struct pen *p, struct rect r, const struct columns *c)
{
	const struct compare_state *s = &p->m->compare;

	str_addf(pen_text(p), "%zu differ", s->all.differing);
	pen_put(p, r.row, r.col + MARK_COLS, c->what - 1, STYLE_DIM);
	for (int i = 0; i < COMPARED; i++) {
		struct look look = look_of_run(s->runs[i]->run.status);
		int col = r.col + MARK_COLS + c->what + i * c->cell;

		canvas_glyph(p->canvas, r.row, col, look.role, look.glyph, look.ascii);
		canvas_words(p->canvas, r.row, col + 2, c->cell - 2 - GAP_COLS, STYLE_STRONG,
			     short_name(p, i, c->cell - 2 - GAP_COLS));
	}
}

static void put_row(struct pen *p, struct rect r, const struct compare_row *row,
		    const struct columns *c)
{
	enum style_role role = row->differs ? STYLE_PLAIN : STYLE_DIM;
	int col = r.col + MARK_COLS;

	if (row->differs)
		canvas_glyph(p->canvas, r.row, r.col, STYLE_WARNING, "≠", "!");
	canvas_text(p->canvas, r.row, col, c->what - 1, row->differs ? STYLE_STRONG : STYLE_DIM,
		    row->what);
	for (int i = 0; i < COMPARED; i++)
		canvas_text(p->canvas, r.row, col + c->what + i * c->cell, c->cell - GAP_COLS, role,
			    row->cells[i]);
}

static void put_whole(struct pen *p, struct rect r, const struct compare_row *row)
{
	struct rect half;

	canvas_hline(p->canvas, r.row, r.col, r.cols, STYLE_BORDER);
	rect_take_top(&r, 1);
	canvas_text(p->canvas, r.row, r.col, r.cols, STYLE_LABEL, row->what);
	rect_take_top(&r, 1);
	for (int i = 0; i < COMPARED; i++) {
		const char *name = short_name(p, i, r.cols / 3);

		half = rect_take_top(&r, (COMPARE_WHOLE_ROWS - 2) / COMPARED);
		pen_field(p, half, utf8_width(view_of(name)) + GAP_COLS, name, row->cells[i]);
	}
}

void view_compare(struct pen *p, struct rect r)
{
	const struct compare_state *s = &p->m->compare;
	struct columns c = measure(s, r.cols - 2);
	bool whole = r.rows - COMPARE_HEAD_ROWS > compare_page(r.rows);

	if (s->trouble.len > 0 || !s->ready) {
		pen_empty(p, r, s->trouble.len > 0 ? str_text(&s->trouble) : "Reading.");
		return;
	}
	rect_take_left(&r, 1);
	r.cols--;
	put_heads(p, rect_take_top(&r, COMPARE_HEAD_ROWS), &c);
	if (whole)
		put_whole(p, rect_take_bottom(&r, COMPARE_WHOLE_ROWS), &s->all.rows[s->rows.at]);
	for (size_t i = rows_first(s->rows, s->all.len, r.rows); i < s->all.len && r.rows > 0;
	     i++) {
		struct rect at = rect_take_top(&r, 1);

		put_row(p, at, &s->all.rows[i], &c);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
}
