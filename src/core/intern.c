/* Byte strings kept once. */
#include "core/intern.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

struct intern_entry {
	char *bytes;
	uint32_t len, refs;	/* refs 0: free */
	uint32_t hash, next;	/* next of the free chain */
};

static uint32_t hash_of(struct view v)
{
	uint64_t h = view_hash(v);
	return (uint32_t)(h ^ h >> 32);
}

static size_t slot_of(const struct intern *t, uint32_t hash)
{
	return hash & (t->index_cap - 1);
}

static void put_index(struct intern *t, uint32_t ref)
{
	size_t i = slot_of(t, t->entries[ref].hash);
	while (t->index[i])
		i = (i + 1) & (t->index_cap - 1);
	t->index[i] = ref;
}

static void grow_index(struct intern *t)
{
	mem_free(t->index);
	t->index_cap = t->index_cap ? t->index_cap * 2 : 64;
	t->index = mem_array(t->index_cap, sizeof *t->index);
	for (uint32_t ref = 1; ref < t->len; ref++)
		if (t->entries[ref].refs)
			put_index(t, ref);
}

/* Where the entry stands in the index, or SIZE_MAX. */
static size_t find(const struct intern *t, uint32_t hash, struct view v)
{
	if (!t->index_cap)
		return SIZE_MAX;
	for (size_t i = slot_of(t, hash); t->index[i]; i = (i + 1) & (t->index_cap - 1)) {
		const struct intern_entry *e = &t->entries[t->index[i]];
		if (e->hash == hash && e->len == v.len && memcmp(e->bytes, v.ptr, v.len) == 0)
			return i;
	}
	return SIZE_MAX;
}

static uint32_t new_entry(struct intern *t)
{
	uint32_t ref = t->free;
	if (ref) {
		t->free = t->entries[ref].next;
		return ref;
	}
	if (!t->len)
		t->len = 1;
	if (t->len >= t->cap) {
		t->cap = t->cap ? t->cap + t->cap / 2 : 64;
		t->entries = mem_grow(t->entries, t->cap * sizeof *t->entries);
	}
	return (uint32_t)t->len++;
}

uint32_t intern_take(struct intern *t, struct view v)
{
	if (!v.len)
		return 0;
	uint32_t hash = hash_of(v);
	size_t at = find(t, hash, v);
	if (at != SIZE_MAX) {
		t->entries[t->index[at]].refs++;
		return t->index[at];
	}
	uint32_t ref = new_entry(t);
	t->entries[ref] = (struct intern_entry){ .bytes = mem_bytes(v.ptr, v.len), .refs = 1,
						 .len = (uint32_t)v.len, .hash = hash };
	t->bytes += v.len;
	t->live++;
	if (t->live * 4 > t->index_cap * 3)
		grow_index(t);
	else
		put_index(t, ref);
	return ref;
}

/* Closes the gap, so that no search ends too early. */
static void remove_index(struct intern *t, size_t hole)
{
	size_t mask = t->index_cap - 1;
	for (size_t i = (hole + 1) & mask; t->index[i]; i = (i + 1) & mask) {
		size_t home = slot_of(t, t->entries[t->index[i]].hash);
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		t->index[hole] = t->index[i];
		hole = i;
	}
	t->index[hole] = 0;
}

void intern_drop(struct intern *t, uint32_t ref)
{
	if (!ref)
		return;
	struct intern_entry *e = &t->entries[ref];
	if (--e->refs)
		return;
	remove_index(t, find(t, e->hash, view_bytes(e->bytes, e->len)));
	t->bytes -= e->len;
	t->live--;
	mem_free(e->bytes);
	*e = (struct intern_entry){ .next = t->free };
	t->free = ref;
}

struct view intern_view(const struct intern *t, uint32_t ref)
{
	if (!ref)
		return (struct view){ 0 };
	return (struct view){ t->entries[ref].bytes, t->entries[ref].len };
}

size_t intern_bytes(const struct intern *t)
{
	return t->bytes + t->live * 16 + t->cap * sizeof *t->entries +
	       t->index_cap * sizeof *t->index;
}

void intern_release(struct intern *t)
{
	for (size_t ref = 1; ref < t->len; ref++)
		mem_free(t->entries[ref].bytes);
	mem_free(t->entries);
	mem_free(t->index);
	*t = (struct intern){ 0 };
}
