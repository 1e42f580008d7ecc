/* The Temporal backend against a stub: the rules of backend.h under every fault, and
 * what it asks for, sends and tells. The answers of a real server are recorded. */
#include "temporal_rig.h"

static const struct rig_fault faults[] = {
	NO_ANSWERS,
	{ "nobody listens", .down = true },
	{ "no answer", .reply = { .fault = STUB_SILENT } },
	{ "403", .reply = { .status = 403, .body = "{\"code\":7,\"message\":\"Host not allowed\"}" } },
	{ "404", .reply = { .status = 404, .body = "{\"code\":5,\"message\":\"Not Found\"}" } },
	{ "half a character", .reply = { .body = "{\"id\":\"\xc3" } },
	{ "JSON of another kind", .reply = { .body = "[1,{\"executions\":{}}]" } },
	{ "an empty object", .reply = { .body = "{}" } },
	{ "cut in the body", .reply = { .fault = STUB_CUT, .at = 9 }, .garbled = true },
	{ "stalled in the body", .reply = { .fault = STUB_STALL, .at = 9 }, .garbled = true },
	{ "one byte at a time", .reply = { .fault = STUB_DRIBBLE }, .garbled = true },
};

enum { FAULTS = sizeof faults / sizeof *faults };

static void serve_badly(const struct rig_fault *f)
{
	for (size_t i = 0; i < rig_n_routes; i++) {
		struct stub_reply reply = f->reply;
		if (f->garbled)
			reply.body = rig_routes[i].body;
		stub_on(stub, rig_routes[i].method, rig_routes[i].target, &reply);
	}
	if (f->down)
		stub_fall(stub);
}

/* ---- all operations at once ---- */

enum { ASKED_MAX = 24 };

struct asked {
	ticket_id watch, tickets[ASKED_MAX];
	size_t n;
};

static void ask(struct asked *a, ticket_id t)
{
	a->tickets[a->n++] = t;
}

static void ask_everything(struct asked *a)
{
	const struct log_query log = { .run = VIEW("a"), .task = VIEW("t"), .follow = true };
	static const enum verb verbs[] = { VERB_APPROVE, VERB_REJECT, VERB_RETRY, VERB_SKIP,
					   VERB_CANCEL, VERB_TERMINATE, VERB_PAUSE, VERB_RERUN };
	const struct order start = { .verb = VERB_START, .workflow = VIEW("T"),
				     .params = VIEW("{\"task_queue\":\"q\"}") };
	ear_probe(&ear);
	a->watch = ear_watch(&ear, "", 5);
	ear_follow(&ear, "a");
	ask(a, ear_page(&ear, "status:failed", "", 10));
	ask(a, ear_fetch(&ear, "a", PART_DETAIL));
	ask(a, ear_fetch(&ear, "a", PART_HISTORY));
	ask(a, ear_fetch(&ear, "a", PART_HISTORY_END));
	ask(a, ear_log(&ear, &log));
	for (int kind = CATALOG_WORKFLOWS; kind <= CATALOG_INBOX; kind++)
		ask(a, ear_catalog(&ear, (enum catalog_kind)kind));
	ask(a, ear_catalog(&ear, CATALOG_SPACES));
	ask(a, ear_catalog(&ear, CATALOG_THROUGHPUT));
	ask(a, ear_space(&ear, "nowhere"));
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		const struct order o = { .verb = verbs[i], .run = VIEW("a"), .task = VIEW("gate") };
		ask(a, ear_order(&ear, &o));
	}
	ask(a, ear_order(&ear, &start));
}

static bool all_done(void *arg)
{
	const struct asked *a = arg;
	for (size_t i = 0; i < a->n; i++) {
		if (!ear_done(&ear, a->tickets[i]))
			return false;
	}
	return true;
}

