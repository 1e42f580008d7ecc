/* Whole sessions on the board: runs come, move and go, keys are pressed; the
 * selection, newcomers, marks and the filter. */
#include "lib/session.h"
#include "lib/unit.h"
#include "model/board_layout.h"

static struct fixture f;

static void close_set(void)
{
	fixture_close(&f);
}

static void mouse(enum mouse_button button, int row, int col)
{
	fixture_send(&f, (struct msg){ .kind = MSG_KEY,
				       .pressed = { .code = KEY_CODE_MOUSE, .button = button,
						    .row = row, .col = col } });
}

START_TEST(a_click_puts_the_cursor_on_a_card_and_the_next_opens_it)
{
	struct board_layout l;
	open_set(&f, "night");
	board_layout_make(f.model, board_layout_body(f.model), &l);
	struct rect failed = l.lane[LANE_FAILED];
	int row = failed.row + LANE_HEADER_ROWS + l.card_pitch;
	mouse(MOUSE_LEFT, row, failed.col + 3);
	ck_assert_int_eq(f.model->board.focus, LANE_FAILED);
	ck_assert(run_key_eq(board_selected(f.model), board_at(f.model->cards, LANE_FAILED, 1)));
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	mouse(MOUSE_LEFT, row, failed.col + 3);
	ck_assert_int_eq(screen_top(f.model), SCREEN_DETAIL);
	fixture_close(&f);
}
END_TEST

