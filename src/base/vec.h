/* Typed growable arrays. VEC(struct x) names { struct x *items; size_t len, cap; };
 * a zeroed one is empty. Items may move on every push: keep indexes. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

#define VEC(type) struct { type *items; size_t len; size_t cap; }

/* Makes room for one more item and stores it. */
#define vec_push(v, item) \
	(vec_room((void **)&(v)->items, &(v)->cap, (v)->len + 1, sizeof *(v)->items), \
	 (v)->items[(v)->len++] = (item))
/* Inserts before index. */
#define vec_insert(v, index, item) \
	(vec_room((void **)&(v)->items, &(v)->cap, (v)->len + 1, sizeof *(v)->items), \
	 vec_open((v)->items, (v)->len, (index), sizeof *(v)->items), \
	 (v)->items[index] = (item), (v)->len++)
/* Removes at index, keeping order. */
#define vec_remove(v, index) \
	(vec_close((v)->items, (v)->len, (index), sizeof *(v)->items), (v)->len--)
#define vec_release(v) (vec_free((void **)&(v)->items), (v)->len = (v)->cap = 0)
#define vec_clear(v) ((v)->len = 0)

void vec_room(void **items, size_t *cap, size_t need, size_t size);
void vec_open(void *items, size_t len, size_t index, size_t size);
void vec_close(void *items, size_t len, size_t index, size_t size);
void vec_free(void **items);

#endif
