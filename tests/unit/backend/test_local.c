/* The local engine's backend: what it asks for, and how it reads the answers. */
#include "local_rig.h"

#include <unistd.h>

#include "base/when.h"

static struct str text;

static const char run_a[] = "{\"id\":\"a\",\"short\":\"a1\",\"workflow\":\"w\",\"status\":\"waiting\","
			    "\"seq\":3,\"tasks\":[{\"id\":\"t[0]\",\"status\":\"completed\","
			    "\"attempt\":2}]}";

static void tear_down(void)
{
	rig_tear_down();
	str_release(&text);
}

static const struct order approve = { .verb = VERB_APPROVE, .run = VIEW("a"),
				      .task = VIEW("t[0]"), .attempt = 2, .version = 7,
				      .comment = VIEW("looks \"good\""), .key = VIEW("k-1") };

/* ---- requests ---- */

START_TEST(a_page_asks_with_filter_cursor_and_limit)
{
	serve("GET", "/v1/runs", "{\"runs\":[{\"id\":\"x\",\"status\":\"failed\"}],"
				 "\"next_cursor\":\"c 2\"}");
	until_done(ear_page(&ear, "status:failed \"a b\"", "c 1", 5));
	ck_assert_ptr_nonnull(stub_asked(
		stub, "GET", "/v1/runs?filter=status%3Afailed%20%22a%20b%22&cursor=c%201&limit=5", 0));
	ck_assert(ear_heard(&ear, "page x:failed next c 2"));
}
END_TEST

/* The engine calls itself "local". */
START_TEST(a_backend_term_means_the_contexts_own_name)
{
	serve("GET", "/v1/runs", "{\"runs\":[]}");
	until_done(ear_page(&ear, "backend:home -backend:local", "", 0));
	ck_assert_ptr_nonnull(stub_asked(
		stub, "GET", "/v1/runs?filter=backend%3A%2A%20-backend%3A-", 0));
}
END_TEST

START_TEST(a_log_asks_for_a_page_from_either_end)
{
	struct log_query q = { .run = VIEW("a"), .task = VIEW("t[0]"), .attempt = 2,
			       .streams = LOG_STREAM_STDERR, .backward = true, .limit = 9,
			       .search = VIEW("x&y"), .exact = true, .level = VIEW("warn") };
	serve("GET", "/v1/runs/a/", "{\"lines\":[],\"next\":\"n\",\"state\":\"more\"}");
	until_done(ear_log(&ear, &q));
	ck_assert_ptr_nonnull(stub_asked(
		stub, "GET",
		"/v1/runs/a/tasks/t%5B0%5D/log?format=lines&attempt=2&stream=stderr&limit=9"
		"&search=x%26y&exact=1&level=warn&cursor=end&backward=1", 0));
	until_done(ear_log(&ear, &(struct log_query){ .run = VIEW("a"), .task = VIEW("t") }));
	ck_assert_ptr_nonnull(stub_asked(stub, "GET", "/v1/runs/a/tasks/t/log?format=lines", 0));
	ck_assert_str_eq(str_text(&ear.cursor), "n");
}
END_TEST

#define LINE(words, next) \
	"event: lines\ndata: {\"lines\":[{\"stream\":\"stdout\",\"text\":\"" words "\"}]," \
	"\"next\":\"" next "\",\"state\":\"following\"}\n\n"

START_TEST(a_followed_log_goes_on_behind_what_was_seen)
{
	stub_on(stub, "GET", "/v1/runs/a/tasks/t/log",
		&(struct stub_reply){ .body = LINE("two", "c2") "event: eof\ndata: {}\n\n",
				      .stream = true });
	stub_on(stub, "GET", "/v1/runs/a/tasks/t/log",
		&(struct stub_reply){ .body = LINE("one", "c1"), .stream = true, .times = 1 });
	ticket_id t = ear_log(&ear, &(struct log_query){ .run = VIEW("a"), .task = VIEW("t"),
							 .cursor = VIEW("c0"), .follow = true });
	until_line("log 1 one");
	stub_end_streams(stub, false);
	ck_assert_int_eq(until_done(t)->outcome, OUTCOME_OK);
	ck_assert_str_eq(str_text(&ear.log_text), "onetwo");
	ck_assert_ptr_nonnull(stub_asked(
		stub, "GET", "/v1/runs/a/tasks/t/log?format=lines&follow=1&cursor=c0", 0));
	ck_assert_ptr_nonnull(stub_asked(
		stub, "GET", "/v1/runs/a/tasks/t/log?format=lines&follow=1&cursor=c1", 0));
}
END_TEST

