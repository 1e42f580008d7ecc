/* Inside of the Temporal backend: what its files share. Nobody else includes this.
 *
 *   temporal.c          the backend: jobs of tickets, cancel, destroy
 *   temporal_call.c     one request: the budget of visibility calls, tries again
 *   temporal_link.c     is the server there: probe, conditions, tries
 *   temporal_settings.c which endpoint, and what it has switched off
 *   temporal_known.c    what was told of each run, so that nothing is told twice
 *   temporal_lap.c      the questions of the watch
 *   temporal_watch.c    snapshot and changes by visibility queries; temporal_count.c
 *   temporal_planned.c  the next firings of schedules
 *   temporal_look.c     single runs by describe: what lists do not say;
 *                       temporal_view.c: those on the screen before others;
 *                       temporal_gate.c: does it wait for a person, and why
 *   temporal_prompt.c   what a run says itself of what it waits for
 *   temporal_decode.c   payloads by the codec server; temporal_memo.c: those of lists
 *   temporal_why.c      why something is pending
 *   temporal_load.c     describe of a run for a job; temporal_history.c: its history, kept;
 *                       temporal_windows.c: of very long ones
 *   temporal_read.c     page, detail, history, log; temporal_follow.c: an open run, live
 *   temporal_catalog.c  catalogues, workflow types; temporal_queues.c, temporal_workers.c; temporal_inbox.c
 *   temporal_order.c    orders; temporal_start.c; temporal_retry.c; temporal_approve.c: approvals by mapping
 *   temporal_tell.c     updates and signals, and their effect; temporal_winner.c
 *   temporal_batch.c    orders on many runs
 *   temporal_space.c    namespaces, and going over to another
 *   temporal_ask.c      queries, stack, handlers; temporal_schedule.c: schedules
 */
#ifndef BACKEND_TEMPORAL_INSIDE_H
#define BACKEND_TEMPORAL_INSIDE_H

#include "backend/backoff.h"
#include "backend/temporal.h"
#include "backend/temporal_mapping.h"
#include "backend/temporal_story.h"
#include "base/map.h"
#include "base/vec.h"
#include "core/filter.h"
#include "core/severity.h"
#include "io/http.h"
#include "wire/jsonw.h"

struct temporal;
struct temporal_call;
struct temporal_job;

typedef void temporal_then_fn(struct temporal_job *j);
typedef void temporal_answered_fn(struct temporal_job *j, const struct http_answer *a);

/* ---- temporal_call.c: one request ---- */

typedef void temporal_heard_fn(void *arg, const struct http_answer *a);

struct temporal_ask {
	const char *method;	/* NULL: GET */
	struct str *target;	/* taken */
	struct str *body;	/* taken, or NULL */
	const char *header;	/* one more, or NULL; lives on */
	bool listed;		/* counts as a visibility call */
	size_t rows;		/* the page's size; a server that limits us gets less; 0: no page */
	bool keyed;		/* a POST that may be sent twice: it carries its own id */
	bool sealed;		/* what only a codec server can read is read by it first */
	int timeout_ms;		/* 0: the usual */
	temporal_heard_fn *heard;
	void *arg;
};

/* Bytes of an answer, and of what is put together of several. */
enum { TEMPORAL_BODY_MAX = 32 << 20 };

/* heard is called once, from the loop, unless cancelled. */
struct temporal_call *temporal_ask(struct temporal *t, const struct temporal_ask *ask);
void temporal_call_cancel(struct temporal_call *c);	/* NULL is fine */
/* It is known which endpoint this is, or cannot be known. */
void temporal_send_held(struct temporal *t);
/* "/api/v1/namespaces/NS" and what follows. */
void temporal_add_space(struct str *target, const struct temporal *t);
/* The frontend decodes %2F before it routes: with a slash another route would
 * answer. */
bool temporal_can_address(const struct temporal *t, const char *workflow_id);
/* ... "/workflows/ID". */
void temporal_add_workflow(struct str *target, const struct temporal *t, const char *workflow_id);
void temporal_add_query(struct str *target, const char *name, struct view value);
/* "?execution.runId=", where it is not empty. */
void temporal_add_run(struct str *target, const char *run_id);
bool temporal_ok(const struct http_answer *a);
enum outcome temporal_outcome(int status);
/* The answer in words, appended. */
void temporal_add_words(struct str *s, const struct temporal *t, const struct http_answer *a);

struct temporal_budget {
	double rate, most;	/* visibility calls a second: now, at best */
	double tokens;
	int64_t filled_ms, slowed_ms;
	double told;		/* the rate that was said last */
	size_t page;		/* rows of a page at most, as the server bears it; 0: any */
	struct watch *timer;
};

