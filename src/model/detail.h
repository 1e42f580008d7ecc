/* One run: its tasks, and beside them a pane with what is known of the run or of
 * the task under the cursor. Each pane is a record of functions in pane.c's table
 * and keeps its state here under its own name. */
#ifndef MODEL_DETAIL_H
#define MODEL_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/run.h"
#include "model/logpane.h"
#include "model/rows.h"
#include "model/screen.h"
#include "screen/rect.h"

/* Tabs 1 to 6. */
enum pane_id {
	PANE_TASKS,	/* the task under the cursor: timings, attempts, error, gate */
	PANE_TIMELINE,
	PANE_ARGUMENTS,
	PANE_RESULT,
	PANE_LOGS,
	PANE_HISTORY,
	PANES
};

/* A pane. Every slot but title may be NULL. Called only while the run is open. */
struct pane {
	const char *title;
	/* Innermost scopes that hold while the pane has the focus, up to < 0. */
	struct scopes scopes;
	/* It comes to be shown, or the task under the cursor is another one, or the
	 * run's detail was fetched anew. */
	void (*show)(struct model *m, struct effects *fx);
	/* Another pane is shown, or the run is left. */
	void (*hide)(struct model *m, struct effects *fx);
	bool (*act)(struct model *m, enum action a, struct effects *fx);
	struct lineedit *(*field)(struct model *m);
	void (*typed)(struct model *m, struct effects *fx);
	void (*arrive)(struct model *m, const struct msg *msg, struct effects *fx);
	int64_t (*due)(const struct model *m);
};

const struct pane *pane_get(enum pane_id id);

struct scroll_state {
	size_t top;		/* first line shown; the view clips it to what there is */
};

struct history_state {
	struct run_key key;
	int64_t seq;				/* of the run when it was asked for */
	uint64_t request;			/* under way; 0: none */
	bool asks_older;			/* ... for what is before those that are here */
	struct arena arena;
	const struct history_facts *items;	/* oldest first */
	size_t len;
	struct str older;			/* cursor of those before; empty: there are none */
	struct str trouble;			/* why it could not be read */
};

/* The pane's lines: the items, and one in front of them where there are older ones. */
size_t history_lines(const struct history_state *h);
void history_state_release(struct history_state *h);

enum { DETAIL_DEPTH = 16 };

struct detail_state {
	struct run_key key;
	struct run_key above[DETAIL_DEPTH];	/* parents that it was opened from, outermost first */
	int n_above;
	struct arena arena;			/* of `detail` */
	const struct run_detail *detail;	/* NULL until it arrived */
	uint64_t request;			/* the fetch that is under way; 0: none */
	bool more;				/* ... also of what was left out */
	uint64_t follow;			/* it is told as it changes; 0: it is not */
	int64_t fetched_ms;			/* when it was asked for */
	bool dirty;				/* changed since */
	bool chosen;				/* the operator moved the cursor */
	struct str task;			/* id under the cursor; bound to it, not to a row */
	int attempt;				/* of it, whose output is shown; 0: the last */
	size_t top;				/* first task shown */
	enum pane_id pane;
	bool pane_chosen;			/* by the operator */
	bool in_pane;				/* the pane has the keys, not the list */
	bool squeezed;				/* timeline without idle time */
	struct scroll_state scroll[PANES];
	struct logpane log;
	struct history_state history;
};

extern const struct screen screen_detail;

/* The task under the cursor; NULL before the detail arrived or without tasks. */
const struct task_facts *detail_task(const struct model *m);
const struct task_facts *detail_find_task(const struct run_detail *d, struct view id);
/* The other one is a step that needs t. Items of a step stand for themselves: what comes
 * next awaits the step. */
bool detail_follows(const struct task_facts *t, const struct task_facts *other);
size_t detail_task_index(const struct model *m);
/* Opens the run, also while another one is open. */
void detail_open(struct model *m, struct run_key key, struct effects *fx);
void detail_state_release(struct detail_state *d);

/* ---- where its parts stand, for paging and drawing ---- */

enum { TASK_LABEL_COLS = 12 };	/* of the task's pane, in front of a value */

struct detail_layout {
	struct rect head, list, more, rule, tabs, pane;	/* empty: not drawn */
	bool side_by_side;
	struct rows tasks;	/* of the list: under the cursor, and the first one drawn */
};

void detail_layout_make(const struct model *m, struct detail_layout *out);

#endif
