/* The metrics: per workflow how many of its runs ended well and how long they took, as
 * bars. Knows the catalogue of statistics as rows of text, in the order of
 * the first enum. */
#include "base/when.h"
#include "model/model.h"
#include "view/screens.h"

enum { COLUMN_WORKFLOW, COLUMN_ENDED, COLUMN_SUCCESS, COLUMN_P50, COLUMN_P95 };
enum { NAME_COLS = 20, NAME_LEAST = 10, NARROW_COLS = 48, ENDED_COLS = 7, RATE_COLS = 6, SPAN_COLS = 9, GAP_COLS = 2 };

struct plan {
	int name;		/* cells of the workflow's name, with a gap */
	int ended;		/* of how many ended; 0: no room for them */
	int bar;		/* cells of a bar; 0: no room for any */
	double longest;		/* p95 of all, in milliseconds */
};

/* False: unknown, or no number that could be shown. */
static bool number_of(const struct view *cells, int column, double *out)
{
	return number_parse_real(cells[column], out) && *out >= 0 && *out < 1e15;
}

static struct plan make_plan(const struct table_state *s, int cols)
{
	int ended = cols < NARROW_COLS ? 0 : ENDED_COLS;
	int room = cols - ended - RATE_COLS - 2 * SPAN_COLS - 4 * GAP_COLS;
	struct plan plan = { .ended = ended,
			     .name = room < NAME_LEAST ? NAME_LEAST
				     : room < NAME_COLS ? room : NAME_COLS,
			     .bar = (room - NAME_COLS) / 2 };
	double span;

	for (size_t i = 0; i < table_len(s); i++) {
		if (number_of(&s->cells.items[i * STATS_COLUMNS], COLUMN_P95, &span) &&
		    span > plan.longest)
			plan.longest = span;
	}
	if (plan.bar < 4)
		plan.bar = 0;
	return plan;
}

static void put_titles(struct pen *p, struct rect r, const struct plan *plan)
{
	int col = r.col + 1;

	canvas_words(p->canvas, r.row, col, plan->name, STYLE_LABEL, "workflow");
	col += plan->name;
	canvas_words(p->canvas, r.row, col, plan->ended, STYLE_LABEL, "ended");
	col += plan->ended;
	canvas_words(p->canvas, r.row, col, 8, STYLE_LABEL, "success");
	col += RATE_COLS + plan->bar + GAP_COLS;
	canvas_words(p->canvas, r.row, col, SPAN_COLS, STYLE_LABEL, "half in");
	col += SPAN_COLS + plan->bar + GAP_COLS;
	canvas_words(p->canvas, r.row, col, SPAN_COLS, STYLE_LABEL, "95% in");
}

static void put_span(struct pen *p, struct rect r, double ms)
{
	when_add_span(pen_text(p), (int64_t)ms);
	pen_put(p, r.row, r.col, r.cols, STYLE_PLAIN);
}

static void put_row(struct pen *p, struct rect r, const struct view *cells,
		    const struct plan *plan)
{
	double rate, half, most;
	int col = r.col + 1, end = r.col + r.cols - 1;

	canvas_text(p->canvas, r.row, col, plan->name - GAP_COLS, STYLE_STRONG,
		    cells[COLUMN_WORKFLOW]);
	col += plan->name;
	canvas_text(p->canvas, r.row, col, plan->ended - 1, STYLE_PLAIN, cells[COLUMN_ENDED]);
	col += plan->ended;
	if (number_of(cells, COLUMN_SUCCESS, &rate) && rate <= 1) {
		str_addf(pen_text(p), "%d%%", (int)(rate * 100));
		pen_put(p, r.row, col, RATE_COLS, STYLE_PLAIN);
		pen_bar(p, r.row, col + RATE_COLS - 1, plan->bar, (float)rate);
	}
	col += RATE_COLS + plan->bar + GAP_COLS;
	if (number_of(cells, COLUMN_P50, &half)) {
		put_span(p, (struct rect){ r.row, col, 1, SPAN_COLS }, half);
		pen_bar(p, r.row, col + SPAN_COLS - 1, plan->bar,
			plan->longest > 0 ? (float)(half / plan->longest) : 0);
	}
	col += SPAN_COLS + plan->bar + GAP_COLS;
	if (col < end && number_of(cells, COLUMN_P95, &most))
		put_span(p, (struct rect){ r.row, col, 1, end - col }, most);
}

void view_metrics(struct pen *p, struct rect r)
{
	const struct table_state *s = &p->m->table;
	struct plan plan = make_plan(s, r.cols);

	put_titles(p, rect_take_top(&r, 1), &plan);
	for (size_t i = s->rows.top; i < table_len(s) && r.rows > 0; i++) {
		struct rect at = rect_take_top(&r, 1);

		put_row(p, at, &s->cells.items[i * STATS_COLUMNS], &plan);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
}
