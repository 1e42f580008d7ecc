/* JSON read and written. */
#include "lib/unit.h"

#include <math.h>
#include <string.h>

#include "wire/json.h"
#include "wire/jsonw.h"

static struct json_doc *doc;

static const struct json *parsed(const char *text)
{
	struct err err = { 0 };
	json_free(doc);
	doc = json_parse(view_of(text), 0, &err);
	ck_assert_msg(doc != NULL, "%s: %s", text, err_text(&err));
	return json_root(doc);
}

static void no_doc(void)
{
	json_free(doc);
	doc = NULL;
}

START_TEST(values_are_read_by_exact_name_and_kind)
{
	const struct json *v = parsed("{\"Admin\": 1, \"admin\": \"x\", \"list\": [true, null, 2.5]}");
	ck_assert(view_is(json_get_text(v, "admin"), "x"));
	ck_assert_int_eq(json_get_int(v, "Admin", -1), 1);
	ck_assert_ptr_null(json_get(v, "ADMIN"));
	ck_assert_uint_eq(json_count(json_get(v, "list")), 3);
	const struct json *i = json_first(json_get(v, "list"));
	ck_assert(json_kind(i) == JSON_BOOL && json_true(i));
	i = json_next(i);
	ck_assert_int_eq(json_kind(i), JSON_NULL);
	i = json_next(i);
	ck_assert(fabs(json_real(i, 0) - 2.5) < 1e-9);
	ck_assert_ptr_null(json_next(i));
	ck_assert(view_is(json_key(json_first(v)), "Admin"));
}
END_TEST

START_TEST(what_is_missing_or_of_another_kind_gives_the_fallback)
{
	const struct json *v = parsed("{\"s\": \"x\", \"n\": 1.5, \"t\": \"2026-11-20T03:00:00Z\"}");
	ck_assert_int_eq(json_get_int(v, "none", 7), 7);
	ck_assert_int_eq(json_get_int(v, "s", 7), 7);
	ck_assert_int_eq(json_get_int(v, "n", 7), 7);
	ck_assert_uint_eq(json_get_text(v, "n").len, 0);
	ck_assert_int_eq(json_get_time(v, "s"), 0);
	ck_assert_int_eq(json_get_time(v, "t"), INT64_C(1795143600000));
	ck_assert_ptr_null(json_get(NULL, "x"));
	ck_assert_uint_eq(json_count(NULL), 0);
	ck_assert_int_eq(json_kind(NULL), JSON_NULL);
}
END_TEST

START_TEST(integers_keep_all_their_digits)
{
	const char *text = "{\"a\":9007199254740993,\"b\":\"9007199254740993\","
			   "\"c\":[-9223372036854775808,1],\"d\":123456789012345678901234567890}";
	const struct json *v = parsed(text);
	ck_assert_int_eq(json_get_int(v, "a", 0), INT64_C(9007199254740993));
	ck_assert_int_eq(json_get_int(v, "b", 0), INT64_C(9007199254740993));
	ck_assert_int_eq(json_kind(json_get(v, "a")), JSON_NUMBER);
	ck_assert_int_eq(json_kind(json_get(v, "b")), JSON_STRING);
	ck_assert_uint_eq(json_get_text(v, "a").len, 0);
	ck_assert_int_eq(json_int(json_first(json_get(v, "c")), 0), INT64_MIN);
	struct str out = { 0 };
	json_print(v, &out);
	ck_assert_str_eq(str_text(&out), text);
	str_release(&out);
}
END_TEST

static const char *const compact[] = {
	"null", "true", "[]", "{}", "\"\"", "-1", "0.5", "1e+300", "[1,2,[3,{\"a\":[]}]]",
	"{\"a\":{\"b\":\"c d\"},\"e\":[false,null]}", "\"\\\"\\\\\\n\\u0001\\u007f\\u202e\"",
	"\"gr\xc3\xbc\xc3\x9f\"", "123456789012345", "[12345678901234567,\"12345678901234567\",3]",
};

START_TEST(compact_text_prints_as_it_was)
{
	struct str out = { 0 };
	json_print(parsed(compact[_i]), &out);
	ck_assert_str_eq(str_text(&out), compact[_i]);
	str_release(&out);
}
END_TEST

