/* The part of a filter that the database can decide, as SQL: never more than the
 * filter says, so that the rest is matched on what comes out. */
#ifndef ENGINE_WHERE_H
#define ENGINE_WHERE_H

#include "base/vec.h"
#include "core/filter.h"
#include "engine/db.h"

struct where_value {
	bool is_text;
	struct view text;		/* in the filter */
	int64_t number;
};

struct where {
	VEC(struct where_value) values;
};

/* Appends " AND ..." for each condition. */
void where_build(struct where *w, const struct filter *filter, struct str *sql);
/* Binds from parameter `first` on. The filter must live until the reset. */
void where_bind(const struct where *w, struct db_stmt *st, int first);
void where_release(struct where *w);

#endif
