/* Temporal's answers to facts: recorded ones of a real server, and what is foreign
 * in them. Payloads, failures, stories, queries. */
#include "backend/temporal_payload.h"
#include "backend/temporal_query.h"
#include "backend/temporal_story.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/unit.h"

static struct arena arena;
static struct story story;
static struct str text;

static void set_up(void)
{
	arena = (struct arena){ 0 };
	text = (struct str){ 0 };
	story_init(&story);
}

static void tear_down(void)
{
	arena_release(&arena);
	story_release(&story);
	str_release(&text);
}

static struct json_doc *vector(const char *name)
{
	struct str path = { 0 }, body = { 0 };
	struct err err = { 0 };
	str_addf(&path, "%s/%s.json", VECTORS, name);
	ck_assert_msg(file_read(str_text(&path), 1 << 20, &body, &err), "%s", err_text(&err));
	struct json_doc *doc = json_parse(view_of_str(&body), 0, &err);
	ck_assert_msg(doc != NULL, "%s", err_text(&err));
	str_release(&path);
	str_release(&body);
	return doc;
}

static bool is(struct view v, const char *words)
{
	return view_is(v, words);
}

/* ---- payloads ---- */

START_TEST(base64_comes_back_as_it_was)
{
	static const char *const words[] = { "", "a", "ab", "abc", "abcd", "\xff\x00\x01" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct str back = { 0 };
		str_clear(&text);
		temporal_add_base64(&text, view_of(words[i]));
		ck_assert(temporal_base64(view_of_str(&text), &back));
		ck_assert(view_eq(view_of_str(&back), view_of(words[i])));
		str_release(&back);
	}
	ck_assert(!temporal_base64(VIEW("a b"), &text));
}
END_TEST

static struct view decode(const char *json)
{
	struct json_doc *doc = json_parse(view_of(json), 0, NULL);
	ck_assert_ptr_nonnull(doc);
	struct view v = temporal_payload(json_root(doc), &arena);
	json_free(doc);
	return v;
}

START_TEST(a_payload_becomes_json_whatever_it_is)
{
	static const struct {
		const char *payload, *json;
	} cases[] = {
		{ "{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"eyJhIjoxfQ==\"}",
		  "{\"a\":1}" },
		{ "{\"metadata\":{\"encoding\":\"YmluYXJ5L251bGw=\"}}", "null" },
		{ "{\"metadata\":{\"encoding\":\"YmluYXJ5L3BsYWlu\"},\"data\":\"aGk=\"}", "\"hi\"" },
		{ "{\"metadata\":{\"encoding\":\"YmluYXJ5L2VuY3J5cHRlZA==\"},\"data\":\"AAEC\"}",
		  "\"<3 bytes, binary/encrypted>\"" },
		{ "{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"eyJh\"}",
		  "\"{\\\"a\"" },
		{ "{\"data\":\"AA==\"}", "\"<1 bytes, no encoding>\"" },
		{ "{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"###\"}",
		  "\"<not base64>\"" },
		{ "[]", "" },
	};
	struct view v = decode(cases[_i].payload);
	ck_assert_msg(is(v, cases[_i].json), "%.*s", (int)v.len, v.ptr);
}
END_TEST

START_TEST(big_integers_keep_their_digits)
{
	struct json_doc *doc = vector("history-fails-1");
	story_add(&story, json_get(json_get(json_root(doc), "history"), "events"));
	ck_assert(is(story.input, "{\"id\":9007199254740993,\"amount\":\"120.50 EUR\"}"));
	json_free(doc);
}
END_TEST

START_TEST(a_failure_is_told_without_its_wrapper_with_all_causes)
{
	struct json_doc *doc = vector("history-fails-1");
	story_add(&story, json_get(json_get(json_root(doc), "history"), "events"));
	const struct error_facts *e = &story.error;
	ck_assert(story.has_error);
	ck_assert(is(e->message, "card declined"));
	ck_assert(is(e->type, "Declined"));
	ck_assert(is(e->task, "DeclineCard"));
	ck_assert_uint_eq(e->n_causes, 2);
	ck_assert(is(e->causes[0], "Gateway: HTTP 402"));
	ck_assert(is(e->causes[1], "limit exceeded"));
	json_free(doc);
}
END_TEST

