/* Times of a schedule: Vixie cron's five fields, in a time zone. Pure but for the
 * zone's file, which is read once.
 *
 *   minute hour day month weekday    * a-b a,b * /n a-b/n, jan..dec, sun..sat, 7 = sun
 *   @yearly @annually @monthly @weekly @daily @midnight @hourly
 *
 * Where day and weekday are both restricted, one of them is enough (a field that
 * begins with * restricts nothing here). When the clocks go forward, a job at a
 * fixed time inside the hour that is left out fires at the first minute after it,
 * once; when they go back, it fires the first time only. A job whose minute or
 * hour begins with * follows the clock: it fires in each hour that there is. */
#ifndef FLOW_CRON_H
#define FLOW_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct cron {
	uint64_t minutes;
	uint32_t hours, days, months, weekdays;	/* bit n: n fires */
	bool any_day, any_weekday;		/* the field began with * */
	bool wild;				/* minute or hour did */
};

/* ERR_CONFIG names the field and what it may hold. */
bool cron_parse(struct view text, struct cron *out, struct err *err);

struct cron_zone;

/* "Europe/Berlin", "UTC"; empty: UTC. NULL (ERR_CONFIG) where there is no such
 * zone. */
struct cron_zone *cron_zone_new(struct view name, struct err *err);
void cron_zone_free(struct cron_zone *z);
/* Seconds to add to UTC at that instant to get the zone's wall clock. */
int32_t cron_zone_offset(const struct cron_zone *z, int64_t at_ms);

/* The first firing after after_ms, within 8 years; 0: never (30 February). */
int64_t cron_next(const struct cron *c, const struct cron_zone *z, int64_t after_ms);

#endif
