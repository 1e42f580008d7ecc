/* A schedule, a zone, an instant: the next firing is later, one that the fields mean,
 * and the first such. Input: an octet for the zone, six for the instant, the text. */
#include "flow/cron.h"

#include <stdint.h>

#include "base/mem.h"
#include "flow/cron_zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { HEAD = 7, DAY_MS = 86400000, LOOK_MS = 3 * DAY_MS };

static const char *const zones[] = {
	"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
	"Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "",
};
enum { ZONES = sizeof zones / sizeof *zones };

/* From the text of the header: what a minute of the wall clock means. */
static bool is_meant(const struct cron *c, const struct cron_zone *z, int64_t at_ms)
{
	int64_t wall = at_ms / 1000 + cron_zone_offset(z, at_ms);
	int64_t days = (wall - ((wall % 86400) + 86400) % 86400) / 86400, second = wall - days * 86400;
	struct civil d = civil_of(days);
	bool day = c->days >> d.day & 1, weekday = c->weekdays >> civil_weekday(days) & 1;
	bool any = c->any_day || c->any_weekday;
	return c->months >> d.month & 1 && c->hours >> (second / 3600) & 1 &&
	       c->minutes >> (second / 60 % 60) & 1 && (any ? day && weekday : day || weekday);
}

/* Whether the clock moved within a day before: then firings are moved or left out. */
static bool clock_moved(const struct cron_zone *z, int64_t at_ms)
{
	for (int64_t back = 0; back <= DAY_MS; back += 900000)
		if (cron_zone_offset(z, at_ms - back) != cron_zone_offset(z, at_ms))
			return true;
	return false;
}

static void check(const struct cron *c, const struct cron_zone *z, int64_t after)
{
	int64_t next = cron_next(c, z, after);
	int64_t end = next ? next : after + LOOK_MS;
	if (next && (next <= after || next % 60000))
		BUG("the next firing is not later, or no whole minute");
	if (next && !clock_moved(z, next) && !is_meant(c, z, next))
		BUG("it fires at a time that is not meant");
	if (end > after + LOOK_MS)
		end = after + LOOK_MS;
	for (int64_t at = after - after % 60000 + 60000; at < end; at += 60000)
		if (is_meant(c, z, at) && !clock_moved(z, at))
			BUG("a firing was left out");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct cron_zone *known[ZONES];
	struct cron c;
	struct zone_rule rule;
	uint64_t at = 0;
	if (len < HEAD)
		return 0;
	struct view text = view_bytes(bytes + HEAD, len - HEAD);
	if (zone_rule_parse(text, &rule))
		zone_rule_offset(&rule, 1900000000);
	if (!cron_parse(text, &c, NULL))
		return 0;
	size_t zone = bytes[0] % ZONES;
	if (!known[zone])
		known[zone] = cron_zone_new(view_of(zones[zone]), NULL);
	for (size_t i = 1; i < HEAD; i++)
		at = at << 8 | bytes[i];
	/* From 1970 to 2099. */
	if (known[zone])
		check(&c, known[zone], (int64_t)(at % UINT64_C(4102444800000)));
	return 0;
}