static const char *const malformed[] = {
	"", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{'a':1}", "[1] x", "nul", "01", "+1", "1.",
	"\"a", "\"\\x\"", "\"\\ud800\"", "\"a\tb\"", "{\"a\":1,\"a\":2}", "\"\\u0000\"", "\"\xff\"",
	"[1 2]", "NaN",
};

START_TEST(malformed_text_is_refused)
{
	struct err err = { 0 };
	ck_assert_ptr_null(json_parse(view_of(malformed[_i]), 0, &err));
	ck_assert_int_ne(err.kind, ERR_NONE);
	err_release(&err);
}
END_TEST

START_TEST(too_deep_and_too_long_are_refused)
{
	struct str text = { 0 };
	str_add_many(&text, '[', 200);
	str_add_many(&text, ']', 200);
	ck_assert_ptr_null(json_parse(view_of_str(&text), 0, NULL));
	ck_assert_ptr_null(json_parse(VIEW("[1,2,3]"), 4, NULL));
	str_release(&text);
}
END_TEST

START_TEST(a_writer_puts_commas_keys_and_escapes_by_itself)
{
	struct str out = { 0 };
	struct jsonw w;
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_int(&w, "n", INT64_MIN);
	jsonw_real(&w, "r", 0.1);
	jsonw_real(&w, "inf", INFINITY);
	jsonw_bool(&w, "b", true);
	jsonw_string(&w, "s", NULL);
	jsonw_array(&w, "list");
	jsonw_text(&w, NULL, VIEW("a"));
	jsonw_object(&w, NULL);
	jsonw_end_object(&w);
	jsonw_null(&w, NULL);
	jsonw_end_array(&w);
	jsonw_key(&w, VIEW("k\"1"));
	jsonw_raw(&w, NULL, VIEW("[1]"));
	jsonw_key(&w, VIEW("k2"));
	jsonw_array(&w, NULL);
	jsonw_end_array(&w);
	jsonw_raw(&w, "raw", VIEW(""));
	jsonw_time(&w, "at", INT64_C(1795143600000));
	jsonw_time(&w, "never", 0);
	jsonw_end_object(&w);
	ck_assert_str_eq(str_text(&out),
			 "{\"n\":-9223372036854775808,\"r\":0.1,\"inf\":null,\"b\":true,\"s\":null,"
			 "\"list\":[\"a\",{},null],\"k\\\"1\":[1],\"k2\":[],\"raw\":null,"
			 "\"at\":\"2026-11-20T03:00:00.000Z\",\"never\":null}");
	str_release(&out);
}
END_TEST

START_TEST(what_a_terminal_would_obey_is_written_as_an_escape)
{
	struct str out = { 0 };
	jsonw_add_quoted(&out, VIEW("\x1b[2J\x7f\xc2\x9b" "\xe2\x80\xae\xff\xc3\xa4\b"));
	ck_assert_str_eq(str_text(&out),
			 "\"\\u001b[2J\\u007f\\u009b\\u202e\xef\xbf\xbd\xc3\xa4\\b\"");
	str_release(&out);
}
END_TEST

unit_suite_fn suite_json;

Suite *suite_json(void)
{
	Suite *s = suite_create("json");
	TCase *c = tcase_create("json");
	tcase_add_checked_fixture(c, NULL, no_doc);
	tcase_add_test(c, values_are_read_by_exact_name_and_kind);
	tcase_add_test(c, what_is_missing_or_of_another_kind_gives_the_fallback);
	tcase_add_test(c, integers_keep_all_their_digits);
	tcase_add_loop_test(c, compact_text_prints_as_it_was, 0, sizeof compact / sizeof *compact);
	tcase_add_loop_test(c, malformed_text_is_refused, 0, sizeof malformed / sizeof *malformed);
	tcase_add_test(c, too_deep_and_too_long_are_refused);
	tcase_add_test(c, a_writer_puts_commas_keys_and_escapes_by_itself);
	tcase_add_test(c, what_a_terminal_would_obey_is_written_as_an_escape);
	suite_add_tcase(s, c);
	return s;
}
