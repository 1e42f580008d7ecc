/* Starts the command of an attempt: held back before exec until `started` is on
 * the disk, with signals, mask, group and descriptors as a fresh process has
 * them. Knows nothing of files in the folder nor of the loop. */
#ifndef STEP_COMMAND_H
#define STEP_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "step/spec.h"

struct command {
	pid_t pid;
	int out, err;		/* read ends, non-blocking */
	int gate;		/* closing without a byte keeps it from exec */
	int failure;		/* tells why exec failed; end of file: it did not */
};

/* Forks. The process waits at the gate. */
bool command_spawn(struct command *c, const struct spec *spec, struct err *err);
/* Opens the gate: it execs now. */
void command_release(struct command *c);
/* After its end: true where it never was the command, with a sentence why. */
bool command_failed(const struct command *c, const struct spec *spec, struct str *why);
void command_close(struct command *c);

#endif
