/* The exit line: what is written is read; anything torn is nothing. */
#include "lib/unit.h"

#include "base/exitline.h"

static const struct exit_line sample = {
	.code = 137, .signal = 9, .reason = EXIT_BY_TIMEOUT, .at_ms = 1790000000123,
	.cpu_ms = 42, .rss_kb = 9001, .read_bytes = 4096, .write_bytes = 8192,
};

START_TEST(a_line_that_was_written_is_read)
{
	struct str s = { 0 };
	struct exit_line got = { 0 };
	exit_line_write(&s, &sample);
	ck_assert_uint_eq(s.len, EXIT_LINE_SIZE);
	ck_assert(s.ptr[s.len - 1] == '\n');
	ck_assert(exit_line_read(view_of_str(&s), &got));
	ck_assert_int_eq(got.code, 137);
	ck_assert_int_eq(got.signal, 9);
	ck_assert_int_eq(got.reason, EXIT_BY_TIMEOUT);
	ck_assert_int_eq(got.at_ms, sample.at_ms);
	ck_assert_int_eq(got.cpu_ms, 42);
	ck_assert_int_eq(got.rss_kb, 9001);
	ck_assert_int_eq(got.read_bytes, 4096);
	ck_assert_int_eq(got.write_bytes, 8192);
	str_release(&s);
}
END_TEST

START_TEST(the_largest_numbers_fit)
{
	struct str s = { 0 };
	struct exit_line got, big = { 255, 64, EXIT_BY_TIMEOUT, INT64_MAX, INT64_MAX, INT64_MAX,
				      INT64_MAX, INT64_MAX };
	exit_line_write(&s, &big);
	ck_assert_uint_eq(s.len, EXIT_LINE_SIZE);
	ck_assert(exit_line_read(view_of_str(&s), &got));
	ck_assert_int_eq(got.write_bytes, INT64_MAX);
	str_release(&s);
}
END_TEST

START_TEST(a_line_with_any_other_octet_is_none)
{
	struct str s = { 0 };
	exit_line_write(&s, &sample);
	size_t sum_end = view_find(view_of_str(&s), VIEW(" sum="), 0) + 13;
	for (size_t i = 0; i < sum_end; i++) {
		struct exit_line got;
		char kept = s.ptr[i];
		s.ptr[i] = (char)(kept ^ 1);
		ck_assert_msg(!exit_line_read(view_of_str(&s), &got), "octet %zu", i);
		s.ptr[i] = kept;
	}
	str_release(&s);
}
END_TEST

START_TEST(a_line_cut_anywhere_is_none)
{
	struct str s = { 0 };
	struct exit_line got;
	exit_line_write(&s, &sample);
	for (size_t n = 0; n < s.len; n++)
		ck_assert(!exit_line_read(view_cut(view_of_str(&s), 0, n), &got));
	str_release(&s);
}
END_TEST

START_TEST(a_preallocated_file_is_no_line)
{
	struct exit_line got;
	char zeros[EXIT_LINE_SIZE] = { 0 };
	ck_assert(!exit_line_read(view_bytes(zeros, sizeof zeros), &got));
	ck_assert(!exit_line_read(VIEW(""), &got));
	ck_assert(!exit_line_read(VIEW("\n"), &got));
}
END_TEST

Suite *suite_exitline(void);
Suite *suite_exitline(void)
{
	Suite *s = suite_create("exitline");
	TCase *t = tcase_create("line");
	tcase_add_test(t, a_line_that_was_written_is_read);
	tcase_add_test(t, the_largest_numbers_fit);
	tcase_add_test(t, a_line_with_any_other_octet_is_none);
	tcase_add_test(t, a_line_cut_anywhere_is_none);
	tcase_add_test(t, a_preallocated_file_is_no_line);
	suite_add_tcase(s, t);
	return s;
}
