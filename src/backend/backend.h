/* The contract between the board (or a command) and a source of runs.
 *
 * Rules, each tested on every backend:
 *  1. No operation blocks.
 *  2. The sink is called from the loop only, never from inside an operation.
 *  3. Every ticket ends exactly once, in done(). `unknown` (an order whose answer
 *     was lost) is read back, never sent again without its key.
 *  4. What the sink is given is borrowed until it returns.
 *  5. After destroy returns, the sink is never called again.
 *  6. A missing ability is a clear bit and a NULL slot, answered "unsupported" by
 *     backend_*(); nothing above ever asks which backend it is.
 *  7. A backend retries by itself and says in one sentence how it is.
 *  8. A snapshot names its scope; only runs inside it, unnamed at an end that is
 *     marked complete, are gone.
 */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "core/feed.h"
#include "core/run.h"
#include "io/loop.h"

typedef uint64_t ticket_id;	/* 0: none */

enum backend_ability {
	BACKEND_CAN_WATCH = 1 << 0, BACKEND_CAN_PAGE = 1 << 1, BACKEND_CAN_FETCH = 1 << 2,
	BACKEND_CAN_INBOX = 1 << 3, BACKEND_CAN_CATALOG = 1 << 4, BACKEND_CAN_LOG = 1 << 5,
	BACKEND_CAN_ORDER = 1 << 6, BACKEND_CAN_START = 1 << 7, BACKEND_CAN_HISTORY = 1 << 8,
	BACKEND_CAN_ASK = 1 << 9, BACKEND_CAN_SCHEDULE = 1 << 10, BACKEND_CAN_PREVIEW = 1 << 11,
	BACKEND_CAN_SAVE = 1 << 12, BACKEND_CAN_SPACE = 1 << 13, BACKEND_CAN_FOLLOW = 1 << 14
};

/* DETAIL_SOON: of a very long run the first and the newest tasks are enough; DETAIL_MORE:
 * and some of those that were left out (run_detail.left_out). HISTORY_END: the newest
 * lines, the cursor goes on to those before them; in any answer the oldest line comes
 * first. All of it where a backend has no such parts. */
enum run_part { PART_DETAIL, PART_DETAIL_SOON, PART_DETAIL_MORE, PART_HISTORY, PART_HISTORY_END,
		PARTS };

/* What watch() shall keep telling about. */
struct watch_scope {
	struct view filter;	/* INTERFACES.md's language; empty: all */
	size_t ended;		/* how many ended runs at least, newest first */
};

struct log_query {
	struct view run, task;
	int attempt;			/* 0: the last */
	enum log_stream streams;
	struct view cursor;		/* opaque; empty: the start, or with backward the end */
	bool backward;			/* lines before the cursor, still in their order */
	size_t limit;			/* lines; 0: the backend's own */
	bool follow;
	/* Only lines that have it. A long log is searched in slices: a page may come empty
	 * with LOG_MORE, and is asked on from its cursor. next stands right behind the last
	 * line, so that pages backward and forward from there surround it. */
	struct view search;		/* empty: none */
	bool exact;			/* its letters as they stand, else folded */
	struct view level;		/* only lines at least so serious; empty: all */
};

/* An order. Views are copied. Identity: run, task, attempt and version are what
 * the operator was shown. */
struct order {
	enum verb verb;
	struct view run, task;
	int attempt;
	int64_t version;
	struct view comment;		/* or reason */
	struct view value;		/* answer: JSON; signal, update: JSON array of arguments */
	struct view name;		/* of a signal, an update */
	struct view edit;		/* edit: JSON {run, args, env, params} */
	struct view workflow;		/* start */
	struct view params;		/* start, rerun: JSON object */
	bool debug;
	bool preview;			/* nothing is sent: done()'s text says what would be */
	struct view key;		/* Idempotency-Key; empty: one is made */
};

/* A question to a run's own code. Nothing changes by it. The answer comes through
 * catalog() as CATALOG_ANSWER: {"title": "state of order-1", "value": any JSON}. */
