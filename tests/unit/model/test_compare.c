/* Two runs side by side: which ones, and what arrives when. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

static struct compare_state *shown(void)
{
	return &f.model->compare;
}

/* A run of "deploy" that began so many minutes ago. */
static struct run_key put(int number, enum run_status status, int minutes_ago)
{
	struct run_facts run = fixture_run("deploy", number, status);

	run.created_ms = FIXTURE_NOW - (int64_t)minutes_ago * 60000;
	return fixture_put(&f, run);
}

static void detail(int which, uint64_t request, enum run_status status)
{
	struct run_detail d = { .run = fixture_run("deploy", which, status) };

	fixture_send(&f, (struct msg){ .kind = MSG_DETAIL, .request = request, .detail = &d });
	fixture_send(&f, (struct msg){ .kind = MSG_DONE, .request = request,
				       .done = { .outcome = OUTCOME_OK } });
}

static void open_on(struct run_key key)
{
	f.mute = true;
	ck_assert(board_select(f.model, key));
	press(&f, "=");
	ck_assert_int_eq(screen_top(f.model), SCREEN_COMPARE);
}

START_TEST(a_run_is_compared_with_the_last_good_one_before_it)
{
	put(10, RUN_COMPLETED, 50);
	struct run_key good = put(11, RUN_COMPLETED, 40);
	put(12, RUN_FAILED, 35);
	struct run_key bad = put(13, RUN_FAILED, 30);
	put(14, RUN_COMPLETED, 20);
	open_on(bad);
	ck_assert(run_key_eq(shown()->keys[0], bad));
	ck_assert(run_key_eq(shown()->keys[1], good));
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), 2);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_PAGE), 0);
	detail(13, shown()->requests[0], RUN_FAILED);
	ck_assert(!shown()->ready);
	detail(11, shown()->requests[1], RUN_COMPLETED);
	ck_assert(shown()->ready);
	ck_assert_uint_ge(shown()->all.differing, 1);
	/* What came is shown as it was. */
	put(13, RUN_COMPLETED, 30);
	ck_assert(view_starts(shown()->all.rows[0].cells[0], "failed"));
	/* No order is for either of them. */
	press(&f, "c");
	ck_assert_int_eq(screen_top(f.model), SCREEN_COMPARE);
	press(&f, "Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_eq(shown()->all.len, 0);
}
END_TEST

START_TEST(what_the_board_has_not_is_looked_for)
{
	struct run_key bad = put(13, RUN_FAILED, 30);

	open_on(bad);
	const struct effect *page = fixture_last(&f, EFFECT_PAGE);

	/* Those before it, however many are newer. */
	ck_assert(view_starts(page->text, "status:completed workflow:deploy until:"));
	struct run_key good = put(11, RUN_COMPLETED, 4000);

	fixture_send(&f, (struct msg){ .kind = MSG_DONE, .request = page->request,
				       .done = { .outcome = OUTCOME_OK } });
	ck_assert(run_key_eq(shown()->keys[1], good));
	ck_assert_uint_eq(shown()->trouble.len, 0);
}
END_TEST

static void answer_search(enum outcome outcome, const char *text)
{
	fixture_send(&f, (struct msg){ .kind = MSG_DONE, .request = shown()->search,
				       .done = { .outcome = outcome, .text = view_of(text) } });
}

START_TEST(a_search_that_fails_says_why)
{
	open_on(put(13, RUN_FAILED, 30));
	answer_search(OUTCOME_UNREACHABLE, "the engine is away");
	ck_assert_str_eq(str_text(&shown()->trouble), "the engine is away");
	ck_assert_uint_eq(shown()->search, 0);
}
END_TEST

START_TEST(a_run_that_goes_meanwhile_is_not_waited_for)
{
	struct run_key bad = put(13, RUN_FAILED, 30);

	open_on(bad);
	fixture_remove(&f, bad);
	answer_search(OUTCOME_OK, "");
	ck_assert_str_eq(str_text(&shown()->trouble), "The run is gone.");
}
END_TEST

START_TEST(a_workflow_that_never_completed_says_so)
{
	open_on(put(13, RUN_FAILED, 30));
	answer_search(OUTCOME_OK, "");
	ck_assert(view_is(fixture_last(&f, EFFECT_PAGE)->text, "status:completed workflow:deploy"));
	answer_search(OUTCOME_OK, "");
	ck_assert_str_eq(str_text(&shown()->trouble), "No other run of its workflow has completed.");
	press(&f, "j G Enter");
}
END_TEST

START_TEST(a_newer_good_one_is_better_than_none)
{
	struct run_key newer = put(14, RUN_COMPLETED, 20), newest = put(15, RUN_COMPLETED, 10);

	open_on(put(13, RUN_FAILED, 30));
	answer_search(OUTCOME_OK, "");
	answer_search(OUTCOME_OK, "");
	ck_assert(!run_key_eq(shown()->keys[1], newer));
	ck_assert(run_key_eq(shown()->keys[1], newest));
}
END_TEST

START_TEST(two_marked_runs_are_compared_and_no_other_number)
{
	struct run_key a = put(10, RUN_RUNNING, 5), b = put(11, RUN_FAILED, 50);

	put(12, RUN_FAILED, 60);
	f.mute = true;
	ck_assert(board_select(f.model, a));
	press(&f, "Space");
	ck_assert(board_select(f.model, b));
	press(&f, "Space =");
	ck_assert_int_eq(screen_top(f.model), SCREEN_COMPARE);
	ck_assert(run_key_eq(shown()->keys[0], a) && run_key_eq(shown()->keys[1], b));
	press(&f, "Esc * =");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_str_eq(str_text(&f.model->notice.text), "3 runs are marked: two can be compared.");
}
END_TEST

START_TEST(a_detail_that_cannot_be_had_is_said)
{
	put(11, RUN_COMPLETED, 40);
	open_on(put(13, RUN_FAILED, 30));
	fixture_send(&f, (struct msg){ .kind = MSG_DONE, .request = shown()->requests[1],
				       .done = { .outcome = OUTCOME_NOT_FOUND,
						 .text = VIEW("it is gone") } });
	ck_assert_str_eq(str_text(&shown()->trouble), "it is gone");
	/* What comes after the screen was left is nobody's. */
	uint64_t request = shown()->requests[0];

	press(&f, "Esc");
	detail(13, request, RUN_FAILED);
	ck_assert_ptr_null(shown()->runs[0]);
}
END_TEST

static void open_board(void)
{
	open_set(&f, "empty");
}

static void close_board(void)
{
	fixture_close(&f);
}

unit_suite_fn suite_compare;

Suite *suite_compare(void)
{
	Suite *s = suite_create("compare");
	TCase *t = tcase_create("compare");

	tcase_add_checked_fixture(t, open_board, close_board);
	tcase_add_test(t, a_run_is_compared_with_the_last_good_one_before_it);
	tcase_add_test(t, what_the_board_has_not_is_looked_for);
	tcase_add_test(t, a_search_that_fails_says_why);
	tcase_add_test(t, a_run_that_goes_meanwhile_is_not_waited_for);
	tcase_add_test(t, a_workflow_that_never_completed_says_so);
	tcase_add_test(t, a_newer_good_one_is_better_than_none);
	tcase_add_test(t, two_marked_runs_are_compared_and_no_other_number);
	tcase_add_test(t, a_detail_that_cannot_be_had_is_said);
	suite_add_tcase(s, t);
	return s;
}
