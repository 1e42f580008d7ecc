/* An open run is opened: fetched, then followed, with its log beside. What was read is
 * not asked for again, and nothing that happens meanwhile is missed. */
#include "temporal_events.h"

#include "base/when.h"

/* Requests for the run since the last begin. */
struct asked {
	size_t describe, whole, newer, tail, poll;
};

static struct asked before;
static ticket_id follow;

static struct asked asked_in_all(void)
{
	return (struct asked){ stub_count(stub, "GET", DESCRIBE), stub_count(stub, "GET", WHOLE),
			       stub_count(stub, "GET", REVERSE), stub_count(stub, "GET", TAIL),
			       stub_count(stub, "GET", POLL) };
}

static void expect_asked(struct asked want)
{
	struct asked now = asked_in_all();
	ck_assert_uint_eq(now.describe - before.describe, want.describe);
	ck_assert_uint_eq(now.whole - before.whole, want.whole);
	ck_assert_uint_eq(now.newer - before.newer, want.newer);
	ck_assert_uint_eq(now.tail - before.tail, want.tail);
	ck_assert_uint_eq(now.poll - before.poll, want.poll);
}

/* The board's own looks are over. */
static void settle(void)
{
	for (size_t asked = 0; asked != stub_count(stub, "GET", "");) {
		asked = stub_count(stub, "GET", "");
		turn_a_little();
	}
	before = asked_in_all();
}

/* fresh_ms 0: longer than any pause of the machine. */
static void open_board(int fresh_ms)
{
	struct temporal_config config = config_of();
	config.times.tick_ms = 60000;
	config.times.gap_ms = 5;
	config.times.fresh_ms = fresh_ms ? fresh_ms : 60000;
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, is_live, NULL), "%s", str_text(&ear.log));
	settle();
}

static void fetch(void)
{
	until_done(ear_fetch(&ear, "a", PART_DETAIL_SOON));
}

static void open_run(void)
{
	fetch();
	follow = ear_follow(&ear, "a");
	until_held();
}

static void close_run(void)
{
	ear_cancel(&ear, follow);
	while (stub_streams(stub))
		loop_turn(loop, 1);
	before = asked_in_all();
}

static void set_up(void)
{
	rig_set_up();
	serve_well();
	serve_describe(DESCRIBE, "5", "");
	serve("GET", HISTORY, EVENTS(""));
	serve("GET", TAIL, "{\"nextPageToken\":\"dGFpbA\"}");
	serve("GET", WHOLE, PAGE(STARTED "," DECIDED "," SHIP, "dDA"));
	hold("dGFpbA");
	hold("dDA");
	hold("dDE");
}

START_TEST(each_page_is_read_once)
{
	open_board(0);
	open_run();
	expect_asked((struct asked){ .describe = 1, .whole = 1, .poll = 1 });
	ck_assert_uint_eq(ear_count(&ear, "detail a:running Ship-5:queued"), 2);
}
END_TEST

START_TEST(its_log_asks_for_nothing_more)
{
	const struct log_query q = { .run = VIEW("a") };
	open_board(0);
	open_run();
	until_done(ear_log(&ear, &q));
	expect_asked((struct asked){ .describe = 1, .whole = 1, .poll = 1 });
	ck_assert_ptr_nonnull(strstr(str_text(&ear.log), "log"));
}
END_TEST

/* What there is of all of them stands in the last. */
START_TEST(an_attempt_of_before_has_no_words_of_another)
{
	struct log_query q = { .run = VIEW("a"), .task = VIEW("Ship-5") };
	serve_describe(DESCRIBE, "5", ",\"pendingActivities\":[{\"activityId\":\"5\",\"activityType\":{\"name\":"
				      "\"Ship\"},\"state\":\"PENDING_ACTIVITY_STATE_STARTED\",\"attempt\":3,"
				      "\"lastFailure\":{\"message\":\"no berth\"}}]");
	open_board(0);
	fetch();
	until_done(ear_log(&ear, &q));
	ck_assert_ptr_nonnull(strstr(str_text(&ear.log_text), "no berth"));
	q.attempt = 3;
	until_done(ear_log(&ear, &q));
	str_clear(&ear.log_text);
	q.attempt = 2;
	until_done(ear_log(&ear, &q));
	ck_assert_str_eq(str_text(&ear.log_text),
			 "Temporal keeps no attempt by itself: what there is of attempt 2 stands in the last one, 3");
}
END_TEST

