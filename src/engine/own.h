/* A run's row as one reader may act on it: rows are kept as they are for anybody, and
 * what keeps this one from an order is put in when it is sent. */
#ifndef ENGINE_OWN_H
#define ENGINE_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "engine/access.h"
#include "engine/engine.h"

/* Who asks, for orders on runs of this workflow (empty: on any). roles: room for ROLES. */
struct engine_caller own_caller(const struct caller *c, struct view workflow, struct view *roles);
/* engine_viewer's own: arg is a struct caller. */
bool own_row(const void *arg, struct view frame, struct str *out);

/* The same for many readers of one stream: made once for all that have the same rights. */
struct own_rows;
struct own_rows *own_rows_new(void);
void own_rows_free(struct own_rows *o);
/* The row of the change number seq; valid until the next call. */
struct view own_rows_get(struct own_rows *o, const struct caller *c, int64_t seq,
			 struct view frame);

#endif
