/* Two runs side by side, row by row: how each ended, what it was given, what became of
 * each step. For "what is different from the last one that went well?". */
#ifndef CORE_COMPARE_H
#define CORE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
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

/* Nothing else said, a run is beside the last one of its workflow that completed before
 * it; where there is none, beside the last of all. Whether a completed one of its workflow
 * is that one rather than the best so far, by when they were made (0: none so far). */
bool compare_prefers(int64_t mine_ms, int64_t ms, int64_t best_ms);
/* Appends the filter that finds them, of those made until then; 0: of all. */
void compare_add_filter(struct str *s, struct view workflow, int64_t until_ms);

/* Status, time taken, parameters and steps are rows in any case; everything else only
 * where it differs. A time differs where one took more than twice as long as the other
 * and a second longer. */
void compare_runs(struct arena *a, const struct run_detail *const runs[COMPARED],
		  struct comparison *out);

#endif
