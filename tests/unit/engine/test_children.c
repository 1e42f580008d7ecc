/* Sub-workflows with real supervisors: linked, awaited, cancelled, survived. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "engine_world.h"
#include "lib/unit.h"

static const char parent_of_report[] =
	"params: {of: {type: string, default: sales}}\n"
	"steps:\n"
	"  - id: report\n    workflow: report\n"
	"    params: {name: \"${{ params.of }}\", by: \"${{ run.workflow }}\"}\n"
	"  - id: after\n    run: test \"$RESULT_report_pages\" = 12\n"
	"result: {pages: \"${{ steps.report.result.pages }}\"}\n";

static const char report[] =
	"params:\n  name: {type: string, required: true}\n  by: {type: string, default: nobody}\n"
	"steps:\n  - id: write\n    run: test \"$PARAM_name\" = sales && echo pages=12 > \"$RUNBOARD_OUTPUT\"\n"
	"result: {pages: \"${{ steps.write.result.pages }}\", by: \"${{ params.by }}\"}\n";

static void cancel(struct world *w, const char *id)
{
	const struct engine_order order = {
		.verb = VERB_CANCEL, .run = view_of(id), .caller = { .by = VIEW("carol") },
	};
	ck_assert_int_eq(world_order(w, &order), 202);
}

START_TEST(a_workflow_step_is_a_run_of_its_own_whose_result_comes_back)
{
	struct world w;
	struct str id = {0}, child = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "books", parent_of_report);
	world_workflow(&w, "report", report);
	world_start(&w, "books", "", &id);
	world_until(&w, str_text(&id), "completed");
	world_get(&w, "children.0", &child);
	ck_assert_str_eq(world_get(&w, "tasks.0.child", &text), str_text(&child));
	ck_assert_str_eq(world_get(&w, "result.pages", &text), "12");
	ck_assert_str_eq(world_get(&w, "tasks.0.result.by", &text), "books");
	ck_assert_str_eq(world_get(&w, "tasks.0.args.params.name", &text), "sales");
	world_show(&w, str_text(&child));
	ck_assert_str_eq(world_get(&w, "status", &text), "completed");
	ck_assert_str_eq(world_get(&w, "parent", &text), str_text(&id));
	ck_assert_str_eq(world_get(&w, "trigger.kind", &text), "parent");
	ck_assert_str_eq(world_get(&w, "trigger.by", &text), "alice");
	ck_assert_str_eq(world_get(&w, "trigger.source", &text), "books/report");
	str_release(&id);
	str_release(&child);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_child_that_fails_fails_its_step_and_a_retry_makes_another)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "up", "steps:\n  - {id: down, workflow: down}\n");
	world_workflow(&w, "down", "steps:\n  - {id: a, run: \"echo no luck >&2; exit 4\"}\n");
	world_start(&w, "up", "", &id);
	world_until(&w, str_text(&id), "failed");
	world_get(&w, "tasks.0.error.message", &text);
	bool told = strstr(str_text(&text), "down ") && strstr(str_text(&text), ": failed: exit status 4");
	ck_assert_msg(told, "%s", str_text(&text));
	world_workflow(&w, "down", "steps:\n  - {id: a, run: \"true\"}\n");
	int64_t version = 0;
	world_get(&w, "tasks.0.version", &text);
	ck_assert(number_parse(view_of_str(&text), 0, 1000, &version));
	const struct engine_order retry = {
		.verb = VERB_RETRY, .run = view_of_str(&id), .task = VIEW("down"),
		.caller = { .by = VIEW("bob") }, .has_version = true, .version = version,
	};
	ck_assert_int_eq(world_order(&w, &retry), 200);
	world_until(&w, str_text(&id), "completed");
	ck_assert_str_ne(world_get(&w, "children.1", &text), "");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(cancelling_the_parent_cancels_the_child_and_the_childs_child)
{
	struct world w;
	struct str id = {0}, child = {0}, grandchild = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "one", "steps:\n  - {id: a, workflow: two}\n");
	world_workflow(&w, "two", "steps:\n  - {id: b, workflow: three}\n");
	world_workflow(&w, "three", "steps:\n  - {id: c, run: exec sleep 100}\n");
	world_start(&w, "one", "", &id);
	world_until_task(&w, str_text(&id), "a", "running");
	world_get(&w, "children.0", &child);
	world_until_task(&w, str_text(&child), "b", "running");
	world_get(&w, "children.0", &grandchild);
	world_until_task(&w, str_text(&grandchild), "c", "running");
	cancel(&w, str_text(&id));
	world_until(&w, str_text(&id), "cancelled");
	world_show(&w, str_text(&child));
	ck_assert_str_eq(world_get(&w, "status", &text), "cancelled");
	ck_assert_str_eq(world_get(&w, "cancel_requested.by", &text), "carol");
	world_show(&w, str_text(&grandchild));
	ck_assert_str_eq(world_get(&w, "status", &text), "cancelled");
	str_release(&id);
	str_release(&child);
	str_release(&grandchild);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_child_over_its_steps_time_limit_is_cancelled_and_the_step_timed_out)
{
	struct world w;
	struct str id = {0}, child = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "up", "steps:\n  - {id: a, workflow: slow, timeout: 50ms}\n");
	world_workflow(&w, "slow", "steps:\n  - {id: b, run: exec sleep 100}\n");
	world_start(&w, "up", "", &id);
	world_until(&w, str_text(&id), "timed_out");
	ck_assert_str_eq(world_get(&w, "tasks.0.status", &text), "timed_out");
	world_get(&w, "children.0", &child);
	world_show(&w, str_text(&child));
	ck_assert_str_eq(world_get(&w, "status", &text), "cancelled");
	str_release(&id);
	str_release(&child);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_child_that_cannot_be_made_is_an_error_of_its_step)
{
	static const struct {
		const char *yaml, *error;
	} cases[] = {
		{ "steps:\n  - {id: a, workflow: nowhere}\n", "there is no workflow nowhere" },
		{ "steps:\n  - {id: a, workflow: strict, params: {n: many}}\n", "n" },
		{ "steps:\n  - {id: a, workflow: strict}\n", "n" },
		{ "steps:\n  - {id: a, workflow: strict, params: {n: \"${{ steps.a.result.x }}\"}}\n",
		  "" },
	};
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "strict", "params: {n: {type: integer, required: true}}\n"
				     "steps:\n  - {id: b, run: 'true'}\n");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		world_workflow(&w, "up", cases[i].yaml);
		world_start(&w, "up", "", &id);
		world_until(&w, str_text(&id), "error");
		ck_assert_str_eq(world_get(&w, "tasks.0.status", &text), "error");
		world_get(&w, "error.message", &text);
		ck_assert_msg(strstr(str_text(&text), cases[i].error) && text.len, "%s",
			      str_text(&w.body));
	}
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_workflow_that_calls_itself_ends_at_a_depth)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "self", "steps:\n  - {id: a, workflow: self}\n");
	world_start(&w, "self", "", &id);
	world_until(&w, str_text(&id), "error");
	ck_assert_msg(strstr(world_get(&w, "error.message", &text), "deeper than 16") != NULL,
		      "%s", str_text(&text));
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_child_that_would_wait_for_its_parent_is_an_error)
{
	static const struct {
		const char *limit, *says;
	} cases[] = {
		{ "concurrency: 1\n", "at most 1 run of self at a time, and this run" },
		{ "concurrency: 3\n", "at most 3 runs of self at a time, and this run" },
	};
	struct world w;
	struct str id = {0}, text = {0}, yaml = {0};
	world_open(&w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		str_clear(&yaml);
		str_addf(&yaml, "%ssteps:\n  - {id: a, workflow: self}\n", cases[i].limit);
		world_workflow(&w, "self", str_text(&yaml));
		world_start(&w, "self", "", &id);
		world_until(&w, str_text(&id), "error");
		ck_assert_msg(strstr(world_get(&w, "error.message", &text), cases[i].says) != NULL,
			      "%s", str_text(&text));
	}
	str_release(&id);
	str_release(&text);
	str_release(&yaml);
	world_close(&w);
}
END_TEST

START_TEST(a_waiting_parent_takes_no_slot_from_its_children)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "up", "params: {list: {type: array, items: {type: integer}, "
				 "default: [1, 2, 3, 4, 5, 6, 7, 8]}}\n"
				 "steps:\n  - {id: a, workflow: down, foreach: params.list, "
				 "params: {n: \"${{ item }}\"}}\n");
	world_workflow(&w, "down", "params: {n: {type: integer, required: true}}\n"
				   "steps:\n  - {id: b, run: 'echo n=$PARAM_n > $RUNBOARD_OUTPUT'}\n"
				   "result: \"${{ steps.b.result.n }}\"\n");
	world_start(&w, "up", "", &id);
	world_until(&w, str_text(&id), "completed");
	ck_assert_str_eq(world_get(&w, "tasks.0.result", &text),
			 "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]");
	ck_assert_str_ne(world_get(&w, "children.7", &text), "");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

/* ---- killed at each commit ------------------------------------------------------------ */

