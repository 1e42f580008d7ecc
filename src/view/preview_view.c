/* The preview pane: a run's facts as labelled lines, from the store alone. */
#include "view/preview_view.h"

#include "base/when.h"
#include "model/model.h"
#include "view/card_view.h"

enum { LABEL_COLS = 12 };

static int field(struct pen *p, struct rect *r, const char *label)
{
	/* pen_field draws from p->text, which it does not touch. */
	int used = pen_field(p, *r, LABEL_COLS, label, view_of_str(&p->text));

	rect_take_top(r, used);
	return used;
}

static void put_gate(struct pen *p, struct rect *r, const struct run_facts *run)
{
	const struct gate_facts *g = &run->waiting;
	struct str *s = pen_text(p);

	if (g->kind == GATE_NONE || run->status != RUN_WAITING)
		return;
	rect_take_top(r, pen_wrap(p, *r, STYLE_WAITING, g->prompt));
	str_add(s, g->task);
	field(p, r, "step");
	pen_text(p);
	add_age(s, g->since_ms, p->m->now_ms);
	if (g->deadline_ms > 0) {
		str_add_text(s, pen_dot(p));
		add_clock(s, run, p->m->now_ms);
	}
	field(p, r, "waits");
	if (g->required > 1) {
		str_addf(pen_text(p), "%zu of %d", g->n_given, g->required);
		field(p, r, "votes");
	}
	str_add(pen_text(p), g->roles);
	field(p, r, "who may");
	rect_take_top(r, 1);
}

static void put_pairs(struct pen *p, struct rect *r, const char *label, const struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->len; i++) {
		struct str *s = pen_text(p);

		str_add(s, pairs->items[i].name);
		str_add_char(s, '=');
		str_add(s, pairs->items[i].value);
		field(p, r, i == 0 ? label : "");
	}
}

static void put_times(struct pen *p, struct rect *r, const struct run_facts *run)
{
	struct str *s = pen_text(p);

	if (run->started_ms > 0)
		when_add_stamp(s, run->started_ms);
	field(p, r, "started");
	add_elapsed(pen_text(p), run->started_ms, run->ended_ms, p->m->now_ms);
	field(p, r, run->ended_ms > 0 ? "took" : "runs for");
	if (run_is_long(run, p->m->now_ms)) {
		when_add_span(pen_text(p), run->expected_ms);
		field(p, r, "most take");
	}
	if (run->started_ms > run->created_ms && run->created_ms > 0) {
		add_elapsed(pen_text(p), run->created_ms, run->started_ms, p->m->now_ms);
		field(p, r, "queued for");
	}
}

int view_facts(struct pen *p, struct rect r, const struct run_facts *run)
{
	int from = r.row;
	struct str *s;

	add_doing(pen_text(p), run, pen_dot(p));
	if (run->status != RUN_WAITING && run->error.message.len == 0)
		field(p, &r, run_status_words(run->status));
	add_trigger(pen_text(p), run);
	field(p, &r, "trigger");
	put_times(p, &r, run);
	str_add(pen_text(p), run->queue);
	field(p, &r, "queue");
	str_add(pen_text(p), run->worker);
	field(p, &r, "worker");
	str_add(pen_text(p), run->environment);
	field(p, &r, "environment");
	put_pairs(p, &r, "parameters", &run->params);
	put_pairs(p, &r, "labels", &run->labels);
	s = pen_text(p);
	str_add(s, run->parent);
	field(p, &r, "parent");
	str_add(pen_text(p), run->id);
	field(p, &r, "id");
	return r.row - from;
}

static void put_head(struct pen *p, struct rect *r, const struct run_facts *run)
{
	struct look look = look_of_run(run->status);
	struct str *s = pen_text(p);
	int end = r->col + r->cols;

	canvas_glyph(p->canvas, r->row, r->col, look.role, look.glyph, look.ascii);
	str_add_text(s, run_status_words(run->status));
	end = pen_put_right(p, r->row, r->col, end, look.role) - 1;
	str_add(pen_text(p), run->workflow);
	str_add_char(s, ' ');
	str_add(s, run->short_id);
	pen_put(p, r->row, r->col + 2, end - r->col - 2, STYLE_STRONG);
	rect_take_top(r, 1);
	canvas_hline(p->canvas, r->row, r->col, r->cols, STYLE_BORDER);
	rect_take_top(r, 1);
}

void view_preview(struct pen *p, struct rect r, struct run_key key)
{
	struct run_facts run;

	if (!run_key_is_set(key) || !store_facts(p->m->store, key, &run, &p->arena)) {
		canvas_hline(p->canvas, r.row + 1, r.col, r.cols, STYLE_BORDER);
		return;
	}
	put_head(p, &r, &run);
	if (run.title.len > 0) {
		canvas_text(p->canvas, r.row, r.col, r.cols, STYLE_DIM, run.title);
		rect_take_top(&r, 2);
	}
	put_gate(p, &r, &run);
	if (run.error.message.len > 0) {
		add_doing(pen_text(p), &run, pen_dot(p));
		rect_take_top(&r, pen_wrap(p, r, STYLE_FAILED, view_of_str(&p->text)));
		rect_take_top(&r, 1);
	}
	view_facts(p, r, &run);
	arena_clear(&p->arena);
}
