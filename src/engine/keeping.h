/* How long runs are kept: the rules of the engine's configuration. Pure.
 *
 *   [retention]              for every workflow
 *   [retention deploy-*]     for those that fit; the last one that says a limit counts
 *   age = 90d                runs that ended longer ago are removed
 *   count = 1000             of each workflow so many ended runs are kept, the newest
 *   logs_age = 30d           logs and working folders go before their runs
 *   logs_count = 100
 *   size = 10G               what the ended runs of a workflow may hold on disk; the
 *                            logs of the oldest go first
 *   audit_age = 365d         [retention] only: of the audit trail
 */
#ifndef ENGINE_KEEPING_H
#define ENGINE_KEEPING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"

enum keeping_limit {
	KEEPING_AGE, KEEPING_COUNT, KEEPING_LOGS_AGE, KEEPING_LOGS_COUNT, KEEPING_SIZE,
	KEEPING_AUDIT_AGE, KEEPING_LIMITS
};

enum { KEEPING_UNSAID = -1, KEEPING_NONE = -2 };

/* ms, a number, or octets; or one of the two above. */
struct keeping {
	int64_t limits[KEEPING_LIMITS];
};

struct keeping_rule {
	char *pattern;			/* "*": all */
	struct keeping limits;
};

struct keeping_rules {
	VEC(struct keeping_rule) list;
};

/* One line of a section; pattern is empty for [retention]. False and a sentence where
 * it is wrong. */
bool keeping_take(struct keeping_rules *r, struct view pattern, struct view key, struct view value,
		  const char **why);
/* Takes what is in `from`, which is empty after. */
void keeping_replace(struct keeping_rules *to, struct keeping_rules *from);
void keeping_release(struct keeping_rules *r);
/* Limits that nobody has said are KEEPING_NONE. */
struct keeping keeping_of(const struct keeping_rules *r, struct view workflow);

#endif
