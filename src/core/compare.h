/* Two runs side by side, row by row: how each ended, what it was given, what became of
 * each step. For "what is different from the last one that went well?". */
#ifndef CORE_COMPARE_H
#define CORE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "core/run.h"

enum { COMPARED = 2 };

struct compare_row {
	struct view what;		/* "status", "param env", "build", "build arguments" */
	struct view cells[COMPARED];	/* empty: this run has none */
	bool differs;
};

struct comparison {
	struct compare_row *rows;	/* in the arena, as all that they show */
	size_t len, differing;
};

/* Status, time taken, parameters and steps are rows in any case; everything else only
 * where it differs. A time differs where one took more than twice as long as the other
 * and a second longer. */
void compare_runs(struct arena *a, const struct run_detail *const runs[COMPARED],
		  struct comparison *out);

#endif
