/* Percent-encoding of what goes into a request's target. */
#include "io/http.h"

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

void http_add_encoded(struct str *s, struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (is_unreserved(v.ptr[i]))
			str_add_char(s, v.ptr[i]);
		else
			str_addf(s, "%%%02X", (unsigned char)v.ptr[i]);
	}
}
