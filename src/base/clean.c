/* The sanitiser's class LABEL: one line, every character seen. */
#include "base/clean.h"

#include "base/utf8.h"
#include "base/visible.h"

size_t clean_label(struct str *out, struct view v)
{
	struct visible to = { .out = out };
	for (size_t at = 0; at < v.len;) {
		size_t end = visible_plain_end(v, at);
		visible_add_plain(&to, view_cut(v, at, end - at));
		at = end;
		if (at == v.len)
			break;
		unsigned char byte = (unsigned char)v.ptr[at];
		uint32_t code = utf8_next(v, &at);
		if (code == UTF8_BAD)
			visible_add_byte(&to, byte);
		else
			visible_add_code(&to, code);
	}
	return to.escaped;
}
