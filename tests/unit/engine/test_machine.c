/* The state machine: its rules, one by one (those of foreach: test_foreach.c). */
#include "machine_bench.h"
#include "lib/unit.h"

/* ---- rules ------------------------------------------------------------------------- */

START_TEST(a_run_is_pending_until_a_task_begins)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x}\n");
	ck_assert_int_eq(b.m->status, RUN_PENDING);
	bench_admit(&b);
	ck_assert_int_eq(b.m->status, RUN_PENDING);
	ck_assert_int_eq(bench_status_of(&b, "a"), TASK_QUEUED);
	bench_launch(&b, "a");
	ck_assert_int_eq(b.m->status, RUN_RUNNING);
	bench_end(&b, "a", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

START_TEST(siblings_of_a_failed_step_finish_and_what_needs_it_is_skipped)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, needs: [], run: x}\n  - {id: b, needs: [], run: x}\n"
		       "  - {id: c, needs: [a], run: x}\n  - {id: d, needs: [b], run: x}\n");
	bench_admit(&b);
	bench_launch(&b, "b");
	bench_run_task(&b, "a", TASK_FAILED);
	ck_assert_int_eq(bench_status_of(&b, "c"), TASK_SKIPPED);
	ck_assert_int_eq(b.m->status, RUN_RUNNING);
	bench_end(&b, "b", TASK_COMPLETED);
	bench_run_task(&b, "d", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	ck_assert(view_is(b.m->error_task, "a"));
	bench_close(&b);
}
END_TEST

START_TEST(fail_fast_stops_the_siblings)
{
	struct bench b;
	bench_open(&b, "fail_fast: true\nsteps:\n  - {id: a, needs: [], run: x}\n"
		       "  - {id: b, needs: [], run: x}\n  - {id: on_a, needs: [a], run: x}\n"
		       "  - {id: on_b, needs: [b], run: x}\n");
	bench_admit(&b);
	bench_launch(&b, "b");
	bench_run_task(&b, "a", TASK_FAILED);
	ck_assert(machine_task(b.m, VIEW("b"))->stopping);
	ck_assert_int_eq(bench_status_of(&b, "on_a"), TASK_SKIPPED);
	ck_assert_int_eq(bench_status_of(&b, "on_b"), TASK_CANCELLED);
	bench_end(&b, "b", TASK_CANCELLED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	ck_assert_int_eq(bench_status_of(&b, "b"), TASK_CANCELLED);
	bench_close(&b);
}
END_TEST

START_TEST(a_retry_waits_longer_each_time_up_to_its_cap)
{
	struct bench b;
	bench_open(&b, "steps:\n  - id: a\n    run: x\n"
		       "    retry: {attempts: 5, delay: 1s, factor: 3, max_delay: 5s}\n");
	static const int64_t delays[] = { 1000, 3000, 5000, 5000 };
	bench_admit(&b);
	for (size_t i = 0; i < 4; i++) {
		bench_run_task(&b, "a", TASK_FAILED);
		ck_assert_int_eq(bench_status_of(&b, "a"), TASK_RETRYING);
		int64_t due = machine_next_due(b.m);
		ck_assert_int_eq(due - (b.now_ms - 1), delays[i]);
		b.now_ms = due;
		struct input in = { .kind = INPUT_DUE };
		bench_feed(&b, &in);
		ck_assert_int_eq(bench_status_of(&b, "a"), TASK_QUEUED);
	}
	bench_run_task(&b, "a", TASK_FAILED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	bench_close(&b);
}
END_TEST

START_TEST(a_quorum_counts_each_person_once)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: g, approve: {prompt: Go?, required: 2}}\n");
	bench_admit(&b);
	int64_t version = machine_task(b.m, VIEW("g"))->version;
	bench_order(&b, VERB_APPROVE, "g", "bob");
	ck_assert_int_eq(b.m->status, RUN_WAITING);
	ck_assert_int_eq(machine_task(b.m, VIEW("g"))->version, version);
	bench_order(&b, VERB_APPROVE, "g", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NOT_NOW);
	bench_order(&b, VERB_APPROVE, "g", "carol");
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

START_TEST(nobody_approves_their_own_run_where_the_gate_says_so)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: g, approve: {prompt: Go?, not_own: true, roles: [approver]}}\n");
	bench_admit(&b);
	const struct view roles[] = { VIEW("approver") };
	struct machine_order o = { .verb = VERB_APPROVE, .by = VIEW("alice"), .roles = roles,
				   .n_roles = 1 };
	struct input in = { .kind = INPUT_ORDER, .order = &o, .task = VIEW("g") };
	bench_feed(&b, &in);
	ck_assert_int_eq(b.refusal.kind, REFUSAL_FORBIDDEN);
	o.by = VIEW("bob");
	o.n_roles = 0;
	bench_feed(&b, &in);
	ck_assert_int_eq(b.refusal.kind, REFUSAL_FORBIDDEN);
	o.n_roles = 1;
	bench_feed(&b, &in);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

