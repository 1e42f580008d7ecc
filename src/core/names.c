/* Names, their numbers and ranks. */
#include "core/names.h"

#include <string.h>

#include "base/mem.h"

static struct view text_of(const struct names *n, size_t at)
{
	const struct name *name = &n->items[n->sorted[at]];
	return (struct view){ name->text, name->len };
}

/* The first place whose name is not before text. */
static size_t place_of(const struct names *n, struct view text)
{
	size_t low = 0, high = n->len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (view_cmp(text_of(n, middle), text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void rank_all(struct names *n)
{
	uint64_t gap = UINT64_MAX / (n->len + 1);
	for (size_t i = 0; i < n->len; i++)
		n->items[n->sorted[i]].rank = gap * (i + 1);
}

/* Halfway between the neighbours; where no rank is free, all get new ones. */
static void rank_one(struct names *n, size_t at)
{
	uint64_t before = at ? n->items[n->sorted[at - 1]].rank : 0;
	uint64_t after = at + 1 < n->len ? n->items[n->sorted[at + 1]].rank : UINT64_MAX;
	if (after - before < 2)
		rank_all(n);
	else
		n->items[n->sorted[at]].rank = before + (after - before) / 2;
}

uint32_t names_number(struct names *n, struct view text)
{
	size_t at = place_of(n, text);
	if (at < n->len && view_eq(text_of(n, at), text))
		return n->sorted[at];
	if (n->len == n->cap) {
		n->cap = n->cap ? n->cap * 2 : 16;
		n->items = mem_grow(n->items, n->cap * sizeof *n->items);
		n->sorted = mem_grow(n->sorted, n->cap * sizeof *n->sorted);
	}
	uint32_t number = (uint32_t)n->len;
	n->items[number] = (struct name){ mem_bytes(text.ptr, text.len), text.len, 0 };
	memmove(n->sorted + at + 1, n->sorted + at, (n->len - at) * sizeof *n->sorted);
	n->sorted[at] = number;
	n->len++;
	rank_one(n, at);
	return number;
}

uint64_t names_rank(const struct names *n, uint32_t number)
{
	return n->items[number].rank;
}

void names_release(struct names *n)
{
	for (size_t i = 0; i < n->len; i++)
		mem_free(n->items[i].text);
	mem_free(n->items);
	mem_free(n->sorted);
	*n = (struct names){ 0 };
}
