/* Attempts, taken up after a restart. */
#include "base/file.h"
#include "engine/engine_inside.h"

/* Whether this is the boot in which the engine ran last; remembers this one. */
static bool is_same_boot(struct engine *e)
{
	struct str now = {0}, before = {0}, path = {0};
	str_addf(&path, "%s/boot", e->state);
	file_read("/proc/sys/kernel/random/boot_id", 128, &now, NULL);
	file_read(str_text(&path), 128, &before, NULL);
	bool same = now.len && view_eq(view_of_str(&now), view_of_str(&before));
	if (!same)
		file_replace(str_text(&path), view_of_str(&now), 0600, NULL);
	str_release(&now);
	str_release(&before);
	str_release(&path);
	return same;
}

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
	bool same_boot = is_same_boot(e);
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
