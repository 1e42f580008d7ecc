/* The filter language. */
#include "lib/unit.h"

#include <string.h>

#include "core/filter.h"
#include "scene.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
static const int64_t now_ms = INT64_C(1795226400000);

static const struct pair labels[] = { { VIEW("team"), VIEW("Web") },
				      { VIEW("env"), VIEW("prod eu") } };
static const struct pair params[] = { { VIEW("replicas"), VIEW("3") },
				      { VIEW("host"), VIEW("\"alpha\\u002e1\"") } };

/* Running for 10 minutes, started by alice, third attempt of its task. */
static struct run_facts subject(void)
{
	return (struct run_facts){
		.id = VIEW("0193a1b2-c3d4-7e5f-8a6b-0123456789ab"),
		.short_id = VIEW("012345"), .workflow = VIEW("deploy"),
		.title = VIEW("Deploy the Web service"), .status = RUN_RUNNING,
		.trigger = TRIGGER_SCHEDULE, .trigger_by = VIEW("alice"), .queue = VIEW("default"),
		.worker = VIEW("local/2"), .labels = { labels, 2 }, .params = { params, 2 },
		.current_task = VIEW("ship[2]"), .current_attempt = 3,
		.error = { .message = VIEW("exit status 7"), .task = VIEW("build") },
		.created_ms = now_ms - HOUR, .started_ms = now_ms - 10 * MINUTE,
	};
}

static bool matches(const char *text, const struct run_facts *run)
{
	static const struct view contexts[] = { { "local", 5 } };
	struct filter_env env = { .now_ms = now_ms, .contexts = contexts, .n_contexts = 1 };
	struct err err = { 0 };
	struct filter *f = filter_parse(view_of(text), NULL, &err);
	ck_assert_msg(f != NULL, "%s: %s", text, err_text(&err));
	bool found = filter_match(f, run, &env);
	filter_free(f);
	return found;
}

static const struct {
	const char *filter;
	bool found;
} matching[] = {
	{ "", true },
	{ "   ", true },
	{ "deploy", true },
	{ "DEPLOY web", true },
	{ "deploy nothere", false },
	{ "\"web service\"", true },
	{ "\"service web\"", false },
	{ "-deploy", false },
	{ "-nothere", true },
	{ "nothere|deploy", true },
	{ "nothere | deploy", true },
	{ "nothere|-alice", false },
	{ "nothere|deploy alice", true },
	{ "nothere|deploy bob", false },
	{ "/depl.y/", true },
	{ "/^the$/", false },
	{ "/the web/", true },
	{ "/local\\/2/", true },
	{ "-/local\\/2/", false },
	{ "exit", true },
	{ "prod", true },
	{ "replicas", true },
	{ "ship[2]", true },
	{ "0193A1B2", true },
	{ "status:running", true },
	{ "status:failed,running", true },
	{ "status:failed", false },
	{ "status:r*", true },
	{ "-status:r*", false },
	{ "status:open", true },
	{ "status:ended", false },
	{ "lane:running", true },
	{ "workflow:dep*", true },
	{ "workflow:dep", false },
	{ "workflow:Deploy", true },
	{ "workflow:*ploy,x", true },
	{ "workflow:\"dep*\"", false },
	{ "trigger:schedule", true },
	{ "trigger:manual,webhook", false },
	{ "by:alice", true },
	{ "by:ali", false },
	{ "queue:def*", true },
	{ "worker:local/2", true },
	{ "label.team:web", true },
	{ "label.team:*", true },
	{ "label.none:*", false },
	{ "label.env:\"prod eu\"", true },
	{ "label.env:\"prod us\",\"prod eu\"", true },
	{ "param.replicas:3", true },
	{ "param.replicas:30", false },
	{ "param.host:alpha.1", true },
	{ "task:ship*", true },
	{ "task:build", true },
	{ "task:test", false },
	{ "id:012345", true },
	{ "id:01234567", true },
	{ "id:0123456f", false },
	{ "id:0193a1b2-c3d4-7e5f-8a6b-0123456789ab", true },
	{ "id:0193*", true },
	{ "backend:local", true },
	{ "backend:temporal", false },
	{ "since:2h", true },
	{ "since:30m", false },
	{ "until:30m", true },
	{ "until:2h", false },
	{ "since:2020-01-01", true },
	{ "since:2099-01-01T03:00", false },
	{ "until:2020-01-01", false },
	{ "duration>5m", true },
	{ "duration>10m", false },
	{ "duration>=10m", true },
	{ "duration<1h", true },
	{ "duration<=9m", false },
	{ "duration:>5m", true },
	{ "duration>500ms", true },
	{ "wait>1h", false },
	{ "-wait>1h", true },
	{ "retries>0", true },
	{ "retries>=3", false },
	{ "retries=2", true },
	{ "retries:2", true },
	{ "status:running duration>5m by:alice|by:bob -label.team:db web", true },
};

