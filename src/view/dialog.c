/* The frame of dialogs. */
#include "view/dialog.h"

struct rect dialog_open(struct pen *p, struct rect r, struct rect size, const char *title)
{
	struct rect at, inside = rect_framed(r, size.rows, size.cols, &at);

	canvas_fill(p->canvas, at, STYLE_DIALOG);
	canvas_box(p->canvas, at, STYLE_DIALOG, view_of(title));
	canvas_cursor(p->canvas, -1, -1);
	return inside;
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
