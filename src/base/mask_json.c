/* Secrets in JSON texts: what is hidden must not break the text. */
#include "base/mask.h"

#include <string.h>

#include "base/jtext.h"

static size_t end_of_string(struct view json, size_t at)
{
	for (at++; at < json.len && json.ptr[at] != '"'; at++)
		at += json.ptr[at] == '\\';
	return at < json.len ? at + 1 : json.len;
}

static bool is_bare(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '.' || c == '-' || c == '+';
}

static size_t end_of_bare(struct view json, size_t at)
{
	while (at < json.len && is_bare(json.ptr[at]))
		at++;
	return at;
}

static bool is_key(struct view json, size_t end)
{
	while (end < json.len && strchr(" \t\r\n", json.ptr[end]))
		end++;
	return end < json.len && json.ptr[end] == ':';
}

/* keys: NULL for a value; else how many were hidden before: two of one object must not
 * become one. */
static void mask_string(const struct mask *m, struct view quoted, int *keys, struct str *out)
{
	struct arena arena = { 0 };
	struct str masked = { 0 };
	struct jtext t = jtext_of(quoted);
	struct view plain = jtext_string(&t, &arena);
	mask_text(m, plain, &masked);
	bool same = view_eq(view_of_str(&masked), plain);
	if (!same && keys && ++*keys > 1)
		str_addf(&masked, "-%d", *keys);
	if (same)
		str_add(out, quoted);
	else
		jtext_add_quoted(out, view_of_str(&masked));
	str_release(&masked);
	arena_release(&arena);
}

static void mask_bare(const struct mask *m, struct view bare, struct str *out)
{
	struct str masked = { 0 };
	mask_text(m, bare, &masked);
	str_add(out, view_eq(view_of_str(&masked), bare) ? bare : VIEW("\"***\""));
	str_release(&masked);
}

void mask_json(const struct mask *m, struct view json, struct str *out)
{
	int keys = 0;
	for (size_t at = 0, end; at < json.len; at = end) {
		if (json.ptr[at] == '"') {
			end = end_of_string(json, at);
			mask_string(m, view_cut(json, at, end - at), is_key(json, end) ? &keys : NULL,
				    out);
		} else if (is_bare(json.ptr[at])) {
			end = end_of_bare(json, at);
			mask_bare(m, view_cut(json, at, end - at), out);
		} else {
			end = at + 1;
			str_add_char(out, json.ptr[at]);
		}
	}
}
