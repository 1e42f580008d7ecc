/* The files of an attempt that decide: `started` before the command runs, `exit`
 * after its end, both on the disk before anybody is told. */
#ifndef STEP_RESULT_H
#define STEP_RESULT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/exitline.h"
#include "base/mask.h"

/* Makes `exit` at its full size, so that a full disk cannot lose the result. */
bool result_prepare(int folder, struct err *err);
bool result_started(int folder, pid_t pid, struct err *err);
/* Hides secrets in what the step gave as its result, and in its progress. */
void result_mask(int folder, const struct mask *mask);
/* Syncs what the step left (streams, order, output), then writes the line. */
bool result_write(int folder, const struct exit_line *line, struct err *err);

#endif
