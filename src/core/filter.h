/* The filter language (INTERFACES.md "Filter"): parsed into a tree that can be
 * read (the engine makes SQL of what it can), matched on the facts of a run.
 *
 *   word word        all must match, in the card's text (ASCII letters folded)
 *   "two words"      a phrase          /regex/   folded; \/ is a slash
 *   -term            not               term|term   or (binds closer than the blank)
 *   FIELD:a,b*,"c d" one of them, whole value, `*` globs, letters folded
 *   since:24h until:2026-11-20         created in that time (until a day: its end)
 *   duration>5m wait>=1h retries=0     also `duration:>5m`
 *
 * Beyond INTERFACES.md: lane:, and status:open, status:ended.
 */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/regex.h"
#include "base/str.h"
#include "core/run.h"

enum { FILTER_MAX = 4096, FILTER_TERMS_MAX = 256 };

enum filter_kind {
	FILTER_AND, FILTER_OR,		/* children; AND without any matches all */
	FILTER_NOT,			/* one child */
	FILTER_WORD,			/* text somewhere in the card */
	FILTER_REGEX,			/* text is the pattern */
	FILTER_FIELD,			/* field is one of values */
	FILTER_COMPARE			/* field op number (ms for times and spans) */
};

enum filter_field {
	FILTER_STATUS, FILTER_LANE, FILTER_WORKFLOW, FILTER_TRIGGER, FILTER_BY, FILTER_QUEUE,
	FILTER_WORKER, FILTER_LABEL, FILTER_PARAM, FILTER_TASK, FILTER_ID, FILTER_BACKEND,
	/* only in FILTER_COMPARE */
	FILTER_CREATED,			/* since: is >=, until: is <= */
	FILTER_DURATION, FILTER_WAIT, FILTER_RETRIES,
	FILTER_FIELDS
};

enum filter_op { FILTER_GT, FILTER_GE, FILTER_LT, FILTER_LE, FILTER_EQ };

struct filter_node {
	enum filter_kind kind;
	const struct filter_node *children;
	size_t n_children;
	struct view text;		/* WORD, REGEX */
	const struct regex *regex;	/* REGEX */
	enum filter_field field;	/* FIELD, COMPARE */
	struct view name;		/* of a label or parameter */
	const struct view *values;	/* FIELD */
	const bool *globs;		/* FIELD: values[i] has a * that counts */
	size_t n_values;
	uint32_t set;			/* STATUS, LANE, TRIGGER: bit per enum value that is
					 * meant; then values need not be looked at */
	enum filter_op op;
	int64_t number;			/* COMPARE: ms, or a count */
	bool relative;			/* CREATED: number is a span back from now */
	size_t column, end;		/* byte offsets in the text: where the term stands */
};

struct filter;

/* What a match depends on beside the run. Zeroed: `since:24h` matches nothing,
 * backend: matches by number ("0"). */
struct filter_env {
	int64_t now_ms;
	const struct view *contexts;	/* names, by run_facts.context */
	size_t n_contexts;
	const struct view *own;		/* of all runs, whatever their context; NULL: by contexts */
};

/* For who holds the runs of one backend alone. *name must outlive it; NULL: "local",
 * which the engine calls itself. */
struct filter_env filter_env_of(int64_t now_ms, const struct view *name);

/* NULL and err (ERR_USAGE, "column 8: ...") where the text is wrong or unfinished.
 * column, if given, gets the byte offset (0..) of the error. An empty text is a
 * filter that matches all. */
struct filter *filter_parse(struct view text, size_t *column, struct err *err);
void filter_free(struct filter *f);
struct view filter_text(const struct filter *f);
/* Appends the text for an engine that does not know by which name we call it: each
 * backend: term is one that is true there, or one that is not. */
void filter_add_settled(const struct filter *f, struct view name, struct str *out);
const struct filter_node *filter_root(const struct filter *f);
bool filter_is_empty(const struct filter *f);		/* also for NULL */
/* Whether what it matches changes with the clock alone: match again at times. */
bool filter_is_timed(const struct filter *f);
/* NULL matches all. */
bool filter_match(const struct filter *f, const struct run_facts *run,
		  const struct filter_env *env);
/* One node (for those who translated a part and match the rest). */
bool filter_node_match(const struct filter_node *n, const struct run_facts *run,
		       const struct filter_env *env);
/* Appends a word or a field's value so that it reads back as that text: quoted
 * where it must be. */
void filter_add_quoted(struct str *s, struct view value);

#endif
