/* The table of actions. Help, palette and the default keymap are made from it. */
#include "model/action.h"

#include <assert.h>

#define A(id, n, b, h, s, k) [ACTION_##id] = { n, b, h, SCOPE_##s, k }

static const struct action_words table[] = {
	A(NONE, "none", "", "nothing", ALWAYS, ""),
	A(BACK, "back", "back", "back; on the board: clear marks, then the filter", ALWAYS, "Esc"),
	A(INTERRUPT, "interrupt", "quit", "as q; asks on the board", ALWAYS, "Ctrl-C"),
	A(REDRAW, "redraw", "redraw", "draw the screen anew", ALWAYS, "Ctrl-L"),
	A(SUSPEND, "suspend", "suspend", "to the shell; fg comes back", ALWAYS, "Ctrl-Z"),
	A(QUIT, "quit", "quit", "back; on the board: quit", ANYWHERE, "q"),
	A(FILTER, "filter", "filter", "filter the runs, or search in what is shown", ANYWHERE, "/"),
	A(PALETTE, "palette", "commands", "every command by its name", ANYWHERE, ":"),
	A(HELP, "help", "help", "the keys of this screen", ANYWHERE, "?"),
	A(UNDO, "undo", "undo", "take back the order that is held", ANYWHERE, "u"),
	A(INBOX, "inbox", "inbox", "everything that waits for a person", SCREENS, "I"),
	A(HISTORY, "history", "history", "ended and open runs as a table", SCREENS, "H"),
	A(WORKFLOWS, "workflows", "workflows", "what can be started", SCREENS, "W"),
	A(METRICS, "metrics", "metrics", "counts, rates and durations", SCREENS, "M"),
	A(WALL, "wall", "wall", "big counts, what waits and what failed: to look at from afar", SCREENS, ""),
	A(OUTBOX, "outbox", "orders", "what was decided here, and what came of it", SCREENS, "D"),
	A(THEMES, "themes", "themes", "choose the colours", SCREENS, "T"),
	A(SCHEDULES, "schedules", "schedules", "schedules and their next firing", SCREENS, ""),
	A(QUEUES, "queues", "queues", "queues with slots and who waits", SCREENS, ""),
	A(WORKERS, "workers", "workers", "workers and what they do", SCREENS, ""),
	A(AUDIT, "audit", "audit", "who did what, when", SCREENS, ""),
	A(NAMESPACE, "namespace", "namespaces", "the namespaces; namespace NAME goes over", SCREENS, ""),
	A(START, "start", "start", "start a run", SCREENS, "n"),
	A(APPROVE, "approve", "approve", "approve what waits", RUN, "a"),
	A(REJECT, "reject", "reject", "reject what waits", RUN, "r"),
	A(ANSWER, "answer", "answer", "answer the question", RUN, "i"),
	A(CANCEL, "cancel", "cancel", "cancel the run", RUN, "c"),
	A(RETRY, "retry", "retry", "retry the failed step", RUN, "t"),
	A(RERUN, "rerun", "run again", "run again with the same arguments", RUN, "N"),
	A(SKIP, "skip", "skip", "skip the step", RUN, ""),
	A(ADVANCE, "advance", "advance", "force the step to be passed", RUN, ""),
	A(EDIT, "edit", "edit", "edit the step and retry it", RUN, ""),
	A(PAUSE, "pause", "pause", "start no further step", RUN, ""),
	A(RESUME, "resume", "resume", "go on", RUN, ""),
	A(TERMINATE, "terminate", "terminate", "end at once, no clean-up, no way back", RUN, ""),
	A(SIGNAL, "signal", "signal", "send a signal to its code", RUN, ""),
	A(UPDATE, "update", "update", "send an update to its code", RUN, ""),
	A(QUERY, "query", "query", "ask its code", RUN, ""),
	A(STACK, "stack", "stack", "where its code stands", RUN, ""),
	A(MENU, "menu", "orders", "all orders, and why some are not possible now", RUN, "x"),
	A(COPY, "copy", "copy id", "copy the id", RUN, "y"),
	A(LINK, "link", "open link", "the engine's own page of it", RUN, "O"),
	A(EXPORT, "export", "save run", "save the run with its logs to a file", RUN, ""),
	A(COMPARE, "compare", "compare", "beside the last good run of its workflow; or two that are marked", RUN, "="),
	A(UP, "up", "up", "up", LIST, "k Up"),
	A(DOWN, "down", "down", "down", LIST, "j Down"),
	A(LEFT, "left", "left", "lane to the left; fold; sideways in logs", LIST, "h Left"),
	A(RIGHT, "right", "right", "lane to the right; unfold; sideways in logs", LIST, "l Right"),
	A(TOP, "top", "top", "to the first", LIST, "g Home"),
	A(BOTTOM, "bottom", "bottom", "to the last", LIST, "G End"),
	A(PAGE_UP, "page-up", "page up", "a page up", LIST, "PgUp"),
	A(PAGE_DOWN, "page-down", "page down", "a page down", LIST, "PgDn"),
	A(HALF_UP, "half-up", "half up", "half a page up", LIST, "Ctrl-U"),
	A(HALF_DOWN, "half-down", "half down", "half a page down", LIST, "Ctrl-D"),
	A(OPEN, "open", "open", "open", LIST, "Enter"),
	A(NEXT_PANE, "next-pane", "other pane", "next pane or field", LIST, "Tab"),
	A(PREV_PANE, "prev-pane", "previous pane", "previous pane or field", LIST, "Shift-Tab"),
	A(GO_1, "go-1", "1", "first lane or pane", LIST, "1"),
	A(GO_2, "go-2", "2", "second lane or pane", LIST, "2"),
	A(GO_3, "go-3", "3", "third lane or pane", LIST, "3"),
	A(GO_4, "go-4", "4", "fourth lane or pane", LIST, "4"),
	A(GO_5, "go-5", "5", "fifth lane or pane", LIST, "5"),
	A(GO_6, "go-6", "6", "sixth lane or pane", LIST, "6"),
	A(GO_7, "go-7", "7", "seventh lane or pane", LIST, "7"),
	A(GO_8, "go-8", "8", "eighth lane or pane", LIST, "8"),
	A(GO_9, "go-9", "9", "ninth lane or pane", LIST, "9"),
	A(MARK, "mark", "mark", "mark the card; orders go to all that are marked", BOARD, "Space"),
	A(MARK_ALL, "mark-all", "mark all", "mark all that match the filter", BOARD, "*"),
	A(SORT, "sort", "sort", "by urgency, time, duration, workflow", BOARD, "o"),
	A(DENSITY, "density", "density", "small, normal, large cards", BOARD, "z"),
	A(LANES, "lanes", "lanes", "which lanes are shown", BOARD, "v"),
	A(PREVIEW, "preview", "preview", "the card's run beside the board", BOARD, "p"),
	A(TAKE_NEW, "take-new", "take new", "let the newcomers in", BOARD, "."),
	A(NEXT_MOVED, "next-moved", "next moved", "to the next card that moved", BOARD, "'"),
	A(FOLD, "fold", "fold", "fold the lane", BOARD, "-"),
	A(FOLLOW, "follow", "follow", "stay at the end", LOGS, "f"),
	A(WRAP, "wrap", "wrap", "wrap long lines", LOGS, "w"),
	A(STAMPS, "stamps", "times", "show the times", LOGS, "s"),
	A(STDOUT, "stdout", "stdout", "stdout only", LOGS, "o"),
	A(STDERR, "stderr", "stderr", "stderr only", LOGS, "e"),
	A(BOTH, "both", "both", "stdout and stderr", LOGS, "b"),
	A(LEVEL, "level", "level", "the least level shown", LOGS, "L"),
	A(NEXT_MATCH, "next-match", "next", "next match", LOGS, "n"),
	A(PREV_MATCH, "prev-match", "previous", "previous match", LOGS, "N"),
	A(NEXT_ERROR, "next-error", "next error", "next error", LOGS, "E"),
	A(PREV_ATTEMPT, "prev-attempt", "attempt before", "the attempt before", LOGS, "["),
	A(NEXT_ATTEMPT, "next-attempt", "attempt after", "the attempt after", LOGS, "]"),
	A(SAVE, "save", "save", "save what the pane shows, whole, to a file", DETAIL, "Ctrl-S"),
	A(YES, "yes", "yes", "do it", DIALOG, "y"),
	A(NO, "no", "no", "leave it", DIALOG, "n"),
	A(SAVED_1, "view-1", "view 1", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_2, "view-2", "view 2", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_3, "view-3", "view 3", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_4, "view-4", "view 4", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_5, "view-5", "view 5", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_6, "view-6", "view 6", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_7, "view-7", "view 7", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_8, "view-8", "view 8", "a saved view of the board", ANYWHERE, ""),
	A(SAVED_9, "view-9", "view 9", "a saved view of the board", ANYWHERE, ""),
	A(COMMAND_1, "command-1", "command 1", "a command of your own", ANYWHERE, ""),
	A(COMMAND_2, "command-2", "command 2", "a command of your own", ANYWHERE, ""),
	A(COMMAND_3, "command-3", "command 3", "a command of your own", ANYWHERE, ""),
	A(COMMAND_4, "command-4", "command 4", "a command of your own", ANYWHERE, ""),
	A(COMMAND_5, "command-5", "command 5", "a command of your own", ANYWHERE, ""),
	A(COMMAND_6, "command-6", "command 6", "a command of your own", ANYWHERE, ""),
	A(COMMAND_7, "command-7", "command 7", "a command of your own", ANYWHERE, ""),
	A(COMMAND_8, "command-8", "command 8", "a command of your own", ANYWHERE, ""),
	A(COMMAND_9, "command-9", "command 9", "a command of your own", ANYWHERE, ""),
};
static_assert(sizeof table / sizeof *table == ACTIONS, "every action has its words");

