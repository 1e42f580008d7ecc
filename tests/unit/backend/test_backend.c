/* What all backends have in common: tickets, and operations that are not there. */
#include "backend/backend.h"

#include "backend/ear.h"
#include "base/mem.h"
#include "lib/unit.h"

static void destroy(struct backend *b)
{
	mem_free(b);
}

static const struct backend_ops bare = { .kind = "bare", .destroy = destroy };

static struct loop *loop;
static struct ear ear;

static void set_up(void)
{
	loop = loop_new();
	ear_init(&ear);
	ear.backend = mem_zero(sizeof *ear.backend);
	*ear.backend = (struct backend){ .ops = &bare, .loop = loop, .sink = &ear.sink };
}

static void tear_down(void)
{
	ear_release(&ear);
	loop_free(loop);
}

START_TEST(what_has_no_slot_is_unsupported_and_told_from_the_loop)
{
	const struct order order = { .verb = VERB_RETRY };
	const ticket_id tickets[] = {
		ear_watch(&ear, "", 0),
		ear_page(&ear, "", "", 0),
		ear_fetch(&ear, "a", PART_DETAIL),
		ear_catalog(&ear, CATALOG_QUEUES),
		ear_log(&ear, &(struct log_query){ .follow = false }),
		ear_order(&ear, &order),
		ear_space(&ear, "payments"),
	};
	ear_probe(&ear);
	ck_assert_int_eq(ear.calls, 0);
	ck_assert_uint_eq(backend_pending(ear.backend), 7);
	while (backend_pending(ear.backend))
		loop_turn(loop, 50);
	for (size_t i = 0; i < sizeof tickets / sizeof *tickets; i++)
		ck_assert_int_eq(ear_ticket(&ear, tickets[i])->outcome, OUTCOME_UNSUPPORTED);
	ck_assert_str_eq(ear_ticket(&ear, tickets[5])->text, "retry: unsupported by bare");
	ck_assert_str_eq(ear_ticket(&ear, tickets[6])->text, "another namespace: unsupported by bare");
}
END_TEST

START_TEST(a_cancelled_answer_is_not_told)
{
	ticket_id t = ear_page(&ear, "", "", 0);
	ear_cancel(&ear, t);
	ear_cancel(&ear, t);
	loop_turn(loop, 5);
	ck_assert_int_eq(ear.calls, 0);
}
END_TEST

START_TEST(nothing_is_told_after_destroy_also_from_inside)
{
	ear_page(&ear, "", "", 0);
	ear_page(&ear, "", "", 0);
	ear.destroy_in = "done";
	while (!ear.destroyed)
		loop_turn(loop, 50);
	loop_turn(loop, 5);
	ck_assert_int_eq(ear.calls, 1);
}
END_TEST

START_TEST(no_backend_is_destroyed_in_peace)
{
	backend_destroy(NULL);
}
END_TEST

Suite *suite_backend(void);

Suite *suite_backend(void)
{
	Suite *s = suite_create("backend");
	TCase *c = tcase_create("backend");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, what_has_no_slot_is_unsupported_and_told_from_the_loop);
	tcase_add_test(c, a_cancelled_answer_is_not_told);
	tcase_add_test(c, nothing_is_told_after_destroy_also_from_inside);
	tcase_add_test(c, no_backend_is_destroyed_in_peace);
	suite_add_tcase(s, c);
	return s;
}
