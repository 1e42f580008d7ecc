/* The list of runs: what a walk gives is what the filter matches, in order, once,
 * wherever it was broken off; and every statement goes along an index. */
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine/journal_inside.h"
#include "engine/walk_inside.h"
#include "engine/words.h"
#include "engine_world.h"
#include "lib/unit.h"
#include "wire/encode.h"
#include "wire/proto.h"

enum { RUNS = 120, RUNS_MOST = 1200, HOUR_MS = 3600000 };
#define BEGIN INT64_C(1800000000000)

/* One run as it was written, to be matched without any database. */
struct known {
	int64_t num, created, ended, took;
	char *frame;
};

static struct world w;
static struct known known[RUNS_MOST + 1];

/* ---- the scene ------------------------------------------------------------------------ */

static void put_word(void *arg, struct view name, struct view value)
{
	static const char insert[] = "INSERT OR IGNORE INTO words(name, value, run) VALUES(?, ?, ?)";
	const int64_t *num = arg;
	const struct journal_value values[] = { journal_text(name), journal_text(value),
						journal_number(*num) };
	journal_put(w.engine->journal, insert, values, 3);
}

static void put(const struct run_facts *facts, int64_t num)
{
	static const char insert[] = "INSERT INTO runs(num, id, workflow, status, open, created, ended,"
				     " took, seq, frame) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	struct str frame = {0};
	struct jsonw json;
	struct known *k = &known[num];
	jsonw_init(&json, &frame);
	encode_run(&json, NULL, facts);
	*k = (struct known){ .num = num, .created = facts->created_ms, .ended = facts->ended_ms };
	k->took = facts->ended_ms && facts->started_ms ? facts->ended_ms - facts->started_ms : -1;
	k->frame = str_steal(&frame);
	const struct journal_value values[] = {
		journal_number(num), journal_text(facts->id), journal_text(facts->workflow),
		journal_text(view_of(run_status_name(facts->status))),
		journal_number(run_status_is_open(facts->status)), journal_number(facts->created_ms),
		journal_number(facts->ended_ms), journal_number(k->took), journal_number(num),
		journal_text(view_of(k->frame)),
	};
	journal_put(w.engine->journal, insert, values, 10);
	words_of_run(facts, put_word, &num);
}

/* Many of each kind, and some that are rare. */
static void put_some(int64_t num)
{
	static const char *const workflows[] = { "deploy", "report", "backup.db" };
	static const char *const people[] = { "alice", "Bob", "ci" };
	char id[40], size[16];
	snprintf(id, sizeof id, "01900000-0000-7000-8000-%012d", (int)num);
	snprintf(size, sizeof size, "%d", (int)(num % 4));
	const struct pair labels[] = { { VIEW("team"), num % 5 ? VIEW("Web") : VIEW("core \"x\"") },
				       { VIEW("Tier"), view_of(size) } };
	const struct pair params[] = { { VIEW("env"), num % 7 ? VIEW("\"prod\"") : VIEW("\"st\\u0061ge\"") },
				       { VIEW("size"), view_of(size) },
				       { VIEW("dry"), num % 2 ? VIEW("true") : VIEW("false") },
				       { VIEW("hosts"), VIEW("[\"a\",\"b\"]") } };
	enum run_status status = (enum run_status)(num % RUN_STATUSES);
	struct run_facts facts = {
		.id = view_of(id), .short_id = view_of(id + 24), .workflow = view_of(workflows[num % 3]),
		.title = num % 50 == 3 ? VIEW("a Needle\ttitle") : (struct view){0}, .status = status,
		.trigger = (enum trigger_kind)(num % TRIGGER_KINDS), .trigger_by = view_of(people[num % 3]),
		.labels = { labels, 2 }, .params = { params, 4 }, .progress = -1,
		.created_ms = BEGIN + num * HOUR_MS, .started_ms = BEGIN + num * HOUR_MS + 5,
	};
	if (!run_status_is_open(status))
		facts.ended_ms = BEGIN + (num - num % 13 * 20) * HOUR_MS + num % 17;
	put(&facts, num);
}

static void put_from_to(int64_t first, int64_t last)
{
	for (int64_t num = first; num <= last; num++)
		put_some(num);
	ck_assert_int_eq(journal_commit(w.engine->journal, NULL), JOURNAL_OK);
}

static void setup(void)
{
	world_open(&w);
	put_from_to(1, RUNS);
}

static void teardown(void)
{
	for (int64_t num = 1; num <= RUNS_MOST; num++)
		mem_free(known[num].frame);
	world_close(&w);
}

/* ---- what comes out ------------------------------------------------------------------- */

