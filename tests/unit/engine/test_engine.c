/* The facade with real supervisors: runs from start to end. */
#include <signal.h>

#include "base/file.h"
#include "engine/engine_inside.h"
#include "engine_world.h"
#include "lib/unit.h"

static void order_task(struct world *w, enum verb verb, const char *id, const char *task,
		       const char *by)
{
	struct str version = {0};
	struct str path = {0};
	int64_t n = 0;
	world_show(w, id);
	for (int i = 0; i < 20; i++) {
		str_clear(&path);
		str_addf(&path, "tasks.%d.id", i);
		if (!str_eq(world_get(w, str_text(&path), &version), task))
			continue;
		str_clear(&path);
		str_addf(&path, "tasks.%d.version", i);
		world_get(w, str_text(&path), &version);
		number_parse(view_of_str(&version), 0, INT64_MAX, &n);
	}
	const struct engine_order order = {
		.verb = verb, .run = view_of(id), .task = view_of(task),
		.caller = { .by = view_of(by) }, .comment = VIEW("why not"), .has_version = true,
		.version = n,
	};
	world_order(w, &order);
	str_release(&version);
	str_release(&path);
}

START_TEST(a_run_runs_its_steps_and_completes)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "two",
		       "params:\n  who: {type: string, default: world}\n"
		       "steps:\n"
		       "  - id: hello\n    run: echo \"hello $PARAM_who\"; echo oops >&2; "
		       "echo size=3 > \"$RUNBOARD_OUTPUT\"\n"
		       "  - id: after\n    run: test \"$RESULT_hello_size\" = 3\n");
	world_start(&w, "two", "{\"who\":\"moon\"}", &id);
	world_until(&w, str_text(&id), "completed");
	ck_assert_str_eq(world_get(&w, "tasks.0.result.size", &text), "3");
	ck_assert_str_eq(world_get(&w, "tasks.1.exit_code", &text), "0");
	ck_assert_str_eq(world_get(&w, "tasks_done", &text), "2");
	ck_assert_str_eq(world_get(&w, "tasks.0.log.stdout_bytes", &text), "11");
	const struct engine_log_query q = { .run = view_of_str(&id), .task = VIEW("hello"),
					    .lines = true };
	enum engine_log_state state;
	str_clear(&w.body);
	ck_assert(engine_log(w.engine, &q, &w.body, &state, NULL));
	ck_assert_int_eq(state, ENGINE_LOG_EOF);
	bool both = strstr(str_text(&w.body), "hello moon") && strstr(str_text(&w.body), "oops");
	ck_assert_msg(both, "%s", str_text(&w.body));
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_gate_waits_until_it_is_approved_and_the_second_one_is_told_who_won)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "gate",
		       "steps:\n"
		       "  - {id: review, approve: {prompt: \"Ship ${{ run.workflow }}?\"}}\n"
		       "  - {id: ship, run: 'true'}\n");
	world_start(&w, "gate", "", &id);
	world_until(&w, str_text(&id), "waiting");
	ck_assert_str_eq(world_get(&w, "waiting.prompt", &text), "Ship gate?");
	world_get(&w, "waiting.version", &text);
	int64_t version = 0;
	ck_assert(number_parse(view_of_str(&text), 1, 1000, &version));
	struct engine_order order = {
		.verb = VERB_APPROVE, .run = view_of_str(&id), .task = VIEW("review"),
		.caller = { .by = VIEW("alice") }, .has_version = true, .version = version,
	};
	ck_assert_int_eq(world_order(&w, &order), 200);
	order.caller.by = VIEW("bob");
	ck_assert_int_eq(world_order(&w, &order), 409);
	ck_assert_str_eq(world_get(&w, "error.code", &text), "conflict");
	ck_assert_str_eq(world_get(&w, "error.detail.by", &text), "alice");
	world_until(&w, str_text(&id), "completed");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_rejected_gate_rejects_the_run_and_skips_what_follows)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "gate",
		       "steps:\n  - {id: review, approve: {prompt: Ship?}}\n"
		       "  - {id: ship, run: 'true'}\n");
	world_start(&w, "gate", "", &id);
	world_until(&w, str_text(&id), "waiting");
	order_task(&w, VERB_REJECT, str_text(&id), "review", "bob");
	ck_assert_int_eq(w.status, 200);
	world_until(&w, str_text(&id), "rejected");
	ck_assert_str_eq(world_get(&w, "tasks.1.status", &text), "skipped");
	ck_assert_str_eq(world_get(&w, "error.message", &text), "rejected by bob: why not");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_failing_step_is_retried_and_then_fails_the_run)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "flaky",
		       "steps:\n  - id: a\n    run: echo bad luck >&2; exit 3\n"
		       "    retry: {attempts: 2, delay: 10ms}\n"
		       "  - {id: b, run: 'true'}\n");
	world_start(&w, "flaky", "", &id);
	world_until(&w, str_text(&id), "failed");
	ck_assert_str_eq(world_get(&w, "tasks.0.attempt", &text), "2");
	ck_assert_str_eq(world_get(&w, "tasks.0.exit_code", &text), "3");
	ck_assert_str_eq(world_get(&w, "tasks.1.status", &text), "skipped");
	ck_assert_str_eq(world_get(&w, "error.message", &text), "exit status 3: bad luck");
	order_task(&w, VERB_RETRY, str_text(&id), "a", "bob");
	ck_assert_int_eq(w.status, 200);
	ck_assert_str_eq(world_get(&w, "ended_at", &text), "null");
	world_until(&w, str_text(&id), "failed");
	ck_assert_str_eq(world_get(&w, "tasks.0.attempt", &text), "4");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_cancelled_run_stops_its_steps_and_still_cleans_up)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "long",
		       "steps:\n  - {id: sleep, run: exec sleep 1000}\n"
		       "finally:\n  - {id: clean, run: echo clean}\n");
	world_start(&w, "long", "", &id);
	world_until_task(&w, str_text(&id), "sleep", "running");
	const struct engine_order order = {
		.verb = VERB_CANCEL, .run = view_of_str(&id), .comment = VIEW("enough"),
		.caller = { .by = VIEW("bob") },
	};
	ck_assert_int_eq(world_order(&w, &order), 202);
	ck_assert_str_eq(world_get(&w, "cancel_requested.by", &text), "bob");
	ck_assert_str_eq(world_get(&w, "status", &text), "running");
	world_until(&w, str_text(&id), "cancelled");
	ck_assert_str_eq(world_get(&w, "tasks.0.status", &text), "cancelled");
	ck_assert_str_eq(world_get(&w, "tasks.1.status", &text), "completed");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_step_that_runs_while_the_engine_restarts_is_not_lost)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "long",
		       "steps:\n  - id: wait\n    run: until test -e go; do sleep 0.01; done; echo done\n"
		       "  - {id: after, run: 'true'}\n");
	world_start(&w, "long", "", &id);
	world_until_task(&w, str_text(&id), "wait", "running");
	world_restart(&w);
	struct str go = {0};
	str_addf(&go, "touch %s/work/%s/go", str_text(&w.state), str_text(&id));
	ck_assert_int_eq(system(str_text(&go)), 0);
	world_until(&w, str_text(&id), "completed");
	ck_assert_str_eq(world_get(&w, "tasks.0.attempt", &text), "1");
	ck_assert_str_eq(world_get(&w, "tasks.0.log.stdout_bytes", &text), "5");
	str_release(&go);
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

