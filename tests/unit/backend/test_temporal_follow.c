/* An open run follows its history by the long poll: what is pushed is told at once,
 * nothing twice, nothing lost, and no more is asked than that needs. */
#include "temporal_events.h"

#include "base/when.h"

#define FIRST SPACE "/workflows/w-a"
#define TOKEN(t) "{\"nextPageToken\":\"" t "\"}"
#define PENDING ",\"pendingActivities\":[{\"activityId\":\"5\",\"activityType\":{\"name\":\"Ship\"}," \
		"\"state\":\"PENDING_ACTIVITY_STATE_STARTED\",\"scheduledTime\":\"2026-11-20T03:00:01Z\"}]"

enum { GAP_MS = 5 };

static ticket_id ticket;

/* The last detail that was told, without its run. */
static const char *last(void)
{
	static struct str words;
	struct view log = view_of_str(&ear.log), line;
	str_clear(&words);
	while (view_split(&log, '\n', &line)) {
		if (!view_starts(line, "detail a:running"))
			continue;
		str_clear(&words);
		str_add(&words, view_cut(line, strlen("detail a:running "), SIZE_MAX));
	}
	return str_text(&words);
}

static bool says(void *arg)
{
	return str_eq(last(), arg);
}

static void until(const char *words)
{
	struct str copy = { 0 };
	str_add_text(&copy, words);
	ck_assert_msg(stub_until_fn(loop, says, copy.ptr), "%s:\n%s", words, str_text(&ear.log));
	str_release(&copy);
}

struct count {
	const char *target;
	size_t n;
};

static bool is_asked(void *arg)
{
	const struct count *c = arg;
	return stub_count(stub, "GET", c->target) >= c->n;
}

static void until_asked(const char *target, size_t n)
{
	struct count c = { target, n };
	ck_assert_msg(stub_until_fn(loop, is_asked, &c), "%s", str_text(&ear.log));
}

/* The first one has no run id. */
static size_t looks(void)
{
	return stub_count(stub, "GET", FIRST) - stub_count(stub, "GET", FIRST "/");
}

static bool is_live_link(void *arg)
{
	return ear.condition == CONDITION_LIVE;
}

static void open_with(struct temporal_config *config)
{
	config->times.gap_ms = GAP_MS;
	ear.backend = temporal_new(loop, &ear.sink, 3, config, NULL);
	ear_probe(&ear);
	ck_assert(stub_until_fn(loop, is_live_link, NULL));
	ticket = ear_follow(&ear, "w-a");
}

static void open_follow(int look_ms)
{
	struct temporal_config config = config_of();
	config.times.look_ms = look_ms;
	open_with(&config);
}

/* The first time it is described by its workflow's id alone. */
static void serve_run(const char *more)
{
	serve_describe(FIRST, "5", more);
	serve("GET", WHOLE, EVENTS(STARTED "," DECIDED "," SHIP));
	serve("GET", TAIL, TOKEN("dDA"));
	serve_describe(DESCRIBE, "5", more);
	hold("dDA");
	hold("dDE");
}

static void set_up(void)
{
	rig_set_up();
	serve_well();
	serve_run("");
}

START_TEST(an_event_is_told_at_once_and_described_once)
{
	open_follow(0);
	until("Ship-5:queued");
	until_held();
	ck_assert_uint_eq(looks(), 1);
	push(PAGE(BEGUN "," SHIPPED, "dDE"));
	serve_describe(DESCRIBE, "7", "");
	until("Ship-5:completed");
	ck_assert_uint_eq(looks(), 1);
	until_asked(DESCRIBE, 1);
	until_held();
	turn_a_little();
	ck_assert_uint_eq(looks(), 2);
	ck_assert_uint_eq(stub_count(stub, "GET", HISTORY), 4);	/* whole, tail, two polls */
	ck_assert_uint_eq(stub_count(stub, "GET", REVERSE), 0);
	ck_assert_uint_eq(stub_streams(stub), 1);
}
END_TEST

START_TEST(nothing_is_asked_while_nothing_can_change)
{
	open_follow(1);
	until_held();
	turn_a_little();
	ck_assert_uint_eq(looks(), 1);
	ck_assert_uint_eq(ear_count(&ear, "detail"), 1);
}
END_TEST

START_TEST(what_no_event_tells_is_looked_at_now_and_then)
{
	serve_run(PENDING);
	open_follow(1);
	until_asked(DESCRIBE, 3);
	until("Ship-5:running");
	ck_assert_uint_eq(stub_count(stub, "GET", TAIL), 1);
	ck_assert_uint_eq(stub_count(stub, "GET", WHOLE), 1);
}
END_TEST

