/* Writes JSON text; knows commas, escapes and depth, nothing of what it writes. */
#include "wire/jsonw.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/when.h"

enum { DEPTH_MAX = 63 };

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

void jsonw_add_quoted(struct str *out, struct view value)
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

void jsonw_init(struct jsonw *w, struct str *out)
{
	*w = (struct jsonw){ .out = out };
}

static void start_value(struct jsonw *w)
{
	uint64_t bit = UINT64_C(1) << w->depth;
	if (w->depth && (w->started & bit))
		str_add_char(w->out, ',');
	w->started |= bit;
}

static void start(struct jsonw *w, const char *key)
{
	if (key)
		jsonw_key(w, view_of(key));
	if (w->keyed)
		w->keyed = false;
	else
		start_value(w);
}

void jsonw_key(struct jsonw *w, struct view key)
{
	start_value(w);
	jsonw_add_quoted(w->out, key);
	str_add_char(w->out, ':');
	w->keyed = true;
}

static void open_level(struct jsonw *w, const char *key, char bracket)
{
	start(w, key);
	if (w->depth == DEPTH_MAX)
		BUG("JSON is written too deep");
	w->depth++;
	w->started &= ~(UINT64_C(1) << w->depth);
	str_add_char(w->out, bracket);
}

static void close_level(struct jsonw *w, char bracket)
{
	if (!w->depth || w->keyed)
		BUG("JSON is closed that was not open");
	w->depth--;
	str_add_char(w->out, bracket);
}

void jsonw_object(struct jsonw *w, const char *key)
{
	open_level(w, key, '{');
}

void jsonw_array(struct jsonw *w, const char *key)
{
	open_level(w, key, '[');
}

void jsonw_end_object(struct jsonw *w)
{
	close_level(w, '}');
}

void jsonw_end_array(struct jsonw *w)
{
	close_level(w, ']');
}

void jsonw_text(struct jsonw *w, const char *key, struct view value)
{
	start(w, key);
	jsonw_add_quoted(w->out, value);
}

void jsonw_string(struct jsonw *w, const char *key, const char *value)
{
	if (value)
		jsonw_text(w, key, view_of(value));
	else
		jsonw_null(w, key);
}

void jsonw_int(struct jsonw *w, const char *key, int64_t value)
{
	start(w, key);
	str_addf(w->out, "%" PRId64, value);
}

/* The shortest of two forms that reads back as the same number. */
void jsonw_real(struct jsonw *w, const char *key, double value)
{
	if (!isfinite(value)) {
		jsonw_null(w, key);
		return;
	}
	start(w, key);
	char text[40];
	snprintf(text, sizeof text, "%.15g", value);
	double back = 0;
	if (!number_parse_real(view_of(text), &back) || back < value || back > value)
		snprintf(text, sizeof text, "%.17g", value);
	str_add_text(w->out, text);
}

void jsonw_bool(struct jsonw *w, const char *key, bool value)
{
	start(w, key);
	str_add_text(w->out, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
	start(w, key);
	str_add_text(w->out, "null");
}

void jsonw_time(struct jsonw *w, const char *key, int64_t at_ms)
{
	if (!at_ms) {
		jsonw_null(w, key);
		return;
	}
	start(w, key);
	str_add_char(w->out, '"');
	when_add_rfc3339(w->out, at_ms);
	str_add_char(w->out, '"');
}

void jsonw_raw(struct jsonw *w, const char *key, struct view json)
{
	start(w, key);
	str_add(w->out, json.len ? json : VIEW("null"));
}
