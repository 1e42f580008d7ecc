/* What a long name must not push out of sight: which run it is, why an order is not
 * possible, the key that takes it back. */
#include <string.h>

#include "lib/session.h"
#include "lib/unit.h"
#include "screen/dump.h"
#include "view/view.h"

#define LONG_NAME "nightly-rebuild-of-all-the-reports-that-anybody-has-ever-asked-us-for"

static struct fixture f;

static struct run_facts long_run(enum run_status status)
{
	struct run_facts run = fixture_run(LONG_NAME, 7, status);

	run.version += !run_status_is_open(status);
	return run;
}

static void open_long(enum run_status status)
{
	ck_assert(fixture_open(&f, "empty", 24, 80));
	fixture_put(&f, long_run(status));
}

static void close_all(void)
{
	fixture_close(&f);
}

static void resize(int rows, int cols)
{
	fixture_send(&f, (struct msg){ .kind = MSG_RESIZE, .size = { rows, cols } });
}

static void ck_drawn(bool unicode, const char *words)
{
	struct canvas c;
	struct str s = { 0 };

	canvas_init(&c, f.model->rows, f.model->cols, unicode);
	view_draw(f.model, &c);
	dump_text(&s, &c);
	ck_assert_msg(strstr(str_text(&s), words) != NULL, "not drawn: %s\n%s", words,
		      str_text(&s));
	canvas_release(&c);
	str_release(&s);
}

START_TEST(a_held_order_says_how_it_is_taken_back)
{
	open_long(RUN_RUNNING);
	press(&f, "c Enter y");
	ck_drawn(true, "-asked-us-for a22015 in 5 s · u takes it back");
	ck_drawn(false, "a22015 in 5 s - u takes it back");
	resize(12, 40);
	ck_drawn(true, "a22015 in 5 s · u: undo");
}
END_TEST

START_TEST(a_notice_keeps_its_reason)
{
	open_long(RUN_RUNNING);
	press(&f, "a");
	ck_drawn(true, "a22015: nothing waits for approval.");
}
END_TEST

START_TEST(a_list_of_marked_runs_keeps_the_reason_why_one_is_left_out)
{
	open_long(RUN_RUNNING);
	fixture_put(&f, fixture_run("deploy", 1, RUN_RUNNING));
	press(&f, "* c");
	fixture_put(&f, long_run(RUN_COMPLETED));
	ck_drawn(true, "a22015 is completed now.");
	ck_drawn(true, "─ Cancel 1 run ─");
	ck_drawn(true, "  Cancel 1 run  ");
}
END_TEST

START_TEST(the_menu_of_orders_says_of_which_run)
{
	open_long(RUN_RUNNING);
	press(&f, "x");
	ck_drawn(true, " a22015 ");
	resize(12, 40);
	ck_drawn(true, " a22015 ");
}
END_TEST

START_TEST(edit_and_retry_says_which_step_of_which_run)
{
	struct task_facts task = {
		.id = VIEW("compare-with-the-figures-of-last-night-and-complain-if-they-differ"),
		.status = TASK_FAILED, .attempt = 2, .version = 5,
		.actions = { .known = 1U << VERB_EDIT, .allowed = 1U << VERB_EDIT },
		.args = VIEW("{\"run\": \"make\"}"),
	};
	struct run_detail d = { .tasks = &task, .n_tasks = 1 };

	open_long(RUN_FAILED);
	d.run = long_run(RUN_FAILED);
	f.mute = true;
	press(&f, "l l x e");
	answer_detail(&f, &d);
	ck_drawn(true, " a22015, step comp");
	ck_drawn(true, ", attempt 2 ");
}
END_TEST

