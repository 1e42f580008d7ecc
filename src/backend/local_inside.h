/* Inside of the local backend: what its files share. Nobody else includes this.
 *
 *   local.c        the backend: tickets' jobs, cancel, destroy
 *   local_link.c   is the engine there: probe, conditions, tries
 *   local_watch.c  the event stream to snapshots, runs, progress
 *   local_read.c   page, detail, history, catalogues
 *   local_log.c    lines of logs, followed
 *   local_order.c  orders, and what became of them
 *   local_export.c a run as one file
 *   local_run.c    one run as it changes
 */
#ifndef BACKEND_LOCAL_INSIDE_H
#define BACKEND_LOCAL_INSIDE_H

#include "backend/backoff.h"
#include "backend/local.h"
#include "base/arena.h"
#include "base/vec.h"
#include "io/http.h"
#include "wire/sse.h"

struct local;
struct local_job;

/* The answer to a job's request is there (any status, or none). */
typedef void local_answered_fn(struct local_job *j, const struct http_answer *a);

/* One ticket with the request that serves it. */
struct local_job {
	struct local *local;
	struct local_job *prev, *next;
	ticket_id ticket;
	struct http_request *request;	/* NULL: none in flight */
	struct watch *again;		/* timer of the next try */
	const char *method;
	char *target, *body, *key;	/* body, key: of orders */
	int tries;			/* so far */
	local_answered_fn *answered;
	/* of the kind */
	char *run, *task;
	enum catalog_kind catalog;
	struct local_follow *follow;	/* a log that is followed */
	struct local_run *watched;	/* a run that is followed */
	bool exporting, spoken;		/* a run as one file; some of it has come */
	int fd;				/* where it goes to; not ours */
	enum verb verb;
	struct str lost;		/* an order's answer was lost: why */
};

enum link_state { LINK_OFF, LINK_CONNECTING, LINK_IDLE, LINK_STREAMING, LINK_WAITING };

/* Whether the engine is there. */
struct local_link {
	enum link_state state;
	struct http_request *info, *stream;
	struct watch *retry, *first;	/* first: tells "connecting" from the loop */
	struct backoff backoff;
	bool told;		/* a condition was told */
	int64_t fresh_ms;	/* wall clock: last sign of life */
	int64_t heard_ms;	/* the same, monotonic */
	int64_t asked_ms;	/* when info was asked for */
	struct str rights;	/* who we are there and what we may, as it was told last */
};

/* What is watched. */
struct local_watch {
	ticket_id ticket;	/* 0: nothing */
	struct str filter;
	size_t ended;
	struct sse sse;
	struct str last_id;	/* of the last event that was handled */
	struct str trouble;	/* what the engine says of itself, or empty */
	bool open;		/* false: what is still in the stream is not for us */
	bool live;		/* this stream has spoken */
	bool in_snapshot;
	bool synced;		/* a snapshot has ended, or the stream was resumed */
	bool part_unread;	/* a run of the snapshot could not be read */
	size_t unread;		/* events that could not be read */
	struct arena arena;	/* of batch */
	VEC(struct run_facts) batch;
};

struct local {
	struct backend base;	/* first */
	struct http *http;
	char *name, *where;
	bool read_only;
	struct local_times times;
	struct local_job *jobs;
	struct local_follow *closed;	/* ended while they were read */
	struct local_link link;
	struct local_watch watch;
	int depth;		/* calls of the sink that we are inside of */
	bool dead;		/* destroyed meanwhile: freed when the last returns */
};

struct local *local_of(struct backend *b);
/* Around everything that calls the sink more than once or uses *l after it. */
void local_enter(struct local *l);
void local_leave(struct local *l);

/* ---- local.c: jobs ---- */

/* Takes target's text. A GET, sent at once. */
struct local_job *local_get(struct local *l, struct str *target, local_answered_fn *answered);
void local_job_send(struct local_job *j);
void local_job_send_later(struct local_job *j, int64_t delay_ms);
/* NULL where the ticket has ended or was cancelled meanwhile. */
struct local_job *local_job_of(struct local *l, ticket_id t);
void local_job_free(struct local_job *j);
/* done(), and the end of the job. text may be NULL: "". */
void local_finish(struct local_job *j, enum outcome outcome, const char *text);
/* What a failed read or a refusal means: tries again where that may help, else
 * ends the ticket. */
void local_fail(struct local_job *j, const struct http_answer *a);
/* A body that is not what it should be. Releases err. */
void local_unreadable(struct local_job *j, struct err *err);
/* Appends the server's sentence (or one by the status). */
void local_add_refusal(struct str *s, const struct http_answer *a);
enum outcome local_outcome(int status);
/* Milliseconds of Retry-After, or -1. */
int64_t local_retry_after(const struct http_answer *a);
/* How long a stream may say nothing: 2.5 heartbeats. */
int local_silence_ms(const struct local *l);
int64_t local_jitter(const struct local *l, int tries);
/* Appends &name=value (or ?name=value), encoded; nothing where value is empty. */
void local_add_query(struct str *target, const char *name, struct view value);
/* "filter=", in the engine's own words. */
void local_add_filter(struct str *target, const struct local *l, struct view text);
void local_add_query_int(struct str *target, const char *name, int64_t value);

/* ---- local_link.c ---- */

void local_link_init(struct local *l);
bool local_probe(struct backend *b);
/* The link is wanted: connects unless it is there or on its way. */
void local_link_start(struct local *l);
/* As local_link_start, from the loop: where we are in the middle of the stream. */
void local_link_restart(struct local *l);
void local_link_live(struct local *l);
/* Tells the condition, with the number of what could not be read. */
void local_link_tell_live(struct local *l);
/* The stream has ended: without an answer, or with a status that is none. */
void local_link_lost(struct local *l, const struct http_answer *a);
void local_link_release(struct local *l);

/* ---- local_watch.c ---- */

ticket_id local_watch(struct backend *b, const struct watch_scope *scope);
void local_watch_init(struct local *l);
void local_watch_open(struct local *l);
/* The next stream begins with a snapshot. */
void local_watch_forget(struct local *l);
/* False where the ticket is not the watch's. */
bool local_watch_cancel(struct local *l, ticket_id t);
void local_watch_release(struct local *l);

/* ---- the other operations ---- */

ticket_id local_page(struct backend *b, struct view filter, struct view cursor, size_t limit);
ticket_id local_fetch(struct backend *b, struct view run, enum run_part part,
		      struct view cursor);
ticket_id local_catalog(struct backend *b, enum catalog_kind kind, struct view cursor);
ticket_id local_schedule(struct backend *b, const struct schedule_order *o);
ticket_id local_errand(struct backend *b, const struct errand *e);
ticket_id local_log(struct backend *b, const struct log_query *q);
void local_follow_send(struct local_job *j);
/* Freed at once, or by local_follow_sweep where we are in the middle of it. */
void local_follow_close(struct local *l, struct local_follow *f);
void local_follow_sweep(struct local *l);
ticket_id local_order(struct backend *b, const struct order *o);
ticket_id local_follow_run(struct backend *b, struct view run);
void local_run_send(struct local_job *j);
void local_run_free(struct local_run *r);	/* NULL is fine */
/* A detail of it is on its way. */
bool local_run_is_read(const struct local_run *r);
ticket_id local_export(struct backend *b, struct view run, int fd);
void local_export_send(struct local_job *j);

#endif
