/* The pieces of JSON text below the grammar, for jscan: blanks, the quick walk
 * over a string's plain bytes, escapes. */
#ifndef BASE_JWORD_H
#define BASE_JWORD_H

#include <stddef.h>

#include "base/str.h"

size_t jword_skip_blanks(struct view text, size_t at);
/* The first place at or after `at` that is no plain ASCII of a string: a quote,
 * a backslash, a control character, a byte from 0x80 on, or the end. */
size_t jword_plain_end(struct view text, size_t at);
/* Passes the escape whose backslash is at *at; adds what it means to out unless
 * NULL. NULL if good, else what was expected. */
const char *jword_escape(struct view text, size_t *at, struct str *out);

#endif
