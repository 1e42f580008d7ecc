/* Inside of the Temporal backend: what its files of one run share (describe, its history,
 * an open run). Included by temporal_inside.h only. */
#ifndef BACKEND_TEMPORAL_RUN_H
#define BACKEND_TEMPORAL_RUN_H

#include "backend/backend.h"
#include "backend/temporal_story.h"

struct temporal;
struct temporal_job;

struct http_answer;

/* ---- temporal_load.c ---- */

/* Finds workflow id, type and queue of j->run; ends the job where there is none. */
void temporal_find(struct temporal_job *j, temporal_then_fn *then);
/* Describe into j->describe. */
void temporal_describe(struct temporal_job *j, temporal_then_fn *then);
/* Describe, and the history into j->story. */
void temporal_load(struct temporal_job *j, temporal_then_fn *then);
/* What lists say, as if it were described: no history, nothing that is pending. */
void temporal_load_row(struct temporal_job *j, temporal_then_fn *then);

/* ---- temporal_history.c ---- */

enum { TEMPORAL_HISTORIES = 3 };

/* What was read of one run's history. */
struct temporal_history {
	char *run;		/* id; NULL: the place is free */
	struct story_kept *kept;
	size_t windows;		/* newest pages that were read; 0: all was */
	struct str token;	/* a long poll's, no later than what is kept; empty: not known */
	struct str described;	/* what describe said last, as JSON; empty: it is older */
	int64_t described_ms;	/* monotonic */
};

/* Of the described run, into j->story; goes on with j->after. */
void temporal_load_history(struct temporal_job *j);
/* The first page of the history only. */
void temporal_load_input(struct temporal_job *j, temporal_then_fn *then);
void temporal_newer_free(struct temporal_job *j);
/* One page of it. */
void temporal_ask_events(struct temporal_job *j, const char *path, int64_t size,
			 temporal_answered_fn *answered);
const struct json *temporal_events(const struct json_doc *doc);
/* Of the page after this one. False, and the job is ended: it is the one that this page was
 * asked with, and would be for ever. The page is freed then. */
bool temporal_take_token(struct temporal_job *j, struct json_doc *doc);
/* It was read as far as it is wanted. */
void temporal_history_read(struct temporal_job *j);
void temporal_histories_forget(struct temporal *t);

/* Its last event that is kept; 0: nothing is. */
int64_t temporal_history_end(struct temporal *t, const char *run);
/* Adds events of a long poll to what is kept, in their order. False where something
 * lies between, or nothing is kept. */
bool temporal_history_add(struct temporal *t, const char *run, const struct json *events);
/* What is kept into j->story; false where nothing is. */
bool temporal_history_copy(struct temporal_job *j);
void temporal_history_forget(struct temporal *t, const char *run);
/* Where a long poll of it goes on, without missing anything; empty: not known. */
struct view temporal_history_token(struct temporal *t, const char *run);
void temporal_history_go_on(struct temporal *t, const char *run, struct view token);
/* The job has described it and read its history: who opens it now need not. */
void temporal_history_describe(struct temporal_job *j);
/* What describe said of it a moment ago, the caller's; NULL: that must be asked. */
struct json_doc *temporal_history_described(struct temporal *t, const char *run);

/* ---- temporal_windows.c: a history too long to be read whole ---- */

/* Its beginning, and j->n_windows of its newest pages. */
void temporal_read_windows(struct temporal_job *j);
void temporal_windows_free(struct temporal_job *j);

/* ---- temporal_follow.c: a run that is open, by the long poll of its history ---- */

ticket_id temporal_follow(struct backend *b, struct view run);
/* False: the ticket is none of a follow. */
bool temporal_follow_cancel(struct temporal *t, ticket_id ticket);
/* The server is there, or is not. */
void temporal_follows_begin(struct temporal *t);
void temporal_follows_pause(struct temporal *t);
/* Those up to this ticket are done: the board goes over to another namespace. */
void temporal_follows_end(struct temporal *t, ticket_id newest);
void temporal_follows_release(struct temporal *t);
/* A job of a follow has ended, and is freed. */
void temporal_follow_ended(struct temporal_job *j, enum outcome outcome, const char *text);

#endif
