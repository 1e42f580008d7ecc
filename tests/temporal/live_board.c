/* The board on the real server: every fixture in its lane, in detail, approved and
 * rejected each way, cancelled, reset; and the server stopped and started under it.
 * In this order: each goes on where the last one ended. */
#include "live.h"

#include <stdio.h>

#include "base/when.h"
#include "lib/unit.h"

static struct board board, other;

START_TEST(every_fixture_stands_in_its_lane)
{
	static const char *const lanes[][2] = {
		{ "noworker-1", "pending" },	   { "delayed-1", "planned" },
		{ "timers-1", "running" },	   { "retrying-1", "running" },
		{ "heartbeat-1", "running" },	   { "badcode-1", "running" },
		{ "parent-1", "running" },	   { "parent-1-child-1", "completed" },
		{ "parent-1-child-2", "running" }, { "approval-update-1", "waiting" },
		{ "approval-signal-1", "waiting" }, { "approval-noarg-1", "waiting" },
		{ "approval-async-1", "waiting" }, { "approval-query-1", "waiting" }, { "fails-1", "failed" },
		{ "flaky-1", "completed" },	   { "continued-1", "completed" },
	};
	for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++)
		until_in(&board, lanes[i][0], lanes[i][1]);
}
END_TEST

START_TEST(details_say_what_goes_on)
{
	until_detail(&board, "retrying-1", "retrying");
	until_detail(&board, "retrying-1", "nobody at home");
	until_detail(&board, "heartbeat-1", "running 0.30");
	until_detail(&board, "fails-1", "DeclineCard-11 failed 1 card declined 2 causes");
	until_detail(&board, "fails-2", "CrashActivity");
	until_detail(&board, "fails-2", ", stack");
	until_detail(&board, "badcode-1", "this workflow's code is wrong");
	until_detail(&board, "flaky-1", "ChargeCard-5 completed 3");
	until_detail(&board, "timers-1", "timer-");
	until_detail(&board, "approval-update-1", "gate waiting");
}
END_TEST

START_TEST(an_approval_by_update)
{
	const struct ear_ticket *t = order_on(&board, VERB_REJECT, "approval-update-1", "");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "a rejection needs a comment");
	order_well(&board, VERB_APPROVE, "approval-update-1");
	until_in(&board, "approval-update-1", "completed");
	order_well(&board, VERB_REJECT, "approval-update-2");
	until_in(&board, "approval-update-2", "rejected");
}
END_TEST

START_TEST(approvals_by_signal_and_by_activity)
{
	order_well(&board, VERB_APPROVE, "approval-signal-1");
	order_well(&board, VERB_REJECT, "approval-signal-2");
	order_well(&board, VERB_APPROVE, "approval-noarg-1");
	order_well(&board, VERB_REJECT, "approval-noarg-2");
	order_well(&board, VERB_APPROVE, "approval-async-1");
	order_well(&board, VERB_REJECT, "approval-async-2");
	until_in(&board, "approval-signal-1", "completed");
	until_in(&board, "approval-noarg-1", "completed");
	until_in(&board, "approval-async-1", "completed");
	until_in(&board, "approval-signal-2", "rejected");
	until_in(&board, "approval-async-2", "rejected");
}
END_TEST

/* It hears only the decision that quotes what its query answered. */
START_TEST(an_approval_that_quotes_the_prompt)
{
	order_well(&board, VERB_APPROVE, "approval-query-1");
	until_in(&board, "approval-query-1", "completed");
}
END_TEST

START_TEST(of_two_boards_one_approves)
{
	const struct temporal_config bob = { .identity = "bob@other/runboard" };
	board_open(&other, ports.http, &bob);
	until_in(&other, "approval-update-3", "waiting");
	ticket_id ours = send_to(&board, VERB_APPROVE, "approval-update-3", "a");
	ticket_id theirs = send_to(&other, VERB_APPROVE, "approval-update-3", "b");
	const struct ear_ticket *first = until_done(&board, ours);
	const struct ear_ticket *second = until_done(&other, theirs);
	ck_assert_int_eq((first->outcome == OUTCOME_OK) + (second->outcome == OUTCOME_OK), 1);
	ck_assert_msg((first->outcome == OUTCOME_REFUSED) + (second->outcome == OUTCOME_REFUSED) == 1,
		      "'%s' and '%s'", first->text, second->text);
	const struct ear_ticket *loser = first->outcome == OUTCOME_OK ? second : first;
	ck_assert_msg(strstr(loser->text, "/runboard was faster: update decide"), "who won? %s",
		      loser->text);
	ck_assert_int_eq(strstr(loser->text, "bob@other") != NULL, loser == first);
	until_in(&board, "approval-update-3", "completed");
	until_in(&other, "approval-update-3", "completed");
	board_close(&other);
}
END_TEST