START_TEST(a_failing_workflow_task_has_its_stack)
{
	struct json_doc *doc = vector("history-badcode-1");
	story_add(&story, json_get(json_get(json_root(doc), "history"), "events"));
	ck_assert(is(story.code_error.message, "this workflow's code is wrong"));
	ck_assert(view_find(story.code_error.stack, VIEW("main.BadCode"), 0) != SIZE_MAX);
	json_free(doc);
}
END_TEST

/* ---- runs ---- */

static const struct temporal_rules rules = { .context = 3, .now_ms = 1795237000000 };

static enum run_status status_in(const struct json_doc *doc, const char *id)
{
	const struct json *list = json_get(json_root(doc), "executions");
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct run_facts run;
		ck_assert(temporal_run(i, &rules, &arena, &run));
		if (is(run.short_id, id))
			return run.status;
	}
	return RUN_STATUSES;
}

START_TEST(rows_say_what_is_pending_delayed_running)
{
	struct json_doc *open = vector("list-open"), *ended = vector("list-ended");
	ck_assert_int_eq(status_in(open, "noworker-1"), RUN_PENDING);
	ck_assert_int_eq(status_in(open, "delayed-1"), RUN_PLANNED);
	ck_assert_int_eq(status_in(open, "timers-1"), RUN_RUNNING);
	ck_assert_int_eq(status_in(ended, "fails-1"), RUN_FAILED);
	ck_assert_int_eq(status_in(ended, "flaky-1"), RUN_COMPLETED);
	json_free(open);
	json_free(ended);
}
END_TEST

START_TEST(a_memo_says_what_a_run_waits_for)
{
	const struct temporal_rules memo = { .now_ms = 1795237000000, .waiting_memo = VIEW("waitingFor") };
	struct json_doc *doc = vector("describe-approval-signal-1");
	struct run_facts run;
	const struct json *info = json_get(json_root(doc), "workflowExecutionInfo");
	ck_assert(temporal_run(info, &memo, &arena, &run));
	ck_assert_int_eq(run.status, RUN_WAITING);
	ck_assert(is(run.waiting.prompt, "the head of finance"));
	ck_assert(temporal_run(info, &rules, &arena, &run));
	ck_assert_int_eq(run.status, RUN_RUNNING);
	json_free(doc);
}
END_TEST

START_TEST(a_row_without_ids_is_none)
{
	static const char *const rows[] = { "{}", "[]", "null", "{\"execution\":{\"runId\":\"x\"}}",
					    "{\"execution\":{\"workflowId\":\"x\"}}" };
	struct json_doc *doc = json_parse(view_of(rows[_i]), 0, NULL);
	struct run_facts run;
	ck_assert(!temporal_run(json_root(doc), &rules, &arena, &run));
	json_free(doc);
}
END_TEST

START_TEST(old_servers_write_statuses_without_their_prefix)
{
	ck_assert(is(temporal_word(VIEW("TimedOut"), "X_", &arena), "timed out"));
	ck_assert(is(temporal_word(VIEW("WORKFLOW_EXECUTION_STATUS_TIMED_OUT"),
				   "WORKFLOW_EXECUTION_STATUS_", &arena), "timed out"));
}
END_TEST

/* ---- stories ---- */

static void tell(const char *history, const char *described, struct run_detail *out)
{
	struct json_doc *events = history ? vector(history) : NULL;
	struct json_doc *describe = vector(described);
	if (events)
		story_add(&story, json_get(json_get(json_root(events), "history"), "events"));
	ck_assert(story_tell(&story, json_root(describe), &rules, NULL, out));
	json_free(events);
	json_free(describe);
}

START_TEST(a_retrying_activity_says_its_attempt_failure_and_next_try)
{
	struct run_detail d;
	tell("history-retrying-1", "describe-retrying-1", &d);
	ck_assert_uint_eq(d.n_tasks, 1);
	ck_assert(is(d.tasks[0].id, "Undeliverable-5"));
	ck_assert(is(d.tasks[0].title, "Deliver the parcel") || is(d.tasks[0].title, "Undeliverable"));
	ck_assert_int_eq(d.tasks[0].status, TASK_RETRYING);
	ck_assert_int_gt(d.tasks[0].attempt, 1);
	ck_assert(is(d.tasks[0].error.message, "nobody at home"));
	ck_assert_int_gt(d.tasks[0].next_retry_ms, 0);
	ck_assert_int_eq(d.run.current_status, TASK_RETRYING);
}
END_TEST

