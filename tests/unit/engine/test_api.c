/* The API's routes on a real engine: answers, orders, refusals. */
#include "lib/unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/when.h"
#include "unit/engine/site.h"

static const char hello[] =
	"title: Says hello\n"
	"params:\n"
	"  who: {type: string, default: world}\n"
	"  times: {type: integer, minimum: 1, maximum: 3, default: 1}\n"
	"steps:\n"
	"  - id: greet\n"
	"    run: echo \"hello $PARAM_who\"; echo oops >&2; echo ok=yes >\"$RUNBOARD_OUTPUT\"\n";

static const char gated[] =
	"steps:\n"
	"  - {id: build, run: echo built}\n"
	"  - {id: review, needs: [build], approve: {prompt: Ship it?}}\n"
	"  - {id: ship, needs: [review], run: echo shipped}\n";

static const char endless[] = "steps: [{id: sleep, run: 'echo begun; exec sleep 1000'}]\n";

static struct site w;

static void setup(void)
{
	site_init(&w, "");
	site_workflow(&w, "hello", hello);
	site_workflow(&w, "gated", gated);
	site_workflow(&w, "endless", endless);
}

static void teardown(void)
{
	site_release(&w);
}

/* ---- looking ---------------------------------------------------------------------- */

START_TEST(info_says_who_i_am_and_what_i_may)
{
	ck_assert_int_eq(site_get(&w, "/v1/info"), 200);
	ck_assert_str_ne(site_member(&w, "user"), "");
	ck_assert_str_eq(site_member(&w, "roles.0"), "administrator");
	ck_assert_str_eq(site_member(&w, "capabilities.0"), "LIST_WORKFLOWS");
	ck_assert_str_eq(site_member(&w, "read_only"), "false");
	ck_assert_str_eq(site_member(&w, "version"), PACKAGE_VERSION);
	ck_assert_uint_eq(strlen(site_member(&w, "time")), 24);
}
END_TEST

START_TEST(workflows_are_listed_with_their_parameters)
{
	ck_assert_int_eq(site_get(&w, "/v1/workflows"), 200);
	ck_assert_str_eq(site_member(&w, "workflows.2.name"), "hello");
	ck_assert_int_eq(site_get(&w, "/v1/workflows/hello"), 200);
	ck_assert_str_eq(site_member(&w, "title"), "Says hello");
	ck_assert_int_eq(site_get(&w, "/v1/workflows/none"), 404);
	ck_assert_str_eq(site_member(&w, "error.code"), "not_found");
}
END_TEST

static const struct {
	const char *line;
	int status;
} lookups[] = {
	{ "GET /v1/runs", 200 },	  { "GET /v1/inbox", 200 },
	{ "GET /v1/queues", 200 },	  { "GET /v1/workers", 200 },
	{ "GET /v1/schedules", 200 },	  { "GET /v1/stats", 200 },
	{ "GET /v1/audit", 200 },	  { "GET /v1/nonsense", 404 },
	{ "GET /", 404 },		  { "GET /v1/runs/", 400 },
	{ "GET /v1/runs/..", 404 },	  { "GET /v1/runs/%2e%2e%2fx", 404 },
	{ "GET /v1/runs/%zz", 400 },	  { "GET /v1/runs/%00", 400 },
	{ "DELETE /v1/runs", 405 },	  { "POST /v1/info", 405 },
	{ "GET /v1/runs?limit=0", 400 },  { "GET /v1/runs?limit=x", 400 },
	{ "GET /v1/runs?limit=1001", 400 }, { "GET /v1/runs?limit=1&limit=2", 400 },
	{ "GET /v1/runs?filter=%22open", 400 }, { "GET /v1/runs?cursor=nonsense", 400 },
	{ "GET /v1/runs/00000000-0000-7000-8000-000000000000", 404 },
	{ "GET /v1/runs/00000000-0000-7000-8000-000000000000/history", 404 },
	{ "GET /v1/runs/00000000-0000-7000-8000-000000000000/tasks/a/log", 404 },
	{ "GET /v1/events?run=x", 400 },  { "GET /v1/events?filter=%22open&snapshot=1", 400 },
	{ "GET /v1/events?snapshot=2", 400 },
};

