/* Schedules' next firings as runs that are planned. */
#ifndef ENGINE_PLANNED_H
#define ENGINE_PLANNED_H

#include "base/ident.h"
#include "engine/machine.h"

struct engine;

struct planned {
	char id[IDENT_LEN + 1];		/* the run's that will be */
	char *hash;			/* of the definition that it was made from */
	struct machine *m;		/* NULL: known from before the restart only */
	int64_t seq;			/* of its last change in the stream */
	bool wanted;
};

/* The id that the run of this firing has or will have. */
void planned_id(const struct engine *e, const char *schedule, int64_t at_ms,
		char id[IDENT_LEN + 1]);
/* After a restart: what readers of the stream know. */
void engine_recall_planned(struct engine *e);
void engine_free_planned(struct engine *e);
/* Where e->replan is set: what is planned becomes what the schedules say now. */
void engine_plan(struct engine *e);
struct planned *engine_planned(const struct engine *e, struct view id);	/* or NULL */

#endif
