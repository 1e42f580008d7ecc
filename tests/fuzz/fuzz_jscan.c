/* Any bytes: the scanner ends; what it lets pass is walked without complaint; the
 * quoted form is valid too. */
#include "base/jscan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void walk(struct view text, const char *key, bool valid)
{
	size_t at = 0;
	bool bad = false;
	struct view element;
	while (jscan_next(text, key, &at, &element, &bad))
		must(!valid || jscan_check(element, (struct jscan_limits){ 0 }, NULL, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view text = view_bytes(bytes, len);
	struct str quoted = { 0 };
	struct err err = { 0 };
	bool valid = jscan_check(text, (struct jscan_limits){ 0 }, &quoted, &err);
	must(valid == (err.kind == ERR_NONE));
	if (valid) {
		must(jscan_value_end(text, 0) <= len);
		must(jscan_check(view_of_str(&quoted), (struct jscan_limits){ .size = 4 << 20 },
				 NULL, NULL));
	}
	walk(text, NULL, valid);
	walk(text, "runs", valid);
	err_release(&err);
	str_release(&quoted);
	return 0;
}
