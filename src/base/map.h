/* Bytes to pointer, open addressing, keyed hashing (no collision attacks). The
 * map copies its keys and never owns its values. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct map {
	struct map_slot *slots;
	size_t len, cap, used;
};

void *map_get(const struct map *m, struct view key);	/* NULL: not there */
/* value must not be NULL. Returns the value replaced, or NULL. */
void *map_put(struct map *m, struct view key, void *value);
void *map_remove(struct map *m, struct view key);	/* the value, or NULL */
/* Walks in no order: start with *at = 0; false at the end. The map must not
 * change meanwhile. */
bool map_next(const struct map *m, size_t *at, struct view *key, void **value);
void map_release(struct map *m);

#endif
