/* Many allocations, one lifetime. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena {
	struct arena_block *blocks;	/* newest first */
	size_t used;			/* bytes handed out */
};

/* A zeroed arena is ready. Aligned for any type, zeroed. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size);
/* Copies, NUL-terminated behind; an empty view gives an empty view. */
struct view arena_view(struct arena *a, struct view v);
const char *arena_text(struct arena *a, struct view v);
void arena_clear(struct arena *a);	/* keeps one block */
void arena_release(struct arena *a);

#endif
