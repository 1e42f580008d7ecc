/* A backend around another one that writes down what it is asked and what it tells:
 * JSON lines, for replay.h, demonstrations, bug reports. Values that the engine
 * masks are masked there too; prompts, parameters and logs are not.
 *
 *   {"recording":1,"at":"2026-11-20T03:00:00.000Z"}
 *   {"t":12,"ask":"fetch","ticket":3,"run":"...","part":"detail","cursor":""}
 *   {"t":15,"tell":"detail","ticket":3,"run":{...}}
 */
#ifndef BACKEND_TRACE_H
#define BACKEND_TRACE_H

#include "backend/backend.h"

/* Writes the file anew (0600). NULL and err where it cannot be written. Answers
 * nothing until something is wrapped. */
struct backend *trace_new(struct loop *loop, const struct backend_sink *sink, const char *path,
			  struct err *err);
/* What the inner backend reports to. */
const struct backend_sink *trace_sink(struct backend *trace);
/* Takes inner: it is destroyed with the trace. */
void trace_wrap(struct backend *trace, struct backend *inner);

#endif
