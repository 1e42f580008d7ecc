/* What a decision would send, asked of its backend before it is given: shown in the
 * dialog, and where it is the first decision of its kind on a workflow, Yes is dead
 * until it was shown. Which kinds were shown is remembered. */
#ifndef MODEL_SHOWN_H
#define MODEL_SHOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/effect.h"
#include "model/msg.h"

struct model;

struct shown_state {
	uint64_t request;	/* under way; 0: none */
	struct str text;	/* "update decide {...}"; empty: not there yet, or not asked */
	struct str trouble;	/* why it cannot be said */
	bool first;		/* nobody here was shown this yet */
};

void shown_reset(struct shown_state *s);
void shown_release(struct shown_state *s);
/* The buttons have come: asks what the dialog's order would send, where its backend
 * can say it. */
void shown_ask(struct model *m, struct effects *fx);
void shown_arrive(struct model *m, const struct msg *msg);
/* Not the first time, or it stands on the screen. */
bool shown_is_enough(const struct shown_state *s);
/* It was given: from now on it is known here. */
void shown_remember(struct model *m, struct effects *fx);

#endif
