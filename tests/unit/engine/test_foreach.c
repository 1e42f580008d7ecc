/* The state machine: steps that go over a list, and their items. */
#include "machine_bench.h"
#include "lib/unit.h"

START_TEST(a_foreach_step_runs_its_items_in_batches)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: f, foreach: '[1, 2, 3]', batch: 2, allow_failures: 1, run: x}\n"
		       "  - {id: after, run: x}\n");
	bench_admit(&b);
	ck_assert_msg(b.m->n_tasks == 5, "%.*s", (int)b.m->tasks[0].error.len, b.m->tasks[0].error.ptr);
	ck_assert_int_eq(bench_status_of(&b, "f[1]"), TASK_QUEUED);
	ck_assert_int_eq(bench_status_of(&b, "f[2]"), TASK_PENDING);
	bench_run_task(&b, "f[0]", TASK_FAILED);
	ck_assert_int_eq(bench_status_of(&b, "f[2]"), TASK_QUEUED);
	bench_run_task(&b, "f[1]", TASK_COMPLETED);
	ck_assert_int_eq(bench_status_of(&b, "after"), TASK_PENDING);
	bench_run_task(&b, "f[2]", TASK_COMPLETED);
	ck_assert_int_eq(bench_status_of(&b, "f"), TASK_COMPLETED);
	bench_run_task(&b, "after", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

/* All that failed are reset at once, and yet go in batches; what waits for its turn is
 * not due at any time. */
START_TEST(a_retried_foreach_step_keeps_to_its_batch)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: f, foreach: '[1, 2, 3, 4]', batch: 2, allow_failures: 3, "
		       "on_error: pause, run: x}\n");
	bench_admit(&b);
	for (int i = 0; i < 4; i++)
		bench_run_task(&b, (const char *[]){ "f[0]", "f[1]", "f[2]", "f[3]" }[i], TASK_FAILED);
	ck_assert_int_eq(bench_status_of(&b, "f"), TASK_FAILED);
	bench_order(&b, VERB_RETRY, "f", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NONE);
	ck_assert_int_eq(bench_status_of(&b, "f[1]"), TASK_QUEUED);
	ck_assert_int_eq(bench_status_of(&b, "f[2]"), TASK_RETRYING);
	ck_assert_int_eq(machine_next_due(b.m), 0);
	bench_run_task(&b, "f[0]", TASK_COMPLETED);
	ck_assert_int_eq(bench_status_of(&b, "f[2]"), TASK_QUEUED);
	ck_assert_int_eq(bench_status_of(&b, "f[3]"), TASK_RETRYING);
	bench_run_task(&b, "f[1]", TASK_COMPLETED);
	bench_run_task(&b, "f[2]", TASK_COMPLETED);
	bench_run_task(&b, "f[3]", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

/* Without the one that failed the others go on, and their step with them. */
START_TEST(a_failed_item_that_is_skipped_opens_its_step_again)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: f, foreach: '[1, 2, 3]', batch: 1, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "f[0]", TASK_FAILED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	bench_order(&b, VERB_SKIP, "f[0]", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NONE);
	ck_assert_int_eq(bench_status_of(&b, "f"), TASK_RUNNING);
	bench_run_task(&b, "f[1]", TASK_COMPLETED);
	bench_run_task(&b, "f[2]", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	bench_close(&b);
}
END_TEST

/* An operator let the step be: what is tried again elsewhere does not wake its items. */
START_TEST(items_of_a_skipped_step_stay_as_they_are)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: f, needs: [], foreach: '[1, 2]', batch: 1, run: x}\n"
		       "  - {id: g, needs: [], run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "f[0]", TASK_FAILED);
	bench_run_task(&b, "g", TASK_FAILED);
	bench_order(&b, VERB_SKIP, "f", "bob");
	bench_order(&b, VERB_RETRY, "g", "bob");
	ck_assert_int_eq(bench_status_of(&b, "f[1]"), TASK_SKIPPED);
	bench_run_task(&b, "g", TASK_COMPLETED);
	ck_assert_int_eq(b.m->ended, true);
	bench_close(&b);
}
END_TEST

