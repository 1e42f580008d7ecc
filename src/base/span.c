/* Spans of time to and from text (when.h). Knows no clock. */
#include "base/when.h"

#include <stddef.h>

struct unit {
	const char *name;
	int64_t ms;
};

/* Longest first; "ms" before "m" does not matter: units are compared whole. */
static const struct unit units[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};

enum { UNITS = sizeof units / sizeof *units, SECONDS = 3 };

static size_t count_while(struct view v, size_t at, char from, char to)
{
	size_t start = at;
	while (at < v.len && v.ptr[at] >= from && v.ptr[at] <= to)
		at++;
	return at - start;
}

static const struct unit *find_unit(struct view name)
{
	for (size_t i = 0; i < UNITS; i++)
		if (view_is(name, units[i].name))
			return &units[i];
	return NULL;
}

/* Each unit once at most, in falling order. */
bool when_parse_span(struct view v, int64_t *span_ms)
{
	int64_t total = 0;
	const struct unit *before = NULL;
	size_t at = 0;
	while (at < v.len) {
		size_t digits = count_while(v, at, '0', '9');
		size_t letters = count_while(v, at + digits, 'a', 'z');
		const struct unit *unit = find_unit(view_cut(v, at + digits, letters));
		int64_t count = 0;
		if (!unit || (before && unit <= before) ||
		    !number_parse(view_cut(v, at, digits), 0, INT64_MAX / 2, &count))
			return false;
		if (__builtin_mul_overflow(count, unit->ms, &count) ||
		    __builtin_add_overflow(total, count, &total))
			return false;
		before = unit;
		at += digits + letters;
	}
	if (!before || total > INT64_MAX / 4)
		return false;
	*span_ms = total;
	return true;
}

/* The largest unit that fits, seconds at least. */
static size_t largest_unit(int64_t span_ms)
{
	size_t i = 0;
	while (i < SECONDS && span_ms < units[i].ms)
		i++;
	return i;
}

void when_add_span(struct str *s, int64_t span_ms)
{
	if (span_ms < 0)
		span_ms = 0;
	if (span_ms < 1000) {
		str_addf(s, "%dms", (int)span_ms);
		return;
	}
	const struct unit *big = &units[largest_unit(span_ms)];
	str_addf(s, "%lld%s", (long long)(span_ms / big->ms), big->name);
	if (big == &units[SECONDS])
		return;
	const struct unit *small = big + 1;
	int rest = (int)(span_ms % big->ms / small->ms);
	str_addf(s, small == &units[SECONDS] ? " %02d%s" : " %d%s", rest, small->name);
}

void when_add_age(struct str *s, int64_t span_ms)
{
	if (span_ms < 0)
		span_ms = 0;
	const struct unit *unit = &units[largest_unit(span_ms)];
	str_addf(s, "%lld%s", (long long)(span_ms / unit->ms), unit->name);
}
