/* text/event-stream, read incrementally (WHATWG HTML 9.2): CR, LF and CRLF split
 * at any byte, a BOM at the very start, comments, id, retry. What comes out does
 * not depend on how the bytes were cut. */
#ifndef WIRE_SSE_H
#define WIRE_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { SSE_MAX = 1 << 20 };	/* bytes of a line and of an event's data */

/* Borrowed until the callback returns. */
struct sse_event {
	struct view name;	/* "message" where none was given */
	struct view data;	/* lines joined by LF */
	struct view id;		/* last id known, also of earlier events */
	bool own_id;		/* this event brought it itself */
};

/* May call sse_stop, nothing else on the parser. */
typedef void sse_event_fn(void *arg, const struct sse_event *event);

struct sse {
	sse_event_fn *fn;
	void *arg;
	struct str line, name, data, id, last_id;
	int64_t retry_ms;	/* as the server asked; -1: never */
	uint64_t bytes;		/* since the start of the stream */
	unsigned bom;		/* bytes of the BOM seen */
	bool after_cr, has_data, has_id, stopped, failed;
};

void sse_init(struct sse *s, sse_event_fn *fn, void *arg);
/* False and err (ERR_LIMIT) where a line or an event is over SSE_MAX: the stream
 * cannot be gone on with. What was stopped takes no more and says true. */
bool sse_feed(struct sse *s, struct view bytes, struct err *err);
void sse_stop(struct sse *s);
/* For a new connection: forgets an unfinished event, keeps last id and retry. */
void sse_restart(struct sse *s);
struct view sse_last_id(const struct sse *s);
/* Forgets the last id (after `reset`), or sets it. */
void sse_set_last_id(struct sse *s, struct view id);
void sse_release(struct sse *s);

#endif
