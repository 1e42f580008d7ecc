/* The output of one attempt on disk: two streams, the supervisor's notes, and the
 * order in which they arrived. Read by place, never held in memory. */
#ifndef ENGINE_LOG_FILE_H
#define ENGINE_LOG_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "engine/attempt.h"

enum { LOG_OUT, LOG_ERR, LOG_NOTE, LOG_FILES };

struct log_file {
	int streams[LOG_FILES];		/* -1: not there */
	int order;
	int64_t records;		/* in `order`, whole ones */
};

/* One record of `order`. */
struct log_record {
	int64_t at_ms;
	int stream;			/* LOG_OUT, LOG_ERR, LOG_NOTE; -1: of no kind we know */
	int64_t length;
	bool is_rest;			/* not of the order: all that is left now */
};

/* A place between two octets: `record` is begun up to `inside`; `at` counts the
 * octets of each stream before it, `line` where each stream's unfinished line
 * begins. */
struct log_place {
	int64_t record, inside;
	int64_t at[LOG_FILES], line[LOG_FILES];
};

/* False where there is no such attempt. */
bool log_file_open(struct log_file *f, const char *state, const struct attempt_name *name);
void log_file_close(struct log_file *f);
/* The record at place->record. What the order does not cover (it was lost) is one
 * more record for each stream, if `ended`; its length counts from place->at and
 * place->record stays. False at the end. */
bool log_record_at(const struct log_file *f, const struct log_place *place, bool ended,
		   struct log_record *out);
/* Appends octets of a stream; fewer where the file ends. */
void log_read(const struct log_file *f, int stream, int64_t from, int64_t length, struct str *out);
int64_t log_size(const struct log_file *f, int stream);
/* Passes over whole records, from the begin of one, while those of the streams in the
 * mask hold at most `octets` in all; what is left of these. Many records a read. */
int64_t log_skip(const struct log_file *f, struct log_place *place, unsigned streams,
		 int64_t octets);
/* Behind all that the order covers. */
struct log_place log_end(const struct log_file *f);
/* Goes back over records until `lines` newlines (of the streams in the mask) or
 * `octets` lie between; false where that is the begin. */
struct log_span {
	int64_t lines;			/* INT64_MAX: they are not counted */
	int64_t octets;
	unsigned streams;		/* bit 1u << LOG_OUT ... */
};

/* No log is there. */
struct log_file log_file_none(void);
bool log_go_back(const struct log_file *f, struct log_place *place, const struct log_span *span);

void log_place_write(const struct log_place *place, struct str *out);
bool log_place_read(struct view text, struct log_place *out);

#endif
