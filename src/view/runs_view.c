/* The table of runs. */
#include "base/utf8.h"
#include "base/when.h"
#include "model/model.h"
#include "model/runs.h"
#include "view/card_view.h"
#include "view/screens.h"

/* Columns from the left; what does not fit is left out from the right. */
struct columns {
	int workflow, id, by, started, took, doing;	/* where each begins; 0: none */
};

static struct columns columns_at(int cols)
{
	enum { ID_COLS = 8, TOOK_COLS = 9, NAME_COLS = 16, WIDE_NAME_COLS = 24, NAME_LEAST = 6 };
	struct columns c = { .workflow = 14 };
	int room = cols - c.workflow - ID_COLS - TOOK_COLS;
	int least = room > NAME_LEAST ? room : NAME_LEAST;
	int at = c.workflow + (cols >= 100 ? WIDE_NAME_COLS : least < NAME_COLS ? least : NAME_COLS);

	c.id = at;
	at += ID_COLS;
	if (cols >= 70) {
		c.started = at;
		at += cols >= 100 ? 21 : 10;
	}
	c.took = at;
	at += TOOK_COLS;
	if (cols >= 90) {
		c.by = at;
		at += 16;
	}
	c.doing = cols - at > 12 ? at : 0;
	return c;
}

static void put_titles(struct pen *p, struct rect r, const struct columns *c)
{
	const struct {
		int at;
		const char *title;
	} titles[] = { { 3, "status" },	    { c->workflow, "workflow" }, { c->id, "run" },
		       { c->started, "started" }, { c->took, "took" }, { c->by, "trigger" },
		       { c->doing, "what" } };

	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (titles[i].at > 0)
			canvas_words(p->canvas, r.row, r.col + titles[i].at,
				     r.cols - titles[i].at, STYLE_LABEL, titles[i].title);
	}
}

static void put_run(struct pen *p, struct rect r, const struct run_facts *run,
		    const struct columns *c)
{
	struct look look = look_of_run(run->status);
	bool ended = !run_status_is_open(run->status);

	canvas_glyph(p->canvas, r.row, r.col + 1, look.role, look.glyph, look.ascii);
	canvas_words(p->canvas, r.row, r.col + 3, c->workflow - 4, look.role,
		     run_status_words(run->status));
	canvas_text(p->canvas, r.row, r.col + c->workflow, c->id - c->workflow - 1, STYLE_STRONG,
		    run->workflow);
	canvas_text(p->canvas, r.row, r.col + c->id, 7, STYLE_DIM,
		    run->short_id.len > 0 ? run->short_id : run->id);
	if (c->started > 0 && run->started_ms > 0) {
		if (c->took - c->started > 20)
			when_add_stamp(pen_text(p), run->started_ms);
		else
			when_add_clock(pen_text(p), run->started_ms);
		pen_put(p, r.row, r.col + c->started, c->took - c->started - 1, STYLE_TIME);
	}
	add_elapsed(pen_text(p), run->started_ms, run->ended_ms, p->m->now_ms);
	pen_put(p, r.row, r.col + c->took, 8, ended ? STYLE_PLAIN : look.role);
	if (c->by > 0) {
		add_trigger(pen_text(p), run);
		pen_put(p, r.row, r.col + c->by, 15, STYLE_DIM);
	}
	if (c->doing > 0 && run->status != RUN_COMPLETED) {
		add_doing(pen_text(p), run, pen_dot(p));
		pen_put(p, r.row, r.col + c->doing, r.cols - c->doing - 1, STYLE_DIM);
	}
}

static void put_filter(struct pen *p, struct rect r)
{
	const struct runs_state *s = &p->m->runs;
	size_t n = board_total(s->cards);
	bool all = older_is_over(&s->older);
	int end = r.col + r.cols - 1;

	if (s->error.len > 0)
		str_add(pen_text(p), view_of_str(&s->error));
	else
		str_addf(pen_text(p), "%zu%s run%s%s", n, all ? "" : "+", n == 1 && all ? "" : "s",
			 s->cut			       ? ", the newest shown"
			 : older_is_reading(&s->older) ? ", reading older ones"
						       : "");
	end = pen_put_right(p, r.row, r.col + 20, end,
			    s->error.len > 0 ? STYLE_ERROR : STYLE_DIM) - 1;
	canvas_words(p->canvas, r.row, r.col + 1, 1, STYLE_KEY, "/");
	if (s->typing || s->line.text.len > 0)
		pen_field_line(p, (struct rect){ r.row, r.col + 3, 1, end - r.col - 3 }, &s->line,
			       s->typing);
	else
		canvas_words(p->canvas, r.row, r.col + 3, end - r.col - 3, STYLE_DIM, "filter");
}

void view_history(struct pen *p, struct rect r)
{
	const struct runs_state *s = &p->m->runs;
	struct columns c = columns_at(r.cols);

	put_filter(p, rect_take_top(&r, 1));
	put_titles(p, rect_take_top(&r, 1), &c);
	if (s->runs.len == 0 && older_is_reading(&s->older))
		pen_empty(p, r, "Reading older runs ...");
	else if (s->runs.len == 0)
		pen_nothing(p, r, s->line.text.len > 0 ? "No runs match. Esc clears the filter."
						       : "No runs yet. n starts one.",
			    "No runs are known");
	for (size_t i = s->rows.top; i < s->runs.len && r.rows > 0; i++) {
		struct rect at = rect_take_top(&r, 1);
		struct run_facts run;

		if (store_facts(p->m->store, s->runs.items[i], &run, &p->arena))
			put_run(p, at, &run, &c);
		arena_clear(&p->arena);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
}
