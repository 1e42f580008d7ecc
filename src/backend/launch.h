/* Starts the local engine for this user in the background, where none answers:
 * as tmux and ssh-agent do. It leads a session of its own, writes its log into
 * the state folder, and stays when we end. Two that start at once start one. */
#ifndef BACKEND_LAUNCH_H
#define BACKEND_LAUNCH_H

#include <stdbool.h>

#include "base/err.h"
#include "io/loop.h"

struct launch;

/* ok: an engine answers on the socket (ours, or one that somebody else started
 * meanwhile). Else err says why, with the engine's own last words. */
typedef void launch_fn(void *arg, bool ok, const struct err *err);

/* socket: path. done is called exactly once, from the loop, unless freed before.
 * RUNBOARD_WORKFLOWS in the environment names the folder of workflows. */
struct launch *launch_start(struct loop *loop, const char *socket, launch_fn *done, void *arg);
/* Also from inside done. NULL is fine. */
void launch_free(struct launch *l);

#endif
