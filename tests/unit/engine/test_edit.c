/* Edit and retry, run again with other parameters, checkpoints and progress: through
 * the API and the command line, with what the audit trail says of old and new. */
#include "lib/unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/engine/site.h"

static int edit(struct site *w, const char *id, const char *task, const char *what)
{
	struct str body = { 0 };
	ck_assert_int_eq(site_get(w, "/v1/runs/%s/tasks/%s", id, task), 200);
	str_addf(&body, "{\"comment\":\"try so\",\"version\":%s,\"edit\":%s}",
		 site_member(w, "version"), what);
	int status = site_post(w, str_text(&body), "/v1/runs/%s/tasks/%s/retry", id, task);
	str_release(&body);
	return status;
}

static const char workflow[] =
	"params:\n  size: {type: integer, minimum: 1, default: 1}\n"
	"  token: {type: string, secret: true, default: old secret}\n"
	"steps:\n  - id: a\n    run: test \"$MODE-$PARAM_size-$FROM\" = fast-5-5\n"
	"    env: {MODE: slow, FROM: \"${{ params.size }}\"}\n";

START_TEST(a_step_is_edited_and_retried_and_the_history_has_old_and_new)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "edited", workflow);
	site_start(&w, "edited", "{}", id);
	site_wait_status(&w, id, "failed");
	ck_assert_int_eq(edit(&w, id, "a", "{\"env\":{\"MODE\":\"fast\"},\"params\":{\"size\":5,"
					   "\"token\":\"new secret\"}}"), 200);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.attempt"), "2");
	ck_assert_str_eq(site_member(&w, "params.size"), "1");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
	const char *text = str_text(&w.body);
	ck_assert_msg(strstr(text, "env MODE: slow -> fast; param size: 1 -> 5") != NULL, "%s", text);
	ck_assert_msg(strstr(text, "try so") && !strstr(text, "old secret") &&
			      !strstr(text, "new secret"), "%s", text);
	site_release(&w);
}
END_TEST

/* Each edit alone leaves the step failing; both together mend it. */
START_TEST(a_second_edit_keeps_what_the_first_one_changed)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "edited", workflow);
	site_start(&w, "edited", "{}", id);
	site_wait_status(&w, id, "failed");
	ck_assert_int_eq(edit(&w, id, "a", "{\"env\":{\"MODE\":\"fast\",\"X\":\"1\"}}"), 200);
	site_wait_status(&w, id, "failed");
	ck_assert_int_eq(edit(&w, id, "a", "{\"env\":{\"X\":\"2\"},\"params\":{\"size\":5}}"), 200);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.attempt"), "3");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
	const char *text = str_text(&w.body);
	ck_assert_msg(strstr(text, "env MODE: slow -> fast; env X: (none) -> 1") != NULL, "%s", text);
	/* Only what this edit changed is told of it. */
	ck_assert_msg(strstr(text, "\"env X: 1 -> 2; param size: 1 -> 5\"") != NULL, "%s", text);
	site_release(&w);
}
END_TEST

START_TEST(a_command_stays_edited_until_another_takes_its_place_also_over_a_restart)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "edited", workflow);
	site_start(&w, "edited", "{}", id);
	site_wait_status(&w, id, "failed");
	ck_assert_int_eq(edit(&w, id, "a", "{\"run\":\"test $MODE = odd\"}"), 200);
	site_wait_status(&w, id, "failed");
	site_restart(&w);
	ck_assert_int_eq(edit(&w, id, "a", "{\"env\":{\"MODE\":\"even\"}}"), 200);
	site_wait_status(&w, id, "failed");
	ck_assert_str_eq(site_member(&w, "tasks.0.args.run"), "test $MODE = odd");
	ck_assert_int_eq(edit(&w, id, "a", "{\"args\":[\"/bin/sh\",\"-c\",\"test $MODE = even\"]}"), 200);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.args.run"), "");
	ck_assert_str_eq(site_member(&w, "tasks.0.args.args.2"), "test $MODE = even");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
	ck_assert_msg(strstr(str_text(&w.body), "args: test $MODE = odd -> [") != NULL, "%s",
		      str_text(&w.body));
	site_release(&w);
}
END_TEST

START_TEST(the_command_of_a_step_is_edited)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "edited", workflow);
	site_start(&w, "edited", "{}", id);
	site_wait_status(&w, id, "failed");
	ck_assert_int_eq(edit(&w, id, "a", "{\"run\":\"echo mended\"}"), 200);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.args.run"), "echo mended");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
	ck_assert_msg(strstr(str_text(&w.body), "= fast-5-5 -> echo mended") != NULL, "%s",
		      str_text(&w.body));
	site_release(&w);
}
END_TEST

