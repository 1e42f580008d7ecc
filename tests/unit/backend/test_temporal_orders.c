/* What operators tell and ask a run's code on Temporal, and orders on schedules, against
 * a stub with recorded answers. */
#include "temporal_rig.h"

#include "base/file.h"

#define WORKFLOW SPACE "/workflows/w-a"

static char auto_key[] = "approve.T", auto_value[] = "auto", reject_key[] = "reject.T",
	    answer_key[] = "answer.T", signal_value[] = "signal:go";

/* effect_ms: how long a signal's effect is waited for. */
static void open_with(int effect_ms)
{
	static const struct setting approvals[] = { { auto_key, auto_value },
						    { reject_key, signal_value },
						    { answer_key, auto_value } };
	const struct temporal_config config = {
		.name = "home",
		.identity = "me@here",
		.unix_path = stub_path(stub),
		.approvals = approvals,
		.n_approvals = 3,
		.times = { .tick_ms = 1000, .effect_ms = effect_ms, .effect_step_ms = 5,
			   .first_retry_ms = 2, .max_retry_ms = 8, .calls = 2000 },
	};
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
}

static void set_up(void)
{
	rig_set_up();
	open_with(10000);
	serve("GET", WORKFLOW, "{\"workflowExecutionInfo\":" RUN_A "}");
	serve("GET", SPACE "/workflows?", "{\"executions\":[" RUN_A "]}");
}

static const struct ear_ticket *give(enum verb verb, const char *name, const char *value)
{
	const struct order o = { .verb = verb, .run = VIEW("w-a"), .name = view_of(name),
				 .value = view_of(value) };
	return until_done(ear_order(&ear, &o));
}

static const struct ear_ticket *ask(enum verb verb, const char *name, const char *args)
{
	const struct run_question q = { .run = VIEW("w-a"), .verb = verb, .name = view_of(name),
					.args = view_of(args), .timeout_ms = 300 };
	ear.inside = true;
	ticket_id t = backend_ask(ear.backend, &q);
	ear.inside = false;
	return until_done(t);
}

static const struct ear_ticket *schedule(enum verb verb)
{
	const struct schedule_order o = { .verb = verb, .id = VIEW("nightly"),
					  .comment = VIEW("holiday") };
	ear.inside = true;
	ticket_id t = backend_schedule(ear.backend, &o);
	ear.inside = false;
	return until_done(t);
}

static void expect_heard(const char *words)
{
	ck_assert_msg(strstr(str_text(&ear.log), words) != NULL, "'%s' is not in %s", words,
		      str_text(&ear.log));
}

/* ---- questions ---- */

START_TEST(a_query_names_its_run_and_has_a_deadline)
{
	struct str header = { 0 };
	serve("POST", WORKFLOW "/query/state",
	      "{\"queryResult\":{\"payloads\":[{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},"
	      "\"data\":\"eyJhIjoxfQ==\"}]}}");
	serve("GET", WORKFLOW, "{}");
	ck_assert_int_eq(ask(VERB_QUERY, "state", "[1,\"x\"]")->outcome, OUTCOME_OK);
	expect_heard("{\"title\":\"query state of w-a\",\"value\":{\"a\":1}}");
	expect_sent(WORKFLOW "/query/state", "\"data\":\"MQ==\"");
	expect_sent(WORKFLOW "/query/state", "\"data\":\"Ingi\"");
	const struct stub_request *r = stub_asked(stub, "POST", WORKFLOW "/query/state", 0);
	ck_assert_str_eq(stub_header(r, "Grpc-Timeout", &header), "300m");
	str_release(&header);
}
END_TEST

START_TEST(a_query_that_no_worker_answers_says_which_queue)
{
	const struct ear_ticket *t;
	serve("GET", SPACE "/workflows?", "{\"executions\":[" RUN_A "]}");
	until_done(ear_page(&ear, "", "", 10));
	stub_on(stub, "POST", WORKFLOW "/query/",
		&(struct stub_reply){ .status = 504, .body = "{\"code\":4,\"message\":\"timed out\"}" });
	const struct run_question q = { .run = VIEW("a"), .verb = VERB_STACK };
	ear.inside = true;
	ticket_id ticket = backend_ask(ear.backend, &q);
	ear.inside = false;
	t = until_done(ticket);
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "timed out; does a worker poll task queue q?");
}
END_TEST

