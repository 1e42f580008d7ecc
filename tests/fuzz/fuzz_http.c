/* Raw octets to a real server, cut at places of the input: the status does not depend
 * on the cuts, and there are never two answers. Input: three octets say where to cut,
 * the rest is sent. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { CUTS = 3 };

static int by_size(const void *a, const void *b)
{
	const size_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	size_t cuts[CUTS];
	struct site_answer whole, cut;
	if (len < CUTS)
		return 0;
	struct view octets = view_bytes(bytes + CUTS, len - CUTS);
	for (size_t i = 0; i < CUTS; i++)
		cuts[i] = (size_t)bytes[i] * (octets.len < 256 ? 1 : octets.len / 128);
	qsort(cuts, CUTS, sizeof *cuts, by_size);
	site_ask(octets, cuts, 0, &whole);
	/* What orders something is another thing when it comes again. */
	if (view_starts(octets, "POST") && whole.status < 400) {
		site_answer_release(&whole);
		return 0;
	}
	site_ask(octets, cuts, CUTS, &cut);
	if (whole.status != cut.status)
		BUG("the status depends on how the request was cut");
	site_answer_release(&whole);
	site_answer_release(&cut);
	return 0;
}
