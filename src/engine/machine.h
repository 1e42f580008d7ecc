/* The state machine of one run: pure. Inputs are decided upon into facts, facts
 * are folded into state, state says what is to be done. No clock, no disk, no
 * process; fold reads no definition and no policy, so that an old run replays the
 * same after an upgrade. */
#ifndef ENGINE_MACHINE_H
#define ENGINE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/mask.h"
#include "base/str.h"
#include "base/vec.h"
#include "core/run.h"
#include "core/status.h"
#include "engine/event.h"
#include "flow/workflow.h"

struct views {
	const struct view *items;
	size_t len;
};

/* Open while its task is TASK_WAITING; kept as evidence after. */
struct machine_gate {
	enum gate_kind kind;		/* GATE_NONE: never opened */
	struct view prompt, schema;
	struct views roles;
	int required;
	bool not_own;
	bool unknown;			/* asks whether a lost attempt is tried again */
	struct view key;		/* of a question that the running attempt has asked */
	int64_t since_ms, deadline_ms;
	enum on_timeout on_timeout;
	VEC(struct vote) votes;		/* the last of each person counts */
	struct view value;		/* a question's answer, JSON */
};

/* What an attempt has asked and was told. */
struct machine_answer {
	struct view key, value;
};

struct machine_attempt {
	int number;
	enum task_status status;	/* TASK_RUNNING until it has ended */
	int64_t started_ms, ended_ms, pid;
	int code, signal;
	bool unknown;			/* nobody knows how it ended */
	struct usage_facts usage;
	struct view args, error;
	struct view child;		/* id of a sub-workflow's run; no process then */
};

struct machine_task {
	struct view id, step, item, title, queue;
	int item_index;			/* -1: no foreach */
	int batch;			/* of an item: how many at a time; 0: all */
	enum step_kind kind;
	struct views needs;		/* ids of steps */
	bool is_finally, only_on_error;
	bool armed;			/* an only_on_error step that was called for */
	bool satisfied;			/* closed, and what needs it may go on */
	bool caught;			/* failed, and something deals with it */
	bool held;			/* failed, and the run pauses for a decision */
	bool stopping;			/* its supervisor or child was told to end */
	bool late;			/* because it is over its time limit */
	bool expanded;			/* a foreach step that has its items */
	enum task_status status;
	int attempt;			/* 0: none yet */
	int tries;			/* attempts since the last reset, for `retry` */
	int max_attempts;
	int64_t queued_ms, started_ms, ended_ms, next_retry_ms;
	int64_t child_due_ms;		/* by when its child must have ended; 0: never */
	struct view result, edit, error_type, error, stack, child;
	int64_t version;
	struct machine_gate gate;
	VEC(struct machine_attempt) attempts;
	VEC(struct machine_answer) answers;
};

struct machine {
	struct arena arena;
	struct view id, workflow, title, hash, queue, environment, parent;
	struct view trigger_by, trigger_source;
	enum trigger_kind trigger;
	struct pairs labels, params;	/* params: JSON texts */
	struct views secrets;		/* names of params never shown */
	struct mask *mask;		/* of their values; NULL: there are none */
	int priority;
	bool debug, admitted, recovered;
	bool foreseen;			/* a schedule's next firing: no run yet */
	enum run_status status;		/* derived by fold from all else */
	bool ended;
	enum run_status stop;		/* RUN_STATUSES: goes on; else what it will end as */
	struct view stop_reason;
	bool stop_finally;		/* cancelled once more: finally steps too */
	bool paused;			/* by a person */
	struct view paused_by, paused_reason;
	int64_t paused_ms;
	int64_t created_ms, start_at_ms, started_ms, ended_ms, deadline_ms;
	int64_t last_ms;		/* when its newest fact became one */
	int64_t cancel_ms;
	struct view cancel_by, cancel_reason;
	struct view result, error_type, error, error_stack, error_task;
	int64_t version, seq;
	struct machine_task *tasks;	/* in file order */
	size_t n_tasks, cap_tasks;
};

struct machine *machine_new(void);
void machine_free(struct machine *m);
/* A parameter whose value is never shown. */
bool machine_is_secret(const struct machine *m, struct view param);
/* A value that is never to be shown from now on. */
void machine_hide_text(struct machine *m, struct view secret);
/* Appends the text without what is secret. */
void machine_mask(const struct machine *m, struct view text, struct str *out);
struct machine_task *machine_task(const struct machine *m, struct view id);	/* or NULL */
/* The attempt that runs or ran last, or NULL. */
struct machine_attempt *machine_attempt(const struct machine_task *t);
bool machine_attempt_runs(const struct machine_task *t);
/* Only what is a process takes a slot: a sub-workflow's steps have their own. */
bool machine_wants_slot(const struct machine_task *t);
bool machine_has_slot(const struct machine_task *t);
/* Adds one fact to the state. Facts that do not fit (of a task that is none) are
 * ignored. */
