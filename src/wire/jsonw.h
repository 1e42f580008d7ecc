/* Writes JSON onto a struct str: commas and escapes by itself. DEL, C1 and bidi
 * controls are written as \uXXXX; bytes that are no UTF-8 as U+FFFD. */
#ifndef WIRE_JSONW_H
#define WIRE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct jsonw {
	struct str *out;
	uint64_t started;	/* bit per depth: something stands before */
	int depth;
	bool keyed;		/* a key stands, its value comes */
};

void jsonw_init(struct jsonw *w, struct str *out);
/* key NULL: an array's element or the root. */
void jsonw_object(struct jsonw *w, const char *key);
void jsonw_array(struct jsonw *w, const char *key);
void jsonw_end_object(struct jsonw *w);
void jsonw_end_array(struct jsonw *w);
void jsonw_text(struct jsonw *w, const char *key, struct view value);
void jsonw_string(struct jsonw *w, const char *key, const char *value);	/* NULL: null */
void jsonw_int(struct jsonw *w, const char *key, int64_t value);
void jsonw_real(struct jsonw *w, const char *key, double value);
void jsonw_bool(struct jsonw *w, const char *key, bool value);
void jsonw_null(struct jsonw *w, const char *key);
void jsonw_time(struct jsonw *w, const char *key, int64_t at_ms);	/* 0: null */
/* Text that is valid JSON already; empty: null. */
void jsonw_raw(struct jsonw *w, const char *key, struct view json);
/* As the calls above with a key that is not a C string (labels, params). */
void jsonw_key(struct jsonw *w, struct view key);	/* next value uses key NULL */

/* One JSON string with its quotes. */
void jsonw_add_quoted(struct str *out, struct view value);

#endif
