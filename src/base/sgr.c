/* SGR parameters to a style; see sgr.h. Knows no text. */
#include "base/sgr.h"

#include <stdlib.h>

enum { MAX_PARAMS = 32, RGB = 0x1000000, NOT_GIVEN = -1, LEAST_DISTANCE = 48 };

struct param {
	int value;		/* NOT_GIVEN where empty */
	bool joined;		/* by ':' to the one before */
};

/* Digits, ';' and ':' only; numbers are capped, what is beyond the table is left out. */
static size_t read_params(struct view v, struct param *params)
{
	size_t n = 0;
	struct param p = { NOT_GIVEN, false };
	for (size_t i = 0; i <= v.len; i++) {
		char c = i < v.len ? v.ptr[i] : ';';
		if (c >= '0' && c <= '9') {
			int sofar = p.value == NOT_GIVEN ? 0 : p.value;
			p.value = sofar > 9999 ? sofar : sofar * 10 + (c - '0');
		} else if (c == ';' || c == ':') {
			if (n == MAX_PARAMS)
				return n;
			params[n++] = p;
			p = (struct param){ NOT_GIVEN, c == ':' };
		} else {
			return 0;
		}
	}
	return n;
}

static bool is_byte(int value)
{
	return value >= 0 && value <= 255;
}

static int32_t rgb_of(const struct param *p)
{
	int part[3];
	for (int i = 0; i < 3; i++) {
		part[i] = p[i].value == NOT_GIVEN ? 0 : p[i].value;
		if (!is_byte(part[i]))
			return NOT_GIVEN;
	}
	return RGB | part[0] << 16 | part[1] << 8 | part[2];
}

/* "38;5;N", "38;2;R;G;B" and the forms with ':' (with or without a colour space). p stands on
 * the 38, n are left; returns how many belong to it. */
static size_t take_colour(const struct param *p, size_t n, int32_t *colour)
{
	size_t joined = 1;
	while (joined < n && p[joined].joined)
		joined++;
	size_t end = joined > 1 ? joined : n;
	int kind = end > 1 ? p[1].value : NOT_GIVEN;
	if (kind == 5 && end >= 3) {
		int index = p[2].value == NOT_GIVEN ? 0 : p[2].value;
		if (is_byte(index))
			*colour = index;
		return joined > 1 ? joined : 3;
	}
	if (kind == 2 && end >= 5) {
		int32_t rgb = rgb_of(joined >= 6 ? p + 3 : p + 2);
		if (rgb != NOT_GIVEN)
			*colour = rgb;
		return joined > 1 ? joined : 5;
	}
	return joined > 1 ? joined : n;
}

/* The sixteen and the default, for the fore at 30 and the back at 40. */
static void set_colour(int code, struct clean_style *s)
{
	int32_t *plane = (code >= 30 && code <= 39) || (code >= 90 && code <= 97) ? &s->fore
										  : &s->back;
	if (code >= 90)
		*plane = code % 10 + 8;
	else
		*plane = code % 10 == 9 ? -1 : code % 10;
}

static bool is_colour(int code)
{
	return (code >= 30 && code <= 49 && code % 10 != 8) || (code >= 90 && code <= 97) ||
		(code >= 100 && code <= 107);
}

static void set_plain(int code, const struct param *p, struct clean_style *s)
{
	switch (code) {
	case 0: *s = clean_style_plain(); break;
	case 1: s->bold = true; break;
	case 2: s->dim = true; break;
	case 3: s->italic = true; break;
	case 4: s->underline = !(p[1].joined && p[1].value == 0); break;
	case 7: s->reverse = true; break;
	case 21: s->underline = true; break;
	case 22: s->bold = s->dim = false; break;
	case 23: s->italic = false; break;
	case 24: s->underline = false; break;
	case 27: s->reverse = false; break;
	default: break;
	}
}

/* One parameter and what belongs to it; returns how many those are. */
static size_t apply_one(const struct param *p, size_t n, struct clean_style *style)
{
	int32_t ignored = 0;
	int code = p->value == NOT_GIVEN ? 0 : p->value;
	if (code == 38)
		return take_colour(p, n, &style->fore);
	if (code == 48)
		return take_colour(p, n, &style->back);
	if (code == 58)
		return take_colour(p, n, &ignored);	/* of the underline */
	if (is_colour(code))
		set_colour(code, style);
	else
		set_plain(code, p, style);
	size_t used = 1;
	while (used < n && p[used].joined)
		used++;
	return used;
}

void sgr_apply(struct view v, struct clean_style *style)
{
	struct param params[MAX_PARAMS + 1] = { 0 };	/* one behind the last may be looked at */
	size_t n = read_params(v, params);
	for (size_t i = 0; i < n;)
		i += apply_one(params + i, n - i, style);
}

/* As xterm has them; terminals differ in the first sixteen. */
static int32_t colour_to_rgb(int32_t colour)
{
	static const int32_t sixteen[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const int32_t steps[6] = { 0, 95, 135, 175, 215, 255 };
	if (colour & RGB)
		return colour & 0xffffff;
	if (colour < 16)
		return sixteen[colour];
	if (colour >= 232)
		return (8 + 10 * (colour - 232)) * 0x10101;
	int32_t cube = colour - 16;
	return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

static int distance(int32_t a, int32_t b)
{
	int sum = 0;
	for (int shift = 0; shift <= 16; shift += 8)
		sum += abs((a >> shift & 255) - (b >> shift & 255));
	return sum;
}

struct clean_style sgr_readable(struct clean_style style)
{
	if (style.fore >= 0 && style.back >= 0 &&
	    distance(colour_to_rgb(style.fore), colour_to_rgb(style.back)) < LEAST_DISTANCE)
		style.fore = style.back = -1;
	return style;
}

bool sgr_same(const struct clean_style *a, const struct clean_style *b)
{
	return a->fore == b->fore && a->back == b->back && a->bold == b->bold &&
		a->dim == b->dim && a->italic == b->italic && a->underline == b->underline &&
		a->reverse == b->reverse;
}
