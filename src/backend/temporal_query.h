/* The board's filter as a query of Temporal's visibility store, as far as that can
 * say it; what it cannot is matched afterwards. Names are compared there with
 * their case. Pure. */
#ifndef BACKEND_TEMPORAL_QUERY_H
#define BACKEND_TEMPORAL_QUERY_H

#include "core/filter.h"

/* Appends the query, nothing where all of it is left. now_ms: the server's clock,
 * for "since:24h". True where the query says exactly what the filter says; else it
 * lets through more. NULL filter: nothing, true. */
bool temporal_query(const struct filter *f, int64_t now_ms, struct str *out);
/* Appends ` AND (part)`, without the AND where out is empty. Empty part: nothing. */
void temporal_query_and(struct str *out, struct view part);
/* Appends 'text' with its quotes. */
void temporal_query_text(struct str *out, struct view text);
/* Appends NAME >= 'TIME' (op as given). */
void temporal_query_time(struct str *out, const char *name, const char *op, int64_t at_ms);

#endif