/* The parent of a process. */
static pid_t parent_of(const char *pid)
{
	struct str path = {0}, text = {0};
	int64_t parent = 0;
	str_addf(&path, "/proc/%s/stat", pid);
	ck_assert(file_read(str_text(&path), 4096, &text, NULL));
	struct view rest = view_of_str(&text), word;
	for (int i = 0; i < 4; i++)
		ck_assert(view_split(&rest, ' ', &word));
	ck_assert(number_parse(word, 2, INT32_MAX, &parent));
	str_release(&path);
	str_release(&text);
	return (pid_t)parent;
}

START_TEST(a_step_whose_supervisor_was_killed_asks_what_to_do)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "long",
		       "steps:\n  - {id: a, run: 'test $RUNBOARD_ATTEMPT = 2 || exec sleep 1000'}\n");
	world_start(&w, "long", "", &id);
	do {
		loop_turn(w.loop, -1);
		world_show(&w, str_text(&id));
		world_get(&w, "tasks.0.pid", &text);
	} while (str_eq(str_text(&text), "null"));
	pid_t step = (pid_t)strtol(str_text(&text), NULL, 10);
	kill(parent_of(str_text(&text)), SIGKILL);
	world_until(&w, str_text(&id), "waiting");
	kill(step, SIGKILL);
	order_task(&w, VERB_APPROVE, str_text(&id), "a", "bob");
	ck_assert_int_eq(w.status, 200);
	world_until(&w, str_text(&id), "completed");
	ck_assert_str_eq(world_get(&w, "tasks.0.attempt", &text), "2");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

static void limit_pages(struct world *w, int64_t pages)
{
	struct str sql = {0};
	str_addf(&sql, "PRAGMA max_page_count=%lld", (long long)pages);
	ck_assert_int_eq(db_exec(journal_db(w->engine->journal), str_text(&sql), NULL), DB_DONE);
	str_release(&sql);
}

