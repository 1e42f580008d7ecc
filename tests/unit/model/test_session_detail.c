/* Whole sessions in an open run: where it opens, what its panes do with keys, what
 * stays when it changes. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

static void open_run(const char *set, const char *keys)
{
	ck_assert(fixture_open(&f, set, 30, 120));
	press(&f, keys);
	ck_assert_int_eq(screen_top(f.model), SCREEN_DETAIL);
}

static const char *task(void)
{
	return str_text(&f.model->detail.task);
}

START_TEST(a_completed_run_opens_on_its_last_task)
{
	open_run("night", "3 Enter");
	ck_assert_str_eq(task(), "report");
	fixture_close(&f);
}
END_TEST

START_TEST(the_output_of_each_attempt_can_be_read)
{
	open_run("three-runs", "4 Enter 5");
	ck_assert_int_eq(fixture_last(&f, EFFECT_LOG_OPEN)->log.attempt, 2);
	press(&f, "[");
	ck_assert_int_eq(fixture_last(&f, EFFECT_LOG_OPEN)->log.attempt, 1);
	press(&f, "[");
	ck_assert_str_eq(str_text(&f.model->notice.text), "There is no attempt before this one.");
	press(&f, "]");
	ck_assert_int_eq(fixture_last(&f, EFFECT_LOG_OPEN)->log.attempt, 2);
	press(&f, "[ Tab k");
	ck_assert_int_eq(f.model->detail.attempt, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(letters_in_the_search_are_text)
{
	open_run("three-runs", "4 Enter 5 /");
	press(&f, "\"qanc5\"");
	ck_assert_str_eq(str_text(&f.model->detail.log.line.text), "qanc5");
	ck_assert_int_eq(f.model->detail.pane, PANE_LOGS);
	press(&f, "Esc");
	ck_assert(!f.model->detail.log.typing);
	ck_assert_int_eq(screen_top(f.model), SCREEN_DETAIL);
	fixture_close(&f);
}
END_TEST

START_TEST(leaving_while_a_search_is_typed_ends_the_typing)
{
	open_run("three-runs", "4 Enter 5 / \"x\"");
	press(&f, "Ctrl-C");
	while (f.model->depth > 1)
		press(&f, "Esc");
	press(&f, "Enter");
	press(&f, "j");
	ck_assert(!f.model->detail.log.typing);
	fixture_close(&f);
}
END_TEST

START_TEST(escape_leaves_the_pane_then_the_run)
{
	open_run("three-runs", "4 Enter 5");
	ck_assert(f.model->detail.in_pane);
	press(&f, "Esc");
	ck_assert(!f.model->detail.in_pane);
	ck_assert_int_eq(screen_top(f.model), SCREEN_DETAIL);
	press(&f, "Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	fixture_close(&f);
}
END_TEST

START_TEST(the_board_cursor_is_where_it_was)
{
	open_run("night", "3 j j Enter");
	struct run_key key = f.model->detail.key;

	press(&f, "Esc Esc");
	ck_assert(run_key_eq(board_selected(f.model), key));
	fixture_close(&f);
}
END_TEST

START_TEST(a_log_that_broke_off_goes_on_when_the_engine_is_back)
{
	open_run("three-runs", "j Enter");
	fixture_answer(&f, f.model->detail.log.request, OUTCOME_UNREACHABLE, "no answer");
	fixture_happens(&f, "down");
	ck_assert_str_eq(str_text(&f.model->detail.log.ended), "no answer");
	fixture_forget(&f);
	fixture_happens(&f, "back");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_LOG_OPEN), 1);
	ck_assert_uint_eq(f.model->detail.log.ended.len, 0);
	ck_assert_uint_gt(f.model->detail.log.rows.len, 0);
	fixture_happens(&f, "back");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_LOG_OPEN), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(numbers_go_to_the_panes)
{
	open_run("three-runs", "4 Enter");
	for (int i = 0; i < PANES; i++) {
		char key[2] = { (char)('1' + i), 0 };

		press(&f, key);
		ck_assert_int_eq(f.model->detail.pane, i);
	}
	fixture_close(&f);
}
END_TEST

START_TEST(a_pane_that_was_chosen_before_the_run_was_read_stays)
{
	ck_assert(fixture_open(&f, "three-runs", 30, 120));
	f.mute = true;
	press(&f, "j Enter 3");
	f.mute = false;
	fixture_wait(&f, 1000);
	ck_assert_ptr_nonnull(f.model->detail.detail);
	ck_assert_int_eq(f.model->detail.pane, PANE_ARGUMENTS);
	ck_assert(f.model->detail.in_pane);
	fixture_close(&f);
}
END_TEST

static void saves(const char *keys, const char *name, const char *text)
{
	press(&f, keys);
	const struct effect *e = fixture_last(&f, EFFECT_SAVE);
	ck_assert_ptr_nonnull(e);
	ck_assert(view_ends(e->path, name));
	ck_assert(view_eq(e->text, view_of(text)));
}

START_TEST(arguments_and_results_are_saved_to_files_of_their_names)
{
	struct str params = { 0 };
	const char *result = "{\"artifact\":\"app.tar\",\"size\":1048576}\n";
	open_run("night", "3 Enter k k k");
	saves("4 Ctrl-S", "-build-result.json", result);
	str_add(&params, f.model->detail.detail->params);
	str_add_char(&params, '\n');
	saves("Esc 3 Ctrl-S", "-arguments.json", str_text(&params));
	saves("4 Esc Ctrl-S", "-build-result.json", result);
	str_release(&params);
	fixture_close(&f);
}
END_TEST

START_TEST(the_history_is_read_again_when_the_run_changed)
{
	open_run("three-runs", "j Enter 6");
	size_t before = fixture_asked(&f, EFFECT_HISTORY);

	ck_assert_uint_eq(before, 1);
	fixture_happens(&f, "build-ends");
	fixture_wait(&f, 1000);
	ck_assert_uint_gt(fixture_asked(&f, EFFECT_HISTORY), before);
	fixture_close(&f);
}
END_TEST

static void tell(uint64_t request, enum run_status status)
{
	struct run_facts run;
	struct arena arena = { 0 };
	const struct task_facts pushed = { .id = VIEW("pushed"), .status = TASK_RUNNING };

	ck_assert(store_facts(f.store, f.model->detail.key, &run, &arena));
	run.status = status;
	run.seq++;
	fixture_put(&f, run);
	const struct run_detail detail = { .run = run, .tasks = &pushed, .n_tasks = 1 };
	fixture_send(&f, (struct msg){ .kind = MSG_DETAIL, .request = request, .detail = &detail });
	arena_release(&arena);
}

static void follow_run(void)
{
	ck_assert(fixture_open(&f, "three-runs", 30, 120));
	f.model->contexts[0].can_follow = true;
	press(&f, "j Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 1);
}

/* Not for what its backend told it anyway, but for what others tell. */
START_TEST(a_run_that_is_followed_is_not_fetched_again)
{
	follow_run();
	size_t before = fixture_asked(&f, EFFECT_DETAIL);

	tell(f.model->detail.follow, RUN_PAUSED);
	ck_assert_str_eq(task(), "pushed");
	fixture_wait(&f, 1000);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), before);
	fixture_happens(&f, "build-ends");
	fixture_wait(&f, 1000);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), before + 1);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(one_run_is_followed_at_a_time)
{
	follow_run();
	uint64_t first = f.model->detail.follow;

	detail_open(f.model, f.model->detail.key, &f.fx);
	ck_assert_uint_eq(fixture_last(&f, EFFECT_UNFOLLOW)->request, first);
	fixture_send(&f, (struct msg){ .kind = MSG_TICK });
	ck_assert_uint_gt(f.model->detail.follow, first);
	while (f.model->depth > 1)
		press(&f, "Esc");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 2);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_UNFOLLOW), 2);
	fixture_close(&f);
}
END_TEST

