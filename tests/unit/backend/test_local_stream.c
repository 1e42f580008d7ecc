/* The local engine's stream: what a watch shows of it, and how it goes on when it broke. */
#include "local_rig.h"

#include "base/when.h"

static struct str text;

static void tear_down(void)
{
	rig_tear_down();
	str_release(&text);
}

static bool has_word(const char *word)
{
	return strstr(str_text(&ear.log), word) != NULL;
}

START_TEST(a_watch_is_a_snapshot_and_what_changes)
{
	stream(BEGIN RUN("a", "running", 1) RUN("b", "failed", 2) END(2));
	ear_watch(&ear, "by:me", 20);
	until_line("snapshot_end complete");
	ck_assert_ptr_nonnull(stub_asked(stub, "GET",
					 "/v1/events?snapshot=1&ended=20&filter=by%3Ame", 0));
	ck_assert(ear_heard(&ear, "runs a:running b:failed"));
	stub_push(stub, "event: progress\ndata: {\"id\":\"a\",\"seq\":4,\"progress\":0.5}\n\n"
			"event: gone\nid: e-5\ndata: {\"id\":\"b\"}\n\n" RUN("a", "completed", 6));
	until_line("runs a:completed");
	ck_assert(ear_heard(&ear, "progress a 0.50"));
	ck_assert_str_eq(ear_state(&ear, &text), "a:completed");
}
END_TEST

START_TEST(a_broken_stream_is_gone_on_with_by_its_last_id)
{
	stream(RUN("a", "completed", 7));
	stub_on(stub, "GET", "/v1/events",
		&(struct stub_reply){ .body = BEGIN RUN("a", "running", 1) END(6), .stream = true,
				      .times = 1 });
	ear_watch(&ear, "", 0);
	until_line("snapshot_end complete");
	stub_push(stub, "event: run\nid: e-99\ndata: {\"id\":\"a\",");	/* cut in the middle */
	stub_end_streams(stub, false);
	until_line("condition stale stale since ");
	ck_assert_msg(has_word(" s: the stream broke off; next try in "), "%s", str_text(&ear.log));
	until_line("runs a:completed");
	const struct stub_request *r = stub_asked(stub, "GET", "/v1/events", 1);
	ck_assert_str_eq(r->target, "/v1/events");
	ck_assert_str_eq(stub_header(r, "Last-Event-ID", &text), "e-6");
	ck_assert_int_eq(ear.condition, CONDITION_LIVE);
	ck_assert_uint_eq(ear_count(&ear, "snapshot_begin"), 1);
}
END_TEST

START_TEST(a_snapshot_cut_in_the_middle_removes_nothing_and_is_asked_for_again)
{
	stream(BEGIN RUN("a", "running", 1) END(3));
	stub_on(stub, "GET", "/v1/events",
		&(struct stub_reply){ .body = BEGIN RUN("b", "running", 1), .stream = true,
				      .times = 1 });
	ear_watch(&ear, "", 0);
	until_line("runs b:running");
	stub_end_streams(stub, true);
	until_line("snapshot_end broken");
	ck_assert_str_eq(ear_state(&ear, &text), "b:running");
	until_line("snapshot_end complete");
	ck_assert_str_eq(ear_state(&ear, &text), "a:running");
}
END_TEST

START_TEST(after_a_reset_the_old_id_is_forgotten)
{
	stream(BEGIN RUN("a", "running", 1) END(3));
	ear_watch(&ear, "", 0);
	until_line("snapshot_end complete");
	stub_push(stub, "event: reset\ndata: {\"reason\":\"too old\"}\n\n" BEGIN
			"event: run\ndata: {\"id\":\"z\",\"status\":\"failed\",\"seq\":9}\n\n");
	until_line("runs z:failed");
	stub_end_streams(stub, false);
	until_line("snapshot_end broken");
	while (stub_count(stub, "GET", "/v1/events") < 2)
		loop_turn(loop, 50);
	ck_assert(view_starts(view_of(stub_asked(stub, "GET", "/v1/events", 1)->target),
			      "/v1/events?snapshot=1"));
	ck_assert_ptr_null(stub_header(stub_asked(stub, "GET", "/v1/events", 1),
				       "Last-Event-ID", &text));
}
END_TEST

static void say_roles(const char *roles)
{
	struct str body = { 0 };
	str_addf(&body, "{\"user\":\"alice\",\"roles\":[\"%s\"],\"version\":\"0.1.0\","
			"\"engine\":\"runboardd\",\"grants\":[\"%s\"]}", roles, roles);
	stub_on(stub, "GET", "/v1/info", &(struct stub_reply){ .body = str_text(&body) });
	str_release(&body);
}

