/* Spans between tries. */
#include "backend/backoff.h"

#include "lib/unit.h"

enum { MOST = 0xffffffffu };

START_TEST(the_bound_doubles_up_to_the_cap)
{
	struct backoff b = { 0 };
	const int64_t bounds[] = { 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000 };
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
		ck_assert_int_eq(backoff_next(&b, 0, MOST), bounds[i]);
}
END_TEST

START_TEST(the_span_is_anything_from_nothing_to_the_bound)
{
	struct backoff b = { 0 };
	ck_assert_int_eq(backoff_next(&b, 0, 0), 0);
	ck_assert_int_eq(backoff_next(&b, 0, 0x80000000u), 500);
}
END_TEST

START_TEST(only_a_span_of_health_starts_over)
{
	struct backoff b = { .healthy_ms = 1000 };
	for (int i = 0; i < 4; i++)
		backoff_next(&b, 0, MOST);
	backoff_well(&b, 5000);
	backoff_well(&b, 5900);
	ck_assert_int_eq(backoff_next(&b, 5999, MOST), 8000);
	backoff_well(&b, 7000);
	backoff_well(&b, 7500);
	ck_assert_int_eq(backoff_next(&b, 8000, MOST), 500);
}
END_TEST

Suite *suite_backoff(void);

Suite *suite_backoff(void)
{
	Suite *s = suite_create("backoff");
	TCase *c = tcase_create("backoff");
	tcase_add_test(c, the_bound_doubles_up_to_the_cap);
	tcase_add_test(c, the_span_is_anything_from_nothing_to_the_bound);
	tcase_add_test(c, only_a_span_of_health_starts_over);
	suite_add_tcase(s, c);
	return s;
}
