/* Inside the API: a route as a record, one call of it, and how a call is answered.
 * Only api*.c include this. */
#ifndef ENGINE_ROUTE_H
#define ENGINE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/access.h"
#include "engine/engine.h"
#include "engine/server.h"
#include "wire/json.h"

enum { ROUTE_WORDS = 2 };

/* For whom a route is that proves by itself who calls. */
#define ROUTE_OPEN CAPABILITIES
/* For whoever is let in. */
#define ROUTE_ANYBODY (CAPABILITIES + 1)

struct call;
struct events;
struct tails;

typedef void route_fn(struct call *c);

struct route {
	const char *method;
	const char *pattern;		/* "/v1/runs/:/cancel": ':' is any one segment */
	enum capability needs;
	route_fn *fn;
	enum verb verb;			/* of an order */
	enum engine_table table;	/* of a list */
	bool whole;			/* speaks of all workflows at once */
};

extern const struct route routes[];	/* up to a NULL method */

struct api {
	struct api_config_kept {
		struct loop *loop;
		struct engine *engine;
		struct access *access;
	} with;
	struct server *server;
	struct events *events;
	struct tails *tails;
	struct engine_watch *watch;
	int strangers;			/* noted since strangers_ms */
	int64_t strangers_ms;
};

/* Lives until its route's function returns; what waits longer keeps x. */
struct call {
	struct api *api;
	struct exchange *x;
	const struct route *route;
	const struct caller *caller;	/* NULL only where the route is open */
	struct str workflow;		/* of what the path names; empty where that is none */
	struct view roles[ROLES];	/* the caller's there */
	struct str words[ROUTE_WORDS];	/* decoded segments of the pattern's ':' */
};

struct view call_word(const struct call *c, size_t i);
struct engine_caller call_caller(struct call *c);
/* On the workflow of what the path names; where that is none, on any. */
bool call_may(const struct call *c, enum capability what);
/* What the caller may see in lists, by the route's capability; valid as long as access. */
struct engine_viewer call_viewer(const struct call *c);

/* Keeps what was refused in the audit trail: who, what, why. */
void call_audit(struct call *c, const char *why);
/* Each ends the call's exchange. */
void call_json(struct call *c, int status, const struct str *body);
void call_error(struct call *c, int status, const char *code, const char *message);
/* An engine's error by its kind. */
void call_failed(struct call *c, const struct err *err);
/* Also without a call. version < 0: no ETag. */
void exchange_json(struct exchange *x, int status, struct view body, int64_t version);

/* A query parameter, decoded; empty where missing. False and the exchange ended
 * (400) where it is malformed, doubled or out of range. */
bool call_query(struct call *c, const char *name, struct str *out);
struct call_range {
	int64_t min, max, fallback;
};
bool call_query_int(struct call *c, const char *name, struct call_range range, int64_t *out);
bool call_query_flag(struct call *c, const char *name, bool *out);	/* 0 or 1 */

/* The JSON object of the body ({} where empty): caller frees. NULL and the exchange
 * ended (400, 415) where it is none or has a name that is not in `known`. */
struct json_doc *call_body(struct call *c, const char *const *known);

/* api_read.c */
route_fn api_info, api_workflow, api_table, api_runs, api_run, api_task, api_history,
	api_stats, api_metrics;
/* api_order.c */
route_fn api_start, api_run_order, api_task_order, api_ask, api_schedule_order;
/* api_admin.c */
route_fn api_backup, api_token, api_tokens, api_token_revoke;
/* api_hook.c */
route_fn api_hook;
/* api_export.c */
route_fn api_export;
/* api_log.c */
route_fn api_log;
/* api_events.c; api_renew, too */
route_fn api_events;

struct events *events_new(struct api *api);
void events_free(struct events *e);
void events_changed(struct events *e);
void events_progress(struct events *e, struct view run, struct view frame);
void events_trouble(struct events *e);
void events_task(struct events *e, struct view run, struct view frame);

struct tails *tails_new(void);
void tails_free(struct tails *t);
/* Something may be new in a log; an empty task: in any of the run, an empty run:
 * in any at all. */
void tails_wake(struct tails *t, struct view run, struct view task);

#endif
