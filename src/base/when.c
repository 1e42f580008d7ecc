/* The clocks, and instants to and from text. The only file that asks libc for
 * the local zone; UTC is computed here and does not depend on TZ. */
#include "base/when.h"

#include <time.h>

static int64_t frozen_ms;	/* the test clock; 0: the real ones */
static int64_t jumped_ms;	/* of the wall clock, in a test */

static int64_t read_clock(clockid_t clock)
{
	struct timespec t = { 0 };
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t when_now_ms(void)
{
	return (frozen_ms ? frozen_ms : read_clock(CLOCK_REALTIME)) + jumped_ms;
}

int64_t when_mono_ms(void)
{
	return frozen_ms ? frozen_ms : read_clock(CLOCK_MONOTONIC);
}

#ifdef CLOCK_BOOTTIME
enum { STEADY_CLOCK = CLOCK_BOOTTIME };
#else
enum { STEADY_CLOCK = CLOCK_MONOTONIC };
#endif

int64_t when_steady_ms(void)
{
	return frozen_ms ? frozen_ms : read_clock(STEADY_CLOCK);
}

void when_freeze(int64_t now_ms)
{
	frozen_ms = now_ms;
}

void when_jump(int64_t by_ms)
{
	jumped_ms += by_ms;
}

/* A moment of the proleptic Gregorian calendar, in no zone. */
struct moment {
	int64_t year;
	int month, day;			/* from 1 */
	int hour, minute, second;
	int ms;
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years are counted from March, so that the leap day is the last of its year:
 * 146097 days in 400 years, 153 days in five months from March on. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct moment *m)
{
	int64_t shifted = days + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			       day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t march = (5 * day_of_year + 2) / 153;
	m->day = (int)(day_of_year - (153 * march + 2) / 5 + 1);
	m->month = (int)(march < 10 ? march + 3 : march - 9);
	m->year = year_of_era + era * 400 + (m->month <= 2);
}

void when_add_rfc3339(struct str *s, int64_t at_ms)
{
	if (!at_ms)
		return;
	struct moment m = { 0 };
	int64_t days = floor_div(at_ms, 86400000);
	int64_t ms = at_ms - days * 86400000;
	civil_from_days(days, &m);
	str_addf(s, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ", (long long)m.year, m.month, m.day,
		 (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
		 (int)(ms % 1000));
}

/* Takes exactly `digits` digits off the front. */
static bool take_number(struct view *v, size_t digits, int *out)
{
	int64_t value = 0;
	if (v->len < digits || v->ptr[0] == '-' ||
	    !number_parse(view_cut(*v, 0, digits), 0, 9999, &value))
		return false;
	*v = view_cut(*v, digits, v->len);
	*out = (int)value;
	return true;
}

static bool take_one_of(struct view *v, const char *chars)
{
	for (; v->len && *chars; chars++) {
		if (v->ptr[0] == *chars) {
			*v = view_cut(*v, 1, v->len);
			return true;
		}
	}
	return false;
}

static int days_in_month(int64_t year, int month)
{
	if (month == 12)
		return 31;
	return (int)(days_from_civil(year, month + 1, 1) - days_from_civil(year, month, 1));
}

static bool take_date(struct view *v, struct moment *m)
{
	int year = 0;
	if (!take_number(v, 4, &year) || !take_one_of(v, "-") || !take_number(v, 2, &m->month) ||
	    !take_one_of(v, "-") || !take_number(v, 2, &m->day))
		return false;
	m->year = year;
	return m->month >= 1 && m->month <= 12 && m->day >= 1 &&
		m->day <= days_in_month(year, m->month);
}

static bool take_hour_minute(struct view *v, struct moment *m)
{
	return take_number(v, 2, &m->hour) && take_one_of(v, ":") &&
		take_number(v, 2, &m->minute) && m->hour <= 23 && m->minute <= 59;
}

/* After the dot: 1 to 9 digits, of which three are kept. */
static bool take_fraction(struct view *v, int *ms)
{
	size_t digits = 0;
	int scale = 100;
	for (; digits < v->len && v->ptr[digits] >= '0' && v->ptr[digits] <= '9'; digits++) {
		*ms += (v->ptr[digits] - '0') * scale;
		scale /= 10;
	}
	*v = view_cut(*v, digits, v->len);
	return digits >= 1 && digits <= 9;
}

static bool take_offset(struct view *v, int *minutes)
{
	if (take_one_of(v, "Zz"))
		return true;
	bool west = v->len && v->ptr[0] == '-';
	struct moment m = { 0 };
	if (!take_one_of(v, "+-") || !take_hour_minute(v, &m))
		return false;
	*minutes = (m.hour * 60 + m.minute) * (west ? -1 : 1);
	return true;
}

static int64_t moment_ms(const struct moment *m)
{
	int64_t days = days_from_civil(m->year, m->month, m->day);
	return ((days * 24 + m->hour) * 60 + m->minute) * 60000 + m->second * 1000 + m->ms;
}

/* How much of an instant must be there. */
enum exactness { EXACT, AS_MUCH_AS_THERE_IS };

/* Behind the date: hour and minute, second, fraction. */
static bool take_clock(struct view *v, enum exactness exactness, struct moment *m)
{
	if (!take_one_of(v, "Tt ") || !take_hour_minute(v, m))
		return false;
	if (!take_one_of(v, ":"))
		return exactness != EXACT && !take_one_of(v, ".");
	if (!take_number(v, 2, &m->second) || m->second > 60)
		return false;
	return !take_one_of(v, ".") || take_fraction(v, &m->ms);
}

/* Up to the end. */
static bool parse_offset(struct view v, const struct moment *m, int64_t *at_ms)
{
	int minutes = 0;
	if (!take_offset(&v, &minutes) || v.len)
		return false;
	*at_ms = moment_ms(m) - (int64_t)minutes * 60000;
	return true;
}

bool when_parse_rfc3339(struct view v, int64_t *at_ms)
{
	struct moment m = { 0 };
	return take_date(&v, &m) && take_clock(&v, EXACT, &m) && parse_offset(v, &m, at_ms);
}

/* A date, or a date with hour and minute (and second), by the local clock or with an
 * offset. */
static bool parse_local(struct view v, int64_t *at_ms)
{
	struct moment m = { 0 };
	if (!take_date(&v, &m) || (v.len && !take_clock(&v, AS_MUCH_AS_THERE_IS, &m)))
		return false;
	if (v.len)
		return parse_offset(v, &m, at_ms);
	struct tm tm = { .tm_year = (int)m.year - 1900, .tm_mon = m.month - 1, .tm_mday = m.day,
			 .tm_hour = m.hour, .tm_min = m.minute, .tm_sec = m.second,
			 .tm_isdst = -1 };
	*at_ms = (int64_t)mktime(&tm) * 1000 + m.ms;
	return true;
}

bool when_parse_point(struct view v, int64_t now_ms, int64_t *at_ms)
{
	int64_t span_ms = 0;
	if (when_parse_rfc3339(v, at_ms) || parse_local(v, at_ms))
		return true;
	if (!when_parse_span(v, &span_ms))
		return false;
	*at_ms = now_ms - span_ms;
	return true;
}

static struct tm local_time(int64_t at_ms)
{
	time_t seconds = (time_t)floor_div(at_ms, 1000);
	struct tm tm = { 0 };
	localtime_r(&seconds, &tm);
	return tm;
}

void when_add_clock(struct str *s, int64_t at_ms)
{
	struct tm tm = local_time(at_ms);
	str_addf(s, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void when_add_stamp(struct str *s, int64_t at_ms)
{
	struct tm tm = local_time(at_ms);
	str_addf(s, "%04d-%02d-%02d ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	when_add_clock(s, at_ms);
}
