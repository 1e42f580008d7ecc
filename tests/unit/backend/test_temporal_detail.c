/* What is told of single runs on Temporal beyond their lists: why they wait for a
 * worker, how far they are, what a codec server decodes, what schedules will begin,
 * and starts that are remembered. */
#include "temporal_rig.h"

#include <stdlib.h>
#include <unistd.h>

#include "backend/temporal_codec.h"
#include "base/file.h"

#define RUN(id, more)                                                                             \
	"{\"execution\":{\"workflowId\":\"w-" id "\",\"runId\":\"" id "\"},\"type\":{\"name\":\"T\"}," \
	"\"startTime\":\"2026-11-20T03:00:00Z\",\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\","   \
	"\"taskQueue\":\"q\"" more "}"
#define BEGUN ",\"historyLength\":\"11\",\"searchAttributes\":{\"indexedFields\":{\"BuildIds\":{}}}"
#define SECRET SEALED("c2VhbGVk")
#define PLAIN OPENED("eyJvcGVuIjoxfQ==")

static struct stub *codec;

static void open_with(const char *codec_url)
{
	const struct temporal_config config = {
		.name = "home",
		.unix_path = stub_path(stub),
		.codec_url = codec_url,
		.codec_unix_path = stub_path(codec),
		.codec_token = "sesame",
		.times = { .tick_ms = 1000, .first_retry_ms = 2, .max_retry_ms = 8, .calls = 2000 },
	};
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
}

static void set_up(void)
{
	rig_set_up();
	codec = stub_new(loop);
	serve("GET", "/api/v1/system-info", "{\"serverVersion\":\"1.31.2\"}");
	serve("GET", SPACE, "{\"namespaceInfo\":{}}");
	serve("GET", SPACE "/search-attributes", "{}");
	serve("GET", SPACE "/workflow-count", "{}");
	serve("GET", SPACE "/schedules", "{}");
	serve("GET", SPACE "/workflows", "{}");
	serve("GET", SPACE "/workflows/w-a/history", "{\"history\":{\"events\":[]}}");
}

static void tear_down(void)
{
	ear_destroy(&ear);
	stub_free(codec);
	rig_tear_down();
}

static bool has_heard(void *arg)
{
	return strstr(str_text(&ear.log), arg) != NULL;
}

static void until_heard(const char *text)
{
	char part[128];
	snprintf(part, sizeof part, "%s", text);
	ck_assert_msg(stub_until_fn(loop, has_heard, part), "'%s' is not in %s", part,
		      str_text(&ear.log));
}

static void expect_heard(const char *part)
{
	ck_assert_msg(strstr(str_text(&ear.log), part) != NULL, "'%s' is not in %s", part,
		      str_text(&ear.log));
}

/* What the sink was told last in detail. */
static struct str words;
static void on_detail(void *arg, ticket_id t, const struct run_detail *d)
{
	str_clear(&words);
	str_addf(&words, "%s %.2f%s %.*s|", run_status_name(d->run.status),
		 (double)d->run.progress, d->run.estimated ? "~" : "",
		 (int)d->run.pending_detail.len, d->run.pending_detail.ptr);
	str_add(&words, d->params);
	for (size_t i = 0; i < d->n_tasks; i++)
		str_addf(&words, "|%s %.*s", task_status_name(d->tasks[i].status),
			 (int)d->tasks[i].progress_words.len, d->tasks[i].progress_words.ptr);
}

static const char *detail_of(const char *run)
{
	static struct backend_sink sink;
	sink = ear.sink;
	sink.detail = on_detail;
	ear.backend->sink = &sink;
	const struct ear_ticket *t = until_done(ear_fetch(&ear, run, PART_DETAIL));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	return str_text(&words);
}

static void expect_detail(const char *part)
{
	const char *detail = detail_of("w-a");
	ck_assert_msg(strstr(detail, part) != NULL, "'%s' is not in %s", part, detail);
}

/* ---- why it waits ---- */

#define UNTAKEN(length) "{\"workflowExecutionInfo\":" RUN("a", ",\"historyLength\":\"" length "\"") \
	",\"pendingWorkflowTask\":{\"state\":\"PENDING_WORKFLOW_TASK_STATE_SCHEDULED\"}}"
