/* Orders on Temporal that go by batches: on many runs at once, and on ids that the
 * frontend cannot address. */
#include "temporal_rig.h"

#define BATCH SPACE "/batch-operations/"

enum { MANY = 60 };

static void set_up(void)
{
	rig_set_up();
	struct temporal_config config = config_of();
	config.times.batch_ms = 5;
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	serve("GET", SPACE "/workflows/w-a", "{\"workflowExecutionInfo\":" RUN_A "}");
}

static void list_many(void)
{
	struct str body = { 0 };
	str_add_text(&body, "{\"executions\":[");
	for (int i = 0; i < MANY; i++)
		str_addf(&body, "%s{\"execution\":{\"workflowId\":\"w-%d\",\"runId\":\"r-%d\"},"
				"\"type\":{\"name\":\"T\"},\"startTime\":\"2026-11-20T03:00:00Z\","
				"\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\"}",
			 i ? "," : "", i, i);
	str_add_text(&body, "]}");
	serve("GET", SPACE "/workflows?", str_text(&body));
	until_done(ear_page(&ear, "", "", 100));
	str_release(&body);
}

static void cancel_many(int n, ticket_id *tickets)
{
	for (int i = 0; i < n; i++) {
		char id[16];
		snprintf(id, sizeof id, "r-%d", i);
		const struct order o = { .verb = VERB_CANCEL, .run = view_of(id),
					 .comment = VIEW("enough") };
		tickets[i] = ear_order(&ear, &o);
	}
}

START_TEST(more_than_fifty_become_one_batch_that_is_watched)
{
	ticket_id tickets[MANY];
	list_many();
	serve("POST", BATCH, "{}");
	serve("GET", BATCH, "{\"state\":\"BATCH_OPERATION_STATE_COMPLETED\","
			    "\"totalOperationCount\":\"60\",\"completeOperationCount\":\"60\"}");
	stub_on(stub, "GET", BATCH, &(struct stub_reply){
		.body = "{\"state\":\"BATCH_OPERATION_STATE_RUNNING\"}", .times = 2 });
	cancel_many(MANY, tickets);
	for (int i = 0; i < MANY; i++) {
		const struct ear_ticket *t = until_done(tickets[i]);
		ck_assert_int_eq(t->outcome, OUTCOME_OK);
		ck_assert_str_eq(t->text, "cancel requested by a batch of 60: 60 done, 0 failed");
	}
	ck_assert_uint_eq(stub_count(stub, "POST", BATCH), 1);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE "/workflows/"), 0);
	expect_sent(BATCH, "\"workflowId\":\"w-59\"");
	expect_sent(BATCH, "\"reason\":\"enough\"");
	ck_assert_uint_ge(stub_count(stub, "GET", BATCH), 3);
}
END_TEST

START_TEST(of_a_batch_that_failed_in_part_each_run_is_looked_at)
{
	ticket_id tickets[MANY];
	size_t refused = 0;
	list_many();
	serve("POST", BATCH, "{}");
	serve("GET", BATCH, "{\"state\":\"BATCH_OPERATION_STATE_COMPLETED\","
			    "\"totalOperationCount\":\"60\",\"failureOperationCount\":\"1\"}");
	serve("GET", SPACE "/workflows/w-", "{\"workflowExecutionInfo\":" RUN_A ","
					    "\"workflowExtendedInfo\":{\"cancelRequested\":true}}");
	serve("GET", SPACE "/workflows/w-7?", "{\"workflowExecutionInfo\":" RUN_A "}");
	cancel_many(MANY, tickets);
	for (int i = 0; i < MANY; i++)
		refused += until_done(tickets[i])->outcome == OUTCOME_REFUSED;
	ck_assert_uint_eq(refused, 1);
	ck_assert_int_eq(ear_ticket(&ear, tickets[7])->outcome, OUTCOME_REFUSED);
}
END_TEST

START_TEST(a_second_batch_in_a_namespace_is_refused_in_words)
{
	ticket_id tickets[MANY];
	list_many();
	stub_on(stub, "POST", BATCH, &(struct stub_reply){
		.status = 429, .headers = "Retry-After: 0\r\n",
		.body = "{\"code\":8,\"message\":\"Max concurrent batch operations is reached\"}" });
	cancel_many(MANY, tickets);
	const struct ear_ticket *t = until_done(tickets[0]);
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "Max concurrent batch operations is reached; a namespace runs "
				  "one batch at a time, try again later");
}
END_TEST