START_TEST(of_several_pages_the_last_ones_token_is_polled)
{
	serve_describe(DESCRIBE, "7", "");
	serve("GET", WHOLE, PAGE(STARTED "," DECIDED "," SHIP, "cDI"));
	serve("GET", WHOLE "&nextPageToken=cDI", PAGE(BEGUN "," SHIPPED, "dDE"));
	open_board(0);
	open_run();
	expect_asked((struct asked){ .describe = 1, .whole = 2, .poll = 1 });
	ck_assert_uint_eq(stub_count(stub, "GET", POLL "dDE"), 1);
	ck_assert_uint_eq(ear_count(&ear, "detail a:running Ship-5:completed"), 2);
}
END_TEST

/* Its poll tells that it was shipped, and the next one waits. */
static void ship_while_open(void)
{
	open_board(0);
	open_run();
	serve_describe(DESCRIBE, "7", "");
	stub_push(stub, PAGE(BEGUN "," SHIPPED, "dDE"));
	stub_end_streams(stub, true);
	until_held();
	settle();
}

START_TEST(what_happens_from_then_on_is_told)
{
	ship_while_open();
	ck_assert(ear_heard(&ear, "detail a:running Ship-5:completed"));
	ck_assert_uint_eq(stub_count(stub, "GET", WHOLE), 1);
	ck_assert_uint_eq(stub_count(stub, "GET", REVERSE), 0);
}
END_TEST

START_TEST(who_comes_back_polls_on_from_where_it_was)
{
	ship_while_open();
	close_run();
	size_t polls = stub_count(stub, "GET", POLL "dDE");
	open_run();
	expect_asked((struct asked){ .describe = 1, .poll = 1 });
	ck_assert_uint_eq(stub_count(stub, "GET", POLL "dDE"), polls + 1);
}
END_TEST

/* Between the two it may have changed in a way that no event tells. */
START_TEST(what_was_read_some_time_ago_is_described_anew)
{
	open_board(1);
	fetch();
	for (int64_t end = when_mono_ms() + 3; when_mono_ms() < end;)
		loop_turn(loop, 1);
	follow = ear_follow(&ear, "a");
	until_held();
	expect_asked((struct asked){ .describe = 2, .whole = 1, .tail = 1, .poll = 1 });
}
END_TEST

/* Events that describe did not know yet: what is pending is not what it says. */
START_TEST(a_describe_that_is_older_than_the_events_is_asked_anew)
{
	serve("GET", WHOLE, PAGE(STARTED "," DECIDED "," SHIP "," BEGUN "," SHIPPED, "dDE"));
	open_board(0);
	fetch();
	serve_describe(DESCRIBE, "7", "");
	follow = ear_follow(&ear, "a");
	until_held();
	expect_asked((struct asked){ .describe = 2, .whole = 1, .tail = 1, .poll = 1 });
}
END_TEST

START_TEST(a_token_that_is_void_reads_all_anew)
{
	stub_on(stub, "GET", POLL "dDA", &(struct stub_reply){ .status = 400, .body = "{\"code\":3}", .times = 1 });
	open_board(0);
	open_run();
	expect_asked((struct asked){ .describe = 2, .whole = 2, .tail = 1, .poll = 2 });
	ck_assert_uint_eq(stub_count(stub, "GET", POLL "dGFpbA"), 1);
}
END_TEST

/* Such a server is read as it can be, and asked for its end by itself. */
START_TEST(a_server_that_does_not_wait_is_read_all_the_same)
{
	serve("GET", WHOLE, EVENTS(STARTED "," DECIDED "," SHIP));
	stub_on(stub, "GET", WHOLE "&waitNewEvent=true", &(struct stub_reply){ .status = 501, .body = "{}" });
	open_board(0);
	open_run();
	expect_asked((struct asked){ .describe = 2, .whole = 2, .tail = 1, .poll = 1 });
	ck_assert(ear_heard(&ear, "detail a:running Ship-5:queued"));
}
END_TEST

