/* The inbox: who waits for what since when, until when; the prompt below. */
#include "base/when.h"
#include "model/age.h"
#include "model/inbox.h"
#include "model/model.h"
#include "view/screens.h"

/* From WIDE_COLS on both how long it waits and how long it may. */
enum { WIDE_COLS = 60, NAME_COLS = 20 };

static void put_entry(struct pen *p, struct rect r, const struct run_facts *run, bool selected)
{
	const struct gate_facts *g = &run->waiting;
	struct look look = look_of_run(run->status);
	int end = r.col + r.cols - 1;
	struct str *s = pen_text(p);

	canvas_glyph(p->canvas, r.row, r.col + 1, look.role, look.glyph, look.ascii);
	if (g->deadline_ms == 0 || r.cols >= WIDE_COLS) {
		str_add_text(s, "waits ");
		add_age(s, g->since_ms, p->m->now_ms);
	}
	if (g->deadline_ms > 0) {
		str_add_text(s, s->len > 0 ? pen_dot(p) : "");
		if (g->deadline_ms > p->m->now_ms)
			when_add_age(s, age_left_ms(g->deadline_ms, p->m->now_ms));
		str_add_text(s, g->deadline_ms > p->m->now_ms ? " left" : "overdue");
	}
	if (g->required > 1)
		str_addf(s, "%s%zu/%d", pen_dot(p), g->n_given, g->required);
	end = pen_put_right(p, r.row, r.col + NAME_COLS, end, STYLE_DIM) - 2;
	s = pen_text(p);
	str_add(s, run->workflow);
	str_add_char(s, ' ');
	str_add(s, run->short_id);
	str_add_text(s, pen_dot(p));
	str_add(s, g->task);
	pen_squeeze(p, end - r.col - 3);
	pen_put(p, r.row, r.col + 3, end - r.col - 3, STYLE_STRONG);
	canvas_text(p->canvas, r.row + 1, r.col + 3, r.cols - 4, STYLE_WAITING,
		    g->prompt.len > 0 ? g->prompt : VIEW("waits for a decision"));
	if (!selected)
		return;
	r.rows = 2;
	canvas_paint(p->canvas, (struct rect){ r.row, r.col + 1, 2, r.cols - 1 }, STYLE_SELECTED);
	for (int i = 0; i < 2; i++)
		canvas_glyph(p->canvas, r.row + i, r.col, look.role, "▌", "|");
}

void view_inbox(struct pen *p, struct rect r)
{
	const struct inbox_state *s = &p->m->inbox;
	size_t n = inbox_count(p->m);
	struct rect head = rect_take_top(&r, 1);

	if (n == 0) {
		pen_nothing(p, r, "Nothing waits for you. q goes back to the board.",
			    "Nothing is known to wait");
		return;
	}
	str_addf(pen_text(p), "%zu %s for a decision, the most urgent first", n,
		 n == 1 ? "run waits" : "runs wait");
	pen_put(p, head.row, head.col + 1, head.cols - 2, STYLE_DIM);
	for (size_t i = s->top; i < n && r.rows >= 2; i++) {
		struct rect at = rect_take_top(&r, INBOX_ROWS);
		struct run_facts run;

		if (store_facts(p->m->store, inbox_at(p->m, i), &run, &p->arena))
			put_entry(p, at, &run, i == s->index);
		arena_clear(&p->arena);
	}
}
