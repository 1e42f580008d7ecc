/* Ages as they are shown. */
#include "model/age.h"

#include "lib/unit.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* Half past some minute. */
#define NOW ((int64_t)1000 * MINUTE + 30 * SECOND)

START_TEST(below_a_minute_every_second_counts)
{
	ck_assert_int_eq(age_shown_ms(NOW - 7500, NOW), 7500);
	ck_assert_int_eq(age_shown_due_ms(NOW - 7500, NOW), 500);
	ck_assert_int_eq(age_shown_ms(NOW + 5, NOW), 0);
}
END_TEST

START_TEST(from_a_minute_on_all_change_at_the_full_minute)
{
	ck_assert_int_eq(age_shown_ms(NOW - 200 * SECOND, NOW), 170 * SECOND);
	ck_assert_int_eq(age_shown_due_ms(NOW - 200 * SECOND, NOW), 30 * SECOND);
	ck_assert_int_eq(age_shown_due_ms(NOW - 3000 * SECOND, NOW), 30 * SECOND);
}
END_TEST

START_TEST(an_age_never_goes_back)
{
	int64_t at = NOW - 17 * SECOND, before = 0;
	for (int64_t now = NOW; now < NOW + 5 * MINUTE; now += 250) {
		int64_t shown = age_shown_ms(at, now);
		ck_assert_int_ge(shown, before);
		before = shown;
	}
}
END_TEST

START_TEST(what_is_said_to_change_later_does_not_change_before)
{
	int64_t at = NOW - 17 * SECOND;
	for (int64_t now = NOW; now < NOW + 3 * MINUTE; now += 333) {
		int64_t due = age_shown_due_ms(at, now);
		ck_assert_int_gt(due, 0);
		int64_t unit = age_shown_ms(at, now) < MINUTE ? SECOND : MINUTE;
		ck_assert_int_eq(age_shown_ms(at, now) / unit, age_shown_ms(at, now + due - 1) / unit);
	}
}
END_TEST

START_TEST(what_has_ended_shows_no_seconds)
{
	ck_assert_int_eq(age_ended_ms(NOW - 10 * SECOND, NOW), 0);
	ck_assert_int_eq(age_ended_ms(NOW - 100 * SECOND, NOW), 70 * SECOND);
	ck_assert_int_eq(age_ended_due_ms(NOW - 10 * SECOND, NOW), 30 * SECOND);
}
END_TEST

START_TEST(what_is_left_counts_down_by_the_second_at_the_end)
{
	ck_assert_int_eq(age_left_ms(NOW + 10 * SECOND, NOW), 10 * SECOND);
	ck_assert_int_eq(age_left_due_ms(NOW + 10 * SECOND, NOW), 1);
	ck_assert_int_eq(age_left_due_ms(NOW + 10 * MINUTE, NOW), 30 * SECOND);
}
END_TEST

Suite *suite_age(void);

Suite *suite_age(void)
{
	Suite *suite = suite_create("age");
	TCase *tc = tcase_create("age");
	tcase_add_test(tc, below_a_minute_every_second_counts);
	tcase_add_test(tc, from_a_minute_on_all_change_at_the_full_minute);
	tcase_add_test(tc, an_age_never_goes_back);
	tcase_add_test(tc, what_is_said_to_change_later_does_not_change_before);
	tcase_add_test(tc, what_has_ended_shows_no_seconds);
	tcase_add_test(tc, what_is_left_counts_down_by_the_second_at_the_end);
	suite_add_tcase(suite, tc);
	return suite;
}