START_TEST(rights_that_changed_are_asked_for_when_the_engine_begins_anew)
{
	say_roles("approver");
	stream(BEGIN RUN("a", "running", 1) END(3));
	ear_watch(&ear, "", 0);
	until_line("snapshot_end complete");
	say_roles("viewer");
	stub_push(stub, "event: reset\ndata: {\"reason\":\"settings\"}\n\n" BEGIN END(4));
	until_line("identity home alice viewer");
}
END_TEST

START_TEST(who_comes_back_with_other_rights_does_not_go_on_from_what_was_shown)
{
	say_roles("approver");
	stream(BEGIN RUN("a", "running", 1) END(3));
	ear_watch(&ear, "", 0);
	until_line("snapshot_end complete");
	say_roles("viewer");
	stub_end_streams(stub, false);
	until_line("identity home alice viewer");
	while (stub_count(stub, "GET", "/v1/events") < 2)
		loop_turn(loop, 50);
	ck_assert(view_starts(view_of(stub_asked(stub, "GET", "/v1/events", 1)->target),
			      "/v1/events?snapshot=1"));
}
END_TEST

START_TEST(silence_makes_it_stale)
{
	local_rig_reopen((struct local_config){ .times = { .heartbeat_ms = 100, .first_retry_ms = 2,
						 .max_retry_ms = 4 } });
	stream(BEGIN END(3));
	ear_watch(&ear, "", 0);
	until_line("condition stale stale since ");
	ck_assert_msg(has_word(" s: no heartbeat; next try in "), "%s", str_text(&ear.log));
	ck_assert_int_gt(ear.fresh_ms, 0);
	while (stub_count(stub, "GET", "/v1/events") < 2)
		loop_turn(loop, 50);
}
END_TEST

START_TEST(a_heartbeat_makes_it_fresh)
{
	stream(BEGIN END(3));
	ear_watch(&ear, "", 0);
	until_line("snapshot_end");
	size_t before = ear_count(&ear, "condition live live");
	stub_push(stub, "event: heartbeat\ndata: {}\n\n");
	while (ear_count(&ear, "condition live live") == before)
		loop_turn(loop, 50);
	ck_assert_int_ge(ear.fresh_ms, when_now_ms() - 5000);
}
END_TEST

START_TEST(an_event_that_cannot_be_read_is_said_and_removes_nothing)
{
	stream(BEGIN RUN("a", "running", 1) "event: run\ndata: {\"id\":\"\xc3\n\n" END(3));
	ear_watch(&ear, "", 0);
	until_line("snapshot_end broken");
	ck_assert(ear_heard(&ear, "condition live live; an event could not be read"));
	ck_assert_str_eq(ear_state(&ear, &text), "a:running");
}
END_TEST

START_TEST(a_filter_that_is_refused_ends_the_watch)
{
	stub_on(stub, "GET", "/v1/events", &(struct stub_reply){
		.status = 400, .body = "{\"error\":{\"message\":\"filter: bad regex\"}}" });
	const struct ear_ticket *t = until_done(ear_watch(&ear, "/(/", 0));
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "filter: bad regex");
	ck_assert_int_eq(ear.condition, CONDITION_LIVE);
}
END_TEST

START_TEST(a_second_watch_takes_the_place_of_the_first)
{
	stream(BEGIN RUN("a", "running", 1) END(3));
	ticket_id first = ear_watch(&ear, "", 0);
	until_line("snapshot_end");
	ticket_id second = ear_watch(&ear, "status:failed", 0);
	ck_assert_int_eq(until_done(first)->outcome, OUTCOME_OK);
	while (ear_count(&ear, "snapshot_end") < 2)
		loop_turn(loop, 50);
	ck_assert(ear_heard(&ear, "snapshot_begin status:failed"));
	ck_assert(!ear_done(&ear, second));
	ck_assert_uint_eq(stub_streams(stub), 1);
}
END_TEST

Suite *suite_local_stream(void);

Suite *suite_local_stream(void)
{
	Suite *s = suite_create("local_stream");
	TCase *c = tcase_create("local_stream");
	tcase_add_checked_fixture(c, local_rig_set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_watch_is_a_snapshot_and_what_changes);
	tcase_add_test(c, a_broken_stream_is_gone_on_with_by_its_last_id);
	tcase_add_test(c, a_snapshot_cut_in_the_middle_removes_nothing_and_is_asked_for_again);
	tcase_add_test(c, after_a_reset_the_old_id_is_forgotten);
	tcase_add_test(c, rights_that_changed_are_asked_for_when_the_engine_begins_anew);
	tcase_add_test(c, who_comes_back_with_other_rights_does_not_go_on_from_what_was_shown);
	tcase_add_test(c, silence_makes_it_stale);
	tcase_add_test(c, a_heartbeat_makes_it_fresh);
	tcase_add_test(c, an_event_that_cannot_be_read_is_said_and_removes_nothing);
	tcase_add_test(c, a_filter_that_is_refused_ends_the_watch);
	tcase_add_test(c, a_second_watch_takes_the_place_of_the_first);
	suite_add_tcase(s, c);
	return s;
}
