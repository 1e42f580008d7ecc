/* UUIDv7 and the kernel's random bytes. */
#include "base/ident.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

void ident_random(void *ptr, size_t len)
{
	char *at = ptr;
	while (len) {
		ssize_t got = getrandom(at, len, 0);
		if (got < 0 && errno != EINTR)
			BUG("the kernel gives no random bytes");
		if (got > 0) {
			at += got;
			len -= (size_t)got;
		}
	}
}

/* Ids of one millisecond are ordered by a counter in the 26 random bits that come first; it
 * begins anywhere in its lower half. The last 48 bits are always fresh, because short ids are
 * made of them. When the clock steps back, the last time is kept. */
struct sequence {
	int64_t last_ms;
	uint32_t counter;
};

enum { COUNTER_BITS = 26 };

static uint32_t next_in_order(int64_t *now_ms)
{
	static struct sequence q;
	if (*now_ms <= q.last_ms && ++q.counter >> COUNTER_BITS)
		*now_ms = q.last_ms + 1;	/* counted out: borrow from the next */
	if (*now_ms > q.last_ms) {
		q.last_ms = *now_ms;
		ident_random(&q.counter, sizeof q.counter);
		q.counter &= (1u << (COUNTER_BITS - 1)) - 1;
	}
	*now_ms = q.last_ms;
	return q.counter;
}

void ident_uuid7(char out[IDENT_LEN + 1], int64_t now_ms)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t counter = next_in_order(&now_ms);
	unsigned char bytes[16];
	ident_random(bytes, sizeof bytes);
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)((uint64_t)now_ms >> (40 - 8 * i));
	bytes[6] = (unsigned char)(0x70 | counter >> 22);
	bytes[7] = (unsigned char)(counter >> 14);
	bytes[8] = (unsigned char)(0x80 | (counter >> 8 & 0x3f));
	bytes[9] = (unsigned char)counter;
	char *to = out;
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[bytes[i] >> 4];
		*to++ = hex[bytes[i] & 15];
	}
	*to = '\0';
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool ident_is_uuid(struct view v)
{
	if (v.len != IDENT_LEN)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? v.ptr[i] != '-' : !is_hex(v.ptr[i]))
			return false;
	}
	return true;
}

/* Groups of the text form: 8-4-4-4-12. The third begins with the version. */
void ident_random_part(struct view uuid, char out[20])
{
	out[0] = '\0';
	if (!ident_is_uuid(uuid))
		return;
	memcpy(out, uuid.ptr + 24, 12);
	memcpy(out + 12, uuid.ptr + 19, 4);
	memcpy(out + 16, uuid.ptr + 15, 3);
	out[19] = '\0';
}
