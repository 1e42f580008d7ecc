/* The log pane on the canvas. */
#ifndef VIEW_LOGPANE_VIEW_H
#define VIEW_LOGPANE_VIEW_H

#include "model/logpane.h"
#include "view/paint.h"

/* Lines in r; the search line takes the last row while it is typed. */
void view_logpane(struct pen *p, struct rect r, const struct logpane *pane);

#endif
