/* Request heads: the verdict does not depend on how the bytes came, views stay inside
 * the bytes, and what is taken has one Host and no encoding. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/front.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_inside(struct view part, struct view whole)
{
	if (part.len && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len))
		abort();
}

static void check_good(const struct front_head *head, struct view text)
{
	struct view value;
	check_inside(head->method, text);
	check_inside(head->path, text);
	check_inside(head->query, text);
	for (size_t i = 0; i < head->n_headers; i++) {
		check_inside(head->headers[i].name, text);
		check_inside(head->headers[i].value, text);
	}
	if (!front_header(head, "Host", &value) || front_header(head, "Transfer-Encoding", &value))
		abort();
	if (head->body_len < 0 || head->body_len > FRONT_BODY_MAX || head->len > text.len)
		abort();
	if (view_find_byte(view_cut(text, 0, head->len), '\0', 0) != SIZE_MAX)
		abort();
}

static void check_decode(struct view v)
{
	struct str out = { 0 };
	bool bad = false;
	struct front_head head = { .query = v };
	front_decode(v, FRONT_IN_QUERY, &out);
	str_clear(&out);
	front_query(&head, "a", &out, &bad);
	str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view text = view_bytes(bytes, len);
	struct front_head head, part;
	struct front_refusal why, why_part;
	enum front_state whole = front_read(text, &head, &why), first = FRONT_MORE;
	if (whole == FRONT_GOOD)
		check_good(&head, text);
	for (size_t n = 0; n <= len && first == FRONT_MORE && len < 2048; n++)
		first = front_read(view_cut(text, 0, n), &part, &why_part);
	if (len < 2048 && first != whole)
		abort();
	if (whole == FRONT_REFUSED && len < 2048 && why.status != why_part.status)
		abort();
	check_decode(text);
	return 0;
}
