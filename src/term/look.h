/* What a cell looks like on this terminal: role and theme, or a log's colours,
 * reduced to the depth that the terminal has. Pure. */
#ifndef TERM_LOOK_H
#define TERM_LOOK_H

#include <stdint.h>

#include "screen/canvas.h"
#include "screen/theme.h"

struct look_terminal {
	enum theme_depth depth;
	int colours;		/* 8, 16, 256; 1 << 24: numbers are RGB */
};

/* Colours in the terminal's own numbers, -1 the default. */
struct look {
	int fore, back;
	unsigned flags;
};

/* What terminfo and the environment say: `colours` and `direct` are terminfo's,
 * no_colour is the value of NO_COLOR or NULL. */
struct look_terminal look_detect(int colours, bool direct, const char *no_colour);
struct look look_of(const struct look_terminal *t, const struct theme *theme,
		    const struct cell *cell);

#endif
