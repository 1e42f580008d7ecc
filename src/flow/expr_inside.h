/* The tree of an expression: between expr_parse.c and expr_eval.c only. */
#ifndef FLOW_EXPR_INSIDE_H
#define FLOW_EXPR_INSIDE_H

#include "flow/expr.h"

enum expr_op { EXPR_VALUE, EXPR_PATH, EXPR_LIST, EXPR_NOT, EXPR_AND, EXPR_OR, EXPR_EQ, EXPR_NE,
	       EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE, EXPR_IN, EXPR_CONTAINS, EXPR_STARTS_WITH,
	       EXPR_MATCHES, EXPR_LEN, EXPR_DEFAULT };

struct expr {
	enum expr_op op;
	size_t at;			/* byte offset in the text */
	struct view json;		/* EXPR_VALUE */
	struct expr_path path;		/* EXPR_PATH */
	struct expr *first, *next;	/* operands; the next operand of the parent */
};

#endif
