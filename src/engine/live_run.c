/* Runs in memory: found, fed with inputs, shown as frames, dropped. */
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "wire/encode.h"

struct live_run *engine_live(const struct engine *e, struct view id)
{
	return map_get(&e->by_id, id);
}

static void on_due(void *arg)
{
	struct live_run *run = arg;
	struct input in = { .kind = INPUT_DUE, .now_ms = when_now_ms() };
	run->engine->kick = true;	/* a delayed run may be what is due */
	engine_feed(run->engine, run, &in, NULL);
	run->engine->kick = true;	/* a delayed start may have come */
}

void engine_arm_run(struct live_run *run)
{
	const struct machine *m = run->m;
	int64_t due = machine_next_due(m), now_ms = when_now_ms();
	bool delayed = !m->admitted && !m->ended && m->start_at_ms > now_ms;
	if (delayed && (!due || m->start_at_ms < due))
		due = m->start_at_ms;
	if (!due) {
		loop_timer_stop(run->timer);
		return;
	}
	int64_t delay = due - now_ms;
	loop_timer_set(run->timer, delay > 0 ? delay : 0);
}

struct live_run *engine_adopt_run(struct engine *e, struct machine *m, int64_t num,
				  const struct workflow *w)
{
	struct live_run *run = mem_zero(sizeof *run);
	run->engine = e;
	run->num = num;
	run->m = m;
	run->w = w;
	run->previous = m->seq;
	run->told = m->seq ? m->status : RUN_STATUSES;	/* a new one is news */
	run->log_octets = -1;
	run->timer = loop_timer(e->loop, on_due, run);
	vec_push(&e->runs, run);
	map_put(&e->by_id, m->id, run);
	engine_arm_run(run);
	return run;
}

static void note_effect(struct engine *e, struct live_run *run, const struct event *event)
{
	struct pending_effect effect = { .run = run, .attempt = event->attempt };
	const struct machine_task *t = machine_task(run->m, event->task);
	if (!t || !machine_effect(event, &effect.kind))
		return;
	effect.task = t->id;
	vec_push(&e->effects, effect);
}

static void note_slot(struct engine *e, const struct live_run *run, struct view task)
{
	const struct machine_task *t = machine_task(run->m, task);
	const struct machine_attempt *a = t ? machine_attempt(t) : NULL;
	if (a && t->kind != STEP_WORKFLOW)
		stats_slot(e->journal, engine_queue_of(e, run->m, t)->name, a->started_ms,
			   a->ended_ms);
}

static void note_statistics(struct engine *e, const struct live_run *run, const struct event *event)
{
	if (event->kind == EVENT_RUN_CREATED)
		stats_run_started(e->journal, run->m);
	else if (event->kind == EVENT_RUN_ENDED)
		stats_run_ended(&e->stats, e->journal, run->m);
	else if (event->kind == EVENT_ATTEMPT_ENDED)
		note_slot(e, run, event->task);
}

void engine_keep_facts(struct engine *e, struct live_run *run)
{
	for (size_t i = 0; i < e->facts.list.len; i++) {
		struct event *event = &e->facts.list.items[i];
		journal_event(e->journal, run->num, event, run->m->mask);
		run->m->seq = event->seq;
		note_effect(e, run, event);
		note_statistics(e, run, event);
		run->dirty = true;
		e->kick = true;
	}
	events_clear(&e->facts);
	notices_look_at(e->notices, run);
	engine_arm_run(run);
}

void engine_feed(struct engine *e, struct live_run *run, const struct input *in,
		 struct refusal *refusal)
{
	engine_look_for_jumps(e);
	machine_step(run->m, run->w, in, &e->facts, refusal);
	engine_keep_facts(e, run);
}

struct live_run *engine_wake(struct engine *e, struct view id, struct err *err)
{
	struct live_run *run = engine_live(e, id);
	if (run)
		return run;
	int64_t num = journal_find(e->journal, id);
	if (!num) {
		err_set(err, ERR_NOT_FOUND, "there is no run %.*s", (int)id.len, id.ptr);
		return NULL;
	}
	struct machine *m = journal_load(e->journal, num, err);
	if (!m)
		return NULL;
	const struct workflow *w = catalog_frozen(e->catalog, e->journal, m, err);
	if (!w) {
		machine_free(m);
		return NULL;
	}
	return engine_adopt_run(e, m, num, w);
}

static void run_free(struct live_run *run)
{
	loop_remove(run->timer);
	loop_remove(run->long_run);
	machine_free(run->m);
	mem_free(run);
}

static bool has_effects(const struct engine *e, const struct live_run *run)
{
	for (size_t i = 0; i < e->effects.len; i++) {
		if (e->effects.items[i].run == run)
			return true;
	}
	return false;
}

void engine_drop_ended(struct engine *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < e->runs.len; i++) {
		struct live_run *run = e->runs.items[i];
		if (!run->m->ended || run->dirty || has_effects(e, run)) {
			e->runs.items[kept++] = run;
			continue;
		}
		map_remove(&e->by_id, run->m->id);
		retention_wake(e->retention);
		run_free(run);
	}
	e->runs.len = kept;
}

void engine_free_runs(struct engine *e)
{
	for (size_t i = 0; i < e->runs.len; i++)
		run_free(e->runs.items[i]);
	vec_release(&e->runs);
	map_release(&e->by_id);
}

/* ---- frames ------------------------------------------------------------------------- */

static void live_of(void *arg, const struct machine *m, const struct machine_task *t,
		    struct task_live *out)
{
	const struct engine *e = arg;
	struct runner_live live;
	struct attempt_name name = { m->id, t->id, t->attempt };
	if (!runner_live(e->runner, &name, &live))
		return;
	*out = (struct task_live){ live.progress, live.words, live.stdout_bytes,
				   live.stderr_bytes, live.usage, out->truncated };
}

void engine_source(struct engine *e, const struct machine *m, struct facts_source *out)
{
	*out = (struct facts_source){ .m = m, .live = live_of, .live_arg = e };
	out->expected_ms = stats_expected(&e->stats, e->journal, m->workflow);
	engine_why_pending(e, m, out);
}

void engine_frame(struct engine *e, const struct machine *m, struct str *out)
{
	struct facts_source source;
	struct run_facts facts;
	struct arena arena = {0};
	struct jsonw w;
	engine_source(e, m, &source);
	facts_run(&source, &arena, &facts);
	jsonw_init(&w, out);
	encode_run(&w, NULL, &facts);
	arena_release(&arena);
}
