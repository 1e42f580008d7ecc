/* A canvas as text that people can read: for golden screens, `snapshot` and
 * failing tests. Never an escape sequence. */
#ifndef SCREEN_DUMP_H
#define SCREEN_DUMP_H

#include "base/str.h"
#include "screen/canvas.h"

/* One line a row, each ending with '|' behind the last column. */
void dump_text(struct str *s, const struct canvas *c);
/* One line a row without trailing blanks: for people and pipes. */
void dump_plain(struct str *s, const struct canvas *c);
/* What differs from plain, one rectangle a line, counted from 0:
 *   1-2   20-38   selected
 *   1     20-29   failed bold
 *   4     0-6     plain fore=1 back=#102030
 * Rows with the same columns and look that follow one another are one line. */
void dump_paint(struct str *s, const struct canvas *c);
/* "none" or "ROW COL". */
void dump_cursor(struct str *s, const struct canvas *c);

#endif
