/* Workflow files: what is read, and all that is said of a wrong one. */
#include "flow/workflow.h"

#include "base/file.h"
#include "lib/unit.h"

static struct workflow *load(const char *text)
{
	struct err err = { 0 };
	struct workflow *w = workflow_load(view_of(text), "/flows/demo.yaml", &err);
	ck_assert_msg(w != NULL, "%s", err_text(&err));
	return w;
}

/* All that is said, the file's name left out. */
static void expect_errors(const char *text, const char *wanted)
{
	struct err err = { 0 };
	struct workflow *w = workflow_load(view_of(text), "f", &err);
	ck_assert_msg(!w, "it was taken, but %s", wanted);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err_text(&err), wanted);
	err_release(&err);
}

static void expect_needs(const struct workflow *w, const char *id, const char *wanted)
{
	struct str s = { 0 };
	const struct step *step = workflow_step(w, view_of(id));
	ck_assert_ptr_nonnull(step);
	for (size_t i = 0; i < step->n_needs; i++)
		str_addf(&s, "%s%.*s", i ? " " : "", (int)step->needs[i].len, step->needs[i].ptr);
	ck_assert_str_eq(str_text(&s), wanted);
	str_release(&s);
}

#define ck_view_eq(v, text) ck_assert_msg(view_is((v), (text)), "'%.*s'", (int)(v).len, (v).ptr)

START_TEST(the_file_names_a_workflow_without_a_name)
{
	struct workflow *w = load("steps: [{id: a, run: make}]\n");
	ck_view_eq(w->name, "demo");
	ck_view_eq(w->queue, "default");
	ck_assert_int_eq(w->concurrency, 0);
	ck_view_eq(w->steps[0].run, "make");
	ck_assert_int_eq(w->steps[0].retry.attempts, 1);
	ck_view_eq(w->source, "steps: [{id: a, run: make}]\n");
	workflow_free(w);
	expect_errors("name: 5x\nsteps: [{id: A, run: x}]\n",
		      "f:2:14: 'A' is no name: small letters, digits, _ . - are allowed, and the "
		      "first must be a letter or digit");
}
END_TEST

START_TEST(each_key_of_a_command_step_is_read)
{
	struct workflow *w = load("params: {p: {}}\n"
				  "steps:\n"
				  "- id: a\n  title: T\n  args: [make, 4, \"${{ params.p }}\"]\n"
				  "  dir: /srv\n  timeout: 1h30m\n  queue: big\n  env: {X: 1, Y: true}\n"
				  "  retry: {attempts: 3, delay: 500ms, factor: 2, max_delay: 1m}\n"
				  "  if: params.p == \"x\"\n  foreach: \"${{ params.p }}\"\n  batch: 2\n"
				  "  allow_failures: 1\n  on_error: pause\n  on_unknown: retry\n");
	const struct step *s = &w->steps[0];
	ck_assert_int_eq(s->kind, STEP_ARGS);
	ck_assert_uint_eq(s->n_args, 3);
	ck_view_eq(s->args[1], "4");
	ck_view_eq(s->dir, "/srv");
	ck_assert_int_eq(s->timeout_ms, 5400000);
	ck_view_eq(s->queue, "big");
	ck_view_eq(s->env.items[1].value, "true");
	ck_assert_int_eq(s->retry.attempts, 3);
	ck_assert_int_eq(s->retry.delay_ms, 500);
	ck_assert_int_eq(s->retry.max_delay_ms, 60000);
	ck_assert(s->retry.factor > 1.99 && s->retry.factor < 2.01);
	ck_view_eq(s->condition, "params.p == \"x\"");
	ck_view_eq(s->foreach, " params.p ");
	ck_assert_int_eq(s->batch * 10 + s->allow_failures, 21);
	ck_assert_int_eq(s->on_error, ON_ERROR_PAUSE);
	ck_assert_int_eq(s->on_unknown, ON_UNKNOWN_RETRY);
	workflow_free(w);
}
END_TEST

