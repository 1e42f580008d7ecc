/* What the board showed last, kept in the state folder, so that the first frame
 * is useful before any backend has answered. It is a picture of the past: the
 * condition stays "connecting" with the time it was taken, and the first snapshot
 * replaces it. */
#ifndef APP_CACHE_H
#define APP_CACHE_H

#include "app/app.h"

/* Both do nothing on any trouble: a cache is never worth a complaint. */
void cache_load(struct app *a);
void cache_save(struct app *a);

#endif
