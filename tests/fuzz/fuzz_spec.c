/* Specifications of an attempt: any bytes give a whole one or none. */
#include <stdint.h>
#include <stdlib.h>

#include "step/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct spec spec;
	if (!spec_parse(view_bytes(bytes, len), &spec, NULL))
		return 0;
	if (!spec.args.len || spec.args.items[spec.args.len] || spec.env.items[spec.env.len])
		abort();
	spec_release(&spec);
	return 0;
}
