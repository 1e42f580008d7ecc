/* Orders of people: refused with a reason, or turned into facts. */
#include "base/when.h"
#include "engine/edit.h"
#include "engine/machine_inside.h"
#include "wire/catalog.h"

/* The person whose decision changed the task or the run last. */
static void name_who(const struct machine *m, const struct machine_task *t, struct refusal *r)
{
	if (t && t->gate.votes.len) {
		const struct vote *v = &t->gate.votes.items[t->gate.votes.len - 1];
		r->by = v->by;
		r->did = view_of(verb_past(v->verb));
		r->at_ms = v->at_ms;
	} else if (m->cancel_ms) {
		r->by = m->cancel_by;
		r->did = view_of(verb_past(VERB_CANCEL));
		r->at_ms = m->cancel_ms;
	}
}

/* "alice approved this 12s ago", or what it is now. */
static void say_what_changed(const struct turn *turn, const struct machine_task *t,
			     struct refusal *r)
{
	name_who(turn->m, t, r);
	if (r->by.len) {
		str_addf(&r->text, "%.*s %.*s this ", (int)r->by.len, r->by.ptr, (int)r->did.len,
			 r->did.ptr);
		when_add_span(&r->text, turn->now_ms - r->at_ms);
		str_add_text(&r->text, " ago");
		return;
	}
	str_addf(&r->text, "it has changed meanwhile: it is %s now",
		 t ? task_status_name(t->status) : run_status_name(turn->m->status));
	if (t && t->attempt > 1)
		str_addf(&r->text, ", attempt %d", t->attempt);
}

static bool is_stale(const struct turn *turn, const struct machine_task *t,
		     const struct machine_order *o, struct refusal *r)
{
	int64_t version = t ? t->version : turn->m->version;
	r->version = version;
	bool other_attempt = t && o->attempt && o->attempt != t->attempt;
	if ((!o->has_version || o->version == version) && !other_attempt)
		return false;
	r->kind = REFUSAL_CONFLICT;
	say_what_changed(turn, t, r);
	return true;
}

static bool refuse(struct refusal *r, enum refusal_kind kind, const char *why)
{
	r->kind = kind;
	str_add_text(&r->text, why);
	return false;
}

/* A reason that depends on who asks is a matter of permission. */
static bool is_valid(const struct turn *turn, const struct machine_task *t,
		     const struct machine_order *o, struct refusal *r)
{
	const char *why;
	if (!machine_allows(turn->m, t, o->verb, NULL, &why)) {
		name_who(turn->m, t, r);
		return refuse(r, REFUSAL_NOT_NOW, why);
	}
	if (!machine_allows(turn->m, t, o->verb, o, &why))
		return refuse(r, REFUSAL_FORBIDDEN, why);
	return true;
}

static bool has_voted(const struct machine_gate *g, const struct machine_order *o)
{
	for (size_t i = 0; i < g->votes.len; i++) {
		const struct vote *v = &g->votes.items[i];
		if (view_eq(v->by, o->by) && v->verb == o->verb)
			return true;
	}
	return false;
}

/* The answer against the question's schema, as a parameter of that schema. */
static bool answer_fits(const struct machine_gate *g, struct view value, struct refusal *r)
{
	struct arena arena = {0};
	struct param_schema schema = {0};
	struct str text = {0};
	struct err err = {0};
	bool ok = value.len > 0;
	str_add_text(&text, "{\"answer\":");
	str_add(&text, g->schema.len ? g->schema : VIEW("{}"));
	str_add_char(&text, '}');
	struct json_doc *doc = json_parse(view_of_str(&text), 0, NULL);
	catalog_params(doc ? json_root(doc) : NULL, &arena, &schema);
	if (!ok)
		err_set(&err, ERR_USAGE, "an answer is needed (value)");
	else if (schema.len)
		ok = param_check(&schema.items[0], value, &err);
	if (!ok)
		refuse(r, REFUSAL_INVALID, err_text(&err));
	json_free(doc);
	err_release(&err);
	str_release(&text);
	arena_release(&arena);
	return ok;
}

static void order_vote(struct turn *turn, const struct machine_task *t,
		       const struct machine_order *o, struct refusal *r)
{
	if (has_voted(&t->gate, o)) {
		name_who(turn->m, t, r);
		refuse(r, REFUSAL_NOT_NOW, "you have decided so already: others are still needed");
		return;
	}
	struct event e = event_make(EVENT_GATE_VOTED, t->id);
	e.verb = o->verb;
	e.by = o->by;
	e.comment = o->comment;
	e.value = o->value;
	e.attempt = t->attempt;
	turn_emit(turn, &e);
}

static void order_answer(struct turn *turn, const struct machine_task *t,
			 const struct machine_order *o, struct refusal *r)
{
	if (answer_fits(&t->gate, o->value, r))
		order_vote(turn, t, o, r);
}

/* An edit stands over the step's earlier one: what it does not name stays. */
static void reset(struct turn *turn, struct view id, const struct machine_order *o,
		  struct view edit)
{
	struct event e = event_make(EVENT_TASK_RESET, id);
	struct str merged = {0};
	edit_merge(machine_task(turn->m, id)->edit, edit, &merged);
	e.by = o->by;
	e.comment = o->comment;
	e.value = view_of_str(&merged);
	turn_emit(turn, &e);
	str_release(&merged);
}

