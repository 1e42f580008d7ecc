/* All that can happen to the board. The application feeds these to model_update;
 * what they point at is borrowed until it returns. Every message has the time. */
#ifndef MODEL_MSG_H
#define MODEL_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/change.h"
#include "core/feed.h"
#include "core/run.h"
#include "screen/key.h"

enum msg_kind {
	MSG_KEY,
	MSG_RESIZE,
	MSG_TICK,		/* model_due_ms() has come */
	MSG_WORK,		/* asked for by model_is_busy(): a slice of sorting, filtering */
	MSG_CHANGE,		/* one write of the store; before the next one */
	MSG_COUNTS,		/* how many runs a context has, told or not */
	MSG_PAGE,		/* the runs of a page begin to come, have come: EFFECT_PAGE */
	MSG_COMPLETE,		/* a context has told all its runs: what comes now is new */
	MSG_CONDITION,		/* how a context is */
	MSG_IDENTITY,		/* who we are there, and what it can */
	MSG_DETAIL,		/* answers EFFECT_DETAIL, EFFECT_FOLLOW */
	MSG_HISTORY,		/* answers EFFECT_HISTORY */
	MSG_LOG,		/* lines of an open log */
	MSG_SEARCHED,		/* EFFECT_LOG_SEARCH found nothing, or why it ended (`done`) */
	MSG_CATALOG,		/* answers EFFECT_CATALOG */
	MSG_DONE,		/* a request ended; an order was accepted or refused */
	MSG_NOTICE,		/* a sentence of the application for the notice line */
	MSG_THEME		/* the theme that is in use now */
};

struct msg_condition {
	enum condition condition;
	struct view sentence;		/* "down: connection refused" */
	int64_t fresh_ms;		/* when it last was live */
};

struct msg_identity {
	struct view name, space, user, roles, engine;
	bool read_only;
	bool can_start, can_history, can_log, can_preview, can_space, can_follow;
	const struct view *off;		/* VERBS: why an order is switched off, or empty; NULL: none */
	int64_t clock_offset_ms;
};

/* By lane; at_least: there are more than that. */
struct msg_counts {
	const int64_t *counts;
	const bool *at_least;
};

/* request: the number that the effect carried. */
struct msg_history {
	const struct history_facts *items;
	size_t len;
	struct view older;		/* cursor of the lines before; empty: there are none */
};

struct msg_log {
	const struct log_line_facts *lines;
	size_t len;
	enum log_state state;
	bool older;		/* they belong in front of what is there */
	bool window;		/* nothing else is had of it: lines up to what was searched */
	bool at_start;		/* nothing is in front of the first line that came */
	struct view begin;	/* the cursor in front of them; empty: unknown */
};

struct msg_catalog {
	enum catalog_kind kind;
	const struct workflow_facts *workflows;	/* CATALOG_WORKFLOWS */
	const char *const *columns;		/* others: titles up to a NULL, and */
	const struct view *rows;		/* len rows of so many cells each */
	size_t len;
	bool more;				/* than these, and they are not read */
};

struct msg_page {
	bool begins;
	struct view next;	/* the cursor behind it; empty: it was the last */
};

struct msg_done {
	enum outcome outcome;
	struct run_key follow;	/* run to look at now (start, rerun), if the store knows it */
	struct view follow_id;	/* its id, also where the store does not know it yet */
	struct view text;	/* a sentence; of a refusal the engine's own words */
};

struct msg {
	enum msg_kind kind;
	int64_t now_ms;			/* wall clock */
	uint16_t context;		/* MSG_CONDITION, MSG_IDENTITY, MSG_CATALOG */
	uint64_t request;		/* MSG_DETAIL ... MSG_DONE */
	struct run_key key;		/* MSG_DETAIL, MSG_HISTORY */
	union {
		struct key pressed;			/* MSG_KEY */
		struct { int rows, cols; } size;	/* MSG_RESIZE */
		struct change change;
		struct msg_condition condition;
		struct msg_identity identity;
		struct msg_counts counts;
		struct msg_page page;
		const struct run_detail *detail;
		struct msg_history history;
		struct msg_log log;
		struct msg_catalog catalog;
		struct msg_done done;
		struct { struct view text; bool bad; } notice;
		struct view theme;
	};
};

#endif