START_TEST(a_query_without_a_name_lists_what_the_code_can_be_told)
{
	serve_vector("POST", WORKFLOW "/query/__temporal_workflow_metadata", "metadata");
	ck_assert_int_eq(ask(VERB_QUERY, "", "")->outcome, OUTCOME_OK);
	expect_heard("\"updates\":[\"decide\"]");
}
END_TEST

/* ---- words ---- */

START_TEST(an_own_signal_is_sent_as_it_was_typed_and_its_effect_watched)
{
	const struct ear_ticket *t;
	serve("POST", WORKFLOW "/signal/go", "{}");
	serve("GET", WORKFLOW, "{\"workflowExecutionInfo\":" A_ENDED "}");
	stub_on(stub, "GET", WORKFLOW,
		&(struct stub_reply){ .body = "{\"workflowExecutionInfo\":" RUN_A "}", .times = 1 });
	t = give(VERB_SIGNAL, "go", "[{\"n\":1}]");
	ck_assert_int_eq(t->outcome, OUTCOME_SEEN);
	ck_assert_str_eq(t->text, "signalled");
	expect_sent(WORKFLOW "/signal/go", "\"runId\":\"a\"");
	expect_sent(WORKFLOW "/signal/go", "\"data\":\"eyJuIjoxfQ==\"");
}
END_TEST

START_TEST(an_own_signal_without_effect_is_accepted_and_says_so)
{
	ear_release(&ear);
	ear_init(&ear);
	open_with(40);
	serve("POST", WORKFLOW "/signal/go", "{}");
	const struct ear_ticket *t = give(VERB_SIGNAL, "go", "[]");
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_str_eq(t->text, "signalled: recorded, but its effect is not seen yet");
}
END_TEST

START_TEST(what_has_ended_hears_nothing)
{
	serve("GET", WORKFLOW, "{\"workflowExecutionInfo\":" A_ENDED "}");
	const struct ear_ticket *t = give(VERB_UPDATE, "x", "[]");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "its code hears nothing any more: the run is completed");
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
}
END_TEST

START_TEST(an_own_update_prints_its_answer)
{
	serve("POST", WORKFLOW "/update/add",
	      "{\"outcome\":{\"success\":{\"payloads\":[{\"metadata\":{\"encoding\":"
	      "\"anNvbi9wbGFpbg==\"},\"data\":\"NDI=\"}]}}}");
	const struct ear_ticket *t = give(VERB_UPDATE, "add", "[40,2]");
	ck_assert_int_eq(t->outcome, OUTCOME_SEEN);
	ck_assert_str_eq(t->text, "updated: 42");
}
END_TEST

/* ---- decisions found out, shown before, and lost ---- */

static const struct ear_ticket *decide(enum verb verb, bool preview)
{
	const struct order o = { .verb = verb, .run = VIEW("w-a"), .task = VIEW("gate"),
				 .comment = VIEW("so \"be\" it"), .preview = preview };
	return until_done(ear_order(&ear, &o));
}

START_TEST(auto_finds_the_update_that_the_workflow_offers)
{
	serve_vector("POST", WORKFLOW "/query/__temporal_workflow_metadata", "metadata");
	serve_vector("POST", WORKFLOW "/update/decide", "update-ok");
	ck_assert_int_eq(decide(VERB_APPROVE, false)->outcome, OUTCOME_OK);
	expect_sent(WORKFLOW "/update/decide", "\"name\":\"decide\"");
}
END_TEST

START_TEST(auto_asks_what_is_offered_without_the_answers_value)
{
	const struct order o = { .verb = VERB_ANSWER, .run = VIEW("w-a"), .task = VIEW("gate"),
				 .value = VIEW("[\"mine\"]") };
	serve_vector("POST", WORKFLOW "/query/__temporal_workflow_metadata", "metadata");
	serve_vector("POST", WORKFLOW "/update/decide", "update-ok");
	ck_assert_int_eq(until_done(ear_order(&ear, &o))->outcome, OUTCOME_OK);
	ck_assert_ptr_null(strstr(body_of(WORKFLOW "/query/"), "queryArgs"));
}
END_TEST

