/* JSON that is accepted prints as JSON that is accepted and prints the same. */
#include <stdint.h>

#include "base/jtext.h"
#include "base/mem.h"
#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool print(struct view text, struct str *out)
{
	struct json_doc *d = json_parse(text, 0, NULL);
	if (d)
		json_print(json_root(d), out);
	json_free(d);
	return d != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str first = { 0 }, second = { 0 };
	struct view text = view_bytes(bytes, len);
	if (print(text, &first)) {
		if (!jtext_is_value(text))
			BUG("the cursor refuses what the parser takes");
		if (!print(view_of_str(&first), &second))
			BUG("printed JSON is no JSON");
		if (!view_eq(view_of_str(&first), view_of_str(&second)))
			BUG("printed JSON prints otherwise");
	}
	str_release(&first);
	str_release(&second);
	return 0;
}