#define UNTOUCHED UNTAKEN("2")

/* Signals make its history long. */
START_TEST(a_queue_that_nobody_polls_is_named)
{
	serve("GET", SPACE "/workflows/w-a", _i ? UNTAKEN("9") : UNTOUCHED);
	serve("GET", SPACE "/workflows/w-a/history", "{\"history\":{\"events\":[]}}");
	serve("GET", SPACE "/task-queues/q?taskQueueType=1&reportStats=true",
	      "{\"stats\":{\"approximateBacklogCount\":\"3\",\"approximateBacklogAge\":\"240.5s\"}}");
	open_with(NULL);
	expect_detail("pending -1.00 no worker polls task queue q; 3 wait in it, the oldest for 4m");
}
END_TEST

START_TEST(busy_workers_are_counted)
{
	serve("GET", SPACE "/workflows/w-a", UNTOUCHED);
	serve("GET", SPACE "/workflows/w-a/history", "{\"history\":{\"events\":[]}}");
	serve("GET", SPACE "/task-queues/q",
	      "{\"pollers\":[{},{}],\"stats\":{\"approximateBacklogCount\":\"1\"}}");
	open_with(NULL);
	expect_detail("2 workers poll task queue q and must be busy; 1 waits in it");
}
END_TEST

START_TEST(an_activity_that_nobody_takes_says_its_own_queue)
{
	serve("GET", SPACE "/workflows/w-a",
	      "{\"workflowExecutionInfo\":" RUN("a", BEGUN) ",\"pendingActivities\":[{\"activityId\":"
	      "\"7\",\"activityType\":{\"name\":\"Ship\"},\"state\":\"PENDING_ACTIVITY_STATE_SCHEDULED\","
	      "\"activityOptions\":{\"taskQueue\":{\"name\":\"ships\"}}}]}");
	serve("GET", SPACE "/workflows/w-a/history", "{\"history\":{\"events\":[]}}");
	serve("GET", SPACE "/task-queues/ships?taskQueueType=2", "{}");
	open_with(NULL);
	expect_detail("|queued no worker polls task queue ships");
}
END_TEST

/* ---- queues and workers ---- */

#define Q SPACE "/task-queues/q?taskQueueType="
#define POLLER(at) "{\"pollers\":[{\"identity\":\"w@h\",\"lastAccessTime\":\"2026-11-20T03:00:0" at "Z\"}]"

static void serve_queue(void)
{
	serve("GET", SPACE "/workflows?", "{\"executions\":[" RUN("a", BEGUN) "]}");
	serve("GET", Q "1", POLLER("1") ",\"stats\":{\"approximateBacklogCount\":\"3\","
	      "\"approximateBacklogAge\":\"240.5s\",\"tasksAddRate\":1.5}}");
	serve("GET", Q "2", POLLER("2") ",\"stats\":{\"approximateBacklogCount\":\"4\","
	      "\"approximateBacklogAge\":\"9s\",\"tasksAddRate\":2.04,\"tasksDispatchRate\":0.5}}");
}

START_TEST(a_queue_has_the_backlog_of_workflows_and_of_activities)
{
	serve_queue();
	open_with(NULL);
	until_done(ear_catalog(&ear, CATALOG_QUEUES));
	expect_heard("{\"queues\":[{\"name\":\"q\",\"slots\":1,\"running\":0,\"queued\":7,"
		     "\"oldest\":\"4m 00s\",\"added_per_s\":3.5,\"taken_per_s\":0.5}]}");
}
END_TEST

/* The server's clock is what counts. */
static void serve_workers(const char *headers, const char *body)
{
	stub_on(stub, "GET", SPACE "/workers",
		&(struct stub_reply){ .headers = headers, .body = body });
}

START_TEST(who_polls_is_a_worker_where_none_reports_itself)
{
	serve_queue();
	serve_workers("Date: Fri, 20 Nov 2026 03:05:00 GMT\r\n", "{}");
	open_with(NULL);
	until_done(ear_catalog(&ear, CATALOG_WORKERS));
	expect_heard("{\"workers\":[{\"name\":\"w@h\",\"queue\":\"q\",\"state\":\"silent\",\"polls\":"
		     "\"workflows, activities\",\"last_seen\":\"2026-11-20T03:00:02");
}
END_TEST

