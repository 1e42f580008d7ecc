/* Sessions of deciding where the backend says first what a decision would send. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

static void open_saying(void)
{
	ck_assert(fixture_open(&f, "three-runs", 30, 100));
	f.model->contexts[0].can_preview = true;
}

static size_t sent(void)
{
	return f.model->orders.lines.len;
}

static void say(const char *text)
{
	fixture_answer(&f, f.model->decision.shown.request, OUTCOME_OK, text);
}

START_TEST(the_first_time_yes_is_dead_until_the_words_were_shown)
{
	open_saying();
	press(&f, "a \"fine\" Enter");
	fixture_wait(&f, 1000);
	ck_assert(fixture_last(&f, EFFECT_ORDER)->order.preview);
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.comment, "fine"));
	press(&f, "y");
	ck_assert_uint_eq(sent(), 0);
	say("update decide {\"approved\":true}");
	press(&f, "y");
	ck_assert_uint_eq(sent(), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(what_was_shown_once_is_remembered)
{
	open_saying();
	press(&f, "a Enter");
	fixture_wait(&f, 1000);
	say("update decide {}");
	press(&f, "y");
	ck_assert(view_is(fixture_last(&f, EFFECT_REMEMBER)->path, "shown"));
	fixture_forget(&f);
	press(&f, "a Enter");
	fixture_wait(&f, 1000);
	press(&f, "y");
	ck_assert_uint_eq(sent(), 2);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_REMEMBER), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(another_verb_is_shown_for_itself)
{
	open_saying();
	press(&f, "a Enter");
	fixture_wait(&f, 1000);
	say("update decide {}");
	press(&f, "y r Enter");
	fixture_wait(&f, 1000);
	press(&f, "y");
	ck_assert_uint_eq(sent(), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(what_cannot_be_said_is_not_sent_for_the_first_time)
{
	open_saying();
	press(&f, "a Enter");
	fixture_wait(&f, 1000);
	fixture_answer(&f, f.model->decision.shown.request, OUTCOME_REFUSED, "no mapping");
	press(&f, "y");
	ck_assert_uint_eq(sent(), 0);
	ck_assert_str_eq(str_text(&f.model->decision.shown.trouble), "no mapping");
	fixture_close(&f);
}
END_TEST

START_TEST(a_backend_that_says_nothing_is_not_asked)
{
	ck_assert(fixture_open(&f, "three-runs", 30, 100));
	press(&f, "a Enter");
	fixture_wait(&f, 1000);
	ck_assert_uint_eq(orders_left(&f), 0);
	press(&f, "y");
	ck_assert_uint_eq(sent(), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(an_effect_that_does_not_come_is_said_after_ten_seconds)
{
	const struct order_line *l;

	ck_assert(fixture_open(&f, "three-runs", 30, 100));
	press(&f, "a Enter");
	fixture_wait(&f, 1000);
	press(&f, "y");
	l = f.model->orders.lines.items[0];
	fixture_answer(&f, l->request, OUTCOME_OK, "");
	ck_assert_str_eq(order_words(l, f.now_ms), "accepted");
	fixture_wait(&f, 11000);
	ck_assert_str_eq(order_words(l, f.now_ms), "accepted, not yet seen");
	fixture_close(&f);
}
END_TEST

static void press_often(const char *key, int times)
{
	while (times-- > 0)
		press(&f, key);
}

START_TEST(what_is_sent_is_scrolled_to_its_end_and_back_from_there)
{
	struct decision_layout l;
	struct str words = { 0 };

	open_saying();
	press(&f, "a Enter");
	fixture_wait(&f, 1000);
	for (int i = 0; i < 60; i++)
		str_add_text(&words, "a\n");
	say(str_text(&words));
	press_often("PgDn", 100);
	decision_layout_make(f.model, &l);
	ck_assert_int_eq(l.sent_rows, 60);
	ck_assert_int_eq(l.scroll_most, 60 - (l.sent.rows - 1));
	ck_assert_int_eq(l.scroll, l.scroll_most);
	press(&f, "PgUp");
	decision_layout_make(f.model, &l);
	ck_assert_int_eq(l.scroll, l.scroll_most - 1);
	press_often("PgUp", 100);
	ck_assert_uint_eq(f.model->decision.scroll, 0);
	str_release(&words);
	fixture_close(&f);
}
END_TEST

Suite *suite_session_shown(void);

Suite *suite_session_shown(void)
{
	Suite *s = suite_create("session_shown");
	TCase *c = tcase_create("session_shown");
	tcase_add_test(c, the_first_time_yes_is_dead_until_the_words_were_shown);
	tcase_add_test(c, what_was_shown_once_is_remembered);
	tcase_add_test(c, another_verb_is_shown_for_itself);
	tcase_add_test(c, what_cannot_be_said_is_not_sent_for_the_first_time);
	tcase_add_test(c, a_backend_that_says_nothing_is_not_asked);
	tcase_add_test(c, an_effect_that_does_not_come_is_said_after_ten_seconds);
	tcase_add_test(c, what_is_sent_is_scrolled_to_its_end_and_back_from_there);
	suite_add_tcase(s, c);
	return s;
}
