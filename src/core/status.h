/* The words of the domain with their names: statuses of runs and tasks, lanes,
 * verbs, triggers (PRODUCT.md "Words", INTERFACES.md). Names are the API's. */
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

#include <stdbool.h>

#include "base/str.h"

enum run_status {
	RUN_PLANNED, RUN_PENDING, RUN_RUNNING, RUN_WAITING, RUN_PAUSED, RUN_COMPLETED,
	RUN_FAILED, RUN_TIMED_OUT, RUN_REJECTED, RUN_ERROR, RUN_CANCELLED,
	RUN_STATUSES
};

enum task_status {
	TASK_PENDING, TASK_QUEUED, TASK_RUNNING, TASK_RETRYING, TASK_WAITING, TASK_COMPLETED,
	TASK_FAILED, TASK_TIMED_OUT, TASK_REJECTED, TASK_SKIPPED, TASK_CANCELLED, TASK_ERROR,
	TASK_STATUSES
};

/* In the order of the board. */
enum lane {
	LANE_PLANNED, LANE_PENDING, LANE_RUNNING, LANE_COMPLETED, LANE_FAILED, LANE_CANCELLED,
	LANES
};

/* Orders (decisions) of an operator. The first group acts on a task, the second
 * on a run, the third speaks to a run's own code; query and stack only ask. */
enum verb {
	VERB_APPROVE, VERB_REJECT, VERB_ANSWER, VERB_RETRY, VERB_SKIP, VERB_ADVANCE, VERB_EDIT,
	VERB_CANCEL, VERB_PAUSE, VERB_RESUME, VERB_RERUN, VERB_START, VERB_TERMINATE,
	VERB_SIGNAL, VERB_UPDATE, VERB_QUERY, VERB_STACK,
	VERBS
};

enum trigger_kind {
	TRIGGER_MANUAL, TRIGGER_SCHEDULE, TRIGGER_WEBHOOK, TRIGGER_RETRY, TRIGGER_PARENT,
	TRIGGER_KINDS
};

enum gate_kind { GATE_NONE, GATE_APPROVAL, GATE_QUESTION };

const char *run_status_name(enum run_status s);
const char *task_status_name(enum task_status s);
const char *lane_name(enum lane l);		/* "pending" */
const char *lane_title(enum lane l);		/* "Pending" */
const char *verb_name(enum verb v);		/* "approve" */
const char *verb_past(enum verb v);		/* "approved" */
const char *trigger_name(enum trigger_kind t);
/* False (and *out untouched) for a word that is none. */
bool run_status_parse(struct view v, enum run_status *out);
bool task_status_parse(struct view v, enum task_status *out);
bool lane_parse(struct view v, enum lane *out);
bool verb_parse(struct view v, enum verb *out);
bool trigger_parse(struct view v, enum trigger_kind *out);

enum lane run_status_lane(enum run_status s);
/* "status:failed,timed_out,...": a filter of the lane's runs. */
void lane_add_filter(enum lane l, struct str *out);
bool run_status_is_open(enum run_status s);	/* planned to paused */
bool lane_has_ended(enum lane l);		/* its runs have */
bool task_status_is_open(enum task_status s);	/* pending to waiting */
bool verb_is_on_task(enum verb v);
bool verb_is_question(enum verb v);	/* query, stack: changes nothing */
/* Reject, cancel, skip, advance, terminate: held 5 s, asked before. */
bool verb_is_destructive(enum verb v);

#endif
