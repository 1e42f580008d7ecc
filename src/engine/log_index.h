/* Where lines stand in a long log: a mark every so many octets, made as far as somebody
 * wanted to know, in slices. Memory only: a thousandth of the log, for a few logs. */
#ifndef ENGINE_LOG_INDEX_H
#define ENGINE_LOG_INDEX_H

#include "base/vec.h"
#include "engine/log_file.h"

/* So many lines of each stream end before the place. */
struct log_mark {
	struct log_place place;
	int64_t lines[LOG_FILES];
};

struct log_index {
	struct log_mark seen;		/* up to here it has been read */
	int64_t since;			/* octets since the last mark */
	VEC(struct log_mark) marks;
};

void log_index_release(struct log_index *ix);

struct log_seek {
	int64_t line;			/* from 1 */
	unsigned streams;		/* of these it is counted: bit 1u << LOG_OUT ... */
	bool ended;			/* nothing more will be written */
};

/* FOUND: *mark lies before the line, which is *skip lines further on. NOT_YET: some
 * milliseconds were spent reading; ask again. BEYOND: there is no such line (yet). */
enum log_found { LOG_FOUND, LOG_NOT_YET, LOG_BEYOND };
enum log_found log_index_find(struct log_index *ix, const struct log_file *f,
			      const struct log_seek *seek, struct log_mark *mark, int64_t *skip);

/* The indexes of the logs that were asked for last. */
struct log_indexes;
struct log_indexes *log_indexes_new(void);
void log_indexes_free(struct log_indexes *all);
struct log_index *log_indexes_of(struct log_indexes *all, const struct attempt_name *name);

#endif
