/* A completion script for bash, made from the table of commands. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/command.h"

/* lists: of NULL-ended lists of commands, up to a NULL. */
void completion_add_bash(struct str *s, const struct command *const *const *lists);

#endif
