/* Small dialogs of choices: all orders of the run in focus, the lanes shown, and
 * whether to quit while orders are held. */
#ifndef MODEL_MENU_H
#define MODEL_MENU_H

#include "base/arena.h"
#include "core/board.h"
#include "model/rows.h"
#include "model/screen.h"
#include "model/target.h"

/* Of what is inside: the order menu, and the lanes with their hint below. */
enum { MENU_COLS = 64, LANES_ROWS = BOARD_LANES + 2 };

struct menu_state {
	struct focus focus;		/* of the order menu; task lies in `task` */
	struct str task;
	bool marked;			/* of the marked cards, not of the one in focus */
	struct target targets[VERBS];
	uint64_t request;
	struct arena arena;
	enum verb shown[VERBS];		/* those that the backend has */
	size_t n_shown;
	struct rows rows;		/* also of the lanes */
};

extern const struct screen screen_menu, screen_lanes, screen_quit;

/* The letter that gives the order in the menu. */
char menu_letter(enum verb v);
void menu_release(struct menu_state *s);

#endif
