/* When a schedule fires: a walk over wall-clock days and minutes, and what gaps and
 * overlaps of the clock do to it. */
#include "flow/cron.h"
#include "flow/cron_zone.h"

enum { DAY = 86400, YEARS_MAX = 8 };

static int64_t floor_days(int64_t seconds)
{
	return seconds / DAY - (seconds % DAY < 0);
}

static bool day_fires(const struct cron *c, int64_t days)
{
	struct civil at = civil_of(days);
	bool day = c->days >> at.day & 1, weekday = c->weekdays >> civil_weekday(days) & 1;
	if (!(c->months >> at.month & 1))
		return false;
	return c->any_day || c->any_weekday ? day && weekday : day || weekday;
}

/* Whether the wall clock's minute fires. */
static bool fires(const struct cron *c, int64_t wall)
{
	int64_t days = floor_days(wall), minute = (wall - days * DAY) / 60;
	return c->hours >> (minute / 60) & 1 && c->minutes >> (minute % 60) & 1 &&
	       day_fires(c, days);
}

static int64_t offset_at(const struct cron_zone *z, int64_t at)
{
	return cron_zone_offset(z, at * 1000);
}

/* Whether a minute of the wall clock between two (exclusive of the last) fires. */
static bool any_fires(const struct cron *c, int64_t from, int64_t to)
{
	for (int64_t wall = from; wall < to; wall += 60)
		if (fires(c, wall))
			return true;
	return false;
}

/* The minute at `at` fires: by itself, or for those that the clock left out just
 * before it. before: the offset a minute ago; now: at this one. */
static bool minute_fires(const struct cron *c, const struct cron_zone *z, int64_t at, int64_t now)
{
	int64_t wall = at + now, before = offset_at(z, at - 60);
	/* Corrections of more than three hours are no summer time. */
	if (now > before && now - before <= 3 * 3600 && !c->wild &&
	    any_fires(c, at + before, wall))
		return true;
	if (!fires(c, wall))
		return false;
	if (c->wild)
		return true;
	/* The same wall minute was there before: it fired then. */
	for (int64_t back = 60; back <= 3 * 3600; back += 60) {
		int64_t then = offset_at(z, at - back);
		if (then > now)
			return at - (then - now) + offset_at(z, at - (then - now)) != wall;
	}
	return true;
}

/* Whether the clock is changed within a day around the instant. */
static bool is_calm(const struct cron_zone *z, int64_t at)
{
	int64_t now = offset_at(z, at);
	for (int64_t hour = -4; hour <= 28; hour++)
		if (offset_at(z, at + hour * 3600) != now)
			return false;
	return true;
}

int64_t cron_next(const struct cron *c, const struct cron_zone *z, int64_t after_ms)
{
	int64_t at = after_ms / 1000 - (after_ms % 1000 < 0);
	at = (at - ((at % 60) + 60) % 60) + 60;
	int64_t last = at + (int64_t)YEARS_MAX * 366 * DAY;
	while (at < last) {
		int64_t now = offset_at(z, at), wall = at + now;
		int64_t days = floor_days(wall), midnight = days * DAY;
		bool calm = is_calm(z, midnight - now);
		/* Nothing today: on to the next midnight, where no change of the clock can
		 * bring a minute of another day here. */
		if (calm && !day_fires(c, days)) {
			at = midnight + DAY - now;
			continue;
		}
		if (calm && !(c->hours >> ((wall - midnight) / 3600) & 1)) {
			at += 3600 - (wall - midnight) % 3600;
			continue;
		}
		if (minute_fires(c, z, at, now))
			return at * 1000;
		at += 60;
	}
	return 0;
}
