/* Secrets never get through, however the stream is cut. */
#include "base/mask.h"

#include <string.h>

#include "lib/unit.h"

static void masked_is(const struct mask *m, struct view in, const char *expected)
{
	struct str whole = { 0 };
	mask_text(m, in, &whole);
	ck_assert_str_eq(str_text(&whole), expected);
	for (size_t cut = 1; cut <= in.len; cut++) {
		struct str parts = { 0 };
		struct mask_stream stream = { 0 };
		for (size_t at = 0; at < in.len; at += cut)
			mask_feed(m, &stream, view_cut(in, at, cut), &parts);
		mask_flush(m, &stream, &parts);
		ck_assert_msg(view_eq(view_of_str(&parts), view_of_str(&whole)), "cut %zu: %s",
			      cut, str_text(&parts));
		mask_stream_release(&stream);
		str_release(&parts);
	}
	str_release(&whole);
}

START_TEST(a_secret_is_hidden_in_all_its_forms)
{
	struct mask *m = mask_new();
	ck_assert(mask_empty(m));
	ck_assert(!mask_add(m, VIEW("abc")));
	ck_assert(mask_empty(m));
	ck_assert(mask_add(m, VIEW("s3cr\"t k\xc3\xa4y")));
	ck_assert(!mask_empty(m));
	masked_is(m, VIEW("x s3cr\"t k\xc3\xa4y y"), "x *** y");
	masked_is(m, VIEW("{\"a\":\"s3cr\\\"t k\xc3\xa4y\"}"), "{\"a\":\"***\"}");
	masked_is(m, VIEW("s3cr\\\"t k\\u00e4y"), "***");
	masked_is(m, VIEW("?q=s3cr%22t%20k%C3%A4y&s3cr%22t+k%c3%a4y"), "?q=***&***");
	masked_is(m, VIEW("nothing of it, s3cr\"t k"), "nothing of it, s3cr\"t k");
	mask_free(m);
}
END_TEST

START_TEST(base64_is_found_at_all_three_alignments)
{
	struct mask *m = mask_new();
	mask_add(m, VIEW("hunter2hunter2"));
	/* "hunter2hunter2", "xhunter2hunter2y", "xyhunter2hunter2z" */
	masked_is(m, VIEW("aHVudGVyMmh1bnRlcjI="), "***I=");
	masked_is(m, VIEW("eGh1bnRlcjJodW50ZXIyeQ=="), "eG***eQ==");
	masked_is(m, VIEW("eHlodW50ZXIyaHVudGVyMno="), "eHl***no=");
	mask_free(m);
}
END_TEST

START_TEST(each_line_of_a_long_secret_is_one_too)
{
	struct mask *m = mask_new();
	mask_add(m, VIEW("first line\r\nshort\nlast line"));
	masked_is(m, VIEW("a first line b"), "a *** b");
	masked_is(m, VIEW("short last line"), "short ***");
	masked_is(m, VIEW("first line\r\nshort\nlast line!"), "***!");
	mask_free(m);
}
END_TEST

START_TEST(secrets_that_overlap_leave_nothing_behind)
{
	struct mask *m = mask_new();
	mask_add(m, VIEW("abcd"));
	mask_add(m, VIEW("cdef"));
	mask_add(m, VIEW("abcdxyz"));
	masked_is(m, VIEW("-abcdef-"), "-***-");
	masked_is(m, VIEW("abcdxyz"), "***");
	masked_is(m, VIEW("abcdxy"), "***xy");
	masked_is(m, VIEW("abcabcd"), "abc***");
	masked_is(m, VIEW("abcdabcd"), "******");
	mask_free(m);
}
END_TEST

START_TEST(only_the_begin_of_a_secret_is_held_back)
{
	struct mask *m = mask_new();
	struct mask_stream stream = { 0 };
	struct str out = { 0 };
	mask_add(m, VIEW("password1"));
	mask_feed(m, &stream, VIEW("line\npass"), &out);
	ck_assert_str_eq(out.ptr, "line\n");
	mask_feed(m, &stream, VIEW("ing\n"), &out);
	ck_assert_str_eq(out.ptr, "line\npassing\n");
	mask_stream_release(&stream);
	str_release(&out);
	mask_free(m);
}
END_TEST

START_TEST(json_stays_json)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "{\"a\": \"x back\\\\slash y\", \"n\": 123456}",
		  "{\"a\": \"x *** y\", \"n\": \"***\"}" },
		{ "[1234567, -1.5e3, null, \"\\\"q\"]", "[\"***\", -1.5e3, null, \"\\\"q\"]" },
		{ "{\"back\\\\slash\": {}}", "{\"***\": {}}" },
		{ "{\"back\\\\slash\": 1, \"123456\" : 2, \"b\": \"123456\"}",
		  "{\"***\": 1, \"***-2\" : 2, \"b\": \"***\"}" },
		{ "\"tail back\\\\", "\"tail back\\\\" },
	};
	struct mask *m = mask_new();
	struct str out = { 0 };
	mask_add(m, VIEW("back\\slash"));
	mask_add(m, VIEW("123456"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		str_clear(&out);
		mask_json(m, view_of(cases[i].in), &out);
		ck_assert_str_eq(str_text(&out), cases[i].out);
	}
	str_release(&out);
	mask_free(m);
}
END_TEST

Suite *suite_mask(void);

Suite *suite_mask(void)
{
	Suite *suite = suite_create("mask");
	TCase *c = tcase_create("mask");
	tcase_add_test(c, a_secret_is_hidden_in_all_its_forms);
	tcase_add_test(c, base64_is_found_at_all_three_alignments);
	tcase_add_test(c, each_line_of_a_long_secret_is_one_too);
	tcase_add_test(c, secrets_that_overlap_leave_nothing_behind);
	tcase_add_test(c, only_the_begin_of_a_secret_is_held_back);
	tcase_add_test(c, json_stays_json);
	suite_add_tcase(suite, c);
	return suite;
}