/* ---- temporal_link.c ---- */

enum temporal_state { TEMPORAL_OFF, TEMPORAL_CONNECTING, TEMPORAL_WAITING, TEMPORAL_LIVE };

struct temporal_link {
	enum temporal_state state;
	struct temporal_call *call;
	struct watch *retry, *first;
	struct backoff backoff;
	bool told, was_live;
	char *version;
	int64_t fresh_ms, asked_ms;
	int64_t offset_ms;	/* server minus ours */
};

bool temporal_probe(struct backend *b);
void temporal_link_init(struct temporal *t);
void temporal_link_start(struct temporal *t);
/* A sign of life of the server. */
void temporal_link_fresh(struct temporal *t, const struct http_answer *a);
/* A watch's call failed. */
void temporal_link_lost(struct temporal *t, const struct http_answer *a);
void temporal_link_tell_live(struct temporal *t);
/* By the answer of search-attributes: which attribute says that a run waits. */
void temporal_find_waiting(struct temporal *t, struct view body);
/* As it was before the first probe, but for the server's clock and version. */
void temporal_link_forget(struct temporal *t);
void temporal_link_release(struct temporal *t);
int64_t temporal_server_ms(const struct temporal *t);

/* ---- temporal_settings.c ---- */

enum temporal_switch { TEMPORAL_WRITE, TEMPORAL_TERMINATE, TEMPORAL_CANCEL, TEMPORAL_SIGNAL,
		       TEMPORAL_UPDATE, TEMPORAL_RESET, TEMPORAL_PAUSE, TEMPORAL_BATCH,
		       TEMPORAL_START, TEMPORAL_ACTIVITY, TEMPORAL_SWITCHES };

struct temporal_settings {
	bool known;		/* which endpoint this is */
	bool is_ui;
	uint32_t off;		/* bits 1U << enum temporal_switch */
	struct view why[VERBS];	/* an order is switched off, or empty */
	struct temporal_call *call;
};

/* The answer of /api/v1/settings. */
void temporal_take_settings(struct temporal *t, const struct http_answer *a);
void temporal_forget_settings(struct temporal *t);
/* What the namespace's description says that it cannot. */
void temporal_take_space(struct temporal *t, struct view body);
/* Why it is switched off; empty: it is not. */
struct view temporal_off(const struct temporal *t, enum temporal_switch s);
struct view temporal_off_way(const struct temporal *t, enum mapping_way way);
void temporal_ask_settings(struct temporal *t);
/* Goes on as soon as it is known which endpoint this is. */
void temporal_know(struct temporal_job *j, temporal_then_fn *then);
/* The same, where it matters for reading: they may name the codec server. */
void temporal_know_codec(struct temporal_job *j, temporal_then_fn *then);

#include "backend/temporal_board.h"

/* ---- temporal_gate.c ---- */

/* Whether it waits for a person, and why: the ladder of rules. The words lie in the
 * arena. */
bool temporal_gate(struct temporal *t, const struct json *describe, struct arena *arena,
		   struct story_gate *out);
/* The pending activity that a mapping means, or NULL. */
const struct json *temporal_pending_activity(const struct json *describe, const char *type);

/* ---- temporal_prompt.c ---- */

/* The query to ask the described run, which says whether it waits. NULL: its type has
 * none, it is closed, nothing has happened since it was asked, or it or its queue did
 * not answer a moment ago. */
const char *temporal_waiting_query(struct temporal *t, const struct json *describe);
void temporal_waiting_take(struct temporal *t, const struct json *describe,
			   const struct http_answer *a);
/* Of the described run, as JSON into j->prompt: what was shown, else the query's answer,
 * the memo, the current details. */
void temporal_find_prompt(struct temporal_job *j, temporal_then_fn *then);

/* ---- temporal_decode.c: the codec server ---- */

struct temporal_decoding;

struct temporal_codec {
	struct http *http;	/* or NULL: there is none */
	char *url, *token, *unix_path;
	bool trouble;		/* it did not decode what it was given last */
	bool refused;		/* ... and it was not because it is away or does not know us */
	bool sealed;		/* what is heard now is as it came: no kept answer helped either */
	struct map kept;	/* what it was asked, to its answer */
};

/* An answer that may be sealed, for whom; *place is set until heard is called. */
struct temporal_sealed {
	struct temporal *t;
	struct temporal_decoding **place;
	temporal_heard_fn *heard;
	void *arg;
};

