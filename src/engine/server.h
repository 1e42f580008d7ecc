/* HTTP exchanges: one checked request, one answer or one stream. The door to
 * libmicrohttpd, which runs in our loop. Knows no routes and no engine. */
#ifndef ENGINE_SERVER_H
#define ENGINE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/porch.h"
#include "io/loop.h"

struct server;
struct exchange;

/* A whole request has come. It is answered now or later, exactly once, by
 * exchange_answer or exchange_stream. */
typedef void server_handle_fn(void *arg, struct exchange *x);

struct server_config {
	server_handle_fn *handle;
	porch_admit_fn *admit;
	void *arg;
	int64_t beat_ms;	/* of streams; 0: 15 s */
	int64_t head_ms;	/* for a request's head; 0: 10 s */
};

struct server *server_new(struct loop *loop, const struct server_config *config, struct err *err);
/* Takes a listening descriptor. */
void server_listen(struct server *s, int fd, enum porch_kind kind);
/* Ends every exchange and stream. */
void server_free(struct server *s);

/* Valid until the answer. */
const struct front_head *exchange_head(const struct exchange *x);
const struct porch_peer *exchange_peer(const struct exchange *x);
struct view exchange_body(const struct exchange *x);

struct answer_header {
	const char *name;
	const char *value;
};

struct answer {
	int status;
	const char *type;			/* NULL: application/json */
	struct view body;			/* copied */
	struct answer_header headers[4];	/* up to a NULL name; copied */
};

/* x may be gone when this returns. */
void exchange_answer(struct exchange *x, const struct answer *a);

enum { STREAM_WAIT = 0, STREAM_END = -1 };

/* A stream is asked for octets when the peer can take some: a reader is a cursor
 * of its owner, never a queue here. */
struct stream_ops {
	/* Up to max octets into buf: how many, or STREAM_WAIT (then stream_wake is
	 * called when there are some) or STREAM_END. */
	ssize_t (*pull)(void *arg, char *buf, size_t max);
	/* The heartbeat: something should be sent, so that the dead are found. */
	void (*beat)(void *arg);
	/* The peer has gone, the stream has ended or the server ends. Last call. */
	void (*close)(void *arg);
};

/* Begins the body; x stays valid until close. */
void exchange_stream(struct exchange *x, const char *type, const struct stream_ops *ops, void *arg);
/* There is something to pull. Never calls pull from inside. */
void exchange_wake(struct exchange *x);

/* Streams open now. */
size_t server_streams(const struct server *s);

#endif
