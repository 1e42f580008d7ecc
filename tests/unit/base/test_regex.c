/* Regular expressions, bounded. */
#include "base/regex.h"

#include <string.h>

#include "lib/unit.h"

START_TEST(the_first_match_from_a_place_is_found)
{
	struct regex *r = regex_new(VIEW("o+"), REGEX_CASE_EXACT, NULL);
	size_t start = 0, end = 0;
	ck_assert(regex_find(r, VIEW("foo bOo"), 0, &start, &end));
	ck_assert(start == 1 && end == 3);
	ck_assert(regex_find(r, VIEW("foo bOo"), 3, &start, &end));
	ck_assert(start == 6 && end == 7);
	ck_assert(!regex_find(r, VIEW("foo"), 4, &start, &end));
	ck_assert(!regex_match(r, view_of(NULL)));
	regex_free(r);
	r = regex_new(VIEW("\xc3\xa4"), REGEX_CASE_FOLD, NULL);
	ck_assert(regex_match(r, VIEW("\xff \xc3\x84 \xff")));
	regex_free(r);
}
END_TEST

START_TEST(a_wrong_pattern_is_told_with_its_place)
{
	struct err err = { 0 };
	ck_assert_ptr_null(regex_new(VIEW("a(b"), REGEX_CASE_EXACT, &err));
	ck_assert_msg(strstr(err_text(&err), "at character 4") != NULL, "%s", err_text(&err));
	ck_assert_ptr_null(regex_new(VIEW("a\\C"), REGEX_CASE_EXACT, &err));
	ck_assert_ptr_null(regex_new(VIEW("\xff"), REGEX_CASE_EXACT, &err));
	err_release(&err);
}
END_TEST

START_TEST(a_costly_pattern_ends_without_a_match)
{
	struct regex *r = regex_new(VIEW("(a+)+$"), REGEX_CASE_EXACT, NULL);
	char text[64];
	memset(text, 'a', sizeof text);
	text[63] = '!';
	ck_assert(!regex_match(r, view_bytes(text, sizeof text)));
	regex_free(r);
}
END_TEST

Suite *suite_regex(void);

Suite *suite_regex(void)
{
	Suite *suite = suite_create("regex");
	TCase *c = tcase_create("regex");
	tcase_add_test(c, the_first_match_from_a_place_is_found);
	tcase_add_test(c, a_wrong_pattern_is_told_with_its_place);
	tcase_add_test(c, a_costly_pattern_ends_without_a_match);
	suite_add_tcase(suite, c);
	return suite;
}
