/* The history of a run: every event and decision, with who and when. */
#include "base/when.h"
#include "model/detail.h"
#include "model/model.h"
#include "view/panes.h"

enum { CLOCK_CELLS = 9, KIND_CELLS = 18 };

/* The engine's "attempt_ended" for people. */
static void put_kind(struct pen *p, struct rect r, struct view kind)
{
	struct str *s = pen_text(p);

	for (size_t i = 0; i < kind.len; i++)
		str_add_char(s, kind.ptr[i] == '_' ? ' ' : kind.ptr[i]);
	pen_put(p, r.row, r.col, KIND_CELLS - 1, STYLE_LABEL);
}

static void put_line(struct pen *p, struct rect r, const struct history_facts *h)
{
	struct str *s = pen_text(p);

	when_add_clock(s, h->at_ms);
	pen_put(p, r.row, r.col, CLOCK_CELLS, STYLE_TIME);
	rect_take_left(&r, CLOCK_CELLS);
	put_kind(p, r, h->kind);
	rect_take_left(&r, KIND_CELLS);
	if (h->task.len) {
		rect_take_left(&r, canvas_text(p->canvas, r.row, r.col, r.cols, STYLE_PLAIN,
					       h->task));
		rect_take_left(&r, 1);
	}
	if (h->by.len) {
		rect_take_left(&r, canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM, "by "));
		rect_take_left(&r, canvas_text(p->canvas, r.row, r.col, r.cols, STYLE_STRONG,
					       h->by));
		rect_take_left(&r, 1);
	}
	s = pen_text(p);
	str_add(s, h->text);
	if (h->comment.len) {
		str_add_text(s, h->text.len ? " \"" : "\"");
		str_add(s, h->comment);
		str_add_char(s, '"');
	}
	pen_put(p, r.row, r.col, r.cols, STYLE_PLAIN);
}

static void put_older(struct pen *p, struct rect r)
{
	bool asked = p->m->detail.history.request && p->m->detail.history.asks_older;

	canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM,
		     asked ? "Reading older events ..." : "Older events are not shown: up reads them");
}

void view_history_pane(struct pen *p, struct rect r)
{
	const struct history_state *h = &p->m->detail.history;

	rect_take_left(&r, 1);
	if (h->trouble.len) {
		struct rect top = rect_take_top(&r, 1);
		canvas_text(p->canvas, top.row, top.col, top.cols, STYLE_WARNING,
			    view_of_str(&h->trouble));
	}
	if (history_lines(h) == 0 || !run_key_eq(h->key, p->m->detail.key)) {
		pen_empty(p, r, "Reading the history ...");
		return;
	}
	size_t older = history_lines(h) - h->len, n = history_lines(h);
	size_t top = pen_scrolled(p, &r, n, p->m->detail.scroll[PANE_HISTORY].top);
	for (size_t i = top; i < n && r.rows > 0; i++) {
		struct rect line = rect_take_top(&r, 1);
		if (i < older)
			put_older(p, line);
		else
			put_line(p, line, &h->items[i - older]);
	}
}
