/* Objects read by tables. Knows nothing of what they are. */
#include "wire/members.h"

#include <string.h>

#include "base/when.h"

void member_text(struct reader *r, void *field)
{
	if (jtext_peek(&r->text) == JTEXT_STRING)
		*(struct view *)field = jtext_string(&r->text, r->arena);
	else
		jtext_value(&r->text);
}

void member_raw(struct reader *r, void *field)
{
	bool null = jtext_peek(&r->text) == JTEXT_NULL;
	struct view raw = jtext_value(&r->text);
	*(struct view *)field = null ? (struct view){ 0 } : raw;
}

void member_int64(struct reader *r, void *field)
{
	int64_t *to = field;
	*to = jtext_int(&r->text, *to);
}

void member_int(struct reader *r, void *field)
{
	int *to = field;
	int64_t n = jtext_int(&r->text, *to);
	if (n >= INT32_MIN && n <= INT32_MAX)
		*to = (int)n;
}

void member_u16(struct reader *r, void *field)
{
	uint16_t *to = field;
	int64_t n = jtext_int(&r->text, *to);
	*to = n < 0 ? 0 : n > UINT16_MAX ? UINT16_MAX : (uint16_t)n;
}

void member_time(struct reader *r, void *field)
{
	int64_t at = 0;
	if (when_parse_rfc3339(jtext_string(&r->text, r->arena), &at))
		*(int64_t *)field = at;
}

void member_real(struct reader *r, void *field)
{
	float *to = field;
	*to = (float)jtext_real(&r->text, (double)*to);
}

void member_true(struct reader *r, void *field)
{
	*(bool *)field = jtext_true(&r->text);
}

static struct view join(struct arena *arena, const struct view *words, size_t n)
{
	size_t len = 0, at = 0;
	for (size_t i = 0; i < n; i++)
		len += words[i].len + 2;
	char *to = arena_alloc(arena, len + 1);
	for (size_t i = 0; i < n; i++) {
		if (i) {
			memcpy(to + at, ", ", 2);
			at += 2;
		}
		if (words[i].len)
			memcpy(to + at, words[i].ptr, words[i].len);
		at += words[i].len;
	}
	return (struct view){ to, at };
}

void member_words(struct reader *r, void *field)
{
	size_t n = 0;
	if (jtext_peek(&r->text) != JTEXT_ARRAY) {
		member_text(r, field);
		return;
	}
	const struct view *words = read_views(r, "name", &n);
	*(struct view *)field = join(r->arena, words, n);
}

/* Rows mostly come in the order of the table: the search goes on from the last. */
static const struct member *find_member(const struct member *table, const struct member *from,
					struct view key)
{
	for (const struct member *m = from; m->name; m++)
		if (view_is(key, m->name))
			return m;
	for (const struct member *m = table; m < from; m++)
		if (view_is(key, m->name))
			return m;
	return NULL;
}

bool read_members(struct reader *r, const struct member *table, void *out)
{
	const struct member *next = table;
	struct view key;
	if (!jtext_enter(&r->text, JTEXT_OBJECT)) {
		jtext_value(&r->text);
		return false;
	}
	while (jtext_member(&r->text, r->arena, &key)) {
		const struct member *m = find_member(table, next, key);
		if (!m) {
			jtext_value(&r->text);
			continue;
		}
		m->read(r, (char *)out + m->offset);
		next = m + 1;
	}
	return !r->text.bad;
}

size_t count_elements(const struct reader *r)
{
	struct jtext t = r->text;
	size_t n = 0;
	if (jtext_enter(&t, JTEXT_ARRAY))
		for (; jtext_element(&t); n++)
			jtext_value(&t);
	return n;
}

/* The text member `key` of the object at the cursor, else a string. */
static struct view read_named(struct reader *r, const char *key)
{
	struct view found = { 0 }, name;
	if (!jtext_enter(&r->text, JTEXT_OBJECT))
		return jtext_string(&r->text, r->arena);
	while (jtext_member(&r->text, r->arena, &name)) {
		struct view text = jtext_string(&r->text, r->arena);
		if (view_is(name, key))
			found = text;
	}
	return found;
}

const struct view *read_views(struct reader *r, const char *key, size_t *n)
{
	struct view *items = arena_array(r->arena, count_elements(r) + 1, sizeof *items);
	*n = 0;
	if (!jtext_enter(&r->text, JTEXT_ARRAY)) {
		jtext_value(&r->text);
		return items;
	}
	while (jtext_element(&r->text))
		items[(*n)++] = read_named(r, key);
	return items;
}
