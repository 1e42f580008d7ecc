/* Where things live: the XDG folders and the variables that override them
 * (INTERFACES.md, Configuration). Each call appends a path to s. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* $XDG_CONFIG_HOME/runboard[/name]; name may be NULL. RUNBOARD_CONFIG names the
 * board's config file itself. */
bool path_config(struct str *s, const char *name, struct err *err);
bool path_config_file(struct str *s, struct err *err);
/* $RUNBOARD_STATE or $XDG_STATE_HOME/runboard[/name]. */
bool path_state(struct str *s, const char *name, struct err *err);
/* $RUNBOARD_SOCKET, else $XDG_RUNTIME_DIR/runboard/engine.sock; without a
 * runtime folder /tmp/runboard-UID/engine.sock (0700). */
bool path_socket(struct str *s, struct err *err);
/* The path as it is, or from the working folder where it is relative. */
bool path_add_whole(struct str *s, const char *path, struct err *err);
/* A program of ours: beside the running one (also in a build tree), else in
 * LIBEXECDIR/BINDIR. */
bool path_program(struct str *s, const char *name, struct err *err);

#endif
