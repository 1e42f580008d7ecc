/* Maps read by a table: one row a key says its name, its reader and where the
 * value goes. All that is wrong is collected, nothing stops the reading. */
#ifndef FLOW_FIELDS_H
#define FLOW_FIELDS_H

#include <stdint.h>

#include "base/arena.h"
#include "core/run.h"
#include "flow/problem.h"
#include "flow/yaml.h"

struct loader {
	struct arena *arena;
	struct problems *problems;
	struct view source;		/* of the file, for places in block texts */
	/* Names that expressions may use, known after all was read: what is found
	 * before is kept. See texts.h. */
	struct texts *texts;
};

struct field;
/* Puts the value into *target, the struct that the row's offsets are of. */
typedef void field_fn(struct loader *l, const struct yaml_node *n, const struct field *f,
		      void *target);

struct field {
	const char *name;		/* NULL ends a table */
	field_fn *read;
	size_t at, count;		/* offsets of the member(s) */
	int64_t min, max;		/* field_whole; field_span has a min */
	const char *const *words;	/* field_word: the enum's names, NULL at the end */
};

/* Reads each key of a map; unknown ones are problems. False where n is no map. */
bool fields_read(struct loader *l, const struct yaml_node *n, const struct field *table,
		 void *target);
/* "build: must be a list, not a number" */
void fields_refuse(struct loader *l, const struct yaml_node *n, const char *wanted);
/* Reports and is false unless n is of the kind. */
bool fields_want(struct loader *l, const struct yaml_node *n, enum yaml_kind kind);

field_fn field_text;		/* struct view; numbers are taken as text */
field_fn field_template;	/* the same, ${{ }} is checked */
field_fn field_expr;		/* struct view: an expression, also in one ${{ }} */
field_fn field_name;		/* struct view: [a-z0-9][a-z0-9_.-]* */
field_fn field_span;		/* int64_t, ms */
field_fn field_octets;		/* int64_t: 64M, 1GiB; not 0 */
field_fn field_whole;		/* int */
field_fn field_bool;		/* bool */
field_fn field_word;		/* an enum */
field_fn field_names;		/* const struct view * and size_t: field_name each */
field_fn field_variables;	/* the same: names of variables of the environment */
field_fn field_words;		/* the same: any texts */
field_fn field_templates;	/* the same: texts with ${{ }} */
field_fn field_env;		/* struct pairs: texts with ${{ }} */
field_fn field_labels;		/* struct pairs: texts with ${{ }} */
field_fn field_values;		/* struct pairs: JSON texts with ${{ }} */
field_fn field_json;		/* struct view: JSON text with ${{ }} */

bool name_is_good(struct view v);		/* as field_name */
bool name_is_variable(struct view v);		/* [A-Za-z_][A-Za-z0-9_]* */
struct view fields_json(struct loader *l, const struct yaml_node *n);

#endif
