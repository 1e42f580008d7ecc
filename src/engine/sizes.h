/* How much an attempt has printed so far: from its files. */
#ifndef ENGINE_SIZES_H
#define ENGINE_SIZES_H

#include "engine/attempt.h"

/* Untouched where there is no such file. */
void attempt_sizes(const char *state, const struct attempt_name *name, int64_t *stdout_bytes,
		   int64_t *stderr_bytes);

#endif
