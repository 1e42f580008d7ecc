/* A command's connection: one backend, one loop, and waiting for a ticket to
 * end. What arrives goes to the command's own slots. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/backend.h"
#include "backend/config.h"
#include "base/err.h"
#include "base/str.h"

struct session;

/* What a command wants to hear; NULL slots are ignored. Everything is borrowed
 * until the call returns. */
struct session_calls {
	void (*identity)(void *arg, const struct backend_identity *id);
	void (*runs)(void *arg, const struct run_facts *runs, size_t n);	/* watch, page */
	void (*gone)(void *arg, struct view id);
	void (*progress)(void *arg, const struct run_facts *run);
	void (*snapshot_end)(void *arg);
	void (*detail)(void *arg, const struct run_detail *d);
	void (*history)(void *arg, const struct history_facts *h, size_t n);
	void (*catalog)(void *arg, struct view json);
	void (*log)(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		    enum log_state state);
	void (*done)(void *arg, ticket_id t, enum outcome outcome, const char *text);
};

struct session {
	struct config config;
	const struct config_context *context;
	const char *what;		/* the command: stands before each sentence */
	struct loop *loop;
	struct backend *backend;
	struct backend_sink sink;
	const struct session_calls *calls;
	void *arg;
	ticket_id waits;		/* 0: ended */
	bool stopped;			/* session_stop was called */
	bool live;			/* a watch's snapshot has come once */
	bool said_down;			/* and that it is down now was said */
	struct watch *reader;		/* of our output; or NULL */
	enum outcome outcome;
	struct str sentence;		/* of done, or of a condition that is down */
	struct str follow_key;
	struct str cursor;		/* next_cursor of what came last */
};

/* Reads the configuration and makes the backend of the context (NULL: default).
 * Sends nothing yet. */
bool session_open(struct session *s, const char *context, struct err *err);
void session_close(struct session *s);
/* Launches the local engine if the context is one and nobody answers. */
bool session_launch(struct session *s, struct err *err);
/* Who hears from now on. */
void session_listen(struct session *s, const struct session_calls *calls, void *arg);
/* Runs the loop until the ticket's done (then outcome is set) or session_stop. */
enum outcome session_wait(struct session *s, ticket_id ticket);
void session_stop(struct session *s);
/* For commands that follow: they end when the pipe that they print to is closed,
 * also while nothing is printed. */
void session_end_with_reader(struct session *s, int fd);

/* A RUN word (full id, or a short id lengthened until unique) to the full id.
 * ERR_USAGE with the candidates where ambiguous, ERR_NOT_FOUND where none. */
bool session_resolve(struct session *s, const char *word, struct str *id, struct err *err);
/* One ended ticket as an error (ERR_NONE for OUTCOME_OK). */
void session_error(const struct session *s, struct err *err);

#endif