START_TEST(what_is_not_there_is_not_found_with_the_engines_words)
{
	const struct ear_ticket *t = until_done(ear_fetch(&ear, "nope", PART_DETAIL));
	ck_assert_int_eq(t->outcome, OUTCOME_NOT_FOUND);
	ck_assert_str_eq(t->text, "there is nothing here");
}
END_TEST

START_TEST(a_busy_engine_is_asked_again_when_it_says)
{
	serve("GET", "/v1/runs/a", run_a);
	stub_on(stub, "GET", "/v1/runs/a",
		&(struct stub_reply){ .status = 429, .headers = "Retry-After: 0\r\n", .times = 2 });
	ck_assert_int_eq(until_done(ear_fetch(&ear, "a", PART_DETAIL))->outcome, OUTCOME_OK);
	ck_assert_uint_eq(stub_count(stub, "GET", "/v1/runs/a"), 3);
	ck_assert(ear_heard(&ear, "detail a:waiting t[0]:completed"));
}
END_TEST

START_TEST(the_token_goes_over_tcp_too_and_an_absent_server_is_named)
{
	local_rig_reopen((struct local_config){ .url = "http://127.0.0.1:1", .token = "s" });
	const struct ear_ticket *t = until_done(ear_fetch(&ear, "a", PART_DETAIL));
	ck_assert_int_eq(t->outcome, OUTCOME_UNREACHABLE);
	ck_assert_str_eq(t->text, "runboardd does not answer on http://127.0.0.1:1");
	local_rig_reopen((struct local_config){ .token = "secret" });
	serve("GET", "/v1/runs/a", run_a);
	until_done(ear_fetch(&ear, "a", PART_DETAIL));
	ck_assert_str_eq(stub_header(stub_asked(stub, "GET", "/v1/runs/a", 0), "Authorization",
				     &text), "Bearer secret");
}
END_TEST

/* ---- orders ---- */

START_TEST(an_order_names_what_was_shown_and_has_a_key)
{
	serve("POST", "/v1/runs/a/tasks/t%5B0%5D/approve", "{}");
	const struct ear_ticket *t = until_done(ear_order(&ear, &approve));
	const struct stub_request *r = stub_asked(stub, "POST", "/v1/", 0);
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_str_eq(t->text, "approved");
	ck_assert_str_eq(r->body, "{\"comment\":\"looks \\\"good\\\"\",\"attempt\":2,\"version\":7}");
	ck_assert_str_eq(stub_header(r, "Idempotency-Key", &text), "k-1");
}
END_TEST

START_TEST(every_verb_has_its_place)
{
	static const struct {
		struct order order;
		const char *target, *body;
	} cases[] = {
		{ { .verb = VERB_ANSWER, .run = VIEW("r"), .task = VIEW("t"), .value = VIEW("[1]") },
		  "/v1/runs/r/tasks/t/answer", "{\"value\":[1],\"version\":0}" },
		{ { .verb = VERB_EDIT, .run = VIEW("r"), .task = VIEW("t"),
		    .edit = VIEW("{\"run\":\"x\"}") },
		  "/v1/runs/r/tasks/t/retry", "{\"edit\":{\"run\":\"x\"},\"version\":0}" },
		{ { .verb = VERB_SKIP, .run = VIEW("r"), .task = VIEW("..") },
		  "/v1/runs/r/tasks/../skip", "{\"version\":0}" },
		{ { .verb = VERB_CANCEL, .run = VIEW("r"), .comment = VIEW("why"), .version = 2 },
		  "/v1/runs/r/cancel", "{\"reason\":\"why\",\"version\":2}" },
		{ { .verb = VERB_RERUN, .run = VIEW("r"), .params = VIEW("{\"a\":1}"), .debug = true },
		  "/v1/runs/r/rerun", "{\"params\":{\"a\":1},\"debug\":true}" },
		{ { .verb = VERB_START, .workflow = VIEW("a/b") }, "/v1/workflows/a%2Fb/runs", "{}" },
	};
	serve("POST", "/v1/", "{\"id\":\"new\"}");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		until_done(ear_order(&ear, &cases[i].order));
		const struct stub_request *r = stub_asked(stub, "POST", "/v1/", i);
		ck_assert_str_eq(r->target, cases[i].target);
		ck_assert_str_eq(r->body, cases[i].body);
		ck_assert_ptr_nonnull(stub_header(r, "Idempotency-Key", &text));
		ck_assert_uint_eq(text.len, 36);
	}
}
END_TEST

