/* Sub-workflows: queued ones get their run, those of a step that is stopped are
 * cancelled, and what has become of them is told to the step. Parent and child
 * change in the same batch: neither can be lost without the other. */
#include "base/ident.h"
#include "base/log.h"
#include "base/when.h"
#include "engine/birth.h"
#include "engine/scope.h"
#include "wire/jsonw.h"

enum { DEPTH_MAX = 16 };

/* ---- birth --------------------------------------------------------------------------- */

static const struct machine *parent_of(const struct engine *e, const struct machine *m)
{
	const struct live_run *parent = m->parent.len ? engine_live(e, m->parent) : NULL;
	return parent ? parent->m : NULL;
}

/* How many runs stand above this one. */
static int depth_of(const struct engine *e, const struct machine *m)
{
	int depth = 0;
	while ((m = parent_of(e, m)))
		depth++;
	return depth;
}

/* How many of this run and those above it are of the workflow. */
static int held_above(const struct engine *e, const struct machine *m, struct view workflow)
{
	int held = 0;
	for (; m; m = parent_of(e, m))
		held += view_eq(m->workflow, workflow);
	return held;
}

static bool add_params(const struct live_run *run, const struct machine_task *t,
		       const struct step *s, struct str *out, struct err *err)
{
	struct jsonw w;
	struct str value = {0};
	bool ok = true;
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	for (size_t i = 0; ok && i < s->workflow_params.len; i++) {
		const struct pair *p = &s->workflow_params.items[i];
		str_clear(&value);
		ok = scope_json(run->m, t, p->value, &value, err);
		jsonw_key(&w, p->name);
		jsonw_raw(&w, NULL, view_of_str(&value));
	}
	jsonw_end_object(&w);
	str_release(&value);
	return ok;
}

static const struct workflow *definition(struct engine *e, const struct live_run *run,
					 const struct step *s, struct err *err)
{
	if (depth_of(e, run->m) >= DEPTH_MAX) {
		err_set(err, ERR_LIMIT, "sub-workflows stand in one another deeper than %d",
			DEPTH_MAX);
		return NULL;
	}
	const struct workflow *w = catalog_find(e->catalog, s->workflow);
	if (!w) {
		err_set(err, ERR_NOT_FOUND, "there is no workflow %.*s", (int)s->workflow.len,
			s->workflow.ptr);
		return NULL;
	}
	/* It would wait for those that wait for it. */
	if (w->concurrency && held_above(e, run->m, s->workflow) >= w->concurrency) {
		err_set(err, ERR_LIMIT,
			"at most %d run%s of %.*s at a time, and this run and its parents hold the place",
			w->concurrency, w->concurrency == 1 ? "" : "s", (int)s->workflow.len,
			s->workflow.ptr);
		return NULL;
	}
	return w;
}

static struct live_run *bear(struct engine *e, const struct live_run *run,
			     const struct machine_task *t, struct str *params, struct err *err)
{
	const struct step *s = workflow_step(run->w, t->step);
	const struct workflow *w = definition(e, run, s, err);
	struct str source = {0};
	struct birth birth = {
		.by = run->m->trigger_by, .parent = run->m->id, .mask = run->m->mask, .trigger = TRIGGER_PARENT,
		.priority = run->m->priority, .debug = run->m->debug, .now_ms = when_now_ms(),
	};
	str_addf(&source, "%.*s/%.*s", (int)run->m->workflow.len, run->m->workflow.ptr,
		 (int)t->id.len, t->id.ptr);
	birth.source = view_of_str(&source);
	struct live_run *child = NULL;
	if (w && add_params(run, t, s, params, err) &&
	    birth_give_all(&birth, view_of_str(params), err) && birth_check(&birth, w, err)) {
		birth_keep_secrets(&birth);
		child = birth_make(e, &birth, w, err);
	}
	birth_release(&birth);
	str_release(&source);
	return child;
}

static void tell_started(struct engine *e, struct live_run *run, struct input *in,
			 const struct live_run *child, struct view params)
{
	struct str args = {0};
	struct jsonw w;
	jsonw_init(&w, &args);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "workflow", child->m->workflow);
	jsonw_raw(&w, "params", params);
	jsonw_end_object(&w);
	in->kind = INPUT_CHILD_STARTED;
	in->child = child->m->id;
	in->args = view_of_str(&args);
	engine_feed(e, run, in, NULL);
	str_release(&args);
}

static void start_child(struct engine *e, struct live_run *run, const struct machine_task *t)
{
	struct str params = {0};
	struct err err = {0};
	struct input in = { .kind = INPUT_CHILD_REFUSED, .now_ms = when_now_ms(), .task = t->id };
	const struct live_run *child = bear(e, run, t, &params, &err);
	struct event end = event_make(EVENT_TASK_ENDED, t->id);
	if (child) {
		tell_started(e, run, &in, child, view_of_str(&params));
	} else {
		end.task_status = TASK_ERROR;
		end.error_type = VIEW("workflow");
		end.error = view_of(err_text(&err));
		in.ended = &end;
		engine_feed(e, run, &in, NULL);
	}
	err_release(&err);
	str_release(&params);
}

