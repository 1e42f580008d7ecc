/* Which runs may begin and which queued tasks get a slot of their queue. Highest
 * priority first; among equals the workflow that holds the fewest slots of the
 * queue, then the run that does, then who has waited longest. One start in eight
 * goes to who has waited longest whatever its priority, so that nobody starves. */
#include "base/when.h"
#include "engine/engine_inside.h"

enum { PATIENT_EVERY = 8, PASSES = 8 };

/* What a workflow holds of a queue. */
struct share {
	struct view workflow;
	const struct queue *queue;
	int running;
};

/* A queued task. */
struct candidate {
	struct live_run *run;
	struct view task;
	struct queue *queue;
	size_t share;
	int priority;
	int64_t since_ms;
	bool taken;
};

struct round {
	struct engine *e;
	int64_t now_ms;
	VEC(struct share) shares;
	VEC(struct candidate) waiting;
};

struct queue *engine_queue_of(struct engine *e, const struct machine *m,
			      const struct machine_task *t)
{
	return queues_get(&e->queues, t->queue.len ? t->queue : m->queue);
}

/* ---- counting ------------------------------------------------------------------- */

static size_t share_of(struct round *r, struct view workflow, const struct queue *queue)
{
	for (size_t i = 0; i < r->shares.len; i++) {
		if (r->shares.items[i].queue == queue &&
		    view_eq(r->shares.items[i].workflow, workflow))
			return i;
	}
	struct share new = { .workflow = workflow, .queue = queue };
	vec_push(&r->shares, new);
	return r->shares.len - 1;
}

static void count_running(struct round *r, struct live_run *run, const struct machine_task *t)
{
	struct queue *queue = engine_queue_of(r->e, run->m, t);
	size_t share = share_of(r, run->m->workflow, queue);
	queue->running++;
	run->running++;
	r->shares.items[share].running++;
}

static void count_queued(struct round *r, struct live_run *run, const struct machine_task *t)
{
	const struct step *step = workflow_step(run->w, t->step);
	struct queue *queue = engine_queue_of(r->e, run->m, t);
	struct candidate c = {
		.run = run, .task = t->id, .queue = queue,
		.share = share_of(r, run->m->workflow, queue),
		.priority = run->m->priority + (step ? step->priority : 0),
		.since_ms = t->queued_ms,
	};
	queue->queued++;
	if (!queue->oldest_ms || t->queued_ms < queue->oldest_ms)
		queue->oldest_ms = t->queued_ms;
	if (!run->m->paused)
		vec_push(&r->waiting, c);
}

static void count_run(struct round *r, struct live_run *run)
{
	run->running = 0;
	for (size_t i = 0; i < run->m->n_tasks; i++) {
		const struct machine_task *t = &run->m->tasks[i];
		if (machine_has_slot(t))
			count_running(r, run, t);
		else if (machine_wants_slot(t))
			count_queued(r, run, t);
	}
}

static void count_all(struct round *r)
{
	queues_reset_counts(&r->e->queues);
	vec_clear(&r->shares);
	vec_clear(&r->waiting);
	for (size_t i = 0; i < r->e->runs.len; i++)
		count_run(r, r->e->runs.items[i]);
}

static void round_release(struct round *r)
{
	vec_release(&r->shares);
	vec_release(&r->waiting);
}

void engine_count_queues(struct engine *e)
{
	struct round r = { .e = e };
	count_all(&r);
	round_release(&r);
}

/* ---- admission: concurrency of a workflow ---------------------------------------- */

int engine_admitted_runs(const struct engine *e, struct view workflow)
{
	int n = 0;
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct machine *m = e->runs.items[i]->m;
		n += m->admitted && !m->ended && view_eq(m->workflow, workflow);
	}
	return n;
}

static bool may_be_admitted(const struct live_run *run, int64_t now_ms)
{
	const struct machine *m = run->m;
	return !m->admitted && !m->ended && m->start_at_ms <= now_ms;
}

static void admit(struct engine *e, struct live_run *run, int64_t now_ms)
{
	struct input in = { .kind = INPUT_ADMIT, .now_ms = now_ms };
	engine_feed(e, run, &in, NULL);
}

/* The next of a workflow that has room: highest priority, then oldest. */
static struct live_run *next_of(const struct engine *e, const struct live_run *first, int64_t now_ms)
{
	const struct live_run *best = first;
	size_t at = 0;
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct live_run *run = e->runs.items[i];
		if (run == first)
			at = i;
		if (view_eq(run->m->workflow, first->m->workflow) &&
		    run->m->priority > best->m->priority && may_be_admitted(run, now_ms)) {
			best = run;
			at = i;
		}
	}
	return e->runs.items[at];
}

static void admit_all(struct engine *e, int64_t now_ms)
{
	struct view full = {0};		/* the workflow that was found full last */
	for (size_t i = 0; i < e->runs.len; i++) {
		struct live_run *run = e->runs.items[i];
		int limit = run->w->concurrency;
		if (!may_be_admitted(run, now_ms))
			continue;
		if (!limit) {
			admit(e, run, now_ms);
			continue;
		}
		if (view_eq(full, run->m->workflow))
			continue;
		while (engine_admitted_runs(e, run->m->workflow) < limit &&
		       may_be_admitted(run, now_ms))
			admit(e, next_of(e, run, now_ms), now_ms);
		if (may_be_admitted(run, now_ms))
			full = run->m->workflow;
	}
}

/* ---- slots ------------------------------------------------------------------------- */

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Whether a comes before b; patient: by waiting alone. */
static bool comes_first(const struct round *r, const struct candidate *a, const struct candidate *b,
			bool patient)
{
	int order = 0;
	if (!patient) {
		order = compare(b->priority, a->priority);
		if (!order)
			order = compare(r->shares.items[a->share].running,
					r->shares.items[b->share].running);
		if (!order)
			order = compare(a->run->running, b->run->running);
	}
	return (order ? order : compare(a->since_ms, b->since_ms)) < 0;
}

static struct candidate *choose(const struct round *r, const struct queue *queue)
{
	bool patient = queue->starts % PATIENT_EVERY == PATIENT_EVERY - 1;
	struct candidate *best = NULL;
	for (size_t i = 0; i < r->waiting.len; i++) {
		struct candidate *c = &r->waiting.items[i];
		if (c->taken || c->queue != queue)
			continue;
		if (!best || comes_first(r, c, best, patient))
			best = c;
	}
	return best;
}

static void start(struct round *r, struct candidate *c)
{
	struct input in = { .kind = INPUT_LAUNCH, .now_ms = r->now_ms, .task = c->task };
	c->taken = true;
	engine_feed(r->e, c->run, &in, NULL);
	const struct machine_task *t = machine_task(c->run->m, c->task);
	if (!t || !machine_has_slot(t))
		return;
	c->run->running++;
	c->queue->running++;
	c->queue->starts++;
	r->shares.items[c->share].running++;
}

static void fill(struct round *r, struct queue *queue)
{
	while (queue->running < queue->slots) {
		struct candidate *c = choose(r, queue);
		if (!c)
			return;
		start(r, c);
	}
}

void engine_schedule(struct engine *e)
{
	struct round r = { .e = e, .now_ms = when_now_ms() };
	/* What could not be launched may have made others ready: once more then. */
	for (int i = 0; e->kick && i < PASSES; i++) {
		e->kick = false;
		admit_all(e, r.now_ms);
		count_all(&r);
		for (size_t k = 0; k < e->queues.list.len; k++)
			fill(&r, e->queues.list.items[k]);
	}
	round_release(&r);
}