/* Describe was asked before the events came: it still has the activity. */
START_TEST(an_older_describe_tells_no_task_twice)
{
	serve_run(PENDING);
	open_follow(0);
	until_held();
	serve_describe(DESCRIBE, "7", PENDING);
	push(PAGE(BEGUN "," SHIPPED, "dDE"));
	until("Ship-5:completed");
	until_asked(DESCRIBE, 1);
	turn_a_little();
	ck_assert_str_eq(last(), "Ship-5:completed");
}
END_TEST

START_TEST(what_happened_before_the_poll_is_read)
{
	open_follow(0);
	until_held();
	serve_describe(DESCRIBE, "10", "");
	serve("GET", REVERSE, EVENTS(SIGNALLED("10") "," TASK_DUE("8") "," SHIPPED "," BEGUN "," SHIP));
	push(PAGE(SIGNALLED("10"), "dDE"));
	until("Ship-5:completed signal_hurry-10:completed");
	ck_assert_uint_eq(stub_count(stub, "GET", WHOLE), 1);
}
END_TEST

#define SIGNAL_SEALED(id, data) EVENT(id, "04", "WORKFLOW_EXECUTION_SIGNALED",                          \
				",\"workflowExecutionSignaledEventAttributes\":"               \
				"{\"signalName\":\"s\",\"input\":" PAYLOADS(SEALED(data)) "}")

/* Where the codec server fails all of it is read again, so that nothing stays sealed. */
START_TEST(what_is_pushed_sealed_goes_through_the_codec_server)
{
	struct stub *codec = stub_new(loop);
	struct temporal_config config = config_of();
	config.codec_url = "http://localhost";
	config.codec_unix_path = stub_path(codec);
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .body = PAYLOADS(OPENED("MQ==")) });
	open_with(&config);
	until_held();
	serve_describe(DESCRIBE, "6", "");
	push(PAGE(SIGNAL_SEALED("6", "c2VhbGVk"), "dDE"));
	until("Ship-5:queued signal_s-6:completed");
	until_asked(POLL "dDE", 1);
	ck_assert_uint_eq(stub_count(codec, "POST", "/decode"), 1);
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .status = 500 });
	serve("GET", WHOLE, EVENTS(STARTED "," DECIDED "," SHIP "," SIGNAL_SEALED("6", "c2VhbGVk") "," SIGNALLED("7")));
	serve_describe(DESCRIBE, "7", "");
	until_held();
	push(PAGE(SIGNAL_SEALED("7", "YmFk"), "dDE"));
	until("Ship-5:queued signal_s-6:completed signal_hurry-7:completed");
	stub_free(codec);
}
END_TEST

/* ---- faults ---- */

static const struct rig_fault faults[] = {
	NO_ANSWERS,
	{ "cut in the body", .reply = { .body = PAGE(BEGUN, "dDE"), .fault = STUB_CUT, .at = 40 } },
	{ "stalled in the body", .reply = { .body = PAGE(BEGUN, "dDE"), .fault = STUB_STALL, .at = 40 } },
	{ "no answer", .reply = { .fault = STUB_SILENT } },
	{ "504", .reply = { .status = 504, .body = "{\"code\":4}" } },
	{ "half a character", .reply = { .body = "{\"history\":{\"events\":[{\"eventId\":\"\xc3" } },
	{ "JSON of another kind", .reply = { .body = "[1,{\"history\":{}}]" } },
	{ "an empty page", .reply = { .body = PAGE("", "dDA") } },
	{ "what is known", .reply = { .body = PAGE(STARTED "," DECIDED "," SHIP, "dDA") } },
	{ "an empty object", .reply = { .body = "{}" } },
	{ "token refused", .reply = { .status = 400, .body = "{\"code\":3,\"message\":\"Invalid NextPageToken.\"}" } },
	{ "branch changed", .reply = { .status = 409, .body = "{\"code\":10}" } },
};

enum { FAULTS = sizeof faults / sizeof *faults, BAD = 5 };

