/* The door to PCRE2: UTF, bounded match, depth and heap, no \C. */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct regex;

enum regex_case { REGEX_CASE_EXACT, REGEX_CASE_FOLD };

/* NULL and err (with the offset in words) where the pattern is wrong. */
struct regex *regex_new(struct view pattern, enum regex_case fold, struct err *err);
/* True with the place of the first match at or after from. A pattern that is
 * too costly for the text counts as no match. Bytes that are no UTF-8 are
 * matched as if they were U+FFFD. */
bool regex_find(const struct regex *r, struct view text, size_t from, size_t *start, size_t *end);
bool regex_match(const struct regex *r, struct view text);
void regex_free(struct regex *r);

#endif
