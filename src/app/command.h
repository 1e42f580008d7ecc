/* Runs a command of the operator's own in the foreground of the terminal. */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/app.h"
#include "core/run.h"

/* Returns when it has ended and Enter was pressed. run: all empty where none is in
 * focus. */
void app_command(struct app *a, const struct run_facts *run, struct view task, const char *context,
		 struct view line);

#endif