START_TEST(each_look_has_its_status)
{
	int status = site_ask(&w, lookups[_i].line, "", NULL);
	ck_assert_msg(status == lookups[_i].status, "%s: %d %s", lookups[_i].line, status,
		      str_text(&w.body));
	if (status != 200)
		ck_assert_str_ne(site_member(&w, "error.message"), "");
}
END_TEST

/* ---- running ------------------------------------------------------------------------ */

START_TEST(a_started_run_completes_and_can_be_read)
{
	char id[40];
	site_start(&w, "hello", "{\"params\":{\"who\":\"you\"}}", id);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "lane"), "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.id"), "greet");
	ck_assert_str_eq(site_member(&w, "tasks.0.status"), "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.result.ok"), "yes");
	ck_assert_str_eq(site_member(&w, "tasks.0.log.stdout_bytes"), "10");
	ck_assert_int_eq(site_get(&w, "/v1/runs?filter=workflow:hello"), 200);
	ck_assert_str_eq(site_member(&w, "runs.0.id"), id);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
}
END_TEST

START_TEST(a_run_has_its_version_as_etag)
{
	char id[40], etag[40];
	site_start(&w, "hello", NULL, id);
	site_wait_status(&w, id, "completed");
	snprintf(etag, sizeof etag, "ETag: \"%s\"", site_member(&w, "version"));
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
	ck_assert_ptr_nonnull(strstr(str_text(&w.head), etag));
}
END_TEST

START_TEST(a_log_is_read_in_octets)
{
	char id[40];
	site_start(&w, "hello", NULL, id);
	site_wait_status(&w, id, "completed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?stream=stdout", id), 200);
	ck_assert_str_eq(str_text(&w.body), "hello world\n");
	ck_assert_ptr_nonnull(strstr(str_text(&w.head), "Content-Type: text/plain"));
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?stream=stderr", id), 200);
	ck_assert_str_eq(str_text(&w.body), "oops\n");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?stream=stdout&offset=6&limit=3", id),
			 200);
	ck_assert_str_eq(str_text(&w.body), "wor");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?stream=stdout&offset=-6", id), 200);
	ck_assert_str_eq(str_text(&w.body), "world\n");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?stream=nonsense", id), 400);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/nonsense/log", id), 404);
}
END_TEST

START_TEST(a_log_is_read_in_lines)
{
	char id[40];
	site_start(&w, "hello", NULL, id);
	site_wait_status(&w, id, "completed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines&stream=stdout", id),
			 200);
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "hello world");
	ck_assert_str_eq(site_member(&w, "lines.0.stream"), "stdout");
	/* On a busy machine the page's time may be over before its end is seen. */
	while (!strcmp(site_member(&w, "state"), "more")) {
		char cursor[200];
		snprintf(cursor, sizeof cursor, "%s", site_member(&w, "next"));
		ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines"
					      "&stream=stdout&cursor=%s", id, cursor), 200);
		ck_assert_str_eq(site_member(&w, "lines"), "[]");
	}
	ck_assert_str_eq(site_member(&w, "state"), "eof");
}
END_TEST

/* The page before it ended behind its octets, because its time was over. */
START_TEST(a_line_without_an_end_has_its_time_on_a_page_of_its_own_too)
{
	char id[40];
	site_workflow(&w, "cut", "steps: [{id: greet, run: 'printf \"no end\"'}]\n");
	site_start(&w, "cut", NULL, id);
	site_wait_status(&w, id, "completed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines&stream=stdout"
				      "&cursor=1.0.6.0.0.0.0.0", id), 200);
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "no end");
	ck_assert_uint_eq(strlen(site_member(&w, "lines.0.at")), 24);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines&stream=stdout&line=1", id),
			 200);
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "no end");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines&stream=stdout&line=2", id),
			 200);
	ck_assert_str_eq(site_member(&w, "lines"), "[]");
	ck_assert_str_eq(site_member(&w, "state"), "eof");
}
END_TEST