START_TEST(a_start_says_which_run_to_follow)
{
	const struct order start = { .verb = VERB_START, .workflow = VIEW("w") };
	stub_on(stub, "POST", "/v1/workflows/w/runs",
		&(struct stub_reply){ .status = 201, .body = "{\"id\":\"new\"}" });
	ck_assert_str_eq(until_done(ear_order(&ear, &start))->follow_key, "new");
}
END_TEST

START_TEST(a_cancel_is_only_requested)
{
	const struct order cancel = { .verb = VERB_CANCEL, .run = VIEW("a") };
	stub_on(stub, "POST", "/v1/runs/a/cancel", &(struct stub_reply){ .status = 202, .body = "{}" });
	ck_assert_str_eq(until_done(ear_order(&ear, &cancel))->text, "cancel requested");
}
END_TEST

START_TEST(a_refusal_has_the_engines_sentence)
{
	static const int statuses[] = { 400, 401, 403, 409, 412, 422, 428 };
	stub_on(stub, "POST", "/v1/", &(struct stub_reply){
		.status = statuses[_i],
		.body = "{\"error\":{\"code\":\"conflict\",\"message\":\"bob approved this 12 s ago\"}}" });
	const struct ear_ticket *t = until_done(ear_order(&ear, &approve));
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "bob approved this 12 s ago");
	ck_assert_uint_eq(stub_count(stub, "POST", "/v1/"), 1);
}
END_TEST

START_TEST(a_lost_answer_is_asked_for_once_more_with_the_same_key)
{
	serve("POST", "/v1/", "{}");
	stub_on(stub, "POST", "/v1/", &(struct stub_reply){ .fault = STUB_CLOSE, .times = 1 });
	ck_assert_int_eq(until_done(ear_order(&ear, &approve))->outcome, OUTCOME_OK);
	ck_assert_uint_eq(stub_count(stub, "POST", "/v1/"), 2);
	for (size_t i = 0; i < 2; i++)
		ck_assert_str_eq(stub_header(stub_asked(stub, "POST", "/v1/", i),
					     "Idempotency-Key", &text), "k-1");
}
END_TEST

START_TEST(an_answer_lost_twice_is_unknown_and_the_run_is_read_back)
{
	static const struct stub_reply losses[] = {
		{ .fault = STUB_CLOSE }, { .fault = STUB_SILENT }, { .status = 500 },
		{ .body = "{\"id\":\"a\"}", .fault = STUB_CUT, .at = 4 },
	};
	if (losses[_i].fault == STUB_SILENT)
		local_rig_reopen((struct local_config){ .times = { .answer_ms = 1500 } });
	serve("GET", "/v1/runs/a", run_a);
	stub_on(stub, "POST", "/v1/", &losses[_i]);
	const struct ear_ticket *t = until_done(ear_order(&ear, &approve));
	ck_assert_int_eq(t->outcome, OUTCOME_UNKNOWN);
	ck_assert_msg(view_ends(view_of(t->text),
				"; run a1 is now waiting, task t[0] completed in attempt 2"),
		      "%s", t->text);
	ck_assert_uint_eq(stub_count(stub, "POST", "/v1/"), 2);
	ck_assert_uint_eq(stub_count(stub, "GET", "/v1/runs/a"), 1);
}
END_TEST

START_TEST(a_lost_start_stays_unknown_and_names_its_key)
{
	const struct order start = { .verb = VERB_START, .workflow = VIEW("w"), .key = VIEW("k9") };
	stub_on(stub, "POST", "/v1/", &(struct stub_reply){ .fault = STUB_CLOSE });
	const struct ear_ticket *t = until_done(ear_order(&ear, &start));
	ck_assert_int_eq(t->outcome, OUTCOME_UNKNOWN);
	ck_assert_msg(view_ends(view_of(t->text), "with its key k9 it may be sent again"), "%s", t->text);
}
END_TEST

