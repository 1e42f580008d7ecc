/* What starts by itself, with a clock that stands still until the test moves it. */
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine_world.h"
#include "lib/unit.h"
#include "wire/json.h"

enum { HOUR = 3600000 };

static int64_t at(const char *text)
{
	int64_t ms = 0;
	ck_assert(when_parse_rfc3339(view_of(text), &ms));
	return ms;
}

static void go_to(struct world *w, int64_t ms)
{
	when_freeze(ms);
	engine_look_at_clock(w->engine);
	for (int i = 0; i < 4; i++)
		loop_turn(w->loop, i ? 0 : -1);
}

static void nightly(struct world *w, const char *cron, const char *missed)
{
	struct str yaml = {0};
	str_addf(&yaml, "params: {env: {type: string, default: none}}\n"
			"on:\n  schedule:\n    - {cron: \"%s\", timezone: Europe/Berlin, missed: %s,"
			" params: {env: prod}}\n"
			"steps:\n  - {id: work, run: 'true'}\n", cron, missed);
	world_workflow(w, "nightly", str_text(&yaml));
	engine_reload(w->engine);
	str_release(&yaml);
}

/* All runs of the workflow; the list stands in w->body. */
static size_t runs(struct world *w, const char *filter)
{
	const struct engine_query q = { .filter = view_of(filter) };
	str_clear(&w->body);
	ck_assert(engine_runs(w->engine, &q, &w->body, NULL));
	struct json_doc *doc = json_parse(view_of_str(&w->body), 0, NULL);
	size_t n = json_count(json_get(json_root(doc), "runs"));
	json_free(doc);
	return n;
}

static void expect_next(struct world *w, const char *want)
{
	struct str text = {0};
	str_clear(&w->body);
	ck_assert(engine_table(w->engine, ENGINE_SCHEDULES, &w->body, NULL));
	ck_assert_str_eq(world_get(w, "schedules.0.next", &text), want);
	str_release(&text);
}

static int order_schedule(struct world *w, enum verb verb, const char *id)
{
	const struct engine_order order = {
		.verb = verb, .schedule = view_of(id), .trigger = TRIGGER_SCHEDULE,
		.caller = { .by = VIEW("alice") },
	};
	return world_order(w, &order);
}

