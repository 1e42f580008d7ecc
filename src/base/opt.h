/* Command-line options from one table, from which help and completion are made
 * too. Long and short options, values as --x=v, --x v, -xv, -x v; "--" ends. */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum opt_kind { OPT_FLAG, OPT_VALUE };

struct opt {
	const char *name;	/* long name without "--"; NULL ends a table */
	char letter;		/* 0: none */
	enum opt_kind kind;
	const char *value_name;	/* "RUN", for the help */
	const char *help;
};

/* One option as it was met. */
struct opt_found {
	const struct opt *opt;
	const char *value;	/* NULL for a flag */
};

struct opt_result {
	struct opt_found *found;
	size_t n_found;
	const char **words;	/* what is no option, in order; "-" is a word */
	size_t n_words;
};

/* tables: up to the NULL entry of the list of tables. Fails with ERR_USAGE on
 * an unknown option (with "did you mean") or a missing value. */
bool opt_parse(const struct opt *const *tables, int argc, char **argv, struct opt_result *out,
	       struct err *err);
bool opt_has(const struct opt_result *r, const char *name);
/* The last value given, or NULL. */
const char *opt_value(const struct opt_result *r, const char *name);
/* Walks repeated options: *at starts at 0. NULL at the end. */
const char *opt_each(const struct opt_result *r, const char *name, size_t *at);
void opt_result_release(struct opt_result *r);
/* Aligned lines "  -x, --name VALUE   help". */
void opt_add_help(struct str *s, const struct opt *table);
/* The nearest of the words within edit distance 2, or NULL. */
const char *opt_nearest(struct view word, const char *const *words, size_t n);

#endif
