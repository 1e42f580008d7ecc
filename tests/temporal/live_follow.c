/* An open run on the real server: what happens is told at once by the long poll of its
 * history, with next to no requests; also through the UI server, and when the server
 * stops and starts under it. Figures are printed. */
#include "live.h"

#include <stdio.h>

#include "base/when.h"
#include "lib/unit.h"

enum { SOON_MS = 1000, QUIET_MS = 24000, LOOK_MS = 5000, SLACK = 15, TIMES = 20 };

static struct board board;
static ticket_id ticket;

static size_t count_in(const char *words)
{
	size_t n = 0, at = 0;
	struct view told = view_of_str(&board.words);
	while ((at = view_find(told, view_of(words), at)) != SIZE_MAX) {
		at++;
		n++;
	}
	return n;
}

/* Milliseconds until the last detail has it so often. Nothing but the poll tells it: these
 * runs are not looked at. */
static int64_t until_told(const char *words, size_t times)
{
	int64_t begun = when_mono_ms();
	while (count_in(words) != times) {
		ck_assert_msg(when_mono_ms() < begun + LIVE_WAIT_MS, "%s", str_text(&board.words));
		loop_turn(loop, 5);
	}
	return when_mono_ms() - begun;
}

static void turn_for(int64_t ms)
{
	for (int64_t end = when_mono_ms() + ms; when_mono_ms() < end;)
		loop_turn(loop, 20);
}

static void begin(int port, const char *id)
{
	board_open(&board, port, NULL);
	until_in(&board, id, "running");
	ticket = ear_follow(&board.ear, run_of(&board, id));
	while (!board.words.len)
		loop_turn(loop, 20);
	turn_for(SOON_MS);
}

static ticket_id signal_to(const char *id)
{
	const struct order o = { .verb = VERB_SIGNAL, .run = view_of(run_of(&board, id)),
				 .name = VIEW("hello") };
	return ear_order(&board.ear, &o);
}

