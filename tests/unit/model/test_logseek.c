/* Searching beyond the lines that the pane has: what is asked, and the window around
 * what was found. */
#include "logpane_scene.h"

#include "lib/unit.h"

/* The last lines of a long log: nothing of them is the first. */
static struct scene long_log(void)
{
	struct scene s = scene_open();
	say_many(&s, 10);
	s.pane.at_start = false;
	effects_clear(&s.fx);
	return s;
}

static const struct effect *asked(struct scene *s)
{
	const struct effect *e = effects_find(&s->fx, EFFECT_LOG_SEARCH);
	ck_assert_ptr_nonnull(e);
	ck_assert_uint_eq(e->request, s->pane.request);
	return e;
}

static void window(struct scene *s, const char *last)
{
	struct log_line_facts lines[] = {
		{ .stream = LOG_STREAM_STDOUT, .text = VIEW("in front 1") },
		{ .stream = LOG_STREAM_STDOUT, .text = VIEW("in front 2") },
		{ .stream = LOG_STREAM_STDOUT, .text = view_of(last) },
	};
	struct msg msg = { .kind = MSG_LOG, .request = s->pane.request };
	msg.log = (struct msg_log){ .lines = lines, .len = 3, .state = LOG_MORE, .window = true };
	logpane_arrive(s->model, &s->pane, &msg);
}

static void none(struct scene *s, enum outcome outcome, const char *why)
{
	struct msg msg = { .kind = MSG_SEARCHED, .request = s->pane.request };
	msg.done = (struct msg_done){ .outcome = outcome, .text = view_of(why) };
	logpane_arrive(s->model, &s->pane, &msg);
}

static void expect_state(struct scene *s, const char *part)
{
	struct str text = { 0 };
	logpane_add_state(&s->pane, &text);
	ck_assert_msg(strstr(str_text(&text), part) != NULL, "%s", str_text(&text));
	str_release(&text);
}

static void expect_notice(struct scene *s, const char *words)
{
	ck_assert_str_eq(str_text(&s->model->notice.text), words);
}

START_TEST(what_is_not_among_the_last_lines_is_searched_further_up)
{
	struct scene s = long_log();
	search(&s, "needle");
	const struct effect *e = asked(&s);
	ck_assert(view_is(e->text, "needle"));
	ck_assert(e->log.back && !e->log.exact && !e->log.from_start);
	ck_assert_int_eq(e->log.streams, LOG_STREAM_BOTH);
	expect_state(&s, "searching ... Esc stops");
	window(&s, "a needle");
	expect_first(&s, "in front 2");
	ck_assert(s.pane.has_match && !s.pane.follow && s.pane.more_below);
	expect_state(&s, "1/1+");
	scene_close(&s);
}
END_TEST

START_TEST(the_window_goes_on_in_both_directions)
{
	struct scene s = long_log();
	search(&s, "needle");
	window(&s, "a needle");
	arrive(&s, 100, 50, LOG_MORE);
	ck_assert_uint_eq(s.pane.rows.len, 53);
	expect_first(&s, "in front 2");
	effects_clear(&s.fx);
	act(&s, ACTION_UP);
	ck_assert_ptr_nonnull(effects_find(&s.fx, EFFECT_LOG_OLDER));
	effects_clear(&s.fx);
	act(&s, ACTION_NEXT_MATCH);
	ck_assert(!asked(&s)->log.back);
	none(&s, OUTCOME_OK, "");
	expect_notice(&s, "No match further down.");
	expect_first(&s, "in front 1");
	effects_clear(&s.fx);
	act(&s, ACTION_PREV_MATCH);
	ck_assert(asked(&s)->log.back);
	none(&s, OUTCOME_OK, "");
	expect_notice(&s, "No match further up.");
	scene_close(&s);
}
END_TEST

START_TEST(what_is_here_whole_is_not_asked_for)
{
	struct scene s = long_log();
	s.pane.at_start = true;
	search(&s, "needle");
	ck_assert_ptr_null(effects_find(&s.fx, EFFECT_LOG_SEARCH));
	expect_notice(&s, "No match further up.");
	expect_state(&s, "no match");
	act(&s, ACTION_NEXT_ERROR);
	ck_assert_ptr_null(effects_find(&s.fx, EFFECT_LOG_SEARCH));
	expect_notice(&s, "No error further down.");
	scene_close(&s);
}
END_TEST

