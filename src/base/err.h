/* An error of the world: a full sentence that names the thing, and a kind that
 * callers may branch on. NULL for "I do not care" is always allowed. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

enum err_kind {
	ERR_NONE,
	ERR_USAGE,		/* the words were wrong: exit 2 */
	ERR_NOT_FOUND,		/* exit 3 */
	ERR_REFUSED,		/* permission, conflict, not valid now: exit 4 */
	ERR_UNREACHABLE,	/* exit 5 */
	ERR_CONFIG,		/* configuration or workflow file: exit 6 */
	ERR_PARSE,		/* bytes that are not what they should be */
	ERR_LIMIT,		/* over a cap of ours */
	ERR_SYSTEM,		/* errno; the sentence has its words */
	ERR_BUSY,		/* errno, of the kind that passes: no processes, descriptors,
				 * memory or room just now */
	ERR_UNKNOWN_OUTCOME,	/* an order whose answer was lost */
	ERR_KINDS
};

struct err {
	enum err_kind kind;
	char *text;	/* NULL while there is no error */
};

/* Always returns false, so that `return err_set(...)` reads well. Replaces an
 * earlier text. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* As err_set, with ": <words of errno>" behind: ERR_SYSTEM or ERR_BUSY. */
bool err_system(struct err *err, int errnum, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Puts "what: " in front of an existing text. Returns false. */
bool err_prefix(struct err *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
const char *err_text(const struct err *err);	/* "" without an error */
/* The status of INTERFACES.md for this kind: 2..6, else 1. */
int err_exit_status(enum err_kind kind);
void err_move(struct err *to, struct err *from);
void err_release(struct err *err);		/* ready for use again */

#endif
