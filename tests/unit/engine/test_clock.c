/* What waits for an instant and what waits for a span of time, with clocks that stand still
 * until the test moves them, and a wall clock that somebody sets. */
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine_world.h"
#include "lib/unit.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };

static const int64_t start = INT64_C(1780272000000);	/* 2026-06-01T00:00:00Z */

static struct world w;
static struct str id, text;

static void setup(void)
{
	when_freeze(start);
	world_open(&w);
}

static void teardown(void)
{
	world_close(&w);
	str_release(&id);
	str_release(&text);
}

/* So long after the start, by the clock that nobody sets. */
static void go_to(int64_t after_ms)
{
	when_freeze(start + after_ms);
	engine_look_at_clock(w.engine);
	for (int i = 0; i < 6; i++)
		loop_turn(w.loop, i ? 0 : -1);
}

static void set_clock(int64_t by_ms, int64_t after_ms)
{
	when_jump(by_ms);
	go_to(after_ms);
}

static void begin(const char *yaml, const char *status)
{
	world_workflow(&w, "one", yaml);
	world_start(&w, "one", "", &id);
	world_until(&w, str_text(&id), status);
}

static void expect(const char *path, const char *want)
{
	world_show(&w, str_text(&id));
	ck_assert_str_eq(world_get(&w, path, &text), want);
}

/* The member is an instant, so long after the start by the wall clock. */
static void expect_time(const char *path, int64_t after_ms)
{
	struct str want = {0};
	when_add_rfc3339(&want, start + after_ms);
	expect(path, str_text(&want));
	str_release(&want);
}

/* ---- instants ------------------------------------------------------------------------------ */

static void start_later(void)
{
	world_workflow(&w, "later", "steps:\n  - {id: ask, approve: {prompt: \"Now?\"}}\n");
	const struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("later"), .delay_ms = HOUR,
		.caller = { .by = VIEW("alice") },
	};
	ck_assert_int_eq(world_order(&w, &order), 201);
	world_get(&w, "id", &id);
}

START_TEST(a_delayed_start_is_planned_until_its_time_also_over_a_restart)
{
	start_later();
	expect("status", "planned");
	expect("pending.reason", "schedule");
	go_to(HOUR - 1);
	world_restart(&w);
	go_to(HOUR - 1);
	expect("status", "planned");
	go_to(HOUR);
	world_until(&w, str_text(&id), "waiting");
}
END_TEST

START_TEST(a_delayed_start_follows_the_clock)
{
	start_later();
	set_clock(-HOUR, HOUR);
	expect("status", "planned");
	set_clock(HOUR, HOUR);
	world_until(&w, str_text(&id), "waiting");
}
END_TEST

/* ---- spans ------------------------------------------------------------------------------------ */

static const char flaky[] = "steps: [{id: a, run: 'test $RUNBOARD_ATTEMPT = 2',"
			    " retry: {attempts: 2, delay: 10m}}]\n";
static const int64_t jumps[] = { -HOUR, HOUR, -2000, 2000 };
enum { N_JUMPS = sizeof jumps / sizeof *jumps };

START_TEST(a_retry_waits_as_long_as_it_said_however_the_clock_is_set)
{
	begin(flaky, "running");
	world_until_task(&w, str_text(&id), "a", "retrying");
	set_clock(jumps[_i], 0);
	expect_time("tasks.0.next_retry_at", 10 * MINUTE + jumps[_i]);
	go_to(10 * MINUTE - 1);
	expect("tasks.0.status", "retrying");
	go_to(10 * MINUTE);
	world_until(&w, str_text(&id), "completed");
}
END_TEST

START_TEST(a_clock_set_while_the_engine_is_down_ends_a_retry_no_later_than_begun_anew)
{
	begin(flaky, "running");
	world_until_task(&w, str_text(&id), "a", "retrying");
	go_to(4 * MINUTE);
	when_jump(jumps[_i]);
	world_restart(&w);
	go_to(4 * MINUTE);
	if (jumps[_i] < -10 * MINUTE)
		expect_time("tasks.0.next_retry_at", 14 * MINUTE + jumps[_i]);
	go_to(14 * MINUTE);
	world_until(&w, str_text(&id), "completed");
}
END_TEST