static const struct machine_task *next_queued(const struct machine *m)
{
	for (size_t i = 0; !m->paused && !m->ended && i < m->n_tasks; i++) {
		if (m->tasks[i].status == TASK_QUEUED && m->tasks[i].kind == STEP_WORKFLOW)
			return &m->tasks[i];
	}
	return NULL;
}

void engine_start_children(struct engine *e)
{
	const struct machine_task *t;
	bool fresh = false;
	/* What is born here stands behind and has its turn when it is admitted. */
	for (size_t i = 0, n = e->runs.len; i < n; i++) {
		while ((t = next_queued(e->runs.items[i]->m))) {
			if (!fresh)
				engine_read_catalog(e);
			fresh = true;
			start_child(e, e->runs.items[i], t);
		}
	}
}

/* ---- end ----------------------------------------------------------------------------- */

static enum task_status status_of(enum run_status status)
{
	static const enum task_status ends[RUN_STATUSES] = {
		[RUN_COMPLETED] = TASK_COMPLETED, [RUN_FAILED] = TASK_FAILED,
		[RUN_TIMED_OUT] = TASK_TIMED_OUT, [RUN_REJECTED] = TASK_REJECTED,
		[RUN_CANCELLED] = TASK_CANCELLED, [RUN_ERROR] = TASK_ERROR,
	};
	return ends[status];
}

/* "report 1a2b3c failed: exit status 3" */
static void describe(const struct machine *child, struct str *out)
{
	char random[20] = "";
	if (ident_is_uuid(child->id))
		ident_random_part(child->id, random);
	str_addf(out, "%.*s %.*s: %s", (int)child->workflow.len, child->workflow.ptr,
		 IDENT_SHORT_MIN, random, run_status_name(child->status));
	if (child->status == RUN_CANCELLED && child->cancel_by.len)
		str_addf(out, " by %.*s", (int)child->cancel_by.len, child->cancel_by.ptr);
	if (child->error.len) {
		str_add_text(out, ": ");
		str_add(out, child->error);
	}
}

static const struct machine_task *task_of(const struct machine *parent, struct view child)
{
	for (size_t i = 0; i < parent->n_tasks; i++) {
		if (machine_attempt_runs(&parent->tasks[i]) &&
		    view_eq(parent->tasks[i].child, child))
			return &parent->tasks[i];
	}
	return NULL;
}

/* False where no step waits for it. */
static bool tell_parent(struct engine *e, const struct machine *child)
{
	struct live_run *parent = engine_live(e, child->parent);
	const struct machine_task *t = parent ? task_of(parent->m, child->id) : NULL;
	struct str error = {0};
	if (!t)
		return false;
	struct event end = event_make(EVENT_ATTEMPT_ENDED, t->id);
	end.task_status = status_of(child->status);
	end.result = child->result;
	if (child->status != RUN_COMPLETED) {
		describe(child, &error);
		end.error_type = VIEW("child");
		end.error = view_of_str(&error);
		end.stack = child->error_stack;
	}
	struct input in = { .kind = INPUT_CHILD_ENDED, .now_ms = when_now_ms(), .task = t->id,
			    .child = child->id, .ended = &end };
	engine_feed(e, parent, &in, NULL);
	str_release(&error);
	return true;
}

/* The end of one may be the end of its parent, whose parent is to be told then. */
void engine_tell_parents(struct engine *e)
{
	bool told = true;
	while (told) {
		told = false;
		for (size_t i = e->runs.len; i-- > 0;) {
			const struct machine *m = e->runs.items[i]->m;
			if (m->ended && m->parent.len && tell_parent(e, m))
				told = true;
		}
	}
}

/* ---- stop, restart ------------------------------------------------------------------- */

void engine_stop_child(struct engine *e, const struct live_run *run, struct view task)
{
	const struct machine_task *t = machine_task(run->m, task);
	struct live_run *child = t ? engine_live(e, t->child) : NULL;
	struct refusal refusal = {0};
	if (!child || child->m->cancel_ms)
		return;
	struct machine_order order = {
		.verb = VERB_CANCEL,
		.by = run->m->cancel_by.len ? run->m->cancel_by : VIEW("system"),
		.comment = t->late ? VIEW("the step is over its time limit") :
				     VIEW("its parent was stopped"),
	};
	struct input in = { .kind = INPUT_ORDER, .now_ms = when_now_ms(), .order = &order };
	engine_feed(e, child, &in, &refusal);
	str_release(&refusal.text);
}

void engine_adopt_child(struct engine *e, struct live_run *run, const struct machine_task *t)
{
	struct err err = {0};
	struct view child = t->child;
	bool stopping = t->stopping;
	struct view task = t->id;
	/* One that has ended comes back, tells its parent and goes. */
	if (!engine_wake(e, child, &err))
		log_error("the child %.*s cannot be taken up: %s", (int)child.len, child.ptr,
			  err_text(&err));
	else if (stopping)
		engine_stop_child(e, run, task);
	err_release(&err);
}