/* The last one has no end. */
START_TEST(a_line_asked_for_by_its_number_has_those_before_it)
{
	char id[40], prev[80];
	site_workflow(&w, "cut", "steps: [{id: greet, run: 'printf \"one\\ntwo\\nthree\"'}]\n");
	site_start(&w, "cut", NULL, id);
	site_wait_status(&w, id, "completed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines&stream=stdout&line=3", id),
			 200);
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "three");
	snprintf(prev, sizeof prev, "%s", site_member(&w, "prev"));
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines&stream=stdout&backward=1"
				      "&limit=1&cursor=%s", id, prev), 200);
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "two");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines&stream=stdout&line=1", id),
			 200);
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "one");
	ck_assert_str_eq(site_member(&w, "prev"), "null");
}
END_TEST

static void replace(const char *id, const char *name, const struct str *content)
{
	struct str path = { 0 };
	str_addf(&path, "%s/runs/%s/greet/1/%s", w.state, id, name);
	ck_assert(file_replace(str_text(&path), view_of_str(content), 0600, NULL));
	str_release(&path);
}

/* One that came in 90 000 small pieces, which no page has the time to pass over. */
START_TEST(a_line_deep_in_a_log_is_the_one_that_was_asked_for)
{
	enum { LINES = 90000 };
	static const char record[16] = { 1, [8] = 1, [12] = 6 };
	struct str out = { 0 }, order = { 0 };
	char id[40], from[200] = "line=80000";
	site_start(&w, "hello", NULL, id);
	site_wait_status(&w, id, "completed");
	for (int i = 1; i <= LINES; i++) {
		str_addf(&out, "%05d\n", i);
		str_add_bytes(&order, record, sizeof record);
	}
	replace(id, "stdout", &out);
	replace(id, "order", &order);
	do {
		ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/greet/log?format=lines"
					      "&stream=stdout&limit=1&%s", id, from), 200);
		snprintf(from, sizeof from, "cursor=%s", site_member(&w, "next"));
	} while (!strcmp(site_member(&w, "lines"), "[]") && !strcmp(site_member(&w, "state"), "more"));
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "80000");
	ck_assert_str_eq(site_member(&w, "line"), "80000");
	str_release(&out);
	str_release(&order);
}
END_TEST

static const struct {
	const char *workflow, *body;
	int status;
} starts[] = {
	{ "none", "{}", 404 },
	{ "hello", "{\"params\":{\"nobody\":1}}", 400 },
	{ "hello", "{\"params\":{\"times\":7}}", 400 },
	{ "hello", "{\"params\":[]}", 400 },
	{ "hello", "{\"colour\":\"red\"}", 400 },
	{ "hello", "{\"debug\":\"yes\"}", 400 },
	{ "hello", "{\"priority\":\"high\"}", 400 },
	{ "hello", "{\"delay\":\"soon\"}", 400 },
	{ "hello", "[]", 400 },
	{ "hello", "{", 400 },
	{ "hello", "{\"params\":{},\"params\":{}}", 400 },
};

START_TEST(a_wrong_start_starts_nothing)
{
	int status = site_post(&w, starts[_i].body, "/v1/workflows/%s/runs", starts[_i].workflow);
	ck_assert_msg(status == starts[_i].status, "%s: %d %s", starts[_i].body, status,
		      str_text(&w.body));
	ck_assert_int_eq(site_get(&w, "/v1/runs"), 200);
	ck_assert_str_eq(site_member(&w, "runs"), "[]");
}
END_TEST

START_TEST(an_order_that_is_no_json_is_refused)
{
	ck_assert_int_eq(site_ask(&w, "POST /v1/workflows/hello/runs",
				   "Content-Type: text/plain\r\nContent-Length: 0\r\n", NULL), 415);
	ck_assert_int_eq(site_ask(&w, "POST /v1/workflows/hello/runs",
				   "Content-Type: application/jsonx\r\nContent-Length: 0\r\n", NULL), 415);
	ck_assert_int_eq(site_ask(&w, "POST /v1/workflows/hello/runs",
				   "Content-Length: 2\r\n\r\n{}", NULL), 415);
}
END_TEST

