/* Names of the domain's words, as tables tied to their enums. */
#include "core/status.h"

#include <assert.h>
#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
	const char *name;
	enum lane lane;
	bool open;
} run_statuses[] = {
	[RUN_PLANNED] = { "planned", LANE_PLANNED, true },
	[RUN_PENDING] = { "pending", LANE_PENDING, true },
	[RUN_RUNNING] = { "running", LANE_RUNNING, true },
	[RUN_WAITING] = { "waiting", LANE_RUNNING, true },
	[RUN_PAUSED] = { "paused", LANE_RUNNING, true },
	[RUN_COMPLETED] = { "completed", LANE_COMPLETED, false },
	[RUN_FAILED] = { "failed", LANE_FAILED, false },
	[RUN_TIMED_OUT] = { "timed_out", LANE_FAILED, false },
	[RUN_REJECTED] = { "rejected", LANE_FAILED, false },
	[RUN_ERROR] = { "error", LANE_FAILED, false },
	[RUN_CANCELLED] = { "cancelled", LANE_CANCELLED, false },
};
static_assert(COUNT(run_statuses) == RUN_STATUSES, "a row for each status of a run");

static const struct {
	const char *name;
	bool open;
} task_statuses[] = {
	[TASK_PENDING] = { "pending", true },
	[TASK_QUEUED] = { "queued", true },
	[TASK_RUNNING] = { "running", true },
	[TASK_RETRYING] = { "retrying", true },
	[TASK_WAITING] = { "waiting", true },
	[TASK_COMPLETED] = { "completed", false },
	[TASK_FAILED] = { "failed", false },
	[TASK_TIMED_OUT] = { "timed_out", false },
	[TASK_REJECTED] = { "rejected", false },
	[TASK_SKIPPED] = { "skipped", false },
	[TASK_CANCELLED] = { "cancelled", false },
	[TASK_ERROR] = { "error", false },
};
static_assert(COUNT(task_statuses) == TASK_STATUSES, "a row for each status of a task");

static const struct {
	const char *name, *title;
} lanes[] = {
	[LANE_PLANNED] = { "planned", "Planned" },
	[LANE_PENDING] = { "pending", "Pending" },
	[LANE_RUNNING] = { "running", "Running" },
	[LANE_COMPLETED] = { "completed", "Completed" },
	[LANE_FAILED] = { "failed", "Failed" },
	[LANE_CANCELLED] = { "cancelled", "Cancelled" },
};
static_assert(COUNT(lanes) == LANES, "a row for each lane");

static const struct {
	const char *name, *past;
	bool on_task, destructive;
} verbs[] = {
	[VERB_APPROVE] = { "approve", "approved", true, false },
	[VERB_REJECT] = { "reject", "rejected", true, true },
	[VERB_ANSWER] = { "answer", "answered", true, false },
	[VERB_RETRY] = { "retry", "retried", true, false },
	[VERB_SKIP] = { "skip", "skipped", true, true },
	[VERB_ADVANCE] = { "advance", "advanced", true, true },
	[VERB_EDIT] = { "edit", "edited", true, false },
	[VERB_CANCEL] = { "cancel", "cancelled", false, true },
	[VERB_PAUSE] = { "pause", "paused", false, false },
	[VERB_RESUME] = { "resume", "resumed", false, false },
	[VERB_RERUN] = { "rerun", "run again", false, false },
	[VERB_START] = { "start", "started", false, false },
	[VERB_TERMINATE] = { "terminate", "terminated", false, true },
	[VERB_SIGNAL] = { "signal", "signalled", false, false },
	[VERB_UPDATE] = { "update", "updated", false, false },
	[VERB_QUERY] = { "query", "asked", false, false },
	[VERB_STACK] = { "stack", "asked", false, false },
};
static_assert(COUNT(verbs) == VERBS, "a row for each verb");