START_TEST(a_long_error_is_read_to_its_end)
{
	struct task_facts task = {
		.id = VIEW("verify"), .status = TASK_FAILED, .attempt = 1, .version = 5,
		.error = { .message = VIEW("it broke"),
			   .stack = VIEW("at one\nat two\nat three\nat four\nat five\nat six\n"
					 "at seven\nat eight\nat nine\nat ten\nat eleven\n"
					 "at twelve") },
	};
	struct run_detail d = { .tasks = &task, .n_tasks = 1 };

	open_long(RUN_FAILED);
	resize(20, 60);
	d.run = long_run(RUN_FAILED);
	f.mute = true;
	press(&f, "l l Enter");
	answer_detail(&f, &d);
	press(&f, "1 Tab");
	ck_drawn(true, " it broke");
	ck_drawn(true, " ↓ ");
	press(&f, "PgDn");
	ck_drawn(true, " at twelve");
	ck_drawn(true, " ↑ ");
	press(&f, "G");
	ck_drawn(true, " output      stdout 0");
	press(&f, "g");
	ck_drawn(true, " it broke");
}
END_TEST

START_TEST(what_a_task_needs_and_who_decided_are_read_to_their_end)
{
	static const struct vote given = {
		VIEW("grace"),
		VIEW("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve"),
		VERB_APPROVE, FIXTURE_NOW
	};
	struct view needs[60];
	struct task_facts task = {
		.id = VIEW("verify"), .status = TASK_WAITING, .attempt = 1, .version = 5,
		.needs = needs, .n_needs = sizeof needs / sizeof *needs,
		.gate = { .kind = GATE_APPROVAL, .required = 2, .given = &given, .n_given = 1,
			  .since_ms = FIXTURE_NOW - 60000, .roles = VIEW("operators") },
	};
	struct run_detail d = { .tasks = &task, .n_tasks = 1 };

	for (size_t i = 0; i < task.n_needs; i++)
		needs[i] = VIEW("compile-one-of-many");
	open_long(RUN_WAITING);
	resize(20, 60);
	d.run = long_run(RUN_WAITING);
	f.mute = true;
	press(&f, "Enter");
	answer_detail(&f, &d);
	press(&f, "1 Tab G");
	ck_drawn(true, " output      stdout 0");
	press(&f, "PgUp PgUp");
	ck_drawn(true, " ↓ ");
}
END_TEST

START_TEST(a_list_of_tasks_says_how_many_are_out_of_sight)
{
	struct task_facts tasks[8] = { 0 };
	struct run_detail d = { .tasks = tasks, .n_tasks = 8 };
	static const char *const ids[8] = { "one", "two", "three", "four", "five", "six", "seven",
					    "eight" };

	open_long(RUN_RUNNING);
	resize(20, 60);
	for (int i = 0; i < 8; i++) {
		tasks[i].id = view_of(ids[i]);
		tasks[i].status = i == 7 ? TASK_RUNNING : TASK_COMPLETED;
	}
	d.run = long_run(RUN_RUNNING);
	f.mute = true;
	press(&f, "Enter");
	answer_detail(&f, &d);
	ck_drawn(true, "   ↑ 3 more");
	ck_drawn(true, " a22015  running  2/5 16m 00s");
	press(&f, "g");
	ck_drawn(true, "   ↓ 3 more");
}
END_TEST

START_TEST(a_list_that_has_room_again_is_seen_from_its_first_task)
{
	struct task_facts tasks[5] = { 0 };
	struct run_detail d = { .tasks = tasks, .n_tasks = 5 };
	static const char *const ids[5] = { "one", "two", "three", "four", "five" };

	open_long(RUN_RUNNING);
	resize(12, 40);
	for (int i = 0; i < 5; i++) {
		tasks[i].id = view_of(ids[i]);
		tasks[i].status = i == 2 ? TASK_RUNNING : TASK_COMPLETED;
	}
	d.run = long_run(RUN_RUNNING);
	f.mute = true;
	press(&f, "Enter");
	answer_detail(&f, &d);
	press(&f, "6 Esc");
	ck_drawn(true, " one ");
	ck_drawn(true, " five ");
}
END_TEST

