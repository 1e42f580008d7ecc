/* INI text: [section], key = value, '#' and ';' comments on lines of their own,
 * values trimmed, "..." quotes keep blanks. UTF-8, lines up to 4096 bytes. */
#ifndef BASE_INI_H
#define BASE_INI_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* section is "" before the first. Return false with a reason in *why (a static
 * or otherwise living text): it becomes "FILE:LINE: why", and reading goes on. */
typedef bool ini_entry_fn(void *arg, struct view section, struct view key, struct view value,
			  int line, const char **why);

/* All errors at once, one per line of the error's text (ERR_CONFIG). */
bool ini_parse(struct view text, const char *file, ini_entry_fn *entry, void *arg, struct err *err);

#endif