void temporal_codec_open(struct temporal *t, const char *url, const char *token);
/* The namespace is another one: so may be its address. */
void temporal_codec_go_over(struct temporal *t);
void temporal_codec_release(struct temporal *t);
/* A UI server's settings may name one. */
void temporal_codec_settings(struct temporal *t, const struct json *settings);
/* False: nothing in the answer needs it, or there is none. Else heard gets the decoded
 * answer, now or later. */
bool temporal_decode(const struct temporal_sealed *s, const struct http_answer *a);
void temporal_decoding_free(struct temporal_decoding *d);	/* NULL is fine */

/* ---- temporal_why.c ---- */

/* What of a run waits for a worker, and on which task queue. */
struct temporal_why {
	struct view queue;
	struct view activity;	/* id; empty: the workflow itself */
};

/* False where nothing does. The views lie in describe. */
bool temporal_why_of(const struct json *describe, struct temporal_why *out);
/* Where to ask; false where that was asked a moment ago, or cannot be. */
bool temporal_why_target(struct temporal *t, const struct temporal_why *w, struct str *target);
void temporal_why_take(struct temporal *t, const struct temporal_why *w, struct view body);
/* Notes in the story what only the backend knows, before it is told: why it waits (a
 * card has no need of the age, which changes all the time), and how long the histories
 * of its like are. */
enum temporal_why_how { WHY_FOR_CARD, WHY_FOR_DETAIL };
void temporal_explain(struct temporal *t, const struct json *describe, enum temporal_why_how how,
		      struct story *story);
/* Whether a worker of that task queue answered a query in time. Silent: some were not,
 * one after the other, and the last a moment ago. */
void temporal_queue_note(struct temporal *t, struct view queue, bool answered);
bool temporal_queue_is_silent(struct temporal *t, struct view queue);
void temporal_queues_forget(struct temporal *t);

/* ---- temporal_queues.c ---- */

/* Who asks a task queue for work. */
struct temporal_poller {
	struct view identity, queue;
	unsigned types;		/* bits: 1 of workflow tasks, 2 of activities */
	int64_t last_ms;
	struct view row;	/* JSON of one that reports itself, else empty */
};

struct temporal_polls {
	VEC(struct temporal_poller) pollers;	/* words in the story's arena; who reports
						 * itself first */
	/* of the queue that is asked: */
	size_t first;		/* of its pollers */
	unsigned type;
	bool told;		/* it has statistics */
	int64_t queued, oldest_ms;
	double added, taken;	/* a second */
};

/* Of all queues that runs name; ends the job with its catalogue, queues or workers. */
void temporal_list_queues(struct temporal_job *j);

/* ---- temporal_workers.c ---- */

void temporal_list_workers(struct temporal_job *j, struct view cursor);
/* By what is in j->polls; next: there are more, and they are not read. */
void temporal_give_workers(struct temporal_job *j, struct view next);

/* ---- temporal.c: jobs ---- */


/* One ticket and what it is about. */
struct temporal_job {
	struct temporal *t;
	struct temporal_job *prev, *next;
	ticket_id ticket;
	struct temporal_call *call;
	struct watch *timer;
	temporal_answered_fn *answered;
	temporal_then_fn *then, *after;
	temporal_then_fn *known;	/* waits for the settings */
	char *run, *workflow_id, *type, *queue;
	struct story story;
	struct json_doc *describe;
	VEC(struct json_doc *) newer;	/* pages of what is newer than what is kept */
	VEC(struct str) windows;	/* its newest pages, newest first */
	size_t batch_events;		/* of one of those that the server counts in pages */
	size_t n_windows;		/* how many of them are wanted, or were read; 0: all is read */
	struct str token;		/* of the next page */
	bool waits;			/* the page at the end of a history gives a long poll's */
	int pages;
	int64_t known_event;		/* the last that was kept when its load began; 0: none */
	/* of the kind */
	enum run_part part;		/* fetch */
	struct filter *filter;		/* page */
	struct str query, text;
	bool exact;
	size_t limit;
	char *task;			/* log, order */
	int attempt;			/* log; 0: the last */
	enum log_stream streams;
	enum severity level;		/* log; what is searched is in text, exact */
	enum catalog_kind catalog;
	struct temporal_polls polls;	/* queues, workers */
	enum verb verb;
	char *comment, *value, *params, *key, *name;
	int timeout_ms;			/* of a question; 0: the usual */
	bool preview;			/* of an order: say it, do not send it */
	bool order;			/* changes something there */
	struct mapping_args args;	/* of a signal, an update */
	struct view prompt;		/* JSON in the story's arena; empty: not found yet */
	bool verbatim;			/* answers are not decoded: they are sent back */
	bool gathered;			/* waits for others that are given with it */
	struct temporal_batch *batch;	/* that it is part of, or NULL */
	struct temporal_follow *follow;	/* that it works for, or NULL: it ends by itself */
	temporal_then_fn *slash;	/* instead, where its id has a slash; NULL: refused */
	int64_t length;			/* of the history, before an order */
	int64_t until_ms;
	int tries;
};

