/* The two ways to show the board: live on a terminal, or once as text. Both
 * return the exit status of INTERFACES.md. */
#ifndef APP_BOARD_H
#define APP_BOARD_H

#include "app/app.h"
#include "base/out.h"

int app_board(const struct app_options *options);
/* Prints rows x cols of options, when what the backends have is there. */
int app_snapshot(const struct app_options *options, struct out *out);

#endif
