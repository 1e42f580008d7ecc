/* The board's lanes. */
#include "lib/unit.h"

#include <string.h>

#include "core/board.h"
#include "scene.h"

static struct store *store;
static struct board *board;

static void open_board(void)
{
	store = store_new();
	board = board_new(store);
}

static void close_board(void)
{
	board_free(board);
	store_free(store);
}

static struct board_change put(const struct run_facts *run)
{
	struct change c = store_upsert(store, run);
	return board_apply(board, &c);
}

static struct board_change put_run(const char *workflow, int number, enum run_status status)
{
	struct run_facts run = scene_run(workflow, number, status);
	return put(&run);
}

static void set(const char *filter_text, enum board_sort sort, enum board_waiting waiting)
{
	struct filter *f = filter_parse(view_of(filter_text), NULL, NULL);
	ck_assert_ptr_nonnull(f);
	board_set(board, &(struct board_view){ f, { .now_ms = SCENE_NOW }, sort, waiting });
	filter_free(f);
}

static void work(void)
{
	while (board_work(board, 3))
		;
}

/* Last digits of the ids of a lane, "312". */
static const char *lane_text(int lane)
{
	static char text[64];
	struct arena arena = { 0 };
	size_t n = 0;
	for (; n < board_count(board, lane) && n < sizeof text - 1; n++) {
		struct run_facts run;
		struct run_key key = board_at(board, lane, n);
		int found_lane = -1;
		size_t index = 99;
		ck_assert(store_facts(store, key, &run, &arena));
		text[n] = run.id.ptr[run.id.len - 1];
		ck_assert(board_find(board, key, &found_lane, &index));
		ck_assert(found_lane == lane && index == n);
	}
	text[n] = '\0';
	arena_release(&arena);
	return text;
}

START_TEST(the_newest_stand_first_each_in_its_lane)
{
	put_run("a", 1, RUN_RUNNING);
	put_run("a", 2, RUN_PENDING);
	put_run("a", 3, RUN_RUNNING);
	put_run("a", 4, RUN_FAILED);
	put_run("a", 5, RUN_PENDING);
	ck_assert_str_eq(lane_text(LANE_RUNNING), "31");
	ck_assert_str_eq(lane_text(LANE_PENDING), "52");
	ck_assert_str_eq(lane_text(LANE_FAILED), "4");
	ck_assert_uint_eq(board_total(board), 5);
	ck_assert(!run_key_is_set(board_at(board, LANE_FAILED, 1)));
}
END_TEST

START_TEST(planned_runs_stand_with_the_next_one_first)
{
	put_run("a", 3, RUN_PLANNED);
	put_run("a", 1, RUN_PLANNED);
	ck_assert_str_eq(lane_text(LANE_PLANNED), "13");
}
END_TEST

START_TEST(waiting_runs_are_pinned_by_deadline_then_by_age)
{
	put_run("a", 9, RUN_RUNNING);
	put_run("a", 2, RUN_PAUSED);
	put_run("a", 5, RUN_WAITING);
	put_run("a", 4, RUN_WAITING);
	struct run_facts late = scene_run("a", 6, RUN_WAITING), soon = scene_run("a", 7, RUN_WAITING);
	late.waiting.deadline_ms = 90000;
	soon.waiting.deadline_ms = 80000;
	put(&late);
	put(&soon);
	ck_assert_str_eq(lane_text(LANE_RUNNING), "764529");
}
END_TEST

START_TEST(a_change_moves_the_card_and_says_from_where_to_where)
{
	put_run("a", 1, RUN_RUNNING);
	put_run("a", 2, RUN_RUNNING);
	struct board_change c = put_run("a", 3, RUN_RUNNING);
	ck_assert(!c.was && c.is && c.to == LANE_RUNNING && c.to_index == 0);
	c = put_run("a", 2, RUN_COMPLETED);
	ck_assert(c.was && c.is && c.from == LANE_RUNNING && c.from_index == 1 &&
		  c.to == LANE_COMPLETED && c.to_index == 0);
	struct run_facts run = scene_run("a", 1, RUN_RUNNING);
	run.title = VIEW("other words");
	c = put(&run);
	ck_assert(c.was && c.is && c.from_index == 1 && c.to_index == 1);
	struct change gone = store_remove(store, c.key);
	c = board_apply(board, &gone);
	ck_assert(c.was && !c.is && c.from_index == 1);
	ck_assert(!board_shows(board, c.key));
	ck_assert_str_eq(lane_text(LANE_RUNNING), "3");
}
END_TEST