static void until_run(struct board *b, const char *id, const struct ear_ticket *t)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	while (!map_get(&b->run, view_of(id)) || !str_eq(run_of(b, id), t->follow_key)) {
		ck_assert_msg(when_mono_ms() < end, "the new run of %s is not told", id);
		loop_turn(loop, 50);
	}
}

START_TEST(runs_are_cancelled_terminated_reset_and_run_again)
{
	char old[64];
	order_well(&board, VERB_CANCEL, "timers-2");
	until_in(&board, "timers-2", "cancelled");
	order_well(&board, VERB_TERMINATE, "timers-3");
	until_in(&board, "timers-3", "cancelled");
	snprintf(old, sizeof old, "%s", run_of(&board, "fails-1"));
	order_well(&board, VERB_RETRY, "fails-1");
	int64_t until = when_mono_ms() + LIVE_WAIT_MS;
	while (str_eq(run_of(&board, "fails-1"), old) && when_mono_ms() < until)
		loop_turn(loop, 50);
	ck_assert_str_ne(run_of(&board, "fails-1"), old);
	until_in(&board, "fails-1", "failed");
	snprintf(old, sizeof old, "%s", run_of(&board, "flaky-1"));
	const struct ear_ticket *t = order_on(&board, VERB_RERUN, "flaky-1", "");
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_str_ne(t->follow_key, "");
	ck_assert_str_ne(t->follow_key, old);
	until_run(&board, "flaky-1", t);
}
END_TEST

START_TEST(a_run_is_started_and_followed)
{
	const struct order o = { .verb = VERB_START, .workflow = VIEW("Quick"),
				 .params = VIEW("{\"input\":\"7\",\"workflow_id\":\"started-1\"}") };
	const struct ear_ticket *t = until_done(&board, ear_order(&board.ear, &o));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	until_in(&board, "started-1", "completed");
	ck_assert_str_eq(run_of(&board, "started-1"), t->follow_key);
}
END_TEST

/* On the other board at once, on the first one by its lists. */
static void until_both(const char *id, const struct ear_ticket *t)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	until_run(&other, id, t);
	while (!map_get(&board.ear.runs, view_of(t->follow_key))) {
		ck_assert_msg(when_mono_ms() < end, "the new run of %s is on one board only", id);
		loop_turn(loop, 50);
	}
}

/* This board asks for no list again. */
START_TEST(own_runs_are_on_the_board_before_lists_name_them)
{
	const struct temporal_config patient = { .times = { .tick_ms = 30 * LIVE_WAIT_MS } };
	const struct order o = { .verb = VERB_START, .workflow = VIEW("Quick"),
				 .params = VIEW("{\"workflow_id\":\"own-1\","
						"\"task_queue\":\"nobody-polls\"}") };
	board_open(&other, ports.http, &patient);
	until_in(&other, "fails-1", "failed");
	until_in(&other, "fails-2", "failed");
	until_both("own-1", until_done(&other, ear_order(&other.ear, &o)));
	until_in(&other, "own-1", "pending");
	until_both("fails-1", order_on(&other, VERB_RETRY, "fails-1", ""));
	until_both("fails-2", order_on(&other, VERB_RERUN, "fails-2", ""));
	board_close(&other);
}
END_TEST

static int64_t read_for_ms(struct board *b, const char *id)
{
	int64_t begun = when_mono_ms();
	until_detail(b, id, "");
	return when_mono_ms() - begun;
}

/* While it grows only what is newer is read; in the end it is as if read whole. */
START_TEST(a_long_history_is_read_once)
{
	const struct order o = { .verb = VERB_START, .workflow = VIEW("BigHistory"),
				 .params = VIEW("{\"task_queue\":\"fixtures\",\"workflow_id\":\"big-2\","
						"\"input\":4000}") };
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	const struct ear_ticket *t = until_done(&board, ear_order(&board.ear, &o));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	until_run(&board, "big-2", t);
	do {
		ck_assert_msg(when_mono_ms() < end, "%s", str_text(&board.words));
		read_for_ms(&board, "big-2");
	} while (!view_starts(view_of_str(&board.words), "completed"));
	int64_t again = read_for_ms(&board, "big-2");
	board_open(&other, ports.http, NULL);
	until_in(&other, "big-2", "completed");
	int64_t whole = read_for_ms(&other, "big-2");
	printf("board: a history of 4000 steps: whole %lld ms, again %lld ms\n", (long long)whole,
	       (long long)again);
	ck_assert_str_eq(str_text(&board.words), str_text(&other.words));
	board_close(&other);
}
END_TEST