static void on_late_reply(void *arg, const struct engine_reply *reply)
{
	*(int *)arg = reply->status;
}

START_TEST(a_full_disk_holds_the_reply_back_and_loses_nothing)
{
	struct world w;
	struct str params = {0};
	const char *why;
	int late = 0;
	world_open(&w);
	world_workflow(&w, "one",
		       "params: {text: {type: string}}\nsteps:\n  - {id: a, run: 'true'}\n");
	limit_pages(&w, 1);	/* no page more than there are */
	str_add_text(&params, "{\"text\":\"");
	str_add_many(&params, 'x', 200000);
	str_add_text(&params, "\"}");
	struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("one"), .params = view_of_str(&params),
		.caller = { .by = VIEW("alice") },
	};
	engine_submit(w.engine, &order, on_late_reply, &late);
	while (engine_is_writable(w.engine, &why))
		loop_turn(w.loop, -1);
	ck_assert_int_eq(late, 0);
	ck_assert_int_eq(world_order(&w, &order), 503);
	ck_assert_int_eq(late, 0);
	limit_pages(&w, 1000000);
	while (!late)
		loop_turn(w.loop, -1);
	ck_assert_int_eq(late, 201);
	ck_assert(engine_is_writable(w.engine, &why));
	str_release(&params);
	world_close(&w);
}
END_TEST

START_TEST(a_second_engine_is_refused_the_same_state)
{
	struct world w;
	struct err err = {0};
	world_open(&w);
	struct loop *loop = loop_new();
	const struct engine_config config = { .state = str_text(&w.state), .slots = 1,
					      .supervisor = "/bin/true" };
	ck_assert(engine_new(&config, loop, &err) == NULL);
	ck_assert_int_eq(err.kind, ERR_REFUSED);
	err_release(&err);
	loop_free(loop);
	world_close(&w);
}
END_TEST

START_TEST(the_same_key_gives_the_same_run)
{
	struct world w;
	struct str first = {0}, second = {0};
	world_open(&w);
	world_workflow(&w, "one", "steps:\n  - {id: a, run: 'true'}\n");
	struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("one"), .caller = { .by = VIEW("alice") },
		.key = VIEW("k1"), .route = VIEW("POST /x"), .body = VIEW("{}"),
	};
	ck_assert_int_eq(world_order(&w, &order), 201);
	world_get(&w, "id", &first);
	ck_assert_int_eq(world_order(&w, &order), 201);
	ck_assert(w.replayed);
	ck_assert_str_eq(world_get(&w, "id", &second), str_text(&first));
	order.body = VIEW("{\"params\":{}}");
	ck_assert_int_eq(world_order(&w, &order), 422);
	str_release(&first);
	str_release(&second);
	world_close(&w);
}
END_TEST

static void count_reply(void *arg, const struct engine_reply *reply)
{
	int *n = arg;
	ck_assert_int_eq(reply->status, 201);
	++*n;
}

START_TEST(the_same_key_twice_in_one_turn_makes_one_run)
{
	struct world w;
	int n = 0;
	struct engine_query all = {0};
	world_open(&w);
	world_workflow(&w, "one", "steps:\n  - {id: a, run: 'true'}\n");
	const struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("one"), .caller = { .by = VIEW("alice") },
		.key = VIEW("k1"), .route = VIEW("POST /x"), .body = VIEW("{}"),
	};
	engine_submit(w.engine, &order, count_reply, &n);
	engine_submit(w.engine, &order, count_reply, &n);
	while (n < 2)
		loop_turn(w.loop, -1);
	str_clear(&w.body);
	struct str text = {0};
	ck_assert(engine_runs(w.engine, &all, &w.body, NULL));
	ck_assert(str_text(&w.body)[0] == '{');
	world_get(&w, "runs.0.id", &text);
	ck_assert(text.len > 0);
	ck_assert_str_eq(world_get(&w, "runs.1.id", &text), "");
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_dry_run_says_whether_it_would_and_does_nothing)
{
	struct world w;
	struct str id = {0}, text = {0};
	world_open(&w);
	world_workflow(&w, "gate", "steps:\n  - id: ok\n    approve: {prompt: Go on?}\n");
	world_start(&w, "gate", "{}", &id);
	world_until(&w, str_text(&id), "waiting");
	struct engine_order order = {
		.verb = VERB_CANCEL, .run = view_of_str(&id), .caller = { .by = VIEW("alice") },
		.dry_run = true,
	};
	ck_assert_int_eq(world_order(&w, &order), 200);
	order.verb = VERB_RESUME;
	ck_assert_int_eq(world_order(&w, &order), 409);
	world_show(&w, str_text(&id));
	ck_assert_str_eq(world_get(&w, "status", &text), "waiting");
	str_release(&id);
	str_release(&text);
	world_close(&w);
}
END_TEST