static const char *const triggers[] = {
	[TRIGGER_MANUAL] = "manual",
	[TRIGGER_SCHEDULE] = "schedule",
	[TRIGGER_WEBHOOK] = "webhook",
	[TRIGGER_RETRY] = "retry",
	[TRIGGER_PARENT] = "parent",
};
static_assert(COUNT(triggers) == TRIGGER_KINDS, "a row for each trigger");

const char *run_status_name(enum run_status s)
{
	return (size_t)s < COUNT(run_statuses) ? run_statuses[s].name : "unknown";
}

const char *task_status_name(enum task_status s)
{
	return (size_t)s < COUNT(task_statuses) ? task_statuses[s].name : "unknown";
}

const char *lane_name(enum lane l)
{
	return (size_t)l < COUNT(lanes) ? lanes[l].name : "unknown";
}

const char *lane_title(enum lane l)
{
	return (size_t)l < COUNT(lanes) ? lanes[l].title : "Unknown";
}

const char *verb_name(enum verb v)
{
	return (size_t)v < COUNT(verbs) ? verbs[v].name : "unknown";
}

const char *verb_past(enum verb v)
{
	return (size_t)v < COUNT(verbs) ? verbs[v].past : "unknown";
}

const char *trigger_name(enum trigger_kind t)
{
	return (size_t)t < COUNT(triggers) ? triggers[t] : "unknown";
}

bool run_status_parse(struct view v, enum run_status *out)
{
	for (size_t i = 0; i < COUNT(run_statuses); i++) {
		if (!view_is(v, run_statuses[i].name))
			continue;
		*out = (enum run_status)i;
		return true;
	}
	return false;
}

bool task_status_parse(struct view v, enum task_status *out)
{
	for (size_t i = 0; i < COUNT(task_statuses); i++) {
		if (!view_is(v, task_statuses[i].name))
			continue;
		*out = (enum task_status)i;
		return true;
	}
	return false;
}

bool lane_parse(struct view v, enum lane *out)
{
	for (size_t i = 0; i < COUNT(lanes); i++) {
		if (!view_is(v, lanes[i].name))
			continue;
		*out = (enum lane)i;
		return true;
	}
	return false;
}

bool verb_parse(struct view v, enum verb *out)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (!view_is(v, verbs[i].name))
			continue;
		*out = (enum verb)i;
		return true;
	}
	return false;
}

bool trigger_parse(struct view v, enum trigger_kind *out)
{
	for (size_t i = 0; i < COUNT(triggers); i++) {
		if (!view_is(v, triggers[i]))
			continue;
		*out = (enum trigger_kind)i;
		return true;
	}
	return false;
}

enum lane run_status_lane(enum run_status s)
{
	return (size_t)s < COUNT(run_statuses) ? run_statuses[s].lane : LANE_FAILED;
}

void lane_add_filter(enum lane l, struct str *out)
{
	const char *before = "status:";

	for (size_t i = 0; i < COUNT(run_statuses); i++) {
		if (run_statuses[i].lane != l)
			continue;
		str_addf(out, "%s%s", before, run_statuses[i].name);
		before = ",";
	}
}

bool run_status_is_open(enum run_status s)
{
	return (size_t)s < COUNT(run_statuses) && run_statuses[s].open;
}

bool lane_has_ended(enum lane l)
{
	return l == LANE_COMPLETED || l == LANE_FAILED || l == LANE_CANCELLED;
}

bool task_status_is_open(enum task_status s)
{
	return (size_t)s < COUNT(task_statuses) && task_statuses[s].open;
}

bool verb_is_on_task(enum verb v)
{
	return (size_t)v < COUNT(verbs) && verbs[v].on_task;
}

bool verb_is_question(enum verb v)
{
	return v == VERB_QUERY || v == VERB_STACK;
}

bool verb_is_destructive(enum verb v)
{
	return (size_t)v < COUNT(verbs) && verbs[v].destructive;
}
