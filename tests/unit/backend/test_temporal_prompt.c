/* A query handler says whether a run waits, and for what; a decision may quote it. */
#include "temporal_rig.h"

#define QUERY SPACE "/workflows/w-a/query/pending_approval"
#define SIGNAL SPACE "/workflows/w-a/signal/approve"
#define ANSWER(data) "{\"queryResult\":{\"payloads\":[{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"}," \
		     "\"data\":\"" data "\"}]}}"
#define REQUEST_7 ANSWER("eyJyZXF1ZXN0X2lkIjoicjcifQ==")	/* {"request_id":"r7"} */
#define REQUEST_8 ANSWER("eyJyZXF1ZXN0X2lkIjoicjgifQ==")
#define NOTHING ANSWER("bnVsbA==")
#define ID_7 "\"data\":\"eyJpZCI6InI3In0=\""			/* {"id":"r7"} */
#define MOVED(count) "{\"workflowExecutionInfo\":{\"execution\":{\"workflowId\":\"w-a\",\"runId\":\"a\"}," \
		     "\"type\":{\"name\":\"T\"},\"startTime\":\"2026-11-20T03:00:00Z\","                  \
		     "\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\",\"taskQueue\":\"q\","               \
		     "\"historyLength\":\"11\",\"stateTransitionCount\":\"" count "\",\"searchAttributes\":" \
		     "{\"indexedFields\":{\"BuildIds\":{}}}}," BUSY "}"

static char query_key[] = "waiting_query.T", query_value[] = "pending_approval",
	    approve_key[] = "approve.T", approve_value[] = "signal:approve:{\"id\":${prompt.request_id}}";

static void set_up(void)
{
	static const struct setting approvals[] = { { query_key, query_value },
						    { approve_key, approve_value } };
	rig_set_up();
	serve_well();
	serve("GET", SPACE "/workflows/w-a", MOVED("5"));
	serve("GET", SPACE "/workflows/w-b", "{\"workflowExecutionInfo\":" RUN_B "}");
	serve("POST", SIGNAL, "{}");
	struct temporal_config config = config_of();
	config.approvals = approvals;
	config.n_approvals = 2;
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	ck_assert_ptr_nonnull(ear.backend);
}

static bool is_state(void *arg)
{
	struct str state = { 0 };
	bool same = str_eq(ear_state(&ear, &state), arg);
	str_release(&state);
	return same;
}

static void until_state(const char *words)
{
	char wanted[64];
	snprintf(wanted, sizeof wanted, "%s", words);
	ck_assert_msg(stub_until_fn(loop, is_state, wanted), "%s", str_text(&ear.log));
}

static void watch_until_waiting(void)
{
	serve("POST", QUERY, REQUEST_7);
	ear_watch(&ear, "", 5);
	until_state("a:waiting b:failed");
}

START_TEST(an_answer_means_that_it_waits)
{
	watch_until_waiting();
	turn_a_little();
	turn_a_little();
	ck_assert_uint_eq(stub_count(stub, "POST", QUERY), 1);	/* nothing has happened since */
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE "/workflows/w-b"), 0);
	serve("POST", QUERY, NOTHING);
	serve("GET", SPACE "/workflows/w-a", MOVED("6"));
	until_state("a:running b:failed");
	ck_assert_uint_eq(stub_count(stub, "POST", QUERY), 2);
}
END_TEST

START_TEST(who_never_answers_does_not_wait)
{
	stub_on(stub, "POST", QUERY, &(struct stub_reply){ .status = 400, .body = "{\"code\":3}" });
	ear_watch(&ear, "", 5);
	until_state("a:running b:failed");
	turn_a_little();
	turn_a_little();
	ck_assert_uint_le(stub_count(stub, "POST", QUERY), 1);
}
END_TEST

START_TEST(a_decision_quotes_the_prompt_that_was_shown)
{
	watch_until_waiting();
	serve("POST", QUERY, REQUEST_8);	/* by now it waits for something else */
	const struct ear_ticket *t = order(VERB_APPROVE, "a");
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	ck_assert(body_has(SIGNAL, ID_7));
}
END_TEST

START_TEST(a_command_asks_for_the_prompt)
{
	serve("POST", QUERY, REQUEST_7);
	const struct ear_ticket *t = order(VERB_APPROVE, "w-a");
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	ck_assert(body_has(SIGNAL, ID_7));
}
END_TEST

START_TEST(without_its_prompt_nothing_is_sent)
{
	serve("POST", QUERY, NOTHING);
	const struct ear_ticket *t = order(VERB_APPROVE, "w-a");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "nothing waits: its query answers with nothing");
	serve("POST", QUERY, ANSWER("eyJvdGhlciI6MX0="));	/* {"other":1} */
	t = order(VERB_APPROVE, "w-a");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "its prompt has no prompt.request_id");
	ck_assert_uint_eq(stub_count(stub, "POST", SIGNAL), 0);
}
END_TEST

Suite *suite_temporal_prompt(void);

Suite *suite_temporal_prompt(void)
{
	Suite *s = suite_create("temporal_prompt");
	TCase *c = tcase_create("temporal_prompt");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, an_answer_means_that_it_waits);
	tcase_add_test(c, who_never_answers_does_not_wait);
	tcase_add_test(c, a_decision_quotes_the_prompt_that_was_shown);
	tcase_add_test(c, a_command_asks_for_the_prompt);
	tcase_add_test(c, without_its_prompt_nothing_is_sent);
	suite_add_tcase(s, c);
	return s;
}
