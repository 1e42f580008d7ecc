/* The orders given here: when, what, on what, how far. */
#include "base/when.h"
#include "model/model.h"
#include "model/outbox.h"
#include "view/screens.h"

static const struct look looks[] = {
	[ORDER_HELD] = { "◷", "~", STYLE_WARNING },
	[ORDER_SENDING] = { "→", ">", STYLE_RUNNING },
	[ORDER_ACCEPTED] = { "●", "*", STYLE_RUNNING },
	[ORDER_SEEN] = { "✓", "+", STYLE_COMPLETED },
	[ORDER_REFUSED] = { "✗", "x", STYLE_FAILED },
	[ORDER_UNKNOWN] = { "?", "?", STYLE_WARNING },
	[ORDER_TAKEN_BACK] = { "−", "-", STYLE_CANCELLED },
};

static void add_state(struct pen *p, const struct order_line *l)
{
	struct str *s = pen_text(p);

	str_add_text(s, order_words(l, p->m->now_ms));
	if (l->state == ORDER_HELD)
		str_addf(s, " %d s", (int)((l->send_ms - p->m->now_ms + 999) / 1000));
}

static void put_line(struct pen *p, struct rect r, const struct order_line *l)
{
	struct look look = looks[l->state];
	int col = r.col + 1, end = r.col + r.cols - 1;
	struct str *s;

	canvas_glyph(p->canvas, r.row, col, look.role, look.glyph, look.ascii);
	when_add_clock(pen_text(p), l->at_ms);
	pen_put(p, r.row, col + 2, 8, STYLE_TIME);
	add_state(p, l);
	end = pen_put_right(p, r.row, col + 30, end, look.role) - 2;
	s = pen_text(p);
	str_addf(s, "%s %s %s", verb_name(l->verb), str_text(&l->workflow),
		 str_text(&l->short_id));
	if (l->task.len > 0 || l->name.len > 0)
		str_addf(s, " %s", str_text(l->task.len > 0 ? &l->task : &l->name));
	if (l->why.len > 0 && l->state != ORDER_SEEN && l->state != ORDER_ACCEPTED)
		str_addf(s, ": %s", str_text(&l->why));
	else if (l->comment.len > 0)
		str_addf(s, "%s%s", pen_dot(p), str_text(&l->comment));
	pen_squeeze(p, end - col - 12);
	pen_put(p, r.row, col + 12, end - col - 12, STYLE_PLAIN);
}

/* All that is known of the line under the cursor. */
static void put_whole(struct pen *p, struct rect r, const struct order_line *l)
{
	enum { LABEL_COLS = 10 };

	canvas_hline(p->canvas, r.row, r.col, r.cols, STYLE_BORDER);
	rect_take_top(&r, 1);
	rect_take_left(&r, 1);
	str_addf(pen_text(p), "%s %s %s %s", verb_name(l->verb), str_text(&l->workflow),
		 str_text(&l->short_id), str_text(l->name.len > 0 ? &l->name : &l->task));
	rect_take_top(&r, pen_field(p, r, LABEL_COLS, "order", view_of_str(&p->text)));
	rect_take_top(&r, pen_field(p, r, LABEL_COLS,
				    l->name.len > 0		  ? "arguments"
				    : l->verb == VERB_ANSWER ? "answer"
							     : "comment",
				    view_of_str(l->value.len > 0 ? &l->value : &l->comment)));
	pen_field(p, r, LABEL_COLS, order_words(l, p->m->now_ms), view_of_str(&l->why));
}

void view_outbox(struct pen *p, struct rect r)
{
	const struct rows *rows = &p->m->outbox.rows;
	struct rect head = rect_take_top(&r, 1);
	const struct order_line *l;
	size_t top;

	if (p->m->orders.lines.len == 0) {
		pen_empty(p, r, "No orders were given here yet. x on a run lists them.");
		return;
	}
	canvas_words(p->canvas, head.row, head.col + 1, head.cols - 2, STYLE_DIM,
		     "accepted: the engine took it; done: the board shows it");
	rect_take_top(&r, 1);
	l = outbox_line(p->m, rows->at);
	if (l)
		put_whole(p, rect_take_bottom(&r, OUTBOX_DETAIL_ROWS), l);
	top = rows_first(*rows, p->m->orders.lines.len, r.rows);
	for (size_t i = top; r.rows > 0 && (l = outbox_line(p->m, i)); i++) {
		struct rect at = rect_take_top(&r, 1);

		put_line(p, at, l);
		if (i == rows->at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
}
