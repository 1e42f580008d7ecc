/* The list of themes, in a corner, so that the board beneath shows what they do. */
#include "model/model.h"
#include "model/themes.h"
#include "view/dialog.h"
#include "view/screens.h"

enum { THEMES_COLS = 30 };

void view_themes(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	int rows = (int)m->themes.len > 0 ? (int)m->themes.len : 1;
	struct rect corner = rect_take_right(&r, THEMES_COLS + 6);
	struct rect in = dialog_open(p, corner, (struct rect){ 0, 0, rows + 2, THEMES_COLS },
				     "Themes");

	if (m->themes.len == 0)
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM, "No theme was found.");
	for (size_t i = 0; i < m->themes.len && in.rows > 2; i++) {
		struct rect at = rect_take_top(&in, 1);

		canvas_text(p->canvas, at.row, at.col, at.cols, STYLE_PLAIN,
			    view_of_str(&m->themes.items[i]));
		if (i == m->theming.rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
	canvas_words(p->canvas, in.row + in.rows - 1, in.col, in.cols, STYLE_DIM,
		     "Enter keeps, Esc goes back");
}
