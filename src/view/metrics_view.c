/* The metrics: per workflow how many of its runs ended well and how long they took, as
 * bars, and where there is room more figures. Knows the catalogue of statistics as rows of
 * text, in the order of the first enum. */
#include "base/utf8.h"
#include "base/when.h"
#include "model/model.h"
#include "view/screens.h"

enum { COLUMN_WORKFLOW, COLUMN_ENDED, COLUMN_SUCCESS, COLUMN_P50, COLUMN_P95, COLUMN_AVERAGE,
       COLUMN_LEAST, COLUMN_MOST, COLUMN_WAIT, COLUMN_STARTED };
enum { NAME_COLS = 20, NAME_LEAST = 10, NARROW_COLS = 48, ENDED_COLS = 7, RATE_COLS = 6,
       SPAN_COLS = 9, GAP_COLS = 2, MORE_COLS = 10, BAR_COLS = 10 };

/* What wide screens have behind the rest, the most telling first. */
static const struct {
	int column;
	const char *title;
	bool span;		/* of milliseconds; else a count */
} more[] = {
	{ COLUMN_AVERAGE, "average", true }, { COLUMN_LEAST, "least", true },
	{ COLUMN_MOST, "most", true },	     { COLUMN_WAIT, "95% wait", true },
	{ COLUMN_STARTED, "started", false },
};
enum { MORE = sizeof more / sizeof *more };

struct plan {
	int name;		/* cells of the workflow's name, with a gap */
	int ended;		/* of how many ended; 0: no room for them */
	int bar;		/* cells of a bar; 0: no room for any */
	int more;		/* so many columns more */
	double longest;		/* p95 of all, in milliseconds */
};

/* False: unknown, or no number that could be shown. */
static bool number_of(const struct view *cells, int column, double *out)
{
	return number_parse_real(cells[column], out) && *out >= 0 && *out < 1e15;
}

/* As wide as the longest one wants, up to a quarter of the screen. */
static int name_cells(const struct table_state *s, int cols, int room)
{
	int most = cols / 4 > NAME_COLS ? cols / 4 : NAME_COLS, want = NAME_COLS;

	for (size_t i = 0; i < table_len(s); i++) {
		int width = utf8_width(s->cells.items[i * STATS_COLUMNS]) + GAP_COLS;

		want = width > want ? width : want;
	}
	want = want < most ? want : most;
	want = want < room ? want : room;
	return want > NAME_LEAST ? want : NAME_LEAST;
}

static struct plan make_plan(const struct table_state *s, int cols)
{
	struct plan plan = { .ended = cols < NARROW_COLS ? 0 : ENDED_COLS };
	int room = cols - plan.ended - RATE_COLS - 2 * SPAN_COLS - 4 * GAP_COLS;
	double span;

	plan.name = name_cells(s, cols, room);
	room -= plan.name;
	plan.more = room > 2 * BAR_COLS ? (room - 2 * BAR_COLS) / MORE_COLS : 0;
	plan.more = plan.more < MORE ? plan.more : MORE;
	plan.bar = (room - plan.more * MORE_COLS) / 2;
	plan.bar = plan.bar < 4 ? 0 : plan.bar;
	for (size_t i = 0; i < table_len(s); i++) {
		if (number_of(&s->cells.items[i * STATS_COLUMNS], COLUMN_P95, &span) &&
		    span > plan.longest)
			plan.longest = span;
	}
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
	for (int i = 0; i < plan->more; i++)
		canvas_words(p->canvas, r.row, col + SPAN_COLS + i * MORE_COLS, MORE_COLS - 1,
			     STYLE_LABEL, more[i].title);
}

static void put_span(struct pen *p, struct rect r, double ms)
{
	when_add_span(pen_text(p), (int64_t)ms);
	pen_put(p, r.row, r.col, r.cols, STYLE_PLAIN);
}

static void put_more(struct pen *p, struct rect r, const struct view *cells, int n)
{
	double value;

	for (int i = 0; i < n; i++) {
		struct rect at = rect_take_left(&r, MORE_COLS);

		at.cols--;
		if (!number_of(cells, more[i].column, &value))
			continue;
		if (more[i].span)
			put_span(p, at, value);
		else
			canvas_text(p->canvas, at.row, at.col, at.cols, STYLE_PLAIN,
				    cells[more[i].column]);
	}
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
	put_more(p, (struct rect){ r.row, col + SPAN_COLS, 1, end - col - SPAN_COLS }, cells,
		 plan->more);
}

void view_metrics(struct pen *p, struct rect r)
{
	const struct table_state *s = &p->m->table;
	struct plan plan = make_plan(s, r.cols);

	put_titles(p, rect_take_top(&r, 1), &plan);
	for (size_t i = rows_first(s->rows, table_len(s), r.rows); i < table_len(s) && r.rows > 0;
	     i++) {
		struct rect at = rect_take_top(&r, 1);

		put_row(p, at, &s->cells.items[i * STATS_COLUMNS], &plan);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
	view_throughput(p, r);
}
