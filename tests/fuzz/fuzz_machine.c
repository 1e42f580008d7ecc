/* A workflow and a life of its run, both out of the input: starts, exits, time-outs,
 * retries, orders of two people, crashes, in any order. The state is always what its
 * facts say, the rules hold after every input, and who goes on long enough comes to
 * the end. */
#include <stdio.h>
#include <stdlib.h>

#include "machine_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { INPUTS = 120, ROUNDS = 400 };

struct life {
	struct choices choices;
	struct workflow *w;
	struct machine *m, *copy;	/* copy: from encoded facts only */
	struct events facts;		/* of the last input */
	struct before before;
	struct str mine, its;
	int64_t now_ms, seq;
};

static const struct pair params[] = {
	{ VIEW("list"), VIEW("[\"a\",\"b\",\"c\",\"d\"]") }, { VIEW("on"), VIEW("true") },
};

/* ---- the journal ----------------------------------------------------------------------- */

static void fold_encoded(struct machine *m, struct view json, const struct event *of)
{
	struct arena arena = { 0 };
	struct event back;
	if (!event_decode(json, of->kind, &arena, &back, NULL))
		BUG("a fact does not come back");
	back.seq = of->seq;
	back.at_ms = of->at_ms;
	machine_fold(m, &back);
	arena_release(&arena);
}

static void keep_facts(struct life *l)
{
	struct str json = { 0 };
	for (size_t i = 0; i < l->facts.list.len; i++) {
		struct event *e = &l->facts.list.items[i];
		e->seq = ++l->seq;
		str_clear(&json);
		event_encode(e, &json);
		fold_encoded(l->copy, view_of_str(&json), e);
	}
	str_release(&json);
}

static void compare(struct life *l)
{
	str_clear(&l->mine);
	str_clear(&l->its);
	machine_tell(l->m, &l->mine);
	machine_tell(l->copy, &l->its);
	if (view_eq(view_of_str(&l->mine), view_of_str(&l->its)))
		return;
	fprintf(stderr, "state:\n%s\nfacts:\n%s\n", str_text(&l->mine), str_text(&l->its));
	BUG("the state is not what its facts say");
}

/* Time alone makes none of these. */
static bool is_of_order(enum event_kind kind)
{
	return kind == EVENT_GATE_VOTED || kind == EVENT_TASK_RESET || kind == EVENT_RUN_RESUMED ||
	       kind == EVENT_RUN_REOPENED || kind == EVENT_CANCEL_REQUESTED;
}

static void feed(struct life *l, struct input *in)
{
	struct refusal refusal = { 0 };
	in->now_ms = l->now_ms;
	before_take(&l->before, l->m);
	events_clear(&l->facts);
	machine_step(l->m, l->w, in, &l->facts, &refusal);
	for (size_t i = 0; refusal.kind && i < l->facts.list.len; i++)
		if (is_of_order(l->facts.list.items[i].kind))
			BUG("a refused order left a fact");
	keep_facts(l);
	machine_rules(&l->before, l->m, l->w, &l->facts);
	str_release(&refusal.text);
}

/* The process has died: what is left is what the facts say. */
static void crash(struct life *l)
{
	struct machine *m = l->m;
	compare(l);
	l->m = l->copy;
	l->copy = m;
}

/* ---- inputs ------------------------------------------------------------------------------ */

static const struct machine_task *any_task(struct life *l)
{
	unsigned n = (unsigned)l->m->n_tasks;
	return n ? &l->m->tasks[choose(&l->choices, n < 256 ? n : 256)] : NULL;
}

static void end_attempt(struct life *l, const struct machine_task *t, enum task_status status)
{
	struct event e = event_make(EVENT_ATTEMPT_ENDED, t->id);
	e.task_status = status;
	e.code = status == TASK_COMPLETED ? 0 : 1;
	e.result = status == TASK_COMPLETED ? VIEW("{\"ok\":true}") : VIEW("");
	e.error = status == TASK_COMPLETED ? VIEW("") : VIEW("exit status 1");
	struct input in = { .kind = INPUT_ENDED, .task = t->id, .attempt = t->attempt, .ended = &e };
	if (t->kind == STEP_WORKFLOW) {
		in.kind = INPUT_CHILD_ENDED;
		in.child = t->child;
	}
	feed(l, &in);
}

