/* Which task an order means, and whether it is possible: by the task's own word
 * where the detail is known, else by what the card says. The engine decides. */
#include "model/target.h"

#include "base/when.h"
#include "model/detail.h"
#include "model/model.h"

static bool is_of_gate(enum verb v)
{
	return v == VERB_APPROVE || v == VERB_REJECT || v == VERB_ANSWER;
}

static bool fits_gate(enum verb v, enum gate_kind kind)
{
	return kind == (v == VERB_ANSWER ? GATE_QUESTION : GATE_APPROVAL);
}

static void refuse(struct target *t, const char *why)
{
	t->allowed = false;
	str_clear(&t->why);
	str_add_text(&t->why, why);
}

/* By what the engine said of a run or task. */
static void judge(struct target *t, enum verb v, const struct actions_facts *a)
{
	uint32_t bit = 1U << v;

	t->allowed = (a->allowed & bit) != 0;
	if (t->allowed)
		return;
	if ((a->known & bit) && a->why && a->why[v].len > 0)
		str_add(&t->why, a->why[v]);
	else
		refuse(t, "not possible now");
	t->absent = a->known != 0 && !(a->known & bit);
	if (t->absent)
		refuse(t, "its engine has no such order");
}

/* No task knows the verb: neither allowed nor with a reason. */
static bool is_absent(enum verb v, const struct run_detail *d)
{
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct actions_facts *a = &d->tasks[i].actions;

		if (a->known == 0 || ((a->known | a->allowed) & (1U << v)))
			return false;
	}
	return d->n_tasks > 0;
}

static const struct task_facts *task_meant(enum verb v, const struct focus *focus,
					   const struct run_detail *d)
{
	const struct task_facts *t = detail_find_task(d, focus->task);

	if (t && (t->actions.allowed & (1U << v)))
		return t;
	for (size_t i = 0; i < d->n_tasks && (is_of_gate(v) || !t); i++) {
		if (d->tasks[i].actions.allowed & (1U << v))
			return &d->tasks[i];
	}
	return t;
}

/* Why there is no step to act on. */
static const char *no_step(enum verb v)
{
	static const char *const words[VERBS] = {
		[VERB_APPROVE] = "nothing waits for approval",
		[VERB_REJECT] = "nothing waits for approval",
		[VERB_ANSWER] = "nothing waits for an answer",
	};

	return words[v] ? words[v] : "it has no step in that state";
}

static void make_from_detail(struct target *out, enum verb v, const struct focus *focus,
			     const struct run_detail *d)
{
	const struct task_facts *t = task_meant(v, focus, d);
	bool absent = is_absent(v, d);

	if (!t) {
		refuse(out, no_step(v));
		out->absent = absent;
		return;
	}
	str_add(&out->task, t->id);
	str_add(&out->prompt, t->gate.prompt);
	out->attempt = t->attempt;
	out->version = t->version;
	judge(out, v, &t->actions);
	out->absent = absent;
}

static void make_from_gate(struct target *out, enum verb v, const struct run_facts *run)
{
	const struct gate_facts *g = &run->waiting;
	uint32_t bit = 1U << v;
	/* The engine says with the row whether the gate is for us. */
	bool barred = (run->actions.known & bit) && !(run->actions.allowed & bit);
	bool fits = run->status == RUN_WAITING && fits_gate(v, g->kind);

	if (run->status == RUN_WAITING && run->n_gates > 1 && (!fits || barred)) {
		/* One of the others may be meant: the detail tells. */
		out->allowed = out->unsettled = true;
		return;
	}
	if (!fits) {
		refuse(out, no_step(v));
		return;
	}
	str_add(&out->task, g->task);
	str_add(&out->prompt, g->prompt);
	out->attempt = g->attempt;
	out->version = g->version;
	out->allowed = true;
	if (barred)
		judge(out, v, &run->actions);
}

static void make_from_run(struct target *out, enum verb v, const struct run_facts *run)
{
	if (!verb_is_on_task(v)) {
		out->version = run->version;
		judge(out, v, &run->actions);
	} else if (is_of_gate(v)) {
		make_from_gate(out, v, run);
	} else {
		str_add(&out->task, run->error.task.len > 0 ? run->error.task
							    : run->current_task);
		out->allowed = out->unsettled = true;
	}
}

static void judge_context(const struct model *m, enum verb verb, struct target *out)
{
	struct str words = { 0 };
	bool is_known = out->context < m->n_contexts;

	if (!verb_is_question(verb) && model_is_read_only(m, out->context)) {
		refuse(out, "this context is read-only");
	} else if (is_known && m->contexts[out->context].off[verb].len > 0) {
		refuse(out, str_text(&m->contexts[out->context].off[verb]));
	} else if (is_known && m->contexts[out->context].condition == CONDITION_DOWN) {
		str_addf(&words, "%s cannot be reached now",
			 str_text(&m->contexts[out->context].name));
		refuse(out, str_text(&words));
	}
	str_release(&words);
}

