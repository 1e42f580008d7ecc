/* The mouse, by the layout that the board is drawn with. */
#include "model/pointer.h"

#include "model/board_layout.h"
#include "model/everywhere.h"
#include "model/model.h"

enum { WHEEL_STEP = 3 };

/* -1: none lies there. */
static int lane_at(const struct board_layout *l, int row, int col)
{
	for (int lane = 0; lane < BOARD_LANES; lane++)
		if (rect_has(l->lane[lane], row, col))
			return lane;
	return -1;
}

/* {0}: the header, or a blank place. */
static struct run_key card_at(const struct model *m, const struct board_layout *l, int lane, int row)
{
	int down = row - l->lane[lane].row - LANE_HEADER_ROWS;
	int nth = l->card_pitch > 0 ? down / l->card_pitch : 0;

	if (down < 0 || nth >= l->cards || m->board.lanes[lane].folded ||
	    down % l->card_pitch >= l->card_lines)
		return (struct run_key){ 0 };
	return board_at(m->cards, lane, m->board.lanes[lane].top + (size_t)nth);
}

static void go_to_lane(struct model *m, int lane, struct effects *fx)
{
	if (lane != m->board.focus)
		everywhere_act(m, (enum action)(ACTION_GO_1 + board_lane_number(lane) - 1), fx);
}

static void click(struct model *m, int row, int col, struct effects *fx)
{
	struct board_layout l;

	board_layout_make(m, board_layout_body(m), &l);
	int lane = lane_at(&l, row, col);
	if (lane < 0)
		return;
	struct run_key key = card_at(m, &l, lane, row);
	if (!run_key_is_set(key))
		go_to_lane(m, lane, fx);
	else if (lane == m->board.focus && run_key_eq(key, board_selected(m)))
		everywhere_act(m, ACTION_OPEN, fx);
	else
		board_select(m, key);
}

/* On the board the lane under the pointer is meant. */
static void turn_wheel(struct model *m, struct key key, struct effects *fx)
{
	enum action a = key.button == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN;
	bool board = screen_top(m) == SCREEN_BOARD;
	struct board_layout l;

	if (board) {
		board_layout_make(m, board_layout_body(m), &l);
		int lane = lane_at(&l, key.row, key.col);
		if (lane >= 0)
			go_to_lane(m, lane, fx);
	}
	for (int i = 0; i < (board ? 1 : WHEEL_STEP); i++)
		everywhere_act(m, a, fx);
}

void pointer_press(struct model *m, struct key key, struct effects *fx)
{
	if (screen_get(screen_top(m))->overlay || m->board.typing)
		return;
	if (key.button == MOUSE_WHEEL_UP || key.button == MOUSE_WHEEL_DOWN)
		turn_wheel(m, key, fx);
	else if (key.button == MOUSE_LEFT && key.mods == 0 && screen_top(m) == SCREEN_BOARD)
		click(m, key.row, key.col, fx);
}