START_TEST(the_same_key_starts_once)
{
	char id[40];
	const char *line = "POST /v1/workflows/hello/runs", *key = "Idempotency-Key: k1\r\n";
	ck_assert_int_eq(site_ask(&w, line, key, "{\"params\":{\"who\":\"a\"}}"), 201);
	snprintf(id, sizeof id, "%s", site_member(&w, "id"));
	ck_assert_int_eq(site_ask(&w, line, key, "{\"params\":{\"who\":\"a\"}}"), 201);
	ck_assert_str_eq(site_member(&w, "id"), id);
	ck_assert_int_eq(site_ask(&w, line, key, "{\"params\":{\"who\":\"b\"}}"), 422);
	site_restart(&w);
	ck_assert_int_eq(site_ask(&w, line, key, "{\"params\":{\"who\":\"a\"}}"), 201);
	ck_assert_str_eq(site_member(&w, "id"), id);
	ck_assert_int_eq(site_get(&w, "/v1/runs"), 200);
	ck_assert_str_eq(site_member(&w, "runs.1"), "");
}
END_TEST

/* ---- deciding ------------------------------------------------------------------------- */

static int64_t wait_gate(char *id)
{
	int64_t version = -1;
	site_start(&w, "gated", NULL, id);
	site_wait_status(&w, id, "waiting");
	ck_assert_str_eq(site_member(&w, "waiting.task"), "review");
	ck_assert_str_eq(site_member(&w, "waiting.prompt"), "Ship it?");
	ck_assert(number_parse(view_of(site_member(&w, "tasks.1.version")), 0, INT64_MAX, &version));
	return version;
}

static int decide(const char *id, const char *verb, int64_t version)
{
	char body[80];
	snprintf(body, sizeof body, "{\"comment\":\"fine\",\"version\":%lld}", (long long)version);
	return site_post(&w, body, "/v1/runs/%s/tasks/review/%s", id, verb);
}

START_TEST(an_approval_lets_the_run_go_on)
{
	char id[40];
	int64_t version = wait_gate(id);
	ck_assert_int_eq(site_get(&w, "/v1/inbox"), 200);
	ck_assert_uint_ne(view_find(view_of_str(&w.body), view_of(id), 0), SIZE_MAX);
	int status = decide(id, "approve", version);
	ck_assert_msg(status >= 200 && status < 300, "%d %s", status, str_text(&w.body));
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "tasks.2.status"), "completed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
	ck_assert_uint_ne(view_find(view_of_str(&w.body), VIEW("fine"), 0), SIZE_MAX);
}
END_TEST

START_TEST(a_rejection_ends_the_run)
{
	char id[40];
	int64_t version = wait_gate(id);
	int status = decide(id, "reject", version);
	ck_assert_msg(status >= 200 && status < 300, "%d %s", status, str_text(&w.body));
	site_wait_status(&w, id, "rejected");
}
END_TEST

START_TEST(a_decision_must_name_what_it_was_shown)
{
	char id[40];
	int64_t version = wait_gate(id);
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/tasks/review/approve", id), 428);
	ck_assert_int_eq(decide(id, "approve", version + 1), 409);
	ck_assert_str_eq(site_member(&w, "error.code"), "conflict");
	char line[120], header[60];
	snprintf(line, sizeof line, "POST /v1/runs/%s/tasks/review/approve", id);
	snprintf(header, sizeof header, "If-Match: \"%lld\"\r\n", (long long)version + 1);
	ck_assert_int_eq(site_ask(&w, line, header, "{}"), 412);
	ck_assert_int_eq(site_ask(&w, line, "If-Match: *\r\n", "{}"), 400);
	ck_assert_int_eq(site_ask(&w, line, "If-Match: 5\r\n", "{}"), 400);
	ck_assert_int_eq(site_post(&w, "{\"version\":\"x\"}", "/v1/runs/%s/tasks/review/approve", id), 400);
	snprintf(header, sizeof header, "If-Match: \"%lld\"\r\n", (long long)version);
	int status = site_ask(&w, line, header, "{}");
	ck_assert_msg(status >= 200 && status < 300, "%d %s", status, str_text(&w.body));
	site_wait_status(&w, id, "completed");
}
END_TEST

