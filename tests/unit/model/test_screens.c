/* The open run, the start form, help and palette, and the stack they lie on. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

static void open_three(void)
{
	ck_assert(fixture_open(&f, "three-runs", 24, 80));
}

static void close_all(void)
{
	fixture_close(&f);
}

static const char *task(void)
{
	return str_text(&f.model->detail.task);
}

START_TEST(a_run_opens_on_its_failed_step)
{
	press(&f, "4 Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_DETAIL);
	ck_assert_str_eq(task(), "verify");
	ck_assert_int_eq(f.model->detail.pane, PANE_LOGS);
	ck_assert(view_is(fixture_last(&f, EFFECT_LOG_OPEN)->log.task, "verify"));
}
END_TEST

START_TEST(a_run_opens_on_its_waiting_step)
{
	press(&f, "Enter");
	ck_assert_str_eq(task(), "review");
	ck_assert_int_eq(f.model->detail.pane, PANE_TASKS);
}
END_TEST

START_TEST(a_run_opens_on_its_running_step)
{
	press(&f, "j Enter");
	ck_assert_str_eq(task(), "verify");
}
END_TEST

START_TEST(the_cursor_stays_on_the_step_that_the_operator_chose)
{
	struct run_facts run = fixture_run("build", 2, RUN_FAILED);

	press(&f, "j Enter k");
	ck_assert_str_eq(task(), "build");
	fixture_put(&f, run);
	fixture_wait(&f, 1000);
	ck_assert_str_eq(task(), "build");
}
END_TEST

START_TEST(until_then_it_goes_to_what_matters)
{
	press(&f, "j Enter");
	ck_assert_str_eq(task(), "verify");
	fixture_put(&f, fixture_run("build", 2, RUN_COMPLETED));
	fixture_wait(&f, 1000);
	ck_assert_str_eq(task(), "report");
}
END_TEST

START_TEST(many_changes_are_read_a_few_times_a_second)
{
	press(&f, "j Enter");
	fixture_forget(&f);
	for (int i = 0; i < 50; i++) {
		struct run_facts run = fixture_run("build", 2, RUN_RUNNING);

		run.progress = (float)i / 50;
		fixture_put(&f, run);
	}
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), 0);
	fixture_wait(&f, 1000);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), 1);
}
END_TEST

START_TEST(an_open_run_is_what_orders_act_on)
{
	struct focus focus;

	press(&f, "4 Enter");
	ck_assert(model_focus(f.model, &focus));
	ck_assert(run_key_eq(focus.key, fixture_find(&f, "a1e009")));
	ck_assert(view_is(focus.task, "verify"));
}
END_TEST

START_TEST(going_back_closes_the_log)
{
	press(&f, "4 Enter");
	fixture_forget(&f);
	press(&f, "Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_LOG_CLOSE), 1);
}
END_TEST

START_TEST(an_answer_for_a_run_that_was_left_is_dropped)
{
	f.mute = true;
	press(&f, "Enter Esc j Enter");
	fixture_send(&f, (struct msg){ .kind = MSG_DETAIL,
				       .request = fixture_last(&f, EFFECT_DETAIL)->request - 1,
				       .detail = &(struct run_detail){ .n_tasks = 0 } });
	ck_assert_ptr_null(f.model->detail.detail);
}
END_TEST

START_TEST(the_start_form_sends_typed_values_as_json)
{
	const struct effect *e;

	press(&f, "n j Enter Right Tab Backspace \"5\" Tab \"s3cret\" Tab y");
	e = fixture_last(&f, EFFECT_ORDER);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->order.verb, VERB_START);
	ck_assert(view_is(e->order.workflow, "deploy"));
	ck_assert(view_is(e->order.params,
			  "{\"env\":\"prod\",\"replicas\":5,\"token\":\"s3cret\"}"));
}
END_TEST

START_TEST(a_wrong_value_is_said_beside_its_field_and_nothing_is_sent)
{
	press(&f, "n j Enter Tab \"x\" Tab Tab y");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_uint_eq(f.model->start.at, 1);
	ck_assert_uint_gt(f.model->start.fields.items[1].error.len, 0);
	ck_assert_str_eq(str_text(&f.model->start.fields.items[2].error), "is needed");
}
END_TEST

START_TEST(the_started_run_is_followed_in_the_same_dialog)
{
	struct run_facts run = fixture_run("backup", 60, RUN_RUNNING);
	struct msg done = { .kind = MSG_DONE };

	press(&f, "n Enter y");
	done.request = fixture_last(&f, EFFECT_ORDER)->request;
	done.done.follow_id = run.id;
	fixture_send(&f, done);
	ck_assert_int_eq(f.model->start.stage, START_FOLLOWING);
	ck_assert(!run_key_is_set(f.model->start.key));
	fixture_put(&f, run);
	ck_assert(run_key_is_set(f.model->start.key));
	ck_assert_ptr_nonnull(f.model->start.detail);
	ck_assert_int_eq(f.model->orders.lines.items[0]->state, ORDER_SEEN);
	press(&f, "Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_DETAIL);
}
END_TEST

START_TEST(the_palette_does_what_its_line_says)
{
	press(&f, ": \"inbox\" Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_INBOX);
	press(&f, "q");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
}
END_TEST

START_TEST(help_lists_every_key_of_the_screen_below)
{
	bool found = false;

	press(&f, "?");
	for (size_t i = 0; i < f.model->help.lines.len; i++)
		found = found || f.model->help.lines.items[i].action == ACTION_DENSITY;
	ck_assert(found);
}
END_TEST

START_TEST(the_history_table_holds_open_runs_first_and_keeps_its_cursor)
{
	struct run_key second;

	press(&f, "H");
	ck_assert_uint_eq(f.model->runs.runs.len, 3);
	ck_assert(run_key_eq(f.model->runs.runs.items[2], fixture_find(&f, "a1e009")));
	press(&f, "j");
	second = f.model->runs.runs.items[1];
	fixture_put(&f, fixture_run("order", 50, RUN_PENDING));
	ck_assert_uint_eq(f.model->runs.rows.at, 2);
	ck_assert(run_key_eq(f.model->runs.runs.items[2], second));
	fixture_remove(&f, f.model->runs.runs.items[0]);
	ck_assert(run_key_eq(f.model->runs.runs.items[f.model->runs.rows.at], second));
}
END_TEST

START_TEST(the_history_table_is_filtered_as_typed)
{
	press(&f, "H / \"status:failed\"");
	ck_assert_uint_eq(f.model->runs.runs.len, 1);
	press(&f, "Enter Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_DETAIL);
	press(&f, "Esc Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_HISTORY);
	ck_assert_uint_eq(f.model->runs.runs.len, 3);
	press(&f, "Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
}
END_TEST

START_TEST(a_theme_is_tried_at_once_and_escape_takes_it_back)
{
	press(&f, "T j");
	ck_assert(view_is(fixture_last(&f, EFFECT_THEME)->text, "light"));
	press(&f, "Esc");
	ck_assert(view_is(fixture_last(&f, EFFECT_THEME)->text, "default"));
	press(&f, "T j Enter");
	ck_assert(view_is(fixture_last(&f, EFFECT_THEME)->text, "light"));
}
END_TEST

START_TEST(a_catalogue_becomes_a_table)
{
	static const char *const columns[] = { "queue", "slots", NULL };
	static const struct view cells[] = { { "default", 7 }, { "4", 1 }, { "slow", 4 },
					     { "1", 1 } };
	const struct effect *e;

	f.mute = true;
	press(&f, ": \"queues\" Enter");
	e = fixture_last(&f, EFFECT_CATALOG);
	ck_assert_int_eq(e->catalog, CATALOG_QUEUES);
	fixture_send(&f, (struct msg){ .kind = MSG_CATALOG, .request = e->request,
				       .catalog = { .kind = CATALOG_QUEUES, .columns = columns,
						    .rows = cells, .len = 2 } });
	ck_assert_uint_eq(table_len(&f.model->table), 2);
	ck_assert(view_is(f.model->table.cells.items[2], "slow"));
}
END_TEST

START_TEST(a_table_is_of_the_context_of_the_run_in_focus)
{
	struct fixture two = { 0 };

	ck_assert(fixture_open(&two, "two-contexts", 24, 80));
	two.mute = true;
	struct run_facts run = fixture_run("settle-invoices", 5, RUN_RUNNING);
	ck_assert(board_select(two.model, fixture_find(&two, run.short_id.ptr)));
	press(&two, ": \"schedules\" Enter");
	ck_assert_uint_eq(fixture_last(&two, EFFECT_CATALOG)->context, 1);
	fixture_close(&two);
}
END_TEST

START_TEST(a_table_that_was_cut_says_so)
{
	static const char *const columns[] = { "namespace", NULL };
	static const struct view cells[] = { { "default", 7 } };

	f.mute = true;
	press(&f, ": \"queues\" Enter");
	fixture_send(&f, (struct msg){ .kind = MSG_CATALOG,
				       .request = fixture_last(&f, EFFECT_CATALOG)->request,
				       .catalog = { .kind = CATALOG_QUEUES, .columns = columns,
						    .rows = cells, .len = 1, .more = true } });
	ck_assert(f.model->table.more);
}
END_TEST

START_TEST(the_metrics_are_the_statistics_of_each_workflow)
{
	press(&f, "M");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_CATALOG), 2);
	ck_assert_int_eq(f.model->table.n_columns, STATS_COLUMNS);
	ck_assert_uint_eq(table_len(&f.model->table), 3);
	press(&f, "G");
	ck_assert_uint_eq(f.model->table.rows.at, 2);
}
END_TEST

START_TEST(any_keys_in_any_order_leave_a_board_that_still_works)
{
	uint32_t seed = 42;

	for (int i = 0; i < 20000; i++) {
		static const uint32_t named[] = { KEY_CODE_ENTER, KEY_CODE_ESC, KEY_CODE_TAB,
						  KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_LEFT,
						  KEY_CODE_RIGHT, KEY_CODE_BACKSPACE,
						  KEY_CODE_PGDN, KEY_CODE_BACKTAB };
		struct key key = { 0 };

		seed = seed * 1664525 + 1013904223;
		key.code = seed >> 31 ? named[(seed >> 8) % 10] : ' ' + (seed >> 8) % 95;
		fixture_send(&f, (struct msg){ .kind = MSG_KEY, .pressed = key });
		if (i % 97 == 0)
			fixture_put(&f, fixture_run("order", (int)(seed >> 16) % 40,
						    (seed >> 4) % RUN_STATUSES));
		if (i % 31 == 0)
			fixture_wait(&f, 700);
		if (i % 500 == 0)
			fixture_send(&f, (struct msg){ .kind = MSG_RESIZE,
						       .size = { 12 + (int)(seed >> 20) % 40,
								 40 + (int)(seed >> 12) % 200 } });
		fixture_forget(&f);
		ck_assert_int_gt(f.model->depth, 0);
	}
}
END_TEST

Suite *suite_screens(void);
Suite *suite_screens(void)
{
	Suite *s = suite_create("screens");
	TCase *c = tcase_create("screens");

	tcase_add_checked_fixture(c, open_three, close_all);
	tcase_add_test(c, a_run_opens_on_its_failed_step);
	tcase_add_test(c, a_run_opens_on_its_waiting_step);
	tcase_add_test(c, a_run_opens_on_its_running_step);
	tcase_add_test(c, the_cursor_stays_on_the_step_that_the_operator_chose);
	tcase_add_test(c, until_then_it_goes_to_what_matters);
	tcase_add_test(c, many_changes_are_read_a_few_times_a_second);
	tcase_add_test(c, an_open_run_is_what_orders_act_on);
	tcase_add_test(c, going_back_closes_the_log);
	tcase_add_test(c, an_answer_for_a_run_that_was_left_is_dropped);
	tcase_add_test(c, the_start_form_sends_typed_values_as_json);
	tcase_add_test(c, a_wrong_value_is_said_beside_its_field_and_nothing_is_sent);
	tcase_add_test(c, the_started_run_is_followed_in_the_same_dialog);
	tcase_add_test(c, the_palette_does_what_its_line_says);
	tcase_add_test(c, help_lists_every_key_of_the_screen_below);
	tcase_add_test(c, the_history_table_holds_open_runs_first_and_keeps_its_cursor);
	tcase_add_test(c, the_history_table_is_filtered_as_typed);
	tcase_add_test(c, a_theme_is_tried_at_once_and_escape_takes_it_back);
	tcase_add_test(c, a_catalogue_becomes_a_table);
	tcase_add_test(c, a_table_is_of_the_context_of_the_run_in_focus);
	tcase_add_test(c, a_table_that_was_cut_says_so);
	tcase_add_test(c, the_metrics_are_the_statistics_of_each_workflow);
	tcase_add_test(c, any_keys_in_any_order_leave_a_board_that_still_works);
	suite_add_tcase(s, c);
	return s;
}
