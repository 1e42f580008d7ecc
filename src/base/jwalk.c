/* Walking JSON text by balanced brackets only (jscan.h): one record at a time, so that a long
 * list is never one tree. */
#include "base/jscan.h"

#include <stdint.h>
#include <string.h>

#include "base/jword.h"

enum { MAX_DEPTH = 1024 };

/* Which brackets are open: a bit each, set for an object. */
struct nest {
	uint64_t bits[MAX_DEPTH / 64];
	size_t depth;
};

static bool nest_open(struct nest *n, bool object)
{
	if (n->depth == MAX_DEPTH)
		return false;
	uint64_t bit = (uint64_t)1 << (n->depth % 64);
	uint64_t *word = &n->bits[n->depth++ / 64];
	*word = object ? *word | bit : *word & ~bit;
	return true;
}

static bool nest_close(struct nest *n, bool object)
{
	if (!n->depth)
		return false;
	n->depth--;
	return (n->bits[n->depth / 64] >> (n->depth % 64) & 1) == object;
}

/* Behind the closing quote of the string whose opening quote is at `at`. */
static size_t string_end(struct view text, size_t at)
{
	for (at++; at < text.len; at++) {
		at = jword_plain_end(text, at);
		if (at >= text.len)
			break;
		if (text.ptr[at] == '"')
			return at + 1;
		if (text.ptr[at] == '\\')
			at++;
	}
	return SIZE_MAX;
}

static bool ends_word(char c)
{
	return c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '[' || c == '{' ||
		c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* A number or a word: at least one byte that is no mark. */
static size_t word_end(struct view text, size_t at)
{
	size_t end = at;
	while (end < text.len && !ends_word(text.ptr[end]))
		end++;
	return end > at ? end : SIZE_MAX;
}

static size_t nested_end(struct view text, size_t at)
{
	struct nest n;
	n.depth = 0;
	do {
		char c = text.ptr[at];
		if (c == '"') {
			at = string_end(text, at);
			if (at == SIZE_MAX)
				return SIZE_MAX;
			continue;
		}
		if ((c == '{' || c == '[') && !nest_open(&n, c == '{'))
			return SIZE_MAX;
		if ((c == '}' || c == ']') && !nest_close(&n, c == '}'))
			return SIZE_MAX;
		at++;
	} while (n.depth && at < text.len);
	return n.depth ? SIZE_MAX : at;
}

size_t jscan_value_end(struct view text, size_t at)
{
	at = jword_skip_blanks(text, at);
	if (at >= text.len)
		return SIZE_MAX;
	switch (text.ptr[at]) {
	case '"':
		return string_end(text, at);
	case '{':
	case '[':
		return nested_end(text, at);
	default:
		return word_end(text, at);
	}
}

static bool take(struct view text, size_t *at, char c)
{
	*at = jword_skip_blanks(text, *at);
	if (*at >= text.len || text.ptr[*at] != c)
		return false;
	(*at)++;
	return true;
}

/* Moves *at behind the blanks and colon of the member named key. False at the object's end. */
static bool find_member(struct view text, const char *key, size_t *at, bool *bad)
{
	struct view name = view_of(key);
	*bad = true;
	if (!take(text, at, '{'))
		return false;
	if (take(text, at, '}')) {
		*bad = false;
		return false;
	}
	do {
		size_t from = jword_skip_blanks(text, *at);
		if (from >= text.len || text.ptr[from] != '"')
			return false;
		*at = string_end(text, from);
		if (*at == SIZE_MAX)
			return false;
		struct view found = view_cut(text, from + 1, *at - from - 2);
		if (!take(text, at, ':'))
			return false;
		if (view_eq(found, name)) {
			*bad = false;
			return true;
		}
		*at = jscan_value_end(text, *at);
		if (*at == SIZE_MAX)
			return false;
	} while (take(text, at, ','));
	*bad = !take(text, at, '}');
	return false;
}

/* Behind the '[' of the list. A list that is null or not there is an empty one. */
static bool enter_list(struct view text, const char *key, size_t *at, bool *bad)
{
	if (key && !find_member(text, key, at, bad))
		return false;
	if (take(text, at, '['))
		return true;
	*bad = !(key && view_starts(view_cut(text, *at, 4), "null"));
	return false;
}

static bool give_up(size_t *at, bool *bad, bool is_bad)
{
	*at = SIZE_MAX;
	*bad = is_bad;
	return false;
}

bool jscan_next(struct view text, const char *key, size_t *at, struct view *element, bool *bad)
{
	bool first = *at == 0;
	bool wrong = false;
	if (*at == SIZE_MAX)	/* ended before */
		return false;
	if (first && !enter_list(text, key, at, &wrong))
		return give_up(at, bad, wrong);
	if (take(text, at, ']'))
		return give_up(at, bad, false);
	if (!first && !take(text, at, ','))
		return give_up(at, bad, true);
	size_t from = jword_skip_blanks(text, *at);
	size_t end = jscan_value_end(text, from);
	if (end == SIZE_MAX)
		return give_up(at, bad, true);
	*element = view_cut(text, from, end - from);
	*at = end;
	return true;
}
