/* What the files of the filter share: the table of fields. */
#ifndef CORE_FILTER_PARTS_H
#define CORE_FILTER_PARTS_H

#include "core/filter.h"

enum filter_value_kind {
	FILTER_TAKES_TEXT,	/* a,b lists with globs */
	FILTER_TAKES_WORD,	/* same, each one a word of a list of ours */
	FILTER_TAKES_TIME,	/* an instant or a span back */
	FILTER_TAKES_SPAN,
	FILTER_TAKES_COUNT
};

struct filter_field_row {
	const char *word;		/* as it is typed; ends with '.' where a name follows */
	enum filter_field field;
	enum filter_value_kind takes;
	enum filter_op op;		/* what a colon means, TIME, SPAN and COUNT only */
};

/* NULL where the word names no field. With `label.NAME`, name gets NAME. */
const struct filter_field_row *filter_field_find(struct view word, struct view *name);
/* Letters folded; a '*' in the pattern is any text. */
bool filter_glob(struct view pattern, struct view text);
bool filter_same(struct view a, struct view b);
/* The i-th word of a field that takes words (status, lane, trigger), NULL behind
 * the last, and the bits that a word stands for. */
const char *filter_word_at(enum filter_field field, int i);
uint32_t filter_word_set(enum filter_field field, struct view pattern, bool glob);

#endif