START_TEST(the_rules_hold_under_every_fault)
{
	struct asked a = { 0 };
	if (faults[_i].reply.fault == STUB_SILENT || faults[_i].reply.fault == STUB_STALL)
		open_hasty();
	else
		open_backend();
	serve_badly(&faults[_i]);
	ask_everything(&a);
	ck_assert_int_eq(ear.calls, 0);
	ck_assert_msg(stub_until_fn(loop, all_done, &a), "%s:\n%s", faults[_i].name,
		      str_text(&ear.log));
	serve_well();
	if (faults[_i].down)
		stub_rise(stub);
	ck_assert_msg(stub_until_fn(loop, is_live, NULL), "%s:\n%s", faults[_i].name,
		      str_text(&ear.log));
	ck_assert(!ear_done(&ear, a.watch));
	ear_fetch(&ear, "a", PART_DETAIL);
	ear_destroy(&ear);
	turn_a_little();
}
END_TEST

static const char *const calls[] = { "identity", "condition", "snapshot_begin", "runs",
				     "snapshot_end", "lane_counts", "page", "detail", "history",
				     "catalog", "log", "done" };

enum { CALLS = sizeof calls / sizeof *calls };

static bool is_destroyed(void *arg)
{
	return ear.destroyed;
}

START_TEST(it_may_be_destroyed_from_inside_any_call)
{
	struct asked a = { 0 };
	serve_well();
	open_backend();
	ear.destroy_in = calls[_i];
	ask_everything(&a);
	ck_assert_msg(stub_until_fn(loop, is_destroyed, NULL), "%s", str_text(&ear.log));
	turn_a_little();
}
END_TEST

START_TEST(the_watch_may_be_cancelled_from_inside_its_calls)
{
	static const char *const own[] = { "snapshot_begin", "runs", "snapshot_end", "lane_counts" };
	struct asked a = { 0 };
	serve_well();
	open_backend();
	ask_everything(&a);
	ear.cancel_in = own[_i];
	ear.cancel = a.watch;
	ck_assert_msg(stub_until_fn(loop, all_done, &a), "%s", str_text(&ear.log));
	while (ear.cancel_in)
		loop_turn(loop, 10);
	turn_a_little();
	ck_assert_int_eq(ear_done(&ear, a.watch), 0);
}
END_TEST

START_TEST(cancelled_tickets_are_never_heard_of_again)
{
	struct asked a = { 0 };
	serve_well();
	open_backend();
	ask_everything(&a);
	for (size_t i = 0; i < a.n; i++)
		ear_cancel(&ear, a.tickets[i]);
	ear_cancel(&ear, a.watch);
	turn_a_little();
	ck_assert(!ear_heard(&ear, "done"));
	ck_assert(!ear_heard(&ear, "snapshot_begin"));
}
END_TEST

/* ---- what it asks ---- */

static bool has_ticked(void *arg)
{
	return stub_count(stub, "GET", LIST "%28CloseTime") >= 3;
}

START_TEST(it_never_asks_for_a_bare_close_time)
{
	serve_well();
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert(stub_until_fn(loop, has_ticked, NULL));
	for (size_t i = 0; i < stub_count(stub, "GET", LIST); i++) {
		struct view target = view_of(stub_asked(stub, "GET", LIST, i)->target);
		bool closes = view_find(target, VIEW("CloseTime"), 0) != SIZE_MAX;
		ck_assert(!closes || view_find(target, VIEW("CloseTime%20BETWEEN"), 0) != SIZE_MAX);
	}
}
END_TEST

START_TEST(nothing_is_told_twice)
{
	serve_well();
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert(stub_until_fn(loop, has_ticked, NULL));
	ck_assert_uint_le(ear_count(&ear, "runs a:"), 3);
	ck_assert_uint_le(ear_count(&ear, "runs b:"), 2);
}
END_TEST

static bool is_slow(void *arg)
{
	return ear.condition == CONDITION_LIVE &&
	       view_find(view_of_str(&ear.sentence), VIEW("limits us to"), 0) != SIZE_MAX;
}

static bool is_just_live(void *arg)
{
	return str_eq(str_text(&ear.sentence), "live");
}

