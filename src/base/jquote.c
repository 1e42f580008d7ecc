/* Strings written as JSON: what a terminal or an editor would take for a command
 * is escaped. */
#include "base/jtext.h"
#include "base/utf8.h"

static const char hex[] = "0123456789abcdef";

static void add_escape(struct str *out, uint32_t code)
{
	char text[6] = { '\\', 'u', hex[code >> 12 & 15], hex[code >> 8 & 15],
			 hex[code >> 4 & 15], hex[code & 15] };
	str_add_bytes(out, text, sizeof text);
}

static void add_ascii(struct str *out, unsigned char c)
{
	static const char shorts[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};
	if (c == '"' || c == '\\') {
		str_add_char(out, '\\');
		str_add_char(out, (char)c);
	} else if (c < 32 && shorts[c]) {
		str_add_char(out, '\\');
		str_add_char(out, shorts[c]);
	} else {
		add_escape(out, c);
	}
}

/* Invisible characters that turn or hide what a reader sees. */
static bool is_bidi(uint32_t c)
{
	return c == 0x61c || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static bool is_plain(unsigned char c)
{
	return c >= 32 && c < 127 && c != '"' && c != '\\';
}

static void add_code(struct str *out, struct view v, size_t *at)
{
	size_t from = *at;
	uint32_t code = utf8_next(v, at);
	if (code == UTF8_BAD)
		str_add(out, VIEW("\xef\xbf\xbd"));
	else if (code < 128)
		add_ascii(out, (unsigned char)code);
	else if (code < 0xa0 || is_bidi(code))
		add_escape(out, code);
	else
		str_add_bytes(out, v.ptr + from, *at - from);
}

void jtext_add_quoted(struct str *out, struct view value)
{
	str_add_char(out, '"');
	for (size_t at = 0; at < value.len;) {
		size_t from = at;
		while (at < value.len && is_plain((unsigned char)value.ptr[at]))
			at++;
		str_add_bytes(out, value.ptr + from, at - from);
		if (at < value.len)
			add_code(out, value, &at);
	}
	str_add_char(out, '"');
}
