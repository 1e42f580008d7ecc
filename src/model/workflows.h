/* The workflows that can be started, as the catalogues of all contexts list them. */
#ifndef MODEL_WORKFLOWS_H
#define MODEL_WORKFLOWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "core/feed.h"
#include "model/rows.h"
#include "model/screen.h"

struct workflow_line {
	uint16_t context;
	struct workflow_facts facts;	/* in the arena */
};

struct workflows_state {
	struct arena arena;
	VEC(struct workflow_line) lines;
	uint64_t requests[16];		/* by context; 0: answered */
	struct rows rows;
	struct str trouble;		/* why a catalogue could not be read */
};

extern const struct screen screen_workflows;

/* A workflow as it was listed, copied into the arena. */
struct workflow_facts workflow_copy(struct arena *a, const struct workflow_facts *w);
bool workflows_are_coming(const struct workflows_state *s);
void workflows_release(struct workflows_state *s);

#endif