START_TEST(a_schedule_starts_its_workflow_with_its_parameters_once)
{
	struct world w;
	struct str text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 3 * * *", "skip");
	expect_next(&w, "2026-06-01T01:00:00.000Z");
	ck_assert_str_eq(world_get(&w, "schedules.0.upcoming.4", &text), "2026-06-05T01:00:00.000Z");
	go_to(&w, at("2026-06-01T00:59:59Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 0);
	go_to(&w, at("2026-06-01T01:00:00Z"));
	go_to(&w, at("2026-06-01T01:00:30Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 1);
	ck_assert_str_eq(world_get(&w, "runs.0.trigger.kind", &text), "schedule");
	ck_assert_str_eq(world_get(&w, "runs.0.trigger.source", &text),
			 "nightly 2026-06-01T01:00:00.000Z");
	ck_assert_str_eq(world_get(&w, "runs.0.params.env", &text), "prod");
	world_restart(&w);
	go_to(&w, at("2026-06-01T01:00:40Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 1);
	expect_next(&w, "2026-06-02T01:00:00.000Z");
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

static const struct {
	const char *policy;
	size_t runs;
	const char *source;		/* of the newest */
} downtimes[] = {
	{ "skip", 0, "" },
	{ "latest", 1, "nightly 2026-06-01T05:00:00.000Z" },
	{ "all", 5, "nightly 2026-06-01T05:00:00.000Z" },
};

START_TEST(what_was_missed_while_the_engine_was_down_follows_its_policy)
{
	struct world w;
	struct str text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 * * * *", downtimes[_i].policy);
	go_to(&w, at("2026-06-01T00:30:01Z"));
	world_leave(&w);
	when_freeze(at("2026-06-01T05:30:00Z"));
	world_open_at(&w);
	go_to(&w, at("2026-06-01T05:30:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), downtimes[_i].runs);
	ck_assert_str_eq(world_get(&w, "runs.0.trigger.source", &text), downtimes[_i].source);
	expect_next(&w, "2026-06-01T06:00:00.000Z");
	str_clear(&w.body);
	ck_assert(engine_table(w.engine, ENGINE_AUDIT, &w.body, NULL));
	bool told = strstr(str_text(&w.body), "missed firings of nightly") != NULL;
	ck_assert_int_eq(told, downtimes[_i].runs < 5);
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(the_night_of_the_clock_change_has_one_firing)
{
	struct world w;
	struct str text = {0};
	when_freeze(at("2026-03-28T12:00:00Z"));
	world_open(&w);
	nightly(&w, "30 2 * * *", "latest");
	/* 02:30 does not exist on the 29th: the first minute after the gap. */
	expect_next(&w, "2026-03-29T01:00:00.000Z");
	go_to(&w, at("2026-03-29T01:00:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 1);
	expect_next(&w, "2026-03-30T00:30:00.000Z");
	/* 02:30 comes twice on 25 October: the first one counts. */
	go_to(&w, at("2026-10-24T12:00:00Z"));
	size_t before = runs(&w, "workflow:nightly");
	expect_next(&w, "2026-10-25T00:30:00.000Z");
	go_to(&w, at("2026-10-25T00:30:00Z"));
	go_to(&w, at("2026-10-25T01:30:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), before + 1);
	expect_next(&w, "2026-10-26T01:30:00.000Z");
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_paused_schedule_lets_its_firings_go_also_over_a_restart)
{
	struct world w;
	struct str text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 * * * *", "all");
	ck_assert_int_eq(order_schedule(&w, VERB_PAUSE, "nightly"), 200);
	ck_assert_str_eq(world_get(&w, "paused_by", &text), "alice");
	world_restart(&w);
	go_to(&w, at("2026-06-01T03:30:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 0);
	expect_next(&w, "null");
	ck_assert_int_eq(order_schedule(&w, VERB_RESUME, "nightly"), 200);
	expect_next(&w, "2026-06-01T04:00:00.000Z");
	go_to(&w, at("2026-06-01T04:00:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 1);
	ck_assert_int_eq(order_schedule(&w, VERB_PAUSE, "none"), 404);
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_schedule_is_triggered_by_hand_with_its_parameters)
{
	struct world w;
	struct str text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 3 * * *", "skip");
	ck_assert_int_eq(order_schedule(&w, VERB_START, "nightly"), 201);
	ck_assert_str_eq(world_get(&w, "params.env", &text), "prod");
	ck_assert_str_eq(world_get(&w, "trigger.by", &text), "alice");
	ck_assert_str_eq(world_get(&w, "trigger.source", &text), "nightly");
	expect_next(&w, "2026-06-01T01:00:00.000Z");
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_changed_schedule_counts_from_its_change)
{
	struct world w;
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 * * * *", "all");
	go_to(&w, at("2026-06-01T00:31:00Z"));
	world_leave(&w);
	when_freeze(at("2026-06-01T09:10:00Z"));
	world_open_at(&w);
	/* The old rule's firings were made up for; the new rule has missed none. */
	go_to(&w, at("2026-06-01T09:10:00Z"));
	size_t before = runs(&w, "workflow:nightly");
	nightly(&w, "*/5 * * * *", "all");
	go_to(&w, at("2026-06-01T09:11:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), before);
	expect_next(&w, "2026-06-01T09:15:00.000Z");
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_delayed_start_is_planned_until_its_time_also_over_a_restart)
{
	struct world w;
	struct str id = {0}, text = {0};
	int64_t start = at("2026-06-01T00:00:00Z");
	when_freeze(start);
	world_open(&w);
	world_workflow(&w, "later", "steps:\n  - {id: ask, approve: {prompt: \"Now?\"}}\n");
	const struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("later"), .delay_ms = HOUR,
		.caller = { .by = VIEW("alice") },
	};
	ck_assert_int_eq(world_order(&w, &order), 201);
	ck_assert_str_eq(world_get(&w, "status", &text), "planned");
	ck_assert_str_eq(world_get(&w, "pending.reason", &text), "schedule");
	world_get(&w, "id", &id);
	go_to(&w, start + HOUR - 1);
	world_restart(&w);
	go_to(&w, start + HOUR - 1);
	world_show(&w, str_text(&id));
	ck_assert_str_eq(world_get(&w, "status", &text), "planned");
	go_to(&w, start + HOUR);
	world_until(&w, str_text(&id), "waiting");
	str_release(&id);
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

Suite *suite_firing(void);
Suite *suite_firing(void)
{
	Suite *s = suite_create("firing");
	TCase *t = tcase_create("schedules");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_schedule_starts_its_workflow_with_its_parameters_once);
	tcase_add_loop_test(t, what_was_missed_while_the_engine_was_down_follows_its_policy, 0,
			    (int)(sizeof downtimes / sizeof *downtimes));
	tcase_add_test(t, the_night_of_the_clock_change_has_one_firing);
	tcase_add_test(t, a_paused_schedule_lets_its_firings_go_also_over_a_restart);
	tcase_add_test(t, a_schedule_is_triggered_by_hand_with_its_parameters);
	tcase_add_test(t, a_changed_schedule_counts_from_its_change);
	tcase_add_test(t, a_delayed_start_is_planned_until_its_time_also_over_a_restart);
	suite_add_tcase(s, t);
	return s;
}
