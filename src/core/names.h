/* Names with their alphabetical rank. A name's number never changes; ranks may,
 * but never their order: what is sorted by them stays sorted. */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct names {
	struct name {
		char *text;
		size_t len;
		uint64_t rank;
	} *items;		/* by number */
	uint32_t *sorted;	/* numbers, by text */
	size_t len, cap;
};

/* The number of a name, which is copied where it is new. */
uint32_t names_number(struct names *n, struct view text);
uint64_t names_rank(const struct names *n, uint32_t number);
void names_release(struct names *n);

#endif
