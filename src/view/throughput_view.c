/* Throughput as bars, an hour each, the newest on the right: those that failed below, full
 * cells, those that completed on top of them, to an eighth of a cell. */
#include "model/model.h"
#include "view/screens.h"

enum { SCALE_COLS = 7, BAR_COLS = 2, STEP_COLS = BAR_COLS + 1, CHART_ROWS = 8, CHART_LEAST = 3,
       AROUND = 3,		/* rows: a gap, the title, the clock */
       CLOCK_HOURS = 6, CLOCK_COLS = 5 };

static int64_t most_of(const struct throughput_hour *hours, size_t n)
{
	int64_t most = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t sum = hours[i].completed + hours[i].failed;

		most = sum > most ? sum : most;
	}
	return most;
}

static void put_title(struct pen *p, struct rect r)
{
	int col = r.col + 1;

	col += canvas_words(p->canvas, r.row, col, r.cols - 1, STYLE_LABEL, "ended by the hour") + 3;
	canvas_glyph(p->canvas, r.row, col, STYLE_COMPLETED, "█", "#");
	col += 2 + canvas_words(p->canvas, r.row, col + 2, r.col + r.cols - col - 2, STYLE_DIM,
				"completed") + 2;
	canvas_glyph(p->canvas, r.row, col, STYLE_FAILED, "▒", "x");
	canvas_words(p->canvas, r.row, col + 2, r.col + r.cols - col - 2, STYLE_DIM, "failed");
}

/* What is drawn of a bar that is `rows` high at `most` runs. Where one failed this is seen,
 * however many completed. */
static int failed_cells(const struct throughput_hour *h, int64_t most, int rows)
{
	int64_t cells = (h->failed * rows + most / 2) / most;

	return h->failed == 0 ? 0 : cells < 1 ? 1 : (int)cells;
}

static void put_bar(struct pen *p, struct rect r, const struct throughput_hour *h, int64_t most)
{
	static const char *const eighths[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	int failed = failed_cells(h, most, r.rows), row = r.row + r.rows - 1;
	int64_t left = (h->completed * 8 * r.rows + most - 1) / most;

	for (; failed > 0; failed--, row--)
		for (int i = 0; i < r.cols; i++)
			canvas_glyph(p->canvas, row, r.col + i, STYLE_FAILED, "▒", "x");
	for (; left > 0 && row >= r.row; left -= 8, row--)
		for (int i = 0; i < r.cols; i++)
			canvas_glyph(p->canvas, row, r.col + i, STYLE_COMPLETED,
				     eighths[left < 8 ? left - 1 : 7], "#");
}

/* Every sixth hour by the clock, as far as it has room. */
static void put_clock(struct pen *p, struct rect r, const struct throughput_hour *h)
{
	int64_t hour;

	if (number_parse(view_bytes(h->clock, 2), 0, 23, &hour) && hour % CLOCK_HOURS == 0 &&
	    r.cols >= CLOCK_COLS)
		canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM, h->clock);
}

static bool fits(struct rect r)
{
	return r.rows >= CHART_LEAST + AROUND && r.cols >= SCALE_COLS + 8 * STEP_COLS;
}

void view_throughput(struct pen *p, struct rect r)
{
	const struct throughput *t = &p->m->table.throughput;
	size_t room = (size_t)((r.cols - SCALE_COLS - 1) / STEP_COLS);
	size_t n = t->hours.len < room ? t->hours.len : room;
	const struct throughput_hour *hours = t->hours.items + (t->hours.len - n);
	int64_t most = most_of(hours, n);
	int rows = r.rows - AROUND < CHART_ROWS ? r.rows - AROUND : CHART_ROWS;

	if (!fits(r) || most == 0)
		return;
	rect_take_top(&r, 1);
	put_title(p, rect_take_top(&r, 1));
	canvas_format(p->canvas, r.row, r.col + 1, SCALE_COLS - 1, STYLE_DIM, "%5lld", (long long)most);
	canvas_format(p->canvas, r.row + rows - 1, r.col + 1, SCALE_COLS - 1, STYLE_DIM, "%5d", 0);
	for (size_t i = 0; i < n; i++) {
		int col = r.col + SCALE_COLS + (int)i * STEP_COLS;

		put_bar(p, (struct rect){ r.row, col, rows, BAR_COLS }, &hours[i], most);
		put_clock(p, (struct rect){ r.row + rows, col, 1, r.col + r.cols - col }, &hours[i]);
	}
}
