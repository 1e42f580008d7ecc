/* Numbers out of text, whole or not at all; knows no locale. */
#include "base/str.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Gathered below zero, where the range reaches one further. */
bool number_parse(struct view v, int64_t min, int64_t max, int64_t *out)
{
	bool negative = v.len && v.ptr[0] == '-';
	size_t i = negative;
	int64_t value = 0;
	if (i == v.len)
		return false;
	for (; i < v.len; i++) {
		if (!is_digit(v.ptr[i]))
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, v.ptr[i] - '0', &value))
			return false;
	}
	if (!negative && __builtin_mul_overflow(value, -1, &value))
		return false;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

/* What is left of a count of octets behind its number. */
static bool unit_shift(struct view unit, int *shift)
{
	static const char letters[] = "kmgt";
	unit = view_trim(unit);
	const char *at = unit.len ? strchr(letters, unit.ptr[0] | 0x20) : NULL;
	*shift = at ? 10 * (int)(at - letters + 1) : 0;
	struct view rest = view_cut(unit, at != NULL, unit.len);
	return !rest.len || view_is(rest, "B") || (at && view_is(rest, "iB"));
}

bool number_parse_octets(struct view v, int64_t *out)
{
	size_t digits = 0;
	int64_t count;
	int shift;
	while (digits < v.len && is_digit(v.ptr[digits]))
		digits++;
	if (!number_parse(view_cut(v, 0, digits), 0, INT64_MAX, &count) ||
	    !unit_shift(view_cut(v, digits, v.len), &shift) || count > INT64_MAX >> 1 >> shift)
		return false;
	*out = count << shift;
	return true;
}

static size_t skip_digits(struct view v, size_t at)
{
	while (at < v.len && is_digit(v.ptr[at]))
		at++;
	return at;
}

/* JSON's grammar: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool is_json_number(struct view v)
{
	size_t at = v.len && v.ptr[0] == '-';
	size_t start = at;
	at = skip_digits(v, at);
	if (at == start || (v.ptr[start] == '0' && at > start + 1))
		return false;
	if (at < v.len && v.ptr[at] == '.') {
		start = ++at;
		at = skip_digits(v, at);
		if (at == start)
			return false;
	}
	if (at < v.len && (v.ptr[at] == 'e' || v.ptr[at] == 'E')) {
		at++;
		if (at < v.len && (v.ptr[at] == '+' || v.ptr[at] == '-'))
			at++;
		start = at;
		at = skip_digits(v, at);
		if (at == start)
			return false;
	}
	return at == v.len;
}

/* strtod reads the locale's decimal point: the thread looks away from it. */
bool number_parse_real(struct view v, double *out)
{
	if (!is_json_number(v))
		return false;
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!plain)
		return false;
	char *text = mem_bytes(v.ptr, v.len);
	locale_t before = uselocale(plain);
	double value = strtod(text, NULL);
	uselocale(before);
	freelocale(plain);
	mem_free(text);
	if (!isfinite(value))
		return false;
	*out = value;
	return true;
}
