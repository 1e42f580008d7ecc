/* How much of what an attempt has printed is kept: from its files. */
#ifndef ENGINE_SIZES_H
#define ENGINE_SIZES_H

#include "engine/attempt.h"

struct attempt_sizes {
	int64_t stdout_bytes, stderr_bytes;
	bool truncated;			/* it has printed more */
};

/* Untouched where there is no such file. */
void attempt_sizes(const char *state, const struct attempt_name *name, struct attempt_sizes *out);

#endif