static void launch(struct life *l, const struct machine_task *t)
{
	struct input in = { .kind = INPUT_LAUNCH, .task = t->id };
	if (t->kind == STEP_WORKFLOW) {
		in.kind = INPUT_CHILD_STARTED;
		in.child = VIEW("01900000-0000-7000-8000-000000000002");
	}
	feed(l, &in);
}

static void ask(struct life *l, const struct machine_task *t)
{
	const struct machine_question q = {
		.key = chance(&l->choices, 2) ? VIEW("k1") : VIEW("k2"), .by = VIEW("step"),
		.prompt = VIEW("Which?"), .schema = VIEW("{\"type\":\"string\"}"),
		.attempt = t->attempt,
	};
	struct input in = { .kind = INPUT_ASKED, .task = t->id, .question = &q };
	feed(l, &in);
}

static void order(struct life *l, enum verb verb, const struct machine_task *t)
{
	static const struct view people[] = { VIEW("alice"), VIEW("bob"), VIEW("carol") };
	static const struct view edits[] = { VIEW(""), VIEW("{\"run\":\"y\"}"),
					     VIEW("{\"env\":{\"A\":\"1\"}}"), VIEW("{\"none\":1}") };
	struct choices *c = &l->choices;
	struct machine_order o = {
		.verb = verb, .by = people[choose(c, 3)], .comment = VIEW("so"), .admin = chance(c, 2),
	};
	if (verb == VERB_ANSWER)
		o.value = chance(c, 2) ? VIEW("\"x\"") : VIEW("7");
	if (verb == VERB_RETRY || verb == VERB_EDIT)
		o.edit = edits[choose(c, 4)];
	if (chance(c, 8)) {
		o.has_version = true;
		o.version = choose(c, 4);
	}
	struct input in = { .kind = INPUT_ORDER, .order = &o };
	if (t)
		in.task = t->id;
	feed(l, &in);
}

static void plain(struct life *l, enum input_kind kind, const struct machine_task *t)
{
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = TASK_ERROR;
	e.error = VIEW("it cannot be started");
	struct input in = { .kind = kind, .task = t->id, .attempt = t->attempt, .pid = 77,
			    .ended = &e };
	feed(l, &in);
}

static void set_clock(struct life *l)
{
	int64_t by_ms = chance(&l->choices, 2) ? 3600000 : -60;
	struct input in = { .kind = INPUT_CLOCK, .moved_ms = by_ms };
	l->now_ms += by_ms;
	feed(l, &in);
}

static void one_input(struct life *l)
{
	static const enum task_status ends[] = { TASK_COMPLETED, TASK_COMPLETED, TASK_FAILED,
						 TASK_TIMED_OUT, TASK_CANCELLED, TASK_ERROR };
	static const enum verb on_task[] = { VERB_APPROVE, VERB_APPROVE, VERB_REJECT, VERB_ANSWER,
					     VERB_RETRY, VERB_SKIP, VERB_ADVANCE, VERB_EDIT };
	static const enum verb on_run[] = { VERB_CANCEL, VERB_PAUSE, VERB_RESUME, VERB_RESUME };
	struct choices *c = &l->choices;
	const struct machine_task *t = any_task(l);
	struct input admit = { .kind = INPUT_ADMIT };
	l->now_ms += choose(c, 40);
	switch (choose(c, 12)) {
	case 0: case 1:
		launch(l, t);
		break;
	case 2: case 3:
		end_attempt(l, t, ends[choose(c, 6)]);
		break;
	case 4: case 5: case 6:
		order(l, on_task[choose(c, 8)], t);
		break;
	case 7:
		order(l, on_run[choose(c, 4)], NULL);
		break;
	case 8:
		feed(l, &admit);
		break;
	case 9:
		if (chance(c, 4))
			set_clock(l);
		else
			plain(l, chance(c, 2) ? INPUT_UNKNOWN : INPUT_DUE, t);
		break;
	case 10:
		if (chance(c, 2))
			ask(l, t);
		else
			plain(l, chance(c, 2) ? INPUT_STARTED : INPUT_CHILD_REFUSED, t);
		break;
	case 11:
		crash(l);
		break;
	}
}

