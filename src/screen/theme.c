/* Reads a theme file into a table of looks. Knows no terminal and no file system
 * (theme_file.c finds the files). */
#include "screen/theme.h"

#include "base/ini.h"
#include "base/mem.h"
#include "screen/canvas.h"
#include "screen/theme_builtin.h"

/* Which roles a section has named so far. */
struct reader {
	struct theme theme;
	bool named[DEPTHS][STYLE_ROLES];
};

static const char *const DEPTH_NAMES[DEPTHS] = {
	[DEPTH_MONO] = "mono",
	[DEPTH_16] = "16",
	[DEPTH_256] = "256",
	[DEPTH_TRUE] = "true",
};

static const char *const COLOURS[] = {
	"black",	"red",		"green",	"yellow",
	"blue",		"magenta",	"cyan",		"white",
	"bright-black", "bright-red",	"bright-green", "bright-yellow",
	"bright-blue",	"bright-magenta", "bright-cyan", "bright-white",
};

static const struct {
	const char *name;
	unsigned flag;
} ATTRIBUTES[] = {
	{ "bold", CELL_BOLD },	       { "dim", CELL_DIM },	  { "reverse", CELL_REVERSE },
	{ "underline", CELL_UNDERLINE }, { "italic", CELL_ITALIC },
};

static bool parse_hex(struct view v, int32_t *colour)
{
	int32_t rgb = 0;
	if (v.len != 7 || v.ptr[0] != '#')
		return false;
	for (size_t i = 1; i < v.len; i++) {
		char c = v.ptr[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;
		if (digit < 0)
			return false;
		rgb = rgb << 4 | digit;
	}
	*colour = 0x1000000 | rgb;
	return true;
}

/* NULL, or why v is no colour at this depth. */
static const char *parse_colour(struct view v, enum theme_depth depth, int32_t *colour)
{
	int64_t number;
	if (view_is(v, "default")) {
		*colour = -1;
		return NULL;
	}
	if (depth == DEPTH_MONO)
		return "no colours in [mono], only bold, dim, reverse, underline, italic";
	for (int i = 0; i < 16; i++) {
		if (view_is(v, COLOURS[i])) {
			*colour = i;
			return NULL;
		}
	}
	if (number_parse(v, 0, depth == DEPTH_16 ? 15 : 255, &number)) {
		*colour = (int32_t)number;
		return NULL;
	}
	if (parse_hex(v, colour))
		return depth == DEPTH_TRUE ? NULL : "#rrggbb belongs into [true]";
	return "not a colour, and not bold, dim, reverse, underline or italic";
}

static bool parse_attribute(struct view v, unsigned *flags)
{
	for (size_t i = 0; i < sizeof(ATTRIBUTES) / sizeof(ATTRIBUTES[0]); i++) {
		if (view_is(v, ATTRIBUTES[i].name)) {
			*flags |= ATTRIBUTES[i].flag;
			return true;
		}
	}
	return false;
}

static const char *parse_colours(struct view word, enum theme_depth depth, struct theme_look *look)
{
	struct view rest = word, fore, back;
	if (!view_split(&rest, '/', &fore))
		return "a colour is missing";
	const char *why = parse_colour(fore, depth, &look->fore);
	if (why || fore.len == word.len)
		return why;
	back = rest;
	return parse_colour(back, depth, &look->back);
}

static const char *parse_look(struct view text, enum theme_depth depth, struct theme_look *look)
{
	struct view word;
	int words = 0;
	*look = (struct theme_look){ .fore = -1, .back = -1 };
	while (view_split(&text, ' ', &word)) {
		word = view_trim(word);
		if (word.len == 0 || parse_attribute(word, &look->flags))
			continue;
		if (words++ > 0)
			return "more than one colour (write FORE/BACK)";
		const char *why = parse_colours(word, depth, look);
		if (why)
			return why;
	}
	return NULL;
}

static bool find_depth(struct view section, enum theme_depth *depth)
{
	for (int d = 0; d < DEPTHS; d++) {
		if (view_is(section, DEPTH_NAMES[d])) {
			*depth = (enum theme_depth)d;
			return true;
		}
	}
	return false;
}

static bool read_pair(void *arg, struct ini_pair *pair)
{
	struct reader *r = arg;
	enum theme_depth depth;
	enum style_role role;
	struct theme_look look;
	if (!find_depth(pair->section, &depth))
		pair->why = "the sections are [mono], [16], [256] and [true]";
	else if (!style_parse(pair->key, &role))
		pair->why = "no such role";
	else if (r->named[depth][role])
		pair->why = "already set in this section";
	else
		pair->why = parse_look(pair->value, depth, &look);
	if (pair->why)
		return false;
	r->theme.looks[depth][role] = look;
	r->named[depth][role] = true;
	return true;
}

/* What a section leaves out is as in the one before. */
static void inherit(struct reader *r)
{
	for (int role = 0; role < STYLE_ROLES; role++) {
		struct theme_look look = { .fore = -1, .back = -1 };
		for (int depth = 0; depth < DEPTHS; depth++) {
			if (r->named[depth][role])
				look = r->theme.looks[depth][role];
			else
				r->theme.looks[depth][role] = look;
		}
	}
}

bool theme_parse(struct theme *t, struct view text, const char *file, struct err *err)
{
	struct reader r = { 0 };
	if (!ini_parse(text, file, read_pair, &r, err))
		return false;
	inherit(&r);
	*t = r.theme;
	return true;
}

void theme_init(struct theme *t)
{
	const struct theme_builtin *b = THEME_BUILTINS;
	while (b->name && !str_eq(b->name, "default"))
		b++;
	if (!b->name || !theme_parse(t, view_of(b->text), "default.theme", NULL))
		BUG("the default theme that is compiled in is wrong");
}
