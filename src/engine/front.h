/* The head of an HTTP request, read strictly before anybody else sees a byte of
 * it: what is doubled, folded, ambiguous or oversized never gets further. Pure,
 * fuzzed. Must not know sockets nor what the request is for. */
#ifndef ENGINE_FRONT_H
#define ENGINE_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
	FRONT_HEAD_MAX = 16 << 10,
	FRONT_HEADERS_MAX = 64,
	FRONT_BODY_MAX = 1 << 20,
};

struct front_header {
	struct view name, value;
};

/* All views lie in the bytes that were read. */
struct front_head {
	struct view method;
	struct view path, query;	/* still percent-encoded; query without '?' */
	struct front_header headers[FRONT_HEADERS_MAX];
	size_t n_headers;
	int64_t body_len;
	size_t len;			/* of the head, with its empty line */
};

/* Why not. code and message are static. */
struct front_refusal {
	int status;
	const char *code, *message;
};

enum front_state { FRONT_MORE, FRONT_GOOD, FRONT_REFUSED };

/* Takes what has come so far from its first byte; MORE where the head is not whole
 * yet and nothing is wrong so far. */
enum front_state front_read(struct view bytes, struct front_head *head, struct front_refusal *why);
/* Value of a header (names without regard to case); false where there is none. */
bool front_header(const struct front_head *head, const char *name, struct view *value);

/* Rules for requests that came over TCP, where a browser may have been tricked into
 * sending them: Host must be one of ours (421), Origin and Sec-Fetch-Site must be
 * missing (403). */
bool front_check_web(const struct front_head *head, int port, struct front_refusal *why);

/* Percent-decoding of one path segment or query value ('+' is a blank in a query).
 * False for a malformed escape, a NUL, or bytes that are no UTF-8. */
enum front_place { FRONT_IN_PATH, FRONT_IN_QUERY };
bool front_decode(struct view v, enum front_place place, struct str *out);
/* The parameter's value, decoded, in *out. False where it is missing; *bad is set
 * where it is malformed or given twice. */
bool front_query(const struct front_head *head, const char *name, struct str *out, bool *bad);

#endif
