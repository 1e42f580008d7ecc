/* Visible or escaped; see visible.h. Knows no lines and no escape sequences. */
#include "base/visible.h"

#include <stddef.h>
#include <string.h>

#include "base/utf8.h"

enum { MAX_MARKS = 4, TEXT_SELECTOR = 0xfe0e, PICTURE_SELECTOR = 0xfe0f };

/* In order. What a reader cannot see, or what moves or turns what he sees. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0000, 0x001f },	/* C0 */
	{ 0x007f, 0x009f },	/* DEL, C1 */
	{ 0x00ad, 0x00ad },	/* soft hyphen */
	{ 0x034f, 0x034f },	/* combining grapheme joiner */
	{ 0x061c, 0x061c },	/* Arabic letter mark */
	{ 0x070f, 0x070f },	/* Syriac abbreviation mark */
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x17b4, 0x17b5 },	/* Khmer inherent vowels */
	{ 0x180b, 0x180f },	/* Mongolian selectors, vowel separator */
	{ 0x200b, 0x200f },	/* zero-width, direction marks */
	{ 0x2028, 0x202e },	/* separators, bidi embeddings and overrides */
	{ 0x2060, 0x206f },	/* word joiner, invisible operators, bidi isolates */
	{ 0x2800, 0x2800 },	/* the empty Braille pattern */
	{ 0x3164, 0x3164 },	/* Hangul filler */
	{ 0xd800, 0xf8ff },	/* surrogates, private use */
	{ 0xfdd0, 0xfdef },	/* noncharacters */
	{ 0xfe00, 0xfe0f },	/* variation selectors */
	{ 0xfeff, 0xfeff },	/* byte order mark */
	{ 0xffa0, 0xffa0 },	/* halfwidth Hangul filler */
	{ 0xfff0, 0xfffb },	/* interlinear annotations */
	{ 0x13430, 0x1343f },	/* Egyptian format controls */
	{ 0x1bca0, 0x1bca3 },	/* shorthand format controls */
	{ 0x1d159, 0x1d159 },	/* musical null notehead */
	{ 0x1d173, 0x1d17a },	/* musical format controls */
	{ 0xe0000, 0x10ffff },	/* tags, selectors, private use */
};

enum { HIDDEN = sizeof hidden / sizeof *hidden };

bool visible_is_hidden(uint32_t code)
{
	size_t low = 0, high = HIDDEN;
	if (code >= 0x20 && code < 0x7f)
		return false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (code > hidden[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low == HIDDEN || code >= hidden[low].first || (code & 0xfffe) == 0xfffe;
}

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Not zero where one of eight bytes is below 0x20, DEL or from 0x80 on. */
static uint64_t has_special(uint64_t word)
{
	uint64_t del = word ^ EACH(0x7f);
	uint64_t low = (word - EACH(0x20)) & ~word;
	return (((del - EACH(1)) & ~del) | low | word) & EACH(0x80);
}

size_t visible_plain_end(struct view v, size_t at)
{
	for (; v.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, v.ptr + at, sizeof word);
		if (has_special(word))
			break;
	}
	while (at < v.len && v.ptr[at] >= 0x20 && v.ptr[at] < 0x7f)
		at++;
	return at;
}

void visible_add_plain(struct visible *to, struct view v)
{
	if (!v.len)
		return;
	str_add(to->out, v);
	to->cells += (int)v.len;
	to->base = true;
	to->picture = false;
	to->marks = 0;
}

/* Whatever marks follow an escape have nothing to stand on and are shown too. */
static void add_escape(struct visible *to, const char *text)
{
	str_add_text(to->out, text);
	to->cells += (int)strlen(text);
	to->base = to->picture = false;
	to->escaped++;
}

static void escape_code(struct visible *to, uint32_t code)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[0x20] = { ['\n'] = 'n', ['\t'] = 't', ['\r'] = 'r' };
	char text[16] = { '\\' };
	size_t len = 1;
	if (code < 0x20 && letters[code]) {
		text[len++] = letters[code];
	} else if (code < 0x80) {
		text[len++] = 'x';
		text[len++] = hex[code >> 4];
		text[len++] = hex[code & 15];
	} else {
		int digits = code > 0xfffff ? 6 : code > 0xffff ? 5 : code > 0xfff ? 4 :
			code > 0xff ? 3 : 2;
		text[len++] = 'u';
		text[len++] = '{';
		while (digits-- > 0)
			text[len++] = hex[code >> (4 * digits) & 15];
		text[len++] = '}';
	}
	add_escape(to, text);
}

static void add_mark(struct visible *to, uint32_t code)
{
	if (!to->base || to->marks == MAX_MARKS) {
		escape_code(to, code);
	} else {
		to->marks++;
		utf8_add(to->out, code);
	}
}

void visible_add_code(struct visible *to, uint32_t code)
{
	/* How a picture is to be drawn: nothing is lost without, and cells stay certain. */
	if ((code == TEXT_SELECTOR || code == PICTURE_SELECTOR) && to->picture) {
		to->picture = false;
		return;
	}
	int width = utf8_code_width(code);
	if (width < 0 || visible_is_hidden(code)) {
		escape_code(to, code);
	} else if (width == 0) {
		add_mark(to, code);
	} else {
		utf8_add(to->out, code);
		to->cells += width;
		to->base = true;
		to->picture = code >= 0x80;
		to->marks = 0;
	}
}

void visible_add_byte(struct visible *to, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char text[] = { '\\', 'x', hex[byte >> 4], hex[byte & 15], '\0' };
	add_escape(to, text);
}
