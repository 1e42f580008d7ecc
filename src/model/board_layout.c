/* Where the lanes stand. Wide: side by side, folded ones as slim strips. When not
 * all fit, as many as do around the focused one, with a strip of tabs on top. */
#include "model/board_layout.h"

#include "model/model.h"

const int board_lane_order[BOARD_LANES] = {
	LANE_PLANNED, LANE_PENDING, BOARD_WAITING, LANE_RUNNING,
	LANE_COMPLETED, LANE_FAILED, LANE_CANCELLED,
};

static const int numbers[BOARD_LANES] = {
	[LANE_PENDING] = 1, [LANE_RUNNING] = 2, [LANE_COMPLETED] = 3, [LANE_FAILED] = 4,
	[LANE_CANCELLED] = 5, [LANE_PLANNED] = 6, [BOARD_WAITING] = 7,
};

int board_lane_number(int lane)
{
	return numbers[lane];
}

int board_lane_of_number(int number)
{
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		if (numbers[lane] == number)
			return lane;
	}
	return -1;
}

struct rect board_layout_body(const struct model *m)
{
	struct rect r = { 0, 0, m->rows, m->cols };

	rect_take_top(&r, 1);
	rect_take_bottom(&r, 1);
	return r;
}

static int shown_lanes(const struct board_state *b, int out[BOARD_LANES])
{
	int n = 0;

	for (int i = 0; i < BOARD_LANES; i++) {
		if (b->lanes[board_lane_order[i]].shown)
			out[n++] = board_lane_order[i];
	}
	return n;
}

static int width_needed(const struct board_state *b, const int *lanes, int n)
{
	int cols = 0;

	for (int i = 0; i < n; i++)
		cols += b->lanes[lanes[i]].folded ? LANE_FOLDED_COLS : LANE_MIN_COLS;
	return cols + (n - 1) * LANE_GAP_COLS;
}

/* Drops lanes from the ends, never the focused one, until the rest fits. */
static void fit(const struct model *m, int cols, int lanes[BOARD_LANES], int *n)
{
	const struct board_state *b = &m->board;
	int at = 0;

	while (*n > 1 && (m->cols < BOARD_NARROW_COLS || width_needed(b, lanes, *n) > cols)) {
		for (at = 0; at < *n && lanes[at] != b->focus;)
			at++;
		if (at > *n - 1 - at) {
			for (int i = 1; i < *n; i++)
				lanes[i - 1] = lanes[i];
		}
		--*n;
	}
}

/* What runs and what waits has the most to say: those lanes are a quarter wider,
 * where the others stay wide enough. Returns the sum. */
static int share_out(const struct board_state *b, const int *lanes, int n, int space, int *shares)
{
	int sum = 0, least = 0;

	for (int i = 0; i < n; i++) {
		bool wide = lanes[i] == LANE_RUNNING || lanes[i] == BOARD_WAITING;

		shares[i] = b->lanes[lanes[i]].folded ? 0 : wide ? 5 : 4;
		sum += shares[i];
	}
	if (sum > 0 && space * 4 / sum >= LANE_MIN_COLS)
		return sum;
	for (int i = 0; i < n; i++)
		least += shares[i] = shares[i] > 0;
	return least;
}

static void place(const struct board_state *b, struct rect r, const int *lanes, int n,
		  struct board_layout *out)
{
	int space = r.cols - (n - 1) * LANE_GAP_COLS, shares[BOARD_LANES], sum;

	for (int i = 0; i < n; i++)
		space -= b->lanes[lanes[i]].folded ? LANE_FOLDED_COLS : 0;
	sum = share_out(b, lanes, n, space, shares);
	for (int i = 0; i < n; i++) {
		int cols = LANE_FOLDED_COLS;

		if (n == 1) {
			cols = r.cols;
		} else if (shares[i] > 0) {
			cols = space * shares[i] / sum;
			space -= cols;
			sum -= shares[i];
		}
		out->lane[lanes[i]] = rect_take_left(&r, cols);
		rect_take_left(&r, LANE_GAP_COLS);
	}
}

void board_layout_make(const struct model *m, struct rect r, struct board_layout *out)
{
	const struct board_state *b = &m->board;
	int lanes[BOARD_LANES], n = shown_lanes(b, lanes), all = n;

	*out = (struct board_layout){ 0 };
	if (b->typing || b->line.text.len > 0)
		out->filter = rect_take_top(&r, 1);
	if (b->preview && m->cols >= BOARD_PREVIEW_COLS) {
		out->preview = rect_take_right(&r, m->cols > 200 ? 80 : m->cols * 2 / 5);
		rect_take_right(&r, LANE_GAP_COLS);
	}
	fit(m, r.cols, lanes, &n);
	if (n < all)
		out->tabs = rect_take_top(&r, 1);
	place(b, r, lanes, n, out);
	out->card_lines = board_card_lines(b->density);
	out->card_pitch = out->card_lines + (b->density != DENSITY_SMALL);
	out->more_row = r.row + r.rows - 1;
	/* Below the last one no gap is needed. */
	out->cards = (r.rows - LANE_HEADER_ROWS - 1 + out->card_pitch - out->card_lines) /
		     out->card_pitch;
	if (out->cards < 1)
		out->cards = 1;
}
