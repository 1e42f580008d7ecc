/* The board's cursor, marks and filter. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

static void open_night(void)
{
	ck_assert(fixture_open(&f, "night", 24, 80));
}

static void close_all(void)
{
	fixture_close(&f);
}

static bool selected_is(const char *short_id)
{
	return run_key_eq(board_selected(f.model), fixture_find(&f, short_id));
}

static const struct lane_state *lane(int id)
{
	return &f.model->board.lanes[id];
}

START_TEST(the_cursor_begins_on_the_most_urgent_waiting_run)
{
	ck_assert_int_eq(f.model->board.focus, LANE_RUNNING);
	ck_assert(selected_is("a1c003"));
}
END_TEST

START_TEST(a_newcomer_never_moves_the_cursor_off_its_card_and_is_counted)
{
	size_t top;

	press(&f, "3 j");
	struct run_key before = board_selected(f.model);
	struct run_facts run = fixture_run("order", 50, RUN_COMPLETED);

	top = lane(LANE_COMPLETED)->top;
	run.ended_ms = FIXTURE_NOW;
	fixture_put(&f, run);
	ck_assert(run_key_eq(board_selected(f.model), before));
	ck_assert_uint_eq(lane(LANE_COMPLETED)->fresh, 1);
	ck_assert_uint_eq(lane(LANE_COMPLETED)->index, 2);
	ck_assert_uint_eq(lane(LANE_COMPLETED)->top, top + 1);
	press(&f, ".");
	ck_assert_uint_eq(lane(LANE_COMPLETED)->fresh, 0);
	ck_assert_uint_eq(lane(LANE_COMPLETED)->top, 0);
}
END_TEST

/* As when a server comes back without what it had. */
START_TEST(a_lane_whose_cards_were_all_replaced_shows_the_new_ones)
{
	press(&f, "2 j");
	while (board_count(f.model->cards, LANE_RUNNING) > 0)
		fixture_remove(&f, board_at(f.model->cards, LANE_RUNNING, 0));
	for (int i = 50; i < 70; i++)
		fixture_put(&f, fixture_run("order", i, RUN_RUNNING));
	size_t count = board_count(f.model->cards, LANE_RUNNING);
	ck_assert_uint_ge(count, 20);
	ck_assert_uint_le(lane(LANE_RUNNING)->top + (size_t)board_page(f.model), count);
	ck_assert_uint_le(lane(LANE_RUNNING)->fresh, count);
}
END_TEST

START_TEST(what_is_in_view_are_the_cards_that_are_drawn)
{
	struct run_key keys[64];
	size_t all = board_in_view(f.model, keys, 64), cards = 0;

	for (int i = 0; i < BOARD_LANES; i++) {
		size_t n = board_count(f.model->cards, i), page = (size_t)board_page(f.model);
		bool drawn = lane(i)->shown && !lane(i)->folded;

		cards += !drawn ? 0 : n < page ? n : page;
	}
	ck_assert_uint_eq(all, cards);
	ck_assert_uint_eq(board_in_view(f.model, keys, 3), 3);
	press(&f, "z");	/* large cards: fewer */
	ck_assert_uint_lt(board_in_view(f.model, keys, 64), all);
}
END_TEST

START_TEST(a_newcomer_in_another_lane_is_not_counted)
{
	press(&f, "3");
	fixture_put(&f, fixture_run("order", 51, RUN_FAILED));
	ck_assert_uint_eq(lane(LANE_FAILED)->fresh, 0);
}
END_TEST

START_TEST(the_cursor_goes_with_its_run_to_another_lane)
{
	struct run_facts run;

	press(&f, "2 j j");
	ck_assert(selected_is("a2501e"));
	run = fixture_run("deploy", 10, RUN_FAILED);
	fixture_put(&f, run);
	ck_assert_int_eq(f.model->board.focus, LANE_FAILED);
	ck_assert(selected_is("a2501e"));
}
END_TEST

START_TEST(when_the_run_leaves_the_board_nothing_is_selected_until_the_next_step)
{
	press(&f, "2 j j");
	fixture_remove(&f, board_selected(f.model));
	ck_assert(!run_key_is_set(board_selected(f.model)));
	press(&f, "c");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	press(&f, "j");
	ck_assert(selected_is("a26021"));
}
END_TEST

START_TEST(there_is_no_wrapping_round)
{
	press(&f, "1 h h k k");
	ck_assert_int_eq(f.model->board.focus, LANE_PENDING);
	ck_assert_uint_eq(lane(LANE_PENDING)->index, 0);
	press(&f, "G j l l l l l");
	ck_assert_int_eq(f.model->board.focus, LANE_FAILED);
}
END_TEST