static bool matches(const struct filter *f, int64_t num)
{
	struct arena arena = {0};
	struct run_facts facts;
	struct filter_env env = { .now_ms = when_now_ms() };
	bool fits = proto_run(view_of(known[num].frame), &arena, &facts, NULL) &&
		    filter_match(f, &facts, &env);
	arena_release(&arena);
	return fits;
}

/* Of two runs the one that comes first, by the sort's word. */
static int compare(const char *sort, const struct known *a, const struct known *b)
{
	struct arena arena = {0};
	struct run_facts x, y;
	bool down = !*sort || *sort == '-';
	const char *word = sort + (*sort == '-');
	int order = 0;
	proto_run(view_of(a->frame), &arena, &x, NULL);
	proto_run(view_of(b->frame), &arena, &y, NULL);
	if (str_eq(word, "ended"))
		order = (a->ended > b->ended) - (a->ended < b->ended);
	else if (str_eq(word, "duration"))
		order = (a->took > b->took) - (a->took < b->took);
	else if (str_eq(word, "workflow"))
		order = view_cmp(x.workflow, y.workflow);
	else if (str_eq(word, "status"))
		order = strcmp(run_status_name(x.status), run_status_name(y.status));
	if (!order)
		order = (a->num > b->num) - (a->num < b->num);
	arena_release(&arena);
	return down ? -order : order;
}

/* Broken off after every so many steps, and gone on from the cursor by another walk. */
static void check_list(const char *text, const char *sort, int break_every)
{
	struct err err = {0};
	struct filter *f = filter_parse(view_of(text), NULL, &err);
	ck_assert_msg(f != NULL, "%s", err_text(&err));
	struct walk_order order;
	struct str cursor = {0};
	bool seen[RUNS + 1] = {0}, over = false;
	const struct known *last = NULL;
	ck_assert(walk_order_parse(view_of(sort), &order));
	while (!over) {
		struct walk *walk = walk_new(w.engine->journal, f, order, view_of_str(&cursor), &err);
		struct walk_row row;
		ck_assert_msg(walk != NULL, "%s '%s': %s", sort, str_text(&cursor), err_text(&err));
		for (int i = 0; i < break_every && !over; i++) {
			enum walk_step step = walk_next(walk, &row);
			over = step == WALK_OVER;
			if (step != WALK_FIT)
				continue;
			ck_assert_msg(!seen[row.num], "%s %s: %d twice", text, sort, (int)row.num);
			seen[row.num] = true;
			ck_assert(!last || compare(sort, last, &known[row.num]) < 0);
			last = &known[row.num];
		}
		str_clear(&cursor);
		walk_cursor(walk, &cursor);
		walk_free(walk);
	}
	for (int64_t num = 1; num <= RUNS; num++)
		ck_assert_msg(seen[num] == matches(f, num), "%s %s: %d is %s", text, sort, (int)num,
			      seen[num] ? "too much" : "missing");
	str_release(&cursor);
	filter_free(f);
}

static const char *const sorts[] = {
	"", "created", "-created", "ended", "-ended", "duration", "-duration", "workflow",
	"-workflow", "status", "-status",
};

START_TEST(a_walk_gives_what_the_filter_matches_in_order_and_once)
{
	static const char *const filters[] = {
		"", "status:failed", "status:failed,timed_out,running", "lane:failed", "status:open",
		"workflow:deploy", "workflow:DEPLOY,report", "workflow:d*", "workflow:none",
		"trigger:schedule", "by:bob", "by:b*", "label.team:web", "label.tier:2",
		"label.team:\"core \\\"x\\\"\"", "param.env:stage", "param.size:3", "param.dry:true",
		"param.hosts:\"[*\"", "workflow:deploy status:failed param.env:prod label.team:web",
		"status:failed trigger:webhook,manual by:alice", "needle", "needle workflow:report",
		"-needle status:completed", "needle|deploy", "/NEED.E/", "-workflow:deploy",
		"id:01900000-0000-7000-8000-000000000017", "id:000000000017",
		"id:0000000000179000", "id:000000,aaaaaa", "id:AAAAAA", "id:0000000000*",
		"id:01900000-0000-7000-8000-000000000017,000000000018", "id:017", "id:*0017",
		"since:2027-01-17 until:2027-01-18", "since:2027-01-17 status:failed",
		"duration>1h", "workflow:deploy|report",
	};
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		for (size_t k = 0; k < sizeof sorts / sizeof *sorts; k++) {
			check_list(filters[i], sorts[k], 1000000);
			check_list(filters[i], sorts[k], 7);
		}
	}
}
END_TEST

