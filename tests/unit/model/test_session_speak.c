/* Sessions of speaking to a run's own code, and of ordering schedules. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

/* A run whose engine has the words. */
static void open_with_words(void)
{
	struct run_facts run = fixture_run("deploy", 9, RUN_RUNNING);
	const uint32_t words = 1U << VERB_SIGNAL | 1U << VERB_UPDATE | 1U << VERB_QUERY |
			       1U << VERB_STACK;

	open_set(&f, "empty");
	f.mute = true;
	run.actions.allowed = run.actions.known = words;
	fixture_put(&f, run);
}

static void answer(enum catalog_kind kind, uint64_t request, const char *title,
		   const struct view *rows, size_t n)
{
	const char *columns[] = { title, NULL };
	struct msg msg = { .kind = MSG_CATALOG, .request = request };

	msg.catalog = (struct msg_catalog){ .kind = kind, .columns = columns, .rows = rows,
					    .len = n };
	fixture_send(&f, msg);
}

START_TEST(a_signal_has_a_name_and_json_arguments)
{
	const struct effect *e;

	open_with_words();
	press(&f, "x g \"go\" Enter \"7, 2\" Enter");
	press(&f, "y");
	e = fixture_last(&f, EFFECT_ORDER);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->order.verb, VERB_SIGNAL);
	ck_assert(view_is(e->order.name, "go"));
	ck_assert(view_is(e->order.value, "[7, 2]"));
	fixture_close(&f);
}
END_TEST

START_TEST(no_argument_is_an_empty_array)
{
	open_with_words();
	press(&f, "x g \"go\" Enter Enter y");
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.value, "[]"));
	fixture_close(&f);
}
END_TEST

START_TEST(what_is_no_json_is_not_sent)
{
	open_with_words();
	press(&f, "x g \"go\" Enter \"yes please\" Enter y");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_int_eq(screen_top(f.model), SCREEN_SPEAK);
	ck_assert_int_eq(f.model->speak.at, SPEAK_ARGS);
	ck_assert_uint_gt(f.model->speak.error.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_stray_enter_sends_nothing)
{
	open_with_words();
	press(&f, "x g \"go\" Enter Enter Enter");
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(the_form_shows_what_the_code_can_be_told)
{
	const struct view rows[] = { VIEW("{"), VIEW("  \"signals\": [\"go\"]"), VIEW("}") };
	const struct effect *e;

	open_with_words();
	press(&f, "x g");
	e = fixture_last(&f, EFFECT_ASK);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->order.verb, VERB_QUERY);
	ck_assert_uint_eq(e->order.name.len, 0);
	answer(CATALOG_ANSWER, e->request, "handlers", rows, 3);
	ck_assert_uint_eq(f.model->speak.n_lines, 3);
	fixture_close(&f);
}
END_TEST

START_TEST(a_query_opens_its_answer)
{
	const struct view rows[] = { VIEW("42") };
	const struct effect *e;

	open_with_words();
	press(&f, "x Q \"state\" Enter Enter y");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_int_eq(screen_top(f.model), SCREEN_TABLE);
	e = fixture_last(&f, EFFECT_ASK);
	ck_assert(view_is(e->order.name, "state"));
	answer(CATALOG_ANSWER, e->request, "query state of a1c009", rows, 1);
	ck_assert_uint_eq(table_len(&f.model->table), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(the_stack_is_one_letter_away)
{
	open_with_words();
	press(&f, "x S");
	ck_assert_int_eq(screen_top(f.model), SCREEN_TABLE);
	ck_assert_int_eq(fixture_last(&f, EFFECT_ASK)->order.verb, VERB_STACK);
	fixture_close(&f);
}
END_TEST

START_TEST(a_read_only_board_may_ask_and_not_tell)
{
	struct run_facts run = fixture_run("deploy", 9, RUN_RUNNING);

	ck_assert(fixture_open_with(&f, "empty", &(struct fixture_setup){ 24, 100, true }));
	f.mute = true;
	run.actions.allowed = run.actions.known = 1U << VERB_SIGNAL | 1U << VERB_STACK;
	fixture_put(&f, run);
	press(&f, "x g");
	ck_assert_int_ne(screen_top(f.model), SCREEN_SPEAK);
	press(&f, "S");
	ck_assert_int_eq(screen_top(f.model), SCREEN_TABLE);
	fixture_close(&f);
}
END_TEST

START_TEST(an_engine_without_words_says_so)
{
	struct run_facts run = fixture_run("deploy", 9, RUN_RUNNING);
	struct target t;
	struct focus focus;

	open_set(&f, "empty");
	f.mute = true;
	run.actions.allowed = run.actions.known = 1U << VERB_CANCEL;
	focus.key = fixture_put(&f, run);
	focus.task = VIEW("");
	target_make(f.model, VERB_SIGNAL, &focus, NULL, &t);
	ck_assert(!t.allowed);
	ck_assert_str_eq(str_text(&t.why), "its engine has no such order");
	target_release(&t);
	fixture_close(&f);
}
END_TEST

START_TEST(a_signal_whose_effect_was_seen_is_done)
{
	struct order_line *l;

	open_with_words();
	press(&f, "x g \"go\" Enter Enter y");
	l = f.model->orders.lines.items[0];
	fixture_answer(&f, l->request, OUTCOME_SEEN, "signalled");
	ck_assert_int_eq(l->state, ORDER_SEEN);
	fixture_close(&f);
}
END_TEST

START_TEST(a_schedule_is_ordered_by_a_letter_and_y)
{
	const struct view rows[] = { VIEW("nightly"), VIEW("weekly") };
	const struct effect *e;

	open_with_words();
	press(&f, ": \"schedules\" Enter");
	answer(CATALOG_SCHEDULES, fixture_last(&f, EFFECT_CATALOG)->request, "schedule", rows, 2);
	press(&f, "j t");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_SCHEDULE), 0);
	press(&f, "y");
	e = fixture_last(&f, EFFECT_SCHEDULE);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->order.verb, VERB_START);
	ck_assert(view_is(e->text, "weekly"));
	fixture_close(&f);
}
END_TEST

START_TEST(another_key_lets_a_schedule_be)
{
	const struct view rows[] = { VIEW("nightly"), VIEW("weekly") };

	open_with_words();
	press(&f, ": \"schedules\" Enter");
	answer(CATALOG_SCHEDULES, fixture_last(&f, EFFECT_CATALOG)->request, "schedule", rows, 2);
	press(&f, "p j y");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_SCHEDULE), 0);
	fixture_close(&f);
}
END_TEST

Suite *suite_session_speak(void);

Suite *suite_session_speak(void)
{
	Suite *s = suite_create("session_speak");
	TCase *c = tcase_create("session_speak");
	tcase_add_test(c, a_signal_has_a_name_and_json_arguments);
	tcase_add_test(c, no_argument_is_an_empty_array);
	tcase_add_test(c, what_is_no_json_is_not_sent);
	tcase_add_test(c, a_stray_enter_sends_nothing);
	tcase_add_test(c, the_form_shows_what_the_code_can_be_told);
	tcase_add_test(c, a_query_opens_its_answer);
	tcase_add_test(c, the_stack_is_one_letter_away);
	tcase_add_test(c, a_read_only_board_may_ask_and_not_tell);
	tcase_add_test(c, an_engine_without_words_says_so);
	tcase_add_test(c, a_signal_whose_effect_was_seen_is_done);
	tcase_add_test(c, a_schedule_is_ordered_by_a_letter_and_y);
	tcase_add_test(c, another_key_lets_a_schedule_be);
	suite_add_tcase(s, c);
	return s;
}
