/* The facts of a run's life: what the journal keeps and the machine folds.
 * Versioned, self-contained (fold reads nothing else), with their JSON form.
 * Facts never change their meaning; a new meaning is a new kind. Pure. */
#ifndef ENGINE_EVENT_H
#define ENGINE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "core/run.h"
#include "core/status.h"
#include "flow/workflow.h"

enum event_kind {
	EVENT_RUN_CREATED,		/* spec */
	EVENT_RUN_ADMITTED,		/* may begin; until: its deadline */
	EVENT_RUN_PAUSED,		/* by, reason; task: the failed one */
	EVENT_RUN_RESUMED,
	EVENT_RUN_STOPPING,		/* status: what it ends as; reason */
	EVENT_CANCEL_REQUESTED,		/* by, comment */
	EVENT_RUN_REOPENED,		/* by; until: the new deadline */
	EVENT_RUN_ENDED,		/* status, result, error */
	EVENT_TASK_QUEUED,
	EVENT_TASK_ARMED,		/* an `only: on_error` step is called for; reason */
	EVENT_TASK_RETRYING,		/* until: when */
	EVENT_TASK_ENDED,		/* status, satisfied, caught, result, error */
	EVENT_TASK_RESET,		/* will be tried again: by, comment, value: the edit */
	EVENT_TASKS_EXPANDED,		/* task: a foreach step; spec: its items' tasks */
	EVENT_ATTEMPT_STARTING,		/* attempt, args */
	EVENT_ATTEMPT_STARTED,		/* pid */
	EVENT_ATTEMPT_STOPPING,		/* its supervisor or child is told to end; reason */
	EVENT_ATTEMPT_ENDED,		/* status, code, signal, usage, result, error */
	EVENT_ATTEMPT_UNKNOWN,		/* nobody knows how it ended */
	EVENT_GATE_OPENED,		/* gate, prompt, schema, roles, required, until; key:
					 * asked by the running attempt */
	EVENT_GATE_VOTED,		/* verb, by, comment, value */
	EVENT_GATE_ANSWERED,		/* key, value: the asking attempt goes on */
	EVENT_CHILD_STARTED,		/* attempt, args; value: the child's id as JSON; until */
	EVENT_CLOCK_MOVED,		/* moved: the clock was set, and what waits for a span to
					 * pass does so by as much later or sooner; reason */
	EVENT_KINDS
};

/* One fact. Views are borrowed; empty views, zeros and -1 where so said are
 * "not said" and are not written. */
struct event {
	enum event_kind kind;
	int64_t seq, at_ms;
	struct view task;
	int attempt;
	enum task_status task_status;	/* TASK_STATUSES: none */
	enum run_status run_status;	/* RUN_STATUSES: none */
	enum gate_kind gate;
	enum verb verb;			/* VERBS: none */
	enum on_timeout on_timeout;
	struct view by, comment, reason, prompt, key;
	struct view error_type, error, stack;
	struct view spec, args, result, value, schema, roles;	/* JSON texts */
	int64_t until_ms, moved_ms, pid;
	int code;			/* -1: none */
	int signal, required;
	bool satisfied, caught, not_own, unknown;
	struct usage_facts usage;
};

/* A list of facts that owns what they point at. */
struct events {
	struct arena arena;
	VEC(struct event) list;
};

/* A fact of that kind in which nothing is said yet. */
struct event event_make(enum event_kind kind, struct view task);
/* Appends a deep copy; returns it (valid until the next push or clear). */
struct event *events_push(struct events *list, const struct event *event);
void events_clear(struct events *list);
void events_release(struct events *list);

const char *event_name(enum event_kind kind);	/* "task_queued" */
bool event_parse_name(struct view name, enum event_kind *out);
/* {"v":1,...} without kind, seq and time, which have columns of their own. */
void event_encode(const struct event *e, struct str *out);
/* Views lie in the arena. Unknown members are ignored, an unknown version fails. */
bool event_decode(struct view json, enum event_kind kind, struct arena *arena, struct event *out,
		  struct err *err);

#endif
