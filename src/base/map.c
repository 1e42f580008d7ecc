/* Open addressing with linear steps over a table whose size is a power of two. */
#include "base/map.h"

#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 16 };

/* key NULL and value NULL: free. key NULL with a value: removed, searches go on. */
struct map_slot {
	char *key;
	size_t len;
	uint64_t hash;
	void *value;
};

static char removed_mark;

static bool slot_is_free(const struct map_slot *s)
{
	return !s->key && !s->value;
}

/* The slot of the key, or the free one where it would stand. cap is not 0 and
 * one slot at least is free. */
static struct map_slot *find(const struct map *m, struct view key, uint64_t hash)
{
	size_t at = hash & (m->cap - 1);
	for (;; at = (at + 1) & (m->cap - 1)) {
		struct map_slot *s = &m->slots[at];
		if (slot_is_free(s))
			return s;
		if (s->key && s->hash == hash && view_eq(view_bytes(s->key, s->len), key))
			return s;
	}
}

void *map_get(const struct map *m, struct view key)
{
	if (!m->len)
		return NULL;
	return find(m, key, view_hash(key))->value;
}

static void resize(struct map *m, size_t cap)
{
	struct map old = *m;
	*m = (struct map){ mem_array(cap, sizeof *m->slots), old.len, cap, old.len };
	for (size_t i = 0; i < old.cap; i++) {
		const struct map_slot *s = &old.slots[i];
		if (s->key)
			*find(m, view_bytes(s->key, s->len), s->hash) = *s;
	}
	mem_free(old.slots);
}

/* At most 3/4 in use, removed ones counted; removed ones go on the way. */
static void make_room(struct map *m)
{
	if ((m->used + 1) * 4 <= m->cap * 3)
		return;
	size_t cap = m->cap ? m->cap : FIRST_CAP;
	while ((m->len + 1) * 2 > cap)
		cap *= 2;
	resize(m, cap);
}

void *map_put(struct map *m, struct view key, void *value)
{
	if (!value)
		BUG("NULL put into a map");
	make_room(m);
	uint64_t hash = view_hash(key);
	struct map_slot *s = find(m, key, hash);
	void *before = s->value;
	if (s->key) {
		s->value = value;
		return before;
	}
	*s = (struct map_slot){ mem_bytes(key.ptr, key.len), key.len, hash, value };
	m->len++;
	m->used++;
	return NULL;
}

void *map_remove(struct map *m, struct view key)
{
	if (!m->len)
		return NULL;
	struct map_slot *s = find(m, key, view_hash(key));
	if (!s->key)
		return NULL;
	void *value = s->value;
	mem_free(s->key);
	*s = (struct map_slot){ .value = &removed_mark };
	m->len--;
	return value;
}

bool map_next(const struct map *m, size_t *at, struct view *key, void **value)
{
	for (; *at < m->cap; (*at)++) {
		const struct map_slot *s = &m->slots[*at];
		if (!s->key)
			continue;
		if (key)
			*key = view_bytes(s->key, s->len);
		if (value)
			*value = s->value;
		(*at)++;
		return true;
	}
	return false;
}

void map_release(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->cap; i++)
		mem_free(m->slots[i].key);
	mem_free(m->slots);
	*m = (struct map){ 0 };
}