START_TEST(a_late_gate_ends_as_its_policy_says)
{
	static const struct {
		const char *policy;
		enum run_status status;
	} cases[] = {
		{ "reject", RUN_REJECTED }, { "approve", RUN_COMPLETED }, { "fail", RUN_TIMED_OUT },
	};
	for (size_t i = 0; i < 3; i++) {
		struct bench b;
		struct str text = {0};
		str_addf(&text, "steps:\n  - {id: g, approve: {prompt: Go?, timeout: 1h, on_timeout: %s}}\n",
			 cases[i].policy);
		bench_open(&b, str_text(&text));
		bench_admit(&b);
		b.now_ms = machine_next_due(b.m);
		struct input in = { .kind = INPUT_DUE };
		bench_feed(&b, &in);
		ck_assert_int_eq(b.m->status, cases[i].status);
		bench_close(&b);
		str_release(&text);
	}
}
END_TEST

START_TEST(a_run_over_its_time_limit_is_stopped_and_timed_out)
{
	struct bench b;
	bench_open(&b, "timeout: 1m\nsteps:\n  - {id: a, run: x}\n  - {id: b, run: x}\n");
	bench_admit(&b);
	bench_launch(&b, "a");
	b.now_ms = machine_next_due(b.m);
	struct input in = { .kind = INPUT_DUE };
	bench_feed(&b, &in);
	ck_assert(machine_task(b.m, VIEW("a"))->stopping);
	bench_end(&b, "a", TASK_CANCELLED);
	ck_assert_int_eq(b.m->status, RUN_TIMED_OUT);
	ck_assert_int_eq(bench_status_of(&b, "b"), TASK_CANCELLED);
	bench_close(&b);
}
END_TEST

START_TEST(a_failure_that_is_caught_leaves_the_run_completed_and_recovered)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x, on_error: undo}\n  - {id: b, run: x}\n"
		       "  - {id: undo, only: on_error, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "a", TASK_FAILED);
	ck_assert_int_eq(bench_status_of(&b, "b"), TASK_SKIPPED);
	bench_run_task(&b, "undo", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	ck_assert(b.m->recovered);
	bench_close(&b);
}
END_TEST

START_TEST(a_failure_that_pauses_waits_for_a_decision)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x, on_error: pause}\n  - {id: b, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "a", TASK_FAILED);
	ck_assert_int_eq(b.m->status, RUN_PAUSED);
	ck_assert_int_eq(bench_status_of(&b, "b"), TASK_PENDING);
	bench_order(&b, VERB_SKIP, "a", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NONE);
	bench_run_task(&b, "b", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

START_TEST(an_attempt_of_which_nothing_is_known_asks_or_is_tried_again)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x}\n");
	bench_admit(&b);
	bench_launch(&b, "a");
	struct input in = { .kind = INPUT_UNKNOWN, .task = VIEW("a"), .attempt = 1 };
	bench_feed(&b, &in);
	ck_assert_int_eq(b.m->status, RUN_WAITING);
	bench_order(&b, VERB_APPROVE, "a", "bob");
	ck_assert_int_eq(bench_status_of(&b, "a"), TASK_QUEUED);
	bench_run_task(&b, "a", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

START_TEST(a_condition_that_does_not_hold_skips_and_lets_the_next_go_on)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x, if: 'run.by == \"bob\"'}\n  - {id: b, run: x}\n");
	bench_admit(&b);
	ck_assert_int_eq(bench_status_of(&b, "a"), TASK_SKIPPED);
	bench_run_task(&b, "b", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

START_TEST(a_sibling_does_not_raise_the_version_of_a_gate)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: g, needs: [], approve: {prompt: Go?}}\n"
		       "  - {id: a, needs: [], run: x}\n");
	bench_admit(&b);
	int64_t gate = machine_task(b.m, VIEW("g"))->version, run = b.m->version;
	bench_run_task(&b, "a", TASK_COMPLETED);
	ck_assert_int_eq(machine_task(b.m, VIEW("g"))->version, gate);
	ck_assert_int_eq(b.m->version, run);
	bench_close(&b);
}
END_TEST

START_TEST(an_answer_must_fit_the_schema_of_its_question)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: q, ask: {prompt: How many?, schema: {type: integer, minimum: 1}}}\n");
	bench_admit(&b);
	struct machine_order o = { .verb = VERB_ANSWER, .by = VIEW("bob"), .value = VIEW("0") };
	struct input in = { .kind = INPUT_ORDER, .order = &o, .task = VIEW("q") };
	bench_feed(&b, &in);
	ck_assert_int_eq(b.refusal.kind, REFUSAL_INVALID);
	o.value = VIEW("3");
	bench_feed(&b, &in);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	ck_assert(view_is(machine_task(b.m, VIEW("q"))->result, "3"));
	bench_close(&b);
}
END_TEST

