/* One attempt from its specification to its exit line: the supervisor's whole
 * life, with a poll loop of its own (doc/protocols.md 1). */
#ifndef STEP_SUPERVISE_H
#define STEP_SUPERVISE_H

#include <stdbool.h>

#include "base/err.h"
#include "step/spec.h"

/* Descriptors handed over: the attempt's folder, the lock (only held), the
 * specification. */
enum { SUPERVISE_FOLDER = 3, SUPERVISE_LOCK = 4, SUPERVISE_SPEC = 5 };

/* Runs the command to its end and writes `exit`. False where nothing could be
 * started or the result could not be written down. */
bool supervise(int folder, const struct spec *spec, struct err *err);

#endif
