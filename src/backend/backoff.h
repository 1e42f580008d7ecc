/* How long to wait before the next try: full jitter (a random span up to a bound
 * that doubles), started over after a span of health. Pure. */
#ifndef BACKEND_BACKOFF_H
#define BACKEND_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t first_ms, max_ms;	/* 0: 500 and 30 000 */
	int64_t healthy_ms;		/* 0: 60 000 */
	int failures;
	int64_t well_since_ms;		/* 0: not well */
};

/* It works now; said again and again while it does. */
void backoff_well(struct backoff *b, int64_t now_ms);
/* It failed: the span to wait. random: any 32 bits. */
int64_t backoff_next(struct backoff *b, int64_t now_ms, uint32_t random);

#endif
