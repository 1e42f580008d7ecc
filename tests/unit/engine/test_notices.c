/* Notices: commands that are told what happened, tried again, given up. */
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine_world.h"
#include "lib/unit.h"

static void notify(struct world *w, const char *on, const char *command, const char *run)
{
	struct str yaml = {0};
	str_addf(&yaml, "notify: [{on: %s, command: '%s'}]\nsteps:\n  - {id: a, %s}\n", on, command,
		 run);
	world_workflow(w, "told", str_text(&yaml));
	str_release(&yaml);
}

static int64_t waiting(struct world *w)
{
	struct db_stmt *st = db_stmt(journal_db(w->engine->journal), "SELECT count(*) FROM outbox");
	int64_t n = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : -1;
	db_reset(st);
	return n;
}

static int64_t tries(struct world *w)
{
	struct db_stmt *st = db_stmt(journal_db(w->engine->journal), "SELECT sum(tries) FROM outbox");
	int64_t n = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : -1;
	db_reset(st);
	return n;
}

/* Turns the loop until the outbox holds so many. */
static void until_waiting(struct world *w, int64_t n)
{
	while (waiting(w) != n)
		loop_turn(w->loop, 50);
}

static void read_told(struct world *w, struct str *out)
{
	struct str path = {0};
	str_addf(&path, "%s/told", str_text(&w->folder));
	str_clear(out);
	file_read(str_text(&path), 1 << 20, out, NULL);
	str_release(&path);
}

START_TEST(who_asked_for_failures_is_told_once_with_what_happened)
{
	struct world w;
	struct str id = {0}, line = {0}, told = {0}, want = {0};
	world_open(&w);
	str_addf(&line, "echo \"$RUNBOARD_ON $RUNBOARD_WORKFLOW $RUNBOARD_RUN_ID\" >> %s/told",
		 str_text(&w.folder));
	notify(&w, "failed", str_text(&line), "run: 'false'");
	world_start(&w, "told", "", &id);
	world_until(&w, str_text(&id), "failed");
	until_waiting(&w, 0);
	read_told(&w, &told);
	str_addf(&want, "failed told %s\n", str_text(&id));
	ck_assert_str_eq(str_text(&told), str_text(&want));
	str_release(&id);
	str_release(&line);
	str_release(&told);
	str_release(&want);
	world_close(&w);
}
END_TEST

static void order(struct world *w, enum verb verb, const struct str *id, const char *status)
{
	const struct engine_order o = { .verb = verb, .run = view_of_str(id),
					.caller = { .by = VIEW("alice") } };
	world_order(w, &o);
	world_until(w, str_text(id), status);
}

START_TEST(a_run_that_completes_tells_nobody_of_failure_and_a_gate_tells_that_it_waits)
{
	struct world w;
	struct str id = {0}, line = {0}, told = {0};
	world_open(&w);
	str_addf(&line, "echo \"$RUNBOARD_STATUS\" >> %s/told",
		 str_text(&w.folder));
	notify(&w, "[failed, waiting]", str_text(&line), "approve: {prompt: \"Go?\"}");
	world_start(&w, "told", "", &id);
	world_until(&w, str_text(&id), "waiting");
	do
		read_told(&w, &told), loop_turn(w.loop, 20);
	while (!told.len);
	until_waiting(&w, 0);
	order(&w, VERB_CANCEL, &id, "cancelled");
	ck_assert_int_eq(waiting(&w), 0);
	read_told(&w, &told);
	ck_assert_str_eq(str_text(&told), "waiting\n");
	str_release(&id);
	str_release(&line);
	str_release(&told);
	world_close(&w);
}
END_TEST

