/* Borrowed slices of bytes: comparing, cutting, searching. Never allocates. */
#include "base/str.h"

#include <string.h>

struct view view_of(const char *text)
{
	return (struct view){ text, text ? strlen(text) : 0 };
}

struct view view_bytes(const void *ptr, size_t len)
{
	return (struct view){ ptr, len };
}

struct view view_of_str(const struct str *s)
{
	return (struct view){ s->ptr, s->len };
}

bool view_eq(struct view a, struct view b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

bool view_is(struct view a, const char *text)
{
	return view_eq(a, view_of(text));
}

int view_cmp(struct view a, struct view b)
{
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool view_starts(struct view a, const char *prefix)
{
	struct view p = view_of(prefix);
	return a.len >= p.len && view_eq(view_cut(a, 0, p.len), p);
}

bool view_ends(struct view a, const char *suffix)
{
	struct view s = view_of(suffix);
	return a.len >= s.len && view_eq(view_cut(a, a.len - s.len, s.len), s);
}

struct view view_cut(struct view a, size_t from, size_t len)
{
	if (from > a.len)
		from = a.len;
	if (len > a.len - from)
		len = a.len - from;
	return (struct view){ a.ptr ? a.ptr + from : NULL, len };
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct view view_trim(struct view a)
{
	size_t from = 0;
	size_t to = a.len;
	while (from < to && is_blank(a.ptr[from]))
		from++;
	while (to > from && is_blank(a.ptr[to - 1]))
		to--;
	return view_cut(a, from, to - from);
}

size_t view_find(struct view hay, struct view needle, size_t from)
{
	if (from > hay.len || needle.len > hay.len - from)
		return SIZE_MAX;
	if (!needle.len)
		return from;
	const char *hit = memmem(hay.ptr + from, hay.len - from, needle.ptr, needle.len);
	return hit ? (size_t)(hit - hay.ptr) : SIZE_MAX;
}

size_t view_find_byte(struct view hay, char byte, size_t from)
{
	if (from >= hay.len)
		return SIZE_MAX;
	const char *hit = memchr(hay.ptr + from, (unsigned char)byte, hay.len - from);
	return hit ? (size_t)(hit - hay.ptr) : SIZE_MAX;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char unfold(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool equal_folded(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (fold(a[i]) != fold(b[i]))
			return false;
	return true;
}

/* How often a letter stands in texts, roughly: the one that is rarest is looked for. */
static int rank(char c)
{
	static const char often[] = "zqxjkvbpygfwmucldrhsnioate ";
	const char *at = c ? strchr(often, c) : NULL;
	return at ? (int)(at - often) + 1 : 0;
}

static size_t rarest(struct view needle)
{
	size_t best = 0;
	for (size_t i = 1; i < needle.len; i++)
		if (rank(fold(needle.ptr[i])) < rank(fold(needle.ptr[best])))
			best = i;
	return best;
}

/* One of two bytes, each looked for by the library's own fast search; where a byte stands
 * next is kept. */
struct either {
	struct view hay;
	char bytes[2];
	size_t next[2];		/* SIZE_MAX: nowhere */
};

static size_t next_of_either(struct either *e, size_t from)
{
	for (int i = 0; i < 2; i++)
		if (e->next[i] != SIZE_MAX && e->next[i] < from)
			e->next[i] = view_find_byte(e->hay, e->bytes[i], from);
	return e->next[0] < e->next[1] ? e->next[0] : e->next[1];
}

size_t view_find_fold(struct view hay, struct view needle, size_t from)
{
	if (from > hay.len || needle.len > hay.len - from)
		return SIZE_MAX;
	if (!needle.len)
		return from;
	size_t at = rarest(needle), last = hay.len - needle.len + at;
	char low = fold(needle.ptr[at]), high = unfold(low);
	struct either e = { view_cut(hay, 0, last + 1), { low, high }, { 0, 0 } };
	e.next[0] = view_find_byte(e.hay, low, from + at);
	e.next[1] = high == low ? SIZE_MAX : view_find_byte(e.hay, high, from + at);
	for (size_t i; (i = next_of_either(&e, from + at)) != SIZE_MAX; from = i - at + 1)
		if (equal_folded(hay.ptr + i - at, needle.ptr, needle.len))
			return i - at;
	return SIZE_MAX;
}

/* A rest that was used up has a NULL pointer: an empty last part still counts. */
bool view_split(struct view *rest, char by, struct view *part)
{
	*part = (struct view){ 0 };
	if (!rest->ptr)
		return false;
	size_t at = view_find_byte(*rest, by, 0);
	if (at == SIZE_MAX) {
		*part = *rest;
		*rest = (struct view){ 0 };
		return true;
	}
	*part = view_cut(*rest, 0, at);
	*rest = view_cut(*rest, at + 1, rest->len);
	return true;
}

/* On a mismatch only the last star takes one byte more: never exponential. */
bool view_glob(struct view pattern, struct view text)
{
	size_t p = 0, t = 0;
	size_t star = SIZE_MAX, star_text = 0;
	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			star_text = t;
		} else if (p < pattern.len &&
			   (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++star_text;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

bool str_eq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return !strcmp(a, b);
}
