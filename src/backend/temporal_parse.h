/* Runs as Temporal's API shows them (lists, describe) to facts of the board. Pure;
 * all bytes are foreign. */
#ifndef BACKEND_TEMPORAL_PARSE_H
#define BACKEND_TEMPORAL_PARSE_H

#include "base/arena.h"
#include "core/run.h"
#include "wire/json.h"

/* What a run's facts depend on beside the answer. */
struct temporal_rules {
	uint16_t context;
	int64_t now_ms;			/* the server's clock */
	struct view waiting_memo;	/* rule 2: key of a memo; empty: none */
	const struct json *memo;	/* its fields, read, in place of sealed ones; or NULL */
	struct view off_reset, off_activity;	/* why steps may not be done again, or empty */
};

/* A word of an enum without its prefix, lower case with blanks, in the arena:
 * "WORKFLOW_EXECUTION_STATUS_TIMED_OUT" and "TimedOut" are both "timed out". */
struct view temporal_word(struct view word, const char *prefix, struct arena *arena);

/* The payload of a memo's key says that a run waits; NULL does not, nor what is cleared. */
bool temporal_memo_says(const struct json *payload, struct arena *arena);
/* A WorkflowExecutionInfo. The id is the run id, the short id the workflow id.
 * False where it is none (no execution, or no ids). hidden: continued as new. */
bool temporal_run(const struct json *info, const struct temporal_rules *rules,
		  struct arena *arena, struct run_facts *out);
/* The answer to describe, which tells more of how it began. */
bool temporal_described(const struct json *describe, const struct temporal_rules *rules,
			struct arena *arena, struct run_facts *out);
/* A described run waits for a worker that takes it: its first workflow task has not begun. */
bool temporal_is_untaken(const struct json *describe);
bool temporal_is_hidden(const struct run_facts *run);
/* Which actions a run's own status allows. */
void temporal_allow(struct run_facts *run);

/* google.rpc.Status of a refusal: its message, else words for the status. */
struct view temporal_refusal(struct view body, int status, struct arena *arena);
/* "3.500s" to ms; 0 where it is none. */
int64_t temporal_span(struct view v);

#endif
