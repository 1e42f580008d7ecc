/* A grid of cells that views draw on and a terminal presents. All text is made
 * safe here (base/clean.h): canvas_text is the only way in for words. A cell has
 * a style role or, in logs, a palette colour; never a terminal's attribute. */
#ifndef SCREEN_CANVAS_H
#define SCREEN_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clean.h"
#include "base/str.h"
#include "screen/rect.h"
#include "screen/style.h"

enum { CELL_TEXT_MAX = 24 };	/* bytes of one grapheme, longer ones become U+FFFD */

struct cell {
	char text[CELL_TEXT_MAX];	/* UTF-8 of one grapheme, NUL-terminated; "" is a blank */
	uint8_t width;			/* 1 or 2; 0: right half of the cell before */
	uint8_t role;			/* enum style_role */
	uint8_t flags;			/* CELL_REVERSE ...: on top of the role */
	int32_t fore, back;		/* logs only: as struct clean_style; -1: the role's */
};

enum { CELL_REVERSE = 1, CELL_BOLD = 2, CELL_UNDERLINE = 4, CELL_DIM = 8, CELL_ITALIC = 16 };

struct canvas {
	int rows, cols;
	bool unicode;		/* false: glyphs outside ASCII are never put */
	struct cell *cells;	/* rows * cols */
	int cursor_row, cursor_col;	/* -1: hidden */
};

void canvas_init(struct canvas *c, int rows, int cols, bool unicode);
void canvas_release(struct canvas *c);
/* Keeps nothing. */
void canvas_resize(struct canvas *c, int rows, int cols);
/* to becomes the same size and picture. */
void canvas_copy(struct canvas *to, const struct canvas *from);
/* Blanks with STYLE_PLAIN, cursor hidden. */
void canvas_erase(struct canvas *c);
void canvas_fill(struct canvas *c, struct rect r, enum style_role role);
const struct cell *canvas_at(const struct canvas *c, int row, int col);

/* Text as a label (one line, made safe), from (row, col), at most `cells` wide,
 * clipped to the canvas; cut text ends with "…" or "~". Returns the cells used. */
int canvas_text(struct canvas *c, int row, int col, int cells, enum style_role role,
		struct view text);
/* The cells that canvas_text would use for all of it. */
int canvas_width(const struct canvas *c, struct view text);
/* Our own words and glyphs: same, from a C string. */
int canvas_words(struct canvas *c, int row, int col, int cells, enum style_role role,
		 const char *words);
/* printf form of canvas_words for our own words and numbers. */
int canvas_format(struct canvas *c, int row, int col, int cells, enum style_role role,
		  const char *format, ...) __attribute__((format(printf, 6, 7)));
/* A cleaned line of a log from display column `skip` on, with its colours. */
int canvas_log(struct canvas *c, int row, int col, int cells, const struct clean_line *line,
	       int skip);
/* A glyph with its ASCII stand-in, e.g. ("●", "*"). */
int canvas_glyph(struct canvas *c, int row, int col, enum style_role role, const char *glyph,
		 const char *ascii);
void canvas_hline(struct canvas *c, int row, int col, int cells, enum style_role role);
void canvas_vline(struct canvas *c, int row, int col, int rows, enum style_role role);
/* A frame round r, with a title on its top edge (may be empty). */
void canvas_box(struct canvas *c, struct rect r, enum style_role role, struct view title);
/* Changes the role of cells that are already there. */
void canvas_paint(struct canvas *c, struct rect r, enum style_role role);
/* Adds flags to cells that are already there. */
void canvas_mark(struct canvas *c, struct rect r, unsigned flags);
void canvas_cursor(struct canvas *c, int row, int col);
bool cell_same(const struct cell *a, const struct cell *b);
bool canvas_same(const struct canvas *a, const struct canvas *b);

#endif
