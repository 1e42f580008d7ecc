/* The log pane: keeping, following, filtering, searching. */
#include "logpane_scene.h"

#include "lib/unit.h"

START_TEST(opening_asks_for_the_log_of_that_attempt)
{
	struct scene s = scene_open();
	const struct effect *e = effects_find(&s.fx, EFFECT_LOG_OPEN);
	ck_assert_ptr_nonnull(e);
	ck_assert(view_is(e->log.task, "build"));
	ck_assert_int_eq(e->log.attempt, 1);
	ck_assert(e->log.follow);
	scene_close(&s);
}
END_TEST

START_TEST(following_shows_the_last_lines)
{
	struct scene s = scene_open();
	say_many(&s, 10);
	expect_first(&s, "line 6");
	say(&s, LOG_STREAM_STDOUT, "line 10");
	expect_first(&s, "line 7");
	scene_close(&s);
}
END_TEST

START_TEST(scrolling_up_leaves_the_end_and_new_lines_do_not_move_what_is_read)
{
	struct scene s = scene_open();
	say_many(&s, 10);
	act(&s, ACTION_UP);
	ck_assert(!s.pane.follow);
	expect_first(&s, "line 5");
	say(&s, LOG_STREAM_STDOUT, "later");
	expect_first(&s, "line 5");
	act(&s, ACTION_BOTTOM);
	ck_assert(s.pane.follow);
	expect_first(&s, "line 7");
	scene_close(&s);
}
END_TEST

START_TEST(paging_down_to_the_end_follows_again)
{
	struct scene s = scene_open();
	say_many(&s, 10);
	s.pane.at_start = true;
	act(&s, ACTION_TOP);
	expect_first(&s, "line 0");
	act(&s, ACTION_PAGE_DOWN);
	act(&s, ACTION_PAGE_DOWN);
	ck_assert(s.pane.follow);
	scene_close(&s);
}
END_TEST

START_TEST(streams_are_told_apart)
{
	struct scene s = scene_open();
	say(&s, LOG_STREAM_STDOUT, "out");
	say(&s, LOG_STREAM_STDERR, "err");
	ck_assert_uint_eq(s.pane.shown.len, 2);
	act(&s, ACTION_STDERR);
	ck_assert_uint_eq(s.pane.shown.len, 1);
	expect_first(&s, "err");
	say(&s, LOG_STREAM_STDOUT, "more out");
	ck_assert_uint_eq(s.pane.shown.len, 1);
	act(&s, ACTION_BOTH);
	ck_assert_uint_eq(s.pane.shown.len, 3);
	scene_close(&s);
}
END_TEST

START_TEST(a_level_keeps_the_trace_with_its_error)
{
	struct scene s = scene_open();
	say(&s, LOG_STREAM_STDERR, "INFO: up");
	say(&s, LOG_STREAM_STDERR, "ERROR: broken");
	say(&s, LOG_STREAM_STDERR, "  at main.c:3");
	say(&s, LOG_STREAM_STDERR, "INFO: going on");
	act(&s, ACTION_LEVEL);		/* info */
	ck_assert_uint_eq(s.pane.shown.len, 4);
	act(&s, ACTION_LEVEL);		/* warn */
	ck_assert_uint_eq(s.pane.shown.len, 2);
	act(&s, ACTION_LEVEL);		/* error */
	expect_first(&s, "ERROR: broken");
	act(&s, ACTION_LEVEL);		/* all again */
	ck_assert_uint_eq(s.pane.shown.len, 4);
	scene_close(&s);
}
END_TEST

START_TEST(a_line_without_a_level_is_information_whatever_stands_before_it)
{
	struct scene s = scene_open();
	say(&s, LOG_STREAM_STDOUT, "compiling");
	say(&s, LOG_STREAM_STDOUT, "DEBUG: flags");
	say(&s, LOG_STREAM_STDOUT, "WARN: slow");
	say(&s, LOG_STREAM_STDOUT, "linking");
	act(&s, ACTION_LEVEL);		/* info */
	ck_assert_uint_eq(s.pane.shown.len, 3);
	act(&s, ACTION_LEVEL);		/* warn */
	ck_assert_uint_eq(s.pane.shown.len, 1);
	expect_first(&s, "WARN: slow");
	scene_close(&s);
}
END_TEST

