/* "Ship ${{ params.env }}?": expressions in texts. */
#ifndef FLOW_TEMPLATE_H
#define FLOW_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "flow/expr.h"

bool template_has(struct view text);	/* whether "${{" is in it */

/* Appends the text with each ${{ }} replaced: strings without quotes, null as
 * nothing, all else as JSON. */
bool template_fill(struct view text, const struct expr_scope *scope, struct str *out,
		   struct err *err);
/* Appends JSON: of the value itself where the text is one ${{ }} alone, else of
 * the filled text as a string. */
bool template_value(struct view text, const struct expr_scope *scope, struct str *out,
		    struct err *err);
/* As template_value for each string in a JSON text, however deep; keys and all
 * else stay. */
bool template_fill_json(struct view json, const struct expr_scope *scope, struct str *out,
			struct err *err);

/* Parses all expressions of the text; fn (may be NULL) is told their paths with
 * offsets in text. False with the offset of the error. */
struct template_check {
	expr_path_fn *fn;
	void *arg;
	size_t at;		/* of the error */
};
bool template_check(struct view text, struct template_check *check, struct err *err);

#endif