START_TEST(a_cancel_ends_a_paused_run)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x, on_error: pause}\n  - {id: b, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "a", TASK_FAILED);
	bench_order(&b, VERB_CANCEL, "", "bob");
	ck_assert_int_eq(b.m->status, RUN_CANCELLED);
	bench_close(&b);
}
END_TEST

START_TEST(what_stands_in_finally_comes_last_again_when_a_step_is_retried)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x}\nfinally:\n  - {id: c, run: x}\n"
		       "  - {id: each, foreach: [1, 2], run: x}\n"
		       "  - {id: sorry, if: steps.a.status == \"failed\", run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "a", TASK_FAILED);
	bench_run_task(&b, "c", TASK_COMPLETED);
	bench_run_task(&b, "each[0]", TASK_COMPLETED);
	bench_run_task(&b, "each[1]", TASK_COMPLETED);
	bench_run_task(&b, "sorry", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	bench_order(&b, VERB_RETRY, "a", "bob");
	ck_assert_int_eq(bench_status_of(&b, "a"), TASK_QUEUED);
	ck_assert_int_eq(bench_status_of(&b, "c"), TASK_RETRYING);
	ck_assert_int_eq(bench_status_of(&b, "each[0]"), TASK_RETRYING);
	ck_assert_int_eq(machine_next_due(b.m), 0);
	bench_run_task(&b, "a", TASK_COMPLETED);
	ck_assert_int_eq(bench_status_of(&b, "c"), TASK_QUEUED);
	ck_assert_int_eq(bench_status_of(&b, "each[0]"), TASK_RETRYING);
	bench_run_task(&b, "c", TASK_COMPLETED);
	bench_run_task(&b, "each[0]", TASK_COMPLETED);
	ck_assert_int_eq(bench_status_of(&b, "sorry"), TASK_RETRYING);
	bench_run_task(&b, "each[1]", TASK_COMPLETED);
	ck_assert_int_eq(bench_status_of(&b, "sorry"), TASK_SKIPPED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

START_TEST(nothing_is_retried_while_its_run_is_cleaned_up)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x}\nfinally:\n  - {id: c, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "a", TASK_FAILED);
	bench_order(&b, VERB_RETRY, "a", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NOT_NOW);
	bench_launch(&b, "c");
	bench_order(&b, VERB_SKIP, "a", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NOT_NOW);
	bench_end(&b, "c", TASK_FAILED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	bench_order(&b, VERB_RETRY, "a", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NONE);
	bench_close(&b);
}
END_TEST

START_TEST(a_step_of_finally_that_is_retried_takes_nothing_else_up)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: a, run: x}\n  - {id: undo, only: on_error, run: x}\n"
		       "finally:\n  - {id: c, needs: [], run: x}\n  - {id: d, needs: [], run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "a", TASK_COMPLETED);
	bench_run_task(&b, "c", TASK_FAILED);
	bench_run_task(&b, "d", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	bench_order(&b, VERB_RETRY, "c", "bob");
	ck_assert_int_eq(bench_status_of(&b, "undo"), TASK_SKIPPED);
	ck_assert_int_eq(bench_status_of(&b, "d"), TASK_COMPLETED);
	bench_run_task(&b, "c", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

Suite *suite_machine(void);

Suite *suite_machine(void)
{
	const TTest *const tests[] = {
		a_run_is_pending_until_a_task_begins,
		siblings_of_a_failed_step_finish_and_what_needs_it_is_skipped,
		fail_fast_stops_the_siblings,
		a_retry_waits_longer_each_time_up_to_its_cap,
		a_quorum_counts_each_person_once,
		nobody_approves_their_own_run_where_the_gate_says_so,
		a_late_gate_ends_as_its_policy_says,
		a_run_over_its_time_limit_is_stopped_and_timed_out,
		a_failure_that_is_caught_leaves_the_run_completed_and_recovered,
		a_failure_that_pauses_waits_for_a_decision,
		an_attempt_of_which_nothing_is_known_asks_or_is_tried_again,
		a_condition_that_does_not_hold_skips_and_lets_the_next_go_on,
		a_sibling_does_not_raise_the_version_of_a_gate,
		an_answer_must_fit_the_schema_of_its_question,
		a_cancel_ends_a_paused_run,
		what_stands_in_finally_comes_last_again_when_a_step_is_retried,
		nothing_is_retried_while_its_run_is_cleaned_up,
		a_step_of_finally_that_is_retried_takes_nothing_else_up,
	};
	Suite *s = suite_create("machine");
	TCase *t = tcase_create("rules");
	tcase_set_timeout(t, 60);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	return s;
}