/* What is written while somebody pages moves nothing from page to page. */
START_TEST(a_cursor_goes_on_where_it_stood_whatever_happens_meanwhile)
{
	struct engine_query q = { .limit = 10, .sort = VIEW("-ended") };
	struct str cursor = {0}, text = {0};
	const char *first = "DELETE FROM runs WHERE num = 3";
	int shown = 0, pages = 0;
	do {
		str_clear(&w.body);
		q.cursor = view_of_str(&cursor);
		ck_assert(engine_runs(w.engine, &q, &w.body, NULL));
		str_clear(&text);
		for (const char *at = str_text(&w.body); (at = strstr(at, "\"short\":")); at++)
			shown++;
		str_clear(&cursor);
		str_add_text(&cursor, world_get(&w, "next_cursor", &text));
		if (pages++ == 0)
			ck_assert_int_eq(db_exec(journal_db(w.engine->journal), first, NULL), DB_DONE);
	} while (!str_eq(str_text(&cursor), "null"));
	ck_assert_int_eq(pages, RUNS / 10);
	ck_assert_int_ge(shown, RUNS - 1);
	str_release(&cursor);
	str_release(&text);
}
END_TEST

/* Time goes by with every row that is shown, as on a machine that is busy with others. */
static bool lose_time(const void *arg, struct view frame, struct str *out)
{
	when_freeze(when_mono_ms() + 10);
	return false;
}

static int rows_of(struct view filter, int limit)
{
	const struct engine_viewer viewer = { .own = lose_time };
	const struct engine_query q = { .filter = filter, .limit = limit, .viewer = &viewer };
	int rows = 0;
	str_clear(&w.body);
	ck_assert(engine_runs(w.engine, &q, &w.body, NULL));
	for (const char *at = str_text(&w.body); (at = strstr(at, "\"short\":")); at++)
		rows++;
	return rows;
}

START_TEST(a_page_is_whole_on_a_busy_machine_unless_it_has_to_search)
{
	when_freeze(when_now_ms());
	ck_assert_int_eq(rows_of(VIEW(""), 20), 20);
	ck_assert_int_eq(rows_of(VIEW("workflow:deploy"), 5), 5);
	ck_assert_int_lt(rows_of(VIEW("needle"), 20), 20);
	when_freeze(0);
}
END_TEST

/* ---- snapshots ----------------------------------------------------------------------------- */

struct snapshot_seen {
	int64_t ended;
	int steps;
	bool cut;
};

static bool sees_deploy(const void *arg, struct view workflow)
{
	return view_is(workflow, "deploy");
}

static bool take_all(void *arg, const struct engine_change *change)
{
	return true;
}

static struct snapshot_seen snapshot(struct engine_scope scope)
{
	struct snapshot_seen seen = {0};
	struct engine_snapshot *s = engine_snapshot_new(w.engine, &scope, NULL);
	while (engine_snapshot_next(s, 1, take_all, NULL))
		seen.steps++;
	for (int lane = LANE_COMPLETED; lane < LANES; lane++)
		seen.ended += engine_snapshot_counts(s)[lane];
	seen.cut = engine_snapshot_cut(s);
	engine_snapshot_free(s);
	return seen;
}

START_TEST(a_snapshot_is_not_cut_by_runs_that_its_reader_does_not_see)
{
	const struct engine_viewer viewer = { .sees = sees_deploy };
	struct engine_scope scope = { .ended = -1, .viewer = viewer };
	scope.ended = (int)snapshot(scope).ended;
	ck_assert_int_gt(scope.ended, 1);
	ck_assert(!snapshot(scope).cut);
	scope.ended--;
	ck_assert(snapshot(scope).cut);
}
END_TEST

START_TEST(a_snapshot_that_has_what_it_wants_does_not_search_the_whole_history)
{
	const struct engine_scope none = { .filter = VIEW("nothing-has-this") };
	struct snapshot_seen seen = snapshot(none);
	ck_assert_int_eq(seen.ended, 0);
	ck_assert(!seen.cut);
	put_from_to(RUNS + 1, RUNS_MOST);
	int open = 0;
	for (int64_t num = 1; num <= RUNS_MOST; num++)
		open += !known[num].ended;
	seen = snapshot(none);
	ck_assert_int_eq(seen.ended, 0);
	ck_assert(seen.cut);
	ck_assert_int_le(seen.steps, open + 500);
}
END_TEST

