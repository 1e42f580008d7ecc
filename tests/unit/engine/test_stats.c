/* Statistics: bins, windows, percentiles, what a run is expected to take, metrics. */
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine_world.h"
#include "lib/unit.h"

static int64_t number_at(struct world *w, const char *path)
{
	struct str text = {0};
	double n = -1;
	world_get(w, path, &text);
	number_parse_real(view_of_str(&text), &n);
	str_release(&text);
	return (int64_t)n;
}

static void near(int64_t got, int64_t want)
{
	ck_assert_msg(got >= want * 93 / 100 && got <= want * 107 / 100, "%lld, not about %lld",
		      (long long)got, (long long)want);
}

START_TEST(a_bin_is_at_most_seven_percent_away_and_bins_ascend)
{
	int before = 0;
	for (int64_t ms = 0; ms < INT64_C(1) << 40; ms = ms * 11 / 10 + 1) {
		int bin = stats_bin(ms);
		ck_assert_int_ge(bin, before);
		ck_assert_int_lt(bin, STATS_BINS);
		int64_t off = stats_bin_ms(bin) - ms;
		ck_assert_msg((off < 0 ? -off : off) * 100 <= ms * 7, "%lld is %lld off",
			      (long long)ms, (long long)off);
		before = bin;
	}
}
END_TEST

/* A run that was, without its tasks. */
static void has_ended(struct world *w, const char *workflow, int64_t took_ms, enum run_status status)
{
	int64_t now = when_now_ms();
	struct machine m = {
		.workflow = view_of(workflow), .status = status, .ended = true,
		.created_ms = now - took_ms - 500, .started_ms = now - took_ms, .ended_ms = now,
	};
	stats_run_started(w->engine->journal, &m);
	stats_run_ended(&w->engine->stats, w->engine->journal, &m);
}

static void ask(struct world *w, const char *workflow, const char *window)
{
	struct engine_stats_query q = { .workflow = view_of(workflow) };
	struct err err = {0};
	ck_assert(when_parse_span(view_of(window), &q.window_ms));
	str_clear(&w->body);
	ck_assert_msg(engine_stats(w->engine, &q, &w->body, &err), "%s", err_text(&err));
}

static void settle(struct world *w)
{
	engine_look_at_clock(w->engine);
	loop_turn(w->loop, -1);
}

START_TEST(a_hundred_runs_have_their_percentiles_also_after_a_restart)
{
	struct world w;
	struct str text = {0};
	world_open(&w);
	for (int i = 1; i <= 100; i++)
		has_ended(&w, "build", i * 1000, RUN_COMPLETED);
	for (int i = 0; i < 25; i++)
		has_ended(&w, "other", 7, RUN_FAILED);
	settle(&w);
	world_restart(&w);
	ask(&w, "build", "24h");
	ck_assert_int_eq(number_at(&w, "total.started"), 100);
	ck_assert_int_eq(number_at(&w, "total.completed"), 100);
	ck_assert_int_eq(number_at(&w, "total.success_rate"), 1);
	ck_assert_int_eq(number_at(&w, "total.duration_ms.n"), 100);
	ck_assert_int_eq(number_at(&w, "total.duration_ms.avg"), 50500);
	ck_assert_int_eq(number_at(&w, "total.duration_ms.min"), 1000);
	ck_assert_int_eq(number_at(&w, "total.duration_ms.max"), 100000);
	near(number_at(&w, "total.duration_ms.p50"), 50000);
	near(number_at(&w, "total.duration_ms.p95"), 95000);
	near(number_at(&w, "total.duration_ms.p99"), 99000);
	ck_assert_int_eq(number_at(&w, "total.wait_ms.avg"), 500);
	ask(&w, "", "24h");
	ck_assert_str_eq(world_get(&w, "total.success_rate", &text), "0.8");
	ck_assert_int_eq(number_at(&w, "total.failed"), 25);
	ck_assert_str_eq(world_get(&w, "workflows.1.workflow", &text), "other");
	ck_assert_int_eq(number_at(&w, "workflows.1.ended"), 25);
	near(stats_expected(&w.engine->stats, w.engine->journal, VIEW("build")), 95000);
	/* Failures say nothing about how long it takes. */
	ck_assert_int_eq(stats_expected(&w.engine->stats, w.engine->journal, VIEW("other")), 0);
	str_release(&text);
	world_close(&w);
}
END_TEST