/* ---- to the end ---------------------------------------------------------------------------- */

/* One who decides everything, slots for all, time that passes. */
static void decide(struct life *l, const struct machine_task *t)
{
	struct machine_order o = { .verb = VERB_APPROVE, .by = VIEW("dora"), .admin = true };
	if (t->gate.kind == GATE_QUESTION) {
		o.verb = VERB_ANSWER;
		o.value = view_find(t->gate.schema, VIEW("integer"), 0) == SIZE_MAX ? VIEW("\"x\"")
										   : VIEW("7");
	} else if (t->gate.required > 1) {
		o.by = machine_approvals(&t->gate) ? VIEW("emil") : VIEW("dora");
	}
	struct input in = { .kind = INPUT_ORDER, .task = t->id, .order = &o };
	feed(l, &in);
}

static bool push_task(struct life *l, const struct machine_task *t)
{
	if (t->status == TASK_WAITING)
		decide(l, t);
	else if (t->status == TASK_QUEUED)
		launch(l, t);
	else if (machine_attempt_runs(t))
		end_attempt(l, t, t->stopping ? TASK_CANCELLED : TASK_COMPLETED);
	else
		return false;
	return true;
}

static void push(struct life *l)
{
	const struct machine_order resume = { .verb = VERB_RESUME, .by = VIEW("dora") };
	struct input admit = { .kind = INPUT_ADMIT }, due = { .kind = INPUT_DUE };
	struct input go_on = { .kind = INPUT_ORDER, .order = &resume };
	int64_t next = machine_next_due(l->m);
	feed(l, &admit);
	feed(l, &go_on);
	for (size_t i = 0; i < l->m->n_tasks; i++)
		if (push_task(l, &l->m->tasks[i]))
			return;
	l->now_ms = next > l->now_ms ? next : l->now_ms + 1;
	feed(l, &due);
}

static void to_the_end(struct life *l)
{
	for (int i = 0; i < ROUNDS && !l->m->ended; i++)
		push(l);
	compare(l);
	if (l->m->ended)
		return;
	str_clear(&l->mine);
	machine_tell(l->m, &l->mine);
	fprintf(stderr, "%s", str_text(&l->mine));
	BUG("the run does not come to its end");
}

/* ---- a life ---------------------------------------------------------------------------------- */

static void live(struct life *l)
{
	const struct machine_birth birth = {
		.workflow = l->w, .id = VIEW("01900000-0000-7000-8000-000000000001"),
		.params = { params, 2 }, .by = VIEW("alice"), .now_ms = l->now_ms,
	};
	l->m = machine_new();
	l->copy = machine_new();
	machine_create(&birth, &l->facts);
	l->facts.list.items[0].seq = 1;
	machine_fold(l->m, &l->facts.list.items[0]);
	keep_facts(l);
	compare(l);
	for (int i = 0; i < INPUTS && l->choices.at < l->choices.len; i++)
		one_input(l);
	to_the_end(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct life l = { .choices = { bytes, len, 0 }, .now_ms = 1000000 };
	struct str yaml = { 0 };
	machine_dag(&l.choices, &yaml);
	l.w = workflow_load(view_of_str(&yaml), "dag.yaml", NULL);
	if (getenv("FUZZ_ALOUD"))
		fputs(str_text(&yaml), stderr);
	if (l.w)
		live(&l);
	machine_free(l.m);
	machine_free(l.copy);
	workflow_free(l.w);
	events_release(&l.facts);
	before_release(&l.before);
	str_release(&l.mine);
	str_release(&l.its);
	str_release(&yaml);
	return 0;
}
