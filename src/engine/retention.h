/* What has ended is tidied, and goes when its time has come (keeping.h): in slices
 * when nothing else is due, logs before their runs, the oldest first. Never what is
 * open, nor a run that one of its family still may look for: one with an open child
 * or an open parent. Each removal stands in the audit trail and is a change of the
 * stream. A definition goes with the last run that was made from it. */
#ifndef ENGINE_RETENTION_H
#define ENGINE_RETENTION_H

#include "engine/keeping.h"

struct engine;
struct retention;

struct retention *retention_new(struct engine *e);
void retention_free(struct retention *r);
/* Takes the rules; a round begins. */
void retention_take(struct retention *r, struct keeping_rules *rules);
/* A run has ended: a look is taken soon. */
void retention_wake(struct retention *r);

#endif
