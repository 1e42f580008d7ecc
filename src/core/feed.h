/* Words that backends, the board and the commands share about what arrives: how a
 * source is, how an order ended, lines of a log, rows of a catalogue. Plain facts. */
#ifndef CORE_FEED_H
#define CORE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "core/param.h"

enum condition { CONDITION_CONNECTING, CONDITION_LIVE, CONDITION_STALE, CONDITION_DOWN };
enum outcome { OUTCOME_OK, OUTCOME_REFUSED, OUTCOME_NOT_FOUND, OUTCOME_UNSUPPORTED,
	       OUTCOME_UNREACHABLE, OUTCOME_UNKNOWN, OUTCOME_SEEN };
enum catalog_kind { CATALOG_WORKFLOWS, CATALOG_SCHEDULES, CATALOG_QUEUES, CATALOG_WORKERS,
		    CATALOG_STATS, CATALOG_AUDIT, CATALOG_INBOX, CATALOG_ANSWER,
		    CATALOG_SPACES, CATALOG_THROUGHPUT };
/* A note is of who runs the step, not of the step; both have it, neither alone. */
enum log_stream { LOG_STREAM_STDOUT = 1, LOG_STREAM_STDERR = 2, LOG_STREAM_BOTH = 3,
		  LOG_STREAM_NOTE = 4 };
/* Why a batch of lines ended. */
enum log_state { LOG_MORE, LOG_FOLLOWING, LOG_EOF, LOG_RESET, LOG_TRUNCATED };

struct log_line_facts {
	int64_t at_ms;			/* 0: unknown */
	enum log_stream stream;
	struct view text;		/* octets without the newline */
	bool partial;			/* no newline yet: the next one goes on */
};

/* A workflow as a catalogue lists it. */
struct workflow_facts {
	struct view name, title, description;
	struct param_schema params;
	struct view queue;
	int64_t open_runs;
	bool may_start;
	struct view why_not;		/* where it may not be started */
	struct view error;		/* of its file as it is now; a version before may stay */
	struct view warning;		/* what does not go though the file is right */
};

#endif