START_TEST(too_many_requests_slow_it_down_are_said_and_pass)
{
	serve_well();
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert(stub_until_fn(loop, is_live, NULL));
	stub_on(stub, "GET", LIST, &(struct stub_reply){ .status = 429, .times = 1 });
	ck_assert_msg(stub_until_fn(loop, is_slow, NULL), "%s", str_text(&ear.log));
	ck_assert_msg(stub_until_fn(loop, is_just_live, NULL), "%s", str_text(&ear.log));
}
END_TEST

#define TOO_MUCH "{\"code\":8,\"details\":[{\"cause\":\"RESOURCE_EXHAUSTED_CAUSE_PERSISTENCE_LIMIT\"}]}"
#define OPEN_LIST LIST "%28ExecutionStatus%20%3D%20%27Running%27%29"

static bool has_all_pages(void *arg)
{
	return ear_heard(&ear, "runs second:pending") && ear_heard(&ear, "snapshot_end complete");
}

/* A server for development reads its database for each row: a page of 1000 is refused
 * however seldom it is asked for. */
START_TEST(a_page_that_is_too_much_for_the_database_is_asked_for_in_parts)
{
	serve_well();
	serve("GET", OPEN_LIST "&pageSize=200", "{\"executions\":[" RUN_A "],\"nextPageToken\":\"T\"}");
	stub_on(stub, "GET", OPEN_LIST "&nextPageToken=T&pageSize=1000", &(struct stub_reply){
		.status = 429, .headers = "Retry-After: 0\r\n",
		.body = TOO_MUCH });
	serve("GET", OPEN_LIST "&nextPageToken=T&pageSize=500",
	      "{\"executions\":[{\"execution\":{\"workflowId\":\"w-2\",\"runId\":\"second\"},"
	      "\"type\":{\"name\":\"T\"},\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\"}]}");
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, has_all_pages, NULL), "%s", str_text(&ear.log));
	ck_assert_uint_eq(stub_count(stub, "GET", OPEN_LIST "&nextPageToken=T&pageSize=1000"), 1);
}
END_TEST

#define FAILED_LIST LIST "%28ExecutionStatus%20IN%20%28%27Failed%27%2C%20%27TimedOut%27%29%29"

static bool has_second_part(void *arg)
{
	return stub_count(stub, "GET", FAILED_LIST "&nextPageToken=E&pageSize=") > 0;
}

START_TEST(ended_runs_that_come_in_parts_are_as_many)
{
	serve_well();
	stub_on(stub, "GET", FAILED_LIST "&pageSize=500", &(struct stub_reply){
		.status = 429, .headers = "Retry-After: 0\r\n", .body = TOO_MUCH });
	serve("GET", FAILED_LIST "&pageSize=250", "{\"executions\":[" RUN_B "],\"nextPageToken\":\"E\"}");
	open_backend();
	ear_watch(&ear, "", 500);
	ck_assert_msg(stub_until_fn(loop, has_second_part, NULL), "%s", str_text(&ear.log));
}
END_TEST

static bool has_ended(void *arg)
{
	return ear_heard(&ear, "runs a:completed");
}

START_TEST(a_closed_run_is_never_told_open_again)
{
	serve_well();
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert(stub_until_fn(loop, is_live, NULL));
	serve("GET", LIST "%28CloseTime", "{\"executions\":[" A_ENDED "]}");
	serve("GET", SPACE "/workflows/w-a", "{\"workflowExecutionInfo\":" A_ENDED "}");
	ck_assert(stub_until_fn(loop, has_ended, NULL));
	str_clear(&ear.log);
	ck_assert(stub_until_fn(loop, has_ticked, NULL));
	ck_assert_msg(!ear_heard(&ear, "runs a:running"), "%s", str_text(&ear.log));
}
END_TEST

START_TEST(what_is_no_longer_listed_is_looked_at_and_may_be_gone)
{
	serve_well();
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert(stub_until_fn(loop, is_live, NULL));
	serve("GET", LIST "%28ExecutionStatus%20%3D", "{}");
	stub_on(stub, "GET", SPACE "/workflows/w-a", &(struct stub_reply){ .status = 404 });
	until_line("gone a");
}
END_TEST

