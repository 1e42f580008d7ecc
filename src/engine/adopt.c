/* Attempts, taken up after a restart. */
#include "engine/engine_inside.h"

static void adopt_attempt(struct engine *e, struct live_run *run, const struct machine_task *t,
			  bool same_boot)
{
	struct attempt_name name = { run->m->id, t->id, t->attempt };
	if (runner_adopt(e->runner, &name, same_boot) == ADOPTION_LAUNCH)
		engine_launch(e, run, t->id, t->attempt);
	else if (t->stopping)
		runner_stop(e->runner, &name);
	else
		engine_hide_again(e, run, &name);
}

void engine_adopt_attempts(struct engine *e)
{
	bool same_boot = e->boot == BOOT_SAME;
	for (size_t i = 0; i < e->runs.len; i++) {
		struct live_run *run = e->runs.items[i];
		for (size_t k = 0; k < run->m->n_tasks; k++) {
			if (run->m->tasks[k].child.len && machine_attempt_runs(&run->m->tasks[k]))
				engine_adopt_child(e, run, &run->m->tasks[k]);
			else if (machine_attempt_runs(&run->m->tasks[k]))
				adopt_attempt(e, run, &run->m->tasks[k], same_boot);
		}
	}
}