START_TEST(catalogues_are_read)
{
	for (int kind = CATALOG_WORKFLOWS; kind <= CATALOG_INBOX; kind++) {
		const struct ear_ticket *t =
			until_done(&board, ear_catalog(&board.ear, (enum catalog_kind)kind));
		bool none = kind == CATALOG_STATS || kind == CATALOG_AUDIT;
		ck_assert_int_eq(t->outcome, none ? OUTCOME_UNSUPPORTED : OUTCOME_OK);
	}
	ck_assert(ear_heard(&board.ear, "catalog 1 {\"schedules\":[{\"id\":\"nightly\""));
	ck_assert_msg(strstr(str_text(&board.ear.log), "\"name\":\"nobody-polls\",\"slots\":0") != NULL,
		      "%s", str_text(&board.ear.log));
}
END_TEST

static bool has_workers(const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strstr(str_text(&board.ear.log), words[i]))
			return false;
	}
	return true;
}

/* One goes on, one was killed after it had reported itself, an old one only polls. */
START_TEST(workers_say_how_they_are)
{
	static const char *const wanted[] = {
		"{\"name\":\"worker-lost@fixture\",\"queue\":\"lost\",\"state\":\"silent\"",
		"{\"name\":\"worker-a@fixture\",\"queue\":\"fixtures\",\"state\":\"running\","
		"\"slots\":1000",
		"\"sdk\":\"temporal-go 1.",
		"{\"name\":\"worker-old@fixture\",\"queue\":\"legacy\",\"state\":\"running\","
		"\"polls\":\"workflows, activities\"",
	};
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	do {
		ck_assert_msg(when_mono_ms() < end, "%s", str_text(&board.ear.log));
		str_clear(&board.ear.log);
		until_done(&board, ear_catalog(&board.ear, CATALOG_WORKERS));
	} while (!has_workers(wanted, sizeof wanted / sizeof *wanted));
	ck_assert_ptr_null(strstr(str_text(&board.ear.log), "temporal-sys"));
}
END_TEST

/* The runs on the board, whatever has become of them meanwhile. */
static const char *known(struct str *out)
{
	struct str state = { 0 };
	struct view word;
	ear_state(&board.ear, &state);
	struct view rest = view_of_str(&state);
	str_clear(out);
	while (view_split(&rest, ' ', &word)) {
		str_add(out, view_cut(word, 0, view_find_byte(word, ':', 0)));
		str_add_char(out, ' ');
	}
	str_release(&state);
	return str_text(out);
}

START_TEST(the_server_may_stop_and_start_under_the_board)
{
	struct str before = { 0 }, after = { 0 };
	int64_t end = when_mono_ms() + 2 * LIVE_WAIT_MS;
	until_in(&board, "big-1", "completed");
	str_add_text(&before, known(&after));
	live_stop();
	while (board.ear.condition == CONDITION_LIVE && when_mono_ms() < end)
		loop_turn(loop, 50);
	ck_assert_int_ne(board.ear.condition, CONDITION_LIVE);
	live_start_usual("-runs=false");
	str_clear(&board.ear.log);
	while (!ear_heard(&board.ear, "snapshot_end complete") && when_mono_ms() < end)
		loop_turn(loop, 50);
	until_condition(&board, CONDITION_LIVE);
	/* Nothing doubled, nothing lost. */
	while (!str_eq(known(&after), str_text(&before)) && when_mono_ms() < end)
		loop_turn(loop, 50);
	ck_assert_str_eq(str_text(&after), str_text(&before));
	str_release(&before);
	str_release(&after);
}
END_TEST

static void raise_server(void)
{
	live_choose_ports();
	live_start_usual("-runs=true");
	board_open(&board, ports.http, NULL);
}

static void fell_server(void)
{
	board_close(&board);
	live_stop();
}

Suite *suite_live_board(void);

Suite *suite_live_board(void)
{
	Suite *s = suite_create("live_board");
	TCase *c = tcase_create("live_board");
	tcase_set_timeout(c, 600);
	tcase_add_unchecked_fixture(c, raise_server, fell_server);
	tcase_add_test(c, workers_say_how_they_are);	/* the server forgets a lost one soon */
	tcase_add_test(c, every_fixture_stands_in_its_lane);
	tcase_add_test(c, details_say_what_goes_on);
	tcase_add_test(c, an_approval_by_update);
	tcase_add_test(c, approvals_by_signal_and_by_activity);
	tcase_add_test(c, an_approval_that_quotes_the_prompt);
	tcase_add_test(c, of_two_boards_one_approves);
	tcase_add_test(c, runs_are_cancelled_terminated_reset_and_run_again);
	tcase_add_test(c, a_run_is_started_and_followed);
	tcase_add_test(c, own_runs_are_on_the_board_before_lists_name_them);
	tcase_add_test(c, a_long_history_is_read_once);
	tcase_add_test(c, catalogues_are_read);
	tcase_add_test(c, the_server_may_stop_and_start_under_the_board);
	suite_add_tcase(s, c);
	return s;
}

