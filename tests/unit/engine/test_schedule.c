/* Queues: slots, priorities, fairness, concurrency, and why a run is pending. Runs
 * wait on gates of files (a named pipe), never on time. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine_inside.h"
#include "engine_world.h"
#include "lib/unit.h"

static const struct engine_queue one_slot[] = { { "default", 1 }, { "gpu", 1 } };

/* A step that runs until somebody opens the pipe for writing. */
static void hold(struct world *w, struct str *command)
{
	struct str path = {0};
	str_addf(&path, "%s/pipe", str_text(&w->folder));
	ck_assert_int_eq(mkfifo(str_text(&path), 0600), 0);
	str_addf(command, "cat %s/pipe", str_text(&w->folder));
	str_release(&path);
}

static void let_go(struct world *w)
{
	struct str path = {0};
	str_addf(&path, "%s/pipe", str_text(&w->folder));
	int fd = -1;
	while ((fd = open(str_text(&path), O_WRONLY | O_NONBLOCK)) < 0)
		loop_turn(w->loop, 10);
	close(fd);
	str_release(&path);
}

static void open_with(struct world *w, struct str *blocker)
{
	struct str command = {0};
	world_prepare(w);
	w->queues = one_slot;
	w->n_queues = 2;
	world_open_at(w);
	hold(w, &command);
	str_addf(blocker, "steps:\n  - {id: hold, run: %s}\n", str_text(&command));
	world_workflow(w, "blocker", str_text(blocker));
	str_release(&command);
}

static int64_t started_at(struct world *w, const struct str *id)
{
	struct str text = {0};
	world_until(w, str_text(id), "completed");
	world_get(w, "seq", &text);
	int64_t seq = 0;
	ck_assert(number_parse(view_of_str(&text), 1, INT64_MAX, &seq));
	str_release(&text);
	return seq;
}

static void expect_pending(struct world *w, const struct str *id, const char *reason,
			   const char *words)
{
	struct str text = {0};
	world_show(w, str_text(id));
	ck_assert_str_eq(world_get(w, "pending.reason", &text), reason);
	world_get(w, "pending.detail", &text);
	ck_assert_msg(strstr(str_text(&text), words) != NULL, "%s", str_text(&text));
	world_get(w, "pending.since", &text);
	ck_assert_str_ne(str_text(&text), "null");
	str_release(&text);
}

START_TEST(a_full_queue_holds_runs_back_and_says_so_and_another_queue_goes_on)
{
	struct world w;
	struct str yaml = {0}, first = {0}, second = {0}, other = {0};
	open_with(&w, &yaml);
	world_workflow(&w, "next", "steps:\n  - {id: work, run: 'true'}\n");
	world_workflow(&w, "other", "queue: gpu\nsteps:\n  - {id: work, run: 'true'}\n");
	world_start(&w, "blocker", "", &first);
	world_until_task(&w, str_text(&first), "hold", "running");
	world_start(&w, "next", "", &second);
	expect_pending(&w, &second, "slots", "work waits for one of the 1 slot of queue default");
	world_start(&w, "other", "", &other);
	world_until(&w, str_text(&other), "completed");
	str_clear(&w.body);
	ck_assert(engine_table(w.engine, ENGINE_QUEUES, NULL, &w.body));
	ck_assert_str_eq(world_get(&w, "queues.0.running", &other), "1");
	ck_assert_str_eq(world_get(&w, "queues.0.queued", &other), "1");
	ck_assert_str_eq(world_get(&w, "queues.1.name", &other), "gpu");
	ck_assert_str_eq(world_get(&w, "queues.1.running", &other), "0");
	str_clear(&w.body);
	ck_assert(engine_table(w.engine, ENGINE_WORKERS, NULL, &w.body));
	ck_assert_str_eq(world_get(&w, "workers.0.tasks.0.task", &other), "hold");
	let_go(&w);
	world_until(&w, str_text(&second), "completed");
	ck_assert_str_eq(world_get(&w, "pending", &other), "null");
	str_release(&yaml);
	str_release(&first);
	str_release(&second);
	str_release(&other);
	world_close(&w);
}
END_TEST

