/* Where the engine listens: `unix:PATH` and `HOST:PORT`, opened as they should be.
 * Knows nothing of HTTP. */
#ifndef ENGINE_LISTEN_H
#define ENGINE_LISTEN_H

#include <stdbool.h>

#include "base/err.h"
#include "engine/porch.h"

struct listen_address {
	enum porch_kind kind;
	char *path;		/* Unix */
	char *host, *port;	/* TCP */
};

/* ERR_USAGE for anything that is neither; a TCP host must be loopback: remote boards
 * forward the socket over SSH. */
bool listen_parse(const char *text, struct listen_address *address, struct err *err);
void listen_release(struct listen_address *address);
/* A listening descriptor, or -1. A Unix socket's folder is made 0700 or must be ours
 * and closed to others; a stale socket is replaced, a living one refused. */
int listen_open(const struct listen_address *address, struct err *err);

#endif
