/* Two runs side by side: the one in focus and the last of its workflow that completed
 * before it, or the two that are marked. What is shown is how they were when it was
 * opened; no run is in focus there, so that no order can mean the wrong one. */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H

#include "base/str.h"
#include "core/compare.h"
#include "model/rows.h"
#include "model/screen.h"

/* The names of the runs, above the list; the row under the cursor, below it. */
enum { COMPARE_HEAD_ROWS = 2, COMPARE_WHOLE_ROWS = 6 };

struct compare_state {
	struct run_key keys[COMPARED];
	struct str names[COMPARED];		/* "deploy a1c003" */
	uint64_t requests[COMPARED];		/* of the details; 0: here */
	uint64_t search;			/* for the last good run; 0: none */
	bool any;				/* ... which may be newer */
	struct arena arena;			/* of all below */
	const struct run_detail *runs[COMPARED];
	struct comparison all;
	int what_cells;				/* the widest `what` of its rows */
	bool ready;				/* all is made */
	struct rows rows;
	struct str trouble;
};

extern const struct screen screen_compare;

void compare_open(struct model *m, struct effects *fx);
/* Rows of the list that are seen in a body of so many. */
int compare_page(int body_rows);
void compare_release(struct compare_state *s);

#endif
