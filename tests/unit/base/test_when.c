/* Instants and spans to and from text. */
#include "base/when.h"

#include <time.h>

#include "lib/unit.h"

static void rfc3339_is(int64_t at_ms, const char *expected)
{
	struct str s = { 0 };
	when_add_rfc3339(&s, at_ms);
	ck_assert_str_eq(str_text(&s), expected);
	str_release(&s);
}

START_TEST(instants_are_written_in_utc_whatever_the_zone)
{
	setenv("TZ", "America/New_York", 1);
	tzset();
	rfc3339_is(0, "");
	rfc3339_is(1, "1970-01-01T00:00:00.001Z");
	rfc3339_is(-1, "1969-12-31T23:59:59.999Z");
	rfc3339_is(951782400000, "2000-02-29T00:00:00.000Z");
	rfc3339_is(1795143600123, "2026-11-20T03:00:00.123Z");
	rfc3339_is(4107542400000, "2100-03-01T00:00:00.000Z");
}
END_TEST

START_TEST(any_rfc3339_instant_is_read)
{
	static const struct { const char *text; int64_t at_ms; } cases[] = {
		{ "2026-11-20T03:00:00.000Z", 1795143600000 },
		{ "2026-11-20T03:00:00Z", 1795143600000 },
		{ "2026-11-20t03:00:00.123456789z", 1795143600123 },
		{ "2026-11-20T04:00:00.5+01:00", 1795143600500 },
		{ "2026-11-19T21:30:00-05:30", 1795143600000 },
		{ "1969-12-31T23:59:59Z", -1000 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t at_ms = 0;
		ck_assert_msg(when_parse_rfc3339(view_of(cases[i].text), &at_ms), "%s",
			      cases[i].text);
		ck_assert_int_eq(at_ms, cases[i].at_ms);
	}
}
END_TEST

START_TEST(broken_instants_are_refused)
{
	static const char *const cases[] = {
		"", "2026-11-20", "2026-11-20T03:00:00", "2026-13-20T03:00:00Z",
		"2026-02-29T03:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T03:60:00Z",
		"2026-11-20T03:00:61Z", "2026-11-20T03:00:00.Z", "2026-11-20T03:00:00.1234567890Z",
		"2026-11-20T03:00:00Zx", "2026-11-20T03:00:00+1:00", "2026-11-20T03:00:00+24:00",
		"-026-11-20T03:00:00Z", "2026-1-20T03:00:00Z",
	};
	int64_t at_ms = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(!when_parse_rfc3339(view_of(cases[i]), &at_ms), "%s", cases[i]);
}
END_TEST

START_TEST(every_day_of_a_long_time_comes_back)
{
	for (int64_t day = -200000; day < 200000; day += 7) {
		struct str s = { 0 };
		int64_t back = 0;
		when_add_rfc3339(&s, day * 86400000 + 12345);
		ck_assert(when_parse_rfc3339(view_of_str(&s), &back));
		ck_assert_int_eq(back, day * 86400000 + 12345);
		str_release(&s);
	}
}
END_TEST

START_TEST(a_point_is_a_local_date_an_instant_or_a_span_back)
{
	setenv("TZ", "UTC-1", 1);
	tzset();
	int64_t at_ms = 0;
	ck_assert(when_parse_point(VIEW("2026-11-20"), 0, &at_ms));
	ck_assert_int_eq(at_ms, 1795143600000 - 4 * 3600000);
	ck_assert(when_parse_point(VIEW("2026-11-20T04:00"), 0, &at_ms));
	ck_assert_int_eq(at_ms, 1795143600000);
	ck_assert(when_parse_point(VIEW("2026-11-20T03:00+01:00"), 0, &at_ms));
	ck_assert_int_eq(at_ms, INT64_C(1795140000000));
	ck_assert(when_parse_point(VIEW("2026-11-20T02:00Z"), 0, &at_ms));
	ck_assert_int_eq(at_ms, INT64_C(1795140000000));
	ck_assert(!when_parse_point(VIEW("2026-11-20T02:00Zulu"), 0, &at_ms));
	/* A leap second is the first of the next minute, with an offset and without. */
	ck_assert(when_parse_point(VIEW("2026-11-20T02:59:60Z"), 0, &at_ms));
	ck_assert_int_eq(at_ms, 1795143600000);
	ck_assert(when_parse_point(VIEW("2026-11-20T03:59:60.5"), 0, &at_ms));
	ck_assert_int_eq(at_ms, 1795143600500);
	ck_assert(!when_parse_point(VIEW("2026-11-20T03:59.5"), 0, &at_ms));
	ck_assert(!when_parse_point(VIEW("2026-11-20Z"), 0, &at_ms));
	ck_assert(when_parse_point(VIEW("2026-11-20T03:00:00Z"), 0, &at_ms));
	ck_assert_int_eq(at_ms, 1795143600000);
	ck_assert(when_parse_point(VIEW("24h"), 86400001, &at_ms));
	ck_assert_int_eq(at_ms, 1);
	ck_assert(!when_parse_point(VIEW("yesterday"), 0, &at_ms));
}
END_TEST

START_TEST(spans_are_read_with_units_only)
{
	static const struct { const char *text; int64_t ms; } good[] = {
		{ "500ms", 500 }, { "2s", 2000 }, { "10m", 600000 }, { "2h", 7200000 },
		{ "1d", 86400000 }, { "1h30m", 5400000 }, { "0s", 0 }, { "1m5s10ms", 65010 },
	};
	static const char *const bad[] = { "", "5", "s", "1x", "1s1h", "1s1s", "-1s", "1.5s",
					   "1 s", "99999999999999999999d", "9223372036854775d" };
	int64_t ms = 0;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		ck_assert_msg(when_parse_span(view_of(good[i].text), &ms), "%s", good[i].text);
		ck_assert_int_eq(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!when_parse_span(view_of(bad[i]), &ms), "%s", bad[i]);
}
END_TEST

START_TEST(spans_are_written_in_at_most_two_units)
{
	static const struct { int64_t ms; const char *span, *age; } cases[] = {
		{ -5, "0ms", "0s" }, { 420, "420ms", "0s" }, { 9000, "9s", "9s" },
		{ 65999, "1m 05s", "1m" }, { 12000000, "3h 20m", "3h" },
		{ 187200000, "2d 4h", "2d" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str s = { 0 };
		when_add_span(&s, cases[i].ms);
		ck_assert_str_eq(str_text(&s), cases[i].span);
		str_clear(&s);
		when_add_age(&s, cases[i].ms);
		ck_assert_str_eq(str_text(&s), cases[i].age);
		str_release(&s);
	}
}
END_TEST

START_TEST(local_clock_and_stamp_follow_the_zone)
{
	setenv("TZ", "UTC-2", 1);
	tzset();
	struct str s = { 0 };
	when_add_clock(&s, 1795143600999);
	str_add_char(&s, '|');
	when_add_stamp(&s, 1795143600999);
	ck_assert_str_eq(s.ptr, "05:00:00|2026-11-20 05:00:00");
	str_release(&s);
}
END_TEST

START_TEST(a_frozen_clock_stands_until_thawed)
{
	when_freeze(12345);
	ck_assert_int_eq(when_now_ms(), 12345);
	ck_assert_int_eq(when_mono_ms(), 12345);
	when_freeze(0);
	ck_assert_int_gt(when_now_ms(), 1577836800000);
}
END_TEST

START_TEST(a_wall_clock_that_is_set_takes_no_other_with_it)
{
	when_freeze(12345);
	when_jump(-45);
	ck_assert_int_eq(when_now_ms(), 12300);
	ck_assert_int_eq(when_mono_ms(), 12345);
	ck_assert_int_eq(when_steady_ms(), 12345);
	when_jump(45);
	when_freeze(0);
	int64_t before = when_mono_ms();
	ck_assert_int_ge(when_steady_ms(), before - 1);
}
END_TEST

Suite *suite_when(void);

Suite *suite_when(void)
{
	Suite *suite = suite_create("when");
	TCase *c = tcase_create("when");
	tcase_add_test(c, instants_are_written_in_utc_whatever_the_zone);
	tcase_add_test(c, any_rfc3339_instant_is_read);
	tcase_add_test(c, broken_instants_are_refused);
	tcase_add_test(c, every_day_of_a_long_time_comes_back);
	tcase_add_test(c, a_point_is_a_local_date_an_instant_or_a_span_back);
	tcase_add_test(c, spans_are_read_with_units_only);
	tcase_add_test(c, spans_are_written_in_at_most_two_units);
	tcase_add_test(c, local_clock_and_stamp_follow_the_zone);
	tcase_add_test(c, a_frozen_clock_stands_until_thawed);
	tcase_add_test(c, a_wall_clock_that_is_set_takes_no_other_with_it);
	suite_add_tcase(suite, c);
	return suite;
}