START_TEST(waiting_runs_may_have_a_lane_of_their_own)
{
	put_run("a", 1, RUN_RUNNING);
	put_run("a", 2, RUN_WAITING);
	set("", BOARD_SORT_TIME, BOARD_WAITING_OWN_LANE);
	work();
	ck_assert_str_eq(lane_text(BOARD_WAITING), "2");
	ck_assert_str_eq(lane_text(LANE_RUNNING), "1");
	put_run("a", 1, RUN_WAITING);
	ck_assert_str_eq(lane_text(BOARD_WAITING), "12");
	ck_assert_str_eq(board_lane_title(BOARD_WAITING), "Waiting");
}
END_TEST

START_TEST(the_old_content_stays_until_the_new_one_is_complete)
{
	for (int i = 1; i <= 9; i++)
		put_run(i % 2 ? "odd" : "even", i, RUN_RUNNING);
	set("workflow:odd", BOARD_SORT_TIME, BOARD_WAITING_PINNED);
	uint64_t turn = board_turn(board);
	ck_assert(board_work(board, 4));
	ck_assert(board_is_busy(board));
	ck_assert_str_eq(lane_text(LANE_RUNNING), "987654321");
	put_run("even", 1, RUN_RUNNING);	/* leaves the new content */
	put_run("odd", 8, RUN_RUNNING);		/* not scanned yet */
	ck_assert_str_eq(lane_text(LANE_RUNNING), "987654321");
	work();
	ck_assert_str_eq(lane_text(LANE_RUNNING), "98753");
	ck_assert_uint_eq(board_turn(board), turn + 1);
	ck_assert(!board_is_busy(board));
}
END_TEST

START_TEST(a_run_that_stops_matching_leaves_the_board)
{
	set("workflow:a", BOARD_SORT_TIME, BOARD_WAITING_PINNED);
	work();
	struct board_change c = put_run("b", 1, RUN_RUNNING);
	ck_assert(!c.was && !c.is);
	c = put_run("a", 1, RUN_RUNNING);
	ck_assert(!c.was && c.is);
	c = put_run("b", 1, RUN_RUNNING);
	ck_assert(c.was && !c.is);
	ck_assert_uint_eq(board_total(board), 0);
}
END_TEST

START_TEST(sorting_by_workflow_groups_and_takes_new_names_in_place)
{
	set("", BOARD_SORT_WORKFLOW, BOARD_WAITING_PINNED);
	work();
	put_run("m", 1, RUN_RUNNING);
	put_run("z", 2, RUN_RUNNING);
	put_run("a", 3, RUN_RUNNING);
	put_run("m", 4, RUN_RUNNING);
	put_run("c", 5, RUN_RUNNING);
	put_run("b", 6, RUN_RUNNING);
	put_run("z", 7, RUN_WAITING);
	ck_assert_str_eq(lane_text(LANE_RUNNING), "7365412");
}
END_TEST

START_TEST(many_names_between_two_keep_their_order)
{
	char name[100] = "m";
	set("", BOARD_SORT_WORKFLOW, BOARD_WAITING_PINNED);
	work();
	struct run_facts run = scene_run("n", 1, RUN_RUNNING);
	put(&run);
	for (int i = 0; i < 90; i++) {
		char id[20];
		snprintf(id, sizeof id, "n%d", i);
		name[i + 1] = 'z';
		run.id = view_of(id);
		run.workflow = view_of(name);
		put(&run);
	}
	struct arena arena = { 0 };
	for (size_t i = 0; i + 1 < 91; i++) {
		struct run_facts a, b;
		store_facts(store, board_at(board, LANE_RUNNING, i), &a, &arena);
		store_facts(store, board_at(board, LANE_RUNNING, i + 1), &b, &arena);
		ck_assert_int_lt(view_cmp(a.workflow, b.workflow), 0);
	}
	arena_release(&arena);
}
END_TEST

START_TEST(sorting_by_duration_puts_the_longest_first)
{
	struct run_facts a = scene_run("a", 1, RUN_COMPLETED), b = scene_run("a", 2, RUN_COMPLETED);
	b.ended_ms += 5000;
	put(&a);
	put(&b);
	put_run("a", 3, RUN_RUNNING);
	put_run("a", 4, RUN_RUNNING);
	set("", BOARD_SORT_DURATION, BOARD_WAITING_PINNED);
	work();
	ck_assert_str_eq(lane_text(LANE_COMPLETED), "21");
	ck_assert_str_eq(lane_text(LANE_RUNNING), "34");
	set("", BOARD_SORT_URGENCY, BOARD_WAITING_PINNED);
	work();
	ck_assert_str_eq(lane_text(LANE_COMPLETED), "21");
	ck_assert_str_eq(lane_text(LANE_RUNNING), "34");
}
END_TEST

