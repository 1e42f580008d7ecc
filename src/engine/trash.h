/* Folders that are to go: moved aside at once, removed by a process of their own, so
 * that nobody waits for a large file to be freed. */
#ifndef ENGINE_TRASH_H
#define ENGINE_TRASH_H

#include <stdbool.h>

#include "base/err.h"
#include "io/loop.h"

struct trash;

/* What a process before has left is removed, too. */
struct trash *trash_new(struct loop *loop, const char *state);
/* Removing goes on by itself. */
void trash_free(struct trash *t);
/* One that is not there is fine. */
bool trash_take(struct trash *t, const char *folder, struct err *err);
/* Begins to remove what was taken. */
void trash_empty(struct trash *t);

#endif
