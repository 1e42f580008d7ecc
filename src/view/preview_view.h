/* The run under the cursor, beside the board: what its card has no room for. */
#ifndef VIEW_PREVIEW_VIEW_H
#define VIEW_PREVIEW_VIEW_H

#include "core/run.h"
#include "view/paint.h"

void view_preview(struct pen *p, struct rect r, struct run_key key);
/* The facts of a run as labelled lines; returns the rows used. */
int view_facts(struct pen *p, struct rect r, const struct run_facts *run);

#endif