START_TEST(a_search_asks_for_what_is_shown_and_for_capitals_as_they_stand)
{
	struct scene s = long_log();
	act(&s, ACTION_STDERR);
	act(&s, ACTION_LEVEL);
	act(&s, ACTION_LEVEL);
	search(&s, "Needle");
	const struct effect *e = asked(&s);
	ck_assert(e->log.exact);
	ck_assert_int_eq(e->log.streams, LOG_STREAM_STDERR);
	ck_assert(view_is(e->log.level, "warn"));
	/* What would be shown is another now. */
	effects_clear(&s.fx);
	act(&s, ACTION_BOTH);
	ck_assert_ptr_nonnull(effects_find(&s.fx, EFFECT_LOG_SEARCH_END));
	ck_assert_int_eq(s.pane.quest, LOG_QUEST_NONE);
	scene_close(&s);
}
END_TEST

START_TEST(a_search_that_is_stopped_leaves_what_was_here)
{
	struct scene s = long_log();
	search(&s, "needle");
	effects_clear(&s.fx);
	ck_assert(logpane_stop(&s.pane, &s.fx));
	ck_assert_ptr_nonnull(effects_find(&s.fx, EFFECT_LOG_SEARCH_END));
	ck_assert(!logpane_stop(&s.pane, &s.fx));
	expect_first(&s, "line 6");
	ck_assert(s.pane.follow);
	scene_close(&s);
}
END_TEST

START_TEST(a_search_that_fails_says_why)
{
	struct scene s = long_log();
	search(&s, "needle");
	none(&s, OUTCOME_UNREACHABLE, "the engine is down");
	expect_notice(&s, "Not searched to the end: the engine is down");
	ck_assert_int_eq(s.pane.quest, LOG_QUEST_NONE);
	scene_close(&s);
}
END_TEST

START_TEST(at_the_end_the_next_error_is_the_first_of_the_log)
{
	struct scene s = long_log();
	act(&s, ACTION_NEXT_ERROR);
	const struct effect *e = asked(&s);
	ck_assert(e->log.from_start && !e->log.back);
	ck_assert(view_is(e->log.level, "error") && !e->text.len);
	window(&s, "ERROR: broken");
	arrive(&s, 100, 50, LOG_MORE);
	ck_assert(!s.pane.has_match);
	expect_first(&s, "in front 2");
	effects_clear(&s.fx);
	act(&s, ACTION_NEXT_ERROR);
	ck_assert(!asked(&s)->log.from_start);
	none(&s, OUTCOME_OK, "");
	expect_notice(&s, "No error further down.");
	scene_close(&s);
}
END_TEST

START_TEST(lines_that_were_dropped_are_had_again)
{
	struct scene s = scene_open();
	struct log_line_facts line = { .stream = LOG_STREAM_STDOUT, .text = VIEW("x") };
	struct msg msg = { .kind = MSG_LOG, .request = s.pane.request };
	for (int i = 0; i <= LOGPANE_LINES_MAX; i++) {
		struct str cursor = { 0 };
		str_addf(&cursor, "c%d", i);
		msg.log = (struct msg_log){ .lines = &line, .len = 1, .state = LOG_FOLLOWING,
					    .begin = view_of_str(&cursor), .at_start = i == 0 };
		logpane_arrive(s.model, &s.pane, &msg);
		str_release(&cursor);
	}
	ck_assert(s.pane.cut && !s.pane.at_start);
	size_t dropped = LOGPANE_LINES_MAX + 1 - s.pane.rows.len;
	struct str cursor = { 0 };
	str_addf(&cursor, "c%zu", dropped);
	search(&s, "needle");
	ck_assert_str_eq(str_text(&s.pane.before), str_text(&cursor));
	ck_assert(view_eq(asked(&s)->log.before, view_of_str(&cursor)));
	str_release(&cursor);
	scene_close(&s);
}
END_TEST

Suite *suite_logseek(void);

Suite *suite_logseek(void)
{
	Suite *suite = suite_create("logseek");
	TCase *tc = tcase_create("logseek");
	tcase_add_test(tc, what_is_not_among_the_last_lines_is_searched_further_up);
	tcase_add_test(tc, the_window_goes_on_in_both_directions);
	tcase_add_test(tc, what_is_here_whole_is_not_asked_for);
	tcase_add_test(tc, a_search_asks_for_what_is_shown_and_for_capitals_as_they_stand);
	tcase_add_test(tc, a_search_that_is_stopped_leaves_what_was_here);
	tcase_add_test(tc, a_search_that_fails_says_why);
	tcase_add_test(tc, at_the_end_the_next_error_is_the_first_of_the_log);
	tcase_add_test(tc, lines_that_were_dropped_are_had_again);
	suite_add_tcase(suite, tc);
	return suite;
}
