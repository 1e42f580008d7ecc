/* Tells when files of some folders come, go or change. */
#ifndef ENGINE_FOLDERS_H
#define ENGINE_FOLDERS_H

#include <stddef.h>

#include "io/loop.h"

struct folders;

/* fn is called from the loop, once for changes that come close together. A folder that
 * is not there is looked for again now and then. Where the kernel lets nothing be watched
 * it is never called, and that is logged. */
struct folders *folders_watch(struct loop *loop, const char *const *paths, size_t n, loop_fn *fn,
			      void *arg);
void folders_free(struct folders *f);	/* NULL is fine */

#endif
