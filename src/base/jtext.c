/* A cursor over JSON text. Strings are written in jquote.c. */
#include "base/jtext.h"

#include <string.h>

enum { DEPTH_MAX = 64 };

static bool fail(struct jtext *t)
{
	t->bad = true;
	t->at = t->end;
	return false;
}

static void skip_blanks(struct jtext *t)
{
	while (t->at < t->end &&
	       (*t->at == ' ' || *t->at == '\n' || *t->at == '\r' || *t->at == '\t'))
		t->at++;
}

struct jtext jtext_of(struct view text)
{
	const char *from = text.len ? text.ptr : "";
	return (struct jtext){ .at = from, .end = from + text.len };
}

enum jtext_kind jtext_peek(struct jtext *t)
{
	skip_blanks(t);
	if (t->at == t->end)
		return JTEXT_NONE;
	switch (*t->at) {
	case '{':
		return JTEXT_OBJECT;
	case '[':
		return JTEXT_ARRAY;
	case '"':
		return JTEXT_STRING;
	case 't':
	case 'f':
		return JTEXT_BOOL;
	case 'n':
		return JTEXT_NULL;
	default:
		return *t->at == '-' || (*t->at >= '0' && *t->at <= '9') ? JTEXT_NUMBER :
									   JTEXT_NONE;
	}
}

bool jtext_enter(struct jtext *t, enum jtext_kind kind)
{
	if (jtext_peek(t) != kind || (kind != JTEXT_ARRAY && kind != JTEXT_OBJECT))
		return false;
	if (t->depth == DEPTH_MAX)
		return fail(t);
	t->at++;
	t->depth++;
	t->first = true;
	return true;
}

/* To the next value of the innermost array or object, or out of it. */
static bool step(struct jtext *t, char close)
{
	skip_blanks(t);
	if (t->at == t->end)
		return fail(t);
	if (*t->at == close) {
		t->at++;
		t->depth--;
		t->first = false;
		return false;
	}
	if (!t->first && *t->at++ != ',')
		return fail(t);
	t->first = false;
	skip_blanks(t);
	return true;
}

bool jtext_element(struct jtext *t)
{
	return step(t, ']');
}

/* The bytes between the quotes at the cursor, and whether a backslash is there. */
static struct view pass_quoted(struct jtext *t, bool *escaped)
{
	const char *from = ++t->at;
	*escaped = false;
	while (t->at < t->end && *t->at != '"') {
		if ((unsigned char)*t->at < 32)
			break;
		if (*t->at == '\\') {
			*escaped = true;
			if (++t->at == t->end)
				break;
		}
		t->at++;
	}
	if (t->at >= t->end || *t->at != '"') {
		fail(t);
		return (struct view){ 0 };
	}
	return (struct view){ from, (size_t)(t->at++ - from) };
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hex digits at v[at], or -1. */
static int32_t hex4(struct view v, size_t at)
{
	int32_t code = 0;
	if (at + 4 > v.len)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		int digit = hex_value(v.ptr[i]);
		if (digit < 0)
			return -1;
		code = code * 16 + digit;
	}
	return code;
}

static size_t put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* What stands behind \u at *at; halves that stand alone and NUL are U+FFFD. False
 * where there are no four digits. */
static bool unicode_escape(struct view v, size_t *at, uint32_t *code)
{
	int32_t high = hex4(v, *at);
	if (high < 0)
		return false;
	*at += 4;
	*code = (uint32_t)high;
	if (high >= 0xd800 && high < 0xdc00 && *at + 6 <= v.len && v.ptr[*at] == '\\' &&
	    v.ptr[*at + 1] == 'u') {
		int32_t low = hex4(v, *at + 2);
		if (low >= 0xdc00 && low < 0xe000) {
			*at += 6;
			*code = 0x10000 + ((uint32_t)(high - 0xd800) << 10) +
				(uint32_t)(low - 0xdc00);
			return true;
		}
	}
	if (!high || (high >= 0xd800 && high < 0xe000))
		*code = 0xfffd;
	return true;
}

/* Escaped text is never shorter than what it stands for: v.len bytes suffice. */
static bool unescape(struct view v, char *to, size_t *len)
{
	static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	size_t n = 0;
	for (size_t at = 0; at < v.len;) {
		char c = v.ptr[at++];
		if (c != '\\') {
			to[n++] = c;
			continue;
		}
		c = v.ptr[at++];
		uint32_t code = 0;
		const char *found = c ? strchr(plain, c) : NULL;
		if (found)
			to[n++] = meant[found - plain];
		else if (c == 'u' && unicode_escape(v, &at, &code))
			n += put_utf8(to + n, code);
		else
			return false;
	}
	*len = n;
	return true;
}

static struct view pass_string(struct jtext *t, struct arena *arena)
{
	bool escaped = false;
	struct view raw = pass_quoted(t, &escaped);
	if (!escaped)
		return raw;
	char *to = arena_alloc(arena, raw.len + 1);
	size_t len = 0;
	if (!unescape(raw, to, &len)) {
		fail(t);
		return (struct view){ 0 };
	}
	return (struct view){ to, len };
}