struct temporal_job *temporal_job(struct temporal *t);
struct temporal_job *temporal_job_of(struct temporal *t, ticket_id ticket);
/* The job's own request; answered is called inside enter and leave. */
void temporal_job_ask(struct temporal_job *j, struct temporal_ask *ask,
		      temporal_answered_fn *answered);
void temporal_job_free(struct temporal_job *j);
void temporal_finish(struct temporal_job *j, enum outcome outcome, const char *text);
void temporal_finish_with(struct temporal_job *j, enum outcome outcome, struct view follow,
			  const char *text);
void temporal_refuse(struct temporal_job *j, struct view why);
/* Ends with what a failed answer means. */
void temporal_fail(struct temporal_job *j, const struct http_answer *a);
/* The answer's JSON; NULL, and the job is ended, where it is none. */
struct json_doc *temporal_job_json(struct temporal_job *j, const struct http_answer *a);

#include "backend/temporal_run.h"

/* ---- temporal_tell.c ---- */

/* What j->name and j->args say. Both end the job. */
void temporal_tell_update(struct temporal_job *j);
void temporal_tell_signal(struct temporal_job *j);
/* The operator's own signal or update: j->name, and j->value (JSON array). */
void temporal_tell(struct temporal_job *j);
/* A signal's effect is seen, and no other decision came before it. */
void temporal_was_first(struct temporal_job *j);
void temporal_make_key(struct temporal_job *j);
void temporal_add_args(struct jsonw *w, const char *key, const struct mapping_args *args);
/* "workflowExecution": {...} of the job's run. */
void temporal_add_execution(struct jsonw *w, const struct temporal_job *j);

/* ---- temporal_winner.c ---- */

/* Ends the job as refused: j->text, and who decided, if the history says so. */
void temporal_refuse_with_winner(struct temporal_job *j);
/* After a signal: temporal_was_first, or refused where another came before it. */
void temporal_find_rival(struct temporal_job *j);

/* ---- temporal_batch.c ---- */

struct temporal_batch;

/* The server has a batch operation of that kind. */
bool temporal_has_batch(enum verb v);
/* Waits for those that are given in the same turn of the loop: many become a batch,
 * few are found and go on with singly. */
void temporal_gather(struct temporal_job *j, temporal_then_fn *singly);
/* One run, named in the body and not in the path. */
void temporal_batch_one(struct temporal_job *j);
void temporal_batches_release(struct temporal *t);

/* ---- temporal_ask.c ---- */

/* Sends the query `name` with those arguments: a JSON array, or empty. */
void temporal_send_query(struct temporal_job *j, const char *name, struct view args,
			 temporal_answered_fn *answered);
/* What a workflow says of itself, as the catalogue has it; pure. */
void temporal_add_handlers(struct view metadata, struct str *out);
/* Its answer, with the result's JSON (in the story's arena); NULL, and the job is
 * ended, where there is none. */
struct json_doc *temporal_query_answer(struct temporal_job *j, const struct http_answer *a,
				       struct view *value);

/* ---- temporal_inbox.c ---- */

/* For lists without a watch (commands): finds out first which runs wait. */
void temporal_prepare(struct temporal_job *j, temporal_then_fn *then);
/* What waits for a person, as a catalogue. */
void temporal_inbox(struct temporal_job *j);

/* ---- temporal_schedule.c ---- */

void temporal_list_schedules(struct temporal_job *j, struct view cursor);
/* The answer's as rows of the catalogue, appended; pure. */
void temporal_add_schedules(const struct json *answer, struct str *rows);

/* ---- temporal_space.c ---- */

void temporal_list_spaces(struct temporal_job *j, struct view cursor);
ticket_id temporal_space(struct backend *b, struct view name);

/* ---- the operations ---- */

ticket_id temporal_page(struct backend *b, struct view filter, struct view cursor, size_t limit);
ticket_id temporal_fetch(struct backend *b, struct view run, enum run_part part,
			 struct view cursor);