START_TEST(too_many_failed_items_fail_their_step_and_a_retry_tries_only_them)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: f, foreach: '[1, 2, 3]', batch: 1, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "f[0]", TASK_COMPLETED);
	bench_run_task(&b, "f[1]", TASK_FAILED);
	ck_assert_int_eq(bench_status_of(&b, "f[2]"), TASK_SKIPPED);
	ck_assert_int_eq(b.m->status, RUN_FAILED);
	bench_order(&b, VERB_RETRY, "f", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NONE);
	bench_run_task(&b, "f[1]", TASK_COMPLETED);
	bench_run_task(&b, "f[2]", TASK_COMPLETED);
	ck_assert_int_eq(b.m->status, RUN_COMPLETED);
	ck_assert_int_eq(machine_task(b.m, VIEW("f[0]"))->attempt, 1);
	bench_close(&b);
}
END_TEST

START_TEST(an_item_whose_failure_was_allowed_is_not_retried_behind_its_step)
{
	struct bench b;
	bench_open(&b, "steps:\n  - {id: all, foreach: [1, 2], allow_failures: 1, run: x}\n"
		       "  - {id: next, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "all[0]", TASK_FAILED);
	bench_order(&b, VERB_RETRY, "all[0]", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NONE);
	bench_run_task(&b, "all[0]", TASK_FAILED);
	bench_run_task(&b, "all[1]", TASK_COMPLETED);
	ck_assert_int_eq(bench_status_of(&b, "next"), TASK_QUEUED);
	bench_order(&b, VERB_RETRY, "all[0]", "bob");
	ck_assert_int_eq(b.refusal.kind, REFUSAL_NOT_NOW);
	bench_close(&b);
}
END_TEST

/* What waits for its turn is not due; what only waits for its time is, whatever step was
 * looked at before. */
START_TEST(each_step_is_asked_for_itself_what_its_items_await)
{
	struct bench b;
	struct input clock = { .kind = INPUT_CLOCK };
	bench_open(&b, "steps:\n  - {id: f, needs: [], foreach: '[1, 2]', batch: 1, allow_failures: 1, "
		       "on_error: pause, run: x}\n"
		       "  - {id: g, needs: [], foreach: '[1, 2]', batch: 2, "
		       "retry: {attempts: 2, delay: 10m}, run: x}\n");
	bench_admit(&b);
	bench_run_task(&b, "f[0]", TASK_FAILED);
	bench_run_task(&b, "f[1]", TASK_FAILED);
	bench_run_task(&b, "g[0]", TASK_FAILED);
	bench_run_task(&b, "g[1]", TASK_FAILED);
	bench_order(&b, VERB_RETRY, "f", "bob");
	ck_assert_int_eq(bench_status_of(&b, "f[0]"), TASK_QUEUED);
	ck_assert_int_eq(bench_status_of(&b, "f[1]"), TASK_RETRYING);
	int64_t due = machine_task(b.m, VIEW("g[0]"))->next_retry_ms;
	ck_assert_int_gt(due, b.now_ms);
	ck_assert_int_eq(machine_next_due(b.m), due);
	b.now_ms = machine_task(b.m, VIEW("g[1]"))->next_retry_ms;
	bench_feed(&b, &clock);
	ck_assert_int_eq(bench_status_of(&b, "f[1]"), TASK_RETRYING);
	ck_assert_int_eq(bench_status_of(&b, "g[0]"), TASK_QUEUED);
	ck_assert_int_eq(bench_status_of(&b, "g[1]"), TASK_QUEUED);
	ck_assert_int_eq(machine_next_due(b.m), 0);
	bench_close(&b);
}
END_TEST

Suite *suite_foreach(void);

Suite *suite_foreach(void)
{
	const TTest *const tests[] = {
		a_foreach_step_runs_its_items_in_batches,
		a_retried_foreach_step_keeps_to_its_batch,
		each_step_is_asked_for_itself_what_its_items_await,
		a_failed_item_that_is_skipped_opens_its_step_again,
		items_of_a_skipped_step_stay_as_they_are,
		too_many_failed_items_fail_their_step_and_a_retry_tries_only_them,
		an_item_whose_failure_was_allowed_is_not_retried_behind_its_step,
	};
	Suite *s = suite_create("foreach");
	TCase *t = tcase_create("rules");
	tcase_set_timeout(t, 60);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	return s;
}