/* Five bad answers, then a good one: what it has is told, once. */
START_TEST(nothing_is_doubled_or_lost_under_any_fault)
{
	struct stub_reply reply = faults[_i].reply;
	struct temporal_config config = config_of();
	int64_t begun = when_mono_ms();
	bool hangs = reply.fault == STUB_SILENT || reply.fault == STUB_STALL;
	reply.times = BAD;
	stub_on(stub, "GET", POLL "dDA", &(struct stub_reply){
		.body = PAGE(BEGUN "," SHIPPED "," SIGNALLED("8"), "dDE") });
	stub_on(stub, "GET", POLL "dDA", &reply);
	serve_describe(DESCRIBE, "8", "");
	serve("GET", WHOLE, EVENTS(STARTED "," DECIDED "," SHIP));
	serve("GET", REVERSE, EVENTS(SHIP "," DECIDED));
	if (hangs)
		config.times.poll_ms = 60;
	open_with(&config);
	until("Ship-5:completed signal_hurry-8:completed");
	until_asked(POLL "dDE", 1);
	ck_assert_uint_ge(stub_count(stub, "GET", POLL "dDA"), BAD + 1);
	/* Where it waits for so short a time a good answer may be too late for a busy machine. */
	if (!hangs)
		ck_assert_uint_le(stub_count(stub, "GET", POLL "dDA"), BAD + 2);
	ck_assert_uint_le(stub_count(stub, "GET", FIRST), 8 * BAD);
	ck_assert_int_ge(when_mono_ms() - begun, GAP_MS);
	ck_assert(!ear_done(&ear, ticket));
}
END_TEST

/* As often as the gap between two polls lets it, at most. */
START_TEST(answers_that_are_not_held_make_no_hot_loop)
{
	serve("GET", POLL "dDA", PAGE("", "dDA"));
	open_follow(0);
	until_asked(POLL "dDA", 1);
	int64_t begun = when_mono_ms();
	until_asked(POLL "dDA", 11);
	ck_assert_int_ge(when_mono_ms() - begun, 9 * GAP_MS);
	ck_assert_uint_eq(looks(), 1);
	ck_assert_uint_eq(ear_count(&ear, "detail"), 1);
}
END_TEST

START_TEST(one_byte_at_a_time_is_an_answer)
{
	stub_on(stub, "GET", POLL "dDA", &(struct stub_reply){
		.body = PAGE(BEGUN "," SHIPPED, "dDE"), .fault = STUB_DRIBBLE });
	serve_describe(DESCRIBE, "7", "");
	open_follow(0);
	until("Ship-5:completed");
}
END_TEST

START_TEST(a_refused_token_is_asked_for_anew_and_all_is_read)
{
	stub_on(stub, "GET", POLL "dDA", &(struct stub_reply){ .status = 400, .body = "{\"code\":3}" });
	open_follow(0);
	until_asked(POLL "dDA", 1);
	serve("GET", TAIL, TOKEN("dDE"));
	until_held();
	ck_assert_uint_ge(stub_count(stub, "GET", WHOLE), 2);
	push(PAGE(BEGUN "," SHIPPED, "dDE"));
	until("Ship-5:completed");
}
END_TEST

/* A server that gives no such token is looked at now and then. */
START_TEST(without_a_token_it_is_looked_at)
{
	stub_on(stub, "GET", TAIL, &(struct stub_reply){ .status = 400, .body = "{\"code\":3}" });
	open_follow(1);
	until("Ship-5:queued");
	serve_describe(DESCRIBE, "7", "");
	serve("GET", REVERSE, EVENTS(SHIPPED "," BEGUN "," SHIP));
	until("Ship-5:completed");
	ck_assert_uint_eq(stub_count(stub, "GET", POLL), 0);
}
END_TEST

/* ---- its ends ---- */

START_TEST(it_ends_when_the_run_has_ended)
{
	open_follow(0);
	until_held();
	serve("GET", DESCRIBE, CLOSED("COMPLETED", "8"));
	push(EVENTS(BEGUN "," SHIPPED "," COMPLETED("8")));
	ck_assert_int_eq(until_done(ticket)->outcome, OUTCOME_OK);
	ck_assert_msg(ear_heard(&ear, "detail a:completed Ship-5:completed"), "%s", str_text(&ear.log));
	size_t asked = stub_count(stub, "GET", "");
	turn_a_little();
	ck_assert_uint_eq(stub_count(stub, "GET", ""), asked);
}
END_TEST

START_TEST(it_ends_when_the_run_goes_on_as_a_new_one)
{
	open_follow(0);
	until_held();
	serve("GET", DESCRIBE, CLOSED("CONTINUED_AS_NEW", "8"));
	push(EVENTS(BEGUN "," SHIPPED "," CONTINUED("8")));
	ck_assert_int_eq(until_done(ticket)->outcome, OUTCOME_OK);
	ck_assert_msg(ear_heard(&ear, "detail a:completed Ship-5:completed "
				      "continued_as_a_new_run-8:completed"), "%s", str_text(&ear.log));
}
END_TEST

