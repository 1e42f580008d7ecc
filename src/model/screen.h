/* What a screen of the board is to the model: a record of functions. Screens lie
 * on a stack; the topmost gets the keys, all of them get what arrives. A screen
 * keeps its state in struct model under its own name (board, detail, ...), and
 * its file knows no other screen but by screen_push and the shared state. Drawing
 * stands in view/, in a table of the same order. */
#ifndef MODEL_SCREEN_H
#define MODEL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/run.h"
#include "model/action.h"
#include "model/effect.h"
#include "model/keymap.h"
#include "model/lineedit.h"
#include "model/msg.h"

struct model;

enum screen_id {
	SCREEN_BOARD,
	SCREEN_DETAIL,
	SCREEN_INBOX,
	SCREEN_OUTBOX,
	SCREEN_HISTORY,
	SCREEN_WORKFLOWS,
	SCREEN_TABLE,		/* schedules, queues, workers, audit, statistics */
	SCREEN_WALL,
	SCREEN_COMPARE,
	SCREEN_HELP,
	/* over what lies beneath */
	SCREEN_DECISION,
	SCREEN_MENU,
	SCREEN_START,
	SCREEN_EDIT,
	SCREEN_SPEAK,
	SCREEN_PALETTE,
	SCREEN_THEMES,
	SCREEN_LANES,
	SCREEN_QUIT,
	SCREENS
};

/* What an order would act on. task is empty where the run alone is in focus;
 * it is borrowed from the model. */
struct focus {
	struct run_key key;
	struct view task;
};

/* Every slot but name, title and scopes may be NULL. */
struct screen {
	const char *name, *title;
	bool overlay;
	struct scopes scopes;
	/* Where the scopes depend on the state (the log pane). */
	struct scopes (*scopes_now)(const struct model *m);
	void (*open)(struct model *m, struct effects *fx);
	void (*close)(struct model *m, struct effects *fx);
	/* The text field that has the focus, or NULL. It gets letters first. */
	struct lineedit *(*field)(struct model *m);
	void (*typed)(struct model *m, struct effects *fx);	/* its text changed */
	/* Before everything else; true: eaten. */
	bool (*key)(struct model *m, struct key key, struct effects *fx);
	/* False: not for this screen; the actions that hold everywhere come next. */
	bool (*act)(struct model *m, enum action a, struct effects *fx);
	/* Every message but keys, also while another screen lies on top. */
	void (*arrive)(struct model *m, const struct msg *msg, struct effects *fx);
	/* False: no run in focus. */
	bool (*focus)(const struct model *m, struct focus *out);
	/* When it wants a tick, by the model's clock; 0: at no time. */
	int64_t (*due)(const struct model *m);
};

const struct screen *screen_get(enum screen_id id);
/* The topmost. */
enum screen_id screen_top(const struct model *m);
bool screen_is_open(const struct model *m, enum screen_id id);
/* Opens a screen on top; one that is open already comes back to the top by
 * closing what lies over it. */
void screen_push(struct model *m, enum screen_id id, struct effects *fx);
/* Closes the topmost; the board stays. */
void screen_pop(struct model *m, struct effects *fx);

#endif
