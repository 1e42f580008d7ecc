/* Whole sessions of the forms that change a run: running it again, editing a step. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

START_TEST(running_again_unchanged_sends_no_arguments)
{
	open_set(&f, "three-runs");
	press(&f, "N Tab Tab Tab");
	ck_assert_uint_eq(f.model->start.fields.len, 3);
	press(&f, "Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_eq(orders_left(&f), 0);
	press(&f, "N Tab Tab Tab y");
	ck_assert_uint_eq(orders_left(&f), 1);
	const struct effect *e = fixture_last(&f, EFFECT_ORDER);

	ck_assert_int_eq(e->order.verb, VERB_RERUN);
	ck_assert(run_key_eq(e->key, fixture_find(&f, "a1c003")));
	ck_assert_uint_eq(e->order.params.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(running_again_begins_with_the_runs_own_values_without_its_secrets)
{
	open_set(&f, "three-runs");
	press(&f, "N");
	ck_assert_str_eq(str_text(&f.model->start.fields.items[0].line.text), "prod");
	ck_assert_str_eq(str_text(&f.model->start.fields.items[1].line.text), "3");
	ck_assert_uint_eq(f.model->start.fields.items[2].line.text.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(running_again_sends_only_what_differs)
{
	open_set(&f, "three-runs");
	press(&f, "N Left Right Tab Backspace \"7\" Tab Tab y");
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.params, "{\"replicas\":7}"));
	fixture_close(&f);
}
END_TEST

START_TEST(running_again_refuses_an_emptied_number)
{
	open_set(&f, "three-runs");
	press(&f, "N Tab Backspace Tab Tab y");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_uint_gt(f.model->start.fields.items[1].error.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_workflow_without_a_known_form_is_run_again_as_it_was)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "j N");
	ck_assert_int_eq(screen_top(f.model), SCREEN_DECISION);
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 1);
	ck_assert_int_eq(fixture_last(&f, EFFECT_ORDER)->order.verb, VERB_RERUN);
	fixture_close(&f);
}
END_TEST

START_TEST(a_catalogue_that_cannot_be_read_leaves_the_question)
{
	struct msg msg = { .kind = MSG_DONE, .done = { .outcome = OUTCOME_UNREACHABLE } };

	open_set(&f, "three-runs");
	f.mute = true;
	press(&f, "N y");
	ck_assert_int_eq(f.model->start.stage, START_READING);
	ck_assert_uint_eq(orders_left(&f), 0);
	msg.request = f.model->start.request;
	fixture_send(&f, msg);
	msg.request = f.model->start.catalog_request;
	fixture_send(&f, msg);
	ck_assert_int_eq(screen_top(f.model), SCREEN_DECISION);
	fixture_close(&f);
}
END_TEST

START_TEST(a_run_that_is_gone_is_not_run_again)
{
	open_set(&f, "three-runs");
	press(&f, "N Tab Tab Tab");
	fixture_remove(&f, fixture_find(&f, "a1c003"));
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_int_eq(f.model->start.stage, START_REFUSED);
	fixture_close(&f);
}
END_TEST

/* Leaves the form of backup's failed step with the first field in focus. */
static void open_edit(void)
{
	open_set(&f, "three-runs");
	press(&f, "l l x e");
	ck_assert_int_eq(screen_top(f.model), SCREEN_EDIT);
	ck_assert_int_eq(f.model->edit.stage, EDIT_FIELDS);
}

static const struct effect *last_order(void)
{
	const struct effect *e = fixture_last(&f, EFFECT_ORDER);

	ck_assert_ptr_nonnull(e);
	return e;
}

START_TEST(an_edit_sends_only_what_was_changed)
{
	open_edit();
	press_slowly(&f, "\" -v\" Tab Tab Tab \"DEBUG=1\" Tab Tab Tab Backspace \"9\" PgDn");
	ck_assert_int_eq(f.model->edit.stage, EDIT_CONFIRM);
	press(&f, "y");
	ck_assert_int_eq(last_order()->order.verb, VERB_EDIT);
	ck_assert(view_is(last_order()->order.task, "verify"));
	ck_assert_int_eq(last_order()->order.attempt, 2);
	ck_assert_int_eq(last_order()->order.version, 4);
	ck_assert(view_is(last_order()->order.edit,
			  "{\"run\":\"./verify --all -v\",\"env\":{\"DEBUG\":\"1\"},"
			  "\"params\":{\"replicas\":9}}"));
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	fixture_close(&f);
}
END_TEST