static const struct {
	const char *name, *title;
} scopes[] = {
	[SCOPE_ALWAYS] = { "always", "Always" },
	[SCOPE_ANYWHERE] = { "anywhere", "Anywhere" },
	[SCOPE_SCREENS] = { "screens", "Screens" },
	[SCOPE_RUN] = { "run", "The run in focus" },
	[SCOPE_LIST] = { "list", "Moving" },
	[SCOPE_BOARD] = { "board", "Board" },
	[SCOPE_DETAIL] = { "detail", "Run" },
	[SCOPE_LOGS] = { "logs", "Logs" },
	[SCOPE_DIALOG] = { "dialog", "Dialog" },
};
static_assert(sizeof scopes / sizeof *scopes == SCOPES, "every scope has its words");

static const enum action of_verb[] = {
	[VERB_APPROVE] = ACTION_APPROVE, [VERB_REJECT] = ACTION_REJECT,
	[VERB_ANSWER] = ACTION_ANSWER, [VERB_RETRY] = ACTION_RETRY, [VERB_SKIP] = ACTION_SKIP,
	[VERB_ADVANCE] = ACTION_ADVANCE, [VERB_EDIT] = ACTION_EDIT,
	[VERB_CANCEL] = ACTION_CANCEL, [VERB_PAUSE] = ACTION_PAUSE,
	[VERB_RESUME] = ACTION_RESUME, [VERB_RERUN] = ACTION_RERUN,
	[VERB_START] = ACTION_START, [VERB_TERMINATE] = ACTION_TERMINATE,
	[VERB_SIGNAL] = ACTION_SIGNAL, [VERB_UPDATE] = ACTION_UPDATE,
	[VERB_QUERY] = ACTION_QUERY, [VERB_STACK] = ACTION_STACK,
};
static_assert(sizeof of_verb / sizeof *of_verb == VERBS, "every verb has its action");

const struct action_words *action_words(enum action a)
{
	return &table[a];
}

bool action_parse(struct view name, enum action *out)
{
	for (int a = 0; a < ACTIONS; a++) {
		if (view_is(name, table[a].name)) {
			*out = a;
			return true;
		}
	}
	return false;
}

const char *scope_name(enum scope s)
{
	return scopes[s].name;
}

const char *scope_title(enum scope s)
{
	return scopes[s].title;
}

bool action_verb(enum action a, enum verb *out)
{
	for (int v = 0; v < VERBS; v++) {
		if (of_verb[v] == a) {
			*out = v;
			return true;
		}
	}
	return false;
}

enum action verb_action(enum verb v)
{
	return of_verb[v];
}

int action_number(enum action a)
{
	return a >= ACTION_GO_1 && a <= ACTION_GO_9 ? (int)(a - ACTION_GO_1) + 1 : 0;
}
