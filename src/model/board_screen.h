/* The board: which lane and which card have the focus, what is marked, what is
 * new. The cards themselves stand in core/board.h. */
#ifndef MODEL_BOARD_SCREEN_H
#define MODEL_BOARD_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "core/board.h"
#include "core/filter.h"
#include "model/lineedit.h"
#include "model/screen.h"

enum density { DENSITY_SMALL, DENSITY_NORMAL, DENSITY_LARGE, DENSITIES };

struct lane_state {
	bool shown, folded;
	struct run_key selected;	/* {0}: none yet */
	size_t index;			/* where it was last: the place to go on from */
	size_t top;			/* first card drawn */
	unsigned fresh;			/* newcomers not yet taken */
};

struct board_state {
	struct lane_state lanes[BOARD_LANES];
	int focus;			/* lane */
	enum board_sort sort;
	enum density density;
	bool preview;
	bool touched;			/* a key was pressed: the cursor is the operator's */
	bool looking;			/* once the filter is through: for a lane with cards */
	bool settled;			/* all runs were told once: what comes is new */
	bool typing;			/* the filter line has the focus */
	struct str before;		/* the filter when typing began */
	struct lineedit line;		/* the filter as typed */
	struct filter *filter;		/* what is in force; NULL: all */
	struct str filter_error;	/* why `line` is not in force */
	VEC(struct str) past;		/* filters of before, oldest first */
	size_t past_at;			/* while walking them; past.len: the line itself */
	VEC(struct run_key) marks;	/* sorted by slot */
	bool marks_grew;		/* since looked at */
	struct run_key allowing[VERBS];	/* one of them that allows the order; {0}: none does */
	VEC(struct run_key) moved;	/* cards that changed lane since looked at */
	uint64_t turn;			/* of core/board.h when last seen */
};

extern const struct screen screen_board;

void board_state_init(struct model *m);
void board_state_release(struct board_state *b);
/* Cards that fit into a lane at the present size. */
int board_page(const struct model *m);
/* The runs whose cards are drawn, at most so many. Returns how many. */
size_t board_in_view(const struct model *m, struct run_key *out, size_t max);
/* Lines that one card takes, its blank line not counted. */
int board_card_lines(enum density d);
bool board_is_marked(const struct board_state *b, struct run_key key);
/* Puts the cursor on a run, if it is shown. */
bool board_select(struct model *m, struct run_key key);
/* The selected run, if it is still on the board; else {0}. */
struct run_key board_selected(const struct model *m);
/* Shows and hides a lane; the focused one moves on when it is hidden. */
void board_show_lane(struct model *m, int lane, bool shown);
/* Puts a filter in force, or says in filter_error why not. */
void board_set_filter(struct model *m, struct view text, struct effects *fx);
/* The same as if it had been typed, Enter included. */
void board_keep_filter(struct model *m, struct view text, struct effects *fx);
/* By its name: small, normal, large. */
bool board_density_parse(struct view name, enum density *out);
void board_clear_marks(struct board_state *b);

#endif