struct run_question {
	struct view run;
	enum verb verb;			/* VERB_QUERY, VERB_STACK */
	struct view name;		/* empty, of a query: what it can be asked and told */
	struct view args;		/* JSON array; empty: none */
	int timeout_ms;			/* 0: the backend's own */
};

/* A schedule's order: VERB_PAUSE, VERB_RESUME, or VERB_START: now, out of turn. The
 * schedule (or the run that was started) comes through catalog() as one object of
 * CATALOG_SCHEDULES. */
struct schedule_order {
	enum verb verb;
	struct view id;
	struct view comment;
};

/* A request of the command line that no board makes (backup, tokens): a path of the
 * engine's own API. The answer comes through catalog(). */
struct errand {
	struct view path;		/* "/v1/backup", encoded */
	struct view body;		/* JSON: then it is a POST; empty: a GET */
	enum catalog_kind kind;		/* of the answer */
};

struct backend_identity {
	struct view name;		/* the context's */
	struct view space;		/* namespace that it is in; empty: it has none */
	struct view user;
	struct view roles;
	struct view version, engine;	/* "runboardd 0.1.0" */
	int64_t pid;			/* of an engine on this machine; 0: unknown */
	struct view settings_error;	/* why its settings are not as they stand in its file; or empty */
	bool read_only;
	const struct view *off;		/* VERBS entries: why an order is switched off, or empty; NULL: none */
	int64_t clock_offset_ms;	/* server minus ours */
};

/* Where a backend reports. Every slot is set. arg is the sink's owner. */
struct backend_sink {
	void *arg;
	void (*identity)(void *arg, unsigned abilities, const struct backend_identity *id);
	void (*condition)(void *arg, enum condition c, const char *sentence, int64_t fresh_ms);
	void (*snapshot_begin)(void *arg, struct view filter);
	void (*runs)(void *arg, const struct run_facts *runs, size_t n);
	void (*gone)(void *arg, struct view id);
	/* progress without a version: only progress, current task and seq count */
	void (*progress)(void *arg, const struct run_facts *run);
	/* complete: what was in scope and not named is gone */
	void (*snapshot_end)(void *arg, bool complete);
	/* counts[LANES]; at_least[i]: there are more than that */
	void (*lane_counts)(void *arg, const int64_t *counts, const bool *at_least);
	void (*page)(void *arg, ticket_id t, const struct run_facts *runs, size_t n,
		     struct view next_cursor);
	void (*detail)(void *arg, ticket_id t, const struct run_detail *d);
	void (*history)(void *arg, ticket_id t, struct view run, const struct history_facts *h,
			size_t n, struct view next_cursor);
	/* Raw API object (JSON) of a catalogue; core/param.h reads the parts */
	void (*catalog)(void *arg, ticket_id t, enum catalog_kind kind, struct view json,
			struct view next_cursor);
	void (*log)(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		    enum log_state state, struct view next_cursor, struct view prev_cursor);
	/* An order ends as ok when it was accepted, as seen when its effect was, too.
	 * follow_key: id of the run to look at now (start, rerun), else empty. text:
	 * a sentence, for refused the engine's own ("alice approved this 12 s ago") */
	void (*done)(void *arg, ticket_id t, enum outcome outcome, struct view follow_key,
		     const char *text);
};

struct backend;

