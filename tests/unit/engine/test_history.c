/* Generated histories of runs: they replay to the same state, keep what must
 * always hold, and come to their end. */
#include "engine/facts.h"
#include "lib/unit.h"
#include "machine_bench.h"
#include "wire/encode.h"

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void make_workflow(uint32_t *seed, struct str *out)
{
	static const char *const extras[] = {
		"", ", on_error: continue", ", on_error: pause", ", on_error: undo",
		", retry: {attempts: 3, delay: 1s}", ", on_unknown: retry", ", on_unknown: fail",
		", if: 'steps.s0.status == \"completed\"'", ", foreach: '[1, 2, 3]', batch: 2",
	};
	int n = 2 + (int)(next_random(seed) % 5);
	str_addf(out, "fail_fast: %s\n%s", next_random(seed) % 2 ? "true" : "false",
		 next_random(seed) % 3 ? "" : "timeout: 30s\n");
	str_add_text(out, "steps:\n");
	for (int i = 0; i < n; i++) {
		str_addf(out, "  - {id: s%d", i);
		if (next_random(seed) % 2 && i > 0)
			str_addf(out, ", needs: [s%u]", next_random(seed) % (unsigned)i);
		else if (next_random(seed) % 2)
			str_add_text(out, ", needs: []");
		if (next_random(seed) % 4 == 0)
			str_add_text(out, ", approve: {prompt: Go?, required: 2, timeout: 20s}}\n");
		else
			str_addf(out, ", run: x%s}\n", extras[next_random(seed) % (i ? 9 : 7)]);
	}
	str_add_text(out, "  - {id: undo, only: on_error, run: x}\n");
	str_add_text(out, "finally:\n  - {id: clean, run: x}\n");
}

static const struct machine_task *any_task(const struct bench *b, uint32_t *seed)
{
	return &b->m->tasks[next_random(seed) % b->m->n_tasks];
}

static void random_end(struct bench *b, uint32_t *seed)
{
	static const enum task_status ends[] = { TASK_COMPLETED, TASK_COMPLETED, TASK_FAILED,
						 TASK_TIMED_OUT, TASK_CANCELLED };
	const struct machine_task *t = any_task(b, seed);
	struct event e = event_make(EVENT_ATTEMPT_ENDED, (struct view){0});
	e.task_status = ends[next_random(seed) % 5];
	e.result = VIEW("{\"n\":1}");
	struct input in = { .kind = INPUT_ENDED, .task = t->id, .attempt = t->attempt, .ended = &e };
	if (next_random(seed) % 8 == 0)
		in.kind = INPUT_UNKNOWN;
	bench_feed(b, &in);
}

static void random_order(struct bench *b, uint32_t *seed)
{
	static const enum verb verbs[] = {
		VERB_APPROVE, VERB_APPROVE, VERB_APPROVE, VERB_REJECT, VERB_RETRY, VERB_SKIP,
		VERB_ADVANCE, VERB_PAUSE, VERB_RESUME, VERB_RESUME, VERB_CANCEL, VERB_ANSWER,
	};
	static const struct view people[] = { VIEW("alice"), VIEW("bob"), VIEW("carol") };
	struct machine_order o = { .verb = verbs[next_random(seed) % 12],
				   .by = people[next_random(seed) % 3], .comment = VIEW("so"),
				   .admin = next_random(seed) % 2 };
	struct input in = { .kind = INPUT_ORDER, .order = &o };
	if (verb_is_on_task(o.verb))
		in.task = any_task(b, seed)->id;
	bench_feed(b, &in);
}

static void random_input(struct bench *b, uint32_t *seed)
{
	struct input in = { .kind = INPUT_DUE };
	uint32_t which = next_random(seed) % 16;
	if (which == 0) {
		bench_admit(b);
	} else if (which < 6) {
		in.kind = INPUT_LAUNCH;
		in.task = any_task(b, seed)->id;
		bench_feed(b, &in);
	} else if (which < 12) {
		random_end(b, seed);
	} else if (which < 14) {
		random_order(b, seed);
	} else {
		b->now_ms += 1000;
		bench_feed(b, &in);
	}
}

static void show(const struct machine *m, struct str *out)
{
	struct arena arena = {0};
	struct facts_source source = { .m = m };
	struct run_detail detail;
	struct jsonw w;
	facts_detail(&source, &arena, &detail);
	jsonw_init(&w, out);
	encode_detail(&w, NULL, &detail);
	arena_release(&arena);
}

