/* Time zones: the files of tzdata (RFC 8536), with the rule at their end for what
 * comes after the table. Not libc's: that takes an unknown name for UTC, and has one
 * zone a process. */
#include "flow/cron.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "flow/cron_zone.h"

enum { ZONE_MAX = 1 << 20, HEADER = 44 };

struct cron_zone {
	struct str file;
	struct view times;		/* 8 bytes each */
	struct view kinds;		/* 1 byte each */
	struct view types;		/* 6 bytes each */
	size_t n_times, n_types;
	struct zone_rule rule;
};

static uint64_t big(const char *at, int bytes)
{
	uint64_t n = 0;
	for (int i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)at[i];
	return n;
}

/* One block of the file: a header and six tables. */
struct block {
	size_t times, types, letters, leaps, standards, universals;
	size_t width;
};

static bool read_header(struct view file, size_t at, size_t width, struct block *b)
{
	struct view head = view_cut(file, at, HEADER);
	if (head.len < HEADER || !view_starts(head, "TZif"))
		return false;
	size_t *const counts[] = { &b->universals, &b->standards, &b->leaps,
				   &b->times,	   &b->types,	  &b->letters };
	for (size_t i = 0; i < 6; i++)
		*counts[i] = (size_t)big(head.ptr + 20 + 4 * i, 4);
	b->width = width;
	return b->times < ZONE_MAX && b->types && b->types <= 256 && b->letters < ZONE_MAX &&
	       b->leaps < ZONE_MAX && b->standards <= 256 && b->universals <= 256;
}

static size_t block_size(const struct block *b)
{
	return HEADER + b->times * (b->width + 1) + b->types * 6 + b->letters +
	       b->leaps * (b->width + 4) + b->standards + b->universals;
}

static bool check_kinds(const struct cron_zone *z)
{
	for (size_t i = 0; i < z->n_times; i++)
		if ((unsigned char)z->kinds.ptr[i] >= z->n_types)
			return false;
	return true;
}

static bool read_tables(struct cron_zone *z)
{
	struct view file = view_of_str(&z->file);
	struct block old = { 0 }, b = { 0 };
	if (!read_header(file, 0, 4, &old) || file.ptr[4] < '2')
		return false;
	size_t at = block_size(&old);
	if (!read_header(file, at, 8, &b) || at + block_size(&b) > file.len)
		return false;
	z->n_times = b.times;
	z->n_types = b.types;
	z->times = view_cut(file, at + HEADER, b.times * 8);
	z->kinds = view_cut(file, at + HEADER + b.times * 8, b.times);
	z->types = view_cut(file, at + HEADER + b.times * 9, b.types * 6);
	struct view rule = view_trim(view_cut(file, at + block_size(&b), SIZE_MAX));
	z->rule.set = zone_rule_parse(rule, &z->rule);
	return check_kinds(z);
}

/* "Europe/Berlin": never out of the folder. */
static bool is_zone_name(struct view name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/",
			    name.ptr[i]) || !name.ptr[i])
			return false;
	return name.len && name.len < 100 && name.ptr[0] != '/';
}

struct cron_zone *cron_zone_new(struct view name, struct err *err)
{
	struct cron_zone *z = mem_zero(sizeof *z);
	struct str path = { 0 };
	bool good = !name.len || view_is(name, "UTC");
	if (!good && is_zone_name(name)) {
		str_addf(&path, "/usr/share/zoneinfo/%.*s", (int)name.len, name.ptr);
		good = file_read(str_text(&path), ZONE_MAX, &z->file, NULL) && read_tables(z);
	}
	str_release(&path);
	if (good)
		return z;
	err_set(err, ERR_CONFIG, "there is no time zone '%.*s' (as Europe/Berlin)", (int)name.len,
		name.ptr);
	cron_zone_free(z);
	return NULL;
}

void cron_zone_free(struct cron_zone *z)
{
	if (!z)
		return;
	str_release(&z->file);
	mem_free(z);
}

static int64_t time_at(const struct cron_zone *z, size_t i)
{
	return (int64_t)big(z->times.ptr + i * 8, 8);
}

static int32_t type_offset(const struct cron_zone *z, size_t type)
{
	return (int32_t)big(z->types.ptr + type * 6, 4);
}

static int64_t floor_seconds(int64_t ms)
{
	return ms / 1000 - (ms % 1000 < 0);
}

int32_t cron_zone_offset(const struct cron_zone *z, int64_t at_ms)
{
	int64_t at = floor_seconds(at_ms);
	size_t low = 0, high = z->n_times;
	if (!z->n_types)
		return 0;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (time_at(z, middle) <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->n_times && z->rule.set)
		return zone_rule_offset(&z->rule, at);
	return type_offset(z, low ? (unsigned char)z->kinds.ptr[low - 1] : 0);
}
