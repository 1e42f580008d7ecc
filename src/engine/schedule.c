/* Which runs may begin and which queued tasks get a slot: highest priority first,
 * then in order of birth. */
#include "base/when.h"
#include "engine/engine_inside.h"

int engine_slots_used(const struct engine *e)
{
	int used = 0;
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct machine *m = e->runs.items[i]->m;
		for (size_t k = 0; k < m->n_tasks; k++)
			used += machine_has_slot(&m->tasks[k]);
	}
	return used;
}

static int admitted_runs(const struct engine *e, struct view workflow)
{
	int n = 0;
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct machine *m = e->runs.items[i]->m;
		n += m->admitted && !m->ended && view_eq(m->workflow, workflow);
	}
	return n;
}

static void admit(struct engine *e, struct live_run *run, int64_t now_ms)
{
	const struct machine *m = run->m;
	if (m->admitted || m->ended || m->start_at_ms > now_ms)
		return;
	if (run->w->concurrency && admitted_runs(e, m->workflow) >= run->w->concurrency)
		return;
	struct input in = { .kind = INPUT_ADMIT, .now_ms = now_ms };
	engine_feed(e, run, &in, NULL);
}

static bool has_queued(const struct machine *m)
{
	for (size_t i = 0; !m->paused && i < m->n_tasks; i++) {
		if (machine_wants_slot(&m->tasks[i]))
			return true;
	}
	return false;
}

static struct live_run *next_run(const struct engine *e)
{
	struct live_run *best = NULL;
	for (size_t i = 0; i < e->runs.len; i++) {
		struct live_run *run = e->runs.items[i];
		if (!has_queued(run->m))
			continue;
		if (!best || run->m->priority > best->m->priority)
			best = run;
	}
	return best;
}

static void launch_one(struct engine *e, struct live_run *run, int64_t now_ms)
{
	for (size_t i = 0; i < run->m->n_tasks; i++) {
		if (!machine_wants_slot(&run->m->tasks[i]))
			continue;
		struct input in = { .kind = INPUT_LAUNCH, .now_ms = now_ms,
				    .task = run->m->tasks[i].id };
		engine_feed(e, run, &in, NULL);
		return;
	}
}

void engine_schedule(struct engine *e)
{
	int64_t now_ms = when_now_ms();
	if (!e->kick)
		return;
	e->kick = false;
	for (size_t i = 0; i < e->runs.len; i++)
		admit(e, e->runs.items[i], now_ms);
	for (int free = e->slots - engine_slots_used(e); free > 0; free--) {
		struct live_run *run = next_run(e);
		if (!run)
			break;
		launch_one(e, run, now_ms);
	}
	e->kick = false;
}