START_TEST(a_search_goes_along_to_the_next_task_but_not_to_another_run)
{
	struct scene s = scene_open();
	struct log_source source = { .key = { 1, 1 }, .task = VIEW("test"), .attempt = 1 };
	search(&s, "ok");
	logpane_open(s.model, &s.pane, &source, &s.fx);
	ck_assert_str_eq(str_text(&s.pane.needle), "ok");
	source.key = (struct run_key){ 1, 2 };
	logpane_open(s.model, &s.pane, &source, &s.fx);
	ck_assert_str_eq(str_text(&s.pane.needle), "");
	scene_close(&s);
}
END_TEST

START_TEST(a_search_counts_and_goes_from_match_to_match)
{
	struct scene s = scene_open();
	for (int i = 0; i < 3; i++) {
		say_many(&s, 10);
		say(&s, LOG_STREAM_STDOUT, "Needle here");
	}
	s.pane.at_start = true;
	act(&s, ACTION_TOP);
	search(&s, "needle");
	ck_assert_uint_eq(s.pane.matches, 3);
	ck_assert_uint_eq(s.pane.match_number, 1);
	act(&s, ACTION_NEXT_MATCH);
	ck_assert_uint_eq(s.pane.match_number, 2);
	act(&s, ACTION_NEXT_MATCH);
	act(&s, ACTION_NEXT_MATCH);	/* stays on the last */
	ck_assert_uint_eq(s.pane.match_number, 3);
	act(&s, ACTION_PREV_MATCH);
	ck_assert_uint_eq(s.pane.match_number, 2);
	say(&s, LOG_STREAM_STDOUT, "another needle");
	ck_assert_uint_eq(s.pane.matches, 4);
	search(&s, "NEEDLE");		/* a capital is meant */
	ck_assert_uint_eq(s.pane.matches, 0);
	scene_close(&s);
}
END_TEST

START_TEST(a_search_that_is_typed_begins_where_the_pane_stood)
{
	struct scene s = scene_open();
	say_many(&s, 10);
	act(&s, ACTION_FILTER);
	lineedit_set(logpane_field(&s.pane), VIEW("line 7"));
	logpane_typed(&s.pane);
	ck_assert(!s.pane.follow);
	lineedit_set(logpane_field(&s.pane), VIEW("line 7x"));
	logpane_typed(&s.pane);
	ck_assert(s.pane.follow);
	lineedit_set(logpane_field(&s.pane), VIEW("line 8"));
	logpane_typed(&s.pane);
	logpane_end_typing(s.model, &s.pane, LOG_SEARCH_DROP, &s.fx);
	ck_assert(s.pane.follow);
	expect_first(&s, "line 6");
	scene_close(&s);
}
END_TEST

START_TEST(a_line_that_comes_in_pieces_is_one_line)
{
	struct scene s = scene_open();
	struct log_line_facts line = { .stream = LOG_STREAM_STDOUT, .text = VIEW("50 "),
				       .partial = 1 };
	struct msg msg = { .kind = MSG_LOG, .request = s.pane.request };
	msg.log = (struct msg_log){ .lines = &line, .len = 1, .state = LOG_FOLLOWING };
	logpane_arrive(s.model, &s.pane, &msg);
	say(&s, LOG_STREAM_STDOUT, "percent");
	ck_assert_uint_eq(s.pane.shown.len, 1);
	expect_first(&s, "50 percent");
	scene_close(&s);
}
END_TEST

START_TEST(older_lines_come_in_front_without_moving_what_is_read)
{
	struct scene s = scene_open();
	say_many(&s, 10);
	effects_clear(&s.fx);
	act(&s, ACTION_PAGE_UP);
	act(&s, ACTION_PAGE_UP);
	act(&s, ACTION_PAGE_UP);
	ck_assert_ptr_nonnull(effects_find(&s.fx, EFFECT_LOG_OLDER));
	struct log_line_facts lines[2] = { { .stream = LOG_STREAM_STDOUT, .text = VIEW("older 1") },
					   { .stream = LOG_STREAM_STDOUT, .text = VIEW("older 2") } };
	struct msg msg = { .kind = MSG_LOG, .request = s.pane.request };
	msg.log = (struct msg_log){ .lines = lines, .len = 2, .older = 1, .at_start = 1 };
	logpane_arrive(s.model, &s.pane, &msg);
	expect_first(&s, "line 0");
	effects_clear(&s.fx);
	act(&s, ACTION_TOP);
	expect_first(&s, "older 1");
	ck_assert_ptr_null(effects_find(&s.fx, EFFECT_LOG_OLDER));
	scene_close(&s);
}
END_TEST