START_TEST(a_heartbeat_is_progress)
{
	struct run_detail d;
	tell(NULL, "describe-heartbeat-1", &d);
	ck_assert_float_eq_tol(d.run.progress, 0.3F, 0.001F);
	ck_assert(is(d.run.current_task, "CopyFiles"));
	ck_assert(is(d.run.worker, "worker-a@fixture"));
}
END_TEST

START_TEST(a_flaky_activity_shows_its_last_attempt)
{
	struct json_doc *doc = vector("history-flaky-1");
	story_add(&story, json_get(json_get(json_root(doc), "history"), "events"));
	const struct story_task *t = story_find(&story, VIEW("ChargeCard-5"));
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(t->facts.attempt, 3);
	ck_assert_int_eq(t->facts.status, TASK_COMPLETED);
	ck_assert(is(t->facts.result, "\"charged 120.50 EUR\""));
	ck_assert(is(t->last_failure, "the bank does not answer"));
	json_free(doc);
}
END_TEST

START_TEST(children_are_tasks_with_their_run)
{
	struct run_detail d;
	tell("history-parent-1", "describe-parent-1", &d);
	ck_assert_uint_eq(d.n_children, 2);
	ck_assert(is(d.tasks[0].item, "parent-1-child-1"));
	ck_assert_int_eq(d.tasks[0].status, TASK_COMPLETED);
	ck_assert_int_eq(d.tasks[1].status, TASK_RUNNING);
	ck_assert_uint_gt(d.tasks[1].child.len, 0);
}
END_TEST

START_TEST(timers_say_when_they_fire)
{
	struct json_doc *doc = vector("history-timers-1");
	story_add(&story, json_get(json_get(json_root(doc), "history"), "events"));
	ck_assert_uint_eq(story.tasks.len, 2);
	ck_assert_int_eq(story.tasks.items[0].facts.status, TASK_COMPLETED);
	ck_assert_int_eq(story.tasks.items[1].facts.status, TASK_RUNNING);
	ck_assert(view_starts(story.tasks.items[1].facts.title, "timer 1d"));
	ck_assert(view_starts(story.tasks.items[1].facts.progress_words, "fires 2"));
	json_free(doc);
}
END_TEST

START_TEST(a_failed_step_may_be_reset_to)
{
	struct run_detail d;
	tell("history-fails-1", "describe-fails-1", &d);
	const struct story_task *t = story_find(&story, VIEW("DeclineCard-11"));
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(t->decided, 10);
	ck_assert_uint_ne(d.tasks[1].actions.allowed & 1U << VERB_RETRY, 0);
	ck_assert_uint_eq(d.tasks[0].actions.allowed & 1U << VERB_RETRY, 0);
	ck_assert(is(d.run.error.message, "card declined"));
}
END_TEST

START_TEST(code_that_fails_is_not_pending_but_stuck)
{
	struct run_detail d;
	tell("history-badcode-1", "describe-badcode-1", &d);
	ck_assert_int_eq(d.run.status, RUN_RUNNING);
	ck_assert(is(d.run.pending_reason, "stuck"));
	ck_assert(is(d.run.error.message, "this workflow's code is wrong"));
}
END_TEST

START_TEST(history_leaves_the_noise_out)
{
	struct json_doc *doc = vector("history-fails-1");
	size_t n = 0;
	const struct json *events = json_get(json_get(json_root(doc), "history"), "events");
	for (const struct json *i = json_first(events); i; i = json_next(i)) {
		struct history_facts line;
		if (!story_line(i, &arena, &line))
			continue;
		n++;
		ck_assert(view_find(line.kind, VIEW("workflow task"), 0) == SIZE_MAX);
	}
	ck_assert_uint_eq(n, 8);
	json_free(doc);
}
END_TEST