START_TEST(a_worker_that_reports_itself_says_more)
{
	static const char *const answers[] = {
		"{\"workers\":[{\"workerIdentity\":\"w@h\",\"taskQueue\":\"q\",\"sdkName\":\"go\","
		"\"sdkVersion\":\"1.2\",\"hostName\":\"h\",\"startTime\":\"2026-11-20T03:00:00Z\"}]}",
		"{\"workersInfo\":[{\"workerHeartbeat\":{\"workerIdentity\":\"w@h\",\"taskQueue\":\"q\","
		"\"sdkName\":\"go\",\"sdkVersion\":\"1.2\",\"hostInfo\":{\"hostName\":\"h\"}}}]}",
	};
	serve_queue();
	serve_workers("", answers[_i]);
	open_with(NULL);
	until_done(ear_catalog(&ear, CATALOG_WORKERS));
	expect_heard("{\"workers\":[{\"name\":\"w@h\",\"queue\":\"q\",\"state\":\"running\","
		     "\"sdk\":\"go 1.2\",\"host\":\"h\"");
}
END_TEST

/* The recorded server's: one was killed, one goes on; an old one only polls. */
START_TEST(workers_that_report_themselves_stand_before_those_that_only_poll)
{
	struct str path = { 0 }, body = { 0 };
	str_addf(&path, "%s/workers.json", VECTORS);
	ck_assert(file_read(str_text(&path), 1 << 20, &body, NULL));
	serve_workers("Date: Sat, 28 Nov 2026 23:08:50 GMT\r\n", str_text(&body));
	serve("GET", SPACE "/workflows?", "{\"executions\":[" RUN("a", BEGUN) "]}");
	serve("GET", Q "1", "{\"pollers\":[{\"identity\":\"worker-old@fixture\"}]}");
	serve("GET", Q "2", "{\"pollers\":[{\"identity\":\"worker-old@fixture\"}]}");
	open_with(NULL);
	until_done(ear_catalog(&ear, CATALOG_WORKERS));
	expect_heard("{\"workers\":[{\"name\":\"worker-lost@fixture\",\"queue\":\"lost\","
		     "\"state\":\"silent\",\"slots\":1000,\"running\":0,\"sdk\":\"temporal-go 1.41.1\","
		     "\"host\":\"host-1\",");
	expect_heard("{\"name\":\"worker-a@fixture\",\"queue\":\"fixtures\",\"state\":\"running\"");
	expect_heard("{\"name\":\"worker-old@fixture\",\"queue\":\"q\"");
	str_release(&path);
	str_release(&body);
}
END_TEST

/* ---- how far it is ---- */

START_TEST(a_progress_that_the_memo_tells_is_shown)
{
	serve("GET", SPACE "/workflows/w-a",
	      "{\"workflowExecutionInfo\":" RUN("a", BEGUN ",\"memo\":{\"fields\":{\"progress\":"
	      "{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"IjMvNCI=\"}}}") "}");
	serve("GET", SPACE "/workflows/w-a/history", "{\"history\":{\"events\":[]}}");
	open_with(NULL);
	expect_detail("running 0.75 ");
}
END_TEST

START_TEST(a_progress_by_the_length_of_its_like_is_an_estimate)
{
	serve("GET", SPACE "/workflows?",
	      "{\"executions\":["
	      "{\"execution\":{\"workflowId\":\"w\",\"runId\":\"x\"},\"type\":{\"name\":\"T\"},"
	      "\"historyLength\":\"22\",\"status\":\"WORKFLOW_EXECUTION_STATUS_COMPLETED\"},"
	      "{\"execution\":{\"workflowId\":\"w\",\"runId\":\"y\"},\"type\":{\"name\":\"T\"},"
	      "\"historyLength\":\"20\",\"status\":\"WORKFLOW_EXECUTION_STATUS_COMPLETED\"},"
	      "{\"execution\":{\"workflowId\":\"w\",\"runId\":\"z\"},\"type\":{\"name\":\"T\"},"
	      "\"historyLength\":\"99\",\"status\":\"WORKFLOW_EXECUTION_STATUS_COMPLETED\"}]}");
	serve("GET", SPACE "/workflows/w-a", "{\"workflowExecutionInfo\":" RUN("a", BEGUN) "}");
	serve("GET", SPACE "/workflows/w-a/history", "{\"history\":{\"events\":[]}}");
	open_with(NULL);
	until_done(ear_page(&ear, "", "", 10));
	expect_detail("running 0.50~ ");
}
END_TEST