/* Counted as it comes in, hour by hour, and never from the hours. */
START_TEST(totals_of_all_time_are_the_sums_of_the_hours)
{
	static const char differ[] =
		"SELECT count(*) FROM (SELECT workflow, status, sum(n), 0 FROM stat_runs GROUP BY 1, 2"
		" UNION ALL SELECT workflow, kind, sum(n), sum(sum) FROM stat_spans GROUP BY 1, 2"
		" EXCEPT SELECT workflow, what, n, sum FROM stat_totals)";
	struct world w;
	struct str text = {0};
	world_open(&w);
	for (int i = 1; i <= 20; i++) {
		when_freeze(INT64_C(1800000000000) + i * 1700000);
		has_ended(&w, i % 3 ? "build" : "other", i * 1000, i % 4 ? RUN_COMPLETED : RUN_FAILED);
	}
	when_freeze(0);
	settle(&w);
	struct db_stmt *st = db_prepare(journal_db(w.engine->journal), differ, NULL);
	ck_assert_int_eq(db_step(st, NULL), DB_ROW);
	ck_assert_int_eq(db_int(st, 0), 0);
	db_finish(st);
	engine_metrics(w.engine, &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "runboard_runs_total{workflow=\"build\","
						      "status=\"completed\"} 10\n"));
	ck_assert_ptr_nonnull(strstr(str_text(&text), "runboard_run_duration_seconds_count"
						      "{workflow=\"other\"} 5\n"));
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_window_leaves_out_what_was_before_it_and_has_its_buckets)
{
	struct world w;
	struct str path = {0};
	int64_t now = 1780000200000;
	world_prepare(&w);
	when_freeze(now - 30 * INT64_C(3600000));
	world_open_at(&w);
	has_ended(&w, "build", 1000, RUN_COMPLETED);
	when_freeze(now - 3 * INT64_C(3600000));
	has_ended(&w, "build", 1000, RUN_COMPLETED);
	when_freeze(now);
	has_ended(&w, "build", 1000, RUN_FAILED);
	settle(&w);
	ask(&w, "", "6h");
	ck_assert_int_eq(number_at(&w, "total.ended"), 2);
	ck_assert_int_eq(number_at(&w, "buckets.2.completed"), 1);
	ck_assert_int_eq(number_at(&w, "buckets.5.failed"), 1);
	ck_assert_str_eq(world_get(&w, "buckets.6.failed", &path), "");
	ask(&w, "", "72h");
	ck_assert_int_eq(number_at(&w, "total.ended"), 3);
	struct engine_stats_query wide = { .window_ms = 90 * INT64_C(86400000), .bucket_ms = 3600000 };
	ck_assert(!engine_stats(w.engine, &wide, &w.body, NULL));
	str_release(&path);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(an_hour_counts_from_its_first_instant_on)
{
	struct world w;
	world_prepare(&w);
	when_freeze(INT64_C(3600000) * 494444);
	world_open_at(&w);
	has_ended(&w, "build", 1000, RUN_COMPLETED);
	settle(&w);
	ask(&w, "", "6h");
	ck_assert_int_eq(number_at(&w, "total.completed"), 1);
	ck_assert_int_eq(number_at(&w, "buckets.5.completed"), 1);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(real_runs_are_counted_with_the_slots_that_they_held)
{
	struct world w;
	struct str id = {0}, text = {0}, metrics = {0};
	world_open(&w);
	world_workflow(&w, "quick", "steps:\n  - {id: a, run: 'true'}\n");
	for (int i = 0; i < 5; i++) {
		world_start(&w, "quick", "", &id);
		world_until(&w, str_text(&id), "completed");
	}
	world_start(&w, "quick", "", &id);
	ck_assert_str_ne(world_get(&w, "expected_ms", &text), "null");
	world_until(&w, str_text(&id), "completed");
	ask(&w, "", "24h");	/* an hour may have begun meanwhile */
	ck_assert_int_eq(number_at(&w, "total.completed"), 6);
	ck_assert_str_eq(world_get(&w, "stats.0.status", &text), "completed");
	ck_assert_int_eq(number_at(&w, "stats.0.runs"), 6);
	ck_assert_str_eq(world_get(&w, "queues.0.name", &text), "default");
	engine_metrics(w.engine, &metrics);
	const char *want[] = {
		"\nrunboard_runs_total{workflow=\"quick\",status=\"completed\"} 6\n",
		"\nrunboard_runs_total{workflow=\"quick\",status=\"started\"} 6\n",
		"\nrunboard_run_duration_seconds_count{workflow=\"quick\"} 6\n",
		"\nrunboard_queue_slots{queue=\"default\"} 4\n",
		"\nrunboard_runs_open{status=\"running\"} 0\n",
		"\nrunboard_journal_writable 1\n",
	};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		ck_assert_msg(strstr(str_text(&metrics), want[i]) != NULL, "no %s in %s", want[i],
			      str_text(&metrics));
	str_release(&id);
	str_release(&text);
	str_release(&metrics);
	world_close(&w);
}
END_TEST

Suite *suite_stats(void);
Suite *suite_stats(void)
{
	Suite *s = suite_create("stats");
	TCase *t = tcase_create("hours");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_bin_is_at_most_seven_percent_away_and_bins_ascend);
	tcase_add_test(t, a_hundred_runs_have_their_percentiles_also_after_a_restart);
	tcase_add_test(t, totals_of_all_time_are_the_sums_of_the_hours);
	tcase_add_test(t, a_window_leaves_out_what_was_before_it_and_has_its_buckets);
	tcase_add_test(t, an_hour_counts_from_its_first_instant_on);
	tcase_add_test(t, real_runs_are_counted_with_the_slots_that_they_held);
	suite_add_tcase(s, t);
	return s;
}
