/* The terminal comes back whatever happens: at a BUG(), without memory, at a
 * crash. While it is ours, stderr goes into memory and is printed after. */
#ifndef TERM_GUARD_H
#define TERM_GUARD_H

#include <termios.h>

#include "base/str.h"

/* Only one terminal can be guarded at a time. `leave`: what the terminal must be
 * sent to be as before (copied, up to 256 bytes); `before`: its modes. */
void guard_take(int tty, struct view leave, const struct termios *before);
/* Gives stderr back and prints what was caught. */
void guard_drop(void);

#endif
