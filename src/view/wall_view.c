/* The wall: a big count for each lane that is shown; below, what waits for somebody
 * and what failed last. Knows the lanes as the board has them. */
#include "model/board_layout.h"
#include "model/board_screen.h"
#include "model/model.h"
#include "view/card_view.h"
#include "view/screens.h"

enum { DIGIT_ROWS = 5, DIGIT_DOTS = 3, LIST_NAME = 18, LIST_ID = 8,
       LIST_TWO_COLS = 80 };

/* A digit is 3 by 5 dots: one number a row, its bits from left to right. */
static const unsigned char digits[10][DIGIT_ROWS] = {
	{ 7, 5, 5, 5, 7 }, { 2, 6, 2, 2, 7 }, { 7, 1, 7, 4, 7 }, { 7, 1, 7, 1, 7 },
	{ 5, 5, 7, 1, 1 }, { 7, 4, 7, 1, 7 }, { 7, 4, 7, 5, 7 }, { 7, 1, 1, 1, 1 },
	{ 7, 5, 7, 5, 7 }, { 7, 5, 7, 1, 7 },
};

static enum style_role role_of(int lane, size_t count)
{
	static const enum style_role roles[BOARD_LANES] = {
		[LANE_PLANNED] = STYLE_PLANNED,	  [LANE_PENDING] = STYLE_PENDING,
		[LANE_RUNNING] = STYLE_RUNNING,	  [LANE_COMPLETED] = STYLE_COMPLETED,
		[LANE_FAILED] = STYLE_FAILED,	  [LANE_CANCELLED] = STYLE_CANCELLED,
		[LANES] = STYLE_WAITING,
	};

	return count ? roles[lane] : STYLE_DIM;
}

/* dot: cells of one dot. */
static void put_digit(struct pen *p, int row, int col, int dot, int digit, enum style_role role)
{
	for (int y = 0; y < DIGIT_ROWS; y++)
		for (int x = 0; x < DIGIT_DOTS * dot; x++)
			if (digits[digit][y] >> (DIGIT_DOTS - 1 - x / dot) & 1)
				canvas_glyph(p->canvas, row + y, col + x, role, "█", "#");
}

/* The widest dots with which the number fits; 0: none does. */
static int dot_that_fits(const struct str *number, struct rect r)
{
	for (int dot = 2; dot > 0 && r.rows >= DIGIT_ROWS; dot--)
		if ((int)number->len * (DIGIT_DOTS + 1) * dot - dot <= r.cols)
			return dot;
	return 0;
}

static void put_number(struct pen *p, struct rect r, size_t count, enum style_role role)
{
	struct str *s = pen_text(p);

	str_addf(s, "%zu", count);
	int dot = dot_that_fits(s, r);
	if (dot == 0)
		pen_put(p, r.row, r.col, r.cols, role);
	for (size_t i = 0; dot > 0 && i < s->len; i++)
		put_digit(p, r.row, r.col + (int)i * (DIGIT_DOTS + 1) * dot, dot,
			  str_text(s)[i] - '0', role);
}

static void put_counts(struct pen *p, struct rect r)
{
	const struct board_state *b = &p->m->board;
	int n = 0;

	for (int lane = 0; lane < BOARD_LANES; lane++)
		n += b->lanes[lane].shown;
	for (int i = 0; i < BOARD_LANES && n > 0; i++) {
		int lane = board_lane_order[i];
		size_t count = board_count(p->m->cards, lane);

		if (!b->lanes[lane].shown)
			continue;
		struct rect at = rect_take_left(&r, r.cols / n--);
		rect_take_left(&at, 1);
		canvas_words(p->canvas, at.row, at.col, at.cols - 1, STYLE_LANE,
			     board_lane_title(lane));
		rect_take_top(&at, 2);
		at.cols -= 1;
		put_number(p, at, count, role_of(lane, count));
	}
}

static void put_run(struct pen *p, struct rect r, const struct run_facts *run)
{
	struct look look = look_of_run(run->status);
	int end = r.col + r.cols, col = r.col + 2 + LIST_NAME;

	canvas_glyph(p->canvas, r.row, r.col, look.role, look.glyph, look.ascii);
	canvas_text(p->canvas, r.row, r.col + 2, LIST_NAME - 1, STYLE_STRONG, run->workflow);
	canvas_text(p->canvas, r.row, col, LIST_ID - 1, STYLE_DIM, run->short_id);
	col += LIST_ID;
	add_clock(pen_text(p), run, p->m->now_ms);
	end = pen_put_right(p, r.row, col, end - 1, STYLE_TIME) - 1;
	if (run->status == RUN_WAITING)
		str_add(pen_text(p), run->waiting.prompt);
	else
		add_doing(pen_text(p), run, pen_dot(p));
	pen_put(p, r.row, col, end - col, STYLE_PLAIN);
}

static bool is_listed(enum run_status s, bool waiting)
{
	return !waiting || s == RUN_WAITING || s == RUN_PAUSED;
}

/* The first of a lane: those that wait are on top of it, what failed last, too. */
static void put_list(struct pen *p, struct rect r, int lane, bool waiting)
{
	struct run_facts run;

	for (size_t i = 0; r.rows > 0 && i < board_count(p->m->cards, lane); i++) {
		struct run_key key = board_at(p->m->cards, lane, i);

		if (!store_facts(p->m->store, key, &run, &p->arena) ||
		    !is_listed(run.status, waiting))
			break;
		put_run(p, rect_take_top(&r, 1), &run);
		arena_clear(&p->arena);
	}
}

void view_wall(struct pen *p, struct rect r)
{
	bool big = r.rows >= 12;
	bool own_lane = board_count(p->m->cards, LANES) > 0;

	rect_take_top(&r, big ? 1 : 0);
	put_counts(p, rect_take_top(&r, big ? DIGIT_ROWS + 3 : 4));
	rect_take_left(&r, 1);
	struct rect failed = r.cols < LIST_TWO_COLS ? rect_take_bottom(&r, r.rows / 2) :
						      rect_take_right(&r, r.cols / 2);
	canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_LABEL, "waits for somebody");
	canvas_words(p->canvas, failed.row, failed.col, failed.cols, STYLE_LABEL, "failed last");
	rect_take_top(&r, 1);
	rect_take_top(&failed, 1);
	put_list(p, r, own_lane ? LANES : LANE_RUNNING, true);
	put_list(p, failed, LANE_FAILED, false);
}
