/* Expressions: what they give, and what is said where they are wrong. */
#include "flow/expr.h"

#include "flow/template.h"
#include "lib/unit.h"

/* steps has its results one level down, so that the scope answers for two parts. */
static bool lookup(void *arg, const struct expr_path *path, struct view *json, size_t *used)
{
	static const struct {
		const char *name, *json;
	} known[] = {
		{ "params", "{\"env\": \"prod\", \"n\": 3, \"hosts\": [\"a\", \"b\"], \"yes\": true,"
			    " \"big\": 9007199254740993, \"o\": {\"k\": null}, \"text\": \"5\"}" },
		{ "item", "\"it\"" },
	};
	(void)arg;
	for (size_t i = 0; i < 2; i++) {
		if (!view_is(path->parts[0], known[i].name))
			continue;
		*json = view_of(known[i].json);
		*used = 1;
		return true;
	}
	if (path->len < 2 || !view_is(path->parts[0], "steps") || !view_is(path->parts[1], "a-b"))
		return false;
	*json = VIEW("{\"status\": \"completed\", \"result\": {\"ok\": \"true\", \"l\": [[1], 2]}}");
	*used = 2;
	return true;
}

static const struct expr_scope scope = { lookup, NULL };

/* The value as JSON, else "at OFFSET: error" or the error of the evaluation. */
static void expect(const char *text, const char *wanted)
{
	struct arena arena = { 0 };
	struct str got = { 0 };
	struct err err = { 0 };
	struct view json = { 0 };
	size_t at = 0;
	const struct expr *e = expr_parse(view_of(text), &arena, &at, &err);
	if (!e)
		str_addf(&got, "at %zu: %s", at, err_text(&err));
	else if (expr_eval(e, &scope, &arena, &json, &err))
		str_add(&got, json);
	else
		str_add_text(&got, err_text(&err));
	ck_assert_msg(str_eq(str_text(&got), wanted), "%.99s\n gives %s\nnot    %s", text,
		      str_text(&got), wanted);
	str_release(&got);
	err_release(&err);
	arena_release(&arena);
}

START_TEST(literals_are_json)
{
	expect("1.50", "1.50");
	expect("\"a\\u00e9\"", "\"a\xc3\xa9\"");
	expect("'it''s \\n'", "\"it's \\\\n\"");
	expect("[1, 'a', [], null]", "[1,\"a\",[],null]");
	expect(" true ", "true");
	expect("-3", "-3");
}
END_TEST

START_TEST(paths_lead_into_values_and_nowhere_is_null)
{
	expect("params.env", "\"prod\"");
	expect("params.hosts[1]", "\"b\"");
	expect("params[\"env\"]", "\"prod\"");
	expect("steps.a-b.result.l[0][0]", "1");
	expect("steps.no.result", "null");
	expect("params.env.deeper", "null");
	expect("item", "\"it\"");
	expect("params.hosts[9]", "null");
}
END_TEST

START_TEST(equality_is_by_value)
{
	expect("params.n == 3.0", "true");
	expect("params.hosts == ['a', \"b\"]", "true");
	expect("params.hosts == ['b', 'a']", "false");
	expect("params.o == params.o", "true");
	expect("params.o.k == null", "true");
	expect("params.env != 'prod'", "false");
	expect("params.big == 9007199254740992", "false");
	expect("null == false", "false");
}
END_TEST

START_TEST(text_that_a_step_wrote_equals_the_value_it_looks_like)
{
	expect("steps.a-b.result.ok == true", "true");
	expect("params.text == 5", "true");
	expect("params.text > 4", "true");
	expect("'x' == 5", "false");
	expect("'1' == '1.0'", "false");
}
END_TEST

START_TEST(order_is_for_numbers_and_for_texts)
{
	expect("params.n <= 3", "true");
	expect("params.n < 3", "false");
	expect("'a' < 'b'", "true");
	expect("params.big > 9007199254740992", "true");
	expect("params.hosts < 1",
	       "column 14: only numbers with numbers and texts with texts have an order");
	expect("null < 1", "column 6: only numbers with numbers and texts with texts have an order");
}
END_TEST

START_TEST(and_or_not_bind_as_usual_and_stop_early)
{
	expect("false && null < 1 || true", "true");
	expect("true || null < 1", "true");
	expect("!params.no && !false", "true");
	expect("true || true && false", "true");
	expect("(true || true) && false", "false");
	expect("params.no || 'x'", "\"x\"");
	expect("!!params.yes", "true");
}
END_TEST

START_TEST(functions_work)
{
	expect("contains(params.hosts, 'a')", "true");
	expect("contains('abc', 'bc')", "true");
	expect("contains(params, 'env')", "true");
	expect("'b' in params.hosts && !('c' in params.hosts)", "true");
	expect("starts_with(params.env, 'pr')", "true");
	expect("starts_with('p', 'pr')", "false");
	expect("matches(params.env, '^p.*d$')", "true");
	expect("len(params.hosts) + 1", "at 18: expected an operator or the end, not '+'");
	expect("len(params.hosts)", "2");
	expect("len('\xc3\xa4')", "1");
	expect("len(params.no)", "0");
	expect("len(3)", "column 1: len() needs a text, a list or an object");
	expect("default(params.no, 7)", "7");
	expect("default(params.n, 7)", "3");
}
END_TEST