START_TEST(it_ends_when_the_run_is_gone)
{
	open_follow(0);
	until_held();
	stub_on(stub, "GET", DESCRIBE, &(struct stub_reply){ .status = 404, .body = "{}" });
	stub_on(stub, "GET", TAIL, &(struct stub_reply){ .status = 404, .body = "{}" });
	stub_on(stub, "GET", POLL "dDE", &(struct stub_reply){ .status = 404, .body = "{}" });
	push(PAGE(BEGUN, "dDE"));
	ck_assert_int_eq(until_done(ticket)->outcome, OUTCOME_NOT_FOUND);
}
END_TEST

static bool is_free(void *arg)
{
	return stub_streams(stub) == 0;
}

START_TEST(its_poll_stops_when_it_is_cancelled)
{
	open_follow(0);
	until_held();
	ear_cancel(&ear, ticket);
	ck_assert(stub_until_fn(loop, is_free, NULL));
	size_t asked = stub_count(stub, "GET", "");
	turn_a_little();
	ck_assert_uint_eq(stub_count(stub, "GET", ""), asked);
	ck_assert(!ear_done(&ear, ticket));
}
END_TEST

START_TEST(it_may_be_cancelled_or_destroyed_from_what_it_tells)
{
	open_follow(0);
	until_held();
	if (_i)
		ear.destroy_in = "detail";
	ear.cancel_in = "detail";
	ear.cancel = ticket;
	push(PAGE(BEGUN "," SHIPPED, "dDE"));
	until("Ship-5:completed");
	turn_a_little();
	ck_assert_uint_eq(stub_streams(stub), 0);
}
END_TEST

static bool is_lost(void *arg)
{
	return ear.condition != CONDITION_LIVE;
}

START_TEST(it_goes_on_after_the_connection_was_lost)
{
	open_follow(0);
	ear_watch(&ear, "", 5);
	until_held();
	stub_fall(stub);
	ck_assert(stub_until_fn(loop, is_lost, NULL));
	turn_a_little();
	serve("GET", POLL "dDA", PAGE(BEGUN "," SHIPPED, "dDE"));
	serve("GET", REVERSE, EVENTS(SHIPPED "," BEGUN "," SHIP));
	serve_describe(DESCRIBE, "7", "");
	stub_rise(stub);
	until("Ship-5:completed");
	until_asked(POLL "dDE", 1);
	ck_assert_uint_eq(stub_count(stub, "GET", WHOLE), 1);
	ck_assert(!ear_done(&ear, ticket));
}
END_TEST

Suite *suite_temporal_follow(void);

Suite *suite_temporal_follow(void)
{
	Suite *s = suite_create("temporal_follow");
	TCase *c = tcase_create("temporal_follow");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, an_event_is_told_at_once_and_described_once);
	tcase_add_test(c, nothing_is_asked_while_nothing_can_change);
	tcase_add_test(c, what_no_event_tells_is_looked_at_now_and_then);
	tcase_add_test(c, an_older_describe_tells_no_task_twice);
	tcase_add_test(c, what_happened_before_the_poll_is_read);
	tcase_add_test(c, what_is_pushed_sealed_goes_through_the_codec_server);
	tcase_add_loop_test(c, nothing_is_doubled_or_lost_under_any_fault, 0, FAULTS);
	tcase_add_test(c, answers_that_are_not_held_make_no_hot_loop);
	tcase_add_test(c, one_byte_at_a_time_is_an_answer);
	tcase_add_test(c, a_refused_token_is_asked_for_anew_and_all_is_read);
	tcase_add_test(c, without_a_token_it_is_looked_at);
	tcase_add_test(c, it_ends_when_the_run_has_ended);
	tcase_add_test(c, it_ends_when_the_run_goes_on_as_a_new_one);
	tcase_add_test(c, it_ends_when_the_run_is_gone);
	tcase_add_test(c, its_poll_stops_when_it_is_cancelled);
	tcase_add_loop_test(c, it_may_be_cancelled_or_destroyed_from_what_it_tells, 0, 2);
	tcase_add_test(c, it_goes_on_after_the_connection_was_lost);
	suite_add_tcase(s, c);
	return s;
}