START_TEST(a_clock_that_is_set_back_and_forth_costs_nothing)
{
	begin(flaky, "running");
	world_until_task(&w, str_text(&id), "a", "retrying");
	set_clock(-HOUR, MINUTE);
	set_clock(25 * HOUR, 2 * MINUTE);
	world_restart(&w);
	set_clock(-24 * HOUR, 3 * MINUTE);
	expect_time("tasks.0.next_retry_at", 10 * MINUTE);
	go_to(10 * MINUTE);
	world_until(&w, str_text(&id), "completed");
}
END_TEST

static const struct {
	const char *yaml, *status;
} limits[] = {
	{ "steps: [{id: ok, approve: {prompt: 'Go?', timeout: 4h}}]\n", "rejected" },
	{ "timeout: 4h\nsteps: [{id: ok, approve: {prompt: 'Go?'}}]\n", "timed_out" },
	{ "steps: [{id: kid, workflow: gate, timeout: 4h}]\n", "timed_out" },
};

START_TEST(a_time_limit_is_as_long_as_it_says_however_the_clock_is_set)
{
	world_workflow(&w, "gate", "steps: [{id: ok, approve: {prompt: 'Go?'}}]\n");
	begin(limits[_i].yaml, _i == 2 ? "running" : "waiting");
	set_clock(24 * HOUR, MINUTE);
	expect("ended_at", "null");
	set_clock(-48 * HOUR, 2 * MINUTE);
	go_to(4 * HOUR - 1);
	expect("ended_at", "null");
	go_to(4 * HOUR);
	world_until(&w, str_text(&id), limits[_i].status);
}
END_TEST

START_TEST(a_time_limit_that_is_over_is_over)
{
	begin(limits[0].yaml, "waiting");
	go_to(24 * HOUR);
	world_until(&w, str_text(&id), "rejected");
}
END_TEST

/* ---- what is told ------------------------------------------------------------------------------- */

START_TEST(a_clock_that_is_set_stands_in_the_audit_trail_and_in_the_history_of_who_waits)
{
	struct err err = {0};
	begin(limits[0].yaml, "waiting");
	expect_time("waiting.deadline", 4 * HOUR);
	set_clock(-HOUR, MINUTE);
	expect_time("waiting.deadline", 3 * HOUR);
	str_clear(&w.body);
	ck_assert(engine_table(w.engine, ENGINE_AUDIT, NULL, &w.body));
	ck_assert_str_eq(world_get(&w, "audit.0.what", &text), "clock set back by 1h 0m");
	str_clear(&w.body);
	ck_assert(engine_history(w.engine, view_of_str(&id), &w.body, &err));
	ck_assert_ptr_nonnull(strstr(str_text(&w.body), "\"clock_moved\""));
	ck_assert_ptr_nonnull(strstr(str_text(&w.body), "set back by 1h 0m"));
}
END_TEST

Suite *suite_clock(void);

Suite *suite_clock(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("jumps");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_delayed_start_is_planned_until_its_time_also_over_a_restart);
	tcase_add_test(t, a_delayed_start_follows_the_clock);
	tcase_add_loop_test(t, a_retry_waits_as_long_as_it_said_however_the_clock_is_set, 0, N_JUMPS);
	tcase_add_loop_test(t, a_clock_set_while_the_engine_is_down_ends_a_retry_no_later_than_begun_anew,
			    0, N_JUMPS);
	tcase_add_test(t, a_clock_that_is_set_back_and_forth_costs_nothing);
	tcase_add_loop_test(t, a_time_limit_is_as_long_as_it_says_however_the_clock_is_set, 0,
			    (int)(sizeof limits / sizeof *limits));
	tcase_add_test(t, a_time_limit_that_is_over_is_over);
	tcase_add_test(t, a_clock_that_is_set_stands_in_the_audit_trail_and_in_the_history_of_who_waits);
	suite_add_tcase(s, t);
	return s;
}