START_TEST(how_long_a_run_takes_comes_before_its_bar)
{
	struct run_facts run = fixture_run("gate", 7, RUN_RUNNING);
	struct task_facts task = { .id = VIEW("one"), .status = TASK_RUNNING };
	struct run_detail d = { .tasks = &task, .n_tasks = 1, .run = run };

	ck_assert(fixture_open(&f, "empty", 12, 40));
	fixture_put(&f, run);
	f.mute = true;
	press(&f, "Enter");
	answer_detail(&f, &d);
	ck_drawn(true, " gate a22015  running  2/5 16m 00s");
}
END_TEST

START_TEST(of_many_choices_all_are_seen)
{
	struct run_facts run = fixture_run("resize", 4, RUN_WAITING);
	struct task_facts task = { .id = VIEW("size"), .status = TASK_WAITING, .version = 1 };
	struct run_detail d = { .tasks = &task, .n_tasks = 1 };

	ck_assert(fixture_open(&f, "empty", 24, 80));
	task.gate = run.waiting = (struct gate_facts){
		.kind = GATE_QUESTION, .task = VIEW("size"), .prompt = VIEW("Which?"),
		.since_ms = FIXTURE_NOW - 60000, .required = 1, .version = 1,
		.schema = VIEW("{\"type\":\"string\",\"enum\":[\"alpha\",\"beta\",\"gamma\","
			       "\"delta\",\"epsilon\",\"zeta\",\"eta\",\"theta\",\"iota\",\"kappa\","
			       "\"lambda\",\"mu\",\"nu\",\"xi\"]}"),
	};
	fixture_put(&f, run);
	f.mute = true;
	press(&f, "i");
	d.run = run;
	answer_detail(&f, &d);
	ck_drawn(true, " one of alpha, beta, gamma, delta,");
	ck_drawn(true, " mu, nu, xi ");
	resize(12, 40);
	ck_drawn(true, " run       resize");
	ck_drawn(true, " Which?");
	ck_drawn(true, " one of alpha,");
}
END_TEST

START_TEST(who_decided_is_not_named_as_a_vote_where_one_is_enough)
{
	static const struct vote given = { VIEW("grace"), VIEW(""), VERB_APPROVE, FIXTURE_NOW };
	struct run_facts run = fixture_run("resize", 4, RUN_WAITING);

	ck_assert(fixture_open(&f, "empty", 24, 80));
	run.waiting = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = VIEW("review"), .prompt = VIEW("Sure?"),
		.since_ms = FIXTURE_NOW - 60000, .required = 1, .version = 1,
	};
	fixture_put(&f, run);
	press(&f, "a");
	run.waiting.given = &given;
	run.waiting.n_given = 1;
	fixture_put(&f, run);
	ck_drawn(true, " waits     1m    ");
}
END_TEST

START_TEST(tabs_tell_the_count_of_every_lane)
{
	ck_assert(fixture_open(&f, "night", 24, 80));
	press(&f, "5 6 2");
	ck_drawn(true, " 6 Plan 0  1 Pend 3  2 Running 6  3 Comp 8  4 Fail 2  5 Canc 1");
	resize(24, 95);
	ck_drawn(true, "4 Failed 2  5 Cancelled 1");
}
END_TEST

START_TEST(on_a_narrow_screen_tables_keep_their_last_column)
{
	ck_assert(fixture_open(&f, "three-runs", 12, 40));
	press(&f, "H");
	ck_drawn(true, "run     took     |");
	ck_drawn(true, "a1e009  59s ");
	press(&f, "Esc I");
	ck_drawn(true, " deploy a1c003 · revi…  1h left · 1/2 |");
	press(&f, "Esc M");
	ck_drawn(true, "95% in");
}
END_TEST

START_TEST(a_schedule_says_which_letters_order_it)
{
	static const char *const columns[] = { "schedule", "next", NULL };
	static const struct view cells[] = { VIEW("nightly"), VIEW("2026-11-22 03:00:00") };

	ck_assert(fixture_open(&f, "night", 24, 80));
	press(&f, ": \"schedules\" Enter");
	fixture_send(&f, (struct msg){
		.kind = MSG_CATALOG, .request = fixture_last(&f, EFFECT_CATALOG)->request,
		.catalog = { .kind = CATALOG_SCHEDULES, .columns = columns, .rows = cells,
			     .len = 1 } });
	ck_drawn(true, "local live   p pause  o resume  t trigger  ? help  Esc back");
	resize(12, 40);
	ck_drawn(true, "local live   p pause  ? help");
}
END_TEST

