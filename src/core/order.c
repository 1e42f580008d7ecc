/* Sorted chunks of slots; the index at which each chunk starts is counted when it
 * is asked for. */
#include "core/order.h"

#include <string.h>

#include "base/mem.h"

enum { CHUNK = 256 };

struct order_chunk {
	uint32_t len;
	uint32_t slots[CHUNK];
};

/* The last chunk whose first slot is not behind `slot`; 0 where all are. */
static size_t chunk_for(const struct order *o, uint32_t slot, order_compare_fn *compare,
			const void *arg)
{
	size_t low = 0, high = o->n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (compare(arg, slot, o->chunks[middle]->slots[0]) < 0)
			high = middle;
		else
			low = middle;
	}
	return low;
}

/* The first place in the chunk whose slot is not before `slot`. */
static size_t place_in(const struct order_chunk *c, uint32_t slot, order_compare_fn *compare,
		       const void *arg)
{
	size_t low = 0, high = c->len;
	if (c->len && compare(arg, c->slots[c->len - 1], slot) < 0)
		return c->len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(arg, c->slots[middle], slot) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void count_starts(struct order *o, size_t up_to)
{
	for (; o->clean <= up_to && o->clean < o->n; o->clean++)
		o->starts[o->clean] = o->clean ? o->starts[o->clean - 1] +
							 o->chunks[o->clean - 1]->len : 0;
}

static void changed_at(struct order *o, size_t chunk)
{
	if (o->clean > chunk + 1)
		o->clean = chunk + 1;
}

static void open_chunk(struct order *o, size_t at)
{
	if (o->n == o->cap) {
		o->cap = o->cap ? o->cap * 2 : 4;
		o->chunks = mem_grow(o->chunks, o->cap * sizeof(struct order_chunk *));
		o->starts = mem_grow(o->starts, o->cap * sizeof *o->starts);
	}
	memmove(o->chunks + at + 1, o->chunks + at, (o->n - at) * sizeof(struct order_chunk *));
	o->chunks[at] = mem_zero(sizeof(struct order_chunk));
	o->n++;
	if (o->clean > at)
		o->clean = at;
}

/* A full chunk gives its upper half away; the last one only its newest (what
 * comes in order then fills chunks to the brim). */
static void split(struct order *o, size_t at, size_t place)
{
	bool append = at + 1 == o->n && place == CHUNK;
	open_chunk(o, at + 1);
	struct order_chunk *from = o->chunks[at], *to = o->chunks[at + 1];
	uint32_t keep = append ? CHUNK - 1 : CHUNK / 2;
	to->len = from->len - keep;
	memcpy(to->slots, from->slots + keep, to->len * sizeof *to->slots);
	from->len = keep;
}

size_t order_insert(struct order *o, uint32_t slot, order_compare_fn *compare, const void *arg)
{
	if (!o->n)
		open_chunk(o, 0);
	size_t at = chunk_for(o, slot, compare, arg);
	size_t place = place_in(o->chunks[at], slot, compare, arg);
	if (o->chunks[at]->len == CHUNK) {
		split(o, at, place);
		if (place > o->chunks[at]->len) {
			place -= o->chunks[at]->len;
			at++;
		}
	}
	struct order_chunk *c = o->chunks[at];
	memmove(c->slots + place + 1, c->slots + place, (c->len - place) * sizeof *c->slots);
	c->slots[place] = slot;
	c->len++;
	o->len++;
	changed_at(o, at);
	count_starts(o, at);
	return o->starts[at] + place;
}

size_t order_find(struct order *o, uint32_t slot, order_compare_fn *compare, const void *arg)
{
	if (!o->n)
		BUG("a slot is looked for in an empty order");
	size_t at = chunk_for(o, slot, compare, arg);
	size_t place = place_in(o->chunks[at], slot, compare, arg);
	if (place == o->chunks[at]->len || o->chunks[at]->slots[place] != slot)
		BUG("a slot is not where its place says");
	count_starts(o, at);
	return o->starts[at] + place;
}

static void close_chunk(struct order *o, size_t at)
{
	mem_free(o->chunks[at]);
	o->n--;
	memmove(o->chunks + at, o->chunks + at + 1, (o->n - at) * sizeof(struct order_chunk *));
	if (o->clean > at)
		o->clean = at;
}

size_t order_remove(struct order *o, uint32_t slot, order_compare_fn *compare, const void *arg)
{
	size_t index = order_find(o, slot, compare, arg);
	size_t at = chunk_for(o, slot, compare, arg);
	struct order_chunk *c = o->chunks[at];
	size_t place = index - o->starts[at];
	c->len--;
	o->len--;
	memmove(c->slots + place, c->slots + place + 1, (c->len - place) * sizeof *c->slots);
	changed_at(o, at);
	if (!c->len)
		close_chunk(o, at);
	return index;
}

uint32_t order_at(struct order *o, size_t index)
{
	if (index >= o->len)
		return 0;
	count_starts(o, o->n);
	size_t low = 0, high = o->n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (o->starts[middle] > index)
			high = middle;
		else
			low = middle;
	}
	return o->chunks[low]->slots[index - o->starts[low]];
}

void order_release(struct order *o)
{
	for (size_t i = 0; i < o->n; i++)
		mem_free(o->chunks[i]);
	mem_free(o->chunks);
	mem_free(o->starts);
	*o = (struct order){ 0 };
}