START_TEST(a_queue_that_nobody_serves_is_named)
{
	struct world w;
	struct str id = {0};
	world_open(&w);
	world_workflow(&w, "lost", "steps:\n  - {id: train, run: 'true', queue: tpu}\n");
	world_start(&w, "lost", "", &id);
	loop_turn(w.loop, 0);
	expect_pending(&w, &id, "no_worker", "train waits: nobody serves queue tpu");
	str_release(&id);
	world_close(&w);
}
END_TEST

START_TEST(concurrency_lets_one_run_in_and_the_next_when_it_ends)
{
	struct world w;
	struct str yaml = {0}, first = {0}, second = {0}, urgent = {0};
	open_with(&w, &yaml);
	str_add_text(&yaml, "concurrency: 1\n");
	world_workflow(&w, "blocker", str_text(&yaml));
	world_start(&w, "blocker", "", &first);
	world_until_task(&w, str_text(&first), "hold", "running");
	world_start(&w, "blocker", "", &second);
	const struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("blocker"), .priority = 5,
		.caller = { .by = VIEW("alice") },
	};
	ck_assert_int_eq(world_order(&w, &order), 201);
	world_get(&w, "id", &urgent);
	expect_pending(&w, &second, "concurrency", "at most 1 run of blocker at a time");
	let_go(&w);
	world_until(&w, str_text(&first), "completed");
	world_until_task(&w, str_text(&urgent), "hold", "running");
	expect_pending(&w, &second, "concurrency", "at most 1 run");
	let_go(&w);
	world_until(&w, str_text(&urgent), "completed");
	let_go(&w);
	world_until(&w, str_text(&second), "completed");
	str_release(&yaml);
	str_release(&first);
	str_release(&second);
	str_release(&urgent);
	world_close(&w);
}
END_TEST

/* Starts `n` runs behind the blocker; their ids in order. */
static void pile_up(struct world *w, const char *workflow, struct str *ids, int n)
{
	for (int i = 0; i < n; i++)
		world_start(w, workflow, "", &ids[i]);
}

START_TEST(higher_priority_goes_first_but_one_start_in_eight_is_for_the_oldest)
{
	enum { URGENT = 12 };
	struct world w;
	struct str yaml = {0}, first = {0}, low = {0}, high[URGENT] = {0};
	open_with(&w, &yaml);
	world_workflow(&w, "low", "steps:\n  - {id: work, run: 'true'}\n");
	world_workflow(&w, "high", "priority: 9\nsteps:\n  - {id: work, run: 'true'}\n");
	world_start(&w, "blocker", "", &first);
	world_until_task(&w, str_text(&first), "hold", "running");
	world_start(&w, "low", "", &low);
	pile_up(&w, "high", high, URGENT);
	let_go(&w);
	int before = 0;
	int64_t mine = started_at(&w, &low);
	for (int i = 0; i < URGENT; i++)
		before += started_at(&w, &high[i]) < mine;
	ck_assert_msg(before > 0 && before < URGENT, "%d went before", before);
	for (int i = 0; i < URGENT; i++)
		str_release(&high[i]);
	str_release(&yaml);
	str_release(&first);
	str_release(&low);
	world_close(&w);
}
END_TEST

START_TEST(a_workflow_with_many_runs_does_not_shut_out_another)
{
	enum { MANY = 6 };
	struct world w;
	struct str yaml = {0}, first = {0}, lone = {0}, many[MANY] = {0};
	open_with(&w, &yaml);
	world_leave(&w);
	static const struct engine_queue two[] = { { "default", 2 } };
	w.queues = two;
	w.n_queues = 1;
	world_open_at(&w);
	struct str held = {0};
	str_addf(&held, "steps:\n  - {id: a, run: cat %s/pipe}\n", str_text(&w.folder));
	world_workflow(&w, "crowd", str_text(&held));
	world_workflow(&w, "lone", "steps:\n  - {id: work, run: 'true'}\n");
	pile_up(&w, "crowd", many, MANY);
	world_until_task(&w, str_text(&many[1]), "a", "running");
	world_start(&w, "lone", "", &lone);
	/* One slot comes free: it goes to the workflow that holds none. */
	let_go(&w);
	world_until(&w, str_text(&lone), "completed");
	world_show(&w, str_text(&many[MANY - 1]));
	ck_assert_str_eq(world_get(&w, "status", &first), "pending");
	for (int i = 0; i < MANY; i++) {
		const struct engine_order cancel = { .verb = VERB_CANCEL, .run = view_of_str(&many[i]),
						     .caller = { .by = VIEW("alice") } };
		world_order(&w, &cancel);
	}
	for (int i = 0; i < MANY; i++) {
		do {
			world_show(&w, str_text(&many[i]));
			loop_turn(w.loop, 10);
		} while (str_eq(world_get(&w, "ended_at", &first), "null"));
		str_release(&many[i]);
	}
	str_release(&held);
	str_release(&yaml);
	str_release(&first);
	str_release(&lone);
	world_close(&w);
}
END_TEST

