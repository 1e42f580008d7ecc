/* A walk over the runs on disk that fit a filter, in some order, from some place on.
 * It goes in single small steps, so that who walks can stop at any time and go on
 * later from that place. Where it can, it goes from one run to the next by the
 * indexes of what the filter asks for (status, workflow, date, words.h) and looks at
 * no other. What is written meanwhile is seen or not, but nothing twice. */
#ifndef ENGINE_WALK_H
#define ENGINE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "core/filter.h"
#include "engine/journal.h"

enum walk_sort {
	WALK_CREATED,			/* in the order of birth */
	WALK_ENDED,			/* what is open has no end: least of all */
	WALK_DURATION,			/* from start to end; of what has not both: least */
	WALK_WORKFLOW, WALK_STATUS,	/* by name */
	WALK_SORTS
};

struct walk_order {
	enum walk_sort sort;
	bool ascending;
};

/* "created", "-ended" (descending); the API's names with _at do as well. An empty
 * word: newest first. */
bool walk_order_parse(struct view word, struct walk_order *out);

struct walk;

/* cursor: empty, or of a walk in the same order ("ed9.5": from the run 9 that ended at
 * 5 on, descending). NULL and err (ERR_USAGE) where it is
 * none. The filter (NULL: all) is borrowed until walk_free. */
struct walk *walk_new(struct journal *j, const struct filter *filter, struct walk_order order,
		      struct view cursor, struct err *err);
void walk_free(struct walk *w);
enum walk_step {
	WALK_FIT,			/* *row is a run that fits */
	WALK_PASSED,			/* a step was made, nothing found */
	WALK_OVER
};

struct walk_row {
	int64_t num, seq;
	struct view id, frame;		/* until the next step */
	bool open;
};

enum walk_step walk_next(struct walk *w, struct walk_row *row);
/* Appends where the walk stands: behind all that it has passed or given. Plain enough
 * for a URL. */
void walk_cursor(const struct walk *w, struct str *out);

#endif
