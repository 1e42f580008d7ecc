/* Hides secrets in a stream of bytes, also across chunk borders: raw, each line
 * of 6 bytes and more, JSON-escaped, URL-encoded, base64 at three alignments. A
 * seat-belt, not a boundary. */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include <stdbool.h>

#include "base/str.h"

struct mask;

struct mask *mask_new(void);
/* Secrets shorter than 4 bytes are refused (false): they would hide everything. */
bool mask_add(struct mask *m, struct view secret);
bool mask_empty(const struct mask *m);
void mask_free(struct mask *m);

/* One stream through a mask: what might be the begin of a secret is held back. */
struct mask_stream {
	struct str held;
};

/* Appends to out what is known to be clean, secrets replaced by "***". */
void mask_feed(const struct mask *m, struct mask_stream *s, struct view in, struct str *out);
void mask_flush(const struct mask *m, struct mask_stream *s, struct str *out);
/* A whole text at once. */
void mask_text(const struct mask *m, struct view in, struct str *out);
/* A JSON text at once, which stays one: strings are masked inside, another value that
 * holds a secret becomes "***". Keys are masked, too, and stay different. */
void mask_json(const struct mask *m, struct view json, struct str *out);
void mask_stream_release(struct mask_stream *s);

#endif
