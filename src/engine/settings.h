/* The engine's own configuration: $XDG_CONFIG_HOME/runboard/engine (INI). Plain
 * values; who uses them checks what they mean.
 *
 *   [queue default]  slots = 4
 *   [user alice]     roles = viewer, approver:deploy-*, CANCEL_RUN:report
 *   [token ci]       sha256 = HEX of the token    roles = operator
 *   [retention], [retention deploy-*]             see keeping.h
 *   [logs]           max = 1G    run_max = 16G: octets kept of a stream, of a run
 *   [secrets]        command = pass show "runboard/$NAME"    timeout = 10s
 *   [notice ops]     on = failed, waiting    filter = label.team:web    after = 30m
 *                    command = ... or url = ...    secret = NAME
 */
#ifndef ENGINE_SETTINGS_H
#define ENGINE_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/keeping.h"
#include "flow/workflow.h"

enum settings_who { SETTINGS_USER, SETTINGS_TOKEN };

/* A person on the Unix socket (by login name) or a bearer token. */
struct settings_person {
	enum settings_who who;
	char *name;
	char *roles;		/* as written, or NULL */
	char *sha256;		/* of a token, lower case hex */
	int line;		/* of its first word */
};

struct settings_queue {
	char *name;
	int slots;
};

struct settings {
	struct view file;	/* its name, for what is wrong; in the arena */
	VEC(struct settings_person) people;
	VEC(struct settings_queue) queues;
	struct keeping_rules keeping;
	int64_t log_max, run_log_max;	/* octets; 0: nothing was said */
	char *secret_command;		/* or NULL */
	int64_t secret_timeout_ms;	/* 0: nothing was said */
	VEC(struct notice_spec) notices;	/* in the arena */
	VEC(int) notice_lines;		/* of the first word of each */
	struct arena arena;
};

/* No file is fine. All errors at once, a line each (ERR_CONFIG). */
bool settings_load(struct settings *s, const char *path, struct err *err);
bool settings_parse(struct settings *s, struct view text, const char *file, struct err *err);
void settings_release(struct settings *s);
/* The same people and tokens with the same roles. */
bool settings_same_people(const struct settings *a, const struct settings *b);

#endif
