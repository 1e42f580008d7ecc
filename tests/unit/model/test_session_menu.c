/* Sessions in the menu of orders. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

START_TEST(the_menu_lists_only_what_the_backend_has)
{
	const struct menu_state *s;

	open_set(&f, "three-runs");
	press(&f, "x");
	s = &f.model->menu;
	ck_assert_uint_eq(s->n_shown, 11);
	for (size_t i = 0; i < s->n_shown; i++)
		ck_assert_int_ne(s->shown[i], VERB_TERMINATE);
	press(&f, "T");
	ck_assert_int_eq(screen_top(f.model), SCREEN_MENU);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(the_menus_cursor_stays_on_its_verb_when_others_vanish)
{
	struct task_facts task = { .id = VIEW("review"), .step = VIEW("review"), .version = 4,
				   .actions = { .allowed = 1U << VERB_APPROVE,
						.known = 1U << VERB_APPROVE } };
	struct run_detail detail = { .tasks = &task, .n_tasks = 1 };
	const struct menu_state *s;

	open_set(&f, "three-runs");
	f.mute = true;
	press(&f, "x G k");
	s = &f.model->menu;
	ck_assert_int_eq(s->shown[s->rows.at], VERB_CANCEL);
	fixture_send(&f, (struct msg){ .kind = MSG_DETAIL, .request = s->request,
				       .detail = &detail });
	ck_assert_uint_eq(s->n_shown, 5);
	ck_assert_int_eq(s->shown[s->rows.at], VERB_CANCEL);
	fixture_close(&f);
}
END_TEST

START_TEST(a_menu_on_a_low_screen_scrolls_by_what_is_seen)
{
	const struct menu_state *s;

	ck_assert(fixture_open(&f, "three-runs", 12, 60));
	press(&f, "x G");
	s = &f.model->menu;
	/* Two bars, a frame, and eight rows between them. */
	ck_assert_uint_gt(s->n_shown, 8);
	ck_assert_uint_eq(s->rows.top, s->n_shown - 8);
	press(&f, "k k");
	ck_assert_uint_eq(s->rows.top, s->n_shown - 8);
	fixture_send(&f, (struct msg){ .kind = MSG_RESIZE, .size = { 24, 60 } });
	ck_assert_uint_eq(s->rows.top, 0);
	fixture_close(&f);
}
END_TEST

Suite *suite_session_menu(void);

Suite *suite_session_menu(void)
{
	Suite *s = suite_create("session_menu");
	TCase *t = tcase_create("menu");

	tcase_add_test(t, the_menu_lists_only_what_the_backend_has);
	tcase_add_test(t, the_menus_cursor_stays_on_its_verb_when_others_vanish);
	tcase_add_test(t, a_menu_on_a_low_screen_scrolls_by_what_is_seen);
	suite_add_tcase(s, t);
	return s;
}
