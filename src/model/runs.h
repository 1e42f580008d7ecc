/* The runs as a table: open ones first, then the ended, newest first. The list
 * stands still while it is read: newcomers come in above the cursor. */
#ifndef MODEL_RUNS_H
#define MODEL_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "core/board.h"
#include "model/lineedit.h"
#include "model/older.h"
#include "model/rows.h"
#include "model/screen.h"

enum { RUNS_MAX = 5000 };	/* rows; the filter finds the rest */

struct runs_state {
	struct board *cards;
	struct filter *filter;
	struct lineedit line;
	struct str error;		/* why the line is no filter */
	bool typing;
	VEC(struct run_key) runs;
	bool cut;			/* there are more than RUNS_MAX */
	struct rows rows;
	struct older older;
	uint64_t turn;
};

extern const struct screen screen_history;

/* Rows of runs that fit. */
int runs_page(const struct model *m);
void runs_release(struct runs_state *s);

#endif
