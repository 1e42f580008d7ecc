/* The list of themes, in a corner, so that the board beneath shows what they do. */
#include "model/model.h"
#include "model/themes.h"
#include "view/dialog.h"
#include "view/screens.h"

void view_themes(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	const struct rows *rows = &m->theming.rows;
	int n = (int)m->themes.len > 0 ? (int)m->themes.len : 1;
	struct rect corner = rect_take_right(&r, THEMES_COLS + 6);
	struct rect in = dialog_open(p, corner, (struct rect){ 0, 0, n + THEMES_FOOT_ROWS,
							       THEMES_COLS }, "Themes");
	struct rect all = in, foot = rect_take_bottom(&in, 1);
	size_t top = rows_first(*rows, m->themes.len, in.rows), i;

	if (m->themes.len == 0)
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM, "No theme was found.");
	for (i = top; i < m->themes.len && in.rows > 0; i++) {
		struct rect at = rect_take_top(&in, 1);

		canvas_text(p->canvas, at.row, at.col, at.cols, STYLE_PLAIN,
			    view_of_str(&m->themes.items[i]));
		if (i == rows->at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
	canvas_words(p->canvas, foot.row, foot.col, foot.cols, STYLE_DIM,
		     "Enter keeps, Esc goes back");
	dialog_more(p, all, top, m->themes.len - i);
}
