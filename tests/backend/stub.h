/* An HTTP server for tests, on a Unix socket and the same loop as its client: it
 * gives prepared answers, well or badly, and remembers what it was asked. */
#ifndef TESTS_BACKEND_STUB_H
#define TESTS_BACKEND_STUB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "io/loop.h"

enum stub_fault {
	STUB_WELL,
	STUB_SILENT,	/* takes the request and never says a word */
	STUB_CLOSE,	/* takes the request and closes */
	STUB_CUT,	/* closes after `at` bytes of the body */
	STUB_STALL,	/* says no more after `at` bytes of the body */
	STUB_DRIBBLE	/* one byte a turn of the loop */
};

struct stub_reply {
	int status;		/* 0: 200 */
	const char *headers;	/* "Name: value\r\n" each; NULL: none */
	const char *body;
	size_t body_len;	/* 0: strlen */
	enum stub_fault fault;
	size_t at;
	bool stream;		/* chunked, and open until stub_end_streams */
	int times;		/* how often; 0: always */
};

struct stub_request {
	char *method, *target, *head, *body;
};

struct stub;

struct stub *stub_new(struct loop *loop);
void stub_free(struct stub *s);
const char *stub_path(const struct stub *s);

/* The newest rule that matches and is not used up answers; target is a prefix.
 * Without any it is 404 with the API's error body. */
void stub_on(struct stub *s, const char *method, const char *target,
	     const struct stub_reply *reply);
/* To every open stream, as one chunk. */
void stub_push(struct stub *s, const char *text);
void stub_push_bytes(struct stub *s, struct view bytes);
/* well: with the closing chunk; else cut. */
void stub_end_streams(struct stub *s, bool well);
size_t stub_streams(const struct stub *s);
/* Stops listening (connections are refused), closes all; stub_rise listens again. */
void stub_fall(struct stub *s);
void stub_rise(struct stub *s);

/* Requests taken whose method is that and whose target begins so. */
size_t stub_count(const struct stub *s, const char *method, const char *target);
/* The n-th of them from 0, or NULL. */
const struct stub_request *stub_asked(const struct stub *s, const char *method,
				      const char *target, size_t n);
/* The value of a header, or NULL; `out` gets it. */
const char *stub_header(const struct stub_request *r, const char *name, struct str *out);

/* Turns the loop until *flag, a bounded number of turns and time. */
bool stub_until(struct loop *l, const bool *flag);
/* Turns the loop until fn says so; the same bounds. */
bool stub_until_fn(struct loop *l, bool (*fn)(void *arg), void *arg);

#endif
