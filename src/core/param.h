/* Parameters of a workflow: their schema (JSON Schema's words), values as JSON
 * text, validation, and the reading of what a person typed. Pure. */
#ifndef CORE_PARAM_H
#define CORE_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "core/run.h"

enum param_type { PARAM_STRING, PARAM_INTEGER, PARAM_NUMBER, PARAM_BOOLEAN, PARAM_ARRAY,
		  PARAM_OBJECT };

struct param {
	struct view name, title, description;
	enum param_type type;
	enum param_type items;		/* of an array; PARAM_STRING by default */
	bool required, secret;
	struct view fallback;		/* `default` as JSON text, or empty */
	const struct view *choices;	/* `enum`, JSON texts */
	size_t n_choices;
	bool has_minimum, has_maximum;
	double minimum, maximum;
	int64_t min_length, max_length;	/* also minItems, maxItems; -1: none */
	struct view pattern;
};

struct param_schema {
	const struct param *items;	/* in the order of the file: of the form */
	size_t len;
};

const struct param *param_find(const struct param_schema *s, struct view name);
/* What a person typed (or -p NAME=VALUE gave) as JSON text of the parameter's
 * type, checked against the schema. An array may be typed as JSON or as a,b,c. */
bool param_read(const struct param *p, struct view typed, struct str *json, struct err *err);
/* One JSON value against its schema. */
bool param_check(const struct param *p, struct view json, struct err *err);
/* All values of a run: fills defaults, refuses unknown names, missing required
 * ones and wrong values; every error in one text, a line each ("env: ...").
 * *out lies in the arena, in the schema's order. */
bool param_resolve(const struct param_schema *s, struct pairs given, struct arena *arena,
		   struct pairs *out, struct err *err);
/* How a value is shown in a field: strings without quotes, else JSON. */
void param_show(const struct param *p, struct view json, struct str *out);
const char *param_type_name(enum param_type t);
bool param_type_parse(struct view v, enum param_type *out);

#endif
