/* Objects of JSON text read into structs by tables: one row a member, in the order
 * in which the engine writes them (then no search is needed). */
#ifndef WIRE_MEMBERS_H
#define WIRE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/jtext.h"

struct reader {
	struct jtext text;
	struct arena *arena;
	void *detail;		/* for readers of parts that a card does not need, or NULL */
};

/* Reads or skips exactly one value. */
typedef void member_fn(struct reader *r, void *field);

/* How the common kinds are read; each leaves the field alone where the value is of
 * another kind. */
void member_text(struct reader *r, void *field);	/* struct view */
void member_raw(struct reader *r, void *field);		/* struct view: JSON text; null: empty */
void member_int64(struct reader *r, void *field);
void member_int(struct reader *r, void *field);
void member_u16(struct reader *r, void *field);
void member_time(struct reader *r, void *field);	/* int64_t, RFC 3339 to ms */
void member_real(struct reader *r, void *field);	/* float */
void member_true(struct reader *r, void *field);	/* bool */
void member_words(struct reader *r, void *field);	/* view: a text, or a list as "a, b" */

struct member {
	const char *name;
	member_fn *read;
	size_t offset;		/* of the field in the struct */
};

#define MEMBER(word, how, type, field) { word, how, offsetof(type, field) }

/* Reads one value; false where it is no object (it is skipped then). Ends at the
 * row without a name. */
bool read_members(struct reader *r, const struct member *table, void *out);

/* A list of strings, or of objects of which the member `key` counts. */
const struct view *read_views(struct reader *r, const char *key, size_t *n);
/* Elements of the array at the cursor; 0 where there is none. Moves nothing. */
size_t count_elements(const struct reader *r);

#endif
