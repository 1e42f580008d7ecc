/* What a supervisor is told to do: the specification as it comes through the
 * pipe, records `NAME LENGTH\nBYTES\n` closed by `end 0` (doc/protocols.md 1).
 * Must not know files, processes or the loop. */
#ifndef STEP_SPEC_H
#define STEP_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mask.h"
#include "base/str.h"
#include "base/vec.h"

enum { SPEC_MAX = 16 << 20 };	/* octets of a whole specification */

/* Lists end with a NULL that their length does not count. */
struct spec_list {
	char **items;
	size_t len, cap;
};

struct spec {
	struct spec_list args, env;
	struct spec_list notes;	/* what its log begins with */
	char *dir;		/* NULL: the root folder */
	int64_t timeout_ms;	/* 0: none */
	int64_t grace_ms;
	int64_t log_max;	/* octets kept of each stream */
	struct mask *mask;
	bool debug;		/* tells what it starts, in the notes */
};

/* Takes a whole specification. False where it is cut, has an unknown name or no
 * command; *spec is then released. */
bool spec_parse(struct view text, struct spec *spec, struct err *err);
void spec_release(struct spec *spec);

#endif