void target_make(const struct model *m, enum verb verb, const struct focus *focus,
		 const struct run_detail *detail, struct target *out)
{
	struct arena arena = { 0 };
	struct run_facts run;

	*out = (struct target){ .key = focus->key };
	if (!store_facts(m->store, focus->key, &run, &arena)) {
		refuse(out, "it is gone");
		return;
	}
	out->context = run.context;
	out->run_version = run.version;
	out->was = run.status;
	if (run.parent.len > 0)
		out->parent = store_key(m->store, run.context, run.parent);
	str_add(&out->workflow, run.workflow);
	str_add(&out->short_id, run.short_id.len > 0 ? run.short_id : run.id);
	if (detail && verb_is_on_task(verb))
		make_from_detail(out, verb, focus, detail);
	else
		make_from_run(out, verb, &run);
	judge_context(m, verb, out);
	arena_release(&arena);
}

void target_release(struct target *t)
{
	str_release(&t->workflow);
	str_release(&t->short_id);
	str_release(&t->task);
	str_release(&t->prompt);
	str_release(&t->why);
}

void target_add_run(const struct target *t, struct str *s)
{
	str_addf(s, "%s %s", str_text(&t->workflow), str_text(&t->short_id));
}

void target_add_step(const struct target *t, struct str *s)
{
	str_add(s, view_of_str(&t->task));
	if (t->task.len > 0 && t->attempt > 1)
		str_addf(s, ", attempt %d", t->attempt);
}

static void say_status(struct str *what, const struct target *t, const char *status)
{
	target_add_run(t, what);
	str_addf(what, " is %s now.", status);
}

/* "12s ago (03:04:05)": the sentence may stand for a while, so it has both. */
static void say_when(struct str *what, int64_t at_ms, int64_t now_ms)
{
	int64_t span_ms = now_ms > at_ms ? now_ms - at_ms : 0;

	if (span_ms < 1000) {
		str_add_text(what, "just now (");
	} else {
		when_add_span(what, span_ms);
		str_add_text(what, " ago (");
	}
	when_add_clock(what, at_ms);
	str_add_text(what, ").");
}

static void say_vote(struct str *what, const struct vote *v, int64_t now_ms)
{
	str_add(what, v->by);
	str_addf(what, " %s this ", verb_past(v->verb));
	say_when(what, v->at_ms, now_ms);
}

/* What happened to the run itself since. */
static void say_run(struct str *what, const struct target *t, const struct run_facts *run,
		    int64_t now_ms)
{
	if (run->cancel_at_ms == 0) {
		say_status(what, t, run_status_name(run->status));
		return;
	}
	str_add(what, run->cancel_by);
	str_add_text(what, " asked to cancel this ");
	say_when(what, run->cancel_at_ms, now_ms);
}

static bool task_changed(const struct model *m, const struct target *t,
			 const struct run_detail *d, struct str *what)
{
	const struct task_facts *now = detail_find_task(d, view_of_str(&t->task));

	if (!now || now->version == t->version)
		return false;
	if (now->gate.n_given > 0)
		say_vote(what, &now->gate.given[now->gate.n_given - 1], m->now_ms);
	else if (now->attempt != t->attempt)
		str_addf(what, "%s is at attempt %d now.", str_text(&t->task), now->attempt);
	else
		str_addf(what, "%s is %s now.", str_text(&t->task),
			 task_status_name(now->status));
	return true;
}

bool target_changed(const struct model *m, enum verb verb, const struct target *t,
		    const struct run_detail *detail, struct str *what)
{
	struct arena arena = { 0 };
	struct run_facts run;
	bool changed = false;

	str_clear(what);
	if (!store_facts(m->store, t->key, &run, &arena)) {
		str_add_text(what, "It is gone.");
		changed = true;
	} else if (verb_is_on_task(verb)) {
		changed = detail && task_changed(m, t, detail, what);
		if (!changed && is_of_gate(verb) && run.status != RUN_WAITING) {
			say_run(what, t, &run, m->now_ms);
			changed = true;
		}
	} else if (run.version != t->run_version) {
		say_run(what, t, &run, m->now_ms);
		changed = true;
	}
	arena_release(&arena);
	return changed;
}

void target_wish(const struct target *t, enum verb verb, struct order_wish *out)
{
	*out = (struct order_wish){
		.verb = verb, .key = t->key, .parent = t->parent, .context = t->context,
		.workflow = view_of_str(&t->workflow), .short_id = view_of_str(&t->short_id),
		.attempt = t->attempt, .version = t->version, .run_version = t->run_version,
		.was = t->was,
	};
	if (verb_is_on_task(verb))
		out->task = view_of_str(&t->task);
}