/* Once it could be read again, and no sooner. */
START_TEST(what_can_no_longer_be_followed_is_fetched_and_followed_again)
{
	follow_run();
	size_t before = fixture_asked(&f, EFFECT_DETAIL);

	f.mute = true;
	fixture_answer(&f, f.model->detail.follow, OUTCOME_UNREACHABLE, "no");
	fixture_wait(&f, 1000);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), before + 1);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 1);
	f.mute = false;
	tell(f.model->detail.request, RUN_RUNNING);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 2);
	fixture_wait(&f, 1000);
	before = fixture_asked(&f, EFFECT_DETAIL);
	fixture_happens(&f, "build-ends");
	fixture_wait(&f, 1000);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), before + 1);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 2);
	fixture_close(&f);
}
END_TEST

START_TEST(a_run_that_ended_is_followed_again_when_it_goes_on)
{
	follow_run();
	uint64_t first = f.model->detail.follow;

	tell(first, RUN_FAILED);
	fixture_answer(&f, first, OUTCOME_OK, "");
	fixture_wait(&f, 1000);
	ck_assert_uint_eq(f.model->detail.follow, 0);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 1);
	f.mute = true;
	fixture_happens(&f, "build-ends");
	fixture_wait(&f, 1000);
	tell(f.model->detail.request, RUN_RUNNING);
	ck_assert_uint_gt(f.model->detail.follow, first);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_FOLLOW), 2);
	fixture_close(&f);
}
END_TEST

