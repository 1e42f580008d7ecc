/* Where the lanes of the board stand at a size: shared by paging and drawing. */
#ifndef MODEL_BOARD_LAYOUT_H
#define MODEL_BOARD_LAYOUT_H

#include <stdbool.h>

#include "core/board.h"
#include "screen/rect.h"

struct model;

enum {
	BOARD_NARROW_COLS = 70,		/* below: one lane and a strip of tabs */
	BOARD_PREVIEW_COLS = 130,	/* from here on the preview fits */
	LANE_MIN_COLS = 17,
	LANE_FOLDED_COLS = 5,
	LANE_GAP_COLS = 2
};

struct board_layout {
	struct rect tabs;			/* empty where every lane fits */
	struct rect filter;			/* empty where there is none */
	struct rect lane[BOARD_LANES];		/* empty: not drawn now */
	struct rect preview;			/* empty: not shown */
	int cards;				/* that fit below a lane's header */
	int card_lines;				/* of one, its blank line not counted */
	int card_pitch;				/* with it */
	int more_row;				/* where "23 more" stands */
};

enum { LANE_HEADER_ROWS = 2 };

/* The order of lanes from left to right. */
extern const int board_lane_order[BOARD_LANES];
/* The number by which a lane is called, and back (-1: none has it). */
int board_lane_number(int lane);
int board_lane_of_number(int number);
/* r: what lies between the bar on top and the one below. */
void board_layout_make(const struct model *m, struct rect r, struct board_layout *out);
/* The part of the screen between the two bars. */
struct rect board_layout_body(const struct model *m);

#endif