START_TEST(gates_are_read)
{
	struct workflow *w = load(
		"steps:\n"
		"- {id: a, approve: {prompt: Ship?, roles: [x, y], required: 2, not_own: true,"
		" timeout: 4h, on_timeout: fail}}\n"
		"- {id: b, ask: {prompt: How many?, schema: {type: integer, minimum: 1}}}\n"
		"- {id: c, approve: Sure?, timeout: 1m}\n"
		"- {id: d, approve: }\n");
	const struct gate_policy *a = &w->steps[0].gate, *b = &w->steps[1].gate;
	ck_assert_int_eq(w->steps[0].kind, STEP_APPROVE);
	ck_view_eq(a->prompt, "Ship?");
	ck_assert_uint_eq(a->n_roles, 2);
	ck_assert_int_eq(a->required, 2);
	ck_assert(a->not_own);
	ck_assert_int_eq(a->timeout_ms, 4 * 3600000);
	ck_assert_int_eq(a->on_timeout, ON_TIMEOUT_FAIL);
	ck_assert_int_eq(w->steps[1].kind, STEP_ASK);
	ck_view_eq(b->schema, "{\"type\":\"integer\",\"minimum\":1}");
	ck_assert_int_eq(b->required, 1);
	ck_view_eq(w->steps[2].gate.prompt, "Sure?");
	ck_assert_int_eq(w->steps[2].gate.timeout_ms, 60000);
	ck_view_eq(w->steps[3].gate.prompt, "Approve d?");
	workflow_free(w);
}
END_TEST

START_TEST(each_key_of_the_top_is_read)
{
	struct workflow *w = load(
		"name: deploy\ntitle: T\ndescription: D\nlabels: {team: web, year: 2026}\n"
		"queue: q\npriority: -3\nconcurrency: 2\ntimeout: 2h\nenv: {LANG: C}\n"
		"secrets: [KEY]\nfail_fast: true\nresult: {x: \"${{ steps.a.result }}\"}\n"
		"params: {env: {type: string}}\n"
		"on:\n"
		"  schedule: [{cron: 0 3 * * *, timezone: Europe/Berlin, params: {env: x}, missed: all}]\n"
		"  webhook: {secret_env: S, params: {env: \"${{ event.body.env }}\"}}\n"
		"notify: [{on: failed, command: mail}, {on: [ended, waiting], url: \"http://x\"}]\n"
		"steps: [{id: a, workflow: other, params: {n: 1, l: [a, \"${{ run.id }}\"]}}]\n"
		"finally: [{id: z, run: x}]\n");
	ck_view_eq(w->labels.items[1].value, "2026");
	ck_assert_int_eq(w->priority, -3);
	ck_assert_int_eq(w->concurrency, 2);
	ck_assert_int_eq(w->timeout_ms, 7200000);
	ck_assert(w->fail_fast);
	ck_view_eq(w->secrets[0], "KEY");
	ck_view_eq(w->result, "{\"x\":\"${{ steps.a.result }}\"}");
	ck_assert_int_eq(w->schedules[0].missed, MISSED_ALL);
	ck_view_eq(w->schedules[0].params.items[0].value, "\"x\"");
	ck_view_eq(w->webhook_secret_env, "S");
	ck_assert_uint_eq(w->n_notices, 2);
	ck_view_eq(w->notices[1].on[1], "waiting");
	ck_view_eq(w->steps[0].workflow_params.items[1].value, "[\"a\",\"${{ run.id }}\"]");
	ck_assert(w->steps[1].is_finally);
	workflow_free(w);
}
END_TEST

