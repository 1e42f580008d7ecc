/* The facts of a run as few bytes, in three parts: what runs of one workflow and
 * trigger share, what runs in one state share, and what is the run's own. Members
 * that are zero take no room. Not a format for files. */
#ifndef CORE_PACK_H
#define CORE_PACK_H

#include "base/arena.h"
#include "base/str.h"
#include "core/run.h"

enum pack_part { PACK_COMMON, PACK_STATE, PACK_OWN, PACK_PARTS };

/* Appends one part. Left out, because the store has them apart: context, status,
 * created, started, ended, seq; id and short_id are taken as they are. Not kept at
 * all: stack and causes of the error; what an ended run was expected to take. */
void pack_run(struct str *s, enum pack_part part, const struct run_facts *run);
/* Sets the members that the part has; views lie in `bytes`, lists in the arena. */
void unpack_run(struct view bytes, struct run_facts *run, struct arena *arena);
/* Only the workflow's name (of PACK_COMMON). */
struct view unpack_workflow(struct view bytes);
/* Times that decide about a card's place and looks (of PACK_OWN). */
struct pack_times {
	int64_t since_ms, deadline_ms;	/* of the gate */
	int64_t planned_ms, expected_ms;
};

struct pack_times unpack_times(struct view bytes);

#endif
