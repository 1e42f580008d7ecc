/* The configuration file: contexts (where runs come from) and the settings of
 * the board. Themes and keys are checked by who knows what they mean. INTERFACES.md
 * "Configuration". */
#ifndef BACKEND_CONFIG_H
#define BACKEND_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/backend.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

enum { CONFIG_COMMANDS_MAX = 9, CONFIG_VIEWS_MAX = 9 };

/* name = value of [keys], [views] or [commands], in order. */
struct setting {
	char *name, *value;
};

/* One [context NAME]. Texts are NULL where not given. */
struct config_context {
	char *name;
	char *kind;		/* "local", "replay", "temporal" */
	char *url;		/* unix:PATH, http://..., or a file for replay */
	char *token_env, *token_file, *token_command;
	char *theme, *filter, *lanes;
	bool read_only;
	/* Temporal's own */
	char *space;			/* "namespace" */
	char *profile;			/* of the Temporal CLI */
	char *ca_file, *cert_file, *key_file;
	char *identity;
	char *codec_url;
	char *codec_token_env, *codec_token_file, *codec_token_command;
	char *waiting, *waiting_memo;
	VEC(struct setting) approvals;	/* approve.TYPE, reject.TYPE, answer.TYPE, waiting_query.TYPE */
};

/* False, and why, where [keys] name = value means nothing. */
typedef bool config_key_fn(struct view name, struct view value, struct str *why);

struct config {
	VEC(struct config_context) contexts;		/* "local" is always there */
	char *default_context;			/* never NULL */
	char *theme, *density, *lanes, *sort, *filter;
	bool read_only, mouse, bell;
	VEC(struct setting) keys;
	VEC(struct setting) views;		/* [views] NAME = filter, which reads */
	VEC(struct setting) commands;		/* [commands] NAME = shell line */
	config_key_fn *check_key;		/* while reading */
	struct str why;				/* the last refusal's */
};

/* The file of path_config_file (none is fine) and RUNBOARD_CONTEXT. All errors at
 * once, a line each, with file and line (ERR_CONFIG). */
bool config_load(struct config *c, struct err *err);
/* The same for who knows what keys mean. */
bool config_load_checked(struct config *c, config_key_fn *check, struct err *err);
bool config_parse(struct config *c, struct view text, const char *file, struct err *err);
void config_init(struct config *c);
void config_release(struct config *c);
/* NULL and err (with the names that there are) where none has this name. */
const struct config_context *config_context(const struct config *c, const char *name, struct err *err);

/* Where a context's backend shall report. */
struct opening {
	struct loop *loop;
	const struct backend_sink *sink;	/* borrowed until the backend is destroyed */
	uint16_t number;			/* goes into run_facts.context */
};

/* Makes the backend of a context; it does nothing until probed. */
struct backend *context_open(const struct config_context *context, const struct opening *o,
			     struct err *err);
/* The engine's socket where this context is the local engine on a Unix socket
 * (then an engine may be launched for it); false for all others. */
bool context_socket(const struct config_context *context, struct str *path, struct err *err);

#endif
