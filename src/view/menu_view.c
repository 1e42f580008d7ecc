/* The small dialogs of choices. */
#include "model/board_layout.h"
#include "model/menu.h"
#include "model/model.h"
#include "view/dialog.h"
#include "view/screens.h"

void view_menu(struct pen *p, struct rect r)
{
	const struct menu_state *s = &p->m->menu;
	struct str title = { 0 };
	struct rect in, all;
	size_t i;

	if (s->marked) {
		size_t n = p->m->board.marks.len;

		str_addf(&title, "%zu marked %s", n, n == 1 ? "run" : "runs");
	} else {
		model_add_run_name(p->m, s->focus.key, &title);
		str_addf(&title, "%s%s", s->task.len > 0 ? " " : "", str_text(&s->task));
	}
	in = dialog_open(p, r, (struct rect){ 0, 0, (int)s->n_shown, MENU_COLS }, str_text(&title));
	str_release(&title);
	all = in;
	for (i = s->rows.top; i < s->n_shown && in.rows > 0; i++) {
		const struct target *t = &s->targets[s->shown[i]];
		struct rect at = rect_take_top(&in, 1);
		enum style_role role = t->allowed ? STYLE_PLAIN : STYLE_DIM;

		str_addf(pen_text(p), "%c", menu_letter(s->shown[i]));
		pen_put(p, at.row, at.col, 1, t->allowed ? STYLE_KEY : STYLE_DIM);
		canvas_words(p->canvas, at.row, at.col + 3, 12, role,
			     action_words(verb_action(s->shown[i]))->brief);
		if (!t->allowed)
			canvas_text(p->canvas, at.row, at.col + 16, at.cols - 16, STYLE_DIM,
				    view_of_str(&t->why));
		else
			canvas_words(p->canvas, at.row, at.col + 16, at.cols - 16, STYLE_PLAIN,
				     action_words(verb_action(s->shown[i]))->help);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
	dialog_more(p, all, s->rows.top, s->n_shown - i);
}

void view_lanes(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	struct rect in = dialog_open(p, r, (struct rect){ 0, 0, LANES_ROWS, 40 }, "Lanes shown");
	struct rect all = in, foot = rect_take_bottom(&in, 1);
	size_t top = rows_first(m->menu.rows, BOARD_LANES, in.rows), i;

	for (i = top; i < BOARD_LANES && in.rows > 0; i++) {
		int lane = board_lane_order[i];
		struct rect at = rect_take_top(&in, 1);

		str_addf(pen_text(p), "[%c] %d %s", m->board.lanes[lane].shown ? 'x' : ' ',
			 board_lane_number(lane), board_lane_title(lane));
		if (lane == BOARD_WAITING)
			str_add_text(&p->text, " in a lane of its own");
		else
			str_addf(&p->text, " %zu", board_count(m->cards, lane));
		pen_put(p, at.row, at.col, at.cols, STYLE_PLAIN);
		if (i == m->menu.rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
	canvas_words(p->canvas, foot.row, foot.col, foot.cols, STYLE_DIM,
		     "Space shows or hides, Esc leaves");
	dialog_more(p, all, top, BOARD_LANES - i);
}

void view_quit(struct pen *p, struct rect r)
{
	size_t held = orders_count(&p->m->orders, ORDER_HELD);
	struct rect in = dialog_open(p, r, (struct rect){ 0, 0, held > 0 ? 4 : 2, 52 }, "Quit");

	if (held == 0) {
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_PLAIN,
			     "Leave the board? The engine goes on.");
		canvas_words(p->canvas, in.row + 1, in.col, in.cols, STYLE_DIM,
			     "y quits, Esc stays");
		return;
	}
	str_addf(pen_text(p), held == 1 ? "%zu order is held and not sent yet."
					: "%zu orders are held and not sent yet.", held);
	pen_put(p, in.row, in.col, in.cols, STYLE_WARNING);
	canvas_words(p->canvas, in.row + 1, in.col, in.cols, STYLE_PLAIN, "y sends and quits");
	canvas_words(p->canvas, in.row + 2, in.col, in.cols, STYLE_PLAIN, "d drops and quits");
	canvas_words(p->canvas, in.row + 3, in.col, in.cols, STYLE_DIM, "Esc stays");
}