START_TEST(an_order_that_never_left_was_not_given)
{
	stub_fall(stub);
	ck_assert_int_eq(until_done(ear_order(&ear, &approve))->outcome, OUTCOME_UNREACHABLE);
}
END_TEST

START_TEST(a_read_only_context_gives_no_orders)
{
	local_rig_reopen((struct local_config){ .read_only = true });
	const struct ear_ticket *t = until_done(ear_order(&ear, &approve));
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "this context is read-only");
	ck_assert_uint_eq(stub_count(stub, "POST", "/"), 0);
}
END_TEST

/* ---- how it is ---- */

START_TEST(the_probe_says_who_and_how_far_off_the_clock_is)
{
	str_add_text(&text, "{\"user\":\"alice\",\"roles\":[\"admin\"],\"engine\":\"runboardd 9\","
			    "\"time\":\"");
	when_add_rfc3339(&text, when_now_ms() + 3600000);
	str_add_text(&text, "\"}");
	serve("GET", "/v1/info", str_text(&text));
	ear_probe(&ear);
	until_line("condition live live");
	ck_assert(ear_heard(&ear, "identity home alice admin runboardd 9"));
	ck_assert_int_ge(ear.clock_offset_ms, 3600000 - 2000);
	ck_assert_int_le(ear.clock_offset_ms, 3600000 + 2000);
	ck_assert_uint_ne(ear.abilities & BACKEND_CAN_ORDER, 0);
}
END_TEST

START_TEST(nobody_there_is_said_with_the_next_try_until_somebody_is)
{
	stub_fall(stub);
	ear_probe(&ear);
	str_addf(&text, "condition down runboardd does not answer on %s; next try in ",
		 stub_path(stub));
	until_line(str_text(&text));
	ck_assert(ear_heard(&ear, "condition connecting connecting to runboardd on "));
	stub_rise(stub);
	until_line("condition live live");
}
END_TEST

START_TEST(what_is_in_flight_is_pending)
{
	stream(BEGIN END(3));
	serve("GET", "/v1/runs/a", run_a);
	ck_assert_uint_eq(backend_pending(ear.backend), 0);
	ear_watch(&ear, "", 0);
	ear_fetch(&ear, "a", PART_DETAIL);
	ck_assert_uint_eq(backend_pending(ear.backend), 2);
	until_line("snapshot_end");
	until_line("detail");
	while (backend_pending(ear.backend))
		loop_turn(loop, 50);
	ck_assert_uint_eq(stub_streams(stub), 1);
}
END_TEST

static void add_orders(TCase *c)
{
	tcase_add_test(c, an_order_names_what_was_shown_and_has_a_key);
	tcase_add_test(c, every_verb_has_its_place);
	tcase_add_test(c, a_start_says_which_run_to_follow);
	tcase_add_test(c, a_cancel_is_only_requested);
	tcase_add_loop_test(c, a_refusal_has_the_engines_sentence, 0, 7);
	tcase_add_test(c, a_lost_answer_is_asked_for_once_more_with_the_same_key);
	tcase_add_loop_test(c, an_answer_lost_twice_is_unknown_and_the_run_is_read_back, 0, 4);
	tcase_add_test(c, a_lost_start_stays_unknown_and_names_its_key);
	tcase_add_test(c, an_order_that_never_left_was_not_given);
	tcase_add_test(c, a_read_only_context_gives_no_orders);
}

Suite *suite_local(void);

Suite *suite_local(void)
{
	Suite *s = suite_create("local");
	TCase *c = tcase_create("local");
	tcase_add_checked_fixture(c, local_rig_set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_page_asks_with_filter_cursor_and_limit);
	tcase_add_test(c, a_backend_term_means_the_contexts_own_name);
	tcase_add_test(c, a_log_asks_for_a_page_from_either_end);
	tcase_add_test(c, a_followed_log_goes_on_behind_what_was_seen);
	tcase_add_test(c, what_is_not_there_is_not_found_with_the_engines_words);
	tcase_add_test(c, a_busy_engine_is_asked_again_when_it_says);
	tcase_add_test(c, the_token_goes_over_tcp_too_and_an_absent_server_is_named);
	add_orders(c);
	tcase_add_test(c, the_probe_says_who_and_how_far_off_the_clock_is);
	tcase_add_test(c, nobody_there_is_said_with_the_next_try_until_somebody_is);
	tcase_add_test(c, what_is_in_flight_is_pending);
	suite_add_tcase(s, c);
	return s;
}