/* The first line of a log that is too long to be had whole, and on from there. */
START_TEST(the_top_of_a_long_log_is_its_first_line_and_its_bottom_the_last)
{
	struct scene s = scene_open();
	uint64_t before = s.pane.request;
	say_many(&s, 10);
	effects_clear(&s.fx);
	act(&s, ACTION_TOP);
	const struct effect *e = effects_find(&s.fx, EFFECT_LOG_OPEN);
	ck_assert_ptr_nonnull(e);
	ck_assert(e->log.from_start);
	ck_assert_ptr_nonnull(effects_find(&s.fx, EFFECT_LOG_CLOSE));
	ck_assert_uint_ne(s.pane.request, before);
	arrive(&s, 0, 50, LOG_MORE);
	expect_first(&s, "line 0");
	ck_assert(!s.pane.follow);
	effects_clear(&s.fx);
	act(&s, ACTION_TOP);
	ck_assert_ptr_null(effects_find(&s.fx, EFFECT_LOG_OPEN));
	for (int i = 0; i < 30; i++)
		act(&s, ACTION_PAGE_DOWN);
	ck_assert_ptr_nonnull(effects_find(&s.fx, EFFECT_LOG_NEWER));
	ck_assert(!s.pane.follow);
	size_t seen = logpane_first(&s.pane, s.pane.height, 80);
	arrive(&s, 50, 50, LOG_MORE);
	ck_assert_uint_eq(logpane_first(&s.pane, s.pane.height, 80), seen);
	for (int i = 0; i < 60; i++)
		act(&s, ACTION_PAGE_DOWN);
	arrive(&s, 100, 10, LOG_EOF);
	ck_assert(!s.pane.more_below);
	for (int i = 0; i < 60; i++)
		act(&s, ACTION_PAGE_DOWN);
	ck_assert(s.pane.follow);
	scene_close(&s);
}
END_TEST

START_TEST(the_bottom_leads_back_to_the_end_that_was_not_read)
{
	struct scene s = scene_open();
	say_many(&s, 10);
	act(&s, ACTION_TOP);
	arrive(&s, 0, 50, LOG_MORE);
	effects_clear(&s.fx);
	act(&s, ACTION_BOTTOM);
	const struct effect *e = effects_find(&s.fx, EFFECT_LOG_OPEN);
	ck_assert_ptr_nonnull(e);
	ck_assert(!e->log.from_start);
	ck_assert(s.pane.follow);
	say_many(&s, 10);
	expect_first(&s, "line 6");
	scene_close(&s);
}
END_TEST

START_TEST(notes_stand_among_both_streams_and_in_neither_alone)
{
	struct scene s = scene_open();
	say(&s, LOG_STREAM_STDOUT, "out");
	say(&s, LOG_STREAM_NOTE, "stdout is cut here");
	ck_assert_uint_eq(s.pane.shown.len, 2);
	act(&s, ACTION_STDOUT);
	ck_assert_uint_eq(s.pane.shown.len, 1);
	act(&s, ACTION_BOTH);
	ck_assert_uint_eq(s.pane.shown.len, 2);
	scene_close(&s);
}
END_TEST

START_TEST(the_pane_never_grows_without_end)
{
	struct scene s = scene_open();
	for (int i = 0; i < LOGPANE_LINES_MAX + 10; i++)
		say(&s, LOG_STREAM_STDOUT, "x");
	ck_assert_uint_le(s.pane.rows.len, LOGPANE_LINES_MAX);
	ck_assert(s.pane.cut);
	scene_close(&s);
}
END_TEST

START_TEST(lines_of_another_request_are_ignored)
{
	struct scene s = scene_open();
	struct log_line_facts line = { .stream = LOG_STREAM_STDOUT, .text = VIEW("foreign") };
	struct msg msg = { .kind = MSG_LOG, .request = s.pane.request + 1 };
	msg.log = (struct msg_log){ .lines = &line, .len = 1 };
	logpane_arrive(s.model, &s.pane, &msg);
	ck_assert_uint_eq(s.pane.rows.len, 0);
	scene_close(&s);
}
END_TEST

