/* Lines of an attempt's output with their times. */
#ifndef ENGINE_LOG_LINES_H
#define ENGINE_LOG_LINES_H

#include "base/arena.h"
#include "base/vec.h"
#include "core/severity.h"
#include "engine/log_file.h"

struct log_line {
	int64_t at_ms;
	int stream;			/* LOG_OUT, LOG_ERR, LOG_NOTE */
	bool partial;			/* no newline yet: the next one goes on */
	struct view text;
	struct log_place after;		/* behind it */
};

/* What is wanted. */
struct log_wish {
	unsigned streams;		/* bit 1u << LOG_OUT, ... */
	int64_t skip;			/* lines of these that are passed over first */
	size_t most;			/* lines; 0: all up to `until` */
	const struct log_place *until;	/* NULL: to the end */
	bool ended;			/* nothing more will be written */
	enum severity level;		/* SEVERITY_NONE: all */
	struct view search;
	bool exact;			/* its letters as they stand, else folded */
};

struct log_page {
	struct arena arena;
	VEC(struct log_line) lines;
	struct log_place begin;		/* behind the lines that were passed over first */
	struct log_place place;		/* behind what was looked at */
	bool more;			/* there is something behind it */
	int64_t left_to_skip;
	int64_t last_ms;
};

/* At most a slice of the log is looked at in one call, some milliseconds: a page may be
 * empty and still have more. */
void log_read_lines(const struct log_file *f, struct log_place from, const struct log_wish *wish,
		    struct log_page *page);
/* The lines that end between a place before *from, which *from becomes, and wish->until
 * (NULL: the end); wish->most does not count. False where that is the begin. */
bool log_read_back(const struct log_file *f, struct log_place *from, const struct log_span *span,
		   const struct log_wish *wish, struct log_page *page);
/* The same in steps, for some milliseconds, until a line fits. page->place is behind the
 * last one that does. */
bool log_search_back(const struct log_file *f, struct log_place *from,
		     const struct log_wish *wish, struct log_page *page);
void log_page_release(struct log_page *page);

#endif
