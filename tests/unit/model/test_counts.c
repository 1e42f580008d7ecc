/* Lanes count what their contexts have, not only what is on the board. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

static void tell(int64_t completed, bool more)
{
	int64_t counts[LANES] = { [LANE_COMPLETED] = completed };
	bool at_least[LANES] = { [LANE_COMPLETED] = more };
	fixture_send(&f, (struct msg){ .kind = MSG_COUNTS, .counts = { counts, at_least } });
}

static size_t beyond(bool *more)
{
	return model_beyond(f.model, LANE_COMPLETED, more);
}

START_TEST(what_is_not_on_the_board_is_counted_until_it_is)
{
	bool more;
	open_set(&f, "night");
	int64_t known = (int64_t)store_count_lane(f.store, LANE_COMPLETED);
	tell(known + 9000, false);
	ck_assert_uint_eq(beyond(&more), 9000);
	ck_assert(!more);
	/* A newcomer is on the board: the others stay where they are. */
	fixture_put(&f, fixture_run("deploy", 77, RUN_COMPLETED));
	ck_assert_uint_eq(beyond(&more), 9000);
	tell(known + 1, true);
	ck_assert_uint_eq(beyond(&more), 0);
	ck_assert(more);
	fixture_close(&f);
}
END_TEST

START_TEST(a_filter_counts_only_what_it_has_seen)
{
	bool more;
	open_set(&f, "night");
	tell(100000, true);
	size_t runs = model_runs(f.model, &more);
	ck_assert_uint_ge(runs, 100000);
	ck_assert(more);
	press(&f, "/ \"deploy\" Enter");
	ck_assert_uint_eq(beyond(&more), 0);
	ck_assert(!more);
	/* The title is of all. */
	ck_assert_uint_eq(model_runs(f.model, &more), runs);
	ck_assert(more);
	fixture_close(&f);
}
END_TEST

static void end_page(struct view next, int64_t n, enum run_status status)
{
	uint64_t request = fixture_last(&f, EFFECT_PAGE)->request;
	struct msg page = { .kind = MSG_PAGE, .request = request, .page = { .begins = true } };
	struct msg done = { .kind = MSG_DONE, .request = request };
	fixture_send(&f, page);
	for (int64_t i = 0; i < n; i++)
		fixture_put(&f, fixture_run("old", (int)(900 + i), status));
	page.page = (struct msg_page){ .next = next };
	fixture_send(&f, page);
	fixture_send(&f, done);
}

START_TEST(the_history_reads_what_is_not_on_the_board)
{
	open_set(&f, "night");
	tell(0, true);
	press(&f, "H / \"status:failed workflow:old\" Enter");
	const struct effect *e = fixture_last(&f, EFFECT_PAGE);
	ck_assert_ptr_nonnull(e);
	ck_assert(view_is(e->text, "status:failed workflow:old"));
	ck_assert_uint_eq(e->path.len, 0);
	ck_assert_uint_eq(f.model->runs.runs.len, 0);
	end_page(VIEW("c1"), 2, RUN_FAILED);
	ck_assert_uint_eq(f.model->runs.runs.len, 2);
	ck_assert(view_is(fixture_last(&f, EFFECT_PAGE)->path, "c1"));
	size_t asked = fixture_asked(&f, EFFECT_PAGE);
	end_page(VIEW(""), 3, RUN_FAILED);
	ck_assert_uint_eq(f.model->runs.runs.len, 3);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_PAGE), asked);
	ck_assert(older_is_over(&f.model->runs.older));
	/* Nobody has to take them as newcomers. */
	for (int lane = 0; lane < BOARD_LANES; lane++)
		ck_assert_uint_eq(f.model->board.lanes[lane].fresh, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(failed_runs_are_looked_for_behind_many_that_completed)
{
	int64_t counts[LANES] = { 0 };
	bool at_least[LANES] = { [LANE_COMPLETED] = true, [LANE_FAILED] = true }, more;
	struct msg msg = { .kind = MSG_COUNTS, .counts = { counts, at_least } };
	open_set(&f, "empty");
	fixture_send(&f, msg);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_PAGE), 1);
	ck_assert(view_is(fixture_last(&f, EFFECT_PAGE)->text, "status:failed,timed_out,rejected,error"));
	end_page(VIEW(""), 2, RUN_FAILED);
	ck_assert_uint_eq(model_beyond(f.model, LANE_FAILED, &more), 0);
	ck_assert(!more);
	ck_assert_uint_eq(board_count(f.model->cards, LANE_FAILED), 2);
	/* Once a connection. */
	fixture_send(&f, msg);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_PAGE), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(what_was_read_is_not_counted_twice)
{
	bool more;
	open_set(&f, "night");
	int64_t known = (int64_t)store_count_lane(f.store, LANE_COMPLETED);
	tell(known + 10, false);
	press(&f, "H G");
	end_page(VIEW("c1"), 4, RUN_COMPLETED);
	ck_assert_uint_eq(beyond(&more), 6);
	press(&f, "G");
	end_page(VIEW(""), 4, RUN_COMPLETED);
	ck_assert_uint_eq(beyond(&more), 0);
	ck_assert(!more);
	fixture_close(&f);
}
END_TEST

START_TEST(a_board_that_has_all_reads_nothing_more)
{
	open_set(&f, "night");
	tell(0, false);
	press(&f, "H G");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_PAGE), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_rare_word_is_not_looked_for_for_ever)
{
	open_set(&f, "night");
	tell(0, true);
	press(&f, "H / \"workflow:nowhere\" Enter");
	for (int i = 0; older_is_reading(&f.model->runs.older); i++) {
		ck_assert_int_lt(i, 100);
		end_page(VIEW("next"), 0, RUN_FAILED);
	}
	size_t asked = fixture_asked(&f, EFFECT_PAGE);
	press(&f, "j");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_PAGE), asked + 1);
	fixture_close(&f);
}
END_TEST

Suite *suite_counts(void);

Suite *suite_counts(void)
{
	Suite *s = suite_create("counts");
	TCase *t = tcase_create("counts");
	tcase_add_test(t, what_is_not_on_the_board_is_counted_until_it_is);
	tcase_add_test(t, a_filter_counts_only_what_it_has_seen);
	tcase_add_test(t, the_history_reads_what_is_not_on_the_board);
	tcase_add_test(t, failed_runs_are_looked_for_behind_many_that_completed);
	tcase_add_test(t, what_was_read_is_not_counted_twice);
	tcase_add_test(t, a_board_that_has_all_reads_nothing_more);
	tcase_add_test(t, a_rare_word_is_not_looked_for_for_ever);
	suite_add_tcase(s, t);
	return s;
}
