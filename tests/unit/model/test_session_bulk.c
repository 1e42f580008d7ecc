/* Orders on several runs at once. */
#include "lib/session.h"
#include "lib/unit.h"

static struct fixture f;

START_TEST(orders_go_to_the_marked_cards)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "Space Space c Enter");
	ck_assert_uint_eq(f.model->decision.targets.len, 2);
	press(&f, "y");
	fixture_wait(&f, 6000);
	ck_assert_uint_eq(orders_left(&f), 2);
	ck_assert_uint_eq(f.model->board.marks.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_mark_that_changed_is_left_out_of_the_bulk)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "Space Space c Enter");
	fixture_happens(&f, "build-ends");
	press(&f, "y");
	fixture_wait(&f, 6000);
	ck_assert_uint_eq(orders_left(&f), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(u_takes_back_a_whole_bulk_and_nothing_given_before)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "c \"alone\" Enter");
	press(&f, "y");
	fixture_wait(&f, 1000);
	press_slowly(&f, "* c \"all\" Enter");
	press(&f, "y");
	size_t held = orders_count(&f.model->orders, ORDER_HELD);
	ck_assert_uint_gt(held, 2);
	press(&f, "u");
	ck_assert_uint_eq(orders_count(&f.model->orders, ORDER_HELD), 1);
	ck_assert_uint_eq(orders_count(&f.model->orders, ORDER_TAKEN_BACK), held - 1);
	ck_assert(view_starts(view_of_str(&f.model->notice.text), "Taken back: cancel "));
	press(&f, "u");
	ck_assert_uint_eq(orders_count(&f.model->orders, ORDER_HELD), 0);
	fixture_wait(&f, 10000);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

/* A run that waits for its child, both to be cancelled; the newer one's card is first. */
static void cancel_a_family(void)
{
	struct run_facts parent = fixture_run("deploy", 41, RUN_RUNNING);
	struct run_facts child = fixture_run("build", 42, RUN_RUNNING);

	open_set(&f, "empty");
	fixture_put(&f, parent);
	child.parent = parent.id;
	fixture_put(&f, child);
	press_slowly(&f, "l * c Enter");
	ck_assert_uint_eq(f.model->decision.targets.len, 2);
	press(&f, "y");
	fixture_wait(&f, 6000);
}

START_TEST(a_child_is_cancelled_after_its_parent)
{
	cancel_a_family();
	ck_assert_uint_eq(orders_left(&f), 1);
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.workflow, "deploy"));
	ck_assert_int_eq(orders_due(f.model), 0);
	fixture_answer(&f, fixture_last(&f, EFFECT_ORDER)->request, OUTCOME_OK, "");
	ck_assert_uint_eq(orders_left(&f), 2);
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.workflow, "build"));
	/* That it was cancelled already by the parent's order is no failure. */
	fixture_answer(&f, fixture_last(&f, EFFECT_ORDER)->request, OUTCOME_REFUSED,
		       "you cancelled this 12 ms ago");
	ck_assert_uint_eq(orders_count(&f.model->orders, ORDER_REFUSED), 0);
	ck_assert_uint_eq(orders_count(&f.model->orders, ORDER_SEEN), 1);
	fixture_close(&f);
}
END_TEST

START_TEST(a_child_is_cancelled_also_where_its_parent_cannot_be)
{
	cancel_a_family();
	fixture_answer(&f, fixture_last(&f, EFFECT_ORDER)->request, OUTCOME_REFUSED, "no");
	ck_assert_uint_eq(orders_left(&f), 2);
	fixture_answer(&f, fixture_last(&f, EFFECT_ORDER)->request, OUTCOME_REFUSED, "no");
	ck_assert_uint_eq(orders_count(&f.model->orders, ORDER_REFUSED), 2);
	fixture_close(&f);
}
END_TEST

static void give(struct effects *fx, struct run_key key, struct run_key parent)
{
	const struct order_wish w = { .verb = VERB_CANCEL, .key = key, .parent = parent };

	orders_give(f.model, &w, fx);
}

/* Nothing is waited for any more. */
START_TEST(who_quits_sends_parents_first_too)
{
	const struct run_key top = { 3, 1 }, child = { 2, 1 }, grandchild = { 1, 1 };
	struct effects fx = { 0 };

	open_set(&f, "empty");
	give(&fx, grandchild, child);
	give(&fx, child, top);
	give(&fx, top, (struct run_key){ 0 });
	orders_join(&f.model->orders, 0);
	ck_assert_uint_eq(fx.list.len, 0);
	orders_flush(f.model, &fx);
	ck_assert_uint_eq(fx.list.len, 3);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(fx.list.items[i].key.slot, 3 - i);
	effects_release(&fx);
	fixture_close(&f);
}
END_TEST

/* Such engines are not to be believed, nor to be waited for. */
START_TEST(two_that_name_each_other_as_parent_are_cancelled_both)
{
	const struct run_key a = { 1, 1 }, b = { 2, 1 }, own = { 3, 1 };
	struct effects fx = { 0 };

	open_set(&f, "empty");
	give(&fx, a, b);
	give(&fx, b, a);
	give(&fx, own, own);
	orders_join(&f.model->orders, 0);
	fixture_wait(&f, 6000);
	ck_assert_uint_eq(orders_left(&f), 2);
	fixture_answer(&f, f.model->orders.lines.items[1]->request, OUTCOME_OK, "");
	ck_assert_uint_eq(orders_left(&f), 3);
	fixture_close(&f);
}
END_TEST

/* As many as can be marked, all of one parent that is not: the board counts their time
 * down at every turn. */
START_TEST(a_great_bulk_is_held_without_delay)
{
	enum { MANY = 10000, TURNS = 100 };
	const struct run_key parent = { MANY + 1, 1 };
	struct effects fx = { 0 };

	open_set(&f, "empty");
	for (uint32_t i = 1; i <= MANY; i++)
		give(&fx, (struct run_key){ i, 1 }, parent);
	orders_join(&f.model->orders, 0);
	for (int i = 0; i < TURNS; i++)
		ck_assert_int_gt(orders_due(f.model), 0);
	fixture_close(&f);
}
END_TEST

Suite *suite_session_bulk(void);

Suite *suite_session_bulk(void)
{
	Suite *s = suite_create("session_bulk");
	TCase *t = tcase_create("bulk");

	tcase_add_test(t, orders_go_to_the_marked_cards);
	tcase_add_test(t, a_mark_that_changed_is_left_out_of_the_bulk);
	tcase_add_test(t, u_takes_back_a_whole_bulk_and_nothing_given_before);
	tcase_add_test(t, a_child_is_cancelled_after_its_parent);
	tcase_add_test(t, a_child_is_cancelled_also_where_its_parent_cannot_be);
	tcase_add_test(t, who_quits_sends_parents_first_too);
	tcase_add_test(t, two_that_name_each_other_as_parent_are_cancelled_both);
	tcase_add_test(t, a_great_bulk_is_held_without_delay);
	suite_add_tcase(s, t);
	return s;
}