START_TEST(hints_are_of_what_keys_do_here)
{
	ck_assert(fixture_open(&f, "night", 24, 80));
	press(&f, "H / \"status:\"");
	ck_drawn(true, "local live   Enter keeps the filter, Esc drops it");
	press(&f, "Esc Esc W");
	ck_drawn(true, "local live   Enter start  ? help");
}
END_TEST

START_TEST(a_run_that_a_failed_step_paused_says_which_and_offers_to_retry_it)
{
	struct run_facts run = fixture_run("gate", 7, RUN_PAUSED);

	ck_assert(fixture_open(&f, "empty", 24, 80));
	run.current_task = VIEW("ship");
	run.current_status = TASK_FAILED;
	fixture_put(&f, run);
	ck_drawn(true, " paused: ship …");
	ck_drawn(true, "local live   t retry  c cancel");
	resize(24, 120);
	ck_drawn(true, " paused: ship failed");
}
END_TEST

START_TEST(a_filter_in_force_is_read_from_its_begin)
{
	ck_assert(fixture_open(&f, "night", 12, 40));
	press(&f, "/ \"workflow:deploy status:waiting\"");
	ck_drawn(true, " / kflow:deploy status:waiting ");
	press(&f, "Enter");
	ck_drawn(true, " / workflow:depl");
}
END_TEST

START_TEST(what_is_not_known_is_not_said_to_be_nothing)
{
	ck_assert(fixture_open(&f, "empty", 24, 80));
	press(&f, "I");
	ck_drawn(true, "Nothing waits for you.");
	fixture_condition(&f, CONDITION_DOWN, "refused");
	ck_drawn(true, "Nothing is known to wait: local does not answer.");
	press(&f, "Esc H");
	ck_drawn(true, "No runs are known: local does not answer.");
}
END_TEST

START_TEST(a_long_prompt_is_read_to_its_end_before_it_is_decided)
{
	struct run_facts run = fixture_run("plan", 4, RUN_WAITING);

	ck_assert(fixture_open(&f, "empty", 20, 60));
	run.waiting = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = VIEW("review"), .required = 1, .version = 1,
		.since_ms = FIXTURE_NOW - 60000,
		.prompt = VIEW("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\n"
			       "twelve\nthirteen\nfourteen\nfifteen\nsixteen\nseventeen\neighteen"),
	};
	fixture_put(&f, run);
	f.mute = true;
	press(&f, "a");
	ck_drawn(true, "│ one ");
	ck_drawn(true, "│ 8 more rows: PgDn ");
	press(&f, "PgDn");
	ck_drawn(true, "│ eighteen ");
	ck_drawn(true, "│ PgUp ");
	press(&f, "PgUp");
	ck_drawn(true, "│ one ");
	resize(12, 40);
	for (int i = 0; i < 16; i++)
		press(&f, "PgDn");
	ck_drawn(true, "│ eighteen ");
}
END_TEST

START_TEST(what_an_edit_changes_is_read_to_its_end)
{
	struct task_facts task = {
		.id = VIEW("talk"), .status = TASK_FAILED, .attempt = 1, .version = 5,
		.actions = { .known = 1U << VERB_EDIT, .allowed = 1U << VERB_EDIT },
		.args = VIEW("{\"run\": \"one\\ntwo\\nthree\\nfour\\nfive\"}"),
	};
	struct run_detail d = { .tasks = &task, .n_tasks = 1 };

	open_long(RUN_FAILED);
	d.run = long_run(RUN_FAILED);
	f.mute = true;
	resize(12, 40);
	press(&f, "4 x e");
	answer_detail(&f, &d);
	ck_drawn(true, "Edit and retry     PgDn ");
	press(&f, "\"!\" PgDn");
	ck_drawn(true, "Edit and retry     y, Esc ");
	ck_drawn(true, "│   old  one ");
	ck_drawn(true, " more rows: PgDn");
	press(&f, "PgDn PgDn PgDn PgDn PgDn");
	ck_drawn(true, "│        five! ");
	ck_drawn(true, "│ PgUp ");
}
END_TEST

