/* Secrets for a purpose, fetched: each from its file, else by the command of the
 * configuration, which never blocks the loop. Values live in memory until the purpose
 * is served and are wiped then. Knows no runs. */
#ifndef ENGINE_SECRET_FETCH_H
#define ENGINE_SECRET_FETCH_H

#include "base/err.h"
#include "base/str.h"
#include "io/loop.h"

struct secret_source {
	struct loop *loop;
	const char *folder;		/* of the files; or NULL */
	const char *command;		/* run by /bin/sh, the name in NAME; or NULL */
	int64_t timeout_ms;		/* of the command */
};

struct secret_fetch;

/* The values in the order of the names; NULL where one could not be had, and why: a
 * sentence that names the secret and holds nothing of what was read. Borrowed. */
typedef void secret_fetch_fn(void *arg, const struct view *values, const struct err *err);

/* Calls done exactly once: at once, and returns NULL, where files have it all; else from
 * the loop, and the fetch is over with it. The names are copied. */
struct secret_fetch *secret_fetch_start(const struct secret_source *source,
					const struct view *names, size_t n,
					secret_fetch_fn *done, void *arg);
/* Ends what runs; done is not called. NULL is fine. */
void secret_fetch_cancel(struct secret_fetch *f);

#endif
