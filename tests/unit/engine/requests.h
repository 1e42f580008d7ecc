/* Raw requests, good and malformed, with the one answer that each may get. */
#ifndef TESTS_UNIT_ENGINE_REQUESTS_H
#define TESTS_UNIT_ENGINE_REQUESTS_H

#include <stddef.h>

struct raw_request {
	const char *what;
	const char *bytes;
	size_t len;
	int status;	/* of the front; 200: taken */
};

extern const struct raw_request raw_requests[];
extern const size_t n_raw_requests;

#endif
