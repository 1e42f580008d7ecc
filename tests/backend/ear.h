/* A sink for tests: writes down what it hears, keeps the runs it was told of, and
 * checks what the contract promises for every call: from the loop only, one done()
 * a ticket, nothing after destroy, sentences of one line. */
#ifndef TESTS_BACKEND_EAR_H
#define TESTS_BACKEND_EAR_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/backend.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

struct ear_ticket {
	ticket_id ticket;
	int done;
	enum outcome outcome;
	char *text, *follow_key;
};

struct ear {
	struct backend_sink sink;
	struct backend *backend;
	bool inside;			/* an operation of the backend runs */
	bool destroyed;
	struct str log;			/* a line a call: "runs a:running b:failed" */
	const char *destroy_in;		/* destroys when a line begins so */
	const char *cancel_in;		/* cancels `cancel` when a line begins so */
	ticket_id cancel;
	int calls;
	VEC(struct ear_ticket) tickets;
	/* what is known now */
	struct map runs;		/* id to its status as a C string */
	struct map named;		/* of the snapshot that comes in */
	bool snapshot;
	enum condition condition;
	struct str sentence;
	int64_t fresh_ms;
	unsigned abilities;
	int64_t clock_offset_ms;
	struct str off[VERBS];		/* why an order is switched off */
	struct str log_text, cursor;
};

void ear_init(struct ear *e);
void ear_release(struct ear *e);
/* How often done() was called for it. */
int ear_done(const struct ear *e, ticket_id t);
const struct ear_ticket *ear_ticket(const struct ear *e, ticket_id t);
/* Whether a line of the log begins so; how many do. */
bool ear_heard(const struct ear *e, const char *begin);
size_t ear_count(const struct ear *e, const char *begin);
/* "a:running b:failed" of all that is known, sorted. */
const char *ear_state(const struct ear *e, struct str *out);

/* The operations, with `inside` set around them. */
void ear_probe(struct ear *e);
ticket_id ear_watch(struct ear *e, const char *filter, size_t ended);
ticket_id ear_page(struct ear *e, const char *filter, const char *cursor, size_t limit);
ticket_id ear_fetch(struct ear *e, const char *run, enum run_part part);
ticket_id ear_follow(struct ear *e, const char *run);
ticket_id ear_catalog(struct ear *e, enum catalog_kind kind);
ticket_id ear_log(struct ear *e, const struct log_query *q);
ticket_id ear_order(struct ear *e, const struct order *o);
ticket_id ear_space(struct ear *e, const char *name);
void ear_cancel(struct ear *e, ticket_id t);
void ear_destroy(struct ear *e);

#endif
