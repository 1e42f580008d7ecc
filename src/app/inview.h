/* Tells the backends which runs the operator sees. */
#ifndef APP_INVIEW_H
#define APP_INVIEW_H

#include "app/app.h"

/* If that has changed since the last call. */
void inview_tell(struct app *a);

#endif
