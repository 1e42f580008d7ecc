/* A new run: its parameters gathered and resolved, its definition frozen, its first
 * fact put into the batch. Knows no orders and no schedules. */
#ifndef ENGINE_BIRTH_H
#define ENGINE_BIRTH_H

#include "engine/engine_inside.h"

/* Zeroed, then filled: what is said first, then what is given. Views are borrowed. */
struct birth {
	struct view by, source, parent, reason;
	const struct machine *again;	/* the run that is run again; or NULL */
	const struct mask *mask;	/* of the run that it comes from; or NULL */
	enum trigger_kind trigger;
	int priority;			/* 0: the workflow's */
	bool debug;
	int64_t now_ms, start_at_ms;	/* start_at 0: at once */
	struct view id;			/* empty: a new one */
	struct arena arena;
	VEC(struct pair) given;		/* JSON texts; copied */
	struct pairs params;		/* resolved: by birth_check */
	VEC(struct view) secrets;	/* of their names, beside the schema's */
};

/* A parameter; the last of a name counts. */
void birth_give(struct birth *b, struct view name, struct view json);
/* All members of a JSON object; empty: none. */
bool birth_give_all(struct birth *b, struct view json, struct err *err);
/* Whether the workflow takes what was given (ERR_USAGE). */
bool birth_check(struct birth *b, const struct workflow *w, struct err *err);
/* After birth_check: parameters that hold a secret of b->mask are secret, too. */
void birth_keep_secrets(struct birth *b);
/* After birth_check: the state of a new run of this definition; its fact goes to `facts`.
 * b->id must be set. */
struct machine *birth_machine(const struct birth *b, const struct workflow *w,
			      struct events *facts);
/* After birth_check. NULL and err where the definition cannot be kept. */
struct live_run *birth_make(struct engine *e, struct birth *b, const struct workflow *w,
			    struct err *err);
void birth_release(struct birth *b);

#endif
