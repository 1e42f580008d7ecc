/* Everything that a key can ask for: its name (for the configuration and the
 * palette), the words that help shows, where it holds, its default keys. */
#ifndef MODEL_ACTION_H
#define MODEL_ACTION_H

#include <stdbool.h>

#include "base/str.h"
#include "core/status.h"

/* Where a binding holds. A screen names a chain of scopes, innermost first. */
enum scope {
	SCOPE_ALWAYS,		/* even in a text field and in a dialog */
	SCOPE_ANYWHERE,
	SCOPE_SCREENS,		/* going to another screen */
	SCOPE_RUN,		/* where a run is in focus */
	SCOPE_LIST,		/* moving */
	SCOPE_BOARD,
	SCOPE_DETAIL,
	SCOPE_LOGS,
	SCOPE_DIALOG,
	SCOPES
};

enum action {
	ACTION_NONE,
	/* always */
	ACTION_BACK, ACTION_INTERRUPT, ACTION_REDRAW, ACTION_SUSPEND,
	/* anywhere */
	ACTION_QUIT, ACTION_FILTER, ACTION_PALETTE, ACTION_HELP, ACTION_UNDO,
	/* screens */
	ACTION_INBOX, ACTION_HISTORY, ACTION_WORKFLOWS, ACTION_METRICS, ACTION_WALL, ACTION_OUTBOX,
	ACTION_THEMES, ACTION_SCHEDULES, ACTION_QUEUES, ACTION_WORKERS, ACTION_AUDIT, ACTION_NAMESPACE,
	ACTION_START,
	/* a run in focus */
	ACTION_APPROVE, ACTION_REJECT, ACTION_ANSWER, ACTION_CANCEL, ACTION_RETRY, ACTION_RERUN,
	ACTION_SKIP, ACTION_ADVANCE, ACTION_EDIT, ACTION_PAUSE, ACTION_RESUME,
	ACTION_TERMINATE, ACTION_SIGNAL, ACTION_UPDATE, ACTION_QUERY, ACTION_STACK,
	ACTION_MENU, ACTION_COPY, ACTION_LINK, ACTION_EXPORT, ACTION_COMPARE,
	/* moving */
	ACTION_UP, ACTION_DOWN, ACTION_LEFT, ACTION_RIGHT, ACTION_TOP, ACTION_BOTTOM,
	ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_OPEN,
	ACTION_NEXT_PANE, ACTION_PREV_PANE,
	ACTION_GO_1, ACTION_GO_2, ACTION_GO_3, ACTION_GO_4, ACTION_GO_5, ACTION_GO_6,
	ACTION_GO_7, ACTION_GO_8, ACTION_GO_9,
	/* board */
	ACTION_MARK, ACTION_MARK_ALL, ACTION_SORT, ACTION_DENSITY, ACTION_LANES, ACTION_PREVIEW,
	ACTION_TAKE_NEW, ACTION_NEXT_MOVED, ACTION_FOLD,
	/* logs */
	ACTION_FOLLOW, ACTION_WRAP, ACTION_STAMPS, ACTION_STDOUT, ACTION_STDERR, ACTION_BOTH,
	ACTION_LEVEL, ACTION_NEXT_MATCH, ACTION_PREV_MATCH, ACTION_NEXT_ERROR,
	ACTION_PREV_ATTEMPT, ACTION_NEXT_ATTEMPT, ACTION_SAVE,
	/* dialogs */
	ACTION_YES, ACTION_NO,
	/* the operator's own (model/saved.h, model/commands.h) */
	ACTION_SAVED_1, ACTION_SAVED_2, ACTION_SAVED_3, ACTION_SAVED_4, ACTION_SAVED_5,
	ACTION_SAVED_6, ACTION_SAVED_7, ACTION_SAVED_8, ACTION_SAVED_9,
	ACTION_COMMAND_1, ACTION_COMMAND_2, ACTION_COMMAND_3, ACTION_COMMAND_4, ACTION_COMMAND_5,
	ACTION_COMMAND_6, ACTION_COMMAND_7, ACTION_COMMAND_8, ACTION_COMMAND_9,
	ACTIONS
};

struct action_words {
	const char *name;	/* "mark-all" */
	const char *brief;	/* one or two words for the bar: "mark all" */
	const char *help;	/* a line of the help screen */
	enum scope scope;
	const char *keys;	/* names with blanks between; "" where palette only */
};

const struct action_words *action_words(enum action a);
bool action_parse(struct view name, enum action *out);
const char *scope_name(enum scope s);		/* "board" */
const char *scope_title(enum scope s);		/* "A run in focus" */
/* The order that an action opens, and back. False where it is none. */
bool action_verb(enum action a, enum verb *out);
enum action verb_action(enum verb v);
/* 1..9 for ACTION_GO_1..9, else 0. */
int action_number(enum action a);

#endif
