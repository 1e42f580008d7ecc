/* What the backend lists beside runs. */
#ifndef CLI_CATALOGS_H
#define CLI_CATALOGS_H

#include "cli/command.h"

/* The catalogue of the command's name as a table, or with --json as an array. */
command_fn catalog_run;

#endif