/* The found run into sink->detail(); ends the job. */
void temporal_load_detail(struct temporal_job *j);
/* What its story and describe say now, as the detail of a ticket. False: they are older
 * than what was told. The sink may end everything meanwhile. */
bool temporal_give_detail(struct temporal_job *j, ticket_id ticket);
ticket_id temporal_log(struct backend *b, const struct log_query *q);
/* Hands a catalogue over, and ends the job. */
void temporal_give(struct temporal_job *j, const struct str *json, struct view next);
/* Begins one more of the rows, with commas between. */
void temporal_row_begin(struct str *rows, struct jsonw *w);
/* After a page: true where another one is to be asked for. */
bool temporal_wants_page(struct temporal_job *j, struct view next);
/* The rows in j->query as the catalogue; next: there are more, and they are not read. */
void temporal_give_rows(struct temporal_job *j, const char *list, struct view next);
/* The newest runs become known, where nothing watches. */
void temporal_from_runs(struct temporal_job *j, temporal_then_fn *then);
/* Of the known runs: a line each, every name once. queues: else workflow types. */
void temporal_collect_names(struct temporal *t, struct str *names, bool queues);
/* {"LIST": [ ... ]} */
void temporal_list_begin(struct jsonw *w, struct str *out, const char *list);
void temporal_list_end(struct jsonw *w);
ticket_id temporal_catalog(struct backend *b, enum catalog_kind kind, struct view cursor);
ticket_id temporal_order(struct backend *b, const struct order *o);
/* temporal_start.c: a start, from the loop; a rerun, from the found run on. */
void temporal_start(struct temporal_job *j);
void temporal_rerun(struct temporal_job *j);
/* What was started last of a type, here or in an earlier life. */
struct temporal_remembered {
	struct view queue, input;	/* in `text` */
	struct str text;		/* release it, also where there is nothing */
};
bool temporal_remembered(struct temporal *t, struct view type, struct temporal_remembered *out);
/* Their types, a line each, appended. */
void temporal_add_remembered_types(struct temporal *t, struct str *names);
void temporal_add_uuid(struct str *s, const struct temporal_job *j);
/* temporal_retry.c: from the found run on. */
void temporal_retry(struct temporal_job *j);
/* POST to a path below the workflow. */
void temporal_post(struct temporal_job *j, const char *path, struct str *body,
		   temporal_answered_fn *answered);
/* The ends of orders: done; a new run was made (behind the words stands j->text). */
void temporal_ordered(struct temporal_job *j, const struct http_answer *a);
void temporal_new_run(struct temporal_job *j, const struct http_answer *a);
struct view temporal_reason(const struct temporal_job *j);
ticket_id temporal_preview(struct backend *b, const struct order *o);
ticket_id temporal_question(struct backend *b, const struct run_question *q);
ticket_id temporal_schedule(struct backend *b, const struct schedule_order *o);
/* Approve, reject, answer: from the described run on. */
void temporal_approve(struct temporal_job *j);
/* Common members of an order's body: who we are, and its own id. */
void temporal_add_order(struct jsonw *w, const struct temporal_job *j);
/* True where the answer is none or a refusal: then the job is ended, or its run is
 * being read back. */
bool temporal_order_failed(struct temporal_job *j, const struct http_answer *a);

/* ---- the whole ---- */

struct temporal {
	struct backend base;	/* first */
	struct http *http;
	char *name, *where, *space, *identity, *user;
	bool read_only, has_token;
	struct temporal_settings settings;
	char *token, *ca_file;
	struct temporal_codec codec;
	struct temporal_times times;
	struct mappings mappings;
	char *waiting;		/* query, or NULL */
	bool waiting_given;
	char *waiting_memo;	/* or NULL */
	struct temporal_budget budget;
	struct temporal_call *calls;	/* newest first */
	struct temporal_job *jobs;
	struct temporal_batch *batches;
	struct temporal_follow *follows;
	struct watch *gather;
	struct temporal_link link;
	struct temporal_watch watch;
	struct temporal_memos memos;
	struct temporal_planned planned;
	struct temporal_look look;
	struct map known;	/* run id to struct temporal_known */
	struct map queues;	/* temporal_why.c */
	struct temporal_history histories[TEMPORAL_HISTORIES];	/* used last first */
	int64_t seq;
	int depth;		/* calls of the sink that we are inside of */
	bool dead;		/* destroyed meanwhile: freed when the last returns */
};

struct temporal *temporal_of(struct backend *b);
void temporal_enter(struct temporal *t);
void temporal_leave(struct temporal *t);

#endif
