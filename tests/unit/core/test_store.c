/* The store of runs. */
#include "lib/unit.h"

#include "base/ident.h"
#include "core/store.h"
#include "scene.h"

static struct store *store;
static struct arena arena;

static void open_store(void)
{
	store = store_new();
}

static void close_store(void)
{
	store_free(store);
	arena_release(&arena);
}

static const struct pair labels[] = { { VIEW("team"), VIEW("web") } };
static const struct pair params[] = { { VIEW("n"), VIEW("3") }, { VIEW("s"), VIEW("\"x\"") } };
static const struct vote votes[] = { { VIEW("bob"), VIEW("fine"), VERB_APPROVE, 1234 } };
static const struct view whys[VERBS] = { [VERB_CANCEL] = VIEW("it has ended") };

/* Every member that a store keeps has a value of its own. */
static struct run_facts full_run(void)
{
	return (struct run_facts){
		.context = 3, .id = VIEW("0193a1b2-c3d4-7e5f-8a6b-0123456789ab"),
		.short_id = VIEW("01234567"), .workflow = VIEW("deploy"), .title = VIEW("Deploy"),
		.status = RUN_WAITING, .raw_status = VIEW("WAIT"), .trigger = TRIGGER_WEBHOOK,
		.trigger_by = VIEW("alice"), .trigger_source = VIEW("github"), .queue = VIEW("q"),
		.worker = VIEW("w"), .environment = VIEW("prod"), .parent = VIEW("p"),
		.link = VIEW("http://x"), .labels = { labels, 1 }, .params = { params, 2 },
		.current_task = VIEW("review"), .current_status = TASK_WAITING,
		.current_attempt = 2, .tasks_done = 3, .tasks_total = 7, .progress = 0.25f,
		.estimated = true, .recovered = true, .debug = true,
		.waiting = { .kind = GATE_QUESTION, .task = VIEW("review"), .prompt = VIEW("Ship?"),
			     .schema = VIEW("{}"), .roles = VIEW("approver"), .since_ms = 111,
			     .deadline_ms = 222, .required = 2, .given = votes, .n_given = 1,
			     .version = 9, .attempt = 1 },
		.n_gates = 2, .pending_reason = VIEW("slots"), .pending_detail = VIEW("4 of 4"),
		.pending_since_ms = 5, .cancel_by = VIEW("eve"), .cancel_reason = VIEW("late"),
		.cancel_at_ms = 77,
		.error = { .type = VIEW("Exit"), .message = VIEW("boom"), .task = VIEW("build") },
		.created_ms = 1000, .planned_ms = 88, .started_ms = 2000, .ended_ms = 0,
		.expected_ms = 99, .version = 12, .seq = 40,
		.actions = { .allowed = 1u << VERB_APPROVE,
			     .known = 1u << VERB_APPROVE | 1u << VERB_CANCEL, .why = whys },
	};
}

#define SAME(member) ck_assert_int_eq((int64_t)(a->member), (int64_t)(b->member))
#define SAME_VIEW(member) ck_assert_msg(view_eq(a->member, b->member), #member)

static void assert_same_gate(const struct gate_facts *a, const struct gate_facts *b)
{
	SAME(kind);
	SAME_VIEW(task);
	SAME_VIEW(prompt);
	SAME_VIEW(schema);
	SAME_VIEW(roles);
	SAME(since_ms);
	SAME(deadline_ms);
	SAME(required);
	SAME(n_given);
	SAME(version);
	SAME(attempt);
	for (size_t i = 0; i < a->n_given; i++) {
		ck_assert(view_eq(a->given[i].by, b->given[i].by));
		ck_assert(view_eq(a->given[i].comment, b->given[i].comment));
		ck_assert_int_eq(a->given[i].verb, b->given[i].verb);
		ck_assert_int_eq(a->given[i].at_ms, b->given[i].at_ms);
	}
}

static void assert_same_pairs(const struct pairs *a, const struct pairs *b)
{
	SAME(len);
	for (size_t i = 0; i < a->len; i++) {
		ck_assert(view_eq(a->items[i].name, b->items[i].name));
		ck_assert(view_eq(a->items[i].value, b->items[i].value));
	}
}

static void assert_same_texts(const struct run_facts *a, const struct run_facts *b)
{
	SAME_VIEW(id);
	SAME_VIEW(short_id);
	SAME_VIEW(workflow);
	SAME_VIEW(title);
	SAME_VIEW(raw_status);
	SAME_VIEW(trigger_by);
	SAME_VIEW(trigger_source);
	SAME_VIEW(queue);
	SAME_VIEW(worker);
	SAME_VIEW(environment);
	SAME_VIEW(parent);
	SAME_VIEW(link);
	SAME_VIEW(current_task);
	SAME_VIEW(pending_reason);
	SAME_VIEW(pending_detail);
	SAME_VIEW(cancel_by);
	SAME_VIEW(cancel_reason);
	SAME_VIEW(error.type);
	SAME_VIEW(error.message);
	SAME_VIEW(error.task);
}

