/* What starts runs by itself at its times: the schedules of the catalogue's
 * workflows with their firings, kept over restarts. Fires through orders; knows no
 * HTTP. */
#ifndef ENGINE_TRIGGERS_H
#define ENGINE_TRIGGERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "engine/catalog.h"
#include "engine/journal.h"
#include "flow/cron.h"

/* One `on.schedule` of one workflow. Its id is the workflow's name, for the second
 * and later ones NAME:2 and so on. */
struct trigger {
	char *id, *workflow, *cron_text, *zone_text;
	char *rule;			/* cron, zone: what it was when it fired last */
	char *params;			/* JSON object */
	struct cron cron;
	struct cron_zone *zone;
	enum missed missed;
	int64_t last_ms;		/* firings up to here are dealt with */
	int64_t next_ms;		/* 0: never, or paused */
	bool paused;
	char *by;			/* who paused or resumed it last, or "" */
	int64_t at_ms;
};

struct triggers {
	VEC(struct trigger *) list;
};

void triggers_release(struct triggers *t);
/* As the catalogue is now. A schedule that is new or changed counts from now_ms. */
void triggers_load(struct triggers *t, const struct catalog *c, struct journal *j, int64_t now_ms);
struct trigger *triggers_find(const struct triggers *t, struct view id);	/* or NULL */
/* The nearest firing of all; 0: none. */
int64_t triggers_next(const struct triggers *t);

/* One firing to be carried out. */
struct firing {
	const struct trigger *trigger;
	int64_t at_ms;
};

struct firings {
	VEC(struct firing) list;
	int missed;			/* that the policies let go */
};

/* What is due of one schedule, by its policy for what was missed; moves it on and
 * puts that into the journal's batch. False where nothing was due. */
bool trigger_due(struct trigger *t, struct journal *j, int64_t now_ms, struct firings *out);
/* Who did it when. */
struct trigger_deed {
	struct view by;
	int64_t at_ms;
};

/* Pausing lets firings go; resuming counts from then on. */
void trigger_pause(struct trigger *t, struct journal *j, struct trigger_deed deed);
void trigger_resume(struct trigger *t, struct journal *j, struct trigger_deed deed);
/* Appends the firings that come next, at most n, to `at`; how many there are. */
int trigger_upcoming(const struct trigger *t, int64_t *at, int n);

#endif