static void end(void)
{
	board_close(&board);
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* From the order to the detail that has it: two ways to the server and its own work. A busy
 * machine may keep a few of them. */
START_TEST(an_event_is_told_within_a_second)
{
	int64_t took[TIMES];
	begin(ports.count, "timers-1");
	for (size_t i = 1; i <= TIMES; i++) {
		turn_for(400);
		ticket_id t = signal_to("timers-1");
		took[i - 1] = until_told("signal_hello", i);
		until_done(&board, t);
	}
	qsort(took, TIMES, sizeof *took, by_size);
	printf("follow: an event is told %lld ms after its order in the middle, %lld at worst\n",
	       (long long)took[TIMES / 2], (long long)took[TIMES - 1]);
	ck_assert_int_le(took[TIMES / 2], SOON_MS);
	end();
}
END_TEST

static void measure(const char *what, struct live_calls *out)
{
	live_calls();
	turn_for(QUIET_MS);
	*out = live_calls();
	printf("follow: %s: %lld visibility and %lld other calls a minute, of which %lld polls\n",
	       what, (long long)out->visibility * 60000 / QUIET_MS,
	       (long long)out->other * 60000 / QUIET_MS, (long long)out->polls * 60000 / QUIET_MS);
}

/* The board's own looks go on (a tick more or less); the run adds one poll in twenty
 * seconds, and a look every five where it has something pending. */
START_TEST(an_idle_run_asks_for_next_to_nothing)
{
	struct live_calls without, with;
	board_open(&board, ports.count, NULL);
	until_in(&board, "timers-1", "running");
	turn_for(SOON_MS);
	measure("the board alone", &without);
	end();
	begin(ports.count, "timers-1");
	measure("with an open run that is idle", &with);
	ck_assert_int_ge(with.polls, 1);
	ck_assert_int_le(with.polls, 2);
	ck_assert_int_le(with.other, without.other + with.polls + SLACK);
	end();
	begin(ports.count, "heartbeat-1");
	measure("with an open run that has a heartbeat", &with);
	ck_assert_int_le(with.polls, 2);
	ck_assert_int_le(with.other, without.other + with.polls + QUIET_MS / LOOK_MS + SLACK);
	end();
}
END_TEST

/* By a board that does nothing else: to find it, describe, its history, and the poll. */
static void expect_calls(const char *what, int64_t visibility, int64_t other, int64_t polls)
{
	struct live_calls calls = live_calls();
	printf("follow: %s: %lld visibility and %lld other calls, of which %lld polls\n", what,
	       (long long)calls.visibility, (long long)calls.other, (long long)calls.polls);
	ck_assert_int_eq(calls.visibility, visibility);
	ck_assert_int_eq(calls.other, other);
	ck_assert_int_eq(calls.polls, polls);
}

static void open_like_the_board(const char *run)
{
	const struct log_query log = { .run = view_of(run) };
	until_done(&board, ear_fetch(&board.ear, run, PART_DETAIL_SOON));
	ticket = ear_follow(&board.ear, run);
	until_done(&board, ear_log(&board.ear, &log));
	turn_for(SOON_MS);
}

START_TEST(opening_a_run_reads_each_page_once)
{
	char run[64];
	begin(ports.count, "timers-1");
	snprintf(run, sizeof run, "%s", run_of(&board, "timers-1"));
	end();
	board_connect(&board, ports.count, NULL);
	ear_probe(&board.ear);
	until_condition(&board, CONDITION_LIVE);
	live_calls();
	open_like_the_board(run);
	expect_calls("opening a run", 1, 3, 2);	/* its history's read waits like a poll */
	ear_cancel(&board.ear, ticket);
	turn_for(SOON_MS);
	live_calls();
	open_like_the_board(run);
	expect_calls("opening it again", 0, 2, 1);
	size_t told = count_in("signal_hello");
	const struct order o = { .verb = VERB_SIGNAL, .run = view_of(run), .name = VIEW("hello") };
	ticket_id t = ear_order(&board.ear, &o);
	int64_t took = until_told("signal_hello", told + 1);
	ck_assert_msg(took <= SOON_MS, "%lld ms: %s", (long long)took, str_text(&board.words));
	until_done(&board, t);
	end();
}
END_TEST

START_TEST(it_follows_through_the_ui_server)
{
	begin(ports.ui, "timers-2");
	ticket_id t = signal_to("timers-2");
	until_told("signal_hello", 1);
	until_done(&board, t);
	end();
}
END_TEST

START_TEST(it_ends_with_the_run)
{
	begin(ports.http, "timers-2");
	order_well(&board, VERB_TERMINATE, "timers-2");
	ck_assert_int_eq(until_done(&board, ticket)->outcome, OUTCOME_OK);
	ck_assert_msg(view_starts(view_of_str(&board.words), "cancelled"), "%s", str_text(&board.words));
	end();
}
END_TEST

/* The detail stays with the run that was opened, and says where it went on. */
START_TEST(a_run_that_goes_on_as_a_new_one_leads_there_and_is_let_be)
{
	const struct order o = { .verb = VERB_SIGNAL, .name = VIEW("go_on") };
	struct order first = o;
	char run[64], leads[96];
	begin(ports.count, "relay-1");
	snprintf(run, sizeof run, "%s", run_of(&board, "relay-1"));
	first.run = view_of(run);
	int64_t begun = when_mono_ms();
	ear_order(&board.ear, &first);
	ck_assert_int_eq(until_done(&board, ticket)->outcome, OUTCOME_OK);
	printf("follow: that it went on as a new run is told %lld ms after its order\n",
	       (long long)(when_mono_ms() - begun));
	ck_assert_msg(view_starts(view_of_str(&board.words), "completed"), "%s", str_text(&board.words));
	ck_assert_msg(count_in("continued_as_a_new_run-") == 1, "%s", str_text(&board.words));
	ck_assert_msg(!strstr(str_text(&board.words), run), "%s", str_text(&board.words));
	live_calls();
	turn_for(2 * SOON_MS);
	ck_assert_int_eq(live_calls().polls, 0);
	ck_assert_int_eq(ear_done(&board.ear, ticket), 1);
	while (str_eq(run_of(&board, "relay-1"), run))
		loop_turn(loop, 50);
	snprintf(leads, sizeof leads, "leads to %s", run_of(&board, "relay-1"));
	ck_assert_msg(count_in(leads) == 1, "%s is not in %s", leads, str_text(&board.words));
	until_in(&board, "relay-1", "running");
	ticket = ear_follow(&board.ear, run_of(&board, "relay-1"));
	until_told("running", 1);
	ck_assert_msg(view_starts(view_of_str(&board.words), "running"), "%s", str_text(&board.words));
	end();
}
END_TEST

START_TEST(the_server_may_stop_and_start_under_an_open_run)
{
	begin(ports.count, "timers-3");
	ticket_id t = signal_to("timers-3");
	until_told("signal_hello", 1);
	until_done(&board, t);
	live_stop();
	while (board.ear.condition == CONDITION_LIVE)
		loop_turn(loop, 50);
	live_start_usual("-runs=false");
	until_condition(&board, CONDITION_LIVE);
	turn_for(2 * SOON_MS);
	live_calls();
	t = signal_to("timers-3");
	until_told("signal_hello", 2);
	until_done(&board, t);
	turn_for(2 * SOON_MS);
	ck_assert_uint_eq(count_in("signal_hello"), 2);
	ck_assert_int_le(live_calls().polls, 4);
	ck_assert(!ear_done(&board.ear, ticket));
	end();
}
END_TEST

static void raise_server(void)
{
	live_choose_ports();
	live_start_afresh();
}

Suite *suite_live_follow(void);

Suite *suite_live_follow(void)
{
	Suite *s = suite_create("live_follow");
	TCase *c = tcase_create("live_follow");
	tcase_set_timeout(c, 600);
	tcase_add_unchecked_fixture(c, raise_server, live_stop);
	tcase_add_test(c, an_event_is_told_within_a_second);
	tcase_add_test(c, an_idle_run_asks_for_next_to_nothing);
	tcase_add_test(c, opening_a_run_reads_each_page_once);
	tcase_add_test(c, it_follows_through_the_ui_server);
	tcase_add_test(c, it_ends_with_the_run);
	tcase_add_test(c, a_run_that_goes_on_as_a_new_one_leads_there_and_is_let_be);
	tcase_add_test(c, the_server_may_stop_and_start_under_an_open_run);
	suite_add_tcase(s, c);
	return s;
}
