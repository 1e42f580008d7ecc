/* The expressions of a workflow file: parsed when they are met, the names that
 * they use are looked at when all parameters and steps are known. */
#ifndef FLOW_TEXTS_H
#define FLOW_TEXTS_H

#include "base/vec.h"
#include "flow/expr.h"
#include "flow/fields.h"
#include "flow/workflow.h"

struct text_use {
	struct expr_path path;
	struct place at;
};

struct texts {
	VEC(struct text_use) uses;	/* paths lie in the loader's arena */
};

/* A text with ${{ }}. */
void texts_template(struct loader *l, const struct yaml_node *n);
/* A bare expression, at `offset` in the node's text. */
void texts_expr(struct loader *l, const struct yaml_node *n, struct view expr, size_t offset);
/* Each string in the node, however deep. */
void texts_all(struct loader *l, const struct yaml_node *n);
/* Problems for what names no parameter, step or variable. */
void texts_resolve(struct loader *l, const struct workflow *w);
void texts_release(struct texts *t);

#endif
