/* The expression language of workflow files: total (it always ends), pure, with a
 * cost limit. Parsed once into an arena, evaluated against a scope that answers
 * for paths. Values are JSON texts.
 *
 *   params.env == "prod" && steps.build.result.ok || "eu" in params.regions
 *   == != < <= > >= && || ! in ( ) [a, b]  x["odd name"]  x[0]
 *   contains(x, y) starts_with(x, y) matches(x, "re") len(x) default(x, y)
 *
 * A path that leads nowhere is null. && and || give one of their sides, as in
 * other languages. False are: false, null, 0, "", "0", "false", [] and {} (what a
 * step wrote as name=value is text). For the same reason a text that looks like a
 * number or true/false equals it and is ordered with numbers. Other things that
 * have no order (a list < a number) are errors. */
#ifndef FLOW_EXPR_H
#define FLOW_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { EXPR_MAX_SIZE = 16 << 10, EXPR_MAX_DEPTH = 64, EXPR_MAX_NODES = 2000,
       EXPR_MAX_COST = 1000000 };

struct expr;

/* steps.build.result.ok: its four parts. */
struct expr_path {
	const struct view *parts;
	size_t len;
};

/* Answers with the JSON text of what the first *used parts name (the rest is
 * looked up in it). False: nothing is there, the value is null. The text must live
 * until the evaluation is over. */
typedef bool expr_lookup_fn(void *arg, const struct expr_path *path, struct view *json,
			    size_t *used);

struct expr_scope {
	expr_lookup_fn *lookup;	/* NULL: nothing is known */
	void *arg;
};

/* NULL and err (ERR_PARSE, what was expected) where the text is wrong; *at, if
 * given, is then the byte offset of the error. The tree borrows text. */
struct expr *expr_parse(struct view text, struct arena *arena, size_t *at, struct err *err);
/* As expr_parse, but ends before the first thing that cannot belong to the
 * expression: *at is then its offset. */
struct expr *expr_parse_front(struct view text, struct arena *arena, size_t *at,
			      struct err *err);

/* *json lies in the arena or in what the scope answered with. The error begins
 * with "column N: ". */
bool expr_eval(const struct expr *e, const struct expr_scope *scope, struct arena *arena,
	       struct view *json, struct err *err);
/* Whether it holds. */
bool expr_test(const struct expr *e, const struct expr_scope *scope, bool *holds,
	       struct err *err);
/* What a JSON value is worth where a yes or no is wanted. */
bool expr_truth(struct view json);

typedef void expr_path_fn(void *arg, const struct expr_path *path, size_t offset);
/* Each path that the expression names, with its place. */
void expr_each_path(const struct expr *e, expr_path_fn *fn, void *arg);

#endif
