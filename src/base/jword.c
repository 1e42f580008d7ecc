/* Below JSON's grammar; see jword.h. Knows no values. */
#include "base/jword.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

size_t jword_skip_blanks(struct view text, size_t at)
{
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\n' ||
				 text.ptr[at] == '\t' || text.ptr[at] == '\r'))
		at++;
	return at;
}

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Not zero where one of the word's eight bytes is special. A byte below n: the borrow of the
 * subtraction reaches its high bit; a false alarm above a real one does no harm. */
static uint64_t has_special(uint64_t word)
{
	uint64_t quote = word ^ EACH('"');
	uint64_t slash = word ^ EACH('\\');
	uint64_t low = (word - EACH(0x20)) & ~word;
	uint64_t marks = ((quote - EACH(1)) & ~quote) | ((slash - EACH(1)) & ~slash) | low | word;
	return marks & EACH(0x80);
}

static bool is_special(unsigned char c)
{
	return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

size_t jword_plain_end(struct view text, size_t at)
{
	for (; text.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, text.ptr + at, sizeof word);
		if (has_special(word))
			break;
	}
	while (at < text.len && !is_special((unsigned char)text.ptr[at]))
		at++;
	return at;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "\uXXXX" at `at`: its value, or -1. */
static int64_t unit_at(struct view text, size_t at)
{
	int64_t value = 0;
	if (text.len < 6 || at > text.len - 6 || text.ptr[at] != '\\' || text.ptr[at + 1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex_value(text.ptr[at + i]);
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* A surrogate pair is one character; half a pair is none. */
static const char *unicode_escape(struct view text, size_t *at, struct str *out)
{
	int64_t code = unit_at(text, *at);
	if (code < 0)
		return "four hexadecimal digits";
	if (code == 0)
		return "no \\u0000";
	size_t len = 6;
	if (code >= 0xd800 && code <= 0xdbff) {
		int64_t low = unit_at(text, *at + 6);
		if (low < 0xdc00 || low > 0xdfff)
			return "the second half of a surrogate pair";
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		len = 12;
	} else if (code >= 0xdc00 && code <= 0xdfff) {
		return "the first half of a surrogate pair";
	}
	if (out)
		utf8_add(out, (uint32_t)code);
	*at += len;
	return NULL;
}

const char *jword_escape(struct view text, size_t *at, struct str *out)
{
	static const char names[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	char name = *at + 1 < text.len ? text.ptr[*at + 1] : '\0';
	if (name == 'u')
		return unicode_escape(text, at, out);
	const char *hit = name ? strchr(names, name) : NULL;
	if (!hit)
		return "an escape of JSON";
	if (out)
		str_add_char(out, means[hit - names]);
	*at += 2;
	return NULL;
}