START_TEST(a_match_beyond_the_edge_comes_into_sight)
{
	struct scene s = scene_open();
	struct str state = { 0 };
	say(&s, LOG_STREAM_STDOUT, "begin 3456789012345678901234567890 needle and more");
	say(&s, LOG_STREAM_STDOUT, "needle");
	search(&s, "needle");
	act(&s, ACTION_NEXT_MATCH);
	act(&s, ACTION_PREV_MATCH);
	ck_assert_int_gt(s.pane.sideways, 37 + 6 - 20);
	ck_assert_int_lt(s.pane.sideways, 37);
	logpane_add_state(&s.pane, &state);
	ck_assert_msg(view_find(view_of_str(&state), VIEW("  column "), 0) != SIZE_MAX, "%s",
		      str_text(&state));
	act(&s, ACTION_NEXT_MATCH);
	ck_assert_int_eq(s.pane.sideways, 0);
	str_release(&state);
	scene_close(&s);
}
END_TEST

START_TEST(a_search_that_is_dropped_leaves_the_pane_as_it_was)
{
	struct scene s = scene_open();
	say(&s, LOG_STREAM_STDOUT, "begin 3456789012345678901234567890 needle and more");
	act(&s, ACTION_RIGHT);
	act(&s, ACTION_FILTER);
	lineedit_set(&s.pane.line, VIEW("needle"));
	logpane_typed(&s.pane);
	ck_assert_int_gt(s.pane.sideways, 8);
	logpane_end_typing(s.model, &s.pane, LOG_SEARCH_DROP, &s.fx);
	ck_assert_int_eq(s.pane.sideways, 8);
	scene_close(&s);
}
END_TEST

START_TEST(a_pane_is_not_turned_beyond_its_longest_line)
{
	struct scene s = scene_open();
	say(&s, LOG_STREAM_STDOUT, "0123456789012345678901234");
	for (int i = 0; i < 9; i++)
		act(&s, ACTION_RIGHT);
	ck_assert_int_eq(s.pane.sideways, 8);
	scene_close(&s);
}
END_TEST

Suite *suite_logpane(void);

Suite *suite_logpane(void)
{
	Suite *suite = suite_create("logpane");
	TCase *tc = tcase_create("logpane");
	tcase_add_test(tc, opening_asks_for_the_log_of_that_attempt);
	tcase_add_test(tc, following_shows_the_last_lines);
	tcase_add_test(tc, scrolling_up_leaves_the_end_and_new_lines_do_not_move_what_is_read);
	tcase_add_test(tc, paging_down_to_the_end_follows_again);
	tcase_add_test(tc, streams_are_told_apart);
	tcase_add_test(tc, a_match_beyond_the_edge_comes_into_sight);
	tcase_add_test(tc, a_search_that_is_dropped_leaves_the_pane_as_it_was);
	tcase_add_test(tc, a_pane_is_not_turned_beyond_its_longest_line);
	tcase_add_test(tc, a_level_keeps_the_trace_with_its_error);
	tcase_add_test(tc, a_search_goes_along_to_the_next_task_but_not_to_another_run);
	tcase_add_test(tc, a_line_without_a_level_is_information_whatever_stands_before_it);
	tcase_add_test(tc, a_search_counts_and_goes_from_match_to_match);
	tcase_add_test(tc, a_search_that_is_typed_begins_where_the_pane_stood);
	tcase_add_test(tc, a_line_that_comes_in_pieces_is_one_line);
	tcase_add_test(tc, older_lines_come_in_front_without_moving_what_is_read);
	tcase_add_test(tc, the_top_of_a_long_log_is_its_first_line_and_its_bottom_the_last);
	tcase_add_test(tc, the_bottom_leads_back_to_the_end_that_was_not_read);
	tcase_add_test(tc, notes_stand_among_both_streams_and_in_neither_alone);
	tcase_add_test(tc, the_pane_never_grows_without_end);
	tcase_add_test(tc, lines_of_another_request_are_ignored);
	suite_add_tcase(suite, tc);
	return suite;
}
