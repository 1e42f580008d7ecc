/* What ended in each hour, below the statistics. */
#include "lib/session.h"
#include "lib/unit.h"

static const char *const columns[] = { "hour", "completed", "failed", "timed out", "rejected", "error",
				       NULL };
static struct fixture f;

static void answer(uint64_t request, const char *const *titles, const struct view *cells, size_t rows)
{
	fixture_send(&f, (struct msg){ .kind = MSG_CATALOG, .request = request,
				       .catalog = { .kind = CATALOG_THROUGHPUT, .columns = titles,
						    .rows = cells, .len = rows } });
}

START_TEST(who_failed_in_whatever_way_is_counted_together)
{
	static const struct view cells[] = {
		VIEW("2026-11-21 02:00:00"), VIEW("7"), VIEW("1"), VIEW("2"), VIEW("3"), VIEW("4"),
		VIEW("2026-11-21 03:00:00"), VIEW("0"), VIEW(""), VIEW("-1"), VIEW("many"), VIEW("0"),
	};
	const struct throughput *t = &f.model->table.throughput;

	answer(t->request, columns, cells, 2);
	ck_assert_uint_eq(t->hours.len, 2);
	ck_assert_str_eq(t->hours.items[0].clock, "02:00");
	ck_assert_int_eq(t->hours.items[0].completed, 7);
	ck_assert_int_eq(t->hours.items[0].failed, 10);
	ck_assert_str_eq(t->hours.items[1].clock, "03:00");
	ck_assert_int_eq(t->hours.items[1].failed, 0);
}
END_TEST

/* They are multiplied when they are drawn. */
START_TEST(no_hour_has_as_many_runs_as_a_number_can_tell)
{
	static const struct view cells[] = {
		VIEW("2026-11-21 02:00:00"), VIEW("1500000000000000000"), VIEW("1500000000000000000"),
		VIEW("1500000000000000000"), VIEW("1500000000000000000"), VIEW("1"),
	};
	const struct throughput *t = &f.model->table.throughput;

	answer(t->request, columns, cells, 1);
	ck_assert_int_eq(t->hours.items[0].completed, 0);
	ck_assert_int_eq(t->hours.items[0].failed, 1);
}
END_TEST

START_TEST(what_is_no_table_of_hours_is_not_drawn)
{
	static const struct view cells[] = { VIEW("2026"), VIEW("1"), VIEW("1"), VIEW("1"), VIEW("1"),
					     VIEW("1") };
	static const char *const other[] = { "queue", NULL };
	const struct throughput *t = &f.model->table.throughput;
	uint64_t request = t->request;

	answer(request + 77, columns, cells, 1);
	answer(request, other, cells, 1);
	ck_assert_uint_eq(t->hours.len, 0);
	answer(request, columns, cells, 1);
	ck_assert_str_eq(t->hours.items[0].clock, "");
	fixture_send(&f, (struct msg){ .kind = MSG_DONE, .request = request,
				       .done = { .outcome = OUTCOME_UNSUPPORTED } });
	answer(request, columns, cells, 1);
	ck_assert_uint_eq(t->hours.len, 1);
}
END_TEST

START_TEST(other_tables_have_none)
{
	press(&f, "Esc");
	fixture_forget(&f);
	press(&f, ": \"queues\" Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_CATALOG), 1);
	ck_assert_uint_eq(f.model->table.throughput.request, 0);
}
END_TEST

static void open_metrics(void)
{
	ck_assert(fixture_open(&f, "three-runs", 24, 80));
	f.mute = true;
	press(&f, "M");
}

static void close_board(void)
{
	fixture_close(&f);
}

Suite *suite_throughput(void);

Suite *suite_throughput(void)
{
	Suite *s = suite_create("throughput");
	TCase *t = tcase_create("throughput");

	tcase_add_checked_fixture(t, open_metrics, close_board);
	tcase_add_test(t, who_failed_in_whatever_way_is_counted_together);
	tcase_add_test(t, no_hour_has_as_many_runs_as_a_number_can_tell);
	tcase_add_test(t, what_is_no_table_of_hours_is_not_drawn);
	tcase_add_test(t, other_tables_have_none);
	suite_add_tcase(s, t);
	return s;
}
