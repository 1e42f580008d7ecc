/* The typeless half of VEC: room, and moving items up and down. */
#include "base/vec.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 8 };

void vec_room(void **items, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return;
	size_t grown = *cap < FIRST_CAP ? FIRST_CAP : *cap + *cap / 2;
	if (grown < need)
		grown = need;
	if (grown > SIZE_MAX / 2 / size)
		BUG("a vector beyond all memory");
	*items = mem_grow(*items, grown * size);
	*cap = grown;
}

void vec_open(void *items, size_t len, size_t index, size_t size)
{
	if (index > len)
		BUG("insertion behind the end of a vector");
	char *at = (char *)items + index * size;
	memmove(at + size, at, (len - index) * size);
}

void vec_close(void *items, size_t len, size_t index, size_t size)
{
	if (index >= len)
		BUG("removal behind the end of a vector");
	char *at = (char *)items + index * size;
	memmove(at, at + size, (len - index - 1) * size);
}

void vec_free(void **items)
{
	mem_free(*items);
	*items = NULL;
}