static const char swept_up[] =
	"params: {book: {type: string, required: true}}\n"
	"steps:\n"
	"  - id: down\n    workflow: down\n    params: {book: \"${{ params.book }}\"}\n"
	"  - id: after\n    run: echo \"after $RESULT_down_n\" >> \"$PARAM_book\"\n";
static const char swept_down[] =
	"params: {book: {type: string, required: true}}\n"
	"steps:\n"
	"  - id: work\n    run: echo \"work $RUNBOARD_ATTEMPT\" >> \"$PARAM_book\"; "
	"echo n=7 > $RUNBOARD_OUTPUT\n"
	"result: \"${{ steps.work.result }}\"\n";

static void begin(struct world *w, struct str *id)
{
	struct str params = {0};
	str_addf(&params, "{\"book\":\"%s/book\"}", str_text(&w->folder));
	const struct engine_order o = {
		.verb = VERB_START, .workflow = VIEW("up"), .params = view_of_str(&params),
		.caller = { .by = VIEW("alice") }, .key = VIEW("start"), .route = VIEW("r"),
	};
	ck_assert_int_eq(world_order(w, &o), 201);
	world_get(w, "id", id);
	str_release(&params);
}

static void live_to_the_end(struct world *w)
{
	struct str id = {0}, text = {0}, path = {0}, child = {0};
	begin(w, &id);
	world_until(w, str_text(&id), "completed");
	world_get(w, "children.0", &child);
	bool one = !*world_get(w, "children.1", &text);
	world_show(w, str_text(&child));
	one = one && str_eq(world_get(w, "status", &text), "completed");
	str_addf(&path, "%s/book", str_text(&w->folder));
	str_clear(&text);
	file_read(str_text(&path), 4096, &text, NULL);
	_exit(one && str_eq(str_text(&text), "work 1\nafter 7\n") ? 0 : 1);
}

