/* What is saved to files beside the board's own folder: names for them. */
#ifndef MODEL_SAVE_H
#define MODEL_SAVE_H

#include "base/str.h"
#include "model/effect.h"

struct model;

/* Makes the text a plain file name: it comes from elsewhere, and is no way to another
 * folder. */
void save_plain_name(struct str *name);
/* The arguments or the result of the task under the cursor, or of the run where the task
 * has none, into the working folder. */
void save_arguments(struct model *m, struct effects *fx);
void save_result(struct model *m, struct effects *fx);
/* The run in focus, whole, into the working folder. */
void save_run(struct model *m, struct effects *fx);

#endif
