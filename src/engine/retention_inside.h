/* Shared by the files of retention. */
#ifndef ENGINE_RETENTION_INSIDE_H
#define ENGINE_RETENTION_INSIDE_H

#include "base/map.h"
#include "engine/engine_inside.h"
#include "engine/journal_inside.h"
#include "engine/retention.h"
#include "engine/trash.h"
#include "engine/weigh.h"

/* Steps of a slice where the clock does not end it, and what one step looks at at most. */
enum { SLICE_MOST = 16 };

/* A round goes through all of them. */
enum retention_part { PART_TIDY, PART_USES, PART_NEXT_WORKFLOW, PART_LOGS, PART_RUNS,
		      PART_DEFINITIONS, PART_AUDIT, PART_ANSWERS, PART_LENGTHS, PART_DONE };

/* So many of one kind were removed in this slice: one line of the audit trail. */
struct retention_tally {
	const char *what;		/* "logs of", "" */
	int64_t n, first_ms, last_ms;
	struct str why;
};

struct retention {
	struct engine *e;
	struct keeping_rules rules;
	struct trash *trash;
	struct watch *timer, *idle;
	bool soon;			/* something has ended since the round began */
	enum retention_part part;
	int64_t until_ms;		/* of the monotonic clock: the slice's end */
	int64_t now_ms;
	struct map family;		/* open runs' parents */
	/* tidying */
	int64_t tidied;			/* the last number */
	int64_t weighed;		/* whose weight is being taken */
	struct weigh *weigh;
	/* one workflow */
	struct str workflow;
	struct keeping keeping;
	int64_t runs, logs, bytes;	/* what it will have when the batch is written */
	int64_t ended_ms, num;		/* the last that was looked at */
	struct retention_tally tally;
};

/* One step of a part: false when the part is over. */
bool retention_tidy(struct retention *r);
bool retention_remove_logs(struct retention *r);
bool retention_remove_runs(struct retention *r);
bool retention_count_uses(struct retention *r);
bool retention_remove_definition(struct retention *r);

/* Of a run's two folders. */
enum retention_folder { FOLDER_LOGS = 1, FOLDER_WORK = 2 };
bool retention_trash(struct retention *r, struct view id, unsigned folders);
bool retention_is_needed(const struct retention *r, struct view id, struct view frame);
void retention_tell(struct retention *r);

#endif