/* ---- the codec server ---- */

#define STARTED "{\"history\":{\"events\":[{\"eventId\":\"1\",\"eventType\":"                       \
		"\"EVENT_TYPE_WORKFLOW_EXECUTION_STARTED\",\"workflowExecutionStartedEventAttributes\":" \
		"{\"input\":{\"payloads\":[" SECRET "]}}}]}}"

static void serve_sealed(void)
{
	serve("GET", SPACE "/workflows/w-a", "{\"workflowExecutionInfo\":" RUN("a", BEGUN) "}");
	serve("GET", SPACE "/workflows/w-a/history", STARTED);
}

START_TEST(sealed_payloads_are_decoded_by_the_codec_server)
{
	struct str header = { 0 };
	serve_sealed();
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .body = PAYLOADS(PLAIN) });
	open_with("http://localhost");
	expect_detail("\"input\":{\"open\":1}");
	const struct stub_request *r = stub_asked(codec, "POST", "/decode", 0);
	ck_assert_str_eq(r->body, PAYLOADS(SECRET));
	ck_assert_str_eq(stub_header(r, "X-Namespace", &header), "default");
	str_clear(&header);
	ck_assert_str_eq(stub_header(r, "Authorization", &header), "Bearer sesame");
	str_release(&header);
}
END_TEST

START_TEST(a_codec_server_that_fails_costs_nothing_but_the_words)
{
	serve_sealed();
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .status = 500 });
	open_with("http://localhost");
	expect_detail("\"input\":\"<6 bytes, binary/encrypted>\"");
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .body = "{\"payloads\":[]}" });
	expect_detail("\"input\":\"<6 bytes, binary/encrypted>\"");
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .body = "[{" });
	expect_detail("\"input\":\"<6 bytes, binary/encrypted>\"");
	/* What stayed sealed is not kept. */
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .body = PAYLOADS(PLAIN) });
	expect_detail("\"input\":{\"open\":1}");
}
END_TEST

START_TEST(a_job_at_the_codec_may_be_cancelled_and_destroyed)
{
	serve_sealed();
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .fault = STUB_SILENT });
	open_with("http://localhost");
	ticket_id t = ear_fetch(&ear, "w-a", PART_DETAIL);
	for (int i = 0; i < 50; i++)
		loop_turn(loop, 1);
	ck_assert_uint_eq(stub_count(codec, "POST", "/decode"), 1);
	ear_cancel(&ear, t);
	ear_fetch(&ear, "w-a", PART_DETAIL);
	for (int i = 0; i < 50; i++)
		loop_turn(loop, 1);
	ear_destroy(&ear);
	for (int i = 0; i < 10; i++)
		loop_turn(loop, 1);
}
END_TEST

START_TEST(a_rerun_sends_its_input_back_as_it_was_sealed)
{
	serve_sealed();
	serve("POST", SPACE "/workflows/w-a", "{\"runId\":\"new\"}");
	open_with("http://localhost");
	const struct order o = { .verb = VERB_RERUN, .run = VIEW("w-a") };
	ck_assert_int_eq(until_done(ear_order(&ear, &o))->outcome, OUTCOME_OK);
	const struct stub_request *r = stub_asked(stub, "POST", SPACE "/workflows/w-a", 0);
	ck_assert_ptr_nonnull(strstr(r->body, "\"input\":{\"payloads\":[" SECRET "]}"));
	ck_assert_uint_eq(stub_count(codec, "POST", "/decode"), 0);
}
END_TEST

