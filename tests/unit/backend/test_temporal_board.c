/* What the Temporal backend keeps of the board's runs, and what it makes of it. */
#include "temporal_rig.h"

/* A run of type U that a worker has taken, an older one elsewhere, newer ones that nobody takes. */
#define U_RUN(id, start, taken, queue) \
	"{\"execution\":{\"workflowId\":\"w-" id "\",\"runId\":\"" id "\"},\"type\":{\"name\":\"U\"}," \
	"\"startTime\":\"2026-11-20T" start "Z\",\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\"," \
	"\"taskQueue\":\"" queue "\",\"historyLength\":\"2\",\"searchAttributes\":{\"indexedFields\":" \
	"{" taken "}}}"

static bool has_three(void *arg)
{
	return ear_heard(&ear, "snapshot_end") && ear_heard(&ear, "runs u1:") &&
	       ear_heard(&ear, "runs u2:") && ear_heard(&ear, "runs u3:");
}

static bool is_started(void *arg)
{
	return stub_count(stub, "POST", SPACE "/workflows/new-1") > 0;
}

START_TEST(a_start_goes_to_the_queue_where_its_type_was_taken_last)
{
	const struct order o = { .verb = VERB_START, .workflow = VIEW("U"),
				 .params = VIEW("{\"workflow_id\":\"new-1\"}") };
	serve_well();
	serve("GET", LIST "%28ExecutionStatus%20%3D",
	      "{\"executions\":["
	      U_RUN("u5", "03:00:04", "", "nobody-polls") ","
	      U_RUN("u4", "03:00:03", "", "nobody-polls") ","
	      U_RUN("u3", "03:00:02", "", "nobody-polls") ","
	      U_RUN("u2", "03:00:01", "\"BuildIds\":{}", "polled") ","
	      U_RUN("u1", "03:00:00", "\"BuildIds\":{}", "old") "]}");
	serve("GET", SPACE "/workflows/w-u", "{}");
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, has_three, NULL), "%s", str_text(&ear.log));
	ear_order(&ear, &o);
	ck_assert(stub_until_fn(loop, is_started, NULL));
	expect_sent(SPACE "/workflows/new-1", "\"taskQueue\":{\"name\":\"polled\"}");
}
END_TEST

/* ---- runs that we began ---- */

#define RUN_C "{\"execution\":{\"workflowId\":\"w-c\",\"runId\":\"c\"},\"type\":{\"name\":\"T\"}," \
	      "\"startTime\":\"2026-11-20T03:00:00Z\",\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\"," \
	      "\"taskQueue\":\"q\",\"historyLength\":\"2\"}"

static bool has_c(void *arg)
{
	return ear_heard(&ear, "runs c:pending");
}

/* No list names the new run, and no list is asked for it. */
static void expect_at_once(const struct order *o)
{
	struct temporal_config config = config_of();
	config.times.tick_ms = 60000;
	serve_well();
	serve("GET", SPACE "/workflows/w-c", "{\"workflowExecutionInfo\":" RUN_C "}");
	serve("GET", SPACE "/workflows/w-a?execution.runId=c", "{\"workflowExecutionInfo\":" RUN_C "}");
	serve("GET", SPACE "/workflows/w-a/history",
	      "{\"history\":{\"events\":[{\"eventId\":\"4\",\"eventType\":"
	      "\"EVENT_TYPE_WORKFLOW_TASK_COMPLETED\"}]}}");
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, is_live, NULL), "%s", str_text(&ear.log));
	turn_a_little();
	size_t lists = stub_count(stub, "GET", LIST);
	ear_order(&ear, o);
	ck_assert_msg(stub_until_fn(loop, has_c, NULL), "%s", str_text(&ear.log));
	ck_assert_uint_eq(stub_count(stub, "GET", LIST), lists);
}

START_TEST(a_run_that_was_started_here_is_on_the_board_at_once)
{
	expect_at_once(&(struct order){
		.verb = VERB_START, .workflow = VIEW("T"),
		.params = VIEW("{\"workflow_id\":\"w-c\",\"task_queue\":\"q\"}") });
}
END_TEST

START_TEST(a_run_that_was_run_again_here_is_on_the_board_at_once)
{
	expect_at_once(&(struct order){ .verb = VERB_RERUN, .run = VIEW("a") });
}
END_TEST

START_TEST(a_run_that_was_reset_here_is_on_the_board_at_once)
{
	expect_at_once(&(struct order){ .verb = VERB_RETRY, .run = VIEW("a") });
}
END_TEST

Suite *suite_temporal_board(void);

Suite *suite_temporal_board(void)
{
	Suite *s = suite_create("temporal_board");
	TCase *c = tcase_create("temporal_board");
	tcase_add_checked_fixture(c, rig_set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_start_goes_to_the_queue_where_its_type_was_taken_last);
	tcase_add_test(c, a_run_that_was_started_here_is_on_the_board_at_once);
	tcase_add_test(c, a_run_that_was_run_again_here_is_on_the_board_at_once);
	tcase_add_test(c, a_run_that_was_reset_here_is_on_the_board_at_once);
	suite_add_tcase(s, c);
	return s;
}
