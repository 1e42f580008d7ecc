/* Cron's five fields: read. When they fire is in cron_next.c. */
#include "flow/cron.h"

#include <ctype.h>

#include "base/str.h"

/* One field: its name, its range, the words for its numbers. */
struct cron_field {
	const char *name;
	int min, max;
	const char *const *words;	/* of min, min + 1, ... */
	int n_words;
};

static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun",
				      "jul", "aug", "sep", "oct", "nov", "dec" };
static const char *const weekdays[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

enum { FIELDS = 5 };
static const struct cron_field fields[FIELDS] = {
	{ "minute", 0, 59, NULL, 0 },	      { "hour", 0, 23, NULL, 0 },
	{ "day of the month", 1, 31, NULL, 0 }, { "month", 1, 12, months, 12 },
	{ "day of the week", 0, 7, weekdays, 7 },
};

static bool refuse(const struct cron_field *f, struct view text, struct err *err)
{
	return err_set(err, ERR_CONFIG, "%s: '%.*s' is not *, a number from %d to %d, a range a-b, "
		       "a step */n or a list of these", f->name, (int)text.len, text.ptr, f->min,
		       f->max);
}

static bool same_word(struct view v, const char *word)
{
	struct view w = view_of(word);
	return v.len == w.len && view_find_fold(v, w, 0) == 0;
}

static bool read_number(const struct cron_field *f, struct view text, int *out)
{
	int64_t number = 0;
	for (int i = 0; i < f->n_words; i++) {
		if (!same_word(text, f->words[i]))
			continue;
		*out = f->min + i;
		return true;
	}
	if (!number_parse(text, f->min, f->max, &number))
		return false;
	*out = (int)number;
	return true;
}

/* "5", "1-5", "*": the range, before a step. */
static bool read_range(const struct cron_field *f, struct view text, int *from, int *to)
{
	struct view rest = text, part = { 0 };
	*from = f->min;
	*to = f->max;
	if (view_is(text, "*"))
		return true;
	if (!view_split(&rest, '-', &part) || !read_number(f, part, from))
		return false;
	*to = *from;
	if (part.len == text.len)
		return true;
	return read_number(f, rest, to) && *from <= *to;
}

/* "mon-fri", "0-30/5", "7". */
static bool read_item(const struct cron_field *f, struct view text, uint64_t *bits)
{
	size_t slash = view_find_byte(text, '/', 0);
	struct view range = view_cut(text, 0, slash);
	int from = 0, to = 0;
	int64_t step = 1;
	if (!read_range(f, range, &from, &to))
		return false;
	if (slash != SIZE_MAX &&
	    !number_parse(view_cut(text, slash + 1, SIZE_MAX), 1, f->max + 1, &step))
		return false;
	/* As Vixie's: 5/10 is 5-max/10. */
	if (slash != SIZE_MAX && from == to && view_find_byte(range, '-', 0) == SIZE_MAX)
		to = f->max;
	for (int i = from; i <= to; i += (int)step)
		*bits |= (uint64_t)1 << i;
	return true;
}

static bool read_field(const struct cron_field *f, struct view text, uint64_t *bits,
		       struct err *err)
{
	struct view rest = text, item = { 0 };
	*bits = 0;
	if (!text.len || text.ptr[text.len - 1] == ',')
		return refuse(f, text, err);
	while (view_split(&rest, ',', &item))
		if (!read_item(f, item, bits))
			return refuse(f, text, err);
	return true;
}

/* The next word; empty at the end. */
static struct view next_word(struct view *rest)
{
	struct view v = view_trim(*rest);
	size_t len = 0;
	while (len < v.len && !isspace((unsigned char)v.ptr[len]))
		len++;
	*rest = view_cut(v, len, SIZE_MAX);
	return view_cut(v, 0, len);
}

static struct view expand_name(struct view text)
{
	static const char *const names[][2] = {
		{ "@yearly", "0 0 1 1 *" },  { "@annually", "0 0 1 1 *" },
		{ "@monthly", "0 0 1 * *" }, { "@weekly", "0 0 * * 0" },
		{ "@daily", "0 0 * * *" },   { "@midnight", "0 0 * * *" },
		{ "@hourly", "0 * * * *" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (same_word(text, names[i][0]))
			return view_of(names[i][1]);
	return text;
}

bool cron_parse(struct view text, struct cron *out, struct err *err)
{
	struct view rest = expand_name(view_trim(text)), words[FIELDS];
	uint64_t bits[FIELDS] = { 0 };
	if (view_starts(rest, "@"))
		return err_set(err, ERR_CONFIG, "'%.*s' is not @yearly, @monthly, @weekly, @daily "
			       "or @hourly", (int)rest.len, rest.ptr);
	for (int i = 0; i < FIELDS; i++) {
		words[i] = next_word(&rest);
		if (!words[i].len)
			return err_set(err, ERR_CONFIG, "the %s is missing: five fields are "
				       "needed (minute hour day month weekday)", fields[i].name);
		if (!read_field(&fields[i], words[i], &bits[i], err))
			return false;
	}
	if (view_trim(rest).len)
		return err_set(err, ERR_CONFIG, "there are more than five fields");
	*out = (struct cron){
		.minutes = bits[0],
		.hours = (uint32_t)bits[1],
		.days = (uint32_t)bits[2],
		.months = (uint32_t)bits[3],
		.weekdays = (uint32_t)((bits[4] | bits[4] >> 7) & 127),	/* 7 is Sunday too */
		.any_day = view_starts(words[2], "*"),
		.any_weekday = view_starts(words[4], "*"),
		.wild = view_starts(words[0], "*") || view_starts(words[1], "*"),
	};
	return true;
}
