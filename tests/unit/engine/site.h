/* A whole engine with its API in the loop of the test: real journal, real supervisors,
 * a Unix socket in a folder of its own. */
#ifndef TESTS_UNIT_ENGINE_SITE_H
#define TESTS_UNIT_ENGINE_SITE_H

#include "base/str.h"
#include "engine/access.h"
#include "engine/api.h"
#include "engine/engine.h"
#include "io/loop.h"
#include "unit/engine/client.h"
#include "wire/json.h"

struct site {
	char folder[40];
	char socket[64], state[64], workflows[64], secrets[64];
	const char *folders[1];
	struct loop *loop;
	struct access *access;
	struct engine *engine;
	struct api *api;
	struct str body;	/* of the last answer, chunks joined */
	struct str head;	/* its head */
};

/* settings: text of the engine's configuration. */
void site_init(struct site *w, const char *settings);
void site_release(struct site *w);
/* The engine ends and begins again on the same state. */
void site_restart(struct site *w);
void site_workflow(struct site *w, const char *name, const char *yaml);
/* One request; its status. body NULL: none. */
int site_ask(struct site *w, const char *line, const char *headers, const char *body);
/* As site_ask, with "METHOD " and a path made of pieces. */
int site_get(struct site *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
int site_post(struct site *w, const char *body, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Starts a run; id must hold 37 octets. */
void site_start(struct site *w, const char *workflow, const char *body, char *id);
/* Turns the loop until the run's status is this. */
void site_wait_status(struct site *w, const char *id, const char *status);
/* A member of the last answer ("error.code", "tasks.0.version"), as text or digits;
 * "" where there is none. Lives until the next call. */
const char *site_member(struct site *w, const char *path);
/* A stream: sent, not waited for. */
void site_stream(struct site *w, struct client *c, const char *target, const char *headers);

/* The first number of a statement; -1: it gives none. */
int64_t site_number(const struct site *w, const char *sql);
/* Turns the loop until it is so much. */
void site_until(const struct site *w, const char *sql, int64_t wanted);

#endif
