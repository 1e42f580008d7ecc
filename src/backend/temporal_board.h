/* Inside of the Temporal backend: what its files of the board's runs share (what is
 * known of each, the watch, single looks). Included by temporal_inside.h only. */
#ifndef BACKEND_TEMPORAL_BOARD_H
#define BACKEND_TEMPORAL_BOARD_H

#include "backend/backoff.h"
#include "backend/temporal_story.h"
#include "base/arena.h"
#include "base/vec.h"
#include "core/filter.h"

struct backend;
struct temporal;
struct temporal_call;

/* ---- temporal_known.c ---- */

/* What is known of a run, by its id. */
struct temporal_known {
	char *id, *workflow_id, *type, *queue, *title, *prompt;
	char *prompt_json;	/* the answer of its query, or NULL */
	char *memo;		/* what its memo says that it waits for, or NULL */
	enum run_status status;
	int64_t created_ms, started_ms, ended_ms, gate_ms;
	uint64_t sign;		/* of what was told; 0: nothing */
	uint64_t row_sign;	/* of what a list said last: rows know less */
	bool listed_waiting;	/* by the visibility filter */
	bool looked_waiting;	/* by describe */
	bool asked_waiting;	/* by its query */
	int64_t asked_at;	/* how far it was then; 0: it has not answered */
	int64_t unanswered_ms;	/* when it did not answer last, monotonic; 0: it did */
	bool wants_look;	/* soon, before others */
	bool urgent;		/* before all others: one's own order */
	bool asked;		/* its own words were asked for */
	bool named;		/* in this round of a list */
	uint64_t snapshot;	/* that named it last */
	uint64_t round;		/* last look */
	int64_t length;		/* of its history, once it completed; 0: unknown */
};

struct temporal_known *temporal_known(struct temporal *t, struct view id);
/* The task queue where a type ran last; NULL: not known. */
const char *temporal_last_queue(struct temporal *t, struct view type);
/* Known, or made known by these facts. */
struct temporal_known *temporal_learn(struct temporal *t, const struct run_facts *run);
/* Puts what lists do not say into the facts: title, gate. A closed run stays closed:
 * false where the facts are older than what is known. */
bool temporal_complete(struct temporal *t, struct run_facts *run);
/* A row of a list to facts, completed, with its number. False: none, or stale. */
bool temporal_row(struct temporal *t, const struct json *info, struct arena *arena,
		  struct run_facts *out);
/* Tells it, unless it was told so already; or that it has gone from the filter. By
 * describe, and by a list's row, which knows less. */
void temporal_tell_look(struct temporal *t, const struct run_facts *run);
/* False: it was told so before, or is not wanted. */
bool temporal_tell_row(struct temporal *t, const struct run_facts *run);
void temporal_tell_gone(struct temporal *t, struct view id);
/* A row whose memo was sealed when it was told, and has been read since: told again, unless
 * something newer was told meanwhile. */
void temporal_tell_read(struct temporal *t, const struct run_facts *sealed,
			const struct run_facts *read);
void temporal_note_memo(struct temporal_known *k, struct view memo);
/* What it waits for, as well as it is known. */
const char *temporal_prompt_of(const struct temporal_known *k);
void temporal_forget_all(struct temporal *t);
/* Ended runs that the last snapshot did not name any more are told gone. */
void temporal_drop_old(struct temporal *t);
void temporal_rules(const struct temporal *t, struct temporal_rules *out);

/* ---- temporal_watch.c ---- */

/* Visibility may lag so far behind. */
enum { TEMPORAL_LAG_MS = 60000 };

enum temporal_lap { LAP_WAITING, LAP_OPEN, LAP_FAILED, LAP_CANCELLED, LAP_ENDED, LAP_STARTED,
		    LAP_CLOSED, LAP_PENDING, LAP_PENDING_COUNT, LAP_COUNT, LAPS };

struct temporal_watch {
	ticket_id ticket;	/* 0: nothing */
	struct str text;	/* of the filter */
	struct filter *filter;
	bool exact;		/* the server filters all of it */
	size_t ended;
	bool synced, in_snapshot, part_unread;
	enum temporal_lap plan[LAPS];
	size_t n_plan, at;
	struct str token;
	size_t rows;		/* read of this list so far */
	int pages;		/* in so many pages */
	bool cut;		/* a list was longer than what is read of it */
	bool open_cut;		/* the list of open runs was */
	bool pending_cut;	/* ... of those that nobody has taken */
	bool ended_more;	/* more have ended than were listed */
	bool missed;		/* more happened in a tick than was read */
	bool page_is_news;	/* something of it was not known */
	size_t ended_told;	/* since the snapshot */
	uint64_t snapshots;
	struct temporal_call *call;
	struct watch *timer, *begin;
	uint64_t ticks;
	int64_t started_seen_ms, closed_seen_ms;
	int64_t pending, planned;	/* counted by LAP_PENDING; -1: not yet */
	bool pending_counted;	/* by the server, not by LAP_PENDING */
	int64_t counts[LANES];		/* told last */
	bool at_least[LANES];
	bool counted;
};