START_TEST(a_command_that_fails_is_tried_again_also_by_the_next_engine_and_given_up)
{
	struct world w;
	struct str id = {0}, line = {0}, told = {0};
	int64_t now = when_now_ms();
	when_freeze(now);
	world_open(&w);
	str_addf(&line, "echo try >> %s/told; exit 1",
		 str_text(&w.folder));
	notify(&w, "ended", str_text(&line), "run: 'true'");
	world_start(&w, "told", "", &id);
	world_until(&w, str_text(&id), "completed");
	for (int i = 1; i < 12; i++) {
		while (tries(&w) != i)
			loop_turn(w.loop, 50);
		world_restart(&w);
		now += 2000 << i;
		when_freeze(now);
		engine_look_at_clock(w.engine);
	}
	until_waiting(&w, 0);
	read_told(&w, &told);
	ck_assert_str_eq(str_text(&told), "try\ntry\ntry\ntry\ntry\ntry\ntry\ntry\ntry\ntry\ntry\ntry\n");
	str_clear(&w.body);
	ck_assert(engine_table(w.engine, ENGINE_AUDIT, NULL, &w.body));
	ck_assert_ptr_nonnull(strstr(str_text(&w.body), "given up after twelve tries"));
	str_release(&id);
	str_release(&line);
	str_release(&told);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_command_is_tried_again_as_late_as_before_when_the_clock_is_set)
{
	struct world w;
	struct str id = {0};
	int64_t now = when_now_ms(), hour = 3600000;
	when_freeze(now);
	world_open(&w);
	notify(&w, "ended", "exit 1", "run: 'true'");
	world_start(&w, "told", "", &id);
	for (int i = 1; i < 5; i++) {
		while (tries(&w) != i)
			loop_turn(w.loop, 50);
		when_jump(i % 2 ? -hour : hour);
		engine_look_at_clock(w.engine);
		loop_turn(w.loop, -1);
		ck_assert_int_eq(tries(&w), i);
		if (i == 3)
			world_restart(&w);
		now += 2000 << i;
		when_freeze(now);
		engine_look_at_clock(w.engine);
	}
	str_release(&id);
	world_close(&w);
	when_freeze(0);
}
END_TEST

START_TEST(a_run_that_takes_longer_than_most_tells_so_once_whatever_comes_later)
{
	struct world w;
	struct str id = {0}, line = {0}, told = {0};
	world_open(&w);
	str_addf(&line, "echo \"$RUNBOARD_ON\" >> %s/told",
		 str_text(&w.folder));
	notify(&w, "long_running", str_text(&line), "run: sleep 600");
	for (int i = 0; i < 6; i++) {
		struct machine m = { .workflow = VIEW("told"), .status = RUN_COMPLETED,
				     .ended = true, .created_ms = 1, .started_ms = 1, .ended_ms = 3 };
		stats_run_ended(&w.engine->stats, w.engine->journal, &m);
	}
	world_start(&w, "told", "", &id);
	do
		read_told(&w, &told), loop_turn(w.loop, 20);
	while (!told.len);
	order(&w, VERB_PAUSE, &id, "paused");
	order(&w, VERB_CANCEL, &id, "cancelled");
	until_waiting(&w, 0);
	read_told(&w, &told);
	ck_assert_str_eq(str_text(&told), "long_running\n");
	str_release(&id);
	str_release(&line);
	str_release(&told);
	world_close(&w);
}
END_TEST

Suite *suite_notices(void);
Suite *suite_notices(void)
{
	Suite *s = suite_create("notices");
	TCase *t = tcase_create("outbox");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, who_asked_for_failures_is_told_once_with_what_happened);
	tcase_add_test(t, a_run_that_completes_tells_nobody_of_failure_and_a_gate_tells_that_it_waits);
	tcase_add_test(t, a_command_that_fails_is_tried_again_also_by_the_next_engine_and_given_up);
	tcase_add_test(t, a_command_is_tried_again_as_late_as_before_when_the_clock_is_set);
	tcase_add_test(t, a_run_that_takes_longer_than_most_tells_so_once_whatever_comes_later);
	suite_add_tcase(s, t);
	return s;
}
