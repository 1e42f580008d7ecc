/* Heads of a tar archive (POSIX ustar, long names as GNU tar writes them). Pure. */
#ifndef ENGINE_TAR_H
#define ENGINE_TAR_H

#include <stdint.h>

#include "base/str.h"

enum { TAR_BLOCK = 512 };

struct tar_entry {
	const char *name;
	int64_t size;			/* under 8 GiB */
	int64_t at_ms;
};

void tar_add_head(struct str *out, const struct tar_entry *entry);
/* Zeros up to a whole block behind `size` octets of content. */
void tar_add_padding(struct str *out, int64_t size);
/* Head, content, padding. */
void tar_add_text(struct str *out, const char *name, int64_t at_ms, struct view content);
void tar_add_end(struct str *out);

#endif
