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

/* A page of the list, which stands in w->body; how many. */
static size_t page_of(struct world *w, const struct engine_query *query)
{
	const struct engine_query q = *query;
	str_clear(&w->body);
	ck_assert(engine_runs(w->engine, &q, &w->body, NULL));
	struct json_doc *doc = json_parse(view_of_str(&w->body), 0, NULL);
	size_t n = json_count(json_get(json_root(doc), "runs"));
	json_free(doc);
	return n;
}

static size_t page(struct world *w, const char *filter, const char *cursor, int limit)
{
	const struct engine_query q = { .filter = view_of(filter), .cursor = view_of(cursor),
					.limit = limit };
	return page_of(w, &q);
}

/* Those that fit and have begun or are ready to. */
static size_t runs(struct world *w, const char *filter)
{
	struct str text = {0};
	str_addf(&text, "%s -status:planned", filter);
	size_t n = page(w, str_text(&text), "", 0);
	str_release(&text);
	return n;
}

static void expect_next(struct world *w, const char *want)
{
	struct str text = {0};
	str_clear(&w->body);
	ck_assert(engine_table(w->engine, ENGINE_SCHEDULES, NULL, &w->body));
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
	ck_assert(engine_table(w.engine, ENGINE_AUDIT, NULL, &w.body));
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

static size_t planned(struct world *w, struct str *id)
{
	size_t n = page(w, "status:planned", "", 0);
	str_clear(id);
	if (n)
		world_get(w, "runs.0.id", id);
	return n;
}

/* ---- a clock that jumps ------------------------------------------------------------------- */

START_TEST(a_clock_that_goes_back_fires_nothing_twice)
{
	struct world w;
	struct str text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 * * * *", "all");
	go_to(&w, at("2026-06-01T01:00:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 1);
	go_to(&w, at("2026-05-31T22:10:00Z"));
	expect_next(&w, "2026-06-01T02:00:00.000Z");
	go_to(&w, at("2026-06-01T01:00:00Z"));
	world_restart(&w);
	go_to(&w, at("2026-06-01T01:00:01Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 1);
	ck_assert_uint_eq(planned(&w, &text), 1);
	go_to(&w, at("2026-06-01T02:00:00Z"));
	ck_assert_uint_eq(runs(&w, "workflow:nightly"), 2);
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

/* ---- what is planned ------------------------------------------------------------------- */

/* Changes behind `after` as "STATUS STATUS gone " of one run. */
struct heard {
	struct view id;
	struct str words;
};

static bool hear(void *arg, const struct engine_change *c)
{
	struct heard *h = arg;
	struct view status = VIEW("gone"), rest = c->frame;
	if (!view_eq(c->id, h->id))
		return true;
	size_t found = view_find(rest, VIEW("\"status\":\""), 0);
	if (found != SIZE_MAX) {
		rest = view_cut(rest, found + 10, rest.len);
		view_split(&rest, '"', &status);
	}
	str_add(&h->words, status);
	str_add_char(&h->words, ' ');
	return true;
}

static void expect_changes(struct world *w, int64_t after, const char *id, const char *want)
{
	struct heard h = { .id = view_of(id) };
	ck_assert(engine_changes(w->engine, after, hear, &h));
	ck_assert_str_eq(str_text(&h.words), want);
	str_release(&h.words);
}

START_TEST(the_next_firing_is_a_planned_run_and_becomes_the_run_under_the_same_id)
{
	struct world w;
	struct str id = {0}, next = {0}, text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 3 * * *", "skip");
	go_to(&w, at("2026-06-01T00:30:01Z"));
	ck_assert_uint_eq(planned(&w, &id), 1);
	ck_assert_str_eq(world_get(&w, "runs.0.lane", &text), "planned");
	ck_assert_str_eq(world_get(&w, "runs.0.planned_at", &text), "2026-06-01T01:00:00.000Z");
	ck_assert_str_eq(world_get(&w, "runs.0.params.env", &text), "prod");
	ck_assert_str_eq(world_get(&w, "runs.0.pending.reason", &text), "schedule");
	world_show(&w, str_text(&id));
	ck_assert_str_eq(world_get(&w, "tasks.0.status", &text), "pending");
	go_to(&w, at("2026-06-01T01:00:00Z"));
	world_until(&w, str_text(&id), "completed");
	ck_assert_str_eq(world_get(&w, "trigger.source", &text), "nightly 2026-06-01T01:00:00.000Z");
	struct heard h = { .id = view_of_str(&id) };
	ck_assert(engine_changes(w.engine, 0, hear, &h));
	ck_assert(view_starts(view_of_str(&h.words), "planned ") &&
		  view_ends(view_of_str(&h.words), " completed "));
	ck_assert(!strstr(str_text(&h.words), "gone"));
	str_release(&h.words);
	ck_assert_uint_eq(planned(&w, &next), 1);
	ck_assert_str_ne(str_text(&next), str_text(&id));
	ck_assert_str_eq(world_get(&w, "runs.0.planned_at", &text), "2026-06-02T01:00:00.000Z");
	str_release(&id);
	str_release(&next);
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(what_is_planned_is_known_over_a_restart_and_told_once)
{
	struct world w;
	struct str id = {0}, again = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 3 * * *", "skip");
	go_to(&w, at("2026-06-01T00:30:01Z"));
	ck_assert_uint_eq(planned(&w, &id), 1);
	world_restart(&w);
	go_to(&w, at("2026-06-01T00:30:02Z"));
	ck_assert_uint_eq(planned(&w, &again), 1);
	ck_assert_str_eq(str_text(&again), str_text(&id));
	expect_changes(&w, 0, str_text(&id), "planned ");
	/* Let go while the engine was down. */
	world_leave(&w);
	when_freeze(at("2026-06-01T05:30:00Z"));
	world_open_at(&w);
	go_to(&w, at("2026-06-01T05:30:00Z"));
	expect_changes(&w, 0, str_text(&id), "planned gone ");
	ck_assert_uint_eq(runs(&w, ""), 0);
	ck_assert_uint_eq(planned(&w, &again), 1);
	ck_assert_str_ne(str_text(&again), str_text(&id));
	str_release(&id);
	str_release(&again);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_paused_or_changed_schedule_takes_its_planned_run_away)
{
	struct world w;
	struct str id = {0}, text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 3 * * *", "skip");
	go_to(&w, at("2026-06-01T00:30:01Z"));
	ck_assert_uint_eq(planned(&w, &id), 1);
	ck_assert_int_eq(order_schedule(&w, VERB_PAUSE, "nightly"), 200);
	ck_assert_uint_eq(planned(&w, &text), 0);
	expect_changes(&w, 0, str_text(&id), "planned gone ");
	ck_assert_int_eq(order_schedule(&w, VERB_RESUME, "nightly"), 200);
	ck_assert_uint_eq(planned(&w, &text), 1);
	ck_assert_str_eq(str_text(&text), str_text(&id));
	nightly(&w, "0 5 * * *", "skip");
	go_to(&w, at("2026-06-01T00:30:02Z"));
	expect_changes(&w, 0, str_text(&id), "planned gone planned gone ");
	ck_assert_uint_eq(planned(&w, &text), 1);
	ck_assert_str_eq(world_get(&w, "runs.0.planned_at", &text), "2026-06-01T03:00:00.000Z");
	str_release(&id);
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_planned_run_takes_no_orders)
{
	static const enum verb verbs[] = { VERB_CANCEL, VERB_PAUSE, VERB_RERUN };
	struct world w;
	struct str id = {0}, text = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	nightly(&w, "0 3 * * *", "skip");
	go_to(&w, at("2026-06-01T00:30:01Z"));
	ck_assert_uint_eq(planned(&w, &id), 1);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		const struct engine_order order = { .verb = verbs[i], .run = view_of_str(&id),
						    .caller = { .by = VIEW("alice") } };
		ck_assert_int_eq(world_order(&w, &order), 409);
		ck_assert_str_eq(world_get(&w, "error.code", &text), "not_now");
	}
	str_release(&id);
	str_release(&text);
	world_close(&w);
	when_freeze(0);
}
END_TEST

/* The workflows of pages of one run each. */
static void pages_in(struct world *w, const char *sort, const char *want)
{
	struct str words = {0}, text = {0}, cursor = {0};
	do {
		const struct engine_query q = { .sort = view_of(sort), .limit = 1,
						.cursor = view_of_str(&cursor) };
		if (page_of(w, &q))
			str_addf(&words, "%s ", world_get(w, "runs.0.workflow", &text));
		str_clear(&cursor);
		world_get(w, "next_cursor", &cursor);
	} while (!view_is(view_of_str(&cursor), "null"));
	ck_assert_str_eq(str_text(&words), want);
	str_release(&words);
	str_release(&text);
	str_release(&cursor);
}

START_TEST(pages_lead_from_what_is_planned_to_what_has_run)
{
	static const char *const want[] = { "b", "a", "hand" };
	struct world w;
	struct str id = {0}, text = {0}, cursor = {0};
	when_freeze(at("2026-06-01T00:30:00Z"));
	world_open(&w);
	world_workflow(&w, "hand", "steps: [{id: x, run: 'true'}]\n");
	world_workflow(&w, "a", "on: {schedule: [{cron: '0 1 * * *'}]}\nsteps: [{id: x, run: 'true'}]\n");
	world_workflow(&w, "b", "on: {schedule: [{cron: '0 2 * * *'}]}\nsteps: [{id: x, run: 'true'}]\n");
	world_start(&w, "hand", "", &id);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(page(&w, "", str_text(&cursor), 1), 1);
		ck_assert_str_eq(world_get(&w, "runs.0.workflow", &text), want[i]);
		str_clear(&cursor);
		world_get(&w, "next_cursor", &cursor);
	}
	ck_assert_str_eq(str_text(&cursor), "null");
	ck_assert_uint_eq(page(&w, "", "", 2), 2);
	ck_assert_uint_eq(page(&w, "", "", 3), 3);
	ck_assert_uint_eq(page(&w, "-workflow:b", "", 0), 2);
	pages_in(&w, "created", "hand a b ");
	pages_in(&w, "-ended", "hand a b ");
	world_until(&w, str_text(&id), "completed");
	str_release(&id);
	str_release(&text);
	str_release(&cursor);
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
	tcase_add_test(t, a_clock_that_goes_back_fires_nothing_twice);
	tcase_add_test(t, the_next_firing_is_a_planned_run_and_becomes_the_run_under_the_same_id);
	tcase_add_test(t, what_is_planned_is_known_over_a_restart_and_told_once);
	tcase_add_test(t, a_paused_or_changed_schedule_takes_its_planned_run_away);
	tcase_add_test(t, a_planned_run_takes_no_orders);
	tcase_add_test(t, pages_lead_from_what_is_planned_to_what_has_run);
	suite_add_tcase(s, t);
	return s;
}