/* Lines FIRST to LAST, and a cursor of those before. */
static void tell_history(int64_t first, int64_t last, const char *older)
{
	struct history_facts items[64];
	uint64_t request = f.model->detail.history.request;
	size_t n = 0;

	for (int64_t seq = first; seq <= last; seq++)
		items[n++] = (struct history_facts){ .seq = seq, .kind = VIEW("signal") };
	fixture_send(&f, (struct msg){ .kind = MSG_HISTORY, .request = request,
				       .key = f.model->detail.key,
				       .history = { items, n, view_of(older) } });
	fixture_answer(&f, request, OUTCOME_OK, "");
}

static void expect_history(int64_t first, int64_t last, const char *older)
{
	const struct history_state *h = &f.model->detail.history;

	ck_assert_uint_eq(h->len, (size_t)(last - first + 1));
	for (size_t i = 0; i < h->len; i++)
		ck_assert_int_eq(h->items[i].seq, first + (int64_t)i);
	ck_assert_str_eq(str_text(&h->older), older);
}

static void open_history(void)
{
	ck_assert(fixture_open(&f, "three-runs", 20, 120));
	press(&f, "j Enter");
	f.mute = true;
	press(&f, "6");
	tell_history(101, 150, "c1");
}

START_TEST(a_long_history_opens_at_its_end_and_is_read_on_the_way_up)
{
	open_history();
	const size_t *top = &f.model->detail.scroll[PANE_HISTORY].top;
	ck_assert_uint_gt(*top, 30);
	press(&f, "g");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_HISTORY), 1);
	press(&f, "k");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_HISTORY), 2);
	ck_assert(view_is(fixture_last(&f, EFFECT_HISTORY)->text, "c1"));
	press(&f, "k");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_HISTORY), 2);
	tell_history(61, 100, "");
	expect_history(61, 150, "");
	ck_assert_uint_eq(*top, 40);
	press(&f, "g k");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_HISTORY), 2);
	fixture_close(&f);
}
END_TEST

START_TEST(newer_lines_of_a_long_history_come_behind_those_that_were_read)
{
	open_history();
	press(&f, "g k");
	tell_history(61, 100, "c2");
	f.model->detail.follow = 1000;
	tell(1000, RUN_PAUSED);
	tell_history(111, 160, "c3");
	expect_history(61, 160, "c2");
	fixture_close(&f);
}
END_TEST

/* What a very long run leaves out has a row, where Enter reads some of it. */
START_TEST(what_was_left_out_is_read_by_enter)
{
	ck_assert(fixture_open(&f, "three-runs", 20, 120));
	press(&f, "j Enter");
	f.mute = true;
	const struct task_facts tasks[] = {
		{ .id = VIEW("one-1"), .status = TASK_COMPLETED },
		{ .id = VIEW("2"), .title = VIEW("events 2 to 8 are not shown"),
		  .status = TASK_COMPLETED },
		{ .id = VIEW("nine-9"), .status = TASK_COMPLETED },
	};
	struct run_detail detail = *f.model->detail.detail;
	detail.tasks = tasks;
	detail.n_tasks = 3;
	detail.left_out = VIEW("2");
	f.model->detail.follow = 1000;
	fixture_send(&f, (struct msg){ .kind = MSG_DETAIL, .request = 1000, .detail = &detail });
	size_t before = fixture_asked(&f, EFFECT_DETAIL);
	press(&f, "g j Enter Enter");
	ck_assert_str_eq(task(), "2");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), before + 1);
	ck_assert(fixture_last(&f, EFFECT_DETAIL)->more);
	press(&f, "j Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), before + 1);
	fixture_close(&f);
}
END_TEST