START_TEST(parameters_keep_their_order_and_words)
{
	struct workflow *w = load("params:\n"
				  "  z: {type: string, enum: [a, b], default: a, description: D}\n"
				  "  n: {type: integer, minimum: 1, maximum: 20, default: 2}\n"
				  "  l: {type: array, items: {type: number}, default: [1.5]}\n"
				  "  s: {secret: true, required: true, pattern: ^x, maxLength: 4}\n"
				  "steps: [{id: a, run: x}]\n");
	const struct param *p = w->params.items;
	ck_assert_uint_eq(w->params.len, 4);
	ck_view_eq(p[0].name, "z");
	ck_view_eq(p[0].fallback, "\"a\"");
	ck_view_eq(p[0].choices[1], "\"b\"");
	ck_assert_int_eq(p[1].type, PARAM_INTEGER);
	ck_assert(p[1].has_maximum && p[1].maximum > 19.9);
	ck_assert_int_eq(p[2].items, PARAM_NUMBER);
	ck_assert(p[3].secret && p[3].required && p[3].type == PARAM_STRING);
	ck_assert_int_eq(p[3].max_length, 4);
	ck_assert_int_eq(p[3].min_length, -1);
	workflow_free(w);
}
END_TEST

START_TEST(a_step_waits_for_the_one_before_it)
{
	struct workflow *w = load("steps:\n- {id: a, run: x, on_error: r}\n- {id: r, run: x, only: on_error}\n"
				  "- {id: b, run: x}\n- {id: c, run: x, needs: []}\n- {id: d, run: x}\n"
				  "- {id: e, run: x, needs: [a, b]}\n- {id: f, run: x, needs: a}\n"
				  "finally:\n- {id: y, run: x}\n- {id: z, run: x}\n");
	expect_needs(w, "a", "");
	expect_needs(w, "r", "");
	expect_needs(w, "b", "a");
	expect_needs(w, "c", "");
	expect_needs(w, "d", "c");
	expect_needs(w, "e", "a b");
	expect_needs(w, "f", "a");
	expect_needs(w, "y", "");
	expect_needs(w, "z", "y");
	workflow_free(w);
}
END_TEST

START_TEST(all_errors_are_told_at_once_in_the_order_of_the_file)
{
	expect_errors("titel: x\n"
		      "timeout: 5\n"
		      "steps:\n"
		      "- id: a\n"
		      "  run: x\n"
		      "  args: [x]\n"
		      "- {id: a, run: x, needs: [c]}\n"
		      "- {id: b}\n"
		      "- {run: x, retry: {attempts: 0, dely: 2s}}\n",
		      "f:1:1: unknown key 'titel' (did you mean 'title'?)\n"
		      "f:2:10: timeout must be a time span as 500ms, 30s, 10m or 1h30m\n"
		      "f:6:3: args cannot stand beside run: a step does one thing\n"
		      "f:7:8: step 'a' stands twice: first in line 4\n"
		      "f:7:27: needs: there is no step 'c'\n"
		      "f:8:3: the step does nothing: one of run, args, approve, ask or workflow is "
		      "missing\n"
		      "f:9:3: id is missing\n"
		      "f:9:30: attempts must be a whole number from 1 to 1000\n"
		      "f:9:33: unknown key 'dely' (did you mean 'delay'?)");
}
END_TEST

START_TEST(a_cycle_is_named)
{
	expect_errors("steps:\n- {id: a, run: x, needs: [c]}\n- {id: b, run: x, needs: [a]}\n"
		      "- {id: c, run: x}\n",
		      "f:3:26: these steps wait for each other: a needs c needs b needs a");
	expect_errors("steps:\n- {id: a, run: x, needs: [a]}\n",
		      "f:2:26: these steps wait for each other: a needs a");
}
END_TEST

START_TEST(on_error_leads_to_a_step_that_is_for_it)
{
	expect_errors("steps:\n- {id: a, run: x, on_error: b}\n- {id: b, run: x}\n",
		      "f:2:29: on_error: step 'b' must have `only: on_error`");
	expect_errors("steps:\n- {id: a, run: x, on_error: nope}\n",
		      "f:2:29: on_error must be fail, pause, continue or the id of a step; there is "
		      "no step 'nope'");
}
END_TEST