START_TEST(a_filter_matches_what_the_table_says)
{
	struct run_facts run = subject();
	ck_assert_msg(matches(matching[_i].filter, &run) == matching[_i].found, "%s",
		      matching[_i].filter);
}
END_TEST

static const struct {
	const char *filter;
	size_t column;
	const char *why;
} wrong[] = {
	{ "abc \"open", 4, "no end" },
	{ "/open", 0, "closing" },
	{ "/a/b", 0, "quote a path" },
	{ "//", 0, "regular expression" },
	{ "/(/", 0, "" },
	{ "a |", 3, "missing" },
	{ "| a", 0, "missing" },
	{ "-", 1, "missing" },
	{ "a - b", 3, "missing" },
	{ "status:", 7, "missing" },
	{ "status:a", 7, "none of planned, pending" },
	{ "status:failed,", 14, "missing" },
	{ "trigger:me", 8, "none of manual" },
	{ "lane:waiting", 5, "none of" },
	{ "foo:bar", 0, "no field" },
	{ "http://x", 0, "no field" },
	{ "label.:x", 0, "no field" },
	{ "workflow>3", 8, "colon" },
	{ "since>3", 5, "colon" },
	{ "since:yesterday", 6, "no time" },
	{ "duration>", 9, "missing" },
	{ "duration>5", 9, "no time span" },
	{ "retries>x", 8, "no count" },
	{ "retries>-1", 8, "no count" },
	{ "by:\"a\"b", 6, "blank" },
	{ "\"a\"b", 3, "blank" },
};

START_TEST(a_wrong_filter_names_the_column_and_the_reason)
{
	size_t column = 99;
	struct err err = { 0 };
	struct filter *f = filter_parse(view_of(wrong[_i].filter), &column, &err);
	ck_assert_msg(f == NULL, "%s", wrong[_i].filter);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_msg(column == wrong[_i].column, "%s: column %zu", wrong[_i].filter, column);
	ck_assert_msg(strstr(err_text(&err), wrong[_i].why) != NULL, "%s: %s", wrong[_i].filter,
		      err_text(&err));
	err_release(&err);
}
END_TEST

START_TEST(every_beginning_of_a_good_filter_is_good_or_an_error_but_never_more)
{
	const char *whole = "-status:failed,r* label.x:\"a b\"|/re\\/x/ since:24h duration>=5m \"p q\"";
	for (size_t n = 0; n <= strlen(whole); n++)
		filter_free(filter_parse((struct view){ whole, n }, NULL, NULL));
}
END_TEST

START_TEST(waits_are_counted_from_the_gate_and_from_the_queue)
{
	struct run_facts run = subject();
	run.status = RUN_WAITING;
	run.waiting = (struct gate_facts){ .kind = GATE_APPROVAL, .since_ms = now_ms - 2 * HOUR };
	ck_assert(matches("wait>1h", &run));
	run.status = RUN_PENDING;
	ck_assert(!matches("wait>1h", &run));
	ck_assert(matches("wait>=1h", &run));
	run.pending_since_ms = now_ms - MINUTE;
	ck_assert(matches("wait<2m", &run));
}
END_TEST

START_TEST(a_backend_of_one_name_is_that_of_all_its_runs)
{
	const struct view prod = VIEW("prod");
	struct run_facts run = { .context = 3 };
	struct filter_env env = filter_env_of(0, &prod);
	struct filter *f = filter_parse(VIEW("backend:prod"), NULL, NULL);
	ck_assert(filter_match(f, &run, &env));
	env = filter_env_of(0, NULL);
	ck_assert(!filter_match(f, &run, &env));
	filter_free(f);
}
END_TEST

