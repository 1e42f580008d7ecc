/* -p NAME=VALUE and --param-file NAME=FILE to the JSON object of a start. */
#ifndef CLI_PARAMS_H
#define CLI_PARAMS_H

#include "cli/command.h"

/* Types come from the workflow's schema, read from the backend; without one a
 * value is a string. Errors name the parameter (ERR_USAGE). */
bool params_read(struct cli *c, const char *workflow, struct str *json, struct err *err);

/* After a refused start: whether its reason lies in the workflow's file (ERR_CONFIG)
 * or in a required parameter that was not given (ERR_USAGE); then in *err. */
bool params_explain(struct cli *c, const char *workflow, struct err *err);

#endif
