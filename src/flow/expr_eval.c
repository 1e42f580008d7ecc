/* Expressions: a tree and a scope give a value. Never loops for long: everything is
 * paid for. */
#include "flow/expr.h"

#include "base/jtext.h"
#include "base/regex.h"
#include "flow/expr_inside.h"
#include "flow/expr_value.h"

struct eval {
	const struct expr_scope *scope;
	struct value_work work;
	struct err *err;
	bool failed;
};

static struct view run(struct eval *ev, const struct expr *e);

static struct view fail(struct eval *ev, const struct expr *e, const char *what)
{
	if (!ev->failed)
		err_set(ev->err, ERR_PARSE, "column %zu: %s", e->at + 1, what);
	ev->failed = true;
	return (struct view){ 0 };
}

static struct view yes_no(bool yes)
{
	return yes ? VIEW("true") : VIEW("false");
}

bool expr_truth(struct view json)
{
	static const char *const falses[] = { "", "false", "null", "\"\"", "\"0\"", "\"false\"" };
	struct view v = view_trim(json);
	double number = 1;
	for (size_t i = 0; i < sizeof falses / sizeof *falses; i++)
		if (view_is(v, falses[i]))
			return false;
	if (jtext_kind_of(v) == JTEXT_NUMBER)
		return !number_parse_real(v, &number) || number < 0 || number > 0;
	struct view inside = v.len > 1 ? view_trim(view_cut(v, 1, v.len - 2)) : v;
	return inside.len || (v.ptr[0] != '[' && v.ptr[0] != '{');
}

static struct view run_path(struct eval *ev, const struct expr *e)
{
	struct view json = { 0 };
	size_t used = 1;
	if (!ev->scope || !ev->scope->lookup ||
	    !ev->scope->lookup(ev->scope->arg, &e->path, &json, &used))
		return VIEW("null");
	for (size_t i = used; i < e->path.len && json.len; i++)
		json = value_part(&ev->work, json, e->path.parts[i]);
	ev->work.left -= (int64_t)(json.len / 16);
	return jtext_is_value(json) ? view_trim(json) : VIEW("null");
}

static struct view run_list(struct eval *ev, const struct expr *e)
{
	struct str s = { 0 };
	str_add_char(&s, '[');
	for (const struct expr *item = e->first; item && !ev->failed; item = item->next) {
		if (item != e->first)
			str_add_char(&s, ',');
		str_add(&s, run(ev, item));
	}
	str_add_char(&s, ']');
	ev->work.left -= (int64_t)(s.len / 16);
	struct view json = arena_view(ev->work.arena, view_of_str(&s));
	str_release(&s);
	return json;
}

/* && and || need not look at their right side. */
static struct view run_choice(struct eval *ev, const struct expr *e)
{
	struct view left = run(ev, e->first);
	bool enough = e->op == EXPR_DEFAULT ? !view_is(left, "null") :
					      expr_truth(left) == (e->op == EXPR_OR);
	return enough || ev->failed ? left : run(ev, e->first->next);
}

static struct view run_order(struct eval *ev, const struct expr *e, struct view a, struct view b)
{
	int order = 0;
	if (!value_order(&ev->work, a, b, &order))
		return fail(ev, e, "only numbers with numbers and texts with texts have an order");
	if (e->op == EXPR_LT)
		return yes_no(order < 0);
	if (e->op == EXPR_LE)
		return yes_no(order <= 0);
	return e->op == EXPR_GT ? yes_no(order > 0) : yes_no(order >= 0);
}

static struct view run_matches(struct eval *ev, const struct expr *e, struct view a, struct view b)
{
	struct err err = { 0 };
	struct view text = value_text(&ev->work, a);
	struct regex *r = regex_new(value_text(&ev->work, b), REGEX_CASE_EXACT, &err);
	if (!r) {
		fail(ev, e, err_text(&err));
		err_release(&err);
		return (struct view){ 0 };
	}
	ev->work.left -= (int64_t)text.len + 1000;
	bool found = regex_match(r, text);
	regex_free(r);
	return yes_no(found);
}

static struct view run_length(struct eval *ev, const struct expr *e, struct view a)
{
	struct str s = { 0 };
	int64_t n = value_length(&ev->work, a);
	if (n < 0)
		return fail(ev, e, "len() needs a text, a list or an object");
	str_addf(&s, "%lld", (long long)n);
	struct view json = arena_view(ev->work.arena, view_of_str(&s));
	str_release(&s);
	return json;
}

static bool starts_with(struct eval *ev, struct view a, struct view b)
{
	struct view text = value_text(&ev->work, a), front = value_text(&ev->work, b);
	return text.len >= front.len && view_eq(view_cut(text, 0, front.len), front);
}

/* Operators whose operands are values by now. */
static struct view apply(struct eval *ev, const struct expr *e, struct view a, struct view b)
{
	switch (e->op) {
	case EXPR_NOT:
		return yes_no(!expr_truth(a));
	case EXPR_EQ:
		return yes_no(value_equal(&ev->work, a, b));
	case EXPR_NE:
		return yes_no(!value_equal(&ev->work, a, b));
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
		return run_order(ev, e, a, b);
	case EXPR_IN:
		return yes_no(value_contains(&ev->work, b, a));
	case EXPR_CONTAINS:
		return yes_no(value_contains(&ev->work, a, b));
	case EXPR_STARTS_WITH:
		return yes_no(starts_with(ev, a, b));
	case EXPR_MATCHES:
		return run_matches(ev, e, a, b);
	case EXPR_LEN:
		return run_length(ev, e, a);
	case EXPR_VALUE:
	case EXPR_PATH:
	case EXPR_LIST:
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_DEFAULT:
		break;
	}
	return (struct view){ 0 };
}

/* Recurses as deep as the tree, which has EXPR_MAX_NODES at most. */
static struct view run(struct eval *ev, const struct expr *e)
{
	if (--ev->work.left < 0)
		return fail(ev, e, "the expression costs too much");
	if (e->op == EXPR_VALUE)
		return e->json;
	if (e->op == EXPR_PATH)
		return run_path(ev, e);
	if (e->op == EXPR_LIST)
		return run_list(ev, e);
	if (e->op == EXPR_AND || e->op == EXPR_OR || e->op == EXPR_DEFAULT)
		return run_choice(ev, e);
	struct view a = run(ev, e->first), b = { 0 };
	if (!ev->failed && e->first->next)
		b = run(ev, e->first->next);
	return ev->failed ? (struct view){ 0 } : apply(ev, e, a, b);
}

bool expr_eval(const struct expr *e, const struct expr_scope *scope, struct arena *arena,
	       struct view *json, struct err *err)
{
	struct eval ev = { .scope = scope, .work = { arena, EXPR_MAX_COST }, .err = err };
	struct view value = run(&ev, e);
	if (!ev.failed && ev.work.left < 0)
		fail(&ev, e, "the expression costs too much");
	if (!ev.failed)
		*json = value;
	return !ev.failed;
}

bool expr_test(const struct expr *e, const struct expr_scope *scope, bool *holds, struct err *err)
{
	struct arena arena = { 0 };
	struct view json = { 0 };
	bool good = expr_eval(e, scope, &arena, &json, err);
	if (good)
		*holds = expr_truth(json);
	arena_release(&arena);
	return good;
}
