/* A catalogue's JSON as a table of texts: which members become which columns. */
#ifndef APP_ROWS_H
#define APP_ROWS_H

#include "base/arena.h"
#include "core/feed.h"
#include "model/msg.h"

/* Fills columns, rows and len; everything lies in the arena. */
void rows_read(enum catalog_kind kind, struct view json, struct arena *arena,
	       struct msg_catalog *out);

#endif
