/* Any bytes from a terminal: the keys do not depend on how the reads were cut,
 * every key is one, and what is held stays small. */
#include "term/decode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_key(void *arg, const struct key *key)
{
	struct str *s = arg;
	if (key->code == KEY_CODE_NONE || key->code == KEY_CODE_NAMED || key->code >= KEY_CODES ||
	    key->mods > 7 || (key->code >= 0xd800 && key->code < 0xe000) ||
	    (key->code < KEY_CODE_NAMED && key->code < ' ') ||
	    (key->code >= 0x7f && key->code < 0xa0))
		abort();
	if (key->code == KEY_CODE_MOUSE && (key->row < 0 || key->col < 0))
		abort();
	key_add_name(s, *key);
	str_addf(s, "%d,%d,%d", (int)key->button, key->row, key->col);
	str_add(s, key->paste);
	str_add_char(s, '\n');
}

static void decode(struct view bytes, size_t chunk, struct str *keys)
{
	struct decode d;
	decode_init(&d, check_key, keys);
	decode_learn(&d, (struct decode_string){ VIEW("\x1bOA"), KEY_CODE_UP, 0 });
	decode_learn(&d, (struct decode_string){ VIEW("\x1b[[B"), KEY_CODE_F2, 0 });
	decode_learn(&d, (struct decode_string){ VIEW("\x1bz9"), KEY_CODE_F9, 0 });
	for (size_t at = 0; at < bytes.len; at += chunk) {
		decode_feed(&d, view_cut(bytes, at, chunk), 1000);
		if (d.held.len > 80)
			abort();
	}
	decode_timeout(&d);
	if (!d.pasting && d.held.len > 0)
		abort();
	decode_release(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str whole = { 0 }, cut = { 0 };
	struct view v = view_bytes(bytes, len);
	decode(v, len + 1, &whole);
	decode(v, 1, &cut);
	if (!view_eq(view_of_str(&whole), view_of_str(&cut)))
		abort();
	str_clear(&cut);
	decode(v, 3, &cut);
	if (!view_eq(view_of_str(&whole), view_of_str(&cut)))
		abort();
	str_release(&whole);
	str_release(&cut);
	return 0;
}