/* Of its ends only; where they end has to be asked for. */
START_TEST(a_very_long_history_is_not_read_twice)
{
	serve_describe(DESCRIBE, "3000", "");
	serve("GET", HISTORY "execution.runId=a&maximumPageSize=16", EVENTS(STARTED "," DECIDED "," SHIP));
	serve("GET", REVERSE, PAGE(SIGNALLED("3000"), "b2xk"));
	open_board(0);
	open_run();
	expect_asked((struct asked){ .describe = 2, .newer = 1, .tail = 1, .poll = 1 });
	ck_assert_uint_eq(stub_count(stub, "GET", HISTORY "execution.runId=a&maximumPageSize=16"), 1);
	close_run();
	open_run();
	expect_asked((struct asked){ .describe = 1, .poll = 1 });
}
END_TEST

/* ---- its end ---- */

START_TEST(a_run_that_went_on_meanwhile_ends_the_follow)
{
	open_board(0);
	fetch();
	serve("GET", POLL "dDA", EVENTS(CONTINUED("6")));
	serve("GET", DESCRIBE, CLOSED("CONTINUED_AS_NEW", "6"));
	follow = ear_follow(&ear, "a");
	until_done(follow);
	ck_assert_int_eq(ear_ticket(&ear, follow)->outcome, OUTCOME_OK);
	ck_assert_msg(ear_heard(&ear, "detail a:completed Ship-5:queued continued_as_a_new_run-6:completed"),
		      "%s", str_text(&ear.log));
	settle();
	turn_a_little();
	expect_asked((struct asked){ 0 });
}
END_TEST

START_TEST(an_ended_runs_history_is_not_waited_for)
{
	open_board(0);
	serve("GET", DESCRIBE, CLOSED("CONTINUED_AS_NEW", "6"));
	serve("GET", WHOLE, EVENTS(STARTED "," DECIDED "," SHIP "," CONTINUED("6")));
	fetch();
	ck_assert_uint_eq(stub_count(stub, "GET", WHOLE), 1);
	ck_assert_uint_eq(stub_count(stub, "GET", WHOLE "&waitNewEvent"), 0);
}
END_TEST

START_TEST(it_may_be_closed_from_what_it_tells_first)
{
	open_board(0);
	fetch();
	follow = ear_follow(&ear, "a");
	ear.cancel_in = "detail";
	ear.cancel = follow;
	if (_i)
		ear.destroy_in = "detail";
	turn_a_little();
	ck_assert_uint_eq(ear_count(&ear, "detail"), 2);
	ck_assert_uint_eq(stub_streams(stub), 0);
}
END_TEST

Suite *suite_temporal_opening(void);

Suite *suite_temporal_opening(void)
{
	Suite *s = suite_create("temporal_opening");
	TCase *c = tcase_create("temporal_opening");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, each_page_is_read_once);
	tcase_add_test(c, its_log_asks_for_nothing_more);
	tcase_add_test(c, an_attempt_of_before_has_no_words_of_another);
	tcase_add_test(c, of_several_pages_the_last_ones_token_is_polled);
	tcase_add_test(c, what_happens_from_then_on_is_told);
	tcase_add_test(c, who_comes_back_polls_on_from_where_it_was);
	tcase_add_test(c, what_was_read_some_time_ago_is_described_anew);
	tcase_add_test(c, a_describe_that_is_older_than_the_events_is_asked_anew);
	tcase_add_test(c, a_token_that_is_void_reads_all_anew);
	tcase_add_test(c, a_server_that_does_not_wait_is_read_all_the_same);
	tcase_add_test(c, a_very_long_history_is_not_read_twice);
	tcase_add_test(c, a_run_that_went_on_meanwhile_ends_the_follow);
	tcase_add_test(c, an_ended_runs_history_is_not_waited_for);
	tcase_add_loop_test(c, it_may_be_closed_from_what_it_tells_first, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
