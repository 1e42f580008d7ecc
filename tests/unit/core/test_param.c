/* Parameters. */
#include "lib/unit.h"

#include <string.h>

#include "core/param.h"

static const struct view envs[] = { VIEW("\"staging\""), VIEW("\"prod\"") };
static const struct param items[] = {
	{ .name = VIEW("env"), .type = PARAM_STRING, .choices = envs, .n_choices = 2,
	  .fallback = VIEW("\"staging\""), .min_length = -1, .max_length = -1 },
	{ .name = VIEW("replicas"), .type = PARAM_INTEGER, .has_minimum = true, .minimum = 1,
	  .has_maximum = true, .maximum = 20, .fallback = VIEW("2"), .min_length = -1,
	  .max_length = -1 },
	{ .name = VIEW("hosts"), .type = PARAM_ARRAY, .items = PARAM_STRING, .min_length = 1,
	  .max_length = 3 },
	{ .name = VIEW("token"), .type = PARAM_STRING, .required = true, .secret = true,
	  .min_length = 3, .max_length = -1 },
	{ .name = VIEW("code"), .type = PARAM_STRING, .pattern = VIEW("^[a-z]+$"),
	  .min_length = -1, .max_length = 5 },
	{ .name = VIEW("ratio"), .type = PARAM_NUMBER, .min_length = -1, .max_length = -1 },
	{ .name = VIEW("fast"), .type = PARAM_BOOLEAN, .min_length = -1, .max_length = -1 },
	{ .name = VIEW("extra"), .type = PARAM_OBJECT, .min_length = -1, .max_length = -1 },
	{ .name = VIEW("ports"), .type = PARAM_ARRAY, .items = PARAM_INTEGER, .min_length = -1,
	  .max_length = -1 },
};
static const struct param_schema schema = { items, sizeof items / sizeof *items };

static const struct {
	const char *name, *typed, *json;	/* json NULL: refused */
	const char *why;
} reading[] = {
	{ "env", "prod", "\"prod\"", "" },
	{ "env", "dev", NULL, "one of staging, prod" },
	{ "replicas", " 7 ", "7", "" },
	{ "replicas", "0", NULL, "at least 1" },
	{ "replicas", "21", NULL, "at most 20" },
	{ "replicas", "2.5", NULL, "whole number" },
	{ "replicas", "many", NULL, "whole number" },
	{ "hosts", "a,b, c", "[\"a\",\"b\",\"c\"]", "" },
	{ "hosts", "[\"a b\", \"c\"]", "[\"a b\", \"c\"]", "" },
	{ "hosts", "", NULL, "at least 1" },
	{ "hosts", "a,b,c,d", NULL, "at most 3" },
	{ "hosts", "[\"a\"", NULL, "no JSON" },
	{ "hosts", "[1]", NULL, "item 1 must be a text" },
	{ "token", "x\"y\\z", "\"x\\\"y\\\\z\"", "" },
	{ "token", "xy", NULL, "at least 3" },
	{ "code", "abc", "\"abc\"", "" },
	{ "code", "ab1", NULL, "pattern" },
	{ "code", "abcdef", NULL, "at most 5" },
	{ "ratio", "0.25", "0.25", "" },
	{ "ratio", "x", NULL, "number" },
	{ "fast", "yes", "true", "" },
	{ "fast", "FALSE", "false", "" },
	{ "fast", "maybe", NULL, "true or false" },
	{ "extra", "{\"a\": [1]}", "{\"a\": [1]}", "" },
	{ "extra", "[]", NULL, "object" },
	{ "extra", "{\"a\":1,\"a\":2}", NULL, "no JSON" },
	{ "ports", "1,2", "[1,2]", "" },
	{ "ports", "1,x", NULL, "item 2" },
};

