/* Starts and adopts supervisors and tells how attempts go. Never signals a
 * process: what is to end is told so through its control socket. Knows no run's
 * state. All hooks are called from the loop. */
#ifndef ENGINE_RUNNER_H
#define ENGINE_RUNNER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "core/run.h"
#include "engine/attempt.h"
#include "engine/event.h"
#include "io/loop.h"

struct runner;

struct runner_hooks {
	void (*started)(void *arg, const struct attempt_name *name, int64_t pid);
	/* Exactly one of the two, once, unless it was postponed. */
	void (*ended)(void *arg, const struct attempt_name *name, const struct event *end);
	void (*unknown)(void *arg, const struct attempt_name *name);
	/* Nothing was started, because the machine lacks something just now: to be
	 * launched again later. */
	void (*postponed)(void *arg, const struct attempt_name *name, const char *why);
	/* The machine lacks something to look after attempts: that is tried again. */
	void (*troubled)(void *arg, const char *why);
	/* New output or progress: see runner_live. */
	void (*moved)(void *arg, const struct attempt_name *name);
	/* It has used more; also seldom, and only where that is so. */
	void (*used)(void *arg, const struct attempt_name *name);
};

struct runner *runner_new(struct loop *loop, const char *state, const char *supervisor,
			  const struct runner_hooks *hooks, void *arg);
/* The attempts go on without us. */
void runner_free(struct runner *r);

struct launch {
	struct attempt_name name;
	struct view args;		/* JSON: {"run" | "args", "dir", "env"} */
	struct pairs env;		/* more of it, stronger */
	const struct view *masks;
	size_t n_masks;
	const char *work;		/* folder for a step without `dir`; made if missing */
	int64_t timeout_ms;		/* 0: none */
	int64_t log_max;		/* octets kept of each stream; 0: the supervisor's default */
	const char *note;		/* the first line of the log; or NULL */
	bool debug;			/* the shell traces, the supervisor notes all it was given */
	const char *refusal;		/* why it is not to be started at all (a secret); or NULL */
};

/* Returns at once; what fails is told as an end. */
void runner_launch(struct runner *r, const struct launch *launch);

/* After a restart: takes the attempt up as doc/protocols.md says. False: nothing
 * was ever started: launch it. */
enum adoption { ADOPTION_DONE, ADOPTION_LAUNCH };
enum adoption runner_adopt(struct runner *r, const struct attempt_name *name, bool same_boot);

/* TERM, then KILL after its grace. */
void runner_stop(struct runner *r, const struct attempt_name *name);

struct runner_live {
	float progress;			/* < 0: not told */
	struct view words;
	int64_t stdout_bytes, stderr_bytes;
	struct usage_facts usage;
};

/* False where no such attempt runs here. */
bool runner_live(const struct runner *r, const struct attempt_name *name,
		 struct runner_live *out);

#endif
