/* The evidence of a decision: the last lines of the step that is under review. Knows the
 * decision and its detail, not the dialog. */
#ifndef MODEL_EVIDENCE_H
#define MODEL_EVIDENCE_H

#include "model/decision.h"
#include "model/msg.h"

void evidence_clear(struct decision_state *d);
/* Asks for it, once, when the detail is known. */
void evidence_fetch(struct model *m, struct effects *fx);
void evidence_take(struct decision_state *d, const struct msg_log *log);

#endif
