/* The strict check of a JSON text, in one pass and without a tree. Keys are gathered on one
 * stack for all open objects; an object's own are compared when it closes. */
#include "base/jscan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/jword.h"
#include "base/utf8.h"
#include "base/vec.h"

enum { DEFAULT_SIZE = 1 << 20, DEFAULT_DEPTH = 64, MAX_DEPTH = 1000, SAFE_DIGITS = 15,
       FEW_KEYS = 8 };

struct key {
	struct view name;	/* without escapes: in the text, or in the arena */
	uint64_t hash;		/* set only where there are many */
	size_t at;		/* its place, for the error */
};

struct scan {
	struct view text;
	size_t at;
	int depth;			/* levels left */
	const char *expected;		/* set where it failed, at `at` */
	struct str *quoted;
	size_t copied;			/* how much of text stands in quoted */
	struct arena arena;
	VEC(struct key) keys;
};

static bool fail(struct scan *s, const char *expected)
{
	s->expected = expected;
	return false;
}

static void skip_blanks(struct scan *s)
{
	s->at = jword_skip_blanks(s->text, s->at);
}

static char here(const struct scan *s)
{
	return s->at < s->text.len ? s->text.ptr[s->at] : '\0';
}

static bool take(struct scan *s, char c)
{
	if (s->at >= s->text.len || s->text.ptr[s->at] != c)
		return false;
	s->at++;
	return true;
}

/* At the quote. *escaped says whether there are any backslashes in it. */
static bool scan_string(struct scan *s, bool *escaped)
{
	s->at++;
	for (;;) {
		s->at = jword_plain_end(s->text, s->at);
		if (s->at >= s->text.len)
			return fail(s, "the end of a string");
		unsigned char c = (unsigned char)s->text.ptr[s->at];
		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0x20)
			return fail(s, "an escape instead of a control character");
		if (c == '\\') {
			*escaped = true;
			const char *expected = jword_escape(s->text, &s->at, NULL);
			if (expected)
				return fail(s, expected);
			continue;
		}
		size_t next = s->at;
		if (utf8_next(s->text, &next) == UTF8_BAD)
			return fail(s, "valid UTF-8");
		s->at = next;
	}
}

static void quote_long_integer(struct scan *s, size_t from)
{
	if (!s->quoted)
		return;
	str_add(s->quoted, view_cut(s->text, s->copied, from - s->copied));
	str_add_char(s->quoted, '"');
	str_add(s->quoted, view_cut(s->text, from, s->at - from));
	str_add_char(s->quoted, '"');
	s->copied = s->at;
}

static size_t skip_digits(struct scan *s)
{
	size_t from = s->at;
	while (here(s) >= '0' && here(s) <= '9')
		s->at++;
	return s->at - from;
}

static bool scan_number(struct scan *s)
{
	size_t from = s->at;
	bool integer = true;
	take(s, '-');
	char first = here(s);
	size_t digits = skip_digits(s);
	if (!digits)
		return fail(s, "a digit");
	if (first == '0' && digits > 1)
		return fail(s, "a number without leading zeros");
	if (take(s, '.')) {
		integer = false;
		if (!skip_digits(s))
			return fail(s, "a digit behind the point");
	}
	if (here(s) == 'e' || here(s) == 'E') {
		integer = false;
		s->at++;
		if (here(s) == '+' || here(s) == '-')
			s->at++;
		if (!skip_digits(s))
			return fail(s, "a digit of the exponent");
	}
	if (integer && digits > SAFE_DIGITS)
		quote_long_integer(s, from);
	return true;
}

static bool scan_word(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (view_starts(view_cut(s->text, s->at, 5), words[i])) {
			s->at += strlen(words[i]);
			return true;
		}
	}
	return fail(s, "a value");
}