START_TEST(a_lane_that_is_hidden_is_shown_by_its_number)
{
	ck_assert(!lane(LANE_CANCELLED)->shown);
	press(&f, "5");
	ck_assert(lane(LANE_CANCELLED)->shown);
	ck_assert_int_eq(f.model->board.focus, LANE_CANCELLED);
}
END_TEST

START_TEST(no_order_goes_to_a_card_in_a_folded_lane)
{
	press(&f, "2");
	ck_assert(run_key_is_set(board_selected(f.model)));
	press(&f, "- c");
	ck_assert(!run_key_is_set(board_selected(f.model)));
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_str_eq(str_text(&f.model->notice.text), "No run is in focus.");
	press(&f, "Enter c");
	ck_assert_int_eq(screen_top(f.model), SCREEN_DECISION);
}
END_TEST

START_TEST(a_folded_lane_keeps_its_number_and_unfolds_by_enter)
{
	press(&f, "1 -");
	ck_assert(lane(LANE_PENDING)->folded);
	press(&f, "2 1");
	ck_assert_int_eq(f.model->board.focus, LANE_PENDING);
	press(&f, "Enter");
	ck_assert(!lane(LANE_PENDING)->folded);
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
}
END_TEST

START_TEST(the_filter_is_live_and_a_wrong_one_leaves_the_last_in_force)
{
	press(&f, "/ \"workflow:deploy\"");
	ck_assert_uint_eq(board_total(f.model->cards), 5);
	press(&f, "\" /(\"");
	ck_assert_uint_eq(board_total(f.model->cards), 5);
	ck_assert_uint_gt(f.model->board.filter_error.len, 0);
	press(&f, "Esc");
	ck_assert_uint_eq(board_total(f.model->cards), 20);
	ck_assert_uint_eq(f.model->board.line.text.len, 0);
}
END_TEST

START_TEST(what_a_filter_finds_in_another_lane_gets_the_cursor)
{
	press(&f, "1 / \"status:failed\"");
	ck_assert_int_eq(f.model->board.focus, LANE_PENDING);
	press(&f, "Enter");
	ck_assert_int_eq(f.model->board.focus, LANE_FAILED);
	ck_assert(run_key_is_set(board_selected(f.model)));
}
END_TEST

START_TEST(enter_keeps_the_filter_and_remembers_it)
{
	press(&f, "/ \"workflow:deploy\" Enter");
	ck_assert(!f.model->board.typing);
	ck_assert(view_is(fixture_last(&f, EFFECT_REMEMBER)->text, "workflow:deploy"));
	press(&f, "/ Ctrl-U Up");
	ck_assert_str_eq(str_text(&f.model->board.line.text), "workflow:deploy");
}
END_TEST

START_TEST(letters_in_the_filter_give_no_orders)
{
	press(&f, "/ \"caq\"");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 0);
	ck_assert_str_eq(str_text(&f.model->board.line.text), "caq");
}
END_TEST

START_TEST(escape_clears_marks_first_then_the_filter)
{
	press(&f, "/ \"workflow:deploy\" Enter *");
	ck_assert_uint_gt(f.model->board.marks.len, 0);
	press(&f, "Esc");
	ck_assert_uint_eq(f.model->board.marks.len, 0);
	ck_assert_uint_gt(f.model->board.line.text.len, 0);
	press(&f, "Esc");
	ck_assert_uint_eq(f.model->board.line.text.len, 0);
}
END_TEST

START_TEST(marks_that_a_filter_hides_are_cleared)
{
	press(&f, "2 Space Space");
	ck_assert_uint_eq(f.model->board.marks.len, 2);
	press(&f, "/ \"workflow:deploy\" Enter");
	ck_assert_uint_eq(f.model->board.marks.len, 1);
}
END_TEST

START_TEST(marking_all_marks_what_is_shown_and_again_nothing)
{
	press(&f, "/ \"status:failed,timed_out\" Enter *");
	ck_assert_uint_eq(f.model->board.marks.len, 2);
	press(&f, "*");
	ck_assert_uint_eq(f.model->board.marks.len, 0);
}
END_TEST

START_TEST(the_next_card_that_moved_is_found)
{
	press(&f, "1");
	fixture_put(&f, fixture_run("deploy", 10, RUN_FAILED));
	press(&f, "'");
	ck_assert(selected_is("a2501e"));
	press(&f, "'");
	ck_assert(selected_is("a2501e"));
}
END_TEST

