/* Keyed hashing of bytes (SipHash-1-3): whoever chooses the keys of a map
 * cannot make them collide. The key is random and lives as long as the process. */
#include "base/str.h"

#include <string.h>

#include "base/ident.h"

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

static const uint64_t *process_key(void)
{
	static uint64_t key[2];
	static bool made;
	if (!made) {
		ident_random(key, sizeof key);
		made = true;
	}
	return key;
}

uint64_t view_hash(struct view a)
{
	const uint64_t *key = process_key();
	struct sip s = { key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
			 key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573 };
	size_t at = 0;
	for (; a.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, a.ptr + at, sizeof word);
		sip_word(&s, word);
	}
	uint64_t last = 0;
	if (at < a.len)
		memcpy(&last, a.ptr + at, a.len - at);
	sip_word(&s, last | (uint64_t)a.len << 56);
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