START_TEST(a_timed_filter_matches_again_when_the_clock_is_set)
{
	put_run("a", 1, RUN_RUNNING);
	set("duration>1h", BOARD_SORT_TIME, BOARD_WAITING_PINNED);
	work();
	ck_assert_uint_eq(board_total(board), 0);
	board_set_now(board, SCENE_NOW + 3600000);
	ck_assert(board_is_busy(board));
	work();
	ck_assert_uint_eq(board_total(board), 1);
	set("a", BOARD_SORT_TIME, BOARD_WAITING_PINNED);
	work();
	board_set_now(board, SCENE_NOW);
	ck_assert(!board_is_busy(board));
}
END_TEST

static struct run_facts churn_run(int n, uint32_t dice)
{
	static char ids[3000][12];
	snprintf(ids[n], sizeof ids[n], "c%d", n);
	struct run_facts run = scene_run(dice % 5 ? "one" : "two", 1,
					 (enum run_status)(dice / 7 % RUN_STATUSES));
	run.id = view_of(ids[n]);
	run.created_ms = 1 + (int64_t)(dice % 997);
	run.started_ms = run.created_ms + 1;
	run.ended_ms = run_status_is_open(run.status) ? 0 : run.started_ms + 1;
	return run;
}

/* Against a board that is made anew from the same store. */
static void assert_like_new(const char *filter_text, enum board_sort sort)
{
	struct board *fresh = board_new(store);
	struct filter *f = filter_parse(view_of(filter_text), NULL, NULL);
	board_set(fresh, &(struct board_view){ f, { .now_ms = SCENE_NOW }, sort,
					       BOARD_WAITING_PINNED });
	while (board_work(fresh, 1000))
		;
	ck_assert_uint_eq(board_total(fresh), board_total(board));
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		ck_assert_uint_eq(board_count(fresh, lane), board_count(board, lane));
		for (size_t i = 0; i < board_count(fresh, lane); i++)
			ck_assert(run_key_eq(board_at(fresh, lane, i), board_at(board, lane, i)));
	}
	filter_free(f);
	board_free(fresh);
}

START_TEST(after_thousands_of_changes_the_board_is_as_if_made_anew)
{
	static const char *const filters[] = { "", "workflow:one", "-status:failed" };
	enum board_sort sort = (enum board_sort)(_i % BOARD_SORTS);
	uint32_t dice = 12345 + (uint32_t)_i;
	set(filters[_i % 3], sort, BOARD_WAITING_PINNED);
	for (int n = 0; n < 12000; n++) {
		dice = dice * 1664525 + 1013904223;
		struct run_facts run = churn_run((int)(dice >> 8) % 3000, dice >> 5);
		struct run_key key = store_key(store, 0, run.id);
		bool remove = dice >> 28 == 0 && run_key_is_set(key);
		struct change c = remove ? store_remove(store, key) : store_upsert(store, &run);
		board_apply(board, &c);
		if (n % 100 == 0)
			board_work(board, 50);
	}
	work();
	assert_like_new(filters[_i % 3], sort);
}
END_TEST

START_TEST(a_board_over_a_store_that_has_runs_takes_them_in)
{
	put_run("a", 1, RUN_RUNNING);
	board_free(board);
	board = board_new(store);
	work();
	ck_assert_str_eq(lane_text(LANE_RUNNING), "1");
}
END_TEST

START_TEST(orders_read_back_from_their_names)
{
	for (int i = 0; i < BOARD_SORTS; i++) {
		enum board_sort s = BOARD_SORTS;
		ck_assert(board_sort_parse(view_of(board_sort_name((enum board_sort)i)), &s));
		ck_assert_int_eq(s, i);
	}
}
END_TEST

unit_suite_fn suite_board;

Suite *suite_board(void)
{
	Suite *s = suite_create("board");
	TCase *c = tcase_create("board");
	tcase_add_checked_fixture(c, open_board, close_board);
	tcase_add_test(c, the_newest_stand_first_each_in_its_lane);
	tcase_add_test(c, planned_runs_stand_with_the_next_one_first);
	tcase_add_test(c, waiting_runs_are_pinned_by_deadline_then_by_age);
	tcase_add_test(c, a_change_moves_the_card_and_says_from_where_to_where);
	tcase_add_test(c, waiting_runs_may_have_a_lane_of_their_own);
	tcase_add_test(c, the_old_content_stays_until_the_new_one_is_complete);
	tcase_add_test(c, a_run_that_stops_matching_leaves_the_board);
	tcase_add_test(c, sorting_by_workflow_groups_and_takes_new_names_in_place);
	tcase_add_test(c, many_names_between_two_keep_their_order);
	tcase_add_test(c, sorting_by_duration_puts_the_longest_first);
	tcase_add_test(c, a_timed_filter_matches_again_when_the_clock_is_set);
	tcase_add_loop_test(c, after_thousands_of_changes_the_board_is_as_if_made_anew, 0, 8);
	tcase_add_test(c, a_board_over_a_store_that_has_runs_takes_them_in);
	tcase_add_test(c, orders_read_back_from_their_names);
	suite_add_tcase(s, c);
	return s;
}
