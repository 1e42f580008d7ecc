/* Following one run until it ends, with plain progress lines (CI). */
#ifndef CLI_WATCHING_H
#define CLI_WATCHING_H

#include "cli/command.h"

enum watching { WATCHING_LINES, WATCHING_SILENT };

/* Returns the exit status: 0 completed, 1 ended otherwise, 5 lost. */
int watching_run(struct cli *c, struct view id, enum watching how);

#endif
