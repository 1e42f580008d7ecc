/* The strict scanner and the walk over a list. */
#include "base/jscan.h"

#include <string.h>

#include "lib/unit.h"

static const struct jscan_limits usual = { 0 };

START_TEST(valid_json_passes)
{
	static const char *const good[] = {
		"{}", "[]", "0", "-0", " \t\r\n1 ", "1.5e-3", "\"\"", "true", "false", "null",
		"[1,2,[3]]", "{\"a\":{\"a\":1},\"b\":[{}]}", "\"\\u00e4\\ud83d\\ude00\\n\\/\"",
		"\"gr\xc3\xbc\xc3\x9f\x7f\"", "{\"a\":1,\"A\":2}", "[\"12345678\\\\90\"]",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct err err = { 0 };
		ck_assert_msg(jscan_check(view_of(good[i]), usual, NULL, &err), "%s: %s", good[i],
			      err_text(&err));
	}
}
END_TEST

START_TEST(broken_json_is_refused_and_the_place_is_named)
{
	static const struct { const char *text, *words; } bad[] = {
		{ "", "line 1, column 1: expected a value" },
		{ "{", "a key in quotes" }, { "[1,]", "line 1, column 4: expected a value" },
		{ "{\"a\" 1}", "':'" }, { "{\"a\":1,}", "a key in quotes" },
		{ "[1 2]", "',' or ']'" }, { "{\"a\":1 \"b\":2}", "',' or '}'" },
		{ "01", "leading zeros" }, { "1.", "digit behind the point" },
		{ "-", "a digit" }, { "1e", "exponent" }, { "0x10", "nothing more" },
		{ "tru", "a value" }, { "truex", "nothing more" }, { "[] []", "nothing more" },
		{ "\"a", "the end of a string" }, { "\"\\x\"", "an escape" },
		{ "\"\\", "an escape" }, { "\"\\u12g4\"", "hexadecimal" },
		{ "\"\\u0000\"", "no \\u0000" }, { "\"\\ud800\"", "second half" },
		{ "\"\\udc00\"", "first half" }, { "\"a\tb\"", "control character" },
		{ "\"\xff\"", "UTF-8" }, { "\"\xc0\x80\"", "UTF-8" },
		{ "\"\xed\xa0\x80\"", "UTF-8" }, { "'a'", "a value" }, { "[1]\f", "nothing more" },
		{ "\n\n {\"a\":1,\"a\":2}", "line 3, column 9: expected a key that was not" },
		{ "{\"a\":1,\"\\u0061\":2}", "a key that was not there" },
		{ "\xef\xbb\xbf{}", "a value" }, { "NaN", "a value" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		ck_assert_msg(!jscan_check(view_of(bad[i].text), usual, NULL, &err), "%s",
			      bad[i].text);
		ck_assert_int_eq(err.kind, ERR_PARSE);
		ck_assert_msg(strstr(err_text(&err), bad[i].words) != NULL, "%s: %s", bad[i].text,
			      err_text(&err));
		err_release(&err);
	}
	ck_assert(!jscan_check(VIEW("[1]\0"), usual, NULL, NULL));
}
END_TEST

START_TEST(depth_and_size_are_capped)
{
	struct str deep = { 0 };
	str_add_many(&deep, '[', 64);
	str_add_many(&deep, ']', 64);
	ck_assert(jscan_check(view_of_str(&deep), usual, NULL, NULL));
	ck_assert(!jscan_check(view_of_str(&deep), (struct jscan_limits){ .depth = 63 }, NULL,
			       NULL));
	struct err err = { 0 };
	ck_assert(!jscan_check(VIEW("[1,2]"), (struct jscan_limits){ .size = 4 }, NULL, &err));
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	err_release(&err);
	str_clear(&deep);
	str_add_many(&deep, '[', 1 << 20);
	ck_assert(!jscan_check(view_of_str(&deep), (struct jscan_limits){ .depth = 1 << 30 }, NULL,
			       NULL));
	str_release(&deep);
}
END_TEST

START_TEST(long_integers_are_put_in_quotes)
{
	struct str quoted = { 0 };
	ck_assert(jscan_check(VIEW("{\"a\": 123456789012345, \"b\": [-1234567890123456, 1234567890123456.5]}"),
			      usual, &quoted, NULL));
	ck_assert_str_eq(quoted.ptr, "{\"a\": 123456789012345, \"b\": "
			 "[\"-1234567890123456\", 1234567890123456.5]}");
	str_release(&quoted);
}
END_TEST

static void add_keys(struct str *s, int n)
{
	for (int i = 0; i < n; i++)
		str_addf(s, "%s\"key%d\":%d", i ? "," : "{", i, i);
}

START_TEST(a_twin_is_found_among_a_hundred_thousand_keys)
{
	struct str s = { 0 };
	struct jscan_limits limits = { .size = 64 << 20 };
	add_keys(&s, 100000);
	size_t open = s.len;
	str_add_char(&s, '}');
	ck_assert(jscan_check(view_of_str(&s), limits, NULL, NULL));
	str_shorten(&s, open);
	str_add_text(&s, ",\"key777\":1}");
	ck_assert(!jscan_check(view_of_str(&s), limits, NULL, NULL));
	str_release(&s);
}
END_TEST

START_TEST(the_end_of_a_value_is_found_by_brackets)
{
	ck_assert_uint_eq(jscan_value_end(VIEW(" {\"a\":[1,\"}\\\"\"]} x"), 0), 16);
	ck_assert_uint_eq(jscan_value_end(VIEW("12,"), 0), 2);
	ck_assert_uint_eq(jscan_value_end(VIEW("\"a\""), 0), 3);
	static const char *const bad[] = { "", " ", "{", "[}", "\"a", "\"a\\", "]", ",", "[\"]" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(jscan_value_end(view_of(bad[i]), 0) == SIZE_MAX, "%s", bad[i]);
}
END_TEST

static void walk_is(const char *text, const char *key, const char *expected)
{
	struct str got = { 0 };
	size_t at = 0;
	bool bad = false;
	struct view element;
	while (jscan_next(view_of(text), key, &at, &element, &bad)) {
		str_add(&got, element);
		str_add_char(&got, ';');
	}
	ck_assert(!jscan_next(view_of(text), key, &at, &element, &bad));
	if (bad)
		str_add_char(&got, '!');
	ck_assert_str_eq(str_text(&got), expected);
	str_release(&got);
}

START_TEST(a_list_is_walked_record_by_record)
{
	walk_is("[1, {\"a\":[2]} ,\"x\"]", NULL, "1;{\"a\":[2]};\"x\";");
	walk_is("{\"next\":[9],\"runs\":[{},[]],\"z\":1}", "runs", "{};[];");
	walk_is("[]", NULL, "");
	walk_is("{\"runs\":[]}", "runs", "");
	walk_is("{\"runs\":null}", "runs", "");
	walk_is("{\"x\":1}", "runs", "");
	walk_is("{}", "runs", "");
	walk_is("{\"runs\":3}", "runs", "!");
	walk_is("{\"runs\"", "runs", "!");
	walk_is("7", NULL, "!");
	walk_is("[1,", NULL, "1;!");
	walk_is("[1 2]", NULL, "1;!");
	walk_is("[1,,2]", NULL, "1;!");
	walk_is("[{\"a\":1}", NULL, "{\"a\":1};!");
	walk_is("{\"a\":{\"runs\":[1]},\"runs\":[2]}", "runs", "2;");
}
END_TEST

Suite *suite_jscan(void);

Suite *suite_jscan(void)
{
	Suite *suite = suite_create("jscan");
	TCase *c = tcase_create("jscan");
	tcase_add_test(c, valid_json_passes);
	tcase_add_test(c, broken_json_is_refused_and_the_place_is_named);
	tcase_add_test(c, depth_and_size_are_capped);
	tcase_add_test(c, long_integers_are_put_in_quotes);
	tcase_add_test(c, a_twin_is_found_among_a_hundred_thousand_keys);
	tcase_add_test(c, the_end_of_a_value_is_found_by_brackets);
	tcase_add_test(c, a_list_is_walked_record_by_record);
	suite_add_tcase(suite, c);
	return suite;
}