struct backend_ops {
	const char *kind;		/* "local", for messages only */
	bool (*probe)(struct backend *b);
	ticket_id (*watch)(struct backend *b, const struct watch_scope *scope);
	ticket_id (*page)(struct backend *b, struct view filter, struct view cursor, size_t limit);
	ticket_id (*fetch)(struct backend *b, struct view run, enum run_part part,
			   struct view cursor);
	ticket_id (*follow)(struct backend *b, struct view run);
	ticket_id (*catalog)(struct backend *b, enum catalog_kind kind, struct view cursor);
	ticket_id (*log)(struct backend *b, const struct log_query *q);
	ticket_id (*order)(struct backend *b, const struct order *o);
	/* Says what an order would send; sends nothing. */
	ticket_id (*preview)(struct backend *b, const struct order *o);
	ticket_id (*ask)(struct backend *b, const struct run_question *q);
	ticket_id (*schedule)(struct backend *b, const struct schedule_order *o);
	ticket_id (*errand)(struct backend *b, const struct errand *e);
	ticket_id (*save)(struct backend *b, struct view run, int fd);
	ticket_id (*space)(struct backend *b, struct view name);
	void (*in_view)(struct backend *b, const struct view *runs, size_t n);
	void (*cancel)(struct backend *b, ticket_id t);
	size_t (*pending)(const struct backend *b);	/* requests in flight, streams not counted */
	void (*destroy)(struct backend *b);
};

/* Embedded first in every backend. */
struct backend {
	const struct backend_ops *ops;
	struct loop *loop;
	const struct backend_sink *sink;
	uint16_t context;		/* what to write into run_facts.context */
	ticket_id last_ticket;
	struct backend_answer *answers;	/* done() calls put off: backend_answer */
};

/* The calls that everybody uses: they hand out tickets, answer "unsupported" from
 * the loop where the slot is NULL, and never return 0. A cancelled ticket's
 * done() is not called. */
void backend_probe(struct backend *b);
ticket_id backend_watch(struct backend *b, const struct watch_scope *scope);
ticket_id backend_page(struct backend *b, struct view filter, struct view cursor, size_t limit);
ticket_id backend_fetch(struct backend *b, struct view run, enum run_part part,
			struct view cursor);
/* Tells a run's detail now and each time that it changes, as soon as that is known, also
 * by what the watch does not tell (BACKEND_CAN_FOLLOW). Lost connections end it as little
 * as they end a watch. Ends as ok when the run has ended and all of it was told. */
ticket_id backend_follow(struct backend *b, struct view run);
ticket_id backend_catalog(struct backend *b, enum catalog_kind kind, struct view cursor);
ticket_id backend_log(struct backend *b, const struct log_query *q);
ticket_id backend_order(struct backend *b, const struct order *o);
ticket_id backend_ask(struct backend *b, const struct run_question *q);
ticket_id backend_schedule(struct backend *b, const struct schedule_order *o);
/* A run with its history, definition and logs, written as a tar archive to the
 * descriptor (the caller's, open until done). What came before a failure is in it. */
ticket_id backend_save(struct backend *b, struct view run, int fd);
ticket_id backend_errand(struct backend *b, const struct errand *e);
/* Goes over to another namespace of the same server (CATALOG_SPACES has their names).
 * Refused, and all stays as it is, where there is none of that name or an order is
 * under way. Else every other ticket ends, the watch's too, then this one as ok; what
 * was told of runs is void from there on, and nothing is told until a new watch. */
ticket_id backend_space(struct backend *b, struct view name);
/* Advice: the runs that the operator sees now, in place of those of before. A
 * backend that has to ask for single runs asks for these first. Copied. */
void backend_in_view(struct backend *b, const struct view *runs, size_t n);
/* Whether it does anything with that. */
bool backend_heeds_view(const struct backend *b);
void backend_cancel(struct backend *b, ticket_id t);
size_t backend_pending(const struct backend *b);
void backend_destroy(struct backend *b);		/* NULL is fine */

/* ---- for backends only ---- */

/* A ticket of its own. */
ticket_id backend_ticket(struct backend *b);
/* done() from the loop, unless the ticket is cancelled before. text is copied. */
void backend_answer(struct backend *b, ticket_id t, enum outcome outcome, const char *text);
/* Hears everything and does nothing: what a backend puts in the place of its sink
 * while it is being destroyed from inside a call of the sink. */
extern const struct backend_sink backend_silence;

const char *condition_name(enum condition c);
const char *outcome_name(enum outcome o);

#endif