START_TEST(two_runs_side_by_side_are_told_apart_on_a_narrow_screen)
{
	ck_assert(fixture_open(&f, "night", 20, 60));
	press(&f, "3 Space 4 Space =");
	ck_drawn(true, " runboard · Compare     2 marked · 2 wait for you");
	resize(12, 40);
	ck_drawn(true, "✓ … a3905a  ✗ … a43078");
}
END_TEST

START_TEST(what_a_low_dialog_does_not_show_comes_with_the_cursor)
{
	ck_assert(fixture_open(&f, "night", 24, 80));
	press(&f, "T G");
	resize(6, 40);
	ck_drawn(true, "│ mono ");
	ck_drawn(true, "─ ↑ 2 more ─");
	ck_drawn(true, "│ Enter keeps, Esc goes back");
	press(&f, "g");
	ck_drawn(true, "│ default ");
	ck_drawn(true, "─ ↓ 2 more ─");
	press(&f, "Esc v");
	resize(12, 40);
	ck_drawn(true, "7 Waiting in a lane of its own");
	ck_drawn(true, "│ Space shows or hides, Esc leaves");
	resize(9, 40);
	ck_drawn(true, "─ ↓ 3 more ─");
	press(&f, "G");
	ck_drawn(true, "] 5 Cancelled 1");
	press(&f, "Esc x");
	ck_drawn(true, " more ─");
}
END_TEST

Suite *suite_cut(void);

Suite *suite_cut(void)
{
	Suite *s = suite_create("cut");
	TCase *t = tcase_create("cut");

	tcase_add_checked_fixture(t, NULL, close_all);
	tcase_add_test(t, a_held_order_says_how_it_is_taken_back);
	tcase_add_test(t, a_notice_keeps_its_reason);
	tcase_add_test(t, a_list_of_marked_runs_keeps_the_reason_why_one_is_left_out);
	tcase_add_test(t, the_menu_of_orders_says_of_which_run);
	tcase_add_test(t, edit_and_retry_says_which_step_of_which_run);
	tcase_add_test(t, a_long_error_is_read_to_its_end);
	tcase_add_test(t, what_a_task_needs_and_who_decided_are_read_to_their_end);
	tcase_add_test(t, a_list_of_tasks_says_how_many_are_out_of_sight);
	tcase_add_test(t, a_list_that_has_room_again_is_seen_from_its_first_task);
	tcase_add_test(t, how_long_a_run_takes_comes_before_its_bar);
	tcase_add_test(t, of_many_choices_all_are_seen);
	tcase_add_test(t, who_decided_is_not_named_as_a_vote_where_one_is_enough);
	tcase_add_test(t, tabs_tell_the_count_of_every_lane);
	tcase_add_test(t, on_a_narrow_screen_tables_keep_their_last_column);
	tcase_add_test(t, a_schedule_says_which_letters_order_it);
	tcase_add_test(t, hints_are_of_what_keys_do_here);
	tcase_add_test(t, a_run_that_a_failed_step_paused_says_which_and_offers_to_retry_it);
	tcase_add_test(t, a_filter_in_force_is_read_from_its_begin);
	tcase_add_test(t, what_is_not_known_is_not_said_to_be_nothing);
	tcase_add_test(t, a_long_prompt_is_read_to_its_end_before_it_is_decided);
	tcase_add_test(t, what_an_edit_changes_is_read_to_its_end);
	tcase_add_test(t, two_runs_side_by_side_are_told_apart_on_a_narrow_screen);
	tcase_add_test(t, what_a_low_dialog_does_not_show_comes_with_the_cursor);
	suite_add_tcase(s, t);
	return s;
}