START_TEST(an_edit_that_makes_no_sense_is_refused)
{
	static const char *const wrong[] = {
		"{\"run\":7}", "{\"run\":\"\"}", "{\"args\":[]}", "{\"args\":[1]}", "{\"env\":[]}",
		"{\"env\":{\"A\":1}}", "{\"params\":{\"size\":0}}", "{\"params\":{\"sise\":1}}",
		"{\"color\":1}", "{\"run\":\"a\",\"args\":[\"a\"]}",
	};
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "edited", workflow);
	site_start(&w, "edited", "{}", id);
	site_wait_status(&w, id, "failed");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(edit(&w, id, "a", wrong[i]) == 400, "%s: %s", wrong[i],
			      str_text(&w.body));
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
	ck_assert_str_eq(site_member(&w, "status"), "failed");
	site_release(&w);
}
END_TEST

START_TEST(a_run_is_run_again_with_other_parameters_and_says_which)
{
	struct site w;
	char id[37], again[37];
	site_init(&w, "");
	site_workflow(&w, "edited", workflow);
	site_start(&w, "edited", "{}", id);
	site_wait_status(&w, id, "failed");
	ck_assert_int_eq(site_post(&w, "{\"params\":{\"size\":5,\"token\":\"new secret\"}}",
				   "/v1/runs/%s/rerun", id), 201);
	ck_assert_str_eq(site_member(&w, "params.size"), "5");
	ck_assert_str_eq(site_member(&w, "trigger.source"), id);
	snprintf(again, sizeof again, "%s", site_member(&w, "id"));
	site_wait_status(&w, again, "failed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", again), 200);
	const char *text = str_text(&w.body);
	ck_assert_msg(strstr(text, "size: 1 -> 5; token: *** -> *** (another)") != NULL, "%s", text);
	ck_assert_int_eq(site_post(&w, "{\"params\":{\"size\":0}}", "/v1/runs/%s/rerun", id), 400);
	site_release(&w);
}
END_TEST

/* ---- the command line ------------------------------------------------------------------ */

/* Runs it while the engine in our loop answers; its status, its words in *out. */
static int runboard(struct site *w, const char *words, struct str *out)
{
	struct str command = { 0 };
	str_addf(&command, "HOME=%s RUNBOARD_SOCKET=%s exec " BUILDDIR "/runboard %s 2>&1 > %s/said",
		 w->folder, w->socket, words, w->folder);
	pid_t pid = fork();
	int status = 0;
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		execl("/bin/sh", "sh", "-c", str_text(&command), (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, WNOHANG) == 0)
		loop_turn(w->loop, 20);
	str_clear(&command);
	str_addf(&command, "%s/said", w->folder);
	str_clear(out);
	file_read(str_text(&command), 1 << 16, out, NULL);
	str_release(&command);
	return WEXITSTATUS(status);
}

START_TEST(the_command_line_edits_and_reruns)
{
	struct site w;
	char id[37];
	struct str words = { 0 }, out = { 0 };
	site_init(&w, "");
	site_workflow(&w, "edited", workflow);
	site_start(&w, "edited", "{}", id);
	site_wait_status(&w, id, "failed");
	str_addf(&words, "edit %s a -e MODE=fast -p size=5 -m mended", id);
	ck_assert_msg(runboard(&w, str_text(&words), &out) == 0, "%s", str_text(&out));
	site_wait_status(&w, id, "completed");
	str_clear(&words);
	str_addf(&words, "history %s", id);
	ck_assert_int_eq(runboard(&w, str_text(&words), &out), 0);
	ck_assert_msg(strstr(str_text(&out), "env MODE: slow -> fast; param size: 1 -> 5") != NULL,
		      "%s", str_text(&out));
	str_clear(&words);
	str_addf(&words, "rerun %s -p size=3", id);
	ck_assert_msg(runboard(&w, str_text(&words), &out) == 0, "%s", str_text(&out));
	struct view new = view_trim(view_of_str(&out));
	ck_assert_int_eq(site_get(&w, "/v1/runs/%.*s", (int)new.len, new.ptr), 200);
	ck_assert_str_eq(site_member(&w, "params.size"), "3");
	str_release(&words);
	str_release(&out);
	site_release(&w);
}
END_TEST

/* ---- checkpoints and progress -------------------------------------------------------------- */

START_TEST(a_checkpoint_is_kept_from_attempt_to_attempt)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "steady",
		      "steps:\n  - id: a\n    retry: {attempts: 3, delay: 1ms}\n"
		      "    run: |\n      echo \"$RUNBOARD_ATTEMPT\" >> \"$RUNBOARD_CHECKPOINT\"\n"
		      "      test $RUNBOARD_ATTEMPT = 3 || exit 1\n"
		      "      echo \"all=$(tr '\\n' , < \"$RUNBOARD_CHECKPOINT\")\" > $RUNBOARD_OUTPUT\n");
	site_start(&w, "steady", "{}", id);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "tasks.0.result.all"), "1,2,3,");
	site_release(&w);
}
END_TEST

