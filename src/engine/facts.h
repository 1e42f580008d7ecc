/* A run's state as the facts of the API (core/run.h). Pure but for what the
 * caller tells of running attempts. */
#ifndef ENGINE_FACTS_H
#define ENGINE_FACTS_H

#include "base/arena.h"
#include "core/run.h"
#include "engine/machine.h"

/* What is known of a task beside its facts in the journal. */
struct task_live {
	float progress;			/* < 0: not told */
	struct view words;
	int64_t stdout_bytes, stderr_bytes;
	struct usage_facts usage;
	bool truncated;			/* more was printed than is kept */
};

typedef void facts_live_fn(void *arg, const struct machine *m, const struct machine_task *t,
			   struct task_live *out);

struct facts_source {
	const struct machine *m;
	const struct machine_order *caller;	/* whose rights count in `actions`; or NULL */
	struct view pending_reason, pending_detail;
	int64_t pending_ms;
	int64_t expected_ms;			/* 0: not known */
	char words[160];			/* room for pending_detail */
	facts_live_fn *live;			/* or NULL */
	void *live_arg;
};

/* Everything lies in the arena or in the state; secrets are masked. */
void facts_run(const struct facts_source *source, struct arena *arena, struct run_facts *out);
void facts_detail(const struct facts_source *source, struct arena *arena,
		  struct run_detail *out);
void facts_gate(const struct machine *m, const struct machine_task *t, struct arena *arena,
		struct gate_facts *out);

#endif
