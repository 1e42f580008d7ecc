/* Questions of running steps: `runboard ask` as a program in a real step, and its
 * route. */
#include "lib/unit.h"

#include <stdlib.h>

#include "base/file.h"
#include "unit/engine/site.h"

#define ASK BUILDDIR "/runboard ask "

static void answer(struct site *w, const char *id, const char *value, int status)
{
	char version[24], body[128];
	ck_assert_int_eq(site_get(w, "/v1/runs/%s", id), 200);
	snprintf(version, sizeof version, "%s", site_member(w, "waiting.version"));
	snprintf(body, sizeof body, "{\"value\":%s,\"version\":%s}", value, version);
	ck_assert_msg(site_post(w, body, "/v1/runs/%s/tasks/work/answer", id) == status, "%s",
		      str_text(&w->body));
}

START_TEST(a_step_asks_twice_and_goes_on_with_the_answers)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "asker",
		      "steps:\n  - id: work\n    run: |\n"
		      "      which=$(" ASK "'Which one?' --choices red,green) || exit 1\n"
		      "      many=$(" ASK "\"How many $which?\" "
		      "--schema '{\"type\":\"integer\",\"minimum\":1}') || exit 1\n"
		      "      echo \"which=$which\" >> $RUNBOARD_OUTPUT\n"
		      "      echo \"many=$many\" >> $RUNBOARD_OUTPUT\n");
	site_start(&w, "asker", "{}", id);
	site_wait_status(&w, id, "waiting");
	ck_assert_str_eq(site_member(&w, "waiting.prompt"), "Which one?");
	ck_assert_str_eq(site_member(&w, "waiting.task"), "work");
	ck_assert_str_eq(site_member(&w, "waiting.kind"), "question");
	ck_assert_str_eq(site_member(&w, "waiting.schema.enum.1"), "green");
	ck_assert_str_eq(site_member(&w, "tasks.0.actions.answer"), "true");
	answer(&w, id, "\"blue\"", 400);
	answer(&w, id, "\"green\"", 200);
	while (!str_eq(site_member(&w, "waiting.prompt"), "How many green?")) {
		loop_turn(w.loop, 100);
		ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
		ck_assert_str_eq(site_member(&w, "ended_at"), "null");
	}
	answer(&w, id, "0", 400);
	answer(&w, id, "3", 200);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.result.which"), "green");
	ck_assert_str_eq(site_member(&w, "tasks.0.result.many"), "3");
	ck_assert_str_eq(site_member(&w, "tasks.0.attempt"), "1");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
	ck_assert_msg(strstr(str_text(&w.body), "Which one?") != NULL, "%s", str_text(&w.body));
	ck_assert_msg(strstr(str_text(&w.body), "gate_answered") != NULL, "%s", str_text(&w.body));
	site_release(&w);
}
END_TEST

START_TEST(a_question_survives_a_restart_of_the_engine)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "asker", "steps:\n  - id: work\n    run: test \"$(" ASK "Name?)\" = eve\n");
	site_start(&w, "asker", "{}", id);
	site_wait_status(&w, id, "waiting");
	site_restart(&w);
	site_wait_status(&w, id, "waiting");
	answer(&w, id, "\"eve\"", 200);
	site_wait_status(&w, id, "completed");
	site_release(&w);
}
END_TEST

START_TEST(who_asks_in_a_run_that_is_cancelled_ends_with_status_4)
{
	struct site w;
	char id[37];
	struct str path = { 0 }, text = { 0 };
	site_init(&w, "");
	str_addf(&path, "steps:\n  - id: work\n    run: |\n"
			"      trap '' TERM\n"
			"      " ASK "Sure?\n"
			"      echo \"status $?\" > %s/said\n", w.folder);
	site_workflow(&w, "asker", str_text(&path));
	site_start(&w, "asker", "{}", id);
	site_wait_status(&w, id, "waiting");
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/cancel", id), 202);
	site_wait_status(&w, id, "cancelled");
	ck_assert_str_eq(site_member(&w, "waiting"), "null");
	str_clear(&path);
	str_addf(&path, "%s/said", w.folder);
	ck_assert(file_read(str_text(&path), 100, &text, NULL));
	ck_assert_str_eq(str_text(&text), "status 4\n");
	str_release(&path);
	str_release(&text);
	site_release(&w);
}
END_TEST

