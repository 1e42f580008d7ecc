/* UTF-8 and cells. Widths are libc's wcwidth under the program's locale,
 * because ncurses uses the same; graphemes are utf8proc's. The door to utf8proc. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { UTF8_BAD = 0xFFFFFFFFu };

/* Decodes one code point at v[*at] and moves *at behind it. A malformed byte
 * gives UTF8_BAD and moves by one. *at must be < v.len. */
uint32_t utf8_next(struct view v, size_t *at);
bool utf8_valid(struct view v);
bool utf8_add(struct str *s, uint32_t code);
/* Cells of one code point: 0, 1, 2; -1 where it cannot be drawn. */
int utf8_code_width(uint32_t code);
/* Cells of clean text (see clean.h). */
int utf8_width(struct view v);
/* End of the grapheme cluster that begins at `at`. */
size_t utf8_grapheme_end(struct view v, size_t at);
/* The longest prefix of whole graphemes within `cells`. */
struct view utf8_fit(struct view v, int cells);
/* As utf8_fit, but text that is cut ends with "…" (or "~" where !unicode). */
void utf8_add_cut(struct str *s, struct view v, int cells, bool unicode);
/* Keeps the end instead: "…-4711". For what differs there, as ids do. */
void utf8_add_tail(struct str *s, struct view v, int cells, bool unicode);
bool utf8_is_unicode_locale(void);

#endif