static void assert_same(const struct run_facts *a, const struct run_facts *b)
{
	assert_same_texts(a, b);
	assert_same_gate(&a->waiting, &b->waiting);
	assert_same_pairs(&a->labels, &b->labels);
	assert_same_pairs(&a->params, &b->params);
	SAME(context);
	SAME(status);
	SAME(trigger);
	SAME(current_status);
	SAME(current_attempt);
	SAME(tasks_done);
	SAME(tasks_total);
	SAME(progress * 1000);
	SAME(estimated);
	SAME(recovered);
	SAME(debug);
	SAME(n_gates);
	SAME(pending_since_ms);
	SAME(cancel_at_ms);
	SAME(planned_ms);
	SAME(expected_ms);
	SAME(created_ms);
	SAME(started_ms);
	SAME(ended_ms);
	SAME(version);
	SAME(seq);
	SAME(actions.allowed);
	SAME(actions.known);
	for (int v = 0; a->actions.why && v < VERBS; v++)
		ck_assert(view_eq(a->actions.why[v], b->actions.why[v]));
}

START_TEST(the_facts_come_back_as_they_were_given)
{
	struct run_facts run = full_run(), back;
	struct run_key key = scene_put(store, &run);
	ck_assert(store_facts(store, key, &back, &arena));
	assert_same(&run, &back);
}
END_TEST

START_TEST(ids_of_any_form_come_back_and_are_found)
{
	static const char *const ids[] = {
		"x", "0193a1b2-c3d4-7e5f-8a6b-0123456789ab", "0193A1B2-C3D4-7E5F-8A6B-0123456789AC",
		"order/42 with blanks", "0193a1b2-c3d4-7e5f-8a6b-0123456789",
	};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct run_facts run = { .id = view_of(ids[i]), .short_id = VIEW("zz"), .seq = 1 };
		struct run_facts back;
		struct run_key key = scene_put(store, &run);
		ck_assert(store_facts(store, key, &back, &arena));
		ck_assert_msg(view_is(back.id, ids[i]), "%s", ids[i]);
		ck_assert(view_is(back.short_id, "zz"));
	}
	ck_assert_uint_eq(store_count(store), 5);
	ck_assert(!run_key_is_set(store_key(store, 0, VIEW("y"))));
	ck_assert(!run_key_is_set(store_key(store, 1, VIEW("x"))));
}
END_TEST

START_TEST(the_same_id_in_two_contexts_is_two_runs)
{
	struct run_facts run = scene_run("a", 1, RUN_RUNNING);
	struct run_key first = scene_put(store, &run);
	run.context = 1;
	struct run_key second = scene_put(store, &run);
	ck_assert(!run_key_eq(first, second));
	ck_assert_uint_eq(store_count(store), 2);
}
END_TEST

START_TEST(a_change_says_what_happened)
{
	struct run_facts run = scene_run("a", 1, RUN_PENDING);
	struct change c = store_upsert(store, &run);
	ck_assert_int_eq(c.kind, CHANGE_NEW);
	ck_assert_int_eq(c.to, LANE_PENDING);
	c = store_upsert(store, &run);
	ck_assert_int_eq(c.kind, CHANGE_NONE);
	run.status = RUN_RUNNING;
	c = store_upsert(store, &run);
	ck_assert(c.kind == CHANGE_MOVED && c.from == LANE_PENDING && c.to == LANE_RUNNING);
	run.status = RUN_WAITING;
	c = store_upsert(store, &run);
	ck_assert(c.kind == CHANGE_UPDATED && c.old_status == RUN_RUNNING &&
		  c.status == RUN_WAITING);
	run.title = VIEW("changed");
	ck_assert_int_eq(store_upsert(store, &run).kind, CHANGE_UPDATED);
	c = store_remove(store, c.key);
	ck_assert(c.kind == CHANGE_GONE && c.from == LANE_RUNNING);
	ck_assert_int_eq(store_remove(store, c.key).kind, CHANGE_NONE);
	ck_assert_uint_eq(store_count(store), 0);
}
END_TEST

START_TEST(an_older_seq_is_dropped)
{
	struct run_facts run = scene_run("a", 1, RUN_COMPLETED), back;
	run.seq = 10;
	struct run_key key = scene_put(store, &run);
	run.seq = 9;
	run.status = RUN_RUNNING;
	ck_assert_int_eq(store_upsert(store, &run).kind, CHANGE_NONE);
	store_facts(store, key, &back, &arena);
	ck_assert_int_eq(back.status, RUN_COMPLETED);
	ck_assert_int_eq(back.seq, 10);
}
END_TEST

