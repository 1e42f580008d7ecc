/* The sanitiser: the only way for text that is not ours to reach a terminal.
 * Called in two places only: canvas_text (screen) and out (plain text).
 *
 * Two classes. LABEL: one line; every C0, C1, DEL, bidi control, zero-width,
 * filler, tag, private-use, non-character and invalid byte becomes visible
 * ("\x1b", "\u{202e}", "\xff", newline "\n"); at most 4 combining marks a base.
 * LOG: tab and SGR are kept (SGR as attributes), a CR in a line restarts it, all
 * other sequences are dropped and counted. Idempotent; never emits a control. */
#ifndef BASE_CLEAN_H
#define BASE_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"

/* Appends v made safe to out. Returns how many characters had to be shown as
 * escapes (0: nothing suspicious). */
size_t clean_label(struct str *out, struct view v);

/* Colour of a piece of log: -1 default, 0..255 palette, else 0x1000000|RGB. */
struct clean_style {
	int32_t fore, back;
	bool bold, dim, italic, underline, reverse;
};

/* A run of equal style: bytes [start, end) of the cleaned text. */
struct clean_span {
	size_t start, end;
	struct clean_style style;
};

struct clean_line {
	struct str text;			/* printable, tabs made blanks (to 8) */
	VEC(struct clean_span) spans;		/* covers text, in order */
	size_t dropped;				/* sequences and bytes left out */
};

/* State that goes from one line to the next (SGR only). Zeroed is the start:
 * use clean_style_plain. */
struct clean_style clean_style_plain(void);
/* One line of a log, without its newline. out is cleared first. *style is the
 * style at its start and becomes the one at its end. */
void clean_log_line(struct view line, struct clean_style *style, struct clean_line *out);
void clean_line_release(struct clean_line *line);

#endif
