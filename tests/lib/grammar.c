/* A state machine over the bytes that a program wrote to its terminal. */
#include "lib/grammar.h"

enum { ITEM_MAX = 128 << 10, REPEAT_MAX = 1000 };

/* Characters that hide, reorder, or are nothing: first and last. */
static const uint32_t HIDING[][2] = {
	{ 0x7f, 0x9f },	      { 0xad, 0xad },	    { 0x61c, 0x61c },	  { 0x115f, 0x1160 },
	{ 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },	  { 0x2060, 0x206f },
	{ 0x3164, 0x3164 },   { 0xd800, 0xf8ff },   { 0xfeff, 0xfeff },	  { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },   { 0xfffe, 0xffff },   { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	{ 0xf0000, 0xffffffff },
};

/* DEC modes that may be set and reset. */
static const char *const MODES[] = {
	"1", "7", "12", "25", "12;25", "47", "1000", "1004", "1006", "1034", "1049", "2004", "2026",
};

static bool fail(struct grammar *g, const char *what)
{
	if (g->error.len > 0)
		return false;
	str_addf(&g->error, "byte %llu: %s:", (unsigned long long)g->offset, what);
	for (size_t i = 0; i < g->item.len && i < 40; i++)
		str_addf(&g->error, " %02x", (unsigned char)g->item.ptr[i]);
	return false;
}

static bool hides(uint32_t code)
{
	for (size_t i = 0; i < sizeof(HIDING) / sizeof(HIDING[0]); i++) {
		if (code >= HIDING[i][0] && code <= HIDING[i][1])
			return true;
	}
	return (code & 0xfffe) == 0xfffe;
}

static void pass(struct grammar *g, struct str *clean)
{
	str_add(clean, view_of_str(&g->item));
	str_clear(&g->item);
	g->state = GRAMMAR_GROUND;
}

static bool character(struct grammar *g, struct str *clean)
{
	str_clear(&g->last);
	str_add(&g->last, view_of_str(&g->item));
	pass(g, clean);
	return true;
}

static bool ground_continued(struct grammar *g, unsigned char byte, struct str *clean)
{
	if ((byte & 0xc0) != 0x80)
		return fail(g, "broken UTF-8");
	g->code = g->code << 6 | (byte & 0x3f);
	if (--g->more > 0)
		return true;
	if (g->code < g->least)
		return fail(g, "overlong UTF-8");
	if (hides(g->code))
		return fail(g, "a character that hides");
	return character(g, clean);
}

static bool ground(struct grammar *g, unsigned char byte, struct str *clean)
{
	if (g->more > 0)
		return ground_continued(g, byte, clean);
	if (byte == 0x1b) {
		g->state = GRAMMAR_ESC;
		return true;
	}
	if (byte == '\r' || byte == '\n' || byte == '\b' || byte == '\a' || byte == 0x0e ||
	    byte == 0x0f) {
		pass(g, clean);
		return true;
	}
	if (byte < 0x20 || byte == 0x7f)
		return fail(g, "a control character");
	if (byte < 0x80)
		return character(g, clean);
	if (byte < 0xc2 || byte > 0xf4)
		return fail(g, "no UTF-8");
	g->more = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	g->code = byte & (0x3fu >> g->more);
	g->least = g->more == 1 ? 0x80 : g->more == 2 ? 0x800 : 0x10000;
	return true;
}

static bool escape(struct grammar *g, unsigned char byte, struct str *clean)
{
	switch (byte) {
	case '[':
		g->state = GRAMMAR_CSI;
		return true;
	case ']':
		g->state = GRAMMAR_OSC;
		return true;
	case '(':
	case ')':
		g->state = GRAMMAR_CHARSET;
		return true;
	case '=':
	case '>':
	case '7':
	case '8':
	case 'M':
		pass(g, clean);
		return true;
	default:
		return fail(g, "an escape sequence that we never send");
	}
}

/* The sequence is whole: item is ESC [ parameters final. */
static bool csi(struct grammar *g, char final, struct str *clean)
{
	struct view params = view_cut(view_of_str(&g->item), 2, g->item.len - 3);
	int64_t count;
	if (params.len > 0 && params.ptr[0] == '?') {
		/* The Linux console's cursor. */
		if (final == 'c' && (view_is(params, "?0") || view_is(params, "?1"))) {
			str_clear(&g->item);
			g->state = GRAMMAR_GROUND;
			return true;
		}
		for (size_t i = 0; i < sizeof(MODES) / sizeof(MODES[0]); i++) {
			if ((final == 'h' || final == 'l') &&
			    view_is(view_cut(params, 1, params.len), MODES[i])) {
				pass(g, clean);
				return true;
			}
		}
		return fail(g, "a mode that we never set");
	}
	if (final == 'c')
		return fail(g, "a question to the terminal");
	if (final == 'b') {
		if (!number_parse(params, 1, REPEAT_MAX, &count) || g->last.len == 0)
			return fail(g, "a wrong repetition");
		for (; count > 0; count--)
			str_add(clean, view_of_str(&g->last));
		str_clear(&g->item);
		g->state = GRAMMAR_GROUND;
		return true;
	}
	if (final == 't' && !view_is(params, "22;0;0") && !view_is(params, "23;0;0"))
		return fail(g, "a window operation");
	if ((final == 'h' || final == 'l') && !view_is(params, "4") &&
	    !view_is(params, "34"))
		return fail(g, "a mode that we never set");
	pass(g, clean);
	return true;
}

static bool in_csi(struct grammar *g, unsigned char byte, struct str *clean)
{
	static const char finals[] = "ABCDGHJKLMPSTXZ@bcdfhlmrt";
	if ((byte >= '0' && byte <= '9') || byte == ';' || (byte == '?' && g->item.len == 3))
		return g->item.len < 40 ? true : fail(g, "a sequence without end");
	for (const char *f = finals; *f; f++) {
		if ((unsigned char)*f == byte)
			return csi(g, *f, clean);
	}
	return fail(g, "a control sequence that we never send");
}

/* Copy and notices, printable up to BEL. */
static bool in_osc(struct grammar *g, unsigned char byte, struct str *clean)
{
	struct view said = view_cut(view_of_str(&g->item), 2, g->item.len);
	if (byte == '\a') {
		if (!view_starts(said, "52;c;") && !view_starts(said, "9;") &&
		    !view_starts(said, "777;notify;"))
			return fail(g, "an OSC that we never send");
		str_clear(&g->item);
		g->state = GRAMMAR_GROUND;
		return true;
	}
	if (byte < 0x20 || byte == 0x7f || g->item.len > ITEM_MAX)
		return fail(g, "a control character in an OSC");
	return true;
}

static bool step(struct grammar *g, unsigned char byte, struct str *clean)
{
	g->offset++;
	str_add_char(&g->item, (char)byte);
	switch (g->state) {
	case GRAMMAR_GROUND:
		return ground(g, byte, clean);
	case GRAMMAR_ESC:
		return escape(g, byte, clean);
	case GRAMMAR_CHARSET:
		if (byte != 'B' && byte != '0')
			return fail(g, "a character set that we never choose");
		pass(g, clean);
		return true;
	case GRAMMAR_CSI:
		return in_csi(g, byte, clean);
	case GRAMMAR_OSC:
		return in_osc(g, byte, clean);
	}
	return false;
}

bool grammar_feed(struct grammar *g, struct view bytes, struct str *clean)
{
	for (size_t i = 0; i < bytes.len && g->error.len == 0; i++)
		step(g, (unsigned char)bytes.ptr[i], clean);
	return g->error.len == 0;
}

bool grammar_is_whole(const struct grammar *g)
{
	return g->state == GRAMMAR_GROUND && g->more == 0 && g->error.len == 0;
}

void grammar_release(struct grammar *g)
{
	str_release(&g->item);
	str_release(&g->last);
	str_release(&g->error);
	*g = (struct grammar){ 0 };
}