static int by_hash(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Equal keys are neighbours once sorted by hash; two with one hash by chance in 2^64. */
static const struct key *twin_of_many(struct key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		keys[i].hash = view_hash(keys[i].name);
	qsort(keys, n, sizeof *keys, by_hash);
	for (size_t i = 1; i < n; i++)
		if (keys[i - 1].hash == keys[i].hash && view_eq(keys[i - 1].name, keys[i].name))
			return keys[i].at > keys[i - 1].at ? &keys[i] : &keys[i - 1];
	return NULL;
}

static const struct key *twin_of_few(const struct key *keys, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (view_eq(keys[i].name, keys[k].name))
				return &keys[i];
	return NULL;
}

static bool close_object(struct scan *s, size_t first_key)
{
	size_t n = s->keys.len - first_key;
	if (n > 1) {
		struct key *own = s->keys.items + first_key;
		const struct key *twin = n <= FEW_KEYS ? twin_of_few(own, n)
						       : twin_of_many(own, n);
		if (twin) {
			s->at = twin->at;
			return fail(s, "a key that was not there before");
		}
	}
	s->keys.len = first_key;
	return true;
}

static struct view without_escapes(struct scan *s, struct view raw)
{
	struct str plain = { 0 };
	for (size_t at = 0; at < raw.len;) {
		size_t end = view_find_byte(raw, '\\', at);
		str_add(&plain, view_cut(raw, at, end - at));
		at = end < raw.len ? end : raw.len;
		if (at < raw.len)
			jword_escape(raw, &at, &plain);
	}
	struct view name = arena_view(&s->arena, view_of_str(&plain));
	str_release(&plain);
	return name;
}

static bool scan_key(struct scan *s)
{
	size_t from = s->at;
	bool escaped = false;
	if (here(s) != '"')
		return fail(s, "a key in quotes");
	if (!scan_string(s, &escaped))
		return false;
	struct view raw = view_cut(s->text, from + 1, s->at - from - 2);
	struct key key = { escaped ? without_escapes(s, raw) : raw, 0, from };
	vec_push(&s->keys, key);
	skip_blanks(s);
	return take(s, ':') || fail(s, "':'");
}

static bool scan_value(struct scan *s);

static bool scan_object(struct scan *s)
{
	size_t first_key = s->keys.len;
	s->at++;
	skip_blanks(s);
	if (take(s, '}'))
		return true;
	do {
		skip_blanks(s);
		if (!scan_key(s) || !scan_value(s))
			return false;
		skip_blanks(s);
	} while (take(s, ','));
	return take(s, '}') ? close_object(s, first_key) : fail(s, "',' or '}'");
}

static bool scan_array(struct scan *s)
{
	s->at++;
	skip_blanks(s);
	if (take(s, ']'))
		return true;
	do {
		if (!scan_value(s))
			return false;
		skip_blanks(s);
	} while (take(s, ','));
	return take(s, ']') || fail(s, "',' or ']'");
}

static bool scan_nested(struct scan *s)
{
	if (!s->depth)
		return fail(s, "fewer levels");
	s->depth--;
	bool good = here(s) == '{' ? scan_object(s) : scan_array(s);
	s->depth++;
	return good;
}

static bool scan_value(struct scan *s)
{
	bool escaped = false;
	skip_blanks(s);
	char c = here(s);
	if (c == '"')
		return scan_string(s, &escaped);
	if (c == '{' || c == '[')
		return scan_nested(s);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(s);
	return scan_word(s);
}

static bool scan_all(struct scan *s)
{
	if (!scan_value(s))
		return false;
	skip_blanks(s);
	return s->at == s->text.len || fail(s, "nothing more");
}

static bool report(const struct scan *s, struct err *err)
{
	size_t line = 1, column = 1;
	for (size_t at = 0; at < s->at && at < s->text.len;) {
		uint32_t code = utf8_next(s->text, &at);
		line += code == '\n';
		column = code == '\n' ? 1 : column + 1;
	}
	return err_set(err, ERR_PARSE, "line %zu, column %zu: expected %s", line, column,
		       s->expected);
}

bool jscan_check(struct view text, struct jscan_limits limits, struct str *quoted, struct err *err)
{
	size_t size = limits.size ? limits.size : DEFAULT_SIZE;
	if (text.len > size)
		return err_set(err, ERR_LIMIT, "JSON of %zu bytes, more than %zu", text.len, size);
	int depth = limits.depth > 0 ? limits.depth : DEFAULT_DEPTH;
	struct scan s = { .text = text, .quoted = quoted,
			  .depth = depth < MAX_DEPTH ? depth : MAX_DEPTH };
	bool good = scan_all(&s) || report(&s, err);
	vec_release(&s.keys);
	arena_release(&s.arena);
	if (good && quoted) {
		str_add(quoted, view_cut(text, s.copied, text.len));
		if (quoted->cut)
			good = err_set(err, ERR_LIMIT, "JSON that grew over its cap");
	}
	return good;
}
