/* Growable bytes, views, numbers. */
#include "base/str.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "lib/unit.h"

START_TEST(added_bytes_stand_in_order_and_are_terminated)
{
	struct str s = { 0 };
	ck_assert_str_eq(str_text(&s), "");
	str_add_text(&s, "ab");
	str_add_char(&s, 'c');
	str_add_many(&s, 'd', 3);
	str_addf(&s, "-%d", 7);
	ck_assert_str_eq(s.ptr, "abcddd-7");
	ck_assert_uint_eq(s.len, 8);
	str_drop(&s, 3);
	str_shorten(&s, 3);
	ck_assert_str_eq(s.ptr, "ddd");
	str_release(&s);
	ck_assert_ptr_null(s.ptr);
}
END_TEST

START_TEST(what_does_not_fit_is_dropped_whole_and_marked)
{
	struct str s;
	str_init(&s, 4);
	ck_assert(str_add_text(&s, "abc"));
	ck_assert(!str_add_text(&s, "de"));
	ck_assert(!str_addf(&s, "%d", 12));
	ck_assert(s.cut);
	ck_assert_str_eq(s.ptr, "abc");
	ck_assert(str_add_char(&s, 'd'));
	ck_assert_ptr_null(str_reserve(&s, 1));
	ck_assert_ptr_null(str_reserve(&s, SIZE_MAX));
	char *stolen = str_steal(&s);
	ck_assert_str_eq(stolen, "abcd");
	ck_assert_uint_eq(s.max, 4);
	mem_free(stolen);
	stolen = str_steal(&s);
	ck_assert_str_eq(stolen, "");
	mem_free(stolen);
}
END_TEST

START_TEST(a_growing_text_keeps_every_byte)
{
	struct str s = { 0 };
	for (int i = 0; i < 10000; i++)
		str_add_char(&s, (char)(i % 251));
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(s.ptr[i], (char)(i % 251));
	str_release(&s);
}
END_TEST

START_TEST(views_compare_cut_and_trim)
{
	ck_assert(view_is(view_of(NULL), ""));
	ck_assert(!view_eq(VIEW("a\0b"), VIEW("a\0c")));
	ck_assert_int_lt(view_cmp(VIEW("a"), VIEW("ab")), 0);
	ck_assert_int_gt(view_cmp(VIEW("\xff"), VIEW("a")), 0);
	ck_assert_int_eq(view_cmp(VIEW(""), view_of(NULL)), 0);
	ck_assert(view_starts(VIEW("abc"), "ab") && !view_starts(VIEW("a"), "ab"));
	ck_assert(view_ends(VIEW("abc"), "bc") && !view_ends(VIEW("c"), "bc"));
	ck_assert(view_is(view_cut(VIEW("abc"), 1, 99), "bc"));
	ck_assert(view_is(view_cut(VIEW("abc"), 9, 1), ""));
	ck_assert(view_is(view_trim(VIEW(" \t a b\r\n")), "a b"));
	ck_assert(view_is(view_trim(VIEW("   ")), ""));
}
END_TEST

START_TEST(views_are_searched)
{
	struct view hay = VIEW("one Two two");
	ck_assert_uint_eq(view_find(hay, VIEW("two"), 0), 8);
	ck_assert_uint_eq(view_find(hay, VIEW(""), 3), 3);
	ck_assert_uint_eq(view_find(hay, VIEW("two"), 9), SIZE_MAX);
	ck_assert_uint_eq(view_find(hay, VIEW("x"), 99), SIZE_MAX);
	ck_assert_uint_eq(view_find_fold(hay, VIEW("TWO"), 0), 4);
	ck_assert_uint_eq(view_find_fold(hay, VIEW("TWO"), 5), 8);
	ck_assert_uint_eq(view_find_fold(hay, VIEW("three"), 0), SIZE_MAX);
	ck_assert_uint_eq(view_find_byte(hay, 'T', 0), 4);
	ck_assert_uint_eq(view_find_byte(view_of(NULL), 'T', 0), SIZE_MAX);
}
END_TEST

START_TEST(a_split_hands_out_every_part_also_the_empty_last)
{
	struct view rest = VIEW("a,,b,");
	struct view part;
	const char *expected[] = { "a", "", "b", "" };
	for (size_t i = 0; i < 4; i++) {
		ck_assert(view_split(&rest, ',', &part));
		ck_assert(view_is(part, expected[i]));
	}
	part = VIEW("of before");
	ck_assert(!view_split(&rest, ',', &part));
	ck_assert_uint_eq(part.len, 0);
}
END_TEST

