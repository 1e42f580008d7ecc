/* Queues with their slots: how many attempts of each may run at a time. Knows no
 * order of precedence: schedule.c does. */
#ifndef ENGINE_QUEUES_H
#define ENGINE_QUEUES_H

#include "base/vec.h"
#include "engine/engine.h"

struct queue {
	char *name;
	int slots;			/* 0: named by a workflow, configured nowhere */
	int running, queued;		/* as counted last */
	int64_t oldest_ms;		/* since when the first of them waits; 0: none */
	int starts;			/* attempts started so far */
};

struct queues {
	VEC(struct queue *) list;	/* the default queue first; pointers stay */
};

/* Slots as the configuration has them, also anew: `default` has default_slots where it
 * says nothing, a queue that it no longer names has none. */
void queues_take(struct queues *q, const struct engine_config *config, int default_slots);
void queues_release(struct queues *q);
/* Empty: the default queue. A name that is not configured gets a queue without
 * slots. */
struct queue *queues_get(struct queues *q, struct view name);
void queues_reset_counts(struct queues *q);

#endif
