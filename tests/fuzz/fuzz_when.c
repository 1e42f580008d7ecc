/* Any text as a span, an instant, a point, a number, an id: what is taken is within
 * bounds and, written again, reads as the same. */
#include "base/when.h"

#include <stdint.h>

#include "base/ident.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_instant(struct view text)
{
	struct str again = { 0 };
	int64_t at = 0, back = 0;
	if (!when_parse_rfc3339(text, &at))
		return;
	when_add_rfc3339(&again, at);
	/* 0 means none and is written as nothing. */
	if (at && (!when_parse_rfc3339(view_of_str(&again), &back) || at != back))
		BUG("an instant comes back otherwise");
	str_release(&again);
}

static void check_span(struct view text)
{
	struct str out = { 0 };
	int64_t span = 0;
	if (!when_parse_span(text, &span))
		return;
	if (span < 0 || !text.len)
		BUG("a span back in time");
	when_add_span(&out, span);
	when_add_age(&out, span);
	if (out.len > 80)
		BUG("a span that fills the screen");
	str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view text = view_bytes(bytes, len);
	struct str out = { 0 };
	int64_t point = 0, n = 0;
	double real = 0;
	check_instant(text);
	check_span(text);
	if (when_parse_point(text, 1900000000000, &point)) {
		when_add_stamp(&out, point);
		when_add_clock(&out, point);
	}
	if (number_parse(text, -5, 5, &n) && (n < -5 || n > 5))
		BUG("a number out of its range");
	number_parse_real(text, &real);
	if (ident_is_uuid(text) && text.len != 36)
		BUG("an id of another length");
	str_release(&out);
	return 0;
}