START_TEST(a_key_never_names_a_later_run_in_its_slot)
{
	struct run_facts run = scene_run("a", 1, RUN_RUNNING), other = scene_run("b", 2, RUN_RUNNING);
	struct run_facts back;
	struct run_key old = scene_put(store, &run);
	store_remove(store, old);
	struct run_key fresh = scene_put(store, &other);
	ck_assert_uint_eq(fresh.slot, old.slot);
	ck_assert(!store_has(store, old));
	ck_assert(!store_facts(store, old, &back, &arena));
	ck_assert(store_has(store, fresh));
	ck_assert(!store_has(store, (struct run_key){ 0 }));
}
END_TEST

START_TEST(progress_changes_only_what_moves)
{
	struct run_facts run = full_run(), back;
	struct run_key key = scene_put(store, &run);
	struct run_facts progress = { .context = 3, .id = run.id, .seq = 41, .progress = 0.5f,
				      .tasks_done = 4, .current_task = VIEW("ship"),
				      .current_status = TASK_RUNNING };
	ck_assert_int_eq(store_progress(store, &progress).kind, CHANGE_UPDATED);
	store_facts(store, key, &back, &arena);
	run.seq = 41;
	run.progress = 0.5f;
	run.tasks_done = 4;
	run.current_task = VIEW("ship");
	run.current_status = TASK_RUNNING;
	run.current_attempt = 0;
	assert_same(&run, &back);
	progress.seq = 40;
	progress.progress = 0.1f;
	ck_assert_int_eq(store_progress(store, &progress).kind, CHANGE_NONE);
	progress.id = VIEW("unknown");
	ck_assert_int_eq(store_progress(store, &progress).kind, CHANGE_NONE);
}
END_TEST

static void count_gone(void *arg, const struct change *c)
{
	int *n = arg;
	ck_assert_int_eq(c->kind, CHANGE_GONE);
	++*n;
}

static bool knows(int number)
{
	struct run_facts run = scene_run("", number, RUN_RUNNING);
	return run_key_is_set(store_key(store, 0, run.id));
}

static void put(int number, enum run_status status)
{
	struct run_facts run = scene_run(number % 2 ? "odd" : "even", number, status);
	scene_put(store, &run);
}

START_TEST(a_snapshot_removes_what_it_did_not_name)
{
	int gone = 0;
	for (int i = 1; i <= 5; i++)
		put(i, RUN_RUNNING);
	store_snapshot_begin(store, 0);
	put(2, RUN_RUNNING);
	put(4, RUN_COMPLETED);
	ck_assert_uint_eq(store_snapshot_end(store, &(struct store_scope){ 0 }, count_gone, &gone), 3);
	ck_assert_int_eq(gone, 3);
	ck_assert(knows(2) && knows(4) && !knows(1) && !knows(3) && !knows(5));
}
END_TEST

START_TEST(a_snapshot_reaches_no_further_than_its_scope)
{
	struct filter *filter = filter_parse(VIEW("workflow:odd"), NULL, NULL);
	struct store_scope scope = { .filter = filter };
	struct run_facts other = scene_run("odd", 9, RUN_RUNNING);
	other.context = 1;
	scene_put(store, &other);
	for (int i = 1; i <= 4; i++)
		put(i, RUN_RUNNING);
	store_snapshot_begin(store, 0);
	put(1, RUN_RUNNING);
	ck_assert_uint_eq(store_snapshot_end(store, &scope, NULL, NULL), 1);
	ck_assert(knows(1) && knows(2) && !knows(3) && knows(4));
	ck_assert(run_key_is_set(store_key(store, 1, other.id)));
	filter_free(filter);
}
END_TEST

START_TEST(a_full_list_of_ended_runs_says_nothing_of_older_ones)
{
	struct store_scope scope = { .ended = 2 };
	for (int i = 1; i <= 5; i++)
		put(i, RUN_COMPLETED);
	store_snapshot_begin(store, 0);
	put(5, RUN_COMPLETED);
	put(3, RUN_COMPLETED);
	ck_assert_uint_eq(store_snapshot_end(store, &scope, NULL, NULL), 1);
	ck_assert(knows(1) && knows(2) && knows(3) && !knows(4) && knows(5));
	store_snapshot_begin(store, 0);
	put(5, RUN_COMPLETED);
	ck_assert_uint_eq(store_snapshot_end(store, &scope, NULL, NULL), 3);
}
END_TEST