START_TEST(an_edit_without_a_change_cannot_be_sent)
{
	open_edit();
	press_slowly(&f, "PgDn");
	press(&f, "y Tab Enter");
	ck_assert(!edit_is_armed(&f.model->edit));
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(stray_enters_never_send_an_edit)
{
	open_edit();
	press_slowly(&f, "\"y\" Enter Enter Enter Enter Enter Enter Enter Enter Enter Enter");
	ck_assert(!screen_is_open(f.model, SCREEN_EDIT));
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(escape_leaves_an_edit_at_every_stage)
{
	open_edit();
	press(&f, "\"x\" Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	press_slowly(&f, "x e \"x\" PgDn y Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(an_edit_typed_ahead_waits_until_its_changes_were_shown)
{
	open_edit();
	press(&f, "\"x\" PgDn y");
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_wait(&f, 300);
	ck_assert_uint_eq(orders_left(&f), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(a_step_that_changes_disarms_its_edit)
{
	struct task_facts task = { .id = VIEW("verify"), .step = VIEW("verify"), .version = 5,
				   .status = TASK_RUNNING, .attempt = 3 };
	struct run_detail detail = { .tasks = &task, .n_tasks = 1 };

	open_edit();
	press_slowly(&f, "\"x\" PgDn");
	ck_assert(edit_is_armed(&f.model->edit));
	f.mute = true;
	fixture_put(&f, fixture_run("backup", 3, RUN_RUNNING));
	fixture_send(&f, (struct msg){ .kind = MSG_DETAIL, .request = f.model->edit.request,
				       .detail = &detail });
	ck_assert_str_eq(str_text(&f.model->edit.changed), "verify is at attempt 3 now.");
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_masked_secret_is_never_sent)
{
	open_edit();
	press_slowly(&f, "Tab Tab \"x\" PgDn");
	ck_assert_int_eq(f.model->edit.stage, EDIT_FIELDS);
	ck_assert_uint_eq(f.model->edit.at, 2);
	ck_assert_uint_gt(f.model->edit.form.fields.items[2].error.len, 0);
	press_slowly(&f, "Backspace Backspace Backspace Backspace \"new\" PgDn y");
	ck_assert(view_is(last_order()->order.edit, "{\"env\":{\"TOKEN\":\"new\"}}"));
	fixture_close(&f);
}
END_TEST

START_TEST(the_environment_always_has_one_empty_line)
{
	open_edit();
	ck_assert_uint_eq(f.model->edit.form.fields.len, 6);
	press(&f, "Tab Tab Tab \"A=1\"");
	ck_assert_uint_eq(f.model->edit.form.fields.len, 7);
	press(&f, "Tab \"A=2\" PgDn");
	ck_assert_uint_eq(f.model->edit.at, 3);
	ck_assert_str_eq(str_text(&f.model->edit.form.fields.items[3].error), "is there twice");
	fixture_close(&f);
}
END_TEST

START_TEST(a_step_that_cannot_be_edited_says_why)
{
	open_set(&f, "three-runs");
	press(&f, "j x e");
	ck_assert_int_ne(screen_top(f.model), SCREEN_EDIT);
	ck_assert_uint_gt(f.model->notice.text.len, 0);
	fixture_close(&f);
}
END_TEST

Suite *suite_session_forms(void);

Suite *suite_session_forms(void)
{
	Suite *s = suite_create("session_forms");
	TCase *t = tcase_create("forms");

	tcase_add_test(t, running_again_unchanged_sends_no_arguments);
	tcase_add_test(t, running_again_begins_with_the_runs_own_values_without_its_secrets);
	tcase_add_test(t, running_again_sends_only_what_differs);
	tcase_add_test(t, running_again_refuses_an_emptied_number);
	tcase_add_test(t, a_workflow_without_a_known_form_is_run_again_as_it_was);
	tcase_add_test(t, a_catalogue_that_cannot_be_read_leaves_the_question);
	tcase_add_test(t, a_run_that_is_gone_is_not_run_again);
	tcase_add_test(t, an_edit_sends_only_what_was_changed);
	tcase_add_test(t, an_edit_without_a_change_cannot_be_sent);
	tcase_add_test(t, stray_enters_never_send_an_edit);
	tcase_add_test(t, escape_leaves_an_edit_at_every_stage);
	tcase_add_test(t, an_edit_typed_ahead_waits_until_its_changes_were_shown);
	tcase_add_test(t, a_step_that_changes_disarms_its_edit);
	tcase_add_test(t, a_masked_secret_is_never_sent);
	tcase_add_test(t, the_environment_always_has_one_empty_line);
	tcase_add_test(t, a_step_that_cannot_be_edited_says_why);
	suite_add_tcase(s, t);
	return s;
}