START_TEST(what_is_typed_becomes_json_of_the_type_or_says_why_not)
{
	const struct param *p = param_find(&schema, view_of(reading[_i].name));
	struct str json = { 0 };
	struct err err = { 0 };
	bool good = param_read(p, view_of(reading[_i].typed), &json, &err);
	ck_assert_msg(good == (reading[_i].json != NULL), "%s: %s", reading[_i].typed,
		      err_text(&err));
	ck_assert_str_eq(str_text(&json), good ? reading[_i].json : "");
	ck_assert_msg(strstr(err_text(&err), reading[_i].why) != NULL, "%s", err_text(&err));
	err_release(&err);
	str_release(&json);
}
END_TEST

START_TEST(a_choice_is_compared_by_value_and_not_by_its_spelling)
{
	ck_assert(param_check(&items[0], VIEW("\"pr\\u006fd\""), NULL));
	ck_assert(!param_check(&items[0], VIEW("\"Prod\""), NULL));
	ck_assert(param_check(&items[1], VIEW("2.0"), NULL));
	ck_assert(!param_check(&items[1], VIEW("2.5"), NULL));
	ck_assert(!param_check(&items[1], VIEW("2 3"), NULL));
	ck_assert(!param_check(&items[1], VIEW("\"2\""), NULL));
}
END_TEST

START_TEST(defaults_fill_what_is_not_given_in_the_order_of_the_schema)
{
	struct arena arena = { 0 };
	struct pair given[] = { { VIEW("token"), VIEW("\"geheim\"") },
				{ VIEW("replicas"), VIEW("3") } };
	struct pairs out;
	ck_assert(param_resolve(&schema, (struct pairs){ given, 2 }, &arena, &out, NULL));
	ck_assert_uint_eq(out.len, 3);
	ck_assert(view_is(out.items[0].name, "env") && view_is(out.items[0].value, "\"staging\""));
	ck_assert(view_is(out.items[1].name, "replicas") && view_is(out.items[1].value, "3"));
	ck_assert(view_is(out.items[2].value, "\"geheim\""));
	arena_release(&arena);
}
END_TEST

START_TEST(all_errors_come_at_once_and_never_show_a_value)
{
	struct arena arena = { 0 };
	struct pair given[] = { { VIEW("typo"), VIEW("1") }, { VIEW("env"), VIEW("\"hidden\"") },
				{ VIEW("replicas"), VIEW("\"hidden\"") } };
	struct pairs out;
	struct err err = { 0 };
	ck_assert(!param_resolve(&schema, (struct pairs){ given, 3 }, &arena, &out, &err));
	ck_assert_str_eq(err_text(&err), "typo: there is no such parameter\n"
					 "env: must be one of staging, prod\n"
					 "replicas: must be a whole number\n"
					 "token: is required");
	ck_assert_int_eq(err.kind, ERR_USAGE);
	err_release(&err);
	arena_release(&arena);
}
END_TEST

START_TEST(a_string_is_shown_without_quotes_and_all_else_as_json)
{
	struct str out = { 0 };
	param_show(&items[0], VIEW("\"a\\nb\""), &out);
	param_show(&items[2], VIEW(" [1] "), &out);
	ck_assert_str_eq(str_text(&out), "a\nb[1]");
	str_release(&out);
}
END_TEST

unit_suite_fn suite_param;

Suite *suite_param(void)
{
	Suite *s = suite_create("param");
	TCase *c = tcase_create("param");
	tcase_add_loop_test(c, what_is_typed_becomes_json_of_the_type_or_says_why_not, 0,
			    sizeof reading / sizeof *reading);
	tcase_add_test(c, a_choice_is_compared_by_value_and_not_by_its_spelling);
	tcase_add_test(c, defaults_fill_what_is_not_given_in_the_order_of_the_schema);
	tcase_add_test(c, all_errors_come_at_once_and_never_show_a_value);
	tcase_add_test(c, a_string_is_shown_without_quotes_and_all_else_as_json);
	suite_add_tcase(s, c);
	return s;
}