START_TEST(only_the_attempt_that_runs_may_ask_and_one_question_at_a_time)
{
	static const struct {
		const char *task, *body;
		int status;
	} cases[] = {
		{ "work", "{\"prompt\":\"a?\",\"key\":\"k\",\"attempt\":2}", 409 },
		{ "nowhere", "{\"prompt\":\"a?\",\"key\":\"k\",\"attempt\":1}", 404 },
		{ "later", "{\"prompt\":\"a?\",\"key\":\"k\",\"attempt\":1}", 409 },
		{ "work", "{\"prompt\":\"\",\"key\":\"k\",\"attempt\":1}", 400 },
		{ "work", "{\"prompt\":\"a?\",\"attempt\":1}", 400 },
		{ "work", "{\"prompt\":\"a?\",\"key\":\"k\",\"attempt\":1,\"schema\":{}}", 400 },
		{ "work", "{\"prompt\":\"a?\",\"key\":\"k\",\"attempt\":1}", 202 },
		{ "work", "{\"prompt\":\"a?\",\"key\":\"k\",\"attempt\":1}", 202 },
		{ "work", "{\"prompt\":\"b?\",\"key\":\"l\",\"attempt\":1}", 409 },
	};
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "asker", "steps:\n  - {id: work, run: exec sleep 100}\n"
				   "  - {id: later, run: 'true'}\n");
	site_start(&w, "asker", "{}", id);
	site_wait_status(&w, id, "running");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(site_post(&w, cases[i].body, "/v1/runs/%s/tasks/%s/ask", id,
					cases[i].task) == cases[i].status,
			      "%zu: %s", i, str_text(&w.body));
	answer(&w, id, "\"yes\"", 200);
	ck_assert_int_eq(site_post(&w, cases[6].body, "/v1/runs/%s/tasks/work/ask", id), 200);
	ck_assert_str_eq(site_member(&w, "value"), "yes");
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/cancel", id), 202);
	site_wait_status(&w, id, "cancelled");
	ck_assert_int_eq(site_post(&w, "{\"prompt\":\"c?\",\"key\":\"m\",\"attempt\":1}",
				   "/v1/runs/%s/tasks/work/ask", id), 409);
	site_release(&w);
}
END_TEST

START_TEST(a_step_that_ends_takes_its_question_back)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "asker", "steps:\n  - id: work\n    run: |\n"
				   "      " ASK "Sure? &\n"
				   "      asker=$!\n"
				   "      until test -e go; do sleep 0.01; done\n"
				   "      kill $asker\n");
	site_start(&w, "asker", "{}", id);
	site_wait_status(&w, id, "waiting");
	struct str path = { 0 };
	str_addf(&path, "%s/work/%s/go", w.state, id);
	ck_assert(file_replace(str_text(&path), VIEW("x"), 0600, NULL));
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "gates.0.task"), "");
	str_release(&path);
	site_release(&w);
}
END_TEST

START_TEST(outside_a_step_there_is_nothing_to_ask)
{
	unsetenv("RUNBOARD_RUN_ID");
	int status = system(ASK "Who? 2>/dev/null");
	ck_assert_int_eq(WEXITSTATUS(status), 2);
	status = system(ASK "Who? --choices a,b --schema {} 2>/dev/null");
	ck_assert_int_eq(WEXITSTATUS(status), 2);
}
END_TEST

Suite *suite_ask(void);

Suite *suite_ask(void)
{
	Suite *s = suite_create("ask");
	TCase *t = tcase_create("ask");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_step_asks_twice_and_goes_on_with_the_answers);
	tcase_add_test(t, a_question_survives_a_restart_of_the_engine);
	tcase_add_test(t, who_asks_in_a_run_that_is_cancelled_ends_with_status_4);
	tcase_add_test(t, only_the_attempt_that_runs_may_ask_and_one_question_at_a_time);
	tcase_add_test(t, a_step_that_ends_takes_its_question_back);
	tcase_add_test(t, outside_a_step_there_is_nothing_to_ask);
	suite_add_tcase(s, t);
	return s;
}
