/* Any bytes: decoding moves on and comes back the same; graphemes never stand
 * still; a fit is never wider than asked. */
#include "base/utf8.h"

#include <locale.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_codes(struct view v)
{
	struct str back = { 0 };
	bool valid = true;
	for (size_t at = 0; at < v.len;) {
		size_t from = at;
		uint32_t code = utf8_next(v, &at);
		must(at > from && at <= v.len);
		if (code == UTF8_BAD) {
			must(at == from + 1);
			valid = false;
			continue;
		}
		str_clear(&back);
		must(utf8_add(&back, code));
		must(view_eq(view_of_str(&back), view_cut(v, from, at - from)));
	}
	must(valid == utf8_valid(v));
	str_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	setlocale(LC_ALL, "C.UTF-8");
	struct view v = view_bytes(bytes, len);
	struct str cut = { 0 };
	check_codes(v);
	for (size_t at = 0; at < v.len;) {
		size_t end = utf8_grapheme_end(v, at);
		must(end > at && end <= v.len);
		at = end;
	}
	for (int cells = 0; cells < 12; cells += 3) {
		must(utf8_width(utf8_fit(v, cells)) <= cells);
		str_clear(&cut);
		utf8_add_cut(&cut, v, cells, cells % 2);
		must(utf8_width(view_of_str(&cut)) <= cells);
	}
	str_release(&cut);
	return 0;
}
