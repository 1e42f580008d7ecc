/* What is known of a run, a task, a gate: plain facts in borrowed views, as a
 * backend hands them over and as the store gives them back. Whoever wants to keep
 * some keeps a key (struct run_key) and asks the store again. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/status.h"

/* Identity of a run inside this process: names one (context, id) for as long as
 * the store knows it, is never reused, may be copied freely. {0} is no run. */
struct run_key {
	uint32_t slot;		/* 1.. */
	uint32_t generation;
};

static inline bool run_key_eq(struct run_key a, struct run_key b)
{
	return a.slot == b.slot && a.generation == b.generation;
}

static inline bool run_key_is_set(struct run_key k)
{
	return k.slot != 0;
}

struct pair {
	struct view name, value;
};

struct pairs {
	const struct pair *items;
	size_t len;
};

struct vote {			/* one entry of waiting.given */
	struct view by, comment;
	enum verb verb;
	int64_t at_ms;
};

/* A gate that waits. */
struct gate_facts {
	enum gate_kind kind;	/* GATE_NONE: nothing waits */
	struct view task;
	struct view prompt;
	struct view schema;	/* JSON of a question's schema, or empty */
	struct view roles;	/* "approver, admin", or empty */
	bool not_own;		/* not for who started the run */
	int64_t since_ms;
	int64_t deadline_ms;	/* 0: none */
	int required;		/* votes; at least 1 */
	const struct vote *given;
	size_t n_given;
	int64_t version;	/* of the task: what a decision must name */
	int attempt;
};

/* What may be done now. why[v] is empty where the verb is allowed; where it is
 * not, the reason in words; verbs the backend does not have at all are neither. */
struct actions_facts {
	uint32_t allowed;		/* bit 1u << enum verb */
	uint32_t known;			/* bits with a reason or allowed */
	const struct view *why;		/* VERBS entries, or NULL */
};

struct error_facts {
	struct view type, message, stack, task;
	const struct view *causes;	/* outermost first */
	size_t n_causes;
};

/* One run as a card needs it. Empty views and zeros are "unknown". */
struct run_facts {
	uint16_t context;		/* index of the backend on this board */
	struct view id, short_id;
	struct view workflow, title;
	enum run_status status;
	struct view raw_status;		/* the engine's own word */
	enum trigger_kind trigger;
	struct view trigger_by, trigger_source;
	struct view queue, worker, environment, parent, link;
	struct pairs labels, params;	/* params: values as JSON text; secrets "***" */
	struct view current_task;
	enum task_status current_status;
	int current_attempt;		/* > 1: retried */
	int retries;			/* attempts beyond the first of all its tasks */
	uint16_t tasks_done, tasks_total;
	float progress;			/* 0..1; < 0: unknown */
	bool estimated;			/* progress is an estimate: show "~" */
	bool recovered, debug;
	struct gate_facts waiting;	/* the most urgent gate */
	int n_gates;
	struct view pending_reason, pending_detail;
	int64_t pending_since_ms;
	struct view cancel_by, cancel_reason;
	int64_t cancel_at_ms;		/* != 0: cancel was requested */
	struct error_facts error;	/* on a card: message and task only */
	int64_t created_ms, started_ms, ended_ms;
	int64_t planned_ms;		/* while planned: when it is to begin; else 0 */
	int64_t expected_ms;		/* most runs of its workflow take no longer; 0: unknown */
	int64_t version;
	int64_t seq;			/* orders upserts: an older one is dropped */
	struct actions_facts actions;
};

/* It is paused, because a step failed and somebody is to decide. */
static inline bool run_is_held(const struct run_facts *r)
{
	return r->status == RUN_PAUSED && r->current_task.len > 0 &&
	       !task_status_is_open(r->current_status);
}

/* It runs longer than most of its workflow do. */
static inline bool run_is_long(const struct run_facts *r, int64_t now_ms)
{
	return r->status == RUN_RUNNING && r->expected_ms && r->started_ms &&
	       now_ms - r->started_ms > r->expected_ms;
}

struct usage_facts {
	int64_t cpu_ms, max_rss_kb, read_bytes, write_bytes;
};

struct attempt_facts {
	int number;
	enum task_status status;
	int64_t started_ms, ended_ms;
	int exit_code, signal;		/* exit_code -1: none */
	struct view worker, error;
};

struct task_facts {
	struct view id, step, title;
	struct view item;		/* JSON text */
	enum task_status status;
	int attempt, max_attempts;
	const struct attempt_facts *attempts;
	size_t n_attempts;
	const struct view *needs;
	size_t n_needs;
	struct view args, result;	/* JSON text */
	struct error_facts error;
	float progress;
	struct view progress_words;
	int64_t queued_ms, started_ms, ended_ms;
	int64_t next_retry_ms;		/* while retrying */
	struct view worker, command;
	int64_t pid;
	int exit_code, signal;		/* exit_code -1: none */
	struct usage_facts usage;
	int64_t version;
	struct actions_facts actions;
	struct gate_facts gate;
	int64_t stdout_bytes, stderr_bytes;
	bool log_truncated;		/* more was printed than is kept */
	struct view child;		/* run id of a sub-workflow */
};

/* One run with everything; all that it points at lies in one arena. */
struct run_detail {
	struct run_facts run;
	struct view params, result;	/* JSON text */
	const struct task_facts *tasks;	/* in file order */
	size_t n_tasks;
	struct view left_out;		/* id of the task that stands for those that were not read */
	int64_t history_seq;		/* of the last line of its history; 0: unknown */
	const struct gate_facts *gates;
	size_t n_gates;
	const struct view *children;
	size_t n_children;
};

/* One line of a run's history. */
struct history_facts {
	int64_t seq, at_ms;
	struct view kind, by, task, text, comment;
	int attempt;
};

#endif
