/* A whole engine in a folder of its own, with real supervisors: for the tests of
 * the facade. Waits for what happens, never for time to pass. */
#ifndef TESTS_ENGINE_WORLD_H
#define TESTS_ENGINE_WORLD_H

#include "base/str.h"
#include "engine/engine.h"
#include "io/loop.h"

struct world {
	struct str folder, state, workflows;
	struct loop *loop;
	struct engine *engine;
	int status;			/* of the last reply; 0: none yet */
	struct str body;
	int64_t version;
	bool replayed;
	const struct engine_queue *queues;	/* set between prepare and open_at */
	size_t n_queues;
};

void world_open(struct world *w);
/* In two steps: the folders, the engine in them. */
void world_prepare(struct world *w);
void world_open_at(struct world *w);
/* Stops the engine as a crash would leave it (no effect of the open turn), and
 * starts another on the same state. */
void world_restart(struct world *w);
void world_close(struct world *w);
/* In two steps: the engine ends, the folders go. */
void world_leave(struct world *w);
void world_remove(struct world *w);
/* Writes workflows/NAME.yaml. */
void world_workflow(struct world *w, const char *name, const char *text);
/* Submits and waits for the reply. Returns its status. */
int world_order(struct world *w, const struct engine_order *order);
/* Starts a workflow; the run's id goes to id. */
void world_start(struct world *w, const char *workflow, const char *params, struct str *id);
/* Waits until the run has the status; its JSON stands in w->body. */
void world_until(struct world *w, const char *id, const char *status);
/* As world_until for one task. */
void world_until_task(struct world *w, const char *id, const char *task, const char *status);
/* A member of the last body by a dotted path ("tasks.0.status"), as text. */
const char *world_get(struct world *w, const char *path, struct str *out);
void world_show(struct world *w, const char *id);

#endif
