/* Model to canvas. Pure: draws what the model holds, changes and fetches nothing.
 * A frame costs what is visible. */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "screen/canvas.h"

struct model;

/* Erases the canvas (which has the model's size) and draws everything. */
void view_draw(const struct model *m, struct canvas *c);

#endif
