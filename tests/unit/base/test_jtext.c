/* The cursor over JSON text. */
#include "lib/unit.h"

#include "base/jtext.h"

START_TEST(an_object_is_walked_and_what_is_not_read_is_passed)
{
	struct jtext t = jtext_of(VIEW(" { \"a\" : 1 , \"skip\" : [ {} , [ \"]\" ] ] , \"\\u0062\" : \"x\\ty\" } "));
	struct arena arena = { 0 };
	struct view key;
	ck_assert(!jtext_enter(&t, JTEXT_ARRAY));
	ck_assert(jtext_enter(&t, JTEXT_OBJECT));
	ck_assert(jtext_member(&t, &arena, &key) && view_is(key, "a"));
	ck_assert_int_eq(jtext_int(&t, 0), 1);
	ck_assert(jtext_member(&t, &arena, &key) && view_is(key, "skip"));
	ck_assert(view_is(jtext_value(&t), "[ {} , [ \"]\" ] ]"));
	ck_assert(jtext_member(&t, &arena, &key) && view_is(key, "b"));
	ck_assert(view_is(jtext_string(&t, &arena), "x\ty"));
	ck_assert(!jtext_member(&t, &arena, &key));
	ck_assert(jtext_ended(&t));
	arena_release(&arena);
}
END_TEST

START_TEST(a_cursor_over_bad_text_stops_and_stays_bad)
{
	static const char *const bad[] = { "", "[", "[1,]", "[1 2]", "{\"a\":}", "{\"a\":1,}", "{a:1}",
					   "tru", "01", "1.", "1e", "-", "\"a", "\"a\nb\"", "]", "[1]]" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!jtext_is_value(view_of(bad[i])), "%s", bad[i]);
	struct jtext t = jtext_of(VIEW("[x"));
	ck_assert(jtext_enter(&t, JTEXT_ARRAY) && jtext_element(&t));
	jtext_value(&t);
	ck_assert(t.bad && !jtext_element(&t) && !jtext_ended(&t));
}
END_TEST

START_TEST(depth_is_capped)
{
	struct str text = { 0 };
	str_add_many(&text, '[', 64);
	str_add_many(&text, ']', 64);
	ck_assert(jtext_is_value(view_of_str(&text)));
	str_clear(&text);
	str_add_many(&text, '[', 65);
	str_add_many(&text, ']', 65);
	ck_assert(!jtext_is_value(view_of_str(&text)));
	str_release(&text);
}
END_TEST

START_TEST(halves_of_pairs_and_nul_become_the_replacement)
{
	struct arena arena = { 0 };
	struct jtext t = jtext_of(VIEW("\"\\ud83d\\ude00 \\ud83d x \\ude00 \\u0000\""));
	ck_assert(view_is(jtext_string(&t, &arena),
			  "\xf0\x9f\x98\x80 \xef\xbf\xbd x \xef\xbf\xbd \xef\xbf\xbd"));
	arena_release(&arena);
}
END_TEST

START_TEST(numbers_are_read_also_out_of_quotes)
{
	static const struct {
		const char *json;
		int64_t n;
	} table[] = { { "7", 7 }, { "\"9007199254740993\"", INT64_C(9007199254740993) },
		      { "2.0", 2 }, { "2.5", -1 }, { "true", -1 }, { "\"x\"", -1 }, { "[]", -1 } };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct jtext t = jtext_of(view_of(table[i].json));
		ck_assert_int_eq(jtext_int(&t, -1), table[i].n);
		ck_assert(jtext_ended(&t));
	}
}
END_TEST

unit_suite_fn suite_jtext;

Suite *suite_jtext(void)
{
	Suite *s = suite_create("jtext");
	TCase *c = tcase_create("jtext");
	tcase_add_test(c, an_object_is_walked_and_what_is_not_read_is_passed);
	tcase_add_test(c, a_cursor_over_bad_text_stops_and_stays_bad);
	tcase_add_test(c, depth_is_capped);
	tcase_add_test(c, halves_of_pairs_and_nul_become_the_replacement);
	tcase_add_test(c, numbers_are_read_also_out_of_quotes);
	suite_add_tcase(s, c);
	return s;
}
