/* The frame of dialogs. */
#include "view/dialog.h"

struct rect dialog_open(struct pen *p, struct rect r, struct rect size, const char *title)
{
	struct rect at, inside = rect_framed(r, size.rows, size.cols, &at);

	str_add_text(pen_text(p), title);
	pen_squeeze(p, at.cols - 6);
	canvas_fill(p->canvas, at, STYLE_DIALOG);
	canvas_box(p->canvas, at, STYLE_DIALOG, view_of_str(&p->text));
	canvas_cursor(p->canvas, -1, -1);
	return inside;
}

static void put_more(struct pen *p, int row, struct rect in, const char *glyph, size_t n)
{
	if (n == 0)
		return;
	str_addf(pen_text(p), " %s %zu more ", glyph, n);
	pen_put_right(p, row, in.col, in.col + in.cols, STYLE_DIALOG);
}

void dialog_more(struct pen *p, struct rect in, size_t above, size_t below)
{
	put_more(p, in.row - 1, in, p->canvas->unicode ? "↑" : "^", above);
	put_more(p, in.row + in.rows, in, p->canvas->unicode ? "↓" : "v", below);
}

void dialog_add_paging(struct str *s, int above, int below)
{
	if (below > 0)
		str_addf(s, "%d more %s: PgDn", below, below == 1 ? "row" : "rows");
	else if (above > 0)
		str_add_text(s, "PgUp");
}

int dialog_buttons(struct pen *p, int row, int col, const struct button *buttons, int n)
{
	for (int i = 0; i < n; i++) {
		const struct button *b = &buttons[i];
		enum style_role role = b->dead	    ? STYLE_DIM
				       : b->focused ? b->danger ? STYLE_BUTTON_DANGER
								: STYLE_BUTTON_FOCUS
						    : STYLE_BUTTON;

		/* Brackets say in one colour too where the focus is. */
		str_addf(pen_text(p), b->focused ? "[ %s ]" : "  %s  ", b->label);
		col += pen_put(p, row, col, p->canvas->cols - col, role) + 2;
	}
	return col;
}
