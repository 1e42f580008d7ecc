/* Messages to the terminal that are no picture: copy, notice. Pure. */
#ifndef TERM_MESSAGE_H
#define TERM_MESSAGE_H

#include <stdbool.h>

#include "base/str.h"

enum { MESSAGE_COPY_MAX = 74994 };	/* what xterm and tmux take at most */

/* OSC 52. False, and nothing added, when the text is too long. */
bool message_add_copy(struct str *s, struct view text);
/* OSC 9 and OSC 777: a terminal shows the one that it knows. */
void message_add_notice(struct str *s, struct view text);

#endif
