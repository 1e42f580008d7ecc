/* Two runs side by side. */
#include "lib/unit.h"

#include "core/compare.h"

static struct arena arena;
static struct comparison all;

static void compare(const struct run_detail *a, const struct run_detail *b)
{
	const struct run_detail *const runs[COMPARED] = { a, b };
	compare_runs(&arena, runs, &all);
}

/* "! what | left | right", as they stand. */
static void expect(const char *const *lines)
{
	struct str s = {0};
	size_t n = 0;
	for (; lines[n]; n++) {
		ck_assert_uint_lt(n, all.len);
		const struct compare_row *r = &all.rows[n];
		str_clear(&s);
		str_addf(&s, "%s%.*s | %.*s | %.*s", r->differs ? "! " : "  ", (int)r->what.len, r->what.ptr,
			 (int)r->cells[0].len, r->cells[0].ptr, (int)r->cells[1].len, r->cells[1].ptr);
		ck_assert_str_eq(str_text(&s), lines[n]);
	}
	ck_assert_uint_eq(all.len, n);
	str_release(&s);
}

static const struct pair staging[] = { { VIEW("env"), VIEW("\"staging\"") }, { VIEW("n"), VIEW("2") } };
static const struct pair prod[] = { { VIEW("env"), VIEW("\"prod\"") }, { VIEW("force"), VIEW("true") } };

static const struct task_facts good_tasks[] = {
	{ .id = VIEW("build"), .status = TASK_COMPLETED, .attempt = 1, .exit_code = 0,
	  .args = VIEW("{\"run\":\"make\"}"), .result = VIEW("{}"), .worker = VIEW("local"),
	  .started_ms = 1000, .ended_ms = 2500 },
	{ .id = VIEW("ship"), .status = TASK_COMPLETED, .attempt = 1, .exit_code = 0,
	  .args = VIEW("[]"), .started_ms = 2500, .ended_ms = 4000 },
	{ .id = VIEW("old"), .status = TASK_COMPLETED, .exit_code = -1 },
};

static const struct run_detail good = {
	.run = { .workflow = VIEW("deploy"), .status = RUN_COMPLETED, .params = { staging, 2 },
		 .trigger_by = VIEW("ada"), .started_ms = 1000, .ended_ms = 4000 },
	.result = VIEW("1"),
	.tasks = good_tasks,
	.n_tasks = 3,
};

static const struct task_facts bad_tasks[] = {
	{ .id = VIEW("build"), .status = TASK_FAILED, .attempt = 3, .exit_code = 2,
	  .args = VIEW("{\"run\":\"make -j4\"}"), .worker = VIEW("local"), .result = VIEW("{}"),
	  .error = { .message = VIEW("exit status 2") }, .started_ms = 1000, .ended_ms = 12000 },
	{ .id = VIEW("ship"), .status = TASK_SKIPPED, .exit_code = -1 },
	{ .id = VIEW("clean"), .status = TASK_CANCELLED, .signal = 9, .exit_code = -1 },
};

static const struct run_detail bad = {
	.run = { .workflow = VIEW("deploy"), .status = RUN_FAILED, .params = { prod, 2 },
		 .error = { .message = VIEW("exit status 2") }, .trigger_by = VIEW("grace"),
		 .started_ms = 1000, .ended_ms = 12000 },
	.tasks = bad_tasks,
	.n_tasks = 3,
};

START_TEST(what_differs_is_said_in_the_order_of_the_first)
{
	static const char *const lines[] = {
		"! status | failed: exit status 2 | completed",
		"! took | 11s | 3s",
		"! started by | grace | ada",
		"! param env | \"prod\" | \"staging\"",
		"! param force | true | ",
		"! param n |  | 2",
		"! build | failed, exit 2, attempt 3, 11s | completed, 1s",
		"! build error | exit status 2 | ",
		"! build arguments | {\"run\":\"make -j4\"} | {\"run\":\"make\"}",
		"! ship | skipped | completed, 1s",
		"! clean | cancelled, signal 9 | ",
		"! old |  | completed",
		"! result |  | 1",
		NULL,
	};
	compare(&bad, &good);
	expect(lines);
	ck_assert_uint_eq(all.differing, all.len);
}
END_TEST

START_TEST(a_run_does_not_differ_from_itself)
{
	static const char *const lines[] = {
		"  status | completed | completed",
		"  took | 3s | 3s",
		"  param env | \"staging\" | \"staging\"",
		"  param n | 2 | 2",
		"  build | completed, 1s | completed, 1s",
		"  ship | completed, 1s | completed, 1s",
		"  old | completed | completed",
		NULL,
	};
	compare(&good, &good);
	expect(lines);
	ck_assert_uint_eq(all.differing, 0);
}
END_TEST

