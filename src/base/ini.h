/* INI text: [section], key = value, '#' and ';' comments on lines of their own,
 * values trimmed, "..." quotes keep blanks. UTF-8, lines up to 4096 bytes. */
#ifndef BASE_INI_H
#define BASE_INI_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* One line of the file, as it is handed over. */
struct ini_pair {
	struct view section;	/* "" before the first */
	struct view key, value;
	int line;
	const char *why;	/* set by who refuses it: a static or otherwise living text */
};

/* Return false with a reason in pair->why: it becomes "FILE:LINE: KEY: why", and
 * reading goes on. */
typedef bool ini_entry_fn(void *arg, struct ini_pair *pair);

/* All errors at once, one per line of the error's text (ERR_CONFIG). */
bool ini_parse(struct view text, const char *file, ini_entry_fn *entry, void *arg, struct err *err);

#endif
