/* Lanes count what their contexts have, not only what is on the board. */
#include "lib/fixture.h"
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
	ck_assert(fixture_open(&f, "night", 24, 100));
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
	ck_assert(fixture_open(&f, "night", 24, 100));
	tell(100000, true);
	ck_assert(fixture_keys(&f, "/ \"deploy\" Enter"));
	ck_assert_uint_eq(beyond(&more), 0);
	ck_assert(!more);
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
	suite_add_tcase(s, t);
	return s;
}