START_TEST(fifty_go_one_by_one)
{
	ticket_id tickets[MANY];
	list_many();
	serve("POST", SPACE "/workflows/", "{}");
	cancel_many(50, tickets);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(until_done(tickets[i])->outcome, OUTCOME_OK);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE "/workflows/"), 50);
	ck_assert_uint_eq(stub_count(stub, "POST", BATCH), 0);
}
END_TEST

START_TEST(a_batch_under_way_may_be_destroyed)
{
	ticket_id tickets[MANY];
	list_many();
	stub_on(stub, "POST", BATCH, &(struct stub_reply){ .fault = STUB_SILENT });
	cancel_many(MANY, tickets);
	turn_a_little();
	ear_destroy(&ear);
	turn_a_little();
}
END_TEST

/* ---- an id with a slash ---- */

static void know_slash(void)
{
	serve("GET", SPACE "/workflows?",
	      "{\"executions\":[{\"execution\":{\"workflowId\":\"x/terminate\",\"runId\":\"s\"},"
	      "\"type\":{\"name\":\"T\"},\"startTime\":\"2026-11-20T03:00:00Z\","
	      "\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\"}]}");
	until_done(ear_page(&ear, "", "", 10));
}

START_TEST(an_id_with_a_slash_is_read_by_lists_and_cancelled_by_a_batch)
{
	know_slash();
	serve("POST", BATCH, "{}");
	serve("GET", BATCH, "{\"state\":\"BATCH_OPERATION_STATE_COMPLETED\","
			    "\"totalOperationCount\":\"1\"}");
	ck_assert_int_eq(until_done(ear_fetch(&ear, "s", PART_DETAIL))->outcome, OUTCOME_OK);
	const struct order cancel = { .verb = VERB_CANCEL, .run = VIEW("s") };
	ck_assert_int_eq(until_done(ear_order(&ear, &cancel))->outcome, OUTCOME_OK);
	expect_sent(BATCH, "{\"workflowId\":\"x/terminate\",\"runId\":\"s\"}");
	const struct order reset = { .verb = VERB_RETRY, .run = VIEW("s") };
	const struct ear_ticket *t = until_done(ear_order(&ear, &reset));
	ck_assert_int_eq(t->outcome, OUTCOME_UNSUPPORTED);
	ck_assert_msg(strstr(t->text, "slash") != NULL, "%s", t->text);
	ck_assert_uint_eq(stub_count(stub, "GET", SPACE "/workflows/"), 0);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE "/workflows/"), 0);
}
END_TEST

START_TEST(a_signal_to_an_id_with_a_slash_goes_by_a_batch)
{
	know_slash();
	serve("POST", BATCH, "{}");
	serve("GET", BATCH, "{\"state\":\"BATCH_OPERATION_STATE_COMPLETED\","
			    "\"totalOperationCount\":\"1\"}");
	const struct order o = { .verb = VERB_SIGNAL, .run = VIEW("s"), .name = VIEW("go"),
				 .value = VIEW("[7]") };
	ck_assert_int_eq(until_done(ear_order(&ear, &o))->outcome, OUTCOME_OK);
	expect_sent(BATCH, "\"signalOperation\":{\"signal\":\"go\",\"input\":{\"payloads\":");
}
END_TEST

Suite *suite_temporal_batch(void);

Suite *suite_temporal_batch(void)
{
	Suite *s = suite_create("temporal_batch");
	TCase *c = tcase_create("temporal_batch");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, more_than_fifty_become_one_batch_that_is_watched);
	tcase_add_test(c, of_a_batch_that_failed_in_part_each_run_is_looked_at);
	tcase_add_test(c, a_second_batch_in_a_namespace_is_refused_in_words);
	tcase_add_test(c, fifty_go_one_by_one);
	tcase_add_test(c, a_batch_under_way_may_be_destroyed);
	tcase_add_test(c, an_id_with_a_slash_is_read_by_lists_and_cancelled_by_a_batch);
	tcase_add_test(c, a_signal_to_an_id_with_a_slash_goes_by_a_batch);
	suite_add_tcase(s, c);
	return s;
}