START_TEST(q_quits_and_ctrl_c_asks)
{
	press(&f, "Ctrl-C");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 0);
	ck_assert_int_eq(screen_top(f.model), SCREEN_QUIT);
	press(&f, "Esc q");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 1);
}
END_TEST

START_TEST(a_board_that_stands_still_asks_for_no_ticks)
{
	struct fixture still;

	ck_assert(fixture_open(&still, "empty", 24, 80));
	ck_assert_int_eq(model_due_ms(still.model), 0);
	fixture_close(&still);
}
END_TEST

START_TEST(a_board_of_old_cards_wakes_once_a_minute)
{
	struct fixture old;
	struct run_facts run = fixture_run("order", 3, RUN_COMPLETED);

	ck_assert(fixture_open(&old, "empty", 24, 80));
	run.ended_ms = old.now_ms - 90 * 1000;
	fixture_put(&old, run);
	int64_t minute = old.now_ms - old.now_ms % 60000 + 60000;
	ck_assert_int_eq(model_due_ms(old.model), minute);
	run.ended_ms = old.now_ms - 3 * 1000;
	fixture_put(&old, run);
	ck_assert_int_eq(model_due_ms(old.model), minute);
	run = fixture_run("order", 4, RUN_RUNNING);
	run.started_ms = old.now_ms - 1500;
	fixture_put(&old, run);
	ck_assert_int_eq(model_due_ms(old.model), old.now_ms + 500);
	fixture_close(&old);
}
END_TEST

START_TEST(a_board_wakes_when_a_run_begins_to_take_longer_than_most)
{
	struct fixture slow;
	struct run_facts run = fixture_run("order", 4, RUN_RUNNING);

	ck_assert(fixture_open(&slow, "empty", 24, 80));
	run.started_ms = slow.now_ms - 120 * 1000;
	run.expected_ms = 120 * 1000 + 700;
	fixture_put(&slow, run);
	ck_assert_int_eq(model_due_ms(slow.model), slow.now_ms + 701);
	run.status = RUN_WAITING;
	fixture_put(&slow, run);
	ck_assert_int_ne(model_due_ms(slow.model), slow.now_ms + 701);
	fixture_close(&slow);
}
END_TEST

Suite *suite_board_screen(void);
Suite *suite_board_screen(void)
{
	Suite *s = suite_create("board_screen");
	TCase *c = tcase_create("board_screen");

	tcase_add_checked_fixture(c, open_night, close_all);
	tcase_add_test(c, a_board_wakes_when_a_run_begins_to_take_longer_than_most);
	tcase_add_test(c, the_cursor_begins_on_the_most_urgent_waiting_run);
	tcase_add_test(c, a_newcomer_never_moves_the_cursor_off_its_card_and_is_counted);
	tcase_add_test(c, a_lane_whose_cards_were_all_replaced_shows_the_new_ones);
	tcase_add_test(c, what_is_in_view_are_the_cards_that_are_drawn);
	tcase_add_test(c, a_newcomer_in_another_lane_is_not_counted);
	tcase_add_test(c, the_cursor_goes_with_its_run_to_another_lane);
	tcase_add_test(c, when_the_run_leaves_the_board_nothing_is_selected_until_the_next_step);
	tcase_add_test(c, there_is_no_wrapping_round);
	tcase_add_test(c, a_lane_that_is_hidden_is_shown_by_its_number);
	tcase_add_test(c, a_folded_lane_keeps_its_number_and_unfolds_by_enter);
	tcase_add_test(c, no_order_goes_to_a_card_in_a_folded_lane);
	tcase_add_test(c, the_filter_is_live_and_a_wrong_one_leaves_the_last_in_force);
	tcase_add_test(c, enter_keeps_the_filter_and_remembers_it);
	tcase_add_test(c, what_a_filter_finds_in_another_lane_gets_the_cursor);
	tcase_add_test(c, letters_in_the_filter_give_no_orders);
	tcase_add_test(c, escape_clears_marks_first_then_the_filter);
	tcase_add_test(c, marks_that_a_filter_hides_are_cleared);
	tcase_add_test(c, marking_all_marks_what_is_shown_and_again_nothing);
	tcase_add_test(c, the_next_card_that_moved_is_found);
	tcase_add_test(c, q_quits_and_ctrl_c_asks);
	tcase_add_test(c, a_board_of_old_cards_wakes_once_a_minute);
	tcase_add_test(c, a_board_that_stands_still_asks_for_no_ticks);
	suite_add_tcase(s, c);
	return s;
}