/* Folds what was written and read back. */
static struct machine *replay(const struct events *log)
{
	struct machine *m = machine_new();
	struct arena arena = {0};
	struct str json = {0};
	for (size_t i = 0; i < log->list.len; i++) {
		const struct event *e = &log->list.items[i];
		struct event again;
		struct err err = {0};
		str_clear(&json);
		event_encode(e, &json);
		bool ok = event_decode(view_of_str(&json), e->kind, &arena, &again, &err);
		ck_assert_msg(ok, "%s", err_text(&err));
		again.at_ms = e->at_ms;
		again.seq = e->seq;
		machine_fold(m, &again);
	}
	str_release(&json);
	arena_release(&arena);
	return m;
}

static void check_invariants(const struct bench *b)
{
	for (size_t i = 0; i < b->m->n_tasks; i++) {
		const struct machine_task *t = &b->m->tasks[i];
		ck_assert(!b->m->ended || !task_status_is_open(t->status));
		ck_assert(!machine_attempt_runs(t) || t->status == TASK_RUNNING);
		ck_assert(t->status != TASK_PENDING || !t->attempt);
	}
	ck_assert_int_eq(b->m->ended, !run_status_is_open(b->m->status));
}

static void generated_history(uint32_t seed)
{
	struct bench b;
	struct str text = {0}, now = {0}, again = {0};
	make_workflow(&seed, &text);
	bench_open(&b, str_text(&text));
	for (int i = 0; i < 120; i++) {
		int64_t version = b.m->version;
		random_input(&b, &seed);
		ck_assert_int_ge(b.m->version, version);
		check_invariants(&b);
	}
	struct machine *m = replay(&b.log);
	show(b.m, &now);
	show(m, &again);
	ck_assert_msg(view_eq(view_of_str(&now), view_of_str(&again)), "%s\n%s\n%s",
		      str_text(&text), str_text(&now), str_text(&again));
	machine_free(m);
	bench_close(&b);
	str_release(&text);
	str_release(&now);
	str_release(&again);
}

START_TEST(generated_histories_replay_to_the_same_state)
{
	for (uint32_t seed = 1; seed <= 600; seed++)
		generated_history(seed);
}
END_TEST

/* Whatever has happened: when attempts end and gates are decided, the run ends. */
static void lead_to_end(struct bench *b)
{
	for (int i = 0; i < 1000 && !b->m->ended; i++) {
		struct input in = { .kind = INPUT_DUE };
		bench_admit(b);
		if (b->m->status == RUN_PAUSED)
			bench_order(b, VERB_RESUME, "", "dave");
		const struct machine_task *t = &b->m->tasks[(size_t)i % b->m->n_tasks];
		struct str id = {0};
		str_add(&id, t->id);
		if (t->status == TASK_QUEUED)
			bench_launch(b, str_text(&id));
		else if (machine_attempt_runs(t))
			bench_end(b, str_text(&id), TASK_COMPLETED);
		else if (t->status == TASK_WAITING)
			bench_order(b, VERB_APPROVE, str_text(&id), i % 2 ? "dave" : "erin");
		str_release(&id);
		b->now_ms += 1000;
		bench_feed(b, &in);
	}
}

START_TEST(every_generated_run_comes_to_its_end)
{
	for (uint32_t seed = 1; seed <= 400; seed++) {
		struct bench b;
		struct str text = {0};
		uint32_t random = seed;
		make_workflow(&random, &text);
		bench_open(&b, str_text(&text));
		for (uint32_t i = 0; i < seed % 60; i++)
			random_input(&b, &random);
		lead_to_end(&b);
		struct str now = {0};
		show(b.m, &now);
		ck_assert_msg(b.m->ended, "seed %u\n%s\n%.2000s", seed, str_text(&text),
			      str_text(&now));
		str_release(&now);
		bench_close(&b);
		str_release(&text);
	}
}
END_TEST

Suite *suite_history(void);

Suite *suite_history(void)
{
	Suite *s = suite_create("history");
	TCase *t = tcase_create("generated");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, generated_histories_replay_to_the_same_state);
	tcase_add_test(t, every_generated_run_comes_to_its_end);
	suite_add_tcase(s, t);
	return s;
}
