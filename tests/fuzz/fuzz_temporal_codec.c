/* Any two texts, a line of dashes between: an answer of Temporal, and what a codec
 * server makes of the payloads in it. */
#include <stdint.h>

#include "backend/temporal_codec.h"
#include "base/jtext.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void put_back(const struct json *answer, struct view decoded, size_t n)
{
	struct json_doc *doc = json_parse(decoded, 0, NULL);
	struct str out = { 0 };
	if (!doc)
		return;
	size_t given = json_count(json_get(json_root(doc), "payloads"));
	bool ok = temporal_codec_put(answer, json_root(doc), &out);
	if (ok && given != n)
		BUG("another number of payloads was put back");
	if (ok && !jtext_is_value(view_of_str(&out)))
		BUG("what was put together is no JSON");
	if (!ok && out.len)
		BUG("a failure leaves text behind");
	str_release(&out);
	json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view text = view_bytes(bytes, len);
	size_t at = view_find(text, VIEW("\n---\n"), 0);
	struct view first = at == SIZE_MAX ? text : view_cut(text, 0, at);
	struct view second = at == SIZE_MAX ? VIEW("") : view_cut(text, at + 5, text.len);
	struct json_doc *answer = json_parse(first, 0, NULL);
	struct str asked = { 0 };
	if (!answer)
		return 0;
	size_t n = temporal_codec_collect(json_root(answer), &asked);
	if ((n > 0) != (asked.len > 0) || (n && !jtext_is_value(view_of_str(&asked))))
		BUG("what the codec is asked is no JSON");
	put_back(json_root(answer), second, n);
	str_release(&asked);
	json_free(answer);
	return 0;
}