/* temporal_lap.c */
void temporal_lap_query(struct str *q, const struct temporal *t, enum temporal_lap lap);
/* As many are read at most; 0: it only counts. */
size_t temporal_lap_rows(const struct temporal_watch *w, enum temporal_lap lap);
/* Of its next page. */
size_t temporal_lap_page(const struct temporal_watch *w, enum temporal_lap lap);
/* As many pages are read at most: where the server bears no long ones, that is less. */
enum { TEMPORAL_LAP_PAGES = 4 };
bool temporal_lap_counts(enum temporal_lap lap);
/* waiting: there is a query of what waits for a person. */
void temporal_plan_snapshot(struct temporal_watch *w, bool waiting);
void temporal_plan_tick(struct temporal_watch *w, bool waiting);
/* More has happened than was listed, or more has ended than is shown: all anew. */
bool temporal_is_due_again(const struct temporal_watch *w);

ticket_id temporal_watch(struct backend *b, const struct watch_scope *scope);
void temporal_watch_init(struct temporal *t);
/* The server is there: the snapshot begins. */
void temporal_watch_begin(struct temporal *t);
void temporal_watch_stop(struct temporal *t);
bool temporal_watch_cancel(struct temporal *t, ticket_id ticket);
void temporal_watch_release(struct temporal *t);

/* temporal_count.c; false where the answer is none. */
bool temporal_take_counts(struct temporal *t, struct view body);
bool temporal_take_pending(struct temporal *t, struct view body);
/* The server cannot count what the filter means: only where there is more is told. */
void temporal_tell_no_counts(struct temporal *t);

/* ---- temporal_memo.c: memos that lists have sealed ---- */

struct temporal_memo_asked;
struct temporal_decoding;

struct temporal_memos {
	struct map runs;	/* run id to what is known of its memo */
	VEC(struct temporal_memo_asked) batch;	/* that the codec server has */
	struct temporal_decoding *decoding;	/* the same, or NULL */
	size_t most;		/* of a batch, as the codec server bears it */
	struct watch *timer;
	struct backoff backoff;
};

void temporal_memos_init(struct temporal *t);
/* Of a list's row: its memo's fields as they were read; NULL: there is nothing to read, or it is
 * not read yet. Then it is noted. */
const struct json *temporal_memo_read(struct temporal *t, const struct json *info);
/* Others are seen now. */
void temporal_memos_want(struct temporal *t);
void temporal_memo_drop(struct temporal *t, struct view id);
/* A snapshot has ended. */
void temporal_memos_drop_old(struct temporal *t);
void temporal_memos_forget(struct temporal *t);
void temporal_memos_release(struct temporal *t);

/* ---- temporal_planned.c: the next firings of schedules ---- */

struct temporal_plan {
	char *id;
	bool named;		/* by the answer that is being read */
};

struct temporal_planned {
	struct temporal_call *call;
	struct watch *timer;
	VEC(struct temporal_plan) plans;	/* told, and not gone */
};

/* A snapshot has ended: they are told after it. */
void temporal_planned_begin(struct temporal *t);
void temporal_planned_forget(struct temporal *t);
void temporal_planned_release(struct temporal *t);
/* An id of such a card, which is no run. */
bool temporal_is_plan(const char *run);

/* ---- temporal_look.c ---- */

/* The runs that the operator sees: temporal_view.c. */
struct temporal_view {
	VEC(char *) runs;	/* ids */
	size_t at;		/* who is next */
	size_t left;		/* of them, in this tick */
	bool told;		/* somebody says which */
};

struct temporal_look {
	struct temporal_call *call;
	char *id;		/* being looked at */
	struct json_doc *describe;	/* while its last event is asked for */
	struct arena arena;
	int left;		/* looks still allowed in this tick */
	int questions;		/* so are these */
	uint64_t round;
	struct temporal_view view;
};

void temporal_in_view(struct backend *b, const struct view *runs, size_t n);
void temporal_view_tick(struct temporal *t);
/* Of these the one to look at next: who asks for it, else some a tick in turn. */
struct temporal_known *temporal_view_next(struct temporal *t);
void temporal_view_release(struct temporal *t);
/* Lists have told it, and it is neither planned nor over. */
bool temporal_is_under_way(const struct temporal_known *k);

void temporal_look_init(struct temporal *t);
/* Soon, before all others. */
void temporal_look_at(struct temporal *t, struct view id);
/* A few looks at what asks for one, else at open runs in turn. */
void temporal_look_tick(struct temporal *t);
/* What describe says of a known run (and its last event, or NULL): its gate is noted,
 * and it is told. */
void temporal_look_take(struct temporal *t, const char *id, const struct json *describe,
			const struct json *events);
void temporal_look_stop(struct temporal *t);
void temporal_look_release(struct temporal *t);

#endif
