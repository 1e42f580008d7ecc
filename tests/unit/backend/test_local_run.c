/* A run of the local engine that is followed. */
#include "rig.h"

#include "backend/local.h"

#define EVENTS "/v1/events?snapshot=1&ended=0&run=a"
#define SNAPSHOT \
	"event: snapshot_begin\ndata: {\"filter\":\"id:a\",\"ended\":0}\n\n" \
	"event: snapshot_end\nid: e-1\ndata: {\"complete\":true,\"counts\":{}}\n\n"

static void say(const char *status)
{
	struct str body = { 0 };
	str_addf(&body, "{\"id\":\"a\",\"workflow\":\"w\",\"status\":\"%s\",\"seq\":1}", status);
	stub_on(stub, "GET", "/v1/runs/a", &(struct stub_reply){ .body = str_text(&body) });
	str_release(&body);
}

static void set_up(void)
{
	rig_set_up();
	const struct local_config config = {
		.name = "home", .socket = stub_path(stub),
		.times = { .heartbeat_ms = 1000, .answer_ms = 1000, .first_retry_ms = 2, .pause_ms = 1,
			   .max_retry_ms = 8 },
	};
	ear.backend = local_new(loop, &ear.sink, 3, &config);
	stub_on(stub, "GET", EVENTS, &(struct stub_reply){ .body = SNAPSHOT, .stream = true });
}

static size_t wanted;

static bool has_details(void *arg)
{
	return ear_count(&ear, arg) >= wanted;
}

static void wait_for_details(const char *line, size_t n)
{
	char text[64];
	snprintf(text, sizeof text, "%s", line);
	wanted = n;
	ck_assert_msg(stub_until_fn(loop, has_details, text), "%s", str_text(&ear.log));
}

START_TEST(it_is_told_when_it_changes_and_no_more_when_it_has_ended)
{
	say("running");
	ticket_id t = ear_follow(&ear, "a");
	wait_for_details("detail a:running", 1);
	/* What it prints or uses changes no run. */
	stub_push(stub, "event: task\ndata: {\"run\":\"a\",\"task\":\"t\",\"attempt\":1}\n\n");
	wait_for_details("detail a:running", 2);
	say("completed");
	stub_push(stub, "event: run\nid: e-2\ndata: {\"id\":\"a\"}\n\n");
	ck_assert_int_eq(until_done(t)->outcome, OUTCOME_OK);
	ck_assert_uint_eq(ear_count(&ear, "detail a:completed"), 1);
	ck_assert_uint_eq(backend_pending(ear.backend), 0);
}
END_TEST

START_TEST(a_broken_stream_does_not_end_it)
{
	say("running");
	ticket_id t = ear_follow(&ear, "a");
	wait_for_details("detail a:running", 1);
	stub_end_streams(stub, false);
	wait_for_details("detail a:running", 2);
	ck_assert(!ear_done(&ear, t));
	ck_assert_uint_ge(stub_count(stub, "GET", EVENTS), 2);
	ear_cancel(&ear, t);
	ck_assert_uint_eq(backend_pending(ear.backend), 0);
}
END_TEST

START_TEST(what_is_not_there_cannot_be_followed)
{
	ticket_id t = ear_follow(&ear, "a");
	ck_assert_int_eq(until_done(t)->outcome, OUTCOME_NOT_FOUND);
}
END_TEST

START_TEST(a_heartbeat_is_no_change)
{
	say("running");
	ear_follow(&ear, "a");
	wait_for_details("detail a:running", 1);
	stub_push(stub, "event: heartbeat\ndata: {\"time\":null,\"trouble\":null}\n\n");
	turn_a_little();
	ck_assert_uint_eq(stub_count(stub, "GET", "/v1/runs/a"), 1);
}
END_TEST

Suite *suite_local_run(void);

Suite *suite_local_run(void)
{
	Suite *s = suite_create("local_run");
	TCase *c = tcase_create("local_run");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, it_is_told_when_it_changes_and_no_more_when_it_has_ended);
	tcase_add_test(c, a_broken_stream_does_not_end_it);
	tcase_add_test(c, what_is_not_there_cannot_be_followed);
	tcase_add_test(c, a_heartbeat_is_no_change);
	suite_add_tcase(s, c);
	return s;
}
