/* One run of Temporal told from its history's events and from describe: tasks with
 * attempts, timers, children, failures, gates; and lines of history. Pure; all
 * bytes are foreign. Unknown events are kept as plain lines, never refused. */
#ifndef BACKEND_TEMPORAL_STORY_H
#define BACKEND_TEMPORAL_STORY_H

#include "backend/temporal_parse.h"
#include "base/vec.h"

enum story_kind { STORY_ACTIVITY, STORY_TIMER, STORY_CHILD, STORY_NEXUS, STORY_UPDATE,
		  STORY_SIGNAL, STORY_GATE };

/* A task with what only Temporal needs to know of it. */
struct story_task {
	struct task_facts facts;
	enum story_kind kind;
	int64_t event;			/* that opened it */
	int64_t decided;		/* workflow task that made it: where to reset to */
	struct view activity;		/* id of an activity */
	struct view type;
	struct view heartbeat;		/* JSON of the last one's details */
	int64_t heartbeat_ms;
	struct view last_failure;	/* in words, with stack */
};

struct story_kept;

struct story {
	struct arena arena;
	struct story_kept *kept;	/* that it is a copy of, or NULL */
	VEC(struct story_task) tasks;	/* by event, ascending */
	int64_t last_event, last_ms;	/* that can not be replaced any more; its time */
	int64_t seen_event;		/* the last that was shown */
	int64_t first_decided;		/* first completed workflow task; 0: none */
	int64_t last_decided;
	struct view input, result;	/* JSON */
	bool input_is_list;		/* of several arguments */
	struct view input_raw;		/* {"payloads": ...} as it was */
	struct error_facts error;	/* of the run */
	struct error_facts code_error;	/* of its last workflow task, while it fails */
	struct view terminated_by;
	int64_t length;			/* of the history, as describe says */
	int64_t typical_length;		/* of those of its type that completed; 0: unknown */
	struct view why;		/* why it waits for a worker, in words */
	struct view why_activity;	/* id of the activity that does; empty: the run */
	int64_t gap_event;		/* of the task that stands for what was not read; 0: none */
	bool has_error;
};

void story_init(struct story *s);
void story_release(struct story *s);
/* Takes over a page of events in their order; events that are known already by
 * their id are passed over. A workflow task on its way at the end of a history may be
 * shown before it is written, and another event may get its id: such are not known. */
void story_add(struct story *s, const struct json *events);
/* The newest events, newest first, of a history too long to be read whole: what lies
 * between is said by a task of its own. */
void story_add_newest(struct story *s, const struct json *events);
/* A line of its own among the tasks, that says something of the story itself. */
void story_note(struct story *s, const char *words);
/* Read once, told often, since telling adds what is going on now: keeps the story, which
 * becomes a copy of it. A copy is released like any story, and holds what its words lie
 * in, also when newer events were added to the kept one or it was let go. */
struct story_kept *story_keep(struct story *s);
void story_copy(struct story_kept *k, struct story *out);	/* out: not initialised */
/* To add newer events to. */
struct story *story_of_kept(struct story_kept *k);
void story_let_go(struct story_kept *k);	/* NULL is fine */
/* One line of history; false for what only makes noise (workflow tasks that went
 * well). */
bool story_line(const struct json *event, struct arena *arena, struct history_facts *out);
/* Task by its id ("ChargeCard-5", or "5"), or NULL. */
struct story_task *story_find(struct story *s, struct view id);
/* How a gate looks on a run, in the story's arena. */
struct story_gate {
	struct view memo;	/* what its memo says of it, or empty */
	struct view prompt;
	struct view command;		/* what approving will send */
	struct view off_approve, off_reject;	/* why not, or empty */
	int64_t since_ms;
};

/* Joins what describe says with the events, into one detail that lives in the
 * story's arena. gate: NULL where nothing waits. False where describe is none. */
bool story_tell(struct story *s, const struct json *describe, const struct temporal_rules *rules,
		const struct story_gate *gate, struct run_detail *out);

#endif