START_TEST(a_run_that_nothing_holds_gives_no_reason)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "free", "steps:\n  - {id: work, run: 'true'}\n");
	world_workflow(&w, "alone", "concurrency: 1\nsteps:\n  - {id: work, run: 'true'}\n");
	world_start(&w, "free", "", &id);
	ck_assert_str_eq(world_get(&w, "status", &text), "pending");
	ck_assert_str_eq(world_get(&w, "pending", &text), "null");
	world_start(&w, "alone", "", &id);
	ck_assert_str_eq(world_get(&w, "pending", &text), "null");
	world_until(&w, str_text(&id), "completed");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_run_that_has_begun_says_what_its_next_step_waits_for)
{
	struct world w;
	struct str yaml = {0}, first = {0}, second = {0};
	open_with(&w, &yaml);
	world_workflow(&w, "next", "queue: gpu\nsteps:\n  - {id: begin, run: 'true'}\n"
				   "  - {id: work, run: 'true', queue: default}\n");
	world_start(&w, "blocker", "", &first);
	world_until_task(&w, str_text(&first), "hold", "running");
	world_start(&w, "next", "", &second);
	world_until_task(&w, str_text(&second), "work", "queued");
	ck_assert_str_eq(world_get(&w, "status", &yaml), "running");
	expect_pending(&w, &second, "slots", "work waits for one of the 1 slot of queue default");
	let_go(&w);
	world_until(&w, str_text(&second), "completed");
	str_release(&yaml);
	str_release(&first);
	str_release(&second);
	world_close(&w);
}
END_TEST

START_TEST(a_step_that_is_tried_again_is_what_another_needs)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "one", "steps:\n"
		       "  - {id: all, foreach: [1], run: 'false', retry: {attempts: 2, delay: 1h}}\n"
		       "  - {id: ship, run: 'true'}\n");
	world_start(&w, "one", "", &id);
	world_until_task(&w, str_text(&id), "all[0]", "retrying");
	expect_pending(&w, &id, "needs", "ship waits for all[0], which is tried again");
	world_workflow(&w, "two", "steps:\n"
		       "  - {id: last, run: 'false', retry: {attempts: 2, delay: 1h}}\n");
	world_start(&w, "two", "", &id);
	world_until_task(&w, str_text(&id), "last", "retrying");
	ck_assert_str_eq(world_get(&w, "pending", &text), "null");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

Suite *suite_schedule(void);
Suite *suite_schedule(void)
{
	Suite *s = suite_create("schedule");
	TCase *t = tcase_create("queues");
	tcase_set_timeout(t, 90);
	tcase_add_test(t, a_full_queue_holds_runs_back_and_says_so_and_another_queue_goes_on);
	tcase_add_test(t, a_queue_that_nobody_serves_is_named);
	tcase_add_test(t, concurrency_lets_one_run_in_and_the_next_when_it_ends);
	tcase_add_test(t, a_run_that_nothing_holds_gives_no_reason);
	tcase_add_test(t, a_run_that_has_begun_says_what_its_next_step_waits_for);
	tcase_add_test(t, a_step_that_is_tried_again_is_what_another_needs);
	tcase_add_test(t, higher_priority_goes_first_but_one_start_in_eight_is_for_the_oldest);
	tcase_add_test(t, a_workflow_with_many_runs_does_not_shut_out_another);
	suite_add_tcase(s, t);
	return s;
}