START_TEST(an_engine_that_calls_itself_otherwise_is_told_what_a_backend_term_means)
{
	static const char *const texts[][2] = {
		{ "backend:prod", "backend:*" },
		{ "a -backend:pr*,x b", "a -backend:* b" },
		{ "backend:local | \"backend:prod\" since:1h", "backend:- | \"backend:prod\" since:1h" },
		{ "backend:\"pro d\"|status:failed", "backend:-|status:failed" },
		{ "status:failed", "status:failed" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str out = { 0 };
		struct filter *f = filter_parse(view_of(texts[i][0]), NULL, NULL);
		ck_assert_ptr_nonnull(f);
		filter_add_settled(f, VIEW("prod"), &out);
		ck_assert_str_eq(str_text(&out), texts[i][1]);
		filter_free(f);
		str_release(&out);
	}
}
END_TEST

START_TEST(until_a_day_means_the_end_of_that_day)
{
	struct run_facts run = subject();
	run.created_ms = INT64_C(1795219200000) - 1;	/* 2026-11-20T23:59:59.999Z */
	ck_assert(matches("until:2026-11-20", &run));
	run.created_ms++;
	ck_assert(!matches("until:2026-11-20", &run));
}
END_TEST

START_TEST(only_what_depends_on_the_clock_is_timed)
{
	static const struct {
		const char *filter;
		bool timed;
	} table[] = {
		{ "a b", false }, { "since:2026-01-01", false }, { "since:1h", true },
		{ "until:1h", true }, { "duration>1m", true }, { "a|wait>1m", true },
		{ "retries>1", false },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct filter *f = filter_parse(view_of(table[i].filter), NULL, NULL);
		ck_assert_msg(filter_is_timed(f) == table[i].timed, "%s", table[i].filter);
		filter_free(f);
	}
	ck_assert(!filter_is_timed(NULL));
	ck_assert(filter_is_empty(NULL));
}
END_TEST

START_TEST(the_tree_can_be_read)
{
	struct filter *f = filter_parse(VIEW("status:failed,error a|-b since:1h"), NULL, NULL);
	const struct filter_node *root = filter_root(f);
	ck_assert_int_eq(root->kind, FILTER_AND);
	ck_assert_uint_eq(root->n_children, 3);
	ck_assert_int_eq(root->children[0].kind, FILTER_FIELD);
	ck_assert_uint_eq(root->children[0].set, 1u << RUN_FAILED | 1u << RUN_ERROR);
	ck_assert_int_eq(root->children[1].kind, FILTER_OR);
	ck_assert_int_eq(root->children[1].children[1].kind, FILTER_NOT);
	ck_assert(view_is(root->children[1].children[1].children[0].text, "b"));
	ck_assert_int_eq(root->children[2].field, FILTER_CREATED);
	ck_assert_int_eq(root->children[2].op, FILTER_GE);
	ck_assert(root->children[2].relative);
	ck_assert_int_eq(root->children[2].number, HOUR);
	ck_assert_uint_eq(root->children[1].column, 20);
	filter_free(f);
}
END_TEST

START_TEST(a_quoted_value_reads_back_as_itself)
{
	static const char *const values[] = { "plain", "two words", "a\"b", "back\\slash", "-x",
					      "/x/", "a|b", "a,b", "x:y", "*", "" };
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct str text = { 0 };
		str_add_text(&text, "by:");
		filter_add_quoted(&text, view_of(values[i]));
		struct filter *f = filter_parse(view_of_str(&text), NULL, NULL);
		ck_assert_msg(f && filter_root(f)->n_children == 1, "%s", str_text(&text));
		const struct filter_node *n = &filter_root(f)->children[0];
		ck_assert(n->n_values == 1 && view_is(n->values[0], values[i]) && !n->globs[0]);
		filter_free(f);
		str_release(&text);
	}
}
END_TEST

START_TEST(too_long_and_too_many_terms_are_refused)
{
	struct str text = { 0 };
	str_add_many(&text, 'x', FILTER_MAX + 1);
	ck_assert_ptr_null(filter_parse(view_of_str(&text), NULL, NULL));
	str_clear(&text);
	for (int i = 0; i <= FILTER_TERMS_MAX; i++)
		str_add_text(&text, "x ");
	ck_assert_ptr_null(filter_parse(view_of_str(&text), NULL, NULL));
	str_release(&text);
}
END_TEST

unit_suite_fn suite_filter;

Suite *suite_filter(void)
{
	Suite *s = suite_create("filter");
	TCase *c = tcase_create("filter");
	tcase_add_loop_test(c, a_filter_matches_what_the_table_says, 0,
			    sizeof matching / sizeof *matching);
	tcase_add_loop_test(c, a_wrong_filter_names_the_column_and_the_reason, 0,
			    sizeof wrong / sizeof *wrong);
	tcase_add_test(c, every_beginning_of_a_good_filter_is_good_or_an_error_but_never_more);
	tcase_add_test(c, waits_are_counted_from_the_gate_and_from_the_queue);
	tcase_add_test(c, a_backend_of_one_name_is_that_of_all_its_runs);
	tcase_add_test(c, an_engine_that_calls_itself_otherwise_is_told_what_a_backend_term_means);
	tcase_add_test(c, until_a_day_means_the_end_of_that_day);
	tcase_add_test(c, only_what_depends_on_the_clock_is_timed);
	tcase_add_test(c, the_tree_can_be_read);
	tcase_add_test(c, a_quoted_value_reads_back_as_itself);
	tcase_add_test(c, too_long_and_too_many_terms_are_refused);
	suite_add_tcase(s, c);
	return s;
}
