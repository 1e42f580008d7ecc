/* Going over to another namespace of a context's server: from the table of them, or
 * by name from the palette. Never while an order is held: it was meant for a run of
 * the old one. */
#ifndef MODEL_SPACES_H
#define MODEL_SPACES_H

#include <stdint.h>

#include "base/str.h"
#include "model/effect.h"
#include "model/msg.h"

struct model;

struct spaces_state {
	uint64_t request;	/* under way; 0: none */
	uint16_t context;
	struct str name;	/* where to */
};

/* The table of the namespaces: of the focused run's context, else of the first that
 * has any. Says so where none has. */
void spaces_open(struct model *m, struct effects *fx);
/* The same context, at once. */
void spaces_enter(struct model *m, struct view name, struct effects *fx);
void spaces_go(struct model *m, uint16_t context, struct view name, struct effects *fx);
void spaces_arrive(struct model *m, const struct msg *msg, struct effects *fx);
void spaces_release(struct spaces_state *s);

#endif