START_TEST(the_wheel_moves_in_the_lane_under_the_pointer_and_clicks_give_no_order)
{
	struct board_layout l;
	open_set(&f, "night");
	board_layout_make(f.model, board_layout_body(f.model), &l);
	mouse(MOUSE_WHEEL_DOWN, l.lane[LANE_COMPLETED].row + 5, l.lane[LANE_COMPLETED].col);
	ck_assert_int_eq(f.model->board.focus, LANE_COMPLETED);
	ck_assert_uint_eq(f.model->board.lanes[LANE_COMPLETED].index, 1);
	mouse(MOUSE_LEFT, l.lane[LANE_RUNNING].row, l.lane[LANE_RUNNING].col + 1);
	ck_assert_int_eq(f.model->board.focus, LANE_RUNNING);
	press(&f, "a");
	for (int row = 0; row < 24; row++)
		mouse(MOUSE_LEFT, row, 50);
	ck_assert_int_eq(screen_top(f.model), SCREEN_DECISION);
	ck_assert_uint_eq(f.model->orders.lines.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(newcomers_before_the_first_key_do_not_move_the_cursor_either)
{
	open_set(&f, "crowd");
	struct run_key before = board_selected(f.model);

	fixture_put(&f, fixture_run("deploy", 300, RUN_WAITING));
	fixture_put(&f, fixture_run("deploy", 301, RUN_RUNNING));
	ck_assert(run_key_is_set(before));
	ck_assert(run_key_eq(board_selected(f.model), before));
	close_set();
}
END_TEST

START_TEST(the_selected_card_stays_on_its_line_while_newcomers_come)
{
	open_set(&f, "crowd");
	press(&f, "2 j j j");
	const struct lane_state *l = &f.model->board.lanes[LANE_RUNNING];
	size_t line = l->index - l->top;

	fixture_happens(&f, "newcomers");
	ck_assert_uint_eq(l->index - l->top, line);
	close_set();
}
END_TEST

START_TEST(newcomers_are_counted_until_they_are_taken)
{
	open_set(&f, "three-runs");
	press(&f, "j");
	fixture_happens(&f, "newcomers");
	ck_assert_uint_eq(f.model->board.lanes[LANE_RUNNING].fresh, 3);
	press(&f, ".");
	ck_assert_uint_eq(f.model->board.lanes[LANE_RUNNING].fresh, 0);
	ck_assert_uint_eq(f.model->board.lanes[LANE_RUNNING].top, 0);
	close_set();
}
END_TEST

START_TEST(a_lane_keeps_its_number_when_folded)
{
	open_set(&f, "night");
	press(&f, "3 - 1 3");
	ck_assert_int_eq(f.model->board.focus, LANE_COMPLETED);
	ck_assert(f.model->board.lanes[LANE_COMPLETED].folded);
	close_set();
}
END_TEST

START_TEST(star_marks_all_that_match)
{
	open_set(&f, "night");
	press(&f, "/ \"workflow:deploy\" Enter *");
	ck_assert_uint_eq(f.model->board.marks.len, board_total(f.model->cards) -
				  board_count(f.model->cards, LANE_CANCELLED));
	press(&f, "*");
	ck_assert_uint_eq(f.model->board.marks.len, 0);
	close_set();
}
END_TEST

START_TEST(escape_while_typing_brings_the_old_filter_back)
{
	open_set(&f, "night");
	press(&f, "/ \"deploy\" Enter / \" zzz\" Esc");
	ck_assert_str_eq(str_text(&f.model->board.line.text), "deploy");
	ck_assert(!f.model->board.typing);
	ck_assert_uint_gt(board_total(f.model->cards), 0);
	close_set();
}
END_TEST

START_TEST(a_broken_filter_leaves_the_last_good_one_in_force)
{
	open_set(&f, "night");
	press(&f, "/ \"deploy\"");
	size_t total = board_total(f.model->cards);

	press(&f, "\" /(/\"");
	ck_assert_uint_gt(f.model->board.filter_error.len, 0);
	ck_assert_uint_eq(board_total(f.model->cards), total);
	press(&f, "Enter");
	ck_assert(f.model->board.typing);
	close_set();
}
END_TEST

START_TEST(up_and_down_walk_through_earlier_filters)
{
	open_set(&f, "night");
	press(&f, "/ Up");
	ck_assert_str_eq(str_text(&f.model->board.line.text), "workflow:deploy");
	press(&f, "Up");
	ck_assert_str_eq(str_text(&f.model->board.line.text), "status:failed");
	press(&f, "Down Down");
	ck_assert_str_eq(str_text(&f.model->board.line.text), "");
	close_set();
}
END_TEST

START_TEST(waiting_runs_stand_above_running_ones)
{
	open_set(&f, "night");
	for (size_t i = 0; i < 2; i++) {
		struct run_brief brief;

		ck_assert(store_brief(f.store, board_at(f.model->cards, LANE_RUNNING, i), &brief));
		ck_assert_int_eq(brief.status, RUN_WAITING);
	}
	close_set();
}
END_TEST

START_TEST(a_smaller_terminal_keeps_the_selected_card_in_sight)
{
	open_set(&f, "crowd");
	press(&f, "2 j j j j");
	fixture_send(&f, (struct msg){ .kind = MSG_RESIZE, .size = { 12, 40 } });
	const struct lane_state *l = &f.model->board.lanes[LANE_RUNNING];

	ck_assert_uint_le(l->top, l->index);
	ck_assert_uint_lt(l->index, l->top + (size_t)board_page(f.model));
	close_set();
}
END_TEST

START_TEST(an_outage_keeps_every_card)
{
	open_set(&f, "night");
	size_t total = board_total(f.model->cards);

	fixture_happens(&f, "down");
	fixture_wait(&f, 60000);
	ck_assert_uint_eq(board_total(f.model->cards), total);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 0);
	close_set();
}
END_TEST

Suite *suite_session_board(void);

Suite *suite_session_board(void)
{
	Suite *s = suite_create("session_board");
	TCase *t = tcase_create("board");

	tcase_add_test(t, a_click_puts_the_cursor_on_a_card_and_the_next_opens_it);
	tcase_add_test(t, the_wheel_moves_in_the_lane_under_the_pointer_and_clicks_give_no_order);
	tcase_add_test(t, newcomers_before_the_first_key_do_not_move_the_cursor_either);
	tcase_add_test(t, the_selected_card_stays_on_its_line_while_newcomers_come);
	tcase_add_test(t, newcomers_are_counted_until_they_are_taken);
	tcase_add_test(t, a_lane_keeps_its_number_when_folded);
	tcase_add_test(t, star_marks_all_that_match);
	tcase_add_test(t, escape_while_typing_brings_the_old_filter_back);
	tcase_add_test(t, a_broken_filter_leaves_the_last_good_one_in_force);
	tcase_add_test(t, up_and_down_walk_through_earlier_filters);
	tcase_add_test(t, waiting_runs_stand_above_running_ones);
	tcase_add_test(t, a_smaller_terminal_keeps_the_selected_card_in_sight);
	tcase_add_test(t, an_outage_keeps_every_card);
	suite_add_tcase(s, t);
	return s;
}
