/* Help and palette. */
#include "base/utf8.h"
#include "model/help.h"
#include "model/model.h"
#include "view/dialog.h"
#include "view/screens.h"

enum { KEYS_COLS = 14, COLUMN_COLS = 64 };

static void put_line(struct pen *p, struct rect r, const struct help_line *l)
{
	if (l->scope >= 0) {
		canvas_words(p->canvas, r.row, r.col + 1, r.cols - 1, STYLE_LANE_FOCUS,
			     scope_title((enum scope)l->scope));
		return;
	}
	struct action_words w;

	commands_words(p->m, l->action, &w);
	keymap_add_keys(&p->m->keymap, l->action, pen_text(p));
	pen_put(p, r.row, r.col + 2, KEYS_COLS - 3, STYLE_KEY);
	canvas_text(p->canvas, r.row, r.col + KEYS_COLS, r.cols - KEYS_COLS - 1, STYLE_PLAIN,
		    view_of(w.help));
}

void view_help(struct pen *p, struct rect r)
{
	const struct help_state *s = &p->m->help;
	int columns = r.cols / COLUMN_COLS > 0 ? r.cols / COLUMN_COLS : 1;
	size_t i = s->top;

	for (int c = 0; c < columns; c++) {
		struct rect column = rect_take_left(&r, r.cols / (columns - c));

		while (column.rows > 0 && i < s->lines.len)
			put_line(p, rect_take_top(&column, 1), &s->lines.items[i++]);
	}
}

void view_palette(struct pen *p, struct rect r)
{
	const struct help_state *s = &p->m->help;
	struct rect in = dialog_open(p, r, (struct rect){ 0, 0, PALETTE_ROWS, PALETTE_COLS },
				     "Commands");
	struct rect all = in, line = rect_take_top(&in, 1);
	size_t top = rows_first(s->rows, s->found.len, in.rows), i;

	canvas_words(p->canvas, line.row, line.col, 1, STYLE_KEY, ":");
	rect_take_left(&line, 2);
	pen_field_line(p, line, &s->line, screen_top(p->m) == SCREEN_PALETTE);
	if (s->found.len == 0)
		canvas_words(p->canvas, in.row + 1, in.col, in.cols, STYLE_DIM,
			     "No command has that in its name.");
	for (i = top; i < s->found.len && in.rows > 0; i++) {
		struct action_words w;
		struct rect at = rect_take_top(&in, 1);
		int end = at.col + at.cols;

		commands_words(p->m, s->found.items[i], &w);

		keymap_add_keys(&p->m->keymap, s->found.items[i], pen_text(p));
		end = pen_put_right(p, at.row, at.col + 30, end, STYLE_KEY) - 1;
		canvas_text(p->canvas, at.row, at.col, 14, STYLE_STRONG, view_of(w.name));
		canvas_text(p->canvas, at.row, at.col + 15, end - at.col - 15, STYLE_PLAIN,
			    view_of(w.help));
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
	dialog_more(p, all, top, s->found.len - i);
}