/* ---- the recorded server ---- */

static bool knows_the_board(void *arg)
{
	return ear.condition == CONDITION_LIVE && !ear.snapshot && ear_heard(&ear, "snapshot_end");
}

START_TEST(the_recorded_board_is_shown)
{
	struct str state = { 0 };
	serve_well();
	serve_vector("GET", LIST "%28ExecutionStatus%20%3D", "list-open");
	serve_vector("GET", LIST "%28ExecutionStatus%20IN", "list-ended");
	serve_vector("GET", SPACE "/workflow-count", "count");
	open_backend();
	ear_watch(&ear, "", 50);
	ck_assert(stub_until_fn(loop, knows_the_board, NULL));
	struct view known = view_of(ear_state(&ear, &state));
	ck_assert(view_find(known, VIEW(":pending"), 0) != SIZE_MAX);
	ck_assert(view_find(known, VIEW(":planned"), 0) != SIZE_MAX);
	ck_assert(view_find(known, VIEW(":failed"), 0) != SIZE_MAX);
	ck_assert(ear_heard(&ear, "snapshot_end complete"));
	str_release(&state);
}
END_TEST

/* ---- orders ---- */

#define ONE "approval-update-1"
#define UPDATE SPACE "/workflows/" ONE "/update/decide"

static void serve_approval(void)
{
	serve_well();
	serve_vector("GET", SPACE "/workflows/" ONE, "describe-approval-update-1");
	open_backend();
}

START_TEST(an_approval_is_an_update_to_the_very_run)
{
	serve_approval();
	serve_vector("POST", UPDATE, "update-ok");
	const struct ear_ticket *t = order(VERB_APPROVE, ONE);
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_str_eq(t->text, "approved");
	expect_sent(UPDATE, "\"runId\":\"00000000-0000-7000-8000-000000000005\"");
	expect_sent(UPDATE, "\"data\":\"eyJvayI6dHJ1ZX0=\"");
	expect_sent(UPDATE, "\"updateId\":");
}
END_TEST

START_TEST(a_validator_refuses_in_its_own_words)
{
	serve_approval();
	serve_vector("POST", UPDATE, "update-refused");
	const struct ear_ticket *t = order(VERB_REJECT, ONE);
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "a rejection needs a comment");
}
END_TEST

START_TEST(an_update_that_no_worker_took_is_unknown_and_sent_with_the_same_id)
{
	struct str first = { 0 };
	serve_approval();
	serve("POST", UPDATE, "{\"stage\":\"UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED\"}");
	ck_assert_int_eq(order(VERB_APPROVE, ONE)->outcome, OUTCOME_UNKNOWN);
	ck_assert_uint_eq(stub_count(stub, "POST", UPDATE), 2);
	str_add_text(&first, stub_asked(stub, "POST", UPDATE, 0)->body);
	ck_assert_str_eq(stub_asked(stub, "POST", UPDATE, 1)->body, str_text(&first));
	str_release(&first);
}
END_TEST

START_TEST(an_order_whose_answer_is_lost_is_read_back)
{
	serve_approval();
	stub_on(stub, "POST", UPDATE, &(struct stub_reply){ .fault = STUB_CLOSE });
	const struct ear_ticket *t = order(VERB_APPROVE, ONE);
	ck_assert_int_eq(t->outcome, OUTCOME_UNKNOWN);
	ck_assert_msg(strstr(t->text, "the run is now running") != NULL, "%s", t->text);
}
END_TEST

START_TEST(a_signal_is_never_guessed)
{
	serve_well();
	serve_vector("GET", SPACE "/workflows/approval-signal-1", "describe-approval-signal-1");
	open_backend();
	const struct ear_ticket *t = order(VERB_APPROVE, "approval-signal-1");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, "approve.ApprovalSignal") != NULL, "%s", t->text);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
}
END_TEST

