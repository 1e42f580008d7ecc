/* Running a run again: the start form with the run's own parameters in it, for a
 * workflow whose schema is known; else the question alone. */
#ifndef MODEL_AGAIN_H
#define MODEL_AGAIN_H

#include "model/screen.h"

/* Opens the form and asks for what it needs. */
void again_open(struct model *m, struct run_key key, struct effects *fx);
/* What arrives while the form is being read. */
void again_arrive(struct model *m, const struct msg *msg, struct effects *fx);

#endif
