/* JSON text read in place with a cursor, no tree made, and strings written. For
 * what is read often (run objects) or where no parser may be (core). The cursor
 * checks the grammar of what it passes; it does not look for duplicate keys or
 * bad UTF-8 (base/jscan.h does). */
#ifndef BASE_JTEXT_H
#define BASE_JTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum jtext_kind { JTEXT_NONE, JTEXT_NULL, JTEXT_BOOL, JTEXT_NUMBER, JTEXT_STRING, JTEXT_ARRAY,
		  JTEXT_OBJECT };

/* Stands before a value, or behind the last. Once bad, it stays bad and every
 * call says "nothing more". */
struct jtext {
	const char *at, *end;
	int depth;
	bool first;	/* nothing read yet in the innermost array or object */
	bool bad;
};

struct jtext jtext_of(struct view text);
/* Kind of the value at the cursor, by its first byte. */
enum jtext_kind jtext_peek(struct jtext *t);
/* Into the array or object at the cursor; false, and nothing moved, if there is
 * none. Then walk to its end:
 *   while (jtext_member(t, arena, &key)) ...read or skip one value...
 *   while (jtext_element(t)) ...read or skip one value... */
bool jtext_enter(struct jtext *t, enum jtext_kind kind);
/* key lies in the text, or in the arena if it had escapes. */
bool jtext_member(struct jtext *t, struct arena *arena, struct view *key);
bool jtext_element(struct jtext *t);
/* Passes one value; its text as it stands. Empty where the text is bad. */
struct view jtext_value(struct jtext *t);
/* Passes one value. A string's bytes, in the text or, with escapes, in the arena;
 * empty for another kind. */
struct view jtext_string(struct jtext *t, struct arena *arena);
/* Passes one value. Digits in quotes count too; the fallback for other kinds. */
int64_t jtext_int(struct jtext *t, int64_t fallback);
double jtext_real(struct jtext *t, double fallback);
bool jtext_true(struct jtext *t);
/* Nothing but blanks is left, and nothing was bad. */
bool jtext_ended(struct jtext *t);

/* One whole value given alone. */
enum jtext_kind jtext_kind_of(struct view json);
bool jtext_is_value(struct view json);

/* One JSON string with its quotes: DEL, C1 and bidi controls as \uXXXX, bytes that
 * are no UTF-8 as U+FFFD. */
void jtext_add_quoted(struct str *out, struct view value);

#endif
