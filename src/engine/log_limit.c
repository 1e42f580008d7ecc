/* How much is kept of what a step prints: what it, its workflow or the engine says, and
 * no more than its run has left. */
#include "engine/engine_inside.h"
#include "engine/sizes.h"

enum { LOG_LEAST = 64 << 10 };		/* so that an error can always be read */

void engine_count_log(const struct engine *e, struct live_run *run, const struct attempt_name *name)
{
	struct attempt_sizes sizes = { 0 };
	if (run->log_octets < 0)
		return;
	attempt_sizes(e->state, name, &sizes);
	run->log_octets += sizes.stdout_bytes + sizes.stderr_bytes;
}

/* What the ended attempts have left, looked up once. */
static void count_logs(const struct engine *e, struct live_run *run)
{
	run->log_octets = 0;
	for (size_t i = 0; i < run->m->n_tasks; i++) {
		const struct machine_task *t = &run->m->tasks[i];
		for (size_t k = 0; k < t->attempts.len; k++) {
			struct attempt_name name = { run->m->id, t->id, t->attempts.items[k].number };
			if (t->attempts.items[k].status != TASK_RUNNING)
				engine_count_log(e, run, &name);
		}
	}
}

int64_t engine_log_limit(const struct engine *e, struct live_run *run, const struct step *s)
{
	int64_t max = s->log_max ? s->log_max : run->w->log_max ? run->w->log_max : e->log_max;
	if (run->log_octets < 0)
		count_logs(e, run);
	int64_t left = e->run_log_max - run->log_octets;
	left = left > LOG_LEAST ? left : LOG_LEAST;
	return max < left ? max : left;
}