START_TEST(mistakes_are_told_with_their_place)
{
	expect("", "at 0: expected a value: a name as params.x, a text in quotes, a number, true, "
		   "false, null or a list");
	expect("params.", "at 7: expected a name after the dot");
	expect("(1", "at 0: this parenthesis is not closed");
	expect("[1, 2", "at 5: expected , or ]");
	expect("'abc", "at 0: the text that begins here is not closed");
	expect("1 < 2 < 3", "at 6: comparisons cannot be chained: use && or parentheses");
	expect("containz(1, 2)", "at 0: there is no function 'containz': did you mean contains");
	expect("len(1, 2)", "at 0: len() takes 1 value, not 2");
	expect("1 = 2", "at 2: expected an operator or the end, not '='");
	expect("01", "at 0: this is no number");
	expect("default(1", "at 9: expected , or )");
}
END_TEST

START_TEST(deep_and_long_expressions_end)
{
	struct str s = { 0 };
	str_add_many(&s, '(', 10000);
	expect(str_text(&s), "at 64: the expression is nested too deeply");
	str_clear(&s);
	str_add_many(&s, '!', 10000);
	expect(str_text(&s), "at 63: the expression is nested too deeply");
	str_clear(&s);
	for (int i = 0; i < 2500; i++)
		str_add_text(&s, "1||");
	str_add_char(&s, '1');
	expect(str_text(&s), "at 2998: the expression is too long");
	str_release(&s);
}
END_TEST

static bool lookup_text(void *arg, const struct expr_path *path, struct view *json, size_t *used)
{
	const struct str *text = arg;
	*json = view_of_str(text);
	*used = 1;
	return path->len > 0;
}

START_TEST(a_costly_expression_gives_up)
{
	struct str text = { 0 }, big = { 0 };
	struct expr_scope scope_of_big = { lookup_text, &big };
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct view json = { 0 };
	str_add_char(&big, '"');
	str_add_many(&big, 'x', 1 << 20);
	str_add_char(&big, '"');
	str_add_text(&text, "false");
	for (int i = 0; i < 20; i++)
		str_add_text(&text, " || a != a");
	const struct expr *e = expr_parse(view_of_str(&text), &arena, NULL, &err);
	ck_assert_ptr_nonnull(e);
	ck_assert(!expr_eval(e, &scope_of_big, &arena, &json, &err));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "costs too much"));
	str_release(&text);
	str_release(&big);
	err_release(&err);
	arena_release(&arena);
}
END_TEST

START_TEST(what_is_false_is_listed)
{
	static const char *const falses[] = { "null", "false", "0", "0.0", "-0", "\"\"", "\"0\"",
					      "\"false\"", "[]", "{ }" };
	static const char *const truths[] = { "true", "1", "\"no\"", "[0]", "{\"a\":0}", "-1" };
	for (size_t i = 0; i < sizeof falses / sizeof *falses; i++)
		ck_assert_msg(!expr_truth(view_of(falses[i])), "%s", falses[i]);
	for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
		ck_assert_msg(expr_truth(view_of(truths[i])), "%s", truths[i]);
}
END_TEST

/* ---- templates ------------------------------------------------------------------ */

typedef bool fill_fn(struct view text, const struct expr_scope *scope, struct str *out,
		     struct err *err);

static void expect_fill(fill_fn *fill, const char *text, const char *wanted)
{
	struct str out = { 0 };
	struct err err = { 0 };
	if (!fill(view_of(text), &scope, &out, &err)) {
		str_clear(&out);
		str_add_text(&out, err_text(&err));
	}
	ck_assert_str_eq(str_text(&out), wanted);
	str_release(&out);
	err_release(&err);
}

START_TEST(a_text_is_filled_with_values)
{
	expect_fill(template_fill, "Ship ${{ params.env }} x${{params.n}}?", "Ship prod x3?");
	expect_fill(template_fill, "${{ params.hosts }}${{ params.no }}", "[\"a\", \"b\"]");
	expect_fill(template_fill, "${{ '}}' }} $ {{ }}", "}} $ {{ }}");
	expect_fill(template_fill, "nothing", "nothing");
	expect_fill(template_fill, "${{ params.n", "expected an operator or the closing }}");
}
END_TEST

START_TEST(one_template_alone_keeps_its_type)
{
	expect_fill(template_value, " ${{ params.n }} ", "3");
	expect_fill(template_value, "n is ${{ params.n }}", "\"n is 3\"");
	expect_fill(template_value, "${{ 1 }}${{ 2 }}", "\"12\"");
	expect_fill(template_value, "", "\"\"");
}
END_TEST

START_TEST(strings_of_a_json_text_are_filled)
{
	expect_fill(template_fill_json,
		    "{\"a\": [\"${{ params.n }}\", \"x${{ item }}\"], \"${{ k }}\": \"plain\\n\"}",
		    "{\"a\": [3, \"xit\"], \"${{ k }}\": \"plain\\n\"}");
}
END_TEST

START_TEST(a_value_cannot_become_a_template)
{
	/* What is filled in is not looked at again. */
	expect_fill(template_fill, "${{ '${{ params.n }}' }}", "${{ params.n }}");
}
END_TEST

Suite *suite_expr(void);
Suite *suite_expr(void)
{
	const TTest *const tests[] = {
		literals_are_json,
		paths_lead_into_values_and_nowhere_is_null,
		equality_is_by_value,
		text_that_a_step_wrote_equals_the_value_it_looks_like,
		order_is_for_numbers_and_for_texts,
		and_or_not_bind_as_usual_and_stop_early,
		functions_work,
		mistakes_are_told_with_their_place,
		deep_and_long_expressions_end,
		a_costly_expression_gives_up,
		what_is_false_is_listed,
		a_text_is_filled_with_values,
		one_template_alone_keeps_its_type,
		strings_of_a_json_text_are_filled,
		a_value_cannot_become_a_template,
	};
	Suite *s = suite_create("expr");
	TCase *c = tcase_create("expr");
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(c, tests[i]);
	suite_add_tcase(s, c);
	return s;
}
