/* INI text, and all its errors at once. */
#include "base/ini.h"

#include "lib/unit.h"

static bool note_pair(void *arg, struct ini_pair *pair)
{
	struct str *s = arg;
	str_addf(s, "%d %.*s.%.*s=%.*s;", pair->line, (int)pair->section.len, pair->section.ptr,
		 (int)pair->key.len, pair->key.ptr, (int)pair->value.len, pair->value.ptr);
	if (!view_is(pair->value, "bad"))
		return true;
	pair->why = "must not be bad";
	return false;
}

START_TEST(pairs_come_with_section_and_line)
{
	struct str got = { 0 };
	struct err err = { 0 };
	ck_assert(ini_parse(VIEW("\xef\xbb\xbf# c\na=1\r\n\n[context x y]\n; c\n b = \" q \" \n"
				 "c = a=b # no comment\nd="),
			    "f", note_pair, &got, &err));
	ck_assert_str_eq(got.ptr, "2 .a=1;6 context x y.b= q ;7 context x y.c=a=b # no comment;"
				  "8 context x y.d=;");
	str_release(&got);
}
END_TEST

START_TEST(all_errors_are_told_at_once_with_their_lines)
{
	struct str got = { 0 }, text = { 0 };
	struct err err = { 0 };
	str_add_text(&text, "a=bad\n[x\nword\n=1\nb=\"q\nc=\xff\nd=\x1b\n[]\ne=1\n");
	str_add_many(&text, 'y', 4097);
	ck_assert(!ini_parse(view_of_str(&text), "f", note_pair, &got, &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err_text(&err),
			 "f:1: a: must not be bad\n"
			 "f:2: a section needs a closing ]\n"
			 "f:3: expected [section] or key = value\n"
			 "f:4: there is no key before the =\n"
			 "f:5: b: a quote is not closed\n"
			 "f:6: the line is not plain UTF-8 text\n"
			 "f:7: the line is not plain UTF-8 text\n"
			 "f:8: a section needs a name\n"
			 "f:10: the line is longer than 4096 bytes");
	err_release(&err);
	str_release(&got);
	str_release(&text);
}
END_TEST

Suite *suite_ini(void);

Suite *suite_ini(void)
{
	Suite *suite = suite_create("ini");
	TCase *c = tcase_create("ini");
	tcase_add_test(c, pairs_come_with_section_and_line);
	tcase_add_test(c, all_errors_are_told_at_once_with_their_lines);
	suite_add_tcase(suite, c);
	return suite;
}
