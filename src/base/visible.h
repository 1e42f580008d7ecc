/* What may stand on a screen as it is, and how the rest is shown: the part that
 * both classes of the sanitiser (clean.h) and JSON output share. */
#ifndef BASE_VISIBLE_H
#define BASE_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* One text on its way out. Zeroed but for out. */
struct visible {
	struct str *out;
	bool base;		/* the last character may carry marks */
	bool picture;		/* ... and is no ASCII: may carry a presentation selector */
	int marks;		/* how many it carries */
	int cells;		/* written so far */
	size_t escaped;		/* characters shown as escapes */
};

/* Controls, bidi, zero-width, fillers, tags, private use, noncharacters. */
bool visible_is_hidden(uint32_t code);
/* The end of the run of printable ASCII that begins at `at`. */
size_t visible_plain_end(struct view v, size_t at);
/* Printable ASCII only. */
void visible_add_plain(struct visible *to, struct view v);
/* One character: as it is, or as an escape ("\x1b", "\u{202e}", "\n"). */
void visible_add_code(struct visible *to, uint32_t code);
/* A byte that is no UTF-8: "\xff". */
void visible_add_byte(struct visible *to, unsigned char byte);

#endif
