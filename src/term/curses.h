/* The door to ncurses. It draws into memory: what a frame costs in bytes comes
 * back as text, and somebody else sends it. It never reads keys, never touches
 * the modes of the tty and never asks the tty anything. */
#ifndef TERM_CURSES_H
#define TERM_CURSES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "screen/canvas.h"
#include "screen/theme.h"
#include "term/decode.h"
#include "term/look.h"

struct curses;

/* type: a name of terminfo. ERR_SYSTEM where it is unknown or cannot move its
 * cursor. LINES and COLUMNS are gone from the environment after. */
struct curses *curses_open(const char *type, int rows, int cols, struct err *err);
void curses_free(struct curses *c);

/* Colours as terminfo and no_colour (NO_COLOR's value or NULL) say. */
struct look_terminal curses_colours(const struct curses *c, const char *no_colour);
/* It understands xterm's private modes and OSC. */
bool curses_is_xterm(const struct curses *c);
/* Tells the decoder the strings of the terminal's keys. */
void curses_teach(const struct curses *c, struct decode *d);
/* Appends a string of terminfo, nothing where the terminal has none. */
void curses_add_string(const struct curses *c, struct str *s, const char *name);

void curses_resize(struct curses *c, int rows, int cols);
/* n cells of a row, looks[i] for cells[i]; a wide character with both halves. */
void curses_cells(struct curses *c, int row, int col, const struct cell *cells,
		  const struct look *looks, int n);
/* -1: hidden. */
void curses_cursor(struct curses *c, int row, int col);
/* The next frame paints everything. */
void curses_repaint(struct curses *c);
/* Appends what brings the screen up to date; after curses_leave it begins with
 * what takes the terminal again. */
void curses_frame(struct curses *c, struct str *out);
/* Appends what gives the terminal back. */
void curses_leave(struct curses *c, struct str *out);

#endif
