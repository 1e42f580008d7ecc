/* What update asks of the world. The application performs the list after update
 * returned, then clears it. What an effect points at lives in the list's arena. */
#ifndef MODEL_EFFECT_H
#define MODEL_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "core/feed.h"
#include "core/run.h"

enum effect_kind {
	EFFECT_QUIT,		/* once the orders before it were answered */
	EFFECT_SUSPEND,
	EFFECT_REDRAW,		/* draw every cell anew */
	EFFECT_BELL,
	EFFECT_DETAIL,		/* fetch the detail of `key`; MSG_DETAIL */
	EFFECT_FOLLOW,		/* MSG_DETAIL of `key` whenever it changes, until MSG_DONE or */
	EFFECT_UNFOLLOW,	/* ... this */
	EFFECT_HISTORY,		/* fetch the newest of the history of `key`, or before the cursor `text`; MSG_HISTORY */
	EFFECT_PAGE,		/* runs of `context` that match `text`, behind the cursor `path`;
				 * MSG_PAGE around their MSG_CHANGE, then MSG_DONE */
	EFFECT_LOG_OPEN,	/* MSG_LOG until MSG_DONE or EFFECT_LOG_CLOSE */
	EFFECT_LOG_OLDER,	/* lines in front of those of the open log `request` */
	EFFECT_LOG_NEWER,	/* lines behind those of one that was not opened at its end */
	EFFECT_LOG_SEARCH,	/* `text` beyond what has come of the open log; a window of
				 * MSG_LOG, or MSG_SEARCHED: there is none */
	EFFECT_LOG_SEARCH_END,	/* no more of that */
	EFFECT_LOG_CLOSE,
	EFFECT_ORDER,		/* send an order; MSG_DONE */
	EFFECT_CATALOG,		/* MSG_CATALOG */
	EFFECT_ASK,		/* `order`: verb, name, value of a question; MSG_CATALOG */
	EFFECT_SCHEDULE,	/* order of the schedule `text`: its verb; MSG_CATALOG, MSG_DONE */
	EFFECT_SPACE,		/* `context` over to the namespace `text`; MSG_DONE, then its runs */
	EFFECT_COPY,		/* `text` to the clipboard */
	EFFECT_LINK,		/* open the page `text` */
	EFFECT_SAVE,		/* write `text` to the file `path`; MSG_NOTICE says where */
	EFFECT_SAVE_LOG,	/* write the whole log of `log` to the file `path` */
	EFFECT_EXPORT,		/* write the whole run `key` to the file `path` */
	EFFECT_THEME,		/* use the theme named `text`; MSG_THEME */
	EFFECT_COMMAND,		/* the shell line `text` in the foreground, for `key` and its task */
	EFFECT_REMEMBER		/* keep `text` in the history `path`: "filters", "shown" */
};

struct effect_log {
	struct view task;
	int attempt;			/* 0: the last */
	enum log_stream streams;
	struct view level;		/* empty: all */
	bool follow;
	bool from_start;		/* a page from there, and more on demand; at the end
					 * it is followed as the others. A search: begins there */
	bool back, exact;		/* of a search: upward; letters as they stand */
	struct view before;		/* LOG_OLDER, LOG_SEARCH: the cursor in front of what the
					 * pane still has, where it dropped lines; else empty */
};

struct effect_order {
	enum verb verb;
	struct view task;		/* empty for an order on a run */
	int attempt;
	int64_t version;
	struct view comment, value, edit;
	struct view name;		/* signal, update, query */
	struct view workflow, params;	/* start: its name, a JSON object */
	bool debug;
	bool preview;			/* only say what would be sent */
};

struct effect {
	enum effect_kind kind;
	uint64_t request;		/* 0 where nothing is answered */
	uint16_t context;		/* EFFECT_CATALOG, EFFECT_SPACE, start */
	struct run_key key;
	bool more;			/* EFFECT_DETAIL: and some of what was left out */
	union {
		struct effect_log log;
		struct effect_order order;
		enum catalog_kind catalog;
	};
	struct view text, path;
};

struct effects {
	VEC(struct effect) list;
	struct arena arena;
};

/* Copies every view of e into the list's arena. */
void effects_add(struct effects *fx, struct effect e);
void effects_add_kind(struct effects *fx, enum effect_kind kind);
void effects_clear(struct effects *fx);
void effects_release(struct effects *fx);
/* The first of its kind, or NULL: for tests and for the application. */
const struct effect *effects_find(const struct effects *fx, enum effect_kind kind);

#endif
