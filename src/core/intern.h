/* Byte strings kept once and counted: what many runs share. A reference is a
 * number; 0 is the empty string. */
#ifndef CORE_INTERN_H
#define CORE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct intern {
	struct intern_entry *entries;	/* 1..; freed ones are chained */
	uint32_t *index;		/* open addressing; 0: empty */
	size_t len, cap;		/* entries ever used, room */
	size_t live;
	size_t index_cap;		/* a power of two, or 0 */
	uint32_t free;			/* first of the chain, or 0 */
	size_t bytes;
};

/* Counts one reference more; copies v where it is new. */
uint32_t intern_take(struct intern *t, struct view v);
/* One reference less; the last one frees. */
void intern_drop(struct intern *t, uint32_t ref);
/* Stays where it is as long as there are references. */
struct view intern_view(const struct intern *t, uint32_t ref);
size_t intern_bytes(const struct intern *t);
void intern_release(struct intern *t);

#endif
