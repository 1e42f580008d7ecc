/* The objects of the API (INTERFACES.md, doc/protocols.md), read into facts. Every
 * reader copies its text into the arena first: all views of what comes out lie in
 * the arena. Unknown members are skipped, unknown words and missing members get a
 * fallback; only text that is no JSON (or no object) is an error. */
#ifndef WIRE_PROTO_H
#define WIRE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "core/feed.h"
#include "core/run.h"

/* A run object as a card needs it. context is left 0. */
bool proto_run(struct view json, struct arena *arena, struct run_facts *out, struct err *err);
/* A run object with tasks, gates, children. */
bool proto_detail(struct view json, struct arena *arena, struct run_detail *out,
		  struct err *err);

/* Borrowed until it returns. False: enough, the rest is not read. */
typedef bool proto_run_fn(void *arg, struct run_facts *run);

/* {"runs": [...], "next_cursor": ...}, record by record; the arena is cleared
 * before each. next_cursor (in the text of json) may be NULL. */
bool proto_runs(struct view json, struct arena *arena, proto_run_fn *fn, void *arg,
		struct view *next_cursor, struct err *err);
/* next_cursor of any list; empty at the end. As it stands in the text. */
struct view proto_next_cursor(struct view json);

struct proto_history {
	const struct history_facts *items;	/* in the order of the text */
	size_t len;
	struct view next_cursor;
};

/* {"history": [...]} (or "events", or a bare array). */
bool proto_history(struct view json, struct arena *arena, struct proto_history *out,
		   struct err *err);

struct proto_lines {
	const struct log_line_facts *items;
	size_t len;
	struct view next, prev;		/* cursors */
	enum log_state state;		/* LOG_MORE, LOG_FOLLOWING or LOG_EOF */
};

bool proto_lines(struct view json, struct arena *arena, struct proto_lines *out,
		 struct err *err);

/* {"error": {code, message, detail}}. Never fails: a body that is none gives
 * `message` by the status ("the server answered 502"). */
struct proto_error {
	struct view code, message;
	struct view detail;	/* JSON text, or empty */
};

void proto_error(struct view body, int status, struct arena *arena, struct proto_error *out);

/* GET /v1/info. */
struct proto_info {
	struct view user, version, engine;
	struct view roles;		/* "approver, admin" */
	const struct view *capabilities;
	size_t n_capabilities;
	struct view grants;		/* JSON: which of them on which workflows; or empty */
	int64_t time_ms;
	int64_t pid;		/* 0: not given */
	struct view settings_error;	/* or empty */
	bool read_only;
};

bool proto_info(struct view json, struct arena *arena, struct proto_info *out, struct err *err);

/* The frames of /v1/events. */
enum proto_event {
	PROTO_EVENT_UNKNOWN,	/* skip it */
	PROTO_EVENT_SNAPSHOT_BEGIN, PROTO_EVENT_RUN, PROTO_EVENT_SNAPSHOT_END, PROTO_EVENT_GONE,
	PROTO_EVENT_PROGRESS, PROTO_EVENT_RESET, PROTO_EVENT_HEARTBEAT, PROTO_EVENT_TASK,
	PROTO_EVENT_LINES, PROTO_EVENT_EOF,
	PROTO_EVENTS
};

enum proto_event proto_event_parse(struct view name);
const char *proto_event_name(enum proto_event e);

/* Data of snapshot_begin, snapshot_end, gone, reset, heartbeat: what is not in the
 * frame stays zero. */
struct proto_frame {
	struct view filter, id, reason, trouble;
	int64_t ended;			/* -1: not given */
	int64_t time_ms;
	bool complete;
	int64_t counts[LANES];		/* -1: not given */
};

bool proto_frame(struct view json, struct arena *arena, struct proto_frame *out,
		 struct err *err);
/* `progress`: id, seq, progress, current, tasks_done, tasks_total; the rest zero. */
bool proto_progress(struct view json, struct arena *arena, struct run_facts *out,
		    struct err *err);

/* `task`: sizes of the output and progress of one task. */
struct proto_task {
	struct view run, task;
	int attempt;
	int64_t stdout_bytes, stderr_bytes;
	float progress;			/* < 0: not given */
};

bool proto_task(struct view json, struct arena *arena, struct proto_task *out, struct err *err);

#endif
