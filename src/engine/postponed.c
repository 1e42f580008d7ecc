/* Attempts that nothing could be started for, because the machine had no process, no
 * descriptor, no memory or no room just then: tried again until it has. Nothing of the run
 * is lost and no attempt is used up; operators are told. */
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"

enum { AGAIN_MS = 1000 };

static void postponed_free(struct postponed *p)
{
	mem_free(p->run);
	mem_free(p->task);
}

void engine_starts_badly(struct engine *e, const char *what, const char *why)
{
	struct str text = {0};
	str_addf(&text, "%s: %s", what, why);
	bool same = e->starts_trouble && str_eq(e->starts_trouble, str_text(&text));
	if (!e->starts_trouble)
		log_error("%s; trying again", str_text(&text));
	mem_free(e->starts_trouble);
	e->starts_trouble = str_steal(&text);
	if (!same)
		engine_tell_trouble(e);
}

void engine_postpone(struct engine *e, const struct attempt_name *name, const char *why)
{
	struct postponed p = { mem_bytes(name->run.ptr, name->run.len),
			       mem_bytes(name->task.ptr, name->task.len), name->number };
	vec_push(&e->postponed, p);
	loop_timer_set(e->again, AGAIN_MS);
	engine_starts_badly(e, "steps cannot be started just now", why);
}

/* It was to stop meanwhile: there is nothing to stop. */
static void give_up(struct engine *e, struct live_run *run, const struct machine_task *t)
{
	struct arena arena = {0};
	const struct event end = attempt_no_start(&arena, VIEW("stopped before it could start"));
	struct input in = { .kind = INPUT_ENDED, .now_ms = when_now_ms(), .task = t->id,
			    .attempt = t->attempt, .ended = &end };
	engine_feed(e, run, &in, NULL);
	arena_release(&arena);
}

static void try_again(struct engine *e, const struct postponed *p)
{
	struct live_run *run = engine_live(e, view_of(p->run));
	const struct machine_task *t = run ? machine_task(run->m, view_of(p->task)) : NULL;
	if (!t || t->attempt != p->attempt)
		return;
	if (t->stopping)
		give_up(e, run, t);
	else
		engine_launch(e, run, t->id, p->attempt);
}

void engine_launch_postponed(void *arg)
{
	struct engine *e = arg;
	size_t n = e->postponed.len;
	for (size_t i = 0; i < n; i++)
		try_again(e, &e->postponed.items[i]);
	for (size_t i = 0; i < n; i++)
		postponed_free(&e->postponed.items[i]);
	vec_clear(&e->postponed);
}

void engine_starts_well(struct engine *e)
{
	if (!e->starts_trouble || e->postponed.len)
		return;
	log_note("steps can be started again");
	mem_free(e->starts_trouble);
	e->starts_trouble = NULL;
	engine_tell_trouble(e);
}

void engine_free_postponed(struct engine *e)
{
	for (size_t i = 0; i < e->postponed.len; i++)
		postponed_free(&e->postponed.items[i]);
	vec_release(&e->postponed);
	mem_free(e->starts_trouble);
}
