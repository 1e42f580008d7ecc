/* One editable line of text. Knows graphemes; knows nothing of what it is for. */
#ifndef MODEL_LINEEDIT_H
#define MODEL_LINEEDIT_H

#include <stddef.h>

#include "base/str.h"
#include "screen/key.h"

struct lineedit {
	struct str text;
	size_t at;		/* the cursor: a byte offset between graphemes */
};

enum lineedit_result {
	LINEEDIT_IGNORED,	/* not a key of a text field */
	LINEEDIT_MOVED,
	LINEEDIT_CHANGED
};

enum { LINEEDIT_MAX = 16 << 10 };

void lineedit_release(struct lineedit *e);
void lineedit_clear(struct lineedit *e);
/* The cursor goes to the end. */
void lineedit_set(struct lineedit *e, struct view text);
/* Letters, Backspace, Delete, Left, Right, Home, End, Ctrl-A E B F K U W H, and a
 * paste, whose line ends become blanks. */
enum lineedit_result lineedit_key(struct lineedit *e, struct key key);
struct view lineedit_view(const struct lineedit *e);

#endif