START_TEST(auto_never_takes_a_signal)
{
	const char *metadata = "{\"queryResult\":{\"payloads\":[{\"metadata\":{\"encoding\":"
			       "\"anNvbi9wbGFpbg==\"},\"data\":\"eyJkZWZpbml0aW9uIjp7InNpZ25hbERlZml"
			       "uaXRpb25zIjpbeyJuYW1lIjoiYXBwcm92ZSJ9XX19\"}]}}";
	serve("POST", WORKFLOW "/query/__temporal_workflow_metadata", metadata);
	const struct ear_ticket *t = decide(VERB_APPROVE, false);
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, "signals are never guessed") != NULL, "%s", t->text);
	ck_assert_uint_eq(stub_count(stub, "POST", WORKFLOW "/signal"), 0);
}
END_TEST

START_TEST(a_preview_says_the_exact_json_and_sends_nothing)
{
	serve_vector("POST", WORKFLOW "/query/__temporal_workflow_metadata", "metadata");
	const struct ear_ticket *t = decide(VERB_APPROVE, true);
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_msg(strstr(t->text, "update decide {\"approved\":true,\"comment\":"
				      "\"so \\\"be\\\" it\"") != NULL, "%s", t->text);
	ck_assert_str_eq(decide(VERB_REJECT, true)->text, "signal go (no argument); the comment is not sent");
	ck_assert_uint_eq(stub_count(stub, "POST", WORKFLOW "/update"), 0);
	ck_assert_uint_eq(stub_count(stub, "POST", WORKFLOW "/signal"), 0);
}
END_TEST

#define SIGNALLED(id, by)                                                                        \
	"{\"eventId\":\"" id "\",\"eventTime\":\"2026-11-20T03:00:08Z\",\"eventType\":"          \
	"\"EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED\",\"workflowExecutionSignaledEventAttributes\":" \
	"{\"signalName\":\"go\",\"identity\":\"" by "\"}}"

#define HANDLED(id) "{\"eventId\":\"" id "\",\"eventType\":\"EVENT_TYPE_WORKFLOW_TASK_COMPLETED\"}"

START_TEST(an_earlier_signal_that_was_handled_is_no_rival)
{
	serve("POST", WORKFLOW "/signal/go", "{}");
	serve("GET", WORKFLOW, "{\"workflowExecutionInfo\":" A_ENDED "}");
	serve("GET", WORKFLOW "/history-reverse",
	      "{\"history\":{\"events\":[" SIGNALLED("13", "me@here") "," HANDLED("12") ","
	      SIGNALLED("9", "bob@far") "]}}");
	stub_on(stub, "GET", WORKFLOW,
		&(struct stub_reply){ .body = "{\"workflowExecutionInfo\":" RUN_A "}", .times = 1 });
	ck_assert_int_eq(decide(VERB_REJECT, false)->outcome, OUTCOME_OK);
}
END_TEST

START_TEST(the_slower_of_two_signals_is_told_who_won)
{
	serve("POST", WORKFLOW "/signal/go", "{}");
	serve("GET", WORKFLOW, "{\"workflowExecutionInfo\":" A_ENDED "}");
	serve("GET", WORKFLOW "/history-reverse",
	      "{\"history\":{\"events\":[" HANDLED("16") "," SIGNALLED("13", "me@here") ","
	      SIGNALLED("12", "bob@far") "," HANDLED("10") "," SIGNALLED("5", "eve@old") "]}}");
	stub_on(stub, "GET", WORKFLOW "?",
		&(struct stub_reply){ .body = "{\"workflowExecutionInfo\":" RUN_A "}", .times = 1 });
	stub_on(stub, "GET", WORKFLOW,
		&(struct stub_reply){ .body = "{\"workflowExecutionInfo\":" RUN_A "}", .times = 1 });
	const struct ear_ticket *t = decide(VERB_REJECT, false);
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, "recorded too late; bob@far was faster: signal go, ") ==
		      t->text, "%s", t->text);
}
END_TEST

START_TEST(a_decision_on_what_has_ended_says_who_decided)
{
	serve("GET", WORKFLOW, "{\"workflowExecutionInfo\":" A_ENDED "}");
	serve("GET", WORKFLOW "/history-reverse",
	      "{\"history\":{\"events\":[" SIGNALLED("12", "bob@far") "]}}");
	const struct ear_ticket *t = decide(VERB_REJECT, false);
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, "the run is completed; bob@far was faster: signal go, ") !=
		      NULL, "%s", t->text);
}
END_TEST

