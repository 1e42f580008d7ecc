/* A stream says the same however it is cut: whole, byte by byte, and in pieces
 * taken from the input itself. */
#include <stdint.h>

#include "base/mem.h"
#include "wire/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void hear(void *arg, const struct sse_event *e)
{
	struct str *heard = arg;
	str_addf(heard, "%zu %zu %zu %d\n", e->name.len, e->data.len, e->id.len, e->own_id);
	str_add(heard, e->name);
	str_add(heard, e->data);
	str_add(heard, e->id);
}

/* seed 0: whole; 1: byte by byte; else pieces of 1 to 16 bytes. */
static void feed(struct view bytes, uint32_t seed, struct str *heard)
{
	struct sse s;
	bool good = true;
	sse_init(&s, hear, heard);
	for (size_t at = 0; at < bytes.len && good;) {
		seed = seed < 2 ? seed : seed * 1664525 + 1013904223;
		size_t piece = seed == 0 ? bytes.len : seed == 1 ? 1 : 1 + (seed >> 28);
		struct view v = view_cut(bytes, at, piece);
		good = sse_feed(&s, v, NULL);
		at += v.len;
	}
	str_addf(heard, "%d %lld", good, (long long)s.retry_ms);
	sse_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str whole = { 0 }, cut = { 0 };
	struct view v = view_bytes(bytes, len);
	feed(v, 0, &whole);
	for (uint32_t seed = 1; seed < 5; seed++) {
		str_clear(&cut);
		feed(v, seed, &cut);
		if (!view_eq(view_of_str(&whole), view_of_str(&cut)))
			BUG("a stream says something else when it is cut");
	}
	str_release(&whole);
	str_release(&cut);
	return 0;
}