START_TEST(a_cursor_of_another_list_and_an_unknown_sort_are_refused)
{
	static const struct {
		const char *sort, *cursor;
	} bad[] = {
		{ "", "x" }, { "", "1.2" }, { "", "-1" }, { "-ended", "5" }, { "-ended", "ed5" },
		{ "ended", "ed5.6" }, { "-duration", "ed5.6" }, { "status", "sa5." }, { "", "" },
		{ "size", "" }, { "--ended", "" }, { "-", "" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct engine_query q = { .sort = view_of(bad[i].sort),
						.cursor = view_of(bad[i].cursor) };
		struct err err = {0};
		bool fine = !bad[i].sort[0] && !bad[i].cursor[0];
		str_clear(&w.body);
		ck_assert_msg(engine_runs(w.engine, &q, &w.body, &err) == fine, "%s %s", bad[i].sort,
			      bad[i].cursor);
		ck_assert(fine || err.kind == ERR_USAGE);
		err_release(&err);
	}
}
END_TEST

/* ---- plans ------------------------------------------------------------------------------ */

/* Each line of the plan is a search; nothing is scanned, nothing sorted. */
static void check_plan(const char *sql, const char *index)
{
	struct str text = {0};
	struct err err = {0};
	bool by_index = false;
	str_addf(&text, "EXPLAIN QUERY PLAN %s", sql);
	struct db_stmt *st = db_prepare(journal_db(w.engine->journal), str_text(&text), &err);
	ck_assert_msg(st != NULL, "%s: %s", sql, err_text(&err));
	while (db_step(st, NULL) == DB_ROW) {
		struct view line = db_text(st, 3);
		ck_assert_msg(view_starts(line, "SEARCH "), "%s: %.*s", sql, (int)line.len, line.ptr);
		by_index = by_index || view_find(line, view_of(index), 0) != SIZE_MAX;
	}
	db_finish(st);
	ck_assert_msg(by_index, "%s: not by %s", sql, index);
	str_release(&text);
}

START_TEST(each_statement_of_a_walk_searches_an_index_and_sorts_nothing)
{
	static const char *const numbers[WALK_SOURCES] = {
		[WALK_BY_NUM] = "INTEGER PRIMARY KEY (rowid", [WALK_BY_ID] = "(id=?",
		[WALK_BY_SHORT] = "INDEX runs_short (<expr>=? AND",
		[WALK_BY_STATUS] = "COVERING INDEX runs_status (status=? AND num",
		[WALK_BY_WORKFLOW] = "COVERING INDEX runs_workflow (workflow=? AND num",
		[WALK_BY_WORD] = "PRIMARY KEY (name=? AND value=? AND run",
	};
	static const char *const sorted[WALK_SORTS][WALK_SCOPES] = {
		[WALK_ENDED] = { "runs_ended (ended", "runs_status_ended (status=? AND ended",
				 "runs_workflow_ended (workflow=? AND ended" },
		[WALK_DURATION] = { "runs_took (took" },
		[WALK_WORKFLOW] = { "runs_workflow (workflow" },
		[WALK_STATUS] = { "runs_status (status" },
	};
	for (int up = 0; up < 2; up++) {
		for (int i = 0; i < WALK_SOURCES; i++)
			check_plan(walk_numbers[i][up], numbers[i]);
		for (int i = 0; i < WALK_SORTS * WALK_SCOPES * WALK_PARTS; i++) {
			int sort = i / (WALK_SCOPES * WALK_PARTS), scope = i / WALK_PARTS % WALK_SCOPES;
			const char *sql = walk_sorted[sort][scope][i % WALK_PARTS][up];
			ck_assert((sql != NULL) == (sorted[sort][scope] != NULL));
			if (sql)
				check_plan(sql, sorted[sort][scope]);
		}
	}
	check_plan(walk_first_since, "runs_created (created>?)");
	check_plan(walk_last_until, "runs_created (created<?)");
}
END_TEST

Suite *suite_walk(void);

Suite *suite_walk(void)
{
	Suite *s = suite_create("walk");
	TCase *t = tcase_create("lists");
	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_walk_gives_what_the_filter_matches_in_order_and_once);
	tcase_add_test(t, a_cursor_goes_on_where_it_stood_whatever_happens_meanwhile);
	tcase_add_test(t, a_page_is_whole_on_a_busy_machine_unless_it_has_to_search);
	tcase_add_test(t, a_snapshot_is_not_cut_by_runs_that_its_reader_does_not_see);
	tcase_add_test(t, a_snapshot_that_has_what_it_wants_does_not_search_the_whole_history);
	tcase_add_test(t, a_cursor_of_another_list_and_an_unknown_sort_are_refused);
	tcase_add_test(t, each_statement_of_a_walk_searches_an_index_and_sorts_nothing);
	suite_add_tcase(s, t);
	return s;
}
