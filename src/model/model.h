/* Everything that a frame depends on, without a screen. Pure: the same messages
 * give the same model; nothing here does input or output, nothing asks a clock.
 * The store is read and never written. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/board.h"
#include "core/store.h"
#include "model/board_screen.h"
#include "model/commands.h"
#include "model/compare.h"
#include "model/decision.h"
#include "model/detail.h"
#include "model/edit.h"
#include "model/effect.h"
#include "model/help.h"
#include "model/inbox.h"
#include "model/keymap.h"
#include "model/menu.h"
#include "model/msg.h"
#include "model/orders.h"
#include "model/outbox.h"
#include "model/runs.h"
#include "model/saved.h"
#include "model/screen.h"
#include "model/spaces.h"
#include "model/speak.h"
#include "model/start.h"
#include "model/table.h"
#include "model/themes.h"
#include "model/wall.h"
#include "model/workflows.h"

enum { CONTEXTS_MAX = 16, SCREEN_DEPTH = 12 };

/* One backend of this board. */
struct context {
	struct str name, user, roles, engine, sentence;
	struct str space;		/* namespace that it is in; empty: it has none */
	enum condition condition;
	int64_t fresh_ms;		/* when it was last live */
	bool read_only;			/* by configuration or by its own word */
	bool can_start, can_history, can_log, can_preview, can_space, can_follow;
	int64_t beyond[LANES];		/* runs that it has and that are not on the board */
	bool at_least[LANES];		/* ... and more than those */
	uint64_t failed_request;	/* of failed ones among them; 0: not asked for yet */
	struct str off[VERBS];		/* why an order is switched off there; empty: it is not */
};

struct notice {
	struct str text;
	bool bad;
	int64_t until_ms;		/* 0: none */
};

struct model {
	const struct store *store;
	struct board *cards;		/* the lanes of keys; owned */
	int rows, cols;
	int64_t now_ms;
	struct keymap keymap;
	enum screen_id stack[SCREEN_DEPTH];
	int depth;
	struct context contexts[CONTEXTS_MAX];
	size_t n_contexts;
	struct view context_names[CONTEXTS_MAX];	/* for filters */
	bool read_only;			/* the whole board */
	struct str theme;
	VEC(struct str) themes;
	VEC(struct str) shown;		/* kinds of decisions whose words were shown here */
	uint64_t last_request;
	bool paging;			/* what is told now are older runs, no newcomers */
	struct notice notice;
	struct orders orders;
	struct own_commands commands;
	struct saved_views saved;
	/* one for each screen that has a state */
	struct board_state board;
	struct detail_state detail;
	struct decision_state decision;
	struct inbox_state inbox;
	struct outbox_state outbox;
	struct compare_state compare;
	struct menu_state menu;
	struct workflows_state workflows;
	struct start_state start;
	struct edit_state edit;
	struct speak_state speak;
	struct help_state help;
	struct runs_state runs;
	struct table_state table;
	struct spaces_state spaces;
	struct themes_state theming;
};

struct model_setup {
	const struct store *store;
	const char *const *contexts;	/* names, up to a NULL, by run_facts.context */
	const bool *context_read_only;	/* by context, or NULL */
	bool read_only;
	struct view filter;
	struct view theme;
	const char *const *themes;	/* names, up to a NULL; NULL: none */
	const char *const *past_filters;	/* oldest first, up to a NULL; or NULL */
	const char *const *shown;		/* what shown.h remembered, up to a NULL; or NULL */
	int rows, cols;
	int64_t now_ms;
};

struct model *model_new(const struct model_setup *setup);
void model_free(struct model *m);		/* NULL is fine */
/* The one entry. Appends to fx what the world shall do. */
void model_update(struct model *m, const struct msg *msg, struct effects *fx);
/* When a MSG_TICK is wanted, because something shown changes by the clock alone;
 * 0: at no time. Never earlier than the model's present. */
int64_t model_due_ms(const struct model *m);
/* A MSG_WORK is wanted as soon as nothing else is to do. */
bool model_is_busy(const struct model *m);
/* Puts a sentence on the notice line for a few seconds. */
void model_notice(struct model *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void model_warn(struct model *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
uint64_t model_request(struct model *m);
/* The run (and task) that orders act on. False: none in focus. */
bool model_focus(const struct model *m, struct focus *out);
bool model_is_read_only(const struct model *m, uint16_t context);
/* The worst condition of all contexts, and which. */
const struct context *model_worst(const struct model *m);
/* Runs of a lane (of core/board.h) that are not on the board, by the contexts' own
 * counts; none while a filter is in force. *more: there are still more. */
size_t model_beyond(const struct model *m, int lane, bool *more);
/* Every run of the lane that the context has is on the board. */
void context_lane_told(struct context *c, int lane);
/* All runs there are, on the board or not, filtered or not. */
size_t model_runs(const struct model *m, bool *more);
/* "deploy a1b2c3" */
void model_add_run_name(const struct model *m, struct run_key key, struct str *out);

#endif
