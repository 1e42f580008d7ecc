/* The outbox: every order given here, from the moment it is decided until its
 * effect is seen. Destructive ones are held for five seconds first. Nothing is
 * sent twice, nothing is forgotten before it ended. */
#ifndef MODEL_ORDERS_H
#define MODEL_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"
#include "model/effect.h"
#include "model/msg.h"

struct model;

enum {
	ORDER_HOLD_MS = 5000,
	ORDER_LATE_MS = 10000,	/* accepted, and no effect seen: this is said */
	ORDERS_KEPT = 500
};

enum order_state {
	ORDER_HELD,		/* can be taken back */
	ORDER_SENDING,
	ORDER_ACCEPTED,		/* the engine took it; its effect is not seen yet */
	ORDER_SEEN,		/* the board shows its effect */
	ORDER_REFUSED,
	ORDER_UNKNOWN,		/* the answer was lost: it is being read back */
	ORDER_TAKEN_BACK,
	ORDER_STATES
};

struct order_line {
	uint64_t request;
	enum order_state state;
	enum verb verb;
	struct run_key key;		/* {0}: a start */
	struct run_key parent;		/* the run that started it; {0}: none that is known */
	uint64_t after;			/* the order of the same bulk on that run; 0: there is none */
	uint16_t context;
	struct str workflow, short_id, task;	/* as they were shown */
	struct str comment, name, value, edit, params;
	int attempt;
	int64_t version;
	bool debug;
	enum run_status was;		/* when it was given */
	int64_t run_version;		/* of the run, when it was given */
	int64_t at_ms;			/* decided */
	int64_t send_ms;		/* held until */
	int64_t accepted_ms;
	int64_t ended_ms;
	struct str why;			/* refused: the engine's words */
	struct str follow_id;
};

struct orders {
	VEC(struct order_line *) lines;	/* oldest first */
};

/* What was decided. Views are copied. */
struct order_wish {
	enum verb verb;
	struct run_key key, parent;
	uint16_t context;
	struct view workflow, short_id, task, comment, name, value, edit, params;
	int attempt;
	int64_t version, run_version;
	enum run_status was;
	bool debug;
};

/* Holds or sends it. Returns its request number. */
uint64_t orders_give(struct model *m, const struct order_wish *w, struct effects *fx);
/* A bulk has been given, all that is younger than that request: of two of its runs of
 * which one has started the other, the child's order leaves once the parent's is answered. */
void orders_join(struct orders *o, uint64_t since);
/* Takes the youngest held order back, with the bulk that it belongs to. False where
 * none is held. */
bool orders_undo(struct model *m);
/* Sends all that is held now, and waits for no answer. */
void orders_flush(struct model *m, struct effects *fx);
void orders_arrive(struct model *m, const struct msg *msg, struct effects *fx);
size_t orders_count(const struct orders *o, enum order_state s);
/* What orders_undo takes back: the youngest held order, or NULL, and how many. */
const struct order_line *orders_youngest_held(const struct orders *o, size_t *n);
/* The held order that leaves first, or NULL. */
const struct order_line *orders_next_held(const struct orders *o);
int64_t orders_due(const struct model *m);
/* How far it is; of one whose effect is late: that it is. */
const char *order_words(const struct order_line *l, int64_t now_ms);
void orders_release(struct orders *o);

#endif
