/* A sorted sequence of slot numbers with ranks: insert, remove, find and at in
 * O(log n) steps. Who compares is the caller: places must not change while a slot
 * is in. */
#ifndef CORE_ORDER_H
#define CORE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order {
	struct order_chunk **chunks;	/* none is empty */
	size_t *starts;			/* index of each chunk's first; right below `clean` */
	size_t n, cap, clean;
	size_t len;
};

/* < 0: a stands before b. Never 0 for two slots. */
typedef int order_compare_fn(const void *arg, uint32_t a, uint32_t b);

/* Each returns the index. */
size_t order_insert(struct order *o, uint32_t slot, order_compare_fn *compare, const void *arg);
size_t order_remove(struct order *o, uint32_t slot, order_compare_fn *compare, const void *arg);
size_t order_find(struct order *o, uint32_t slot, order_compare_fn *compare, const void *arg);
uint32_t order_at(struct order *o, size_t index);	/* 0 beyond the end */
void order_release(struct order *o);

#endif
