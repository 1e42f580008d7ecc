/* What is shown of the step under review. */
#include "lib/session.h"
#include "lib/unit.h"

START_TEST(a_gate_prints_nothing_so_the_step_before_it_is_under_review)
{
	static const struct view of_review[] = { VIEW("build") }, of_size[] = { VIEW("review") };
	struct task_facts tasks[] = {
		{ .id = VIEW("build"), .status = TASK_COMPLETED, .attempt = 1, .version = 2 },
		{ .id = VIEW("review"), .status = TASK_COMPLETED, .attempt = 1, .version = 5,
		  .needs = of_review, .n_needs = 1,
		  .gate = { .kind = GATE_APPROVAL, .task = VIEW("review"), .required = 1 } },
		{ .id = VIEW("size"), .status = TASK_WAITING, .attempt = 1, .version = 4,
		  .needs = of_size, .n_needs = 1,
		  .gate = { .kind = GATE_APPROVAL, .task = VIEW("size"), .required = 1 } },
	};
	struct run_facts run = fixture_run("deploy", 1, RUN_WAITING);
	struct run_detail d = { .tasks = tasks, .n_tasks = 3 };
	struct fixture f;

	run.waiting = tasks[2].gate;
	run.waiting.version = 4;
	run.waiting.attempt = 1;
	ck_assert(fixture_open(&f, "three-runs", 24, 80));
	f.mute = true;
	fixture_put(&f, run);
	press(&f, "a");
	d.run = run;
	answer_detail(&f, &d);
	ck_assert_ptr_nonnull(fixture_last(&f, EFFECT_LOG_OPEN));
	ck_assert(view_is(fixture_last(&f, EFFECT_LOG_OPEN)->log.task, "build"));
	fixture_close(&f);
}
END_TEST

Suite *suite_evidence(void);

Suite *suite_evidence(void)
{
	Suite *s = suite_create("evidence");
	TCase *c = tcase_create("evidence");

	tcase_add_test(c, a_gate_prints_nothing_so_the_step_before_it_is_under_review);
	suite_add_tcase(s, c);
	return s;
}
