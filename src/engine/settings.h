/* The engine's own configuration: $XDG_CONFIG_HOME/runboard/engine (INI). Plain
 * values; who uses them checks what they mean.
 *
 *   [queue default]  slots = 4
 *   [user alice]     roles = viewer, approver:deploy-*, CANCEL_RUN:report
 *   [token ci]       sha256 = HEX of the token    roles = operator
 *   [retention], [retention deploy-*]             see keeping.h
 */
#ifndef ENGINE_SETTINGS_H
#define ENGINE_SETTINGS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/keeping.h"

enum settings_who { SETTINGS_USER, SETTINGS_TOKEN };

/* A person on the Unix socket (by login name) or a bearer token. */
struct settings_person {
	enum settings_who who;
	char *name;
	char *roles;		/* as written, or NULL */
	char *sha256;		/* of a token, lower case hex */
};

struct settings_queue {
	char *name;
	int slots;
};

struct settings {
	VEC(struct settings_person) people;
	VEC(struct settings_queue) queues;
	struct keeping_rules keeping;
};

/* No file is fine. All errors at once, a line each (ERR_CONFIG). */
bool settings_load(struct settings *s, const char *path, struct err *err);
bool settings_parse(struct settings *s, struct view text, const char *file, struct err *err);
void settings_release(struct settings *s);
/* Slots of a queue; 0 where nothing was said. */
int settings_slots(const struct settings *s, const char *queue);

#endif
