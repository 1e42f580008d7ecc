/* Themes: what each style role looks like at each depth of colour. A theme is a
 * file themes/NAME.theme:
 *
 *	[mono]                      attributes only
 *	waiting = bold
 *	[16]                        names (black red green yellow blue magenta cyan
 *	running = cyan              white, bright-...) or 0..15
 *	title = black/cyan bold     fore/back; "default" is the terminal's own
 *	[256]                       also 16..255
 *	[true]                      also #rrggbb
 *
 * A role that a section does not name looks as in the section before it. */
#ifndef SCREEN_THEME_H
#define SCREEN_THEME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "screen/style.h"

enum theme_depth { DEPTH_MONO, DEPTH_16, DEPTH_256, DEPTH_TRUE, DEPTHS };

/* Colours as in struct clean_style: -1 the terminal's own, 0..255 palette, else
 * 0x1000000|RGB. flags: CELL_BOLD ... of canvas.h. */
struct theme_look {
	int32_t fore, back;
	unsigned flags;
};

struct theme {
	struct theme_look looks[DEPTHS][STYLE_ROLES];
};

/* The default theme, which needs no file. */
void theme_init(struct theme *t);
/* Replaces all of *t. On errors (all of them, with file and line) *t stays. */
bool theme_parse(struct theme *t, struct view text, const char *file, struct err *err);

/* Finds NAME: a file of the user ($XDG_CONFIG_HOME/runboard/themes), then one that
 * was installed, then one that is compiled in. A name with a '/' is a path. */
bool theme_load(struct theme *t, const char *name, struct err *err);
/* Appends the names of the themes that can be loaded, sorted, one a line. */
void theme_list(struct str *names);

#endif
