/* The words of a recording, shared by who writes it (trace.c) and who plays it
 * (replay.c): names of what is told, and one text for what is asked. */
#ifndef BACKEND_RECORDING_H
#define BACKEND_RECORDING_H

#include "backend/backend.h"

enum { RECORDING_VERSION = 1 };

enum tell {
	TELL_IDENTITY, TELL_CONDITION, TELL_SNAPSHOT_BEGIN, TELL_RUNS, TELL_GONE,
	TELL_PROGRESS, TELL_SNAPSHOT_END, TELL_LANE_COUNTS, TELL_PAGE, TELL_DETAIL,
	TELL_HISTORY, TELL_CATALOG, TELL_LOG, TELL_DONE,
	TELLS
};

const char *tell_name(enum tell t);
bool tell_parse(struct view name, enum tell *out);

/* "log RUN TASK 1 3|CURSOR 0 400 ...": words are percent-encoded; what stands
 * before the bar says what it is about, the rest which part of it. */
void ask_page(struct str *s, struct view filter, struct view cursor, size_t limit);
void ask_fetch(struct str *s, struct view run, enum run_part part, struct view cursor);
void ask_follow(struct str *s, struct view run);
void ask_catalog(struct str *s, enum catalog_kind kind, struct view cursor);
void ask_log(struct str *s, const struct log_query *q);
void ask_order(struct str *s, const struct order *o);
/* The part before the bar. */
struct view ask_subject(struct view ask);

#endif