/* The items of a step that stays as it is do so, too. */
static bool stands_alone_or_open(const struct machine *m, const struct machine_task *t)
{
	return t->item_index < 0 || !task_is_closed(machine_task(m, t->step));
}

/* What went under with the failed step gets another chance: dependents that were
 * skipped, siblings that were stopped, handlers, and what stands in finally. Behind a step
 * of finally there is nothing else. */
static void reset_followers(struct turn *turn, struct view id, const struct machine_order *o)
{
	struct machine *m = turn->m;
	bool last = machine_task(m, id)->is_finally;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		bool dropped = (t->status == TASK_SKIPPED || t->status == TASK_CANCELLED) &&
			       !t->satisfied && (t->is_finally || !last);
		bool again = t->is_finally && !last && t->status != TASK_PENDING;
		if ((dropped || again) && task_is_closed(t) && !view_eq(t->id, id) &&
		    stands_alone_or_open(m, t))
			reset(turn, t->id, o, (struct view){0});
	}
}

/* The items that have not completed, with the step's edit. */
static void reset_items(struct turn *turn, struct view step, const struct machine_order *o)
{
	struct machine *m = turn->m;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		if (t->item_index >= 0 && view_eq(t->step, step) && task_is_closed(t) &&
		    t->status != TASK_COMPLETED)
			reset(turn, t->id, o, o->edit);
	}
}

static void reopen(struct turn *turn, const struct machine_order *o)
{
	if (!turn->m->ended)
		return;
	struct event e = event_make(EVENT_RUN_REOPENED, (struct view){0});
	e.by = o->by;
	e.comment = o->comment;
	e.until_ms = turn->w->timeout_ms ? turn->now_ms + turn->w->timeout_ms : 0;
	turn_emit(turn, &e);
}

static void order_retry(struct turn *turn, const struct machine_task *t,
			const struct machine_order *o, struct refusal *r)
{
	struct view id = t->id, step = t->step;
	struct err err = {0};
	if (!edit_check(turn->w, o->edit, &err)) {
		refuse(r, REFUSAL_INVALID, err_text(&err));
		err_release(&err);
		return;
	}
	bool expanded = t->expanded, item = t->item_index >= 0;
	reopen(turn, o);
	reset(turn, id, o, o->edit);
	if (expanded)
		reset_items(turn, step, o);
	if (item && task_is_closed(machine_task(turn->m, step)))
		reset(turn, step, o, (struct view){0});
	reset_followers(turn, id, o);
}

static void order_skip(struct turn *turn, const struct machine_task *t,
		       const struct machine_order *o, struct refusal *r)
{
	struct view id = t->id, step = t->step;
	bool closed = task_is_closed(t), item = t->item_index >= 0;
	reopen(turn, o);
	struct event e = event_make(EVENT_TASK_ENDED, id);
	e.task_status = TASK_SKIPPED;
	e.satisfied = true;
	e.by = o->by;
	e.comment = o->comment;
	e.verb = o->verb;
	turn_emit(turn, &e);
	if (item && task_is_closed(machine_task(turn->m, step)))
		reset(turn, step, o, (struct view){0});
	if (closed)
		reset_followers(turn, id, o);
}

static void order_advance(struct turn *turn, const struct machine_task *t,
			  const struct machine_order *o, struct refusal *r)
{
	if (t->status == TASK_WAITING)
		order_vote(turn, t, o, r);
	else
		order_skip(turn, t, o, r);
}

static void order_run(struct turn *turn, enum event_kind kind, const struct machine_order *o)
{
	struct event e = event_make(kind, (struct view){0});
	e.by = o->by;
	e.comment = o->comment;
	e.reason = kind == EVENT_RUN_PAUSED ? o->comment : (struct view){0};
	turn_emit(turn, &e);
}

static void order_cancel(struct turn *turn, const struct machine_task *t,
			 const struct machine_order *o, struct refusal *r)
{
	order_run(turn, EVENT_CANCEL_REQUESTED, o);
}

static void order_pause(struct turn *turn, const struct machine_task *t,
			const struct machine_order *o, struct refusal *r)
{
	order_run(turn, EVENT_RUN_PAUSED, o);
}

static void order_resume(struct turn *turn, const struct machine_task *t,
			 const struct machine_order *o, struct refusal *r)
{
	order_run(turn, EVENT_RUN_RESUMED, o);
}

typedef void order_fn(struct turn *turn, const struct machine_task *t,
		      const struct machine_order *o, struct refusal *r);

/* Rerun and start make another run: the engine's affair, not this run's. */
static order_fn *const orders[VERBS] = {
	[VERB_APPROVE] = order_vote,
	[VERB_REJECT] = order_vote,
	[VERB_ANSWER] = order_answer,
	[VERB_RETRY] = order_retry,
	[VERB_SKIP] = order_skip,
	[VERB_ADVANCE] = order_advance,
	[VERB_EDIT] = order_retry,
	[VERB_CANCEL] = order_cancel,
	[VERB_PAUSE] = order_pause,
	[VERB_RESUME] = order_resume,
};

void turn_order(struct turn *turn, const struct machine_task *t, const struct machine_order *order,
		struct refusal *refusal)
{
	if (!orders[order->verb]) {
		refuse(refusal, REFUSAL_UNSUPPORTED, "this is no order for a run");
		return;
	}
	if (is_stale(turn, t, order, refusal) || !is_valid(turn, t, order, refusal))
		return;
	orders[order->verb](turn, t, order, refusal);
}