void machine_fold(struct machine *m, const struct event *event);

/* ---- decisions --------------------------------------------------------------- */

/* What a new run is made from. */
struct machine_birth {
	const struct workflow *workflow;
	struct view id;
	struct pairs params;		/* resolved, JSON texts */
	enum trigger_kind trigger;
	struct view by, source, parent, reason;
	struct views secrets;		/* names of params that are secret beside the schema's */
	int priority;
	bool debug;
	int64_t now_ms, start_at_ms;
};

/* The run_created fact; its spec lies in the list's arena. */
void machine_create(const struct machine_birth *birth, struct events *out);

enum input_kind {
	INPUT_ADMIT,		/* the scheduler lets the run begin */
	INPUT_LAUNCH,		/* a slot is free for this queued task */
	INPUT_STARTED,		/* pid */
	INPUT_ENDED,		/* how the attempt ended */
	INPUT_UNKNOWN,		/* an attempt of which nothing is known */
	INPUT_CHILD_STARTED,	/* a queued sub-workflow has its run: child, args */
	INPUT_CHILD_REFUSED,	/* it can have none: ended says why */
	INPUT_CHILD_ENDED,	/* child; ended says how */
	INPUT_ASKED,		/* the running attempt asks: question */
	INPUT_DUE,		/* some time has come */
	INPUT_CLOCK,		/* the clock was set: moved_ms forward, or back */
	INPUT_ORDER,		/* what a person wants */
	INPUT_KINDS
};

/* An order on a run or one of its tasks. */
struct machine_order {
	enum verb verb;
	struct view by, comment, value, edit;
	const struct view *roles;
	size_t n_roles;
	bool admin;
	bool may_advance;	/* though no administrator */
	uint32_t denied;	/* bit 1u << enum verb: not by his rights */
	bool has_version;
	int64_t version;
	int attempt;		/* 0: not named */
};

/* What a running attempt asks; the key is the asker's own, always the same for the
 * same question. */
struct machine_question {
	struct view key, by, prompt, schema;
	int attempt;
};

/* What has become of a question, or would: refused with a reason as a constant
 * text; answered with a value (JSON). */
enum asked { ASKED_NEW, ASKED_WAITS, ASKED_ANSWERED, ASKED_REFUSED };
enum asked machine_asked(const struct machine *m, const struct machine_task *t,
			 const struct machine_question *q, struct view *value, const char **why);

struct input {
	enum input_kind kind;
	int64_t now_ms;
	struct view task;
	int attempt;
	const struct event *ended;		/* INPUT_ENDED: an attempt_ended fact */
	struct view child, args;
	const struct machine_question *question;
	int64_t pid, moved_ms;
	const struct machine_order *order;
};

/* Why an order is refused. */
enum refusal_kind { REFUSAL_NONE, REFUSAL_NOT_FOUND, REFUSAL_CONFLICT, REFUSAL_NOT_NOW,
		    REFUSAL_FORBIDDEN, REFUSAL_INVALID, REFUSAL_UNSUPPORTED };

struct refusal {
	enum refusal_kind kind;
	struct str text;
	struct view by;			/* who changed it, for conflicts */
	struct view did;
	int64_t at_ms;
	int64_t version;		/* as it is now */
};

/* Decides on the input and on all that follows from it; folds and appends the
 * facts. A refused order leaves no fact and fills `refusal` (which may be NULL for
 * other inputs). An input that came too late does nothing. */
void machine_step(struct machine *m, const struct workflow *w, const struct input *in,
		  struct events *out, struct refusal *refusal);

/* The next instant at which INPUT_DUE has something to do; 0: none. */
int64_t machine_next_due(const struct machine *m);

/* Whether the verb is allowed on the task (NULL: on the run) now. Else false with a
 * reason as a constant text. caller NULL: whoever it is. */
bool machine_allows(const struct machine *m, const struct machine_task *t, enum verb verb,
		    const struct machine_order *caller, const char **why);

/* What keeps a caller from a gate with these roles, from a verb: a constant text, or NULL. */
const char *machine_gate_bars(const struct views *roles, bool is_own,
			      const struct machine_order *caller);
const char *machine_rights_bar(enum verb verb, const struct machine_order *caller);

/* The most urgent open gate's task (nearest deadline, then oldest), or NULL. */
const struct machine_task *machine_urgent_gate(const struct machine *m);
int machine_approvals(const struct machine_gate *g);

/* ---- what is to be done ------------------------------------------------------- */

enum effect_kind { EFFECT_LAUNCH, EFFECT_STOP, EFFECT_KINDS };

/* The command that a committed fact calls for; false: none. */
bool machine_effect(const struct event *event, enum effect_kind *kind);

#endif
