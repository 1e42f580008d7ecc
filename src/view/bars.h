/* The bar on top (what is this, what waits) and the one below (how it is, what
 * can be pressed). */
#ifndef VIEW_BARS_H
#define VIEW_BARS_H

#include "view/paint.h"

void view_title_bar(struct pen *p, struct rect r);
void view_status_bar(struct pen *p, struct rect r);

#endif
