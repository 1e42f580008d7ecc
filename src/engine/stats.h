/* Statistics, kept by the hour as runs begin and end: nothing is ever counted from
 * the history. Spans have a histogram of about 6 % a step, for percentiles. */
#ifndef ENGINE_STATS_H
#define ENGINE_STATS_H

#include <stdint.h>

#include "base/map.h"
#include "engine/journal.h"

enum { STATS_HOUR_MS = 3600000, STATS_BINS = 768 };

enum stats_span { STATS_DURATION, STATS_WAIT, STATS_SPANS };

/* What a span falls into, and the middle of that. */
int stats_bin(int64_t span_ms);
int64_t stats_bin_ms(int bin);

/* How long runs of each workflow take, all time: in memory, from the journal when
 * first asked for. */
struct stats {
	struct map expected;		/* workflow -> struct stats_expected */
};

void stats_release(struct stats *s);

/* Each puts rows into the journal's batch. */
void stats_run_started(struct journal *j, const struct machine *m);
/* Durations are those of completed runs; one that is reopened and ends again counts
 * again. */
void stats_run_ended(struct stats *s, struct journal *j, const struct machine *m);
/* A slot of the queue was held for so long. */
void stats_slot(struct journal *j, const char *queue, int64_t from_ms, int64_t to_ms);

/* 95 of 100 completed runs took no longer; 0: too few to say. */
int64_t stats_expected(struct stats *s, struct journal *j, struct view workflow);

#endif
