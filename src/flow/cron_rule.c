/* Rules of time zones and the calendar. */
#include "flow/cron_zone.h"

#include <ctype.h>

/* ---- the calendar ---------------------------------------------------------------- */

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_month_length(int64_t year, int month)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return lengths[month - 1] + (month == 2 && is_leap(year));
}

/* Days of the years before `year`, counted from the year 1. */
static int64_t days_before(int64_t year)
{
	int64_t y = year - 1;
	return y * 365 + y / 4 - y / 100 + y / 400;
}

enum { DAYS_TO_1970 = 719162 };

int64_t civil_days(struct civil c)
{
	int64_t days = days_before(c.year) - DAYS_TO_1970;
	for (int m = 1; m < c.month; m++)
		days += civil_month_length(c.year, m);
	return days + c.day - 1;
}

struct civil civil_of(int64_t days)
{
	struct civil c = { 1970 + days / 366, 1, 1 };
	while (days_before(c.year + 1) - DAYS_TO_1970 <= days)
		c.year++;
	while (days_before(c.year) - DAYS_TO_1970 > days)
		c.year--;
	int64_t left = days - (days_before(c.year) - DAYS_TO_1970);
	for (; left >= civil_month_length(c.year, c.month); c.month++)
		left -= civil_month_length(c.year, c.month);
	c.day = (int)left + 1;
	return c;
}

int civil_weekday(int64_t days)
{
	int64_t w = (days + 4) % 7;
	return (int)(w < 0 ? w + 7 : w);
}

/* ---- the text of a rule ---------------------------------------------------------- */

static bool take(struct view *v, char c)
{
	if (!v->len || v->ptr[0] != c)
		return false;
	*v = view_cut(*v, 1, SIZE_MAX);
	return true;
}

static bool take_number(struct view *v, int max, int *out)
{
	size_t len = 0;
	int64_t number = 0;
	while (len < v->len && len < 4 && isdigit((unsigned char)v->ptr[len]))
		len++;
	if (!number_parse(view_cut(*v, 0, len), 0, max, &number)) {
		/* number_parse may refuse leading zeros: read them by hand. */
		number = 0;
		for (size_t i = 0; i < len; i++)
			number = number * 10 + (v->ptr[i] - '0');
		if (!len || number > max)
			return false;
	}
	*out = (int)number;
	*v = view_cut(*v, len, SIZE_MAX);
	return true;
}

/* "CET" or "<+03>". */
static bool take_name(struct view *v)
{
	size_t len = 0;
	if (take(v, '<')) {
		size_t end = view_find_byte(*v, '>', 0);
		*v = view_cut(*v, end == SIZE_MAX ? v->len : end + 1, SIZE_MAX);
		return end != SIZE_MAX;
	}
	while (len < v->len && isalpha((unsigned char)v->ptr[len]))
		len++;
	*v = view_cut(*v, len, SIZE_MAX);
	return len >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(struct view *v, int32_t *out)
{
	int parts[3] = { 0 };
	bool negative = take(v, '-');
	if (!negative)
		take(v, '+');
	if (!take_number(v, 167, &parts[0]))
		return false;
	for (int i = 1; i < 3 && take(v, ':'); i++)
		if (!take_number(v, 59, &parts[i]))
			return false;
	*out = parts[0] * 3600 + parts[1] * 60 + parts[2];
	*out = negative ? -*out : *out;
	return true;
}

static bool take_change(struct view *v, struct zone_change *c)
{
	bool good;
	c->at = 2 * 3600;
	if (take(v, 'M')) {
		c->how = ZONE_MONTH_WEEK;
		good = take_number(v, 12, &c->month) && c->month && take(v, '.') &&
		       take_number(v, 5, &c->week) && c->week && take(v, '.') &&
		       take_number(v, 6, &c->day);
	} else {
		c->how = take(v, 'J') ? ZONE_JULIAN : ZONE_JULIAN_LEAP;
		good = take_number(v, 365, &c->day);
	}
	return good && (!take(v, '/') || take_time(v, &c->at));
}

bool zone_rule_parse(struct view v, struct zone_rule *out)
{
	struct zone_rule r = { 0 };
	int32_t west = 0;
	if (!take_name(&v) || !take_time(&v, &west))
		return false;
	r.standard = -west;
	r.daylight = r.standard + 3600;
	if (v.len) {
		r.summer = true;
		if (!take_name(&v))
			return false;
		if (v.len && v.ptr[0] != ',') {
			if (!take_time(&v, &west))
				return false;
			r.daylight = -west;
		}
		if (!take(&v, ',') || !take_change(&v, &r.start) || !take(&v, ',') ||
		    !take_change(&v, &r.end))
			return false;
	}
	*out = r;
	return !v.len;
}

/* ---- what it means ---------------------------------------------------------------- */

/* Seconds since 1970 of the wall clock at which the change is due in that year. */
static int64_t change_at(const struct zone_change *c, int64_t year)
{
	int64_t days = civil_days((struct civil){ year, 1, 1 });
	if (c->how == ZONE_JULIAN_LEAP) {
		days += c->day;
	} else if (c->how == ZONE_JULIAN) {
		days += c->day - 1 + (is_leap(year) && c->day >= 60);
	} else {
		days = civil_days((struct civil){ year, c->month, 1 });
		int first = (c->day - civil_weekday(days) + 7) % 7;
		int day = first + (c->week - 1) * 7;
		while (day >= civil_month_length(year, c->month))
			day -= 7;
		days += day;
	}
	return days * 86400 + c->at;
}

int32_t zone_rule_offset(const struct zone_rule *r, int64_t at)
{
	if (!r->summer)
		return r->standard;
	int64_t local = at + r->standard;
	int64_t year = civil_of(local / 86400 - (local % 86400 < 0)).year;
	int64_t start = change_at(&r->start, year) - r->standard;
	int64_t end = change_at(&r->end, year) - r->daylight;
	bool summer = start < end ? at >= start && at < end : at >= start || at < end;
	return summer ? r->daylight : r->standard;
}