static int live(struct world *w, const char *variable, int commit)
{
	fflush(NULL);
	pid_t pid = fork();
	int status;
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		struct str number = {0};
		str_addf(&number, "%d", commit);
		if (variable)
			setenv(variable, str_text(&number), 1);
		world_open_at(w);
		live_to_the_end(w);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* False where the run was over before that commit. */
static bool sweep(const char *variable, int commit)
{
	struct world w;
	world_prepare(&w);
	world_workflow(&w, "up", swept_up);
	world_workflow(&w, "down", swept_down);
	int status = live(&w, variable, commit);
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (killed)
		status = live(&w, NULL, 0);
	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status), "status %x, commit %d",
		      (unsigned)status, commit);
	world_remove(&w);
	return killed;
}

START_TEST(killed_at_any_commit_there_is_one_child_and_one_end)
{
	static const char *const variables[] = { "RUNBOARD_TEST_KILL_AFTER",
						 "RUNBOARD_TEST_KILL_BEFORE" };
	int commit = 1;
	while (sweep(variables[_i], commit))
		commit++;
	ck_assert_int_gt(commit, 3);	/* what comes while a slow disk writes is one commit */
}
END_TEST

Suite *suite_children(void);

Suite *suite_children(void)
{
	Suite *s = suite_create("children");
	TCase *t = tcase_create("runs");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_workflow_step_is_a_run_of_its_own_whose_result_comes_back);
	tcase_add_test(t, a_child_that_fails_fails_its_step_and_a_retry_makes_another);
	tcase_add_test(t, cancelling_the_parent_cancels_the_child_and_the_childs_child);
	tcase_add_test(t, a_child_over_its_steps_time_limit_is_cancelled_and_the_step_timed_out);
	tcase_add_test(t, a_child_that_cannot_be_made_is_an_error_of_its_step);
	tcase_add_test(t, a_workflow_that_calls_itself_ends_at_a_depth);
	tcase_add_test(t, a_child_that_would_wait_for_its_parent_is_an_error);
	tcase_add_test(t, a_waiting_parent_takes_no_slot_from_its_children);
	tcase_add_loop_test(t, killed_at_any_commit_there_is_one_child_and_one_end, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
