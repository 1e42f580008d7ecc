/* Blocks from which many small pieces are cut, freed together. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK_SIZE = 16 << 10 };

struct arena_block {
	struct arena_block *next;
	size_t size, used;		/* of bytes */
	alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *block_new(struct arena *a, size_t size)
{
	struct arena_block *b = mem_alloc(sizeof *b + size);
	b->next = a->blocks;
	b->size = size;
	b->used = 0;
	a->blocks = b;
	return b;
}

/* A big piece gets a block of its own behind the newest, which stays in use. */
static struct arena_block *block_for_big(struct arena *a, size_t size)
{
	struct arena_block *newest = a->blocks;
	struct arena_block *b = block_new(a, size);
	if (newest) {
		b->next = newest->next;
		newest->next = b;
		a->blocks = newest;
	}
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		BUG("a piece of an arena beyond all memory");
	size_t rounded = (size + alignof(max_align_t) - 1) / alignof(max_align_t) *
		alignof(max_align_t);
	struct arena_block *b = a->blocks;
	if (!b || rounded > b->size - b->used)
		b = rounded > BLOCK_SIZE / 4 ? block_for_big(a, rounded) : block_new(a, BLOCK_SIZE);
	void *piece = b->bytes + b->used;
	b->used += rounded;
	a->used += rounded;
	memset(piece, 0, rounded);
	return piece;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total = 0;
	if (__builtin_mul_overflow(count, size, &total))
		BUG("an array of an arena beyond all memory");
	return arena_alloc(a, total);
}

const char *arena_text(struct arena *a, struct view v)
{
	char *copy = arena_alloc(a, v.len + 1);
	if (v.len)
		memcpy(copy, v.ptr, v.len);
	return copy;
}

struct view arena_view(struct arena *a, struct view v)
{
	if (!v.len)
		return (struct view){ 0 };
	return (struct view){ arena_text(a, v), v.len };
}

static void free_blocks(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;
		mem_free(b);
		b = next;
	}
}

void arena_clear(struct arena *a)
{
	struct arena_block *kept = a->blocks;
	a->used = 0;
	if (!kept)
		return;
	free_blocks(kept->next);
	kept->next = NULL;
	kept->used = 0;
}

void arena_release(struct arena *a)
{
	if (!a)
		return;
	free_blocks(a->blocks);
	*a = (struct arena){ 0 };
}