static const struct {
	int64_t a_ms, b_ms;
	bool differs;
} times[] = {
	{ 1000, 1000, false }, { 10000, 19000, false }, { 10000, 21000, true }, { 21000, 10000, true },
	{ 10, 900, false }, { 10, 1010, false }, { 10, 1011, true },
};

START_TEST(a_time_differs_where_it_is_twice_as_long_and_a_second)
{
	struct run_detail a = { .run = { .status = RUN_COMPLETED, .started_ms = 1,
					 .ended_ms = 1 + times[_i].a_ms } };
	struct run_detail b = { .run = { .status = RUN_COMPLETED, .started_ms = 1,
					 .ended_ms = 1 + times[_i].b_ms } };
	compare(&a, &b);
	ck_assert_uint_eq(all.len, 2);
	ck_assert(all.rows[1].differs == times[_i].differs);
}
END_TEST

START_TEST(what_has_not_ended_has_no_time)
{
	static const char *const lines[] = { "! status | pending | running", "  took |  | ", NULL };
	struct run_detail a = { .run = { .status = RUN_PENDING } };
	struct run_detail b = { .run = { .status = RUN_RUNNING, .started_ms = 5 } };
	compare(&a, &b);
	expect(lines);
}
END_TEST

static void fill_tasks(struct task_facts *tasks, size_t n, const char *name)
{
	struct str id = {0};
	for (size_t i = 0; i < n; i++) {
		str_clear(&id);
		str_addf(&id, "%s[%zu]", name, i);
		tasks[i].id = arena_view(&arena, view_of_str(&id));
	}
	str_release(&id);
}

/* The board stands still as long. */
START_TEST(many_tasks_are_compared_at_once)
{
	enum { MANY = 30000 };
	static struct task_facts a[MANY], b[MANY];
	const struct run_detail first = { .tasks = a, .n_tasks = MANY };
	const struct run_detail second = { .tasks = b, .n_tasks = MANY };
	fill_tasks(a, MANY, "ship");
	fill_tasks(b, MANY, "send");
	compare(&first, &second);
	ck_assert_uint_eq(all.len, 2 + 2 * MANY);
	compare(&first, &first);
	ck_assert_uint_eq(all.len, 2 + MANY);
}
END_TEST

static const struct {
	int64_t mine_ms, ms, best_ms;
	bool prefers;
} choices[] = {
	{ 50, 40, 0, true }, { 50, 60, 0, true },		/* any rather than none */
	{ 50, 40, 30, true }, { 50, 30, 40, false },		/* of those before: the last */
	{ 50, 60, 40, false }, { 50, 40, 60, true },		/* one before rather than a newer one */
	{ 50, 70, 60, true }, { 50, 60, 70, false },		/* of newer ones: the last */
	{ 50, 50, 40, false }, { 50, 40, 50, true },		/* at once is not before */
};

START_TEST(the_last_one_before_is_chosen_else_the_last)
{
	ck_assert(compare_prefers(choices[_i].mine_ms, choices[_i].ms, choices[_i].best_ms) ==
		  choices[_i].prefers);
}
END_TEST

START_TEST(others_are_found_by_their_workflow)
{
	struct str s = {0};
	compare_add_filter(&s, VIEW("ship it"), 0);
	ck_assert_str_eq(str_text(&s), "status:completed workflow:\"ship it\"");
	str_clear(&s);
	compare_add_filter(&s, VIEW("deploy"), 1001);
	ck_assert_str_eq(str_text(&s), "status:completed workflow:deploy until:1970-01-01T00:00:01.001Z");
	str_release(&s);
}
END_TEST

static void clear(void)
{
	arena_release(&arena);
}

unit_suite_fn suite_compare;

Suite *suite_compare(void)
{
	Suite *s = suite_create("compare");
	TCase *t = tcase_create("compare");
	tcase_add_checked_fixture(t, NULL, clear);
	tcase_add_test(t, what_differs_is_said_in_the_order_of_the_first);
	tcase_add_test(t, a_run_does_not_differ_from_itself);
	tcase_add_loop_test(t, a_time_differs_where_it_is_twice_as_long_and_a_second, 0,
			    sizeof times / sizeof *times);
	tcase_add_test(t, what_has_not_ended_has_no_time);
	tcase_add_loop_test(t, the_last_one_before_is_chosen_else_the_last, 0,
			    sizeof choices / sizeof *choices);
	tcase_add_test(t, others_are_found_by_their_workflow);
	tcase_add_test(t, many_tasks_are_compared_at_once);
	suite_add_tcase(s, t);
	return s;
}
