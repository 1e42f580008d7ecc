/* The strict JSON scanner, in front of every parser: RFC 8259 grammar, valid
 * UTF-8, no duplicate keys, no \u0000, no raw controls, nothing after the value,
 * depth and size capped. Also walks a list record by record, so that a long
 * list is never one tree. */
#ifndef BASE_JSCAN_H
#define BASE_JSCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct jscan_limits {
	size_t size;	/* bytes; 0: 1 MiB */
	int depth;	/* 0: 64 */
};

/* Checks the text. Where `quoted` is given, it gets the text with integers of
 * more than 15 digits put in quotes (cJSON would lose digits). The error names
 * line, column and what was expected. */
bool jscan_check(struct view text, struct jscan_limits limits, struct str *quoted, struct err *err);

/* Where one value ends that begins at `at` (white space before it skipped);
 * SIZE_MAX where it is cut or malformed. Balanced brackets and strings only. */
size_t jscan_value_end(struct view text, size_t at);

/* Walks the elements of the array found under the top-level key (e.g. "runs"),
 * or of the text itself where key is NULL. *at starts at 0. False at the end or
 * where the text is malformed (then *bad is set). */
bool jscan_next(struct view text, const char *key, size_t *at, struct view *element, bool *bad);

#endif