START_TEST(a_delayed_run_begins_by_itself)
{
	struct world w;
	struct str id = {0};
	world_open(&w);
	world_workflow(&w, "one", "steps:\n  - {id: a, run: 'true'}\n");
	const struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("one"), .caller = { .by = VIEW("alice") },
		.delay_ms = 200,
	};
	ck_assert_int_eq(world_order(&w, &order), 201);
	world_get(&w, "id", &id);
	world_until(&w, str_text(&id), "planned");
	world_until(&w, str_text(&id), "completed");
	str_release(&id);
	world_close(&w);
}
END_TEST

static bool first_lost_its_past(void *arg, const struct engine_change *c)
{
	bool *lost = arg;
	*lost = c->before_pruned;
	return false;
}

START_TEST(a_change_says_when_the_one_before_was_pruned)
{
	struct world w;
	struct str id = {0}, sql = {0};
	bool lost = true;
	world_open(&w);
	world_workflow(&w, "gate", "steps:\n  - id: ok\n    approve: {prompt: Go on?}\n");
	world_start(&w, "gate", "{}", &id);
	world_until(&w, str_text(&id), "waiting");
	ck_assert(engine_changes(w.engine, 0, first_lost_its_past, &lost));
	ck_assert(!lost);
	int64_t seq = engine_seq(w.engine);
	order_task(&w, VERB_APPROVE, str_text(&id), "ok", "alice");
	world_until(&w, str_text(&id), "completed");
	str_addf(&sql, "DELETE FROM changes WHERE seq <= %lld", (long long)seq);
	ck_assert_int_eq(db_exec(journal_db(w.engine->journal), str_text(&sql), NULL), DB_DONE);
	ck_assert(engine_changes(w.engine, seq, first_lost_its_past, &lost));
	ck_assert(lost);
	str_release(&id);
	str_release(&sql);
	world_close(&w);
}
END_TEST

static bool keep_id(void *arg, const struct engine_change *c)
{
	struct str *id = arg;
	str_add(id, c->id);
	return true;
}

START_TEST(a_snapshot_counts_only_ended_runs_that_match)
{
	struct world w;
	struct str first = {0}, second = {0}, filter = {0}, seen = {0};
	world_open(&w);
	world_workflow(&w, "one", "steps:\n  - {id: a, run: 'true'}\n");
	world_start(&w, "one", "{}", &first);
	world_until(&w, str_text(&first), "completed");
	world_start(&w, "one", "{}", &second);
	world_until(&w, str_text(&second), "completed");
	str_addf(&filter, "id:%s", str_text(&first));
	struct engine_snapshot *s = engine_snapshot_new(
		w.engine, &(struct engine_scope){ .filter = view_of_str(&filter), .ended = 1 }, NULL);
	while (engine_snapshot_next(s, 1, keep_id, &seen))
		;
	ck_assert_str_eq(str_text(&seen), str_text(&first));
	engine_snapshot_free(s);
	str_release(&first);
	str_release(&second);
	str_release(&filter);
	str_release(&seen);
	world_close(&w);
}
END_TEST

Suite *suite_engine(void);

Suite *suite_engine(void)
{
	Suite *s = suite_create("engine");
	TCase *t = tcase_create("runs");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_run_runs_its_steps_and_completes);
	tcase_add_test(t, a_gate_waits_until_it_is_approved_and_the_second_one_is_told_who_won);
	tcase_add_test(t, a_rejected_gate_rejects_the_run_and_skips_what_follows);
	tcase_add_test(t, a_failing_step_is_retried_and_then_fails_the_run);
	tcase_add_test(t, a_cancelled_run_stops_its_steps_and_still_cleans_up);
	tcase_add_test(t, a_step_that_runs_while_the_engine_restarts_is_not_lost);
	tcase_add_test(t, a_step_whose_supervisor_was_killed_asks_what_to_do);
	tcase_add_test(t, a_full_disk_holds_the_reply_back_and_loses_nothing);
	tcase_add_test(t, a_second_engine_is_refused_the_same_state);
	tcase_add_test(t, the_same_key_gives_the_same_run);
	tcase_add_test(t, the_same_key_twice_in_one_turn_makes_one_run);
	tcase_add_test(t, a_dry_run_says_whether_it_would_and_does_nothing);
	tcase_add_test(t, a_delayed_run_begins_by_itself);
	tcase_add_test(t, a_change_says_when_the_one_before_was_pruned);
	tcase_add_test(t, a_snapshot_counts_only_ended_runs_that_match);
	suite_add_tcase(s, t);
	return s;
}
