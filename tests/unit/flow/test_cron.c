/* Schedules: fields, days, and the clock that jumps. */
#include "flow/cron.h"

#include "base/when.h"
#include "lib/unit.h"

/* The next n firings as RFC 3339 to the minute, joined by blanks. */
static void expect(const char *cron, const char *zone, const char *after, const char *wanted)
{
	struct str got = { 0 };
	struct err err = { 0 };
	struct cron c;
	int64_t at = 0;
	ck_assert_msg(cron_parse(view_of(cron), &c, &err), "%s", err_text(&err));
	struct cron_zone *z = cron_zone_new(view_of(zone), &err);
	ck_assert_msg(z != NULL, "%s", err_text(&err));
	ck_assert(when_parse_rfc3339(view_of(after), &at));
	while (got.len < strlen(wanted)) {
		at = cron_next(&c, z, at);
		if (got.len)
			str_add_char(&got, ' ');
		size_t from = got.len;
		when_add_rfc3339(&got, at);
		str_shorten(&got, at ? from + 16 : from);
		if (!at)
			str_add_text(&got, "never");
	}
	ck_assert_str_eq(str_text(&got), wanted);
	cron_zone_free(z);
	str_release(&got);
}

START_TEST(fields_fire_at_their_minutes)
{
	expect("*/20 * * * *", "", "2026-11-20T10:00:00Z",
	       "2026-11-20T10:20 2026-11-20T10:40 2026-11-20T11:00");
	expect("5,10-12 3 * * *", "UTC", "2026-11-20T10:00:00Z",
	       "2026-11-21T03:05 2026-11-21T03:10 2026-11-21T03:11 2026-11-21T03:12 "
	       "2026-11-22T03:05");
	expect("0 0 1 jan *", "", "2026-11-20T10:00:00Z", "2027-01-01T00:00 2028-01-01T00:00");
	expect("@weekly", "", "2026-11-20T10:00:00Z", "2026-11-22T00:00 2026-11-29T00:00");
	expect("0 12 * * mon-fri/2", "", "2026-11-20T13:00:00Z",
	       "2026-11-23T12:00 2026-11-25T12:00 2026-11-27T12:00");
	expect("0 0 * * 7", "", "2026-11-20T13:00:00Z", "2026-11-22T00:00");
}
END_TEST

START_TEST(seconds_and_milliseconds_are_passed)
{
	expect("* * * * *", "", "2026-11-20T10:00:59.999Z", "2026-11-20T10:01");
	expect("* * * * *", "", "1969-12-31T23:58:30Z", "1969-12-31T23:59");
}
END_TEST

START_TEST(day_or_weekday_is_enough_where_both_are_restricted)
{
	expect("0 0 13 * fri", "", "2026-11-01T00:00:00Z",
	       "2026-11-06T00:00 2026-11-13T00:00 2026-11-20T00:00");
	expect("0 0 13 * *", "", "2026-11-01T00:00:00Z", "2026-11-13T00:00 2026-12-13T00:00");
}
END_TEST

START_TEST(leap_days_are_found_and_what_never_comes_is_never)
{
	expect("0 0 29 2 *", "", "2026-01-01T00:00:00Z", "2028-02-29T00:00");
	expect("0 0 30 2 *", "", "2026-01-01T00:00:00Z", "never");
}
END_TEST

START_TEST(a_fixed_time_in_the_lost_hour_fires_after_it_once)
{
	expect("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z",
	       "2026-03-28T01:30 2026-03-29T01:00 2026-03-30T00:30");
	expect("0,30 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
	       "2026-03-29T01:00 2026-03-30T00:00");
	expect("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
	       "2026-10-03T15:30 2026-10-04T15:15");
}
END_TEST

START_TEST(a_fixed_time_in_the_doubled_hour_fires_the_first_time_only)
{
	expect("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
	       "2026-10-25T00:30 2026-10-26T01:30");
	expect("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
	       "2026-04-04T14:45 2026-04-05T15:15");
}
END_TEST

