/* UTF-8, cells and graphemes. The door to utf8proc. */
#include "base/utf8.h"

#include <langinfo.h>
#include <wchar.h>

#include <utf8proc.h>

/* By the high bits of a first byte: how many bytes follow, and what is the least code that
 * needs them. */
static const struct {
	unsigned char mask, mark;
	int more;
	uint32_t least;
} shapes[] = {
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static bool is_scalar(uint32_t code)
{
	return code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
}

/* The code point at the first byte of p, which is no ASCII. len counts its bytes. */
static uint32_t decode(const unsigned char *p, size_t left, size_t *len)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		if ((p[0] & shapes[i].mask) != shapes[i].mark)
			continue;
		size_t more = (size_t)shapes[i].more;
		if (more >= left)
			return UTF8_BAD;
		uint32_t code = p[0] & (0x3fu >> more);
		for (size_t k = 1; k <= more; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return UTF8_BAD;
			code = code << 6 | (p[k] & 0x3fu);
		}
		if (code < shapes[i].least || !is_scalar(code))
			return UTF8_BAD;
		*len = more + 1;
		return code;
	}
	return UTF8_BAD;
}

uint32_t utf8_next(struct view v, size_t *at)
{
	const unsigned char *p = (const unsigned char *)v.ptr + *at;
	size_t len = 1;
	uint32_t code = *p < 0x80 ? *p : decode(p, v.len - *at, &len);
	*at += len;
	return code;
}

bool utf8_valid(struct view v)
{
	for (size_t at = 0; at < v.len;)
		if (utf8_next(v, &at) == UTF8_BAD)
			return false;
	return true;
}

bool utf8_add(struct str *s, uint32_t code)
{
	char bytes[4];
	if (!is_scalar(code))
		return false;
	if (code < 0x80)
		return str_add_char(s, (char)code);
	size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	for (size_t k = more; k > 0; k--) {
		bytes[k] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	bytes[0] = (char)(shapes[more - 1].mark | code);
	return str_add_bytes(s, bytes, more + 1);
}

int utf8_code_width(uint32_t code)
{
	if (code >= 0x20 && code < 0x7f)
		return 1;
	if (code < 0xa0 || !is_scalar(code))
		return -1;
	return wcwidth((wchar_t)code);
}

int utf8_width(struct view v)
{
	int cells = 0;
	for (size_t at = 0; at < v.len;) {
		int width = utf8_code_width(utf8_next(v, &at));
		if (width > 0)
			cells += width;
	}
	return cells;
}

static bool is_plain_ascii(struct view v, size_t at)
{
	return at >= v.len || (v.ptr[at] >= 0x20 && v.ptr[at] < 0x7f);
}

/* Two printable ASCII characters in a row never join. */
size_t utf8_grapheme_end(struct view v, size_t at)
{
	if (at >= v.len)
		return v.len;
	if (is_plain_ascii(v, at) && is_plain_ascii(v, at + 1))
		return at + 1;
	utf8proc_int32_t state = 0;
	uint32_t before = utf8_next(v, &at);
	while (at < v.len) {
		size_t next = at;
		uint32_t code = utf8_next(v, &next);
		if (before == UTF8_BAD || code == UTF8_BAD ||
		    utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
						     (utf8proc_int32_t)code, &state))
			break;
		before = code;
		at = next;
	}
	return at;
}

struct view utf8_fit(struct view v, int cells)
{
	size_t at = 0;
	while (at < v.len) {
		size_t end = utf8_grapheme_end(v, at);
		cells -= utf8_width(view_cut(v, at, end - at));
		if (cells < 0)
			break;
		at = end;
	}
	return view_cut(v, 0, at);
}

void utf8_add_cut(struct str *s, struct view v, int cells, bool unicode)
{
	struct view whole = utf8_fit(v, cells);
	if (whole.len == v.len) {
		str_add(s, v);
		return;
	}
	if (cells < 1)
		return;
	str_add(s, utf8_fit(v, cells - 1));
	str_add_text(s, unicode ? "\xe2\x80\xa6" : "~");
}

void utf8_add_tail(struct str *s, struct view v, int cells, bool unicode)
{
	struct view tail = v;
	int width = utf8_width(v);
	if (width > cells) {
		if (cells < 1)
			return;
		str_add_text(s, unicode ? "\xe2\x80\xa6" : "~");
		while (tail.len && utf8_width(tail) > cells - 1)
			tail = view_cut(tail, utf8_grapheme_end(tail, 0), tail.len);
	}
	str_add(s, tail);
}

bool utf8_is_unicode_locale(void)
{
	return str_eq(nl_langinfo(CODESET), "UTF-8");
}