bool jtext_member(struct jtext *t, struct arena *arena, struct view *key)
{
	if (!step(t, '}'))
		return false;
	if (t->at == t->end || *t->at != '"')
		return fail(t);
	*key = pass_string(t, arena);
	skip_blanks(t);
	if (t->at == t->end || *t->at != ':')
		return fail(t);
	t->at++;
	return true;
}

static bool pass_word(struct jtext *t, struct view word)
{
	if ((size_t)(t->end - t->at) < word.len || memcmp(t->at, word.ptr, word.len) != 0)
		return fail(t);
	t->at += word.len;
	return true;
}

static bool pass_digits(struct jtext *t)
{
	const char *from = t->at;
	while (t->at < t->end && *t->at >= '0' && *t->at <= '9')
		t->at++;
	return t->at > from;
}

static bool pass_number(struct jtext *t)
{
	if (*t->at == '-')
		t->at++;
	if (t->at < t->end && *t->at == '0')
		t->at++;
	else if (!pass_digits(t))
		return fail(t);
	if (t->at < t->end && *t->at == '.') {
		t->at++;
		if (!pass_digits(t))
			return fail(t);
	}
	if (t->at < t->end && (*t->at == 'e' || *t->at == 'E')) {
		t->at++;
		if (t->at < t->end && (*t->at == '+' || *t->at == '-'))
			t->at++;
		if (!pass_digits(t))
			return fail(t);
	}
	return true;
}

static bool pass_scalar(struct jtext *t, enum jtext_kind kind)
{
	bool escaped = false;
	if (kind == JTEXT_STRING) {
		pass_quoted(t, &escaped);
		return !t->bad;
	}
	if (kind == JTEXT_NUMBER)
		return pass_number(t);
	if (kind == JTEXT_NULL)
		return pass_word(t, VIEW("null"));
	if (kind == JTEXT_BOOL)
		return pass_word(t, *t->at == 't' ? VIEW("true") : VIEW("false"));
	return fail(t);
}

/* The key of a member is passed too, so that no arena is needed. */
static bool step_to_value(struct jtext *t, bool object)
{
	if (!step(t, object ? '}' : ']'))
		return false;
	if (!object)
		return true;
	if (jtext_peek(t) != JTEXT_STRING)
		return fail(t);
	pass_scalar(t, JTEXT_STRING);
	skip_blanks(t);
	if (t->at == t->end || *t->at != ':')
		return fail(t);
	t->at++;
	return true;
}

/* Iterative: which levels are objects is kept as bits. */
static void pass_value(struct jtext *t)
{
	uint64_t objects = 0;
	int outside = t->depth;
	for (;;) {
		enum jtext_kind kind = jtext_peek(t);
		if (kind == JTEXT_OBJECT || kind == JTEXT_ARRAY) {
			if (!jtext_enter(t, kind))
				return;
			objects = objects << 1 | (kind == JTEXT_OBJECT);
		} else if (!pass_scalar(t, kind)) {
			return;
		}
		while (t->depth > outside && !step_to_value(t, objects & 1)) {
			if (t->bad)
				return;
			objects >>= 1;
		}
		if (t->depth == outside)
			return;
	}
}

struct view jtext_value(struct jtext *t)
{
	skip_blanks(t);
	const char *from = t->at;
	pass_value(t);
	if (t->bad)
		return (struct view){ 0 };
	return (struct view){ from, (size_t)(t->at - from) };
}

struct view jtext_string(struct jtext *t, struct arena *arena)
{
	if (jtext_peek(t) == JTEXT_STRING)
		return pass_string(t, arena);
	pass_value(t);
	return (struct view){ 0 };
}

/* A number's text, also out of quotes. */
static struct view number_text(struct jtext *t)
{
	enum jtext_kind kind = jtext_peek(t);
	struct view v = jtext_value(t);
	if (kind == JTEXT_STRING && v.len >= 2)
		return view_cut(v, 1, v.len - 2);
	return kind == JTEXT_NUMBER ? v : (struct view){ 0 };
}

int64_t jtext_int(struct jtext *t, int64_t fallback)
{
	struct view v = number_text(t);
	int64_t n = 0;
	double d = 0;
	if (number_parse(v, INT64_MIN, INT64_MAX, &n))
		return n;
	bool real = number_parse_real(v, &d) && d > -9e18 && d < 9e18;
	n = real ? (int64_t)d : 0;
	return real && !((double)n < d) && !((double)n > d) ? n : fallback;
}

double jtext_real(struct jtext *t, double fallback)
{
	double d = 0;
	return number_parse_real(number_text(t), &d) ? d : fallback;
}

bool jtext_true(struct jtext *t)
{
	return view_is(jtext_value(t), "true");
}

bool jtext_ended(struct jtext *t)
{
	skip_blanks(t);
	return !t->bad && t->at == t->end;
}

enum jtext_kind jtext_kind_of(struct view json)
{
	struct jtext t = jtext_of(json);
	return jtext_peek(&t);
}

bool jtext_is_value(struct view json)
{
	struct jtext t = jtext_of(json);
	return jtext_value(&t).len && jtext_ended(&t);
}
