/* What is wrong with a file, collected so that all of it can be told at once:
 * places and sentences. */
#ifndef FLOW_PROBLEM_H
#define FLOW_PROBLEM_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct place {
	int line, column;	/* from 1; columns are characters, not bytes */
};

struct problem {
	struct place at;
	char *text;
};

/* Zeroed is empty. */
struct problems {
	VEC(struct problem) list;
	size_t dropped;		/* over the cap */
};

/* Control characters in the sentence are shown as '?'. */
void problem_add(struct problems *p, struct place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The nearest of the words as " (did you mean 'x'?)", else "". */
struct str problem_guess(struct view word, const char *const *words, size_t n);
/* A line "FILE:LINE:COL: sentence" each, in the order of places, as ERR_CONFIG.
 * False, unless there are none. */
bool problems_tell(struct problems *p, const char *file, struct err *err);
void problems_release(struct problems *p);

/* Where the byte `offset` of the text stands. */
struct place place_of(struct view text, size_t offset);

#endif
