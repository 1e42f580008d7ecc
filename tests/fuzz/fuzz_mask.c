/* Any secrets and any text, cut at any places: the stream gives what the whole
 * gives, and no secret comes out as it is. The input: count and lengths of secrets
 * in the first bytes, a step, then secrets, then the text. */
#include "base/mask.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { HEAD = 4 };

static void check_stream(const struct mask *m, struct view text, size_t step)
{
	struct str whole = { 0 }, parts = { 0 };
	struct mask_stream stream = { 0 };
	mask_text(m, text, &whole);
	for (size_t at = 0; at < text.len; at += step)
		mask_feed(m, &stream, view_cut(text, at, step), &parts);
	mask_flush(m, &stream, &parts);
	if (!view_eq(view_of_str(&whole), view_of_str(&parts)))
		abort();
	mask_stream_release(&stream);
	str_release(&whole);
	str_release(&parts);
}

/* Where there are no stars in secret or text, nothing can be put together from the masked. */
static void check_hidden(const struct mask *m, struct view text, struct view secret)
{
	struct str whole = { 0 };
	if (secret.len < 4 || view_find_byte(text, '*', 0) != SIZE_MAX ||
	    view_find_byte(secret, '*', 0) != SIZE_MAX)
		return;
	mask_text(m, text, &whole);
	if (view_find(view_of_str(&whole), secret, 0) != SIZE_MAX)
		abort();
	str_release(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < HEAD)
		return 0;
	struct view rest = view_bytes(bytes + HEAD, len - HEAD);
	struct view first = view_cut(rest, 0, bytes[0] % 32);
	struct view second = view_cut(rest, first.len, bytes[1] % 32);
	struct view text = view_cut(rest, first.len + second.len, rest.len);
	struct mask *m = mask_new();
	mask_add(m, first);
	mask_add(m, second);
	check_stream(m, text, bytes[2] % 16 + 1);
	check_hidden(m, text, first);
	check_hidden(m, text, second);
	mask_free(m);
	return 0;
}
