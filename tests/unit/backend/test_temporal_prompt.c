/* A query handler says whether a run waits, and for what; a decision may quote it. */
#include "temporal_rig.h"

#define QUERY SPACE "/workflows/w-a/query/pending_approval"
#define SIGNAL SPACE "/workflows/w-a/signal/approve"
#define ANSWER(data) "{\"queryResult\":" PAYLOADS(OPENED(data)) "}"
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
	expect_sent(SIGNAL, ID_7);
}
END_TEST

START_TEST(a_command_asks_for_the_prompt)
{
	serve("POST", QUERY, REQUEST_7);
	const struct ear_ticket *t = order(VERB_APPROVE, "w-a");
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	expect_sent(SIGNAL, ID_7);
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

/* ---- many ---- */

enum { MANY = 40 };

/* So many open runs of the type: m00, m01, ... */
static void serve_many(void)
{
	struct str list = { 0 };
	str_add_text(&list, "{\"executions\":[");
	for (int i = 0; i < MANY; i++) {
		struct str row = { 0 }, describe = { 0 }, target = { 0 };
		str_addf(&row, "{\"execution\":{\"workflowId\":\"w-m%02d\",\"runId\":\"m%02d\"},", i, i);
		str_add_text(&row, "\"type\":{\"name\":\"T\"},\"startTime\":\"2026-11-20T03:00:00Z\","
				   "\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\",\"taskQueue\":\"q\","
				   "\"stateTransitionCount\":\"5\",\"searchAttributes\":"
				   "{\"indexedFields\":{\"BuildIds\":{}}}}");
		str_addf(&list, "%s%s", i ? "," : "", str_text(&row));
		str_addf(&describe, "{\"workflowExecutionInfo\":%s," BUSY "}", str_text(&row));
		str_addf(&target, SPACE "/workflows/w-m%02d", i);
		serve("GET", str_text(&target), str_text(&describe));
		str_release(&row);
		str_release(&describe);
		str_release(&target);
	}
	str_add_text(&list, "]}");
	serve("GET", LIST "%28ExecutionStatus%20%3D", str_text(&list));
	str_release(&list);
}

#define ASKED SPACE "/workflows/w-m"

/* A tick's looks are over: b had one, too. */
static bool has_looked(void *arg)
{
	return stub_count(stub, "GET", ASKED) >= 14 && !backend_pending(ear.backend);
}

static void look_once(void)
{
	struct temporal_config config = config_of();
	static const struct setting query[] = { { query_key, query_value } };
	ear_release(&ear);
	ear_init(&ear);
	config.times.tick_ms = 60000;
	config.approvals = query;
	config.n_approvals = 1;
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	serve_many();
}

static size_t questions(void)
{
	return stub_count(stub, "POST", ASKED);
}

START_TEST(what_is_in_view_is_asked_before_the_others)
{
	static const struct view seen[] = { { "m37", 3 }, { "m05", 3 } };
	look_once();
	serve("POST", ASKED, NOTHING);
	backend_in_view(ear.backend, seen, 2);
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, has_looked, NULL), "%s", str_text(&ear.log));
	ck_assert_uint_eq(questions(), 3);	/* a tick's share */
	ck_assert_str_eq(stub_asked(stub, "POST", ASKED, 0)->target,
			 SPACE "/workflows/w-m37/query/pending_approval");
	ck_assert_str_eq(stub_asked(stub, "POST", ASKED, 1)->target,
			 SPACE "/workflows/w-m05/query/pending_approval");
}
END_TEST

START_TEST(where_no_worker_answers_no_other_run_of_its_queue_is_asked)
{
	look_once();
	stub_on(stub, "POST", ASKED, &(struct stub_reply){ .status = 504, .body = "{\"code\":4}" });
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, has_looked, NULL), "%s", str_text(&ear.log));
	ck_assert_uint_eq(questions(), 2);
}
END_TEST

/* "no poller seen for task queue recently": not a word of the workflow's. */
START_TEST(who_had_no_worker_is_asked_again)
{
	static const struct setting query[] = { { query_key, query_value } };
	struct temporal_config config = config_of();
	ear_release(&ear);
	ear_init(&ear);
	config.times.silent_ms = 1;
	config.approvals = query;
	config.n_approvals = 1;
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	serve("POST", QUERY, REQUEST_7);
	stub_on(stub, "POST", QUERY,
		&(struct stub_reply){ .status = 400, .body = "{\"code\":9}", .times = 1 });
	ear_watch(&ear, "", 5);
	until_state("a:waiting b:failed");
	ck_assert_uint_eq(stub_count(stub, "POST", QUERY), 2);
}
END_TEST

Suite *suite_temporal_prompt(void);

Suite *suite_temporal_prompt(void)
{
	Suite *s = suite_create("temporal_prompt");
	TCase *c = tcase_create("temporal_prompt");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, an_answer_means_that_it_waits);
	tcase_add_test(c, who_never_answers_does_not_wait);
	tcase_add_test(c, a_decision_quotes_the_prompt_that_was_shown);
	tcase_add_test(c, a_command_asks_for_the_prompt);
	tcase_add_test(c, without_its_prompt_nothing_is_sent);
	tcase_add_test(c, what_is_in_view_is_asked_before_the_others);
	tcase_add_test(c, where_no_worker_answers_no_other_run_of_its_queue_is_asked);
	tcase_add_test(c, who_had_no_worker_is_asked_again);
	suite_add_tcase(s, c);
	return s;
}
