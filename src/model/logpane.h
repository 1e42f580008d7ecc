/* The log pane: lines of one task's output, live. A part that a screen embeds (the
 * run detail); it knows its request, not the screen. Keeps the newest lines within
 * a cap; older ones come on demand. What is searched and not among them is searched
 * where the log is: the lines around it take the place of those that were here. */
#ifndef MODEL_LOGPANE_H
#define MODEL_LOGPANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clean.h"
#include "base/vec.h"
#include "core/feed.h"
#include "core/run.h"
#include "core/severity.h"
#include "model/action.h"
#include "model/effect.h"
#include "model/lineedit.h"
#include "model/msg.h"

struct model;

enum {
	LOGPANE_MARK_CELLS = 2,
	LOGPANE_STAMP_CELLS = 9,
	LOGPANE_LINES_MAX = 200000,
	LOGPANE_BYTES_MAX = 48 << 20,
	LOGPANE_OLDER_LINES = 1000	/* brought at a time, older or newer */
};

struct log_row {
	int64_t at_ms;
	char *text;			/* octets as they came; owned */
	uint32_t len;
	uint8_t stream;			/* enum log_stream */
	uint8_t severity;
	bool partial;
	struct clean_style style;	/* in force where the line begins */
};

/* A row and the cursor in front of it. */
struct logpane_mark {
	size_t row;
	char *cursor;			/* owned */
};

/* What is searched where the log is. */
enum log_quest { LOG_QUEST_NONE, LOG_QUEST_MATCH, LOG_QUEST_ERROR, LOG_QUEST_PLACE };

struct logpane {
	uint64_t request;		/* of the open log; 0: none */
	struct run_key key;
	struct str task;
	int attempt;
	VEC(struct log_row) rows;	/* oldest first */
	size_t bytes;
	VEC(uint32_t) shown;		/* indexes of rows that pass stream and level */
	enum log_state state;
	bool at_start, older_asked;	/* nothing is before the first row; it was asked for */
	bool more_below, newer_asked;	/* it was not opened at its end, which has not come yet */
	bool cut;			/* old lines were dropped to stay under the cap */
	VEC(struct logpane_mark) marks;	/* here and there */
	struct str before;		/* the cursor in front of rows, where lines were dropped */
	struct str ended;		/* why nothing more comes, when that is bad */
	/* how it is looked at */
	bool follow, wrap, stamps;
	enum log_stream streams;
	enum severity level;		/* at least; SEVERITY_NONE: all */
	size_t top;			/* index in shown of the first line on the screen;
					 * while following the last one stands at the bottom */
	int sideways;			/* cells */
	int height, width;		/* of the pane, set by who embeds it */
	/* search */
	bool typing;
	size_t typing_top;		/* where the pane stood when that began */
	bool typing_follow;
	int typing_sideways;
	struct lineedit line;
	struct str needle;		/* what is searched; empty: nothing */
	size_t match;			/* index in shown of the present match */
	bool has_match;
	size_t matches;			/* lines that match, of those shown */
	size_t match_number;		/* 1..matches */
	enum log_quest quest;		/* under way */
	bool quest_back;
};

void logpane_init(struct logpane *p);
void logpane_release(struct logpane *p);
/* Whose output. */
struct log_source {
	struct run_key key;
	struct view task;
	int attempt;			/* 0: the last */
};

/* Shows another task's output: closes the log that was open. Opening what is open
 * already does nothing. */
void logpane_open(struct model *m, struct logpane *p, const struct log_source *source,
		  struct effects *fx);
void logpane_close(struct logpane *p, struct effects *fx);
/* Opens it anew at its first line, or at its last: for what is too long to be had whole. */
enum logpane_end { LOGPANE_FIRST, LOGPANE_LAST };
void logpane_jump(struct model *m, struct logpane *p, enum logpane_end to, struct effects *fx);
/* MSG_LOG, MSG_SEARCHED and MSG_DONE of its request; everything else is ignored. */
void logpane_arrive(struct model *m, struct logpane *p, const struct msg *msg);
/* The keys of the logs scope, moving, searching. False: not for it. */
bool logpane_act(struct model *m, struct logpane *p, enum action a, struct effects *fx);
/* The search line while it is typed, else NULL. */
struct lineedit *logpane_field(struct logpane *p);
/* Its text changed: searches from where the pane stands. */
void logpane_typed(struct logpane *p);
enum log_search { LOG_SEARCH_KEEP, LOG_SEARCH_DROP };
/* Enter keeps what was searched and goes on with it where the log is, Esc drops it. */
void logpane_end_typing(struct model *m, struct logpane *p, enum log_search how,
			struct effects *fx);
/* No more of what is searched where the log is. False: nothing was. */
bool logpane_stop(struct logpane *p, struct effects *fx);
/* Whether a line of shown matches, and where (bytes of the cleaned text). */
bool logpane_find(const struct logpane *p, struct view text, size_t from, size_t *start,
		  size_t *end);
/* The index in shown of the first line to draw, for a pane of so many rows and
 * columns: while following, so that the last one ends at the bottom. */
size_t logpane_first(const struct logpane *p, int rows, int cols);
/* Cells in front of a line's text: its mark, and its time where that is shown. */
int logpane_margin(const struct logpane *p);
/* Rows that a line takes when it is wrapped to cols. */
int logpane_row_height(const struct logpane *p, const struct log_row *row, int cols);
/* "follow  both  >=warn  3/17" for the border; 3/17+: of the lines that are here. */
void logpane_add_state(const struct logpane *p, struct str *s);

#endif