START_TEST(finally_and_steps_do_not_wait_for_each_other)
{
	expect_errors("steps: [{id: a, run: x}]\nfinally: [{id: z, run: x, needs: [a]}]\n",
		      "f:2:35: needs: 'a' is no finally step: it cannot be waited for here");
}
END_TEST

START_TEST(defaults_and_choices_are_checked_against_the_type)
{
	expect_errors("params:\n  n: {type: integer, minimum: 5, default: 2}\n"
		      "  e: {enum: [a, 1], default: c}\n  t: {type: strin}\n  x: 5\n"
		      "steps: [{id: a, run: x}]\n",
		      "f:2:43: default must be at least 5\n"
		      "f:3:17: enum must be a text\n"
		      "f:3:30: default must be one of a, 1\n"
		      "f:4:13: type must be one of string, integer, number, boolean, array, object, "
		      "not 'strin'\n"
		      "f:5:6: x must be a map of keys, not a number");
}
END_TEST

START_TEST(expressions_are_checked_with_their_place)
{
	expect_errors("params: {env: {}}\n"
		      "steps:\n"
		      "- id: a\n"
		      "  approve:\n"
		      "    prompt: |\n"
		      "      Ship\n"
		      "      it to ${{ params.enw }}?\n"
		      "- {id: b, run: x, if: params.env = 1}\n"
		      "- {id: c, args: [x, 'a ${{ steps.d.result }}'], env: {X: \"${{ nope }}\"}}\n",
		      "f:7:17: there is no parameter 'enw' (did you mean 'env'?)\n"
		      "f:8:34: if: expected an operator or the end, not '='\n"
		      "f:9:28: there is no step 'd'\n"
		      "f:9:63: unknown name 'nope': expressions know params.NAME, steps.ID, run.id, "
		      "item and event (texts stand in quotes)");
}
END_TEST

START_TEST(shell_text_is_no_template)
{
	struct workflow *w = load("steps: [{id: a, run: \"echo ${{ not ours }}\"}]\n");
	ck_view_eq(w->steps[0].run, "echo ${{ not ours }}");
	workflow_free(w);
}
END_TEST

START_TEST(control_characters_in_titles_and_prompts_load)
{
	struct workflow *w = load("title: \"\\e[2Jx\"\nsteps: [{id: a, approve: {prompt: \"a\\rb\"}}]\n");
	ck_view_eq(w->title, "\033[2Jx");
	ck_view_eq(w->steps[0].gate.prompt, "a\rb");
	workflow_free(w);
}
END_TEST

START_TEST(an_error_is_one_line_whatever_it_quotes)
{
	expect_errors("steps: [{id: \"a\\nf:9:9: b\\e\", run: x}]\n",
		      "f:1:14: 'a?f:9:9: b?' is no name: small letters, digits, _ . - are allowed, "
		      "and the first must be a letter or digit");
}
END_TEST

START_TEST(triggers_are_checked)
{
	expect_errors("params: {n: {type: integer}}\n"
		      "on: {schedule: {cron: 61 * * * *, timezone: Mars, params: {n: x, m: 1}},\n"
		      "  webhook: {params: {n: 1}}}\n"
		      "notify: [{on: faild, command: x}, {filter: \"status:\", command: x}]\n"
		      "steps: [{id: a, run: x}]\n",
		      "f:2:23: cron: minute: '61' is not *, a number from 0 to 59, a range a-b, a step "
		      "*/n or a list of these\n"
		      "f:2:45: timezone: there is no time zone 'Mars' (as Europe/Berlin)\n"
		      "f:2:63: n must be a whole number\n"
		      "f:2:66: there is no parameter 'm'\n"
		      "f:3:12: secret_env is missing: a webhook without a secret starts nothing\n"
		      "f:4:15: on: 'faild' is no status of a run, nor ended or long_running (did you "
		      "mean 'failed'?)\n"
		      "f:4:44: filter: column 8: a value is missing");
}
END_TEST

