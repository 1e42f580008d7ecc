/* The board: lanes of keys over a store, filtered and sorted. It follows the
 * store by changes, each in O(log n), and never scans all runs on a key press: a
 * new filter or order is worked through in slices while the old content stays. */
#ifndef CORE_BOARD_H
#define CORE_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/change.h"
#include "core/filter.h"
#include "core/run.h"
#include "core/store.h"

/* Lanes of a board: enum lane, and one of its own for waiting runs, which is
 * empty unless it is asked for. */
enum { BOARD_WAITING = LANES, BOARD_LANES };

enum board_sort {
	BOARD_SORT_TIME,	/* newest first: ended, else started, else created */
	BOARD_SORT_DURATION,	/* longest first */
	BOARD_SORT_WORKFLOW,	/* by name (grouped), then newest first */
	BOARD_SORT_URGENCY,	/* deadline, then what waits longest; ended: newest first */
	BOARD_SORTS
};

enum board_waiting { BOARD_WAITING_PINNED, BOARD_WAITING_OWN_LANE };

/* In every order waiting runs stand first in Running, the nearest deadline, then
 * the longest waiting on top; then paused ones. Planned runs: the next one first. */
struct board_view {
	const struct filter *filter;	/* copied; NULL: all */
	struct filter_env env;		/* the names of contexts must outlive the board */
	enum board_sort sort;
	enum board_waiting waiting;
};

struct board;

struct board *board_new(const struct store *s);		/* empty, sorted by time */
void board_free(struct board *b);

/* What a change did to the board. Indexes are valid until the next call. */
struct board_change {
	struct run_key key;
	bool was, is;		/* shown before, shown now */
	int from, to;		/* lanes, where was / is */
	size_t from_index, to_index;
};

/* Follows one write of the store: call it for every change, in order, before the
 * next write. !was && is: a newcomer (also by a change of the filter's fields). */
struct board_change board_apply(struct board *b, const struct change *change);

/* Another filter, order or arrangement: takes effect when board_work has gone
 * through it; nothing is told run by run then. */
void board_set(struct board *b, const struct board_view *view);
/* The same view at another time (see filter_is_timed). */
void board_set_now(struct board *b, int64_t now_ms);
/* Works on about `budget` runs. True while more is to do. */
bool board_work(struct board *b, size_t budget);
bool board_is_busy(const struct board *b);
/* Counts up whenever board_work has put new content in place. */
uint64_t board_turn(const struct board *b);

size_t board_count(const struct board *b, int lane);
size_t board_total(const struct board *b);
/* {0} beyond the end. */
struct run_key board_at(const struct board *b, int lane, size_t index);
/* Where a run stands; false where it is not shown. */
bool board_find(const struct board *b, struct run_key key, int *lane, size_t *index);
bool board_shows(const struct board *b, struct run_key key);

const char *board_sort_name(enum board_sort s);		/* "time" */
bool board_sort_parse(struct view v, enum board_sort *out);
const char *board_lane_title(int lane);			/* "Waiting", else lane_title */

#endif
