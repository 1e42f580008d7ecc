/* The two ways to show the board: live on a terminal, or once as text. */
#ifndef APP_BOARD_H
#define APP_BOARD_H

#include "app/app.h"
#include "base/out.h"

/* Until the operator quits. False where it could not be opened. */
bool app_board(const struct app_options *options, struct err *err);
/* Prints rows x cols of options, when what the backends have is there. */
bool app_snapshot(const struct app_options *options, struct out *out, struct err *err);

#endif
