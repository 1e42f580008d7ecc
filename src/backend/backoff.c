/* Spans between tries (backoff.h). Must not know what is tried. */
#include "backend/backoff.h"

#include <stddef.h>

enum { FIRST_MS = 500, MAX_MS = 30000, HEALTHY_MS = 60000 };

static int64_t or_default(int64_t ms, int64_t fallback)
{
	return ms ? ms : fallback;
}

void backoff_well(struct backoff *b, int64_t now_ms)
{
	if (!b->well_since_ms)
		b->well_since_ms = now_ms;
}

int64_t backoff_next(struct backoff *b, int64_t now_ms, uint32_t random)
{
	int64_t bound = or_default(b->first_ms, FIRST_MS);
	int64_t max = or_default(b->max_ms, MAX_MS);
	if (b->well_since_ms && now_ms - b->well_since_ms >= or_default(b->healthy_ms, HEALTHY_MS))
		b->failures = 0;
	b->well_since_ms = 0;
	for (int i = 0; i < b->failures && bound < max; i++)
		bound *= 2;
	b->failures++;
	bound = bound < max ? bound : max;
	return (int64_t)((uint64_t)random * (uint64_t)(bound + 1) >> 32);
}
