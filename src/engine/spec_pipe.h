/* The specification that a supervisor reads from its pipe (doc/protocols.md 1). */
#ifndef ENGINE_SPEC_PIPE_H
#define ENGINE_SPEC_PIPE_H

#include "base/err.h"
#include "base/str.h"
#include "engine/runner.h"

/* folder: the attempt's, as a path. */
bool spec_write(const struct launch *launch, const char *folder, struct str *out, struct err *err);
/* The read end of a pipe that holds all of the text already; -1 and err. */
int spec_pipe(struct view text, struct err *err);

#endif