START_TEST(jobs_with_a_star_follow_the_clock)
{
	expect("30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z",
	       "2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30");
	expect("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
	       "2026-03-29T00:30 2026-03-29T01:30");
	expect("*/30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:00");
}
END_TEST

START_TEST(a_day_that_a_zone_left_out_fires_nothing)
{
	expect("0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2012-12-29T22:00");
}
END_TEST

/* libc as the oracle, also behind the table's end. */
START_TEST(offsets_are_those_of_the_c_library)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Asia/Kolkata",
					     "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo",
					     "Africa/Casablanca", "Europe/Dublin", "Asia/Gaza" };
	struct cron_zone *z = cron_zone_new(view_of(zones[_i]), NULL);
	ck_assert_ptr_nonnull(z);
	setenv("TZ", zones[_i], 1);
	tzset();
	for (int64_t at = 0; at < 3155760000; at += 6 * 3600 + 61) {
		time_t t = (time_t)at;
		struct tm tm;
		ck_assert_ptr_nonnull(localtime_r(&t, &tm));
		ck_assert_msg(cron_zone_offset(z, at * 1000) == tm.tm_gmtoff, "%s at %lld: %d, not %ld",
			      zones[_i], (long long)at, (int)cron_zone_offset(z, at * 1000),
			      (long)tm.tm_gmtoff);
	}
	cron_zone_free(z);
}
END_TEST

START_TEST(zones_that_are_none_are_refused)
{
	static const char *const names[] = { "Mars/Base", "../../../etc/passwd", "/etc/localtime",
					     "Europe", "Europe/Berlin/x", "zone.tab" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct err err = { 0 };
		ck_assert_msg(!cron_zone_new(view_of(names[i]), &err), "%s", names[i]);
		ck_assert_int_eq(err.kind, ERR_CONFIG);
		err_release(&err);
	}
}
END_TEST

START_TEST(wrong_fields_are_named)
{
	static const struct {
		const char *cron, *says;
	} wrong[] = {
		{ "60 * * * *", "minute: '60'" },	 { "* 24 * * *", "hour: '24'" },
		{ "* * 0 * *", "day of the month: '0'" }, { "* * * 13 *", "month: '13'" },
		{ "* * * * 8", "day of the week: '8'" },  { "* * * *", "the day of the week is missing" },
		{ "* * * * * *", "more than five" },	 { "5- * * * *", "minute: '5-'" },
		{ "*/0 * * * *", "minute: '*/0'" },	 { "1,,2 * * * *", "minute: '1,,2'" },
		{ "1, * * * *", "minute: '1,'" },	 { "10-5 * * * *", "minute: '10-5'" },
		{ "@often", "'@often' is not" },	 { "", "the minute is missing" },
		{ "x * * * *", "minute: 'x'" },		 { "*5 * * * *", "minute: '*5'" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err err = { 0 };
		struct cron c;
		ck_assert_msg(!cron_parse(view_of(wrong[i].cron), &c, &err), "%s", wrong[i].cron);
		ck_assert_msg(strstr(err_text(&err), wrong[i].says) != NULL, "%s: %s",
			      wrong[i].cron, err_text(&err));
		err_release(&err);
	}
}
END_TEST

Suite *suite_cron(void);
Suite *suite_cron(void)
{
	const TTest *const tests[] = {
		fields_fire_at_their_minutes,
		seconds_and_milliseconds_are_passed,
		day_or_weekday_is_enough_where_both_are_restricted,
		leap_days_are_found_and_what_never_comes_is_never,
		a_fixed_time_in_the_lost_hour_fires_after_it_once,
		a_fixed_time_in_the_doubled_hour_fires_the_first_time_only,
		jobs_with_a_star_follow_the_clock,
		a_day_that_a_zone_left_out_fires_nothing,
		zones_that_are_none_are_refused,
		wrong_fields_are_named,
	};
	Suite *s = suite_create("cron");
	TCase *c = tcase_create("cron");
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(c, tests[i]);
	tcase_add_loop_test(c, offsets_are_those_of_the_c_library, 0, 9);
	suite_add_tcase(s, c);
	return s;
}