START_TEST(progress_is_live_on_the_stream)
{
	struct site w;
	struct client c;
	char id[37];
	struct str target = { 0 }, go = { 0 };
	site_init(&w, "");
	site_workflow(&w, "slow", "steps:\n  - id: a\n    run: |\n"
				  "      until test -e go; do sleep 0.01; done\n"
				  "      echo '3/10 of them' > $RUNBOARD_PROGRESS\n"
				  "      until test -e end; do sleep 0.01; done\n");
	site_start(&w, "slow", "{}", id);
	site_wait_status(&w, id, "running");
	str_addf(&target, "/v1/events?run=%s", id);
	site_stream(&w, &c, str_text(&target), "");
	str_addf(&go, "%s/work/%s/go", w.state, id);
	ck_assert(file_replace(str_text(&go), VIEW("x"), 0600, NULL));
	while (!strstr(str_text(&c.got), "\"progress\":0.3,"))
		loop_turn(w.loop, 100);
	ck_assert_msg(strstr(str_text(&c.got), "event: progress") != NULL, "%s", str_text(&c.got));
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
	ck_assert_msg(strncmp(site_member(&w, "tasks.0.progress"), "0.3", 3) == 0, "%s",
		      str_text(&w.body));
	str_clear(&go);
	str_addf(&go, "%s/work/%s/end", w.state, id);
	ck_assert(file_replace(str_text(&go), VIEW("x"), 0600, NULL));
	site_wait_status(&w, id, "completed");
	client_release(&c);
	str_release(&target);
	str_release(&go);
	site_release(&w);
}
END_TEST

START_TEST(a_debug_run_traces_its_steps_and_notes_their_environment_without_secrets)
{
	struct site w;
	char id[37];
	struct str note = { 0 }, path = { 0 };
	site_init(&w, "");
	site_workflow(&w, "traced",
		      "params: {token: {type: string, secret: true, required: true}}\n"
		      "env: {COLOR: red}\n"
		      "steps:\n  - id: a\n    run: test \"$RUNBOARD_DEBUG\" = 1 && echo \"$PARAM_token\" > kept\n");
	site_start(&w, "traced", "{\"debug\":true,\"params\":{\"token\":\"hush hush\"}}", id);
	site_wait_status(&w, id, "completed");
	ck_assert_str_eq(site_member(&w, "debug"), "true");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/a/log?stream=stderr", id), 200);
	ck_assert_msg(strstr(str_text(&w.body), "+ echo ***") != NULL, "%s", str_text(&w.body));
	str_addf(&path, "%s/runs/%s/a/1/notes", w.state, id);
	ck_assert(file_read(str_text(&path), 1 << 16, &note, NULL));
	const char *text = str_text(&note);
	ck_assert_msg(strstr(text, "debug: env COLOR=red") && strstr(text, "debug: arg -xc"), "%s",
		      text);
	ck_assert_msg(strstr(text, "debug: env PARAM_token=***") && !strstr(text, "hush"), "%s", text);
	str_clear(&path);
	str_clear(&note);
	str_addf(&path, "%s/work/%s/kept", w.state, id);
	ck_assert(file_read(str_text(&path), 100, &note, NULL));
	str_release(&note);
	str_release(&path);
	site_release(&w);
}
END_TEST

START_TEST(a_run_without_debug_traces_nothing)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "still", "steps:\n  - {id: a, run: 'test \"$RUNBOARD_DEBUG\" != 1'}\n");
	site_start(&w, "still", "{}", id);
	site_wait_status(&w, id, "completed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/a/log?format=lines", id), 200);
	ck_assert_str_eq(site_member(&w, "lines"), "[]");
	site_release(&w);
}
END_TEST

Suite *suite_edit(void);

Suite *suite_edit(void)
{
	Suite *s = suite_create("edit");
	TCase *t = tcase_create("edit");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_step_is_edited_and_retried_and_the_history_has_old_and_new);
	tcase_add_test(t, a_second_edit_keeps_what_the_first_one_changed);
	tcase_add_test(t, a_command_stays_edited_until_another_takes_its_place_also_over_a_restart);
	tcase_add_test(t, the_command_of_a_step_is_edited);
	tcase_add_test(t, an_edit_that_makes_no_sense_is_refused);
	tcase_add_test(t, a_run_is_run_again_with_other_parameters_and_says_which);
	tcase_add_test(t, the_command_line_edits_and_reruns);
	tcase_add_test(t, a_checkpoint_is_kept_from_attempt_to_attempt);
	tcase_add_test(t, progress_is_live_on_the_stream);
	tcase_add_test(t, a_debug_run_traces_its_steps_and_notes_their_environment_without_secrets);
	tcase_add_test(t, a_run_without_debug_traces_nothing);
	suite_add_tcase(s, t);
	return s;
}