START_TEST(a_signal_without_effect_is_said_so)
{
	serve_well();
	open_backend();
	const struct ear_ticket *t = order(VERB_APPROVE, "a");
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_str_eq(t->text, "approved: recorded, but its effect is not seen yet");
	expect_sent(SPACE "/workflows/a/signal/approve", "\"runId\":\"a\"");
	ck_assert_ptr_null(strstr(body_of(SPACE "/workflows/a/signal/approve"), "\"input\""));
}
END_TEST

START_TEST(what_has_ended_cannot_be_approved)
{
	serve_well();
	serve("GET", SPACE "/workflows/a", "{\"workflowExecutionInfo\":" A_ENDED "}");
	open_backend();
	const struct ear_ticket *t = order(VERB_APPROVE, "a");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "nothing waits any more: the run is completed");
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
}
END_TEST

START_TEST(a_reset_goes_to_the_task_that_made_the_failed_step)
{
	serve_well();
	serve_vector("GET", SPACE "/workflows/fails-1", "describe-fails-1");
	serve_vector("GET", SPACE "/workflows/fails-1/history", "history-fails-1");
	open_backend();
	const struct ear_ticket *t = order(VERB_RETRY, "fails-1");
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_str_eq(t->follow_key, "c");
	expect_sent(SPACE "/workflows/fails-1/reset", "\"workflowTaskFinishEventId\":\"10\"");
}
END_TEST

START_TEST(a_read_only_context_sends_nothing)
{
	struct temporal_config config = config_of();
	config.read_only = true;
	serve_well();
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	ck_assert_int_eq(order(VERB_CANCEL, "a")->outcome, OUTCOME_REFUSED);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
}
END_TEST

START_TEST(a_workflow_id_with_a_slash_is_refused_by_name)
{
	serve_well();
	open_backend();
	const struct ear_ticket *t = order(VERB_PAUSE, "x/terminate");
	ck_assert_int_eq(t->outcome, OUTCOME_UNSUPPORTED);
	ck_assert_msg(strstr(t->text, "slash") != NULL, "%s", t->text);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
}
END_TEST

Suite *suite_temporal(void);

Suite *suite_temporal(void)
{
	Suite *s = suite_create("temporal");
	TCase *c = tcase_create("temporal");
	tcase_add_checked_fixture(c, rig_set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, the_rules_hold_under_every_fault, 0, FAULTS);
	tcase_add_loop_test(c, it_may_be_destroyed_from_inside_any_call, 0, CALLS);
	tcase_add_loop_test(c, the_watch_may_be_cancelled_from_inside_its_calls, 0, 4);
	tcase_add_test(c, cancelled_tickets_are_never_heard_of_again);
	tcase_add_test(c, it_never_asks_for_a_bare_close_time);
	tcase_add_test(c, nothing_is_told_twice);
	tcase_add_test(c, too_many_requests_slow_it_down_are_said_and_pass);
	tcase_add_test(c, a_page_that_is_too_much_for_the_database_is_asked_for_in_parts);
	tcase_add_test(c, ended_runs_that_come_in_parts_are_as_many);
	tcase_add_test(c, a_closed_run_is_never_told_open_again);
	tcase_add_test(c, what_is_no_longer_listed_is_looked_at_and_may_be_gone);
	tcase_add_test(c, the_recorded_board_is_shown);
	tcase_add_test(c, an_approval_is_an_update_to_the_very_run);
	tcase_add_test(c, a_validator_refuses_in_its_own_words);
	tcase_add_test(c, an_update_that_no_worker_took_is_unknown_and_sent_with_the_same_id);
	tcase_add_test(c, an_order_whose_answer_is_lost_is_read_back);
	tcase_add_test(c, a_signal_is_never_guessed);
	tcase_add_test(c, a_signal_without_effect_is_said_so);
	tcase_add_test(c, what_has_ended_cannot_be_approved);
	tcase_add_test(c, a_reset_goes_to_the_task_that_made_the_failed_step);
	tcase_add_test(c, a_read_only_context_sends_nothing);
	tcase_add_test(c, a_workflow_id_with_a_slash_is_refused_by_name);
	suite_add_tcase(s, c);
	return s;
}