START_TEST(the_second_of_two_decisions_hears_who_was_first)
{
	char id[40];
	int64_t version = wait_gate(id);
	ck_assert_int_lt(decide(id, "approve", version), 300);
	ck_assert_int_eq(decide(id, "reject", version), 409);
	ck_assert_str_eq(site_member(&w, "error.code"), "conflict");
	ck_assert_ptr_nonnull(strstr(site_member(&w, "error.message"), "approved"));
	site_wait_status(&w, id, "completed");
}
END_TEST

START_TEST(cancelling_is_requested_and_then_done)
{
	char id[40];
	site_start(&w, "endless", NULL, id);
	site_wait_status(&w, id, "running");
	ck_assert_int_eq(site_post(&w, "{\"reason\":\"enough\"}", "/v1/runs/%s/cancel", id), 202);
	ck_assert_str_eq(site_member(&w, "cancel_requested.reason"), "enough");
	site_wait_status(&w, id, "cancelled");
	ck_assert_int_ge(site_post(&w, "{}", "/v1/runs/%s/cancel", id), 400);
}
END_TEST

START_TEST(supervisors_that_have_ended_are_reaped)
{
	char id[40];
	siginfo_t info;
	int64_t until = when_mono_ms() + 20000;
	for (int i = 0; i < 5; i++) {
		site_start(&w, "hello", NULL, id);
		site_wait_status(&w, id, "completed");
	}
	while (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT)) {
		ck_assert_msg(when_mono_ms() < until, "a supervisor is left unreaped");
		loop_turn(w.loop, 100);
	}
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(a_run_is_run_again)
{
	char id[40];
	site_start(&w, "hello", "{\"params\":{\"who\":\"you\"}}", id);
	site_wait_status(&w, id, "completed");
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/rerun", id), 201);
	ck_assert_str_ne(site_member(&w, "id"), id);
	ck_assert_str_eq(site_member(&w, "params.who"), "you");
}
END_TEST

Suite *suite_api(void);
Suite *suite_api(void)
{
	Suite *s = suite_create("api");
	TCase *t = tcase_create("routes");
	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, info_says_who_i_am_and_what_i_may);
	tcase_add_test(t, workflows_are_listed_with_their_parameters);
	tcase_add_loop_test(t, each_look_has_its_status, 0,
			    (int)(sizeof(lookups) / sizeof(*lookups)));
	tcase_add_test(t, a_started_run_completes_and_can_be_read);
	tcase_add_test(t, a_run_has_its_version_as_etag);
	tcase_add_test(t, a_log_is_read_in_octets);
	tcase_add_test(t, a_log_is_read_in_lines);
	tcase_add_test(t, a_line_without_an_end_has_its_time_on_a_page_of_its_own_too);
	tcase_add_test(t, a_line_asked_for_by_its_number_has_those_before_it);
	tcase_add_test(t, a_line_deep_in_a_log_is_the_one_that_was_asked_for);
	tcase_add_loop_test(t, a_wrong_start_starts_nothing, 0,
			    (int)(sizeof(starts) / sizeof(*starts)));
	tcase_add_test(t, an_order_that_is_no_json_is_refused);
	tcase_add_test(t, the_same_key_starts_once);
	tcase_add_test(t, an_approval_lets_the_run_go_on);
	tcase_add_test(t, a_rejection_ends_the_run);
	tcase_add_test(t, a_decision_must_name_what_it_was_shown);
	tcase_add_test(t, the_second_of_two_decisions_hears_who_was_first);
	tcase_add_test(t, cancelling_is_requested_and_then_done);
	tcase_add_test(t, a_run_is_run_again);
	tcase_add_test(t, supervisors_that_have_ended_are_reaped);
	suite_add_tcase(s, t);
	return s;
}