START_TEST(help_names_the_keys_of_the_logs_when_opened_from_there)
{
	bool has_follow = false;

	open_run("three-runs", "4 Enter 5");
	press(&f, "?");
	for (size_t i = 0; i < f.model->help.lines.len; i++)
		has_follow = has_follow || f.model->help.lines.items[i].action == ACTION_FOLLOW;
	ck_assert(has_follow);
	fixture_close(&f);
}
END_TEST

static void tell_detail(struct run_key key, const char *child)
{
	const struct task_facts task = { .id = VIEW("sub"), .status = TASK_RUNNING, .progress = -1,
					 .child = view_of(child) };
	const struct run_detail d = { .run = fixture_run("deploy", 1, RUN_RUNNING),
				      .tasks = &task, .n_tasks = 1 };
	struct msg msg = { .kind = MSG_DETAIL, .key = key,
			   .request = f.model->detail.request };

	msg.detail = &d;
	fixture_send(&f, msg);
}

START_TEST(enter_on_a_child_opens_it_and_escape_comes_back)
{
	struct run_facts child = fixture_run("deploy", 2, RUN_RUNNING);
	struct run_key parent, key;
	struct str id = { 0 };

	open_set(&f, "empty");
	f.mute = true;
	key = fixture_put(&f, child);
	parent = fixture_put(&f, fixture_run("deploy", 1, RUN_RUNNING));
	str_add(&id, child.id);
	struct effects fx = { 0 };
	detail_open(f.model, parent, &fx);
	tell_detail(parent, str_text(&id));
	press(&f, "Enter");
	ck_assert(run_key_eq(f.model->detail.key, key));
	press(&f, "Esc");
	ck_assert(run_key_eq(f.model->detail.key, parent));
	press(&f, "Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	effects_release(&fx);
	str_release(&id);
	fixture_close(&f);
}
END_TEST

START_TEST(a_child_that_is_not_on_the_board_is_said)
{
	struct run_key parent;
	struct effects fx = { 0 };

	open_set(&f, "empty");
	f.mute = true;
	parent = fixture_put(&f, fixture_run("deploy", 1, RUN_RUNNING));
	detail_open(f.model, parent, &fx);
	tell_detail(parent, "elsewhere");
	press(&f, "Enter");
	ck_assert(run_key_eq(f.model->detail.key, parent));
	ck_assert_str_eq(str_text(&f.model->notice.text), "The run elsewhere is not on this board.");
	effects_release(&fx);
	fixture_close(&f);
}
END_TEST

Suite *suite_session_detail(void);

Suite *suite_session_detail(void)
{
	Suite *s = suite_create("session_detail");
	TCase *t = tcase_create("detail");

	tcase_add_test(t, a_completed_run_opens_on_its_last_task);
	tcase_add_test(t, the_output_of_each_attempt_can_be_read);
	tcase_add_test(t, letters_in_the_search_are_text);
	tcase_add_test(t, leaving_while_a_search_is_typed_ends_the_typing);
	tcase_add_test(t, escape_leaves_the_pane_then_the_run);
	tcase_add_test(t, the_board_cursor_is_where_it_was);
	tcase_add_test(t, a_log_that_broke_off_goes_on_when_the_engine_is_back);
	tcase_add_test(t, numbers_go_to_the_panes);
	tcase_add_test(t, a_pane_that_was_chosen_before_the_run_was_read_stays);
	tcase_add_test(t, arguments_and_results_are_saved_to_files_of_their_names);
	tcase_add_test(t, the_history_is_read_again_when_the_run_changed);
	tcase_add_test(t, a_run_that_is_followed_is_not_fetched_again);
	tcase_add_test(t, one_run_is_followed_at_a_time);
	tcase_add_test(t, what_can_no_longer_be_followed_is_fetched_and_followed_again);
	tcase_add_test(t, a_run_that_ended_is_followed_again_when_it_goes_on);
	tcase_add_test(t, a_long_history_opens_at_its_end_and_is_read_on_the_way_up);
	tcase_add_test(t, newer_lines_of_a_long_history_come_behind_those_that_were_read);
	tcase_add_test(t, what_was_left_out_is_read_by_enter);
	tcase_add_test(t, help_names_the_keys_of_the_logs_when_opened_from_there);
	tcase_add_test(t, enter_on_a_child_opens_it_and_escape_comes_back);
	tcase_add_test(t, a_child_that_is_not_on_the_board_is_said);
	suite_add_tcase(s, t);
	return s;
}