START_TEST(what_is_put_back_stands_where_it_was)
{
	struct str asked = { 0 }, out = { 0 };
	struct json_doc *answer =
		json_parse(VIEW("{\"a\":[1," SECRET ",{\"b\":" SECRET "}],\"c\":" PLAIN "}"), 0, NULL);
	struct json_doc *decoded =
		json_parse(VIEW("{\"payloads\":[{\"x\":1},{\"y\":2}]}"), 0, NULL);
	ck_assert_uint_eq(temporal_codec_collect(json_root(answer), &asked), 2);
	ck_assert_str_eq(str_text(&asked), PAYLOADS(SECRET "," SECRET));
	ck_assert(temporal_codec_put(json_root(answer), json_root(decoded), &out));
	ck_assert_str_eq(str_text(&out), "{\"a\":[1,{\"x\":1},{\"b\":{\"y\":2}}],\"c\":" PLAIN "}");
	str_release(&asked);
	str_release(&out);
	json_free(answer);
	json_free(decoded);
}
END_TEST

/* ---- what schedules will begin ---- */

#define SCHEDULE(more) "{\"schedules\":[{\"scheduleId\":\"nightly\",\"info\":{\"workflowType\":"      \
		       "{\"name\":\"Report\"},\"futureActionTimes\":[\"2199-01-01T03:00:00Z\"]" more "}}]}"

START_TEST(the_next_firing_is_a_planned_card)
{
	serve("GET", SPACE "/schedules", SCHEDULE(""));
	open_with(NULL);
	ear_watch(&ear, "", 5);
	until_heard("runs schedule:nightly@2199-01-01T03:00:00Z:planned");
	const struct order o = { .verb = VERB_CANCEL,
				 .run = VIEW("schedule:nightly@2199-01-01T03:00:00Z") };
	const struct ear_ticket *t = until_done(ear_order(&ear, &o));
	ck_assert_int_eq(t->outcome, OUTCOME_UNSUPPORTED);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
}
END_TEST

START_TEST(a_paused_schedule_plans_nothing)
{
	serve("GET", SPACE "/schedules", SCHEDULE(",\"paused\":true"));
	open_with(NULL);
	ear_watch(&ear, "", 5);
	until_heard("snapshot_end");
	for (int i = 0; i < 50; i++)
		loop_turn(loop, 1);
	ck_assert_msg(!strstr(str_text(&ear.log), "planned"), "%s", str_text(&ear.log));
}
END_TEST

START_TEST(planned_cards_obey_the_filter)
{
	serve("GET", SPACE "/schedules", SCHEDULE(""));
	open_with(NULL);
	ear_watch(&ear, "workflow:Other", 5);
	until_heard("snapshot_end");
	for (int i = 0; i < 50; i++)
		loop_turn(loop, 1);
	ck_assert_msg(!strstr(str_text(&ear.log), "planned"), "%s", str_text(&ear.log));
}
END_TEST

/* ---- what the server cannot ---- */

START_TEST(a_server_without_pausing_is_not_asked_to)
{
	serve("GET", SPACE, "{\"namespaceInfo\":{\"capabilities\":{\"asyncUpdate\":true}}}");
	serve("GET", SPACE "/search-attributes", "{}");
	serve("GET", SPACE "/schedules", "{}");
	serve("GET", SPACE "/workflow-count", "{}");
	serve("GET", SPACE "/workflows", "{\"executions\":[" RUN("a", BEGUN) "]}");
	stub_on(stub, "GET", "/api/v1/settings", &(struct stub_reply){ .status = 404 });
	open_with(NULL);
	ear_watch(&ear, "", 5);
	until_heard("snapshot_end");
	const struct order o = { .verb = VERB_PAUSE, .run = VIEW("a") };
	const struct ear_ticket *t = until_done(ear_order(&ear, &o));
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "this server has the pausing of workflows switched off");
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
}
END_TEST

/* ---- starts ---- */

