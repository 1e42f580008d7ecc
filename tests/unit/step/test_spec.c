/* The specification's parser. */
#include "lib/unit.h"

#include "step/spec.h"

START_TEST(a_whole_specification_is_taken)
{
	struct spec spec;
	const char *text = "arg 7\n/bin/sh\narg 2\n-c\narg 4\na\nb\n\nenv 3\nA=b\ndir 4\n/tmp\n"
			   "timeout_ms 4\n1500\ngrace_ms 2\n50\nlog_max 3\n100\nmask 6\nsecret\n"
			   "end 0\n\n";
	ck_assert(spec_parse(view_of(text), &spec, NULL));
	ck_assert_uint_eq(spec.args.len, 3);
	ck_assert_str_eq(spec.args.items[2], "a\nb\n");
	ck_assert_ptr_null(spec.args.items[3]);
	ck_assert_str_eq(spec.env.items[0], "A=b");
	ck_assert_ptr_null(spec.env.items[1]);
	ck_assert_str_eq(spec.dir, "/tmp");
	ck_assert_int_eq(spec.timeout_ms, 1500);
	ck_assert_int_eq(spec.grace_ms, 50);
	ck_assert_int_eq(spec.log_max, 100);
	ck_assert(!mask_empty(spec.mask));
	spec_release(&spec);
}
END_TEST

START_TEST(what_is_not_said_has_a_default)
{
	struct spec spec;
	ck_assert(spec_parse(VIEW("arg 4\ntrue\nend 0\n\n"), &spec, NULL));
	ck_assert_int_eq(spec.timeout_ms, 0);
	ck_assert_int_eq(spec.grace_ms, 10000);
	ck_assert(spec.log_max > 0);
	ck_assert_ptr_null(spec.dir);
	ck_assert_ptr_null(spec.env.items[0]);
	ck_assert(mask_empty(spec.mask));
	spec_release(&spec);
}
END_TEST

START_TEST(a_specification_cut_anywhere_is_none)
{
	struct view whole = VIEW("arg 4\ntrue\nenv 5\nA=b\nc\nend 0\n\n");
	for (size_t n = 0; n < whole.len; n++) {
		struct spec spec;
		ck_assert_msg(!spec_parse(view_cut(whole, 0, n), &spec, NULL), "cut at %zu", n);
	}
}
END_TEST

static const char *const wrong[] = {
	"end 0\n\n",				/* no command */
	"arg 4\ntrue\n",			/* no end */
	"arg 5\ntrue\nend 0\n\n",		/* a length that is not */
	"arg -1\n\nend 0\n\n",
	"arg 99999999999999999999\ntrue\nend 0\n\n",
	"arg 4\ntrue\ncolour 3\nred\nend 0\n\n",
	"arg 4\ntrue\nenv 3\nABC\nend 0\n\n",	/* no '=' */
	"arg 4\ntrue\ntimeout_ms 2\n1s\nend 0\n\n",
	"arg 4\ntrue\nend 0\n\narg 4\ntrue\n",	/* something behind the end */
};

START_TEST(a_wrong_specification_is_refused)
{
	struct spec spec;
	struct err err = { 0 };
	ck_assert(!spec_parse(view_of(wrong[_i]), &spec, &err));
	ck_assert_int_eq(err.kind, ERR_PARSE);
	err_release(&err);
}
END_TEST

START_TEST(a_nul_in_an_argument_is_refused)
{
	struct spec spec;
	ck_assert(!spec_parse(view_bytes("arg 4\ntr\0e\nend 0\n\n", 18), &spec, NULL));
}
END_TEST

Suite *suite_spec(void);
Suite *suite_spec(void)
{
	Suite *s = suite_create("spec");
	TCase *t = tcase_create("records");
	tcase_add_test(t, a_whole_specification_is_taken);
	tcase_add_test(t, what_is_not_said_has_a_default);
	tcase_add_test(t, a_specification_cut_anywhere_is_none);
	tcase_add_loop_test(t, a_wrong_specification_is_refused, 0,
			    (int)(sizeof(wrong) / sizeof(*wrong)));
	tcase_add_test(t, a_nul_in_an_argument_is_refused);
	suite_add_tcase(s, t);
	return s;
}
