/* The rule at the end of a zone's file, "CET-1CEST,M3.5.0,M10.5.0/3", and the
 * calendar that it needs. Pure. */
#ifndef FLOW_CRON_ZONE_H
#define FLOW_CRON_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum zone_day { ZONE_MONTH_WEEK, ZONE_JULIAN, ZONE_JULIAN_LEAP };	/* M3.5.0, J60, 59 */

struct zone_change {
	enum zone_day how;
	int month, week, day;		/* day: of the week, or of the year */
	int32_t at;			/* seconds of the wall clock */
};

struct zone_rule {
	bool set, summer;
	int32_t standard, daylight;	/* offsets to add to UTC */
	struct zone_change start, end;
};

bool zone_rule_parse(struct view text, struct zone_rule *out);
int32_t zone_rule_offset(const struct zone_rule *r, int64_t at);	/* seconds UTC */

/* A day of the proleptic Gregorian calendar, counted from 1970-01-01. */
struct civil {
	int64_t year;
	int month, day;		/* from 1 */
};
int64_t civil_days(struct civil c);
struct civil civil_of(int64_t days);
int civil_weekday(int64_t days);	/* 0: Sunday */
int civil_month_length(int64_t year, int month);

#endif