START_TEST(the_middle_of_a_long_history_is_said_to_be_missing)
{
	struct json_doc *old = json_parse(VIEW("[{\"eventId\":\"1\",\"eventType\":\"X\"}]"), 0, NULL);
	struct json_doc *new = json_parse(VIEW("[{\"eventId\":\"90\",\"eventType\":\"TIMER_STARTED\"},"
					       "{\"eventId\":\"89\",\"eventType\":\"X\"}]"), 0, NULL);
	story_add(&story, json_root(old));
	story_add_newest(&story, json_root(new));
	ck_assert_uint_eq(story.tasks.len, 2);
	ck_assert(is(story.tasks.items[0].facts.title, "events 2 to 88 are not shown"));
	ck_assert_int_eq(story.tasks.items[1].event, 90);
	json_free(old);
	json_free(new);
}
END_TEST

/* ---- queries ---- */

START_TEST(a_filter_becomes_a_query_as_far_as_that_can_say_it)
{
	static const struct {
		const char *filter, *query;
		bool exact;
	} cases[] = {
		{ "", "", true },
		{ "workflow:Order", "(WorkflowType = 'Order')", true },
		{ "workflow:Ord*", "(WorkflowType STARTS_WITH 'Ord')", true },
		{ "workflow:*x", "", false },
		{ "queue:a,b", "(TaskQueue = 'a' OR TaskQueue = 'b')", true },
		{ "id:it's", "(WorkflowId = 'it''s' OR RunId = 'it''s')", true },
		{ "status:completed", "(ExecutionStatus IN ('Completed'))", true },
		{ "status:waiting", "(ExecutionStatus IN ('Running'))", false },
		{ "status:rejected", "(ExecutionStatus IN ('Failed'))", false },
		{ "lane:failed", "(ExecutionStatus IN ('Failed', 'TimedOut'))", true },
		{ "-workflow:Order", "(NOT (WorkflowType = 'Order'))", true },
		{ "-status:waiting", "", false },
		{ "workflow:a|workflow:b", "((WorkflowType = 'a') OR (WorkflowType = 'b'))", true },
		{ "workflow:a|word", "", false },
		{ "word workflow:a", "(WorkflowType = 'a')", false },
		{ "retries>2", "", false },
		{ "since:1h", "(StartTime >= '1970-01-01T01:00:00.000Z')", true },
	};
	struct err err = { 0 };
	struct filter *f = filter_parse(view_of(cases[_i].filter), NULL, &err);
	ck_assert_msg(f != NULL, "%s", err_text(&err));
	bool exact = temporal_query(f, 7200000, &text);
	ck_assert_str_eq(str_text(&text), cases[_i].query);
	ck_assert_int_eq(exact, cases[_i].exact);
	filter_free(f);
}
END_TEST

Suite *suite_temporal_parse(void);

Suite *suite_temporal_parse(void)
{
	Suite *s = suite_create("temporal_parse");
	TCase *c = tcase_create("temporal_parse");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, base64_comes_back_as_it_was);
	tcase_add_loop_test(c, a_payload_becomes_json_whatever_it_is, 0, 8);
	tcase_add_test(c, big_integers_keep_their_digits);
	tcase_add_test(c, a_failure_is_told_without_its_wrapper_with_all_causes);
	tcase_add_test(c, a_failing_workflow_task_has_its_stack);
	tcase_add_test(c, rows_say_what_is_pending_delayed_running);
	tcase_add_test(c, a_memo_says_what_a_run_waits_for);
	tcase_add_loop_test(c, a_row_without_ids_is_none, 0, 5);
	tcase_add_test(c, old_servers_write_statuses_without_their_prefix);
	tcase_add_test(c, a_retrying_activity_says_its_attempt_failure_and_next_try);
	tcase_add_test(c, a_heartbeat_is_progress);
	tcase_add_test(c, a_flaky_activity_shows_its_last_attempt);
	tcase_add_test(c, children_are_tasks_with_their_run);
	tcase_add_test(c, timers_say_when_they_fire);
	tcase_add_test(c, a_failed_step_may_be_reset_to);
	tcase_add_test(c, code_that_fails_is_not_pending_but_stuck);
	tcase_add_test(c, history_leaves_the_noise_out);
	tcase_add_test(c, the_middle_of_a_long_history_is_said_to_be_missing);
	tcase_add_loop_test(c, a_filter_becomes_a_query_as_far_as_that_can_say_it, 0, 17);
	suite_add_tcase(s, c);
	return s;
}
