/* When each task ran, as bars over the time of the run. Idle time (nothing ran)
 * can be squeezed out. */
#include "base/when.h"
#include "model/detail.h"
#include "model/model.h"
#include "view/panes.h"

enum { SEGMENTS_MAX = 512, SQUEEZED_MS = 1000 };

struct segment {
	int64_t from, to;
};

/* The time axis: pieces in which something ran, in order. */
struct axis {
	struct segment items[SEGMENTS_MAX];
	size_t len;
	int64_t total_ms;
};

static int64_t end_of(const struct task_facts *t, int64_t now_ms)
{
	return t->ended_ms > 0 ? t->ended_ms : now_ms;
}

static void axis_add(struct axis *a, int64_t from, int64_t to)
{
	size_t at = 0;

	while (at < a->len && a->items[at].to < from)
		at++;
	if (at == a->len || a->items[at].from > to) {
		if (a->len == SEGMENTS_MAX)
			return;
		for (size_t i = a->len++; i > at; i--)
			a->items[i] = a->items[i - 1];
		a->items[at] = (struct segment){ from, to };
		return;
	}
	if (from < a->items[at].from)
		a->items[at].from = from;
	while (at + 1 < a->len && a->items[at + 1].from <= to) {
		to = a->items[at + 1].to > to ? a->items[at + 1].to : to;
		for (size_t i = at + 1; i + 1 < a->len; i++)
			a->items[i] = a->items[i + 1];
		a->len--;
	}
	if (to > a->items[at].to)
		a->items[at].to = to;
}

static void axis_make(const struct model *m, struct axis *a)
{
	const struct run_detail *d = m->detail.detail;

	a->len = 0;
	a->total_ms = 0;
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct task_facts *t = &d->tasks[i];

		if (t->started_ms > 0)
			axis_add(a, t->started_ms, end_of(t, m->now_ms));
	}
	if (!m->detail.squeezed && a->len > 1) {
		a->items[0].to = a->items[a->len - 1].to;
		a->len = 1;
	}
	for (size_t i = 0; i < a->len; i++)
		a->total_ms += a->items[i].to - a->items[i].from + (i > 0 ? SQUEEZED_MS : 0);
}

/* Milliseconds along the axis. */
static int64_t axis_at(const struct axis *a, int64_t at_ms)
{
	int64_t sum = 0;

	for (size_t i = 0; i < a->len; i++) {
		if (at_ms <= a->items[i].to)
			return sum + (at_ms > a->items[i].from ? at_ms - a->items[i].from : 0);
		sum += a->items[i].to - a->items[i].from + SQUEEZED_MS;
	}
	return a->total_ms;
}

static void put_row(struct pen *p, struct rect r, const struct task_facts *t,
		    const struct axis *a)
{
	struct look look = look_of_task(t->status);
	int names = r.cols / 4 < 20 ? r.cols / 4 : 20, from, to;
	bool selected = view_eq(t->id, view_of_str(&p->m->detail.task));

	canvas_glyph(p->canvas, r.row, r.col + 1, look.role, look.glyph, look.ascii);
	canvas_text(p->canvas, r.row, r.col + 3, names - 3,
		    selected ? STYLE_STRONG : STYLE_PLAIN, t->id);
	rect_take_left(&r, names + 1);
	add_elapsed(pen_text(p), t->started_ms, t->ended_ms, p->m->now_ms);
	pen_put_right(p, r.row, r.col, r.col + r.cols, STYLE_DIM);
	rect_take_right(&r, 9);
	if (t->started_ms <= 0 || a->total_ms <= 0 || r.cols <= 0)
		return;
	from = (int)(axis_at(a, t->started_ms) * (r.cols - 1) / a->total_ms);
	to = (int)(axis_at(a, end_of(t, p->m->now_ms)) * (r.cols - 1) / a->total_ms);
	for (int i = from; i <= to; i++)
		canvas_glyph(p->canvas, r.row, r.col + i, look.role, "━", "=");
}

void view_timeline_pane(struct pen *p, struct rect r)
{
	const struct detail_state *d = &p->m->detail;
	size_t top = d->scroll[PANE_TIMELINE].top, n = d->detail->n_tasks, most;
	struct rect foot;
	struct axis axis;

	axis_make(p->m, &axis);
	if (axis.len == 0) {
		pen_empty(p, r, "Nothing ran yet.");
		return;
	}
	foot = rect_take_bottom(&r, 1);
	rect_take_left(&foot, 1);
	most = r.rows > 0 && n > (size_t)r.rows ? n - (size_t)r.rows : 0;
	top = top < most ? top : most;
	for (size_t i = top; i < n && r.rows > 0; i++)
		put_row(p, rect_take_top(&r, 1), &d->detail->tasks[i], &axis);
	rect_take_left(&foot, 2 + canvas_words(p->canvas, foot.row, foot.col, foot.cols, STYLE_DIM,
					       d->squeezed ? "idle time left out; Enter shows it"
							   : "Enter leaves out idle time"));
	pen_more(p, foot, top, most - top);
}