START_TEST(globs_match_whole_texts)
{
	static const struct { const char *glob, *text; bool matches; } cases[] = {
		{ "*", "", true }, { "", "", true }, { "", "a", false }, { "a*", "abc", true },
		{ "*c", "abc", true }, { "*b", "abc", false }, { "a?c", "abc", true },
		{ "a?c", "ac", false }, { "*a*b*", "xaxbx", true }, { "*a*b*", "xbxax", false },
		{ "**a**", "a", true }, { "?", "", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(view_glob(view_of(cases[i].glob), view_of(cases[i].text)) ==
			      cases[i].matches, "%s on %s", cases[i].glob, cases[i].text);
}
END_TEST

START_TEST(numbers_are_whole_and_in_range_or_refused)
{
	int64_t n = 77;
	ck_assert(number_parse(VIEW("-9223372036854775808"), INT64_MIN, INT64_MAX, &n));
	ck_assert(n == INT64_MIN);
	ck_assert(number_parse(VIEW("9223372036854775807"), INT64_MIN, INT64_MAX, &n));
	ck_assert(n == INT64_MAX);
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "0x1", "1.0",
					   "9223372036854775808", "-9223372036854775809", "11" };
	n = 77;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!number_parse(view_of(bad[i]), INT64_MIN,
					    str_eq(bad[i], "11") ? 10 : INT64_MAX, &n),
			      "%s", bad[i]);
	ck_assert_int_eq(n, 77);
}
END_TEST

START_TEST(reals_have_json_form)
{
	double d = 0;
	ck_assert(number_parse_real(VIEW("-1.5e2"), &d));
	ck_assert(d == -150.0);
	static const char *const bad[] = { "", "-", "1.", ".5", "01", "1e", "1e+", "0x1", "nan",
					   "inf", "1e999", "1 " };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!number_parse_real(view_of(bad[i]), &d), "%s", bad[i]);
}
END_TEST

START_TEST(counts_of_octets_have_units_of_1024)
{
	static const struct {
		const char *text;
		int64_t octets;
	} good[] = {
		{ "0", 0 }, { "512", 512 }, { "7B", 7 }, { "64K", 65536 }, { "64k", 65536 },
		{ "3M", 3 << 20 }, { "3 MB", 3 << 20 }, { "3MiB", 3 << 20 },
		{ "2G", INT64_C(2) << 30 }, { "1T", INT64_C(1) << 40 },
	};
	static const char *const bad[] = { "", "M", "-1", "1.5G", "1P", "1Mi", "1KK", "1 iB",
					   "9223372036854775807K", "9999999T" };
	int64_t n;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		ck_assert_msg(number_parse_octets(view_of(good[i].text), &n), "%s", good[i].text);
		ck_assert_int_eq(n, good[i].octets);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!number_parse_octets(view_of(bad[i]), &n), "%s", bad[i]);
}
END_TEST

/* The search looks for the rarest letter: it must find what a plain one finds. */
START_TEST(folded_search_finds_the_first_place_whatever_is_rare)
{
	static const char letters[] = "eEtTzZ 7";
	char hay[64], needle[4];
	unsigned seed = 12345;
	for (int round = 0; round < 20000; round++) {
		size_t len = (seed = seed * 1103515245u + 12345u) >> 16 & 63, n = 1 + (seed >> 24) % 3;
		for (size_t i = 0; i < len; i++)
			hay[i] = letters[(seed = seed * 1103515245u + 12345u) >> 16 & 7];
		for (size_t i = 0; i < n; i++)
			needle[i] = letters[(seed = seed * 1103515245u + 12345u) >> 16 & 7];
		size_t want = SIZE_MAX;
		for (size_t i = 0; i + n <= len && want == SIZE_MAX; i++)
			want = strncasecmp(hay + i, needle, n) ? SIZE_MAX : i;
		ck_assert_uint_eq(view_find_fold(view_bytes(hay, len), view_bytes(needle, n), 0), want);
	}
}
END_TEST

START_TEST(hashes_are_stable_within_a_process_and_differ_by_content)
{
	ck_assert(view_hash(VIEW("abcdefghi")) == view_hash(VIEW("abcdefghi")));
	ck_assert(view_hash(VIEW("abcdefghi")) != view_hash(VIEW("abcdefghj")));
	ck_assert(view_hash(VIEW("")) != view_hash(VIEW("\0")));
}
END_TEST

Suite *suite_str(void);

Suite *suite_str(void)
{
	Suite *suite = suite_create("str");
	TCase *c = tcase_create("str");
	tcase_add_test(c, added_bytes_stand_in_order_and_are_terminated);
	tcase_add_test(c, what_does_not_fit_is_dropped_whole_and_marked);
	tcase_add_test(c, a_growing_text_keeps_every_byte);
	tcase_add_test(c, views_compare_cut_and_trim);
	tcase_add_test(c, views_are_searched);
	tcase_add_test(c, a_split_hands_out_every_part_also_the_empty_last);
	tcase_add_test(c, globs_match_whole_texts);
	tcase_add_test(c, numbers_are_whole_and_in_range_or_refused);
	tcase_add_test(c, reals_have_json_form);
	tcase_add_test(c, counts_of_octets_have_units_of_1024);
	tcase_add_test(c, folded_search_finds_the_first_place_whatever_is_rare);
	tcase_add_test(c, hashes_are_stable_within_a_process_and_differ_by_content);
	suite_add_tcase(suite, c);
	return suite;
}