START_TEST(keys_that_say_nothing_here_are_refused)
{
	expect_errors("steps:\n- {id: a, approve: x, retry: 2, dir: /x}\n- {id: b, run: x, batch: 2, params: {}}\n",
		      "f:2:23: retry goes with run, args or workflow\n"
		      "f:2:33: dir goes with run or args\n"
		      "f:3:19: batch needs foreach\n"
		      "f:3:29: params goes with workflow");
}
END_TEST

START_TEST(what_is_no_workflow_is_told)
{
	expect_errors("", "f:1:1: the file is empty");
	expect_errors("[1]\n", "f:1:1: a workflow must be a map of keys, not a list");
	expect_errors("name: x\n", "f:1:1: steps is missing: a workflow has at least one");
	expect_errors("steps: []\n", "f:1:8: steps must not be empty");
	expect_errors("a: [\n",
		      "f:2:1: did not find expected node content, while parsing a flow node");
}
END_TEST

START_TEST(parameters_that_would_be_one_variable_are_refused)
{
	struct str s = { 0 };
	workflow_variable(&s, "PARAM_", VIEW("dry-run.x"));
	ck_assert_str_eq(str_text(&s), "PARAM_dry_run_x");
	str_release(&s);
	expect_errors("params: {a-b: {}, a_b: {}}\nsteps: [{id: a, run: x}]\n",
		      "f:1:19: 'a-b' and 'a_b' would both be PARAM_a_b");
}
END_TEST

START_TEST(the_examples_load)
{
	static const char *const names[] = { "backup", "build-and-install", "check-folders", "fail",
					     "flaky", "long-progress", "order-report" };
	struct str path = { 0 }, text = { 0 };
	struct err err = { 0 };
	str_addf(&path, SRCDIR "/doc/examples/%s.yaml", names[_i]);
	ck_assert_msg(file_read(str_text(&path), 1 << 20, &text, &err), "%s", err_text(&err));
	struct workflow *w = workflow_load(view_of_str(&text), str_text(&path), &err);
	ck_assert_msg(w != NULL, "%s", err_text(&err));
	ck_view_eq(w->name, names[_i]);
	ck_assert(w->title.len && w->labels.len);
	for (size_t i = 0; i < w->params.len; i++)
		ck_assert(w->params.items[i].description.len);
	workflow_free(w);
	str_release(&text);
	str_release(&path);
}
END_TEST

Suite *suite_workflow(void);
Suite *suite_workflow(void)
{
	const TTest *const tests[] = {
		the_file_names_a_workflow_without_a_name,
		each_key_of_a_command_step_is_read,
		gates_are_read,
		each_key_of_the_top_is_read,
		parameters_keep_their_order_and_words,
		a_step_waits_for_the_one_before_it,
		all_errors_are_told_at_once_in_the_order_of_the_file,
		a_cycle_is_named,
		on_error_leads_to_a_step_that_is_for_it,
		finally_and_steps_do_not_wait_for_each_other,
		defaults_and_choices_are_checked_against_the_type,
		expressions_are_checked_with_their_place,
		shell_text_is_no_template,
		control_characters_in_titles_and_prompts_load,
		an_error_is_one_line_whatever_it_quotes,
		triggers_are_checked,
		keys_that_say_nothing_here_are_refused,
		what_is_no_workflow_is_told,
		parameters_that_would_be_one_variable_are_refused,
	};
	Suite *s = suite_create("workflow");
	TCase *c = tcase_create("workflow");
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(c, tests[i]);
	tcase_add_loop_test(c, the_examples_load, 0, 7);
	suite_add_tcase(s, c);
	return s;
}