START_TEST(a_start_is_remembered_by_its_type)
{
	char folder[48];
	struct str file = { 0 };
	guard_folder(folder, sizeof folder, "starts");
	setenv("RUNBOARD_STATE", folder, 1);
	serve("POST", SPACE "/workflows/", "{\"runId\":\"new\"}");
	open_with(NULL);
	const struct order first = { .verb = VERB_START, .workflow = VIEW("Fresh"),
				     .params = VIEW("{\"task_queue\":\"far\",\"workflow_id\":\"one\","
						    "\"input\":{\"n\":1}}") };
	ck_assert_int_eq(until_done(ear_order(&ear, &first))->outcome, OUTCOME_OK);
	ear_destroy(&ear);
	ear_release(&ear);
	ear_init(&ear);
	open_with(NULL);
	const struct order second = { .verb = VERB_START, .workflow = VIEW("Fresh"),
				      .params = VIEW("{\"workflow_id\":\"two\"}") };
	ck_assert_int_eq(until_done(ear_order(&ear, &second))->outcome, OUTCOME_OK);
	const struct stub_request *r = stub_asked(stub, "POST", SPACE "/workflows/two", 0);
	ck_assert_ptr_nonnull(strstr(r->body, "\"taskQueue\":{\"name\":\"far\"}"));
	until_done(ear_catalog(&ear, CATALOG_WORKFLOWS));
	expect_heard("\"name\":\"Fresh\"");
	str_addf(&file, "%s/starts", folder);
	unlink(str_text(&file));
	rmdir(folder);
	unsetenv("RUNBOARD_STATE");
	str_release(&file);
}
END_TEST

START_TEST(several_arguments_begin_with_a_star)
{
	serve("POST", SPACE "/workflows/", "{\"runId\":\"new\"}");
	open_with(NULL);
	const struct order o = { .verb = VERB_START, .workflow = VIEW("T"),
				 .params = VIEW("{\"task_queue\":\"q\",\"workflow_id\":\"one\","
						"\"input\":\"*[1,2]\"}") };
	setenv("RUNBOARD_STATE", "/nonexistent/nowhere", 1);
	ck_assert_int_eq(until_done(ear_order(&ear, &o))->outcome, OUTCOME_OK);
	unsetenv("RUNBOARD_STATE");
	const struct stub_request *r = stub_asked(stub, "POST", SPACE "/workflows/one", 0);
	ck_assert_ptr_nonnull(strstr(r->body, "\"data\":\"MQ==\""));
	ck_assert_ptr_nonnull(strstr(r->body, "\"data\":\"Mg==\""));
}
END_TEST

Suite *suite_temporal_detail(void);

Suite *suite_temporal_detail(void)
{
	Suite *s = suite_create("temporal_detail");
	TCase *c = tcase_create("temporal_detail");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, a_queue_that_nobody_polls_is_named, 0, 2);
	tcase_add_test(c, busy_workers_are_counted);
	tcase_add_test(c, an_activity_that_nobody_takes_says_its_own_queue);
	tcase_add_test(c, a_queue_has_the_backlog_of_workflows_and_of_activities);
	tcase_add_test(c, who_polls_is_a_worker_where_none_reports_itself);
	tcase_add_loop_test(c, a_worker_that_reports_itself_says_more, 0, 2);
	tcase_add_test(c, workers_that_report_themselves_stand_before_those_that_only_poll);
	tcase_add_test(c, a_progress_that_the_memo_tells_is_shown);
	tcase_add_test(c, a_progress_by_the_length_of_its_like_is_an_estimate);
	tcase_add_test(c, sealed_payloads_are_decoded_by_the_codec_server);
	tcase_add_test(c, a_codec_server_that_fails_costs_nothing_but_the_words);
	tcase_add_test(c, a_job_at_the_codec_may_be_cancelled_and_destroyed);
	tcase_add_test(c, a_rerun_sends_its_input_back_as_it_was_sealed);
	tcase_add_test(c, what_is_put_back_stands_where_it_was);
	tcase_add_test(c, the_next_firing_is_a_planned_card);
	tcase_add_test(c, a_paused_schedule_plans_nothing);
	tcase_add_test(c, planned_cards_obey_the_filter);
	tcase_add_test(c, a_server_without_pausing_is_not_asked_to);
	tcase_add_test(c, a_start_is_remembered_by_its_type);
	tcase_add_test(c, several_arguments_begin_with_a_star);
	suite_add_tcase(s, c);
	return s;
}
