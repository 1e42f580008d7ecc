/* The running board: joins store, model, backends, terminal and loop. Everything
 * here is a step of one of three flows: keys in, facts in, frames out. */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"
#include "backend/config.h"
#include "base/vec.h"
#include "core/store.h"
#include "io/loop.h"
#include "model/model.h"
#include "screen/canvas.h"

struct app;
struct app_log;
struct screen_out;		/* app/frame.c: the terminal side; NULL when headless */

/* One backend on the board. */
struct source {
	struct app *app;
	uint16_t number;
	const struct config_context *context;
	struct backend *backend;
	struct launch *launch;		/* while its engine is being started, else NULL */
	struct watch *revive;		/* timer: looks whether its engine died; NULL: never */
	int64_t revived_ms;		/* when it was started again last, monotonic; 0: never */
	enum condition condition;	/* as told last */
	bool was_live;
	struct backend_sink sink;
	struct str filter;		/* of the watch, and of the snapshot that comes in */
	struct filter *scope;		/* the same, parsed; NULL: all */
	size_t ended;
	bool snapshot_seen;		/* a first one has come in whole */
	bool moved;			/* to another namespace: the cache is not of that one */
};

enum pending_kind { PENDING_DETAIL, PENDING_FOLLOW, PENDING_HISTORY, PENDING_CATALOG,
		    PENDING_ORDER, PENDING_SPACE, PENDING_PAGE };

/* A ticket of a backend that answers a request of the model. */
struct pending {
	enum pending_kind kind;
	ticket_id ticket;
	uint64_t request;
	uint16_t context;
	struct run_key key;
};

/* A whole run on its way to a file. */
struct app_save {
	ticket_id ticket;
	uint16_t context;
	int fd;
	char *path;
};

struct app {
	struct config config;
	struct loop *loop;
	struct store *store;
	struct model *model;
	struct effects fx;
	struct source sources[CONTEXTS_MAX];
	size_t n_sources;
	VEC(struct pending) pending;
	VEC(struct pending) follows;	/* the same for what ends when it wants */
	VEC(struct app_log *) logs;
	VEC(struct app_save) saves;
	struct arena scratch;		/* for one message */
	struct screen_out *screen;
	struct watch *tick, *work, *patience;
	bool dirty;			/* what is shown may have changed */
	bool by_key;			/* ... because of a key: never held back */
	bool performing;		/* effects are being carried out */
	bool quit;			/* as soon as no order is on its way */
	struct str last_words;		/* for when the terminal is given back: what went wrong */
	int sync_fd;			/* --test-sync, or -1 */
	uint64_t in_view;		/* of the cards that the backends were told of last */
};

/* What the command line asked for. NULL and zero: as configured. */
struct app_options {
	const char *const *contexts;	/* names, up to a NULL, or NULL */
	const char *filter, *theme;
	bool read_only;
	int rows, cols;
	int sync_fd;
};

/* Reads the configuration, makes store, model and backends; connects nothing. */
bool app_init(struct app *a, const struct app_options *options, struct err *err);
void app_release(struct app *a);
/* Launches the local engine where a context is one and none answers, then probes
 * and watches every backend. Returns at once. */
void app_connect(struct app *a);
/* How a backend is now. A local engine that died without a goodbye is started again. */
void source_condition(struct source *s, enum condition c);
/* Probes and watches one, without launching anything. */
void source_watch(struct source *s);

/* Hands a message to the model and performs what it asks for. The time is put in
 * here. Never called from inside itself. */
void app_send(struct app *a, struct msg *msg);
/* Ends the loop when the answers to all orders have come, or patience is over. */
void app_quit(struct app *a);
enum app_tone { APP_GOOD, APP_BAD };
/* A sentence for the notice line. */
void app_notice(struct app *a, struct view text, enum app_tone tone);

#endif