START_TEST(a_snapshot_that_is_broken_off_removes_nothing)
{
	put(1, RUN_RUNNING);
	store_snapshot_begin(store, 0);
	store_snapshot_abort(store, 0);
	ck_assert_uint_eq(store_snapshot_end(store, &(struct store_scope){ 0 }, NULL, NULL), 0);
	ck_assert(knows(1));
}
END_TEST

START_TEST(a_context_is_dropped_as_a_whole)
{
	struct run_facts other = scene_run("odd", 9, RUN_RUNNING);
	other.context = 1;
	scene_put(store, &other);
	put(1, RUN_RUNNING);
	put(2, RUN_RUNNING);
	ck_assert_uint_eq(store_drop(store, 0, NULL, NULL), 2);
	ck_assert_uint_eq(store_count(store), 1);
}
END_TEST

START_TEST(runs_are_counted_by_lane_and_status)
{
	put(1, RUN_WAITING);
	put(2, RUN_RUNNING);
	put(3, RUN_FAILED);
	put(4, RUN_REJECTED);
	put(4, RUN_CANCELLED);
	ck_assert_uint_eq(store_count_lane(store, LANE_RUNNING), 2);
	ck_assert_uint_eq(store_count_lane(store, LANE_FAILED), 1);
	ck_assert_uint_eq(store_count_status(store, RUN_REJECTED), 0);
	ck_assert_uint_eq(store_count_status(store, RUN_CANCELLED), 1);
}
END_TEST

START_TEST(a_brief_tells_where_a_run_stands)
{
	struct run_facts run = full_run();
	struct run_brief brief;
	ck_assert(store_brief(store, scene_put(store, &run), &brief));
	ck_assert(view_is(brief.workflow, "deploy"));
	ck_assert(brief.status == RUN_WAITING && brief.context == 3);
	ck_assert_int_eq(brief.wait_since_ms, 111);
	ck_assert_int_eq(brief.deadline_ms, 222);
	ck_assert(!store_brief(store, (struct run_key){ 7, 7 }, &brief));
}
END_TEST

static void churn_id(char id[IDENT_LEN + 1], int n)
{
	snprintf(id, IDENT_LEN + 1, n % 3 ? "0193a1b2-c3d4-7e5f-8a6b-%012x" : "wf-%x", n);
}

START_TEST(thousands_come_and_go_and_all_are_found)
{
	enum { RUNS = 5000 };
	char id[IDENT_LEN + 1];
	for (int n = 0; n < RUNS; n++) {
		churn_id(id, n);
		struct run_facts run = { .id = view_of(id), .seq = 1, .created_ms = n,
					 .status = (enum run_status)(n % RUN_STATUSES) };
		ck_assert_int_eq(store_upsert(store, &run).kind, CHANGE_NEW);
		if (n % 2 == 0 && n >= 100) {
			churn_id(id, n - 100);
			store_remove(store, store_key(store, 0, view_of(id)));
		}
	}
	for (int n = 0; n < RUNS; n++) {
		bool removed = n % 2 == 0 && n + 100 < RUNS;
		churn_id(id, n);
		ck_assert_int_eq(run_key_is_set(store_key(store, 0, view_of(id))), !removed);
	}
	uint32_t at = 0;
	size_t walked = 0;
	for (struct run_key key; store_next(store, &at, &key);)
		walked++;
	ck_assert_uint_eq(walked, store_count(store));
}
END_TEST

unit_suite_fn suite_store;

Suite *suite_store(void)
{
	Suite *s = suite_create("store");
	TCase *c = tcase_create("store");
	tcase_add_checked_fixture(c, open_store, close_store);
	tcase_add_test(c, the_facts_come_back_as_they_were_given);
	tcase_add_test(c, ids_of_any_form_come_back_and_are_found);
	tcase_add_test(c, the_same_id_in_two_contexts_is_two_runs);
	tcase_add_test(c, a_change_says_what_happened);
	tcase_add_test(c, an_older_seq_is_dropped);
	tcase_add_test(c, a_key_never_names_a_later_run_in_its_slot);
	tcase_add_test(c, progress_changes_only_what_moves);
	tcase_add_test(c, a_snapshot_removes_what_it_did_not_name);
	tcase_add_test(c, a_snapshot_reaches_no_further_than_its_scope);
	tcase_add_test(c, a_full_list_of_ended_runs_says_nothing_of_older_ones);
	tcase_add_test(c, a_snapshot_that_is_broken_off_removes_nothing);
	tcase_add_test(c, a_context_is_dropped_as_a_whole);
	tcase_add_test(c, runs_are_counted_by_lane_and_status);
	tcase_add_test(c, a_brief_tells_where_a_run_stands);
	tcase_add_test(c, thousands_come_and_go_and_all_are_found);
	suite_add_tcase(s, c);
	return s;
}
