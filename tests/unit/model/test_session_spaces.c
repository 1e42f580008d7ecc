/* Sessions of going over to another namespace. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

static void open_with_spaces(void)
{
	struct run_facts run = fixture_run("deploy", 9, RUN_RUNNING);

	open_set(&f, "empty");
	f.mute = true;
	f.model->contexts[0].can_space = true;
	run.actions.allowed = run.actions.known = 1U << VERB_CANCEL;
	fixture_put(&f, run);
}

START_TEST(the_palette_takes_the_name)
{
	const struct effect *e;

	open_with_spaces();
	press(&f, ": \"namespace payments\" Enter");
	e = fixture_last(&f, EFFECT_SPACE);
	ck_assert_ptr_nonnull(e);
	ck_assert(view_is(e->text, "payments"));
	ck_assert_uint_eq(e->context, 0);
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	fixture_answer(&f, e->request, OUTCOME_OK, "");
	ck_assert_str_eq(str_text(&f.model->contexts[0].space), "payments");
	fixture_close(&f);
}
END_TEST

START_TEST(enter_on_the_table_goes_there_and_all_closes)
{
	const char *columns[] = { "namespace", NULL };
	const struct view rows[] = { VIEW("default"), VIEW("payments") };
	struct msg msg = { .kind = MSG_CATALOG };

	open_with_spaces();
	press(&f, ": \"namespaces\" Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_TABLE);
	ck_assert_int_eq(fixture_last(&f, EFFECT_CATALOG)->catalog, CATALOG_SPACES);
	msg.request = fixture_last(&f, EFFECT_CATALOG)->request;
	msg.catalog = (struct msg_catalog){ .kind = CATALOG_SPACES, .columns = columns, .rows = rows,
					    .len = 2 };
	fixture_send(&f, msg);
	press(&f, "j Enter");
	ck_assert(view_is(fixture_last(&f, EFFECT_SPACE)->text, "payments"));
	fixture_answer(&f, fixture_last(&f, EFFECT_SPACE)->request, OUTCOME_OK, "");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	fixture_close(&f);
}
END_TEST

START_TEST(what_comes_then_is_not_held_back_as_new)
{
	open_with_spaces();
	press(&f, "j");
	fixture_send(&f, (struct msg){ .kind = MSG_COMPLETE });
	press(&f, ": \"ns payments\" Enter");
	fixture_remove(&f, board_selected(f.model));
	fixture_answer(&f, fixture_last(&f, EFFECT_SPACE)->request, OUTCOME_OK, "");
	for (int i = 20; i < 25; i++)
		fixture_put(&f, fixture_run("pay", i, RUN_RUNNING));
	ck_assert_uint_eq(f.model->board.lanes[LANE_RUNNING].fresh, 0);
	ck_assert_uint_eq(f.model->board.lanes[LANE_RUNNING].index, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_held_order_refuses_it_until_it_is_taken_back)
{
	open_with_spaces();
	press(&f, "c Enter y");
	ck_assert_uint_eq(orders_count(&f.model->orders, ORDER_HELD), 1);
	press(&f, ": \"namespace payments\" Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_SPACE), 0);
	ck_assert(f.model->notice.bad);
	press(&f, "u : \"namespace payments\" Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_SPACE), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(a_refusal_says_why_and_changes_nothing)
{
	open_with_spaces();
	press(&f, ": \"ns nowhere\" Enter");
	fixture_answer(&f, fixture_last(&f, EFFECT_SPACE)->request, OUTCOME_NOT_FOUND, "no nowhere");
	ck_assert_str_eq(str_text(&f.model->notice.text), "Not gone over: no nowhere");
	ck_assert_uint_eq(f.model->contexts[0].space.len, 0);
	press(&f, ": \"ns payments\" Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_SPACE), 2);
	fixture_close(&f);
}
END_TEST

START_TEST(where_no_engine_has_any_it_is_said)
{
	open_with_spaces();
	f.model->contexts[0].can_space = false;
	press(&f, ": \"namespace payments\" Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_SPACE), 0);
	ck_assert_str_eq(str_text(&f.model->notice.text), "No engine of this board has namespaces.");
	fixture_close(&f);
}
END_TEST

Suite *suite_session_spaces(void);

Suite *suite_session_spaces(void)
{
	Suite *s = suite_create("session_spaces");
	TCase *c = tcase_create("session_spaces");

	tcase_add_test(c, the_palette_takes_the_name);
	tcase_add_test(c, enter_on_the_table_goes_there_and_all_closes);
	tcase_add_test(c, what_comes_then_is_not_held_back_as_new);
	tcase_add_test(c, a_held_order_refuses_it_until_it_is_taken_back);
	tcase_add_test(c, a_refusal_says_why_and_changes_nothing);
	tcase_add_test(c, where_no_engine_has_any_it_is_said);
	suite_add_tcase(s, c);
	return s;
}
