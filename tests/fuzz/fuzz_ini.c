/* Any bytes: what is handed over is a trimmed key with text in it. */
#include "base/ini.h"

#include <stdlib.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool check_pair(void *arg, struct ini_pair *pair)
{
	int *last_line = arg;
	if (!pair->key.len || view_trim(pair->key).len != pair->key.len ||
	    pair->line <= *last_line || !utf8_valid(pair->key) || !utf8_valid(pair->value) ||
	    view_find_byte(pair->value, '\n', 0) != SIZE_MAX)
		abort();
	*last_line = pair->line;
	return pair->line % 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct err err = { 0 };
	int last_line = 0;
	bool good = ini_parse(view_bytes(bytes, len), "fuzz", check_pair, &last_line, &err);
	if (good != (err.kind == ERR_NONE))
		abort();
	err_release(&err);
	return 0;
}