/* ---- schedules ---- */

#define NIGHTLY SPACE "/schedules/nightly"

START_TEST(a_schedule_is_paused_with_a_note_and_read_back)
{
	serve_vector("GET", NIGHTLY, "schedule");
	serve("POST", NIGHTLY "/patch", "{}");
	ck_assert_int_eq(schedule(VERB_PAUSE)->outcome, OUTCOME_OK);
	expect_sent(NIGHTLY "/patch", "\"patch\":{\"pause\":\"holiday\"}");
	expect_heard("\"id\":\"nightly\",\"workflow\":\"Quick\",\"cron\":\"0 3 * * *\"");
	ck_assert_int_eq(schedule(VERB_RESUME)->outcome, OUTCOME_OK);
	ck_assert_ptr_nonnull(strstr(stub_asked(stub, "POST", NIGHTLY "/patch", 1)->body,
				     "\"unpause\":\"holiday\""));
}
END_TEST

START_TEST(a_triggered_schedule_names_the_run_that_was_started)
{
	serve("GET", NIGHTLY,
	      "{\"info\":{\"recentActions\":[{\"actualTime\":\"2026-11-21T03:00:00.05Z\"},"
	      "{\"actualTime\":\"2026-11-22T09:00:00Z\",\"startWorkflowResult\":"
	      "{\"workflowId\":\"nightly-run-x\",\"runId\":\"fresh\"}}]}}");
	struct str before = { 0 };
	str_addf(&before, "%s/schedule.json", VECTORS);
	struct str body = { 0 };
	ck_assert(file_read(str_text(&before), 1 << 20, &body, NULL));
	stub_on(stub, "GET", NIGHTLY, &(struct stub_reply){ .body = str_text(&body), .times = 1 });
	serve("POST", NIGHTLY "/patch", "{}");
	ck_assert_int_eq(schedule(VERB_START)->outcome, OUTCOME_OK);
	expect_sent(NIGHTLY "/patch", "\"triggerImmediately\"");
	expect_heard("{\"id\":\"fresh\",\"short\":\"nightly-run-x\"}");
	str_release(&before);
	str_release(&body);
}
END_TEST

START_TEST(an_unknown_schedule_is_not_found)
{
	stub_on(stub, "POST", NIGHTLY, &(struct stub_reply){ .status = 404,
		.body = "{\"code\":5,\"message\":\"schedule not found\"}" });
	ck_assert_int_eq(schedule(VERB_PAUSE)->outcome, OUTCOME_NOT_FOUND);
}
END_TEST

Suite *suite_temporal_orders(void);

Suite *suite_temporal_orders(void)
{
	Suite *s = suite_create("temporal_orders");
	TCase *c = tcase_create("temporal_orders");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_query_names_its_run_and_has_a_deadline);
	tcase_add_test(c, a_query_that_no_worker_answers_says_which_queue);
	tcase_add_test(c, a_query_without_a_name_lists_what_the_code_can_be_told);
	tcase_add_test(c, an_own_signal_is_sent_as_it_was_typed_and_its_effect_watched);
	tcase_add_test(c, an_own_signal_without_effect_is_accepted_and_says_so);
	tcase_add_test(c, what_has_ended_hears_nothing);
	tcase_add_test(c, an_own_update_prints_its_answer);
	tcase_add_test(c, auto_finds_the_update_that_the_workflow_offers);
	tcase_add_test(c, auto_asks_what_is_offered_without_the_answers_value);
	tcase_add_test(c, auto_never_takes_a_signal);
	tcase_add_test(c, a_preview_says_the_exact_json_and_sends_nothing);
	tcase_add_test(c, an_earlier_signal_that_was_handled_is_no_rival);
	tcase_add_test(c, the_slower_of_two_signals_is_told_who_won);
	tcase_add_test(c, a_decision_on_what_has_ended_says_who_decided);
	tcase_add_test(c, a_schedule_is_paused_with_a_note_and_read_back);
	tcase_add_test(c, a_triggered_schedule_names_the_run_that_was_started);
	tcase_add_test(c, an_unknown_schedule_is_not_found);
	suite_add_tcase(s, c);
	return s;
}
