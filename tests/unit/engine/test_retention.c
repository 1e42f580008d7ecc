/* Retention on a real engine: what goes, in which order, what stays, what is told. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine/keeping.h"
#include "lib/unit.h"
#include "unit/engine/site.h"

static struct site w;

static void setup(void)
{
	site_init(&w, "");
	site_workflow(&w, "quick", "labels: {team: web}\n"
				   "steps: [{id: one, run: 'echo hello; echo x > file'}]\n");
	site_workflow(&w, "deploy-a", "steps: [{id: one, run: 'true'}]\n");
	site_workflow(&w, "bad", "steps: [{id: one, run: 'echo x > file; exit 3'}]\n");
	site_workflow(&w, "gated", "steps: [{id: go, approve: {prompt: Go?}}]\n");
	site_workflow(&w, "family", "steps:\n  - {id: kid, workflow: quick}\n"
				    "  - {id: go, approve: {prompt: Go?}}\n");
}

static void teardown(void)
{
	site_release(&w);
}

/* ---- what is asked for ------------------------------------------------------------------ */

static void rule(struct keeping_rules *r, const char *pattern, const char *key, const char *value)
{
	const char *why = NULL;
	ck_assert_msg(keeping_take(r, view_of(pattern), view_of(key), view_of(value), &why), "%s", why);
}

/* One rule, from now on alone. */
static void keep(const char *pattern, const char *key, const char *value)
{
	struct keeping_rules r = { 0 };
	rule(&r, pattern, key, value);
	engine_keep(w.engine, &r);
}

static void do_run(const char *workflow, const char *status, char *id)
{
	site_start(&w, workflow, NULL, id);
	site_wait_status(&w, id, status);
}

static bool has_folder(const char *kind, const char *id)
{
	char path[160];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s/%s", w.state, kind, id);
	return !stat(path, &st);
}

static const char tidied[] = "SELECT count(*) FROM files WHERE bytes < 0";

/* ---- rules ---------------------------------------------------------------------------------- */

START_TEST(the_last_section_that_fits_and_says_a_limit_counts)
{
	struct keeping_rules r = { 0 };
	struct keeping k;
	rule(&r, "", "age", "90d");
	rule(&r, "", "count", "100");
	rule(&r, "deploy-*", "age", "none");
	rule(&r, "deploy-*", "size", "10G");
	rule(&r, "deploy-web", "count", "5");
	k = keeping_of(&r, VIEW("other"));
	ck_assert_int_eq(k.limits[KEEPING_AGE], INT64_C(90) * 86400000);
	ck_assert_int_eq(k.limits[KEEPING_COUNT], 100);
	ck_assert_int_eq(k.limits[KEEPING_SIZE], KEEPING_NONE);
	k = keeping_of(&r, VIEW("deploy-web"));
	ck_assert_int_eq(k.limits[KEEPING_AGE], KEEPING_NONE);
	ck_assert_int_eq(k.limits[KEEPING_COUNT], 5);
	ck_assert_int_eq(k.limits[KEEPING_SIZE], INT64_C(10) << 30);
	keeping_release(&r);
}
END_TEST

START_TEST(limits_that_are_none_are_refused)
{
	static const char *const bad[][3] = {
		{ "", "age", "90" }, { "", "age", "" }, { "", "count", "-1" }, { "", "count", "1d" },
		{ "", "size", "10X" }, { "", "size", "10GG" }, { "", "size", "G" }, { "", "days", "3" },
		{ "x", "audit_age", "1d" },
	};
	static const char *const good[][2] = {
		{ "size", "10" }, { "size", "10K" }, { "size", "10MiB" }, { "size", "1TB" },
		{ "count", "0" }, { "age", "1d12h" }, { "audit_age", "none" }, { "logs_age", "0s" },
	};
	struct keeping_rules r = { 0 };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *why = NULL;
		ck_assert_msg(!keeping_take(&r, view_of(bad[i][0]), view_of(bad[i][1]),
					    view_of(bad[i][2]), &why), "%s", bad[i][2]);
		ck_assert_ptr_nonnull(why);
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		rule(&r, "", good[i][0], good[i][1]);
	keeping_release(&r);
}
END_TEST

/* ---- tidying ---------------------------------------------------------------------------------- */

START_TEST(a_working_folder_stays_where_a_run_can_be_taken_up_or_looked_at)
{
	char good[40], failed[40], debug[40];
	do_run("quick", "completed", good);
	do_run("bad", "failed", failed);
	site_start(&w, "quick", "{\"debug\":true}", debug);
	site_wait_status(&w, debug, "completed");
	site_until(&w, tidied, 0);
	ck_assert(!has_folder("work", good));
	ck_assert(has_folder("work", failed));
	ck_assert(has_folder("work", debug));
	ck_assert(has_folder("runs", good));
	ck_assert_int_gt(site_number(&w, "SELECT bytes FROM holdings WHERE workflow = 'quick'"), 4096);
	ck_assert_int_eq(site_number(&w, "SELECT runs * 10 + logs FROM holdings WHERE workflow = 'quick'"), 22);
	keep("", "age", "0s");
	site_until(&w, "SELECT count(*) FROM runs", 0);
	ck_assert(!has_folder("work", failed));
	ck_assert(!has_folder("work", debug));
	ck_assert(!has_folder("runs", good));
	ck_assert_int_eq(site_number(&w, "SELECT sum(runs + logs + bytes) FROM holdings"), 0);
}
END_TEST

START_TEST(what_was_taken_is_removed_from_the_disk_also_after_a_restart)
{
	char id[40], left[160], path[160];
	struct stat st;
	do_run("quick", "completed", id);
	snprintf(path, sizeof path, "%s/trash", w.state);
	snprintf(left, sizeof left, "%s/trash", w.state);
	mkdir(left, 0700);
	snprintf(left, sizeof left, "%s/trash/5", w.state);
	mkdir(left, 0700);
	site_restart(&w);
	keep("", "age", "0s");
	site_until(&w, "SELECT count(*) FROM runs", 0);
	char command[200];
	snprintf(command, sizeof command, "test -z \"$(ls %s)\"", path);
	while (system(command))
		loop_turn(w.loop, 50);
	ck_assert_int_ne(stat(left, &st), 0);
}
END_TEST

/* ---- logs ---------------------------------------------------------------------------------------- */

START_TEST(logs_go_before_their_runs_and_it_is_said)
{
	char id[40];
	do_run("quick", "completed", id);
	site_until(&w, tidied, 0);
	keep("", "logs_age", "0s");
	site_until(&w, "SELECT count(*) FROM files", 0);
	ck_assert(!has_folder("runs", id));
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
	ck_assert_str_eq(site_member(&w, "tasks.0.status"), "completed");
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/history", id), 200);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/one/log", id), 404);
	ck_assert_ptr_nonnull(strstr(site_member(&w, "error.message"), "removed (retention)"));
	ck_assert_int_eq(site_get(&w, "/v1/audit"), 200);
	ck_assert_str_eq(site_member(&w, "audit.0.what"), "remove logs of 1 run of quick");
	ck_assert_str_eq(site_member(&w, "audit.0.by"), "retention");
}
END_TEST

START_TEST(a_size_that_is_passed_costs_the_oldest_logs)
{
	char old[40], new[40];
	do_run("quick", "completed", old);
	do_run("quick", "completed", new);
	site_until(&w, tidied, 0);
	int64_t bytes = site_number(&w, "SELECT bytes FROM holdings WHERE workflow = 'quick'");
	char size[32];
	snprintf(size, sizeof size, "%lld", (long long)bytes - 1);
	keep("qui*", "size", size);
	site_until(&w, "SELECT count(*) FROM files", 1);
	ck_assert(!has_folder("runs", old));
	ck_assert(has_folder("runs", new));
	ck_assert_int_eq(site_number(&w, "SELECT count(*) FROM runs"), 2);
	keep("", "logs_count", "0");
	site_until(&w, "SELECT count(*) FROM files", 0);
}
END_TEST

START_TEST(a_run_that_is_retried_after_its_logs_went_has_logs_again)
{
	char id[40], version[64];
	do_run("bad", "failed", id);
	keep("", "logs_age", "0s");
	site_until(&w, "SELECT count(*) FROM files", 0);
	struct keeping_rules none = { 0 };
	engine_keep(w.engine, &none);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/one", id), 200);
	snprintf(version, sizeof version, "{\"version\":%s}", site_member(&w, "version"));
	ck_assert_int_eq(site_post(&w, version, "/v1/runs/%s/tasks/one/retry", id), 200);
	site_wait_status(&w, id, "failed");
	site_until(&w, "SELECT count(*) FROM files WHERE bytes > 0", 1);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/one/log", id), 200);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/one/log?attempt=1", id), 200);
}
END_TEST

/* ---- runs ------------------------------------------------------------------------------------------ */

START_TEST(of_each_workflow_the_newest_are_kept)
{
	char ids[4][40], other[40];
	for (int i = 0; i < 4; i++)
		do_run("quick", "completed", ids[i]);
	do_run("deploy-a", "completed", other);
	keep("quick", "count", "2");
	site_until(&w, "SELECT count(*) FROM runs", 3);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", ids[1]), 404);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", ids[2]), 200);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", other), 200);
	ck_assert_int_eq(site_get(&w, "/v1/runs?filter=label.team:web"), 200);
	ck_assert_str_eq(site_member(&w, "runs.1.id"), ids[2]);
	ck_assert_str_eq(site_member(&w, "runs.2.id"), "");
	ck_assert_int_eq(site_number(&w, "SELECT count(DISTINCT run) FROM words"), 3);
	ck_assert_int_eq(site_number(&w, "SELECT count(DISTINCT run) FROM events"), 3);
	/* What was removed is still counted as what has been. */
	ck_assert_int_eq(site_get(&w, "/v1/stats"), 200);
	ck_assert_str_eq(site_member(&w, "total.completed"), "5");
}
END_TEST

START_TEST(a_reader_is_told_what_is_gone_and_a_list_goes_on)
{
	struct client live, late;
	char id[40], gone[120], begin[80], header[120];
	do_run("quick", "completed", id);
	site_stream(&w, &live, "/v1/events?snapshot=1", "");
	client_wait_text(&live, "event: snapshot_end");
	const char *at = strstr(str_text(&live.got), "id: ");
	snprintf(begin, sizeof begin, "%.*s", (int)strcspn(at + 4, "\n"), at + 4);
	keep("", "age", "0s");
	snprintf(gone, sizeof gone, "event: gone\ndata: {\"id\":\"%s\"}", id);
	client_wait_text(&live, gone);
	/* One that comes back is told the same. */
	snprintf(header, sizeof header, "Last-Event-ID: %s\r\n", begin);
	site_stream(&w, &late, "/v1/events?filter=workflow:quick", header);
	client_wait_text(&late, gone);
	client_release(&late);
	client_release(&live);
}
END_TEST

START_TEST(numbers_and_answers_outlive_what_they_were_given_for)
{
	char id[40], again[40], key[] = "Idempotency-Key: k\r\n";
	ck_assert_int_eq(site_ask(&w, "POST /v1/workflows/quick/runs", key, "{}"), 201);
	snprintf(id, sizeof id, "%s", site_member(&w, "id"));
	site_wait_status(&w, id, "completed");
	keep("", "age", "0s");
	site_until(&w, "SELECT count(*) FROM runs", 0);
	int64_t seq = engine_seq(w.engine);
	ck_assert_int_eq(site_number(&w, "SELECT count(*) FROM events"), 0);
	site_restart(&w);
	ck_assert_int_eq(engine_seq(w.engine), seq);
	ck_assert_int_eq(site_ask(&w, "POST /v1/workflows/quick/runs", key, "{}"), 201);
	ck_assert_str_eq(site_member(&w, "id"), id);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 404);
	do_run("quick", "completed", again);
	ck_assert_int_eq(site_number(&w, "SELECT num FROM runs"), 2);
	ck_assert_int_gt(site_number(&w, "SELECT min(seq) FROM events"), seq);
}
END_TEST

START_TEST(what_is_open_and_its_family_stay)
{
	char parent[40], open[40];
	site_start(&w, "family", NULL, parent);
	site_wait_status(&w, parent, "waiting");
	site_start(&w, "gated", NULL, open);
	site_wait_status(&w, open, "waiting");
	keep("", "age", "0s");
	/* The round has passed them: what comes later in it is done, maybe as soon as it ends. */
	char id[40];
	site_start(&w, "quick", NULL, id);
	site_until(&w, "SELECT count(*) FROM runs", 3);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", parent), 200);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", site_member(&w, "children.0")), 200);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", parent), 200);
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/cancel", parent), 202);
	site_until(&w, "SELECT count(*) FROM runs", 1);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", open), 200);
}
END_TEST

START_TEST(a_run_is_never_in_half_whatever_part_of_a_removal_was_reached)
{
	char id[40], from[160], to[160];
	do_run("quick", "completed", id);
	site_until(&w, tidied, 0);
	/* Killed when its folder was aside and the journal not written yet. */
	snprintf(from, sizeof from, "%s/runs/%s", w.state, id);
	snprintf(to, sizeof to, "%s/elsewhere", w.state);
	ck_assert_int_eq(rename(from, to), 0);
	site_restart(&w);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
	keep("", "age", "0s");
	site_until(&w, "SELECT count(*) FROM runs", 0);
}
END_TEST

START_TEST(old_lines_of_the_audit_trail_and_old_answers_go)
{
	struct db *db = journal_db(w.engine->journal);
	for (int i = 0; i < 3; i++)
		engine_audit(w.engine, VIEW("x"), VIEW("y"), VIEW("z"));
	char key[] = "Idempotency-Key: k\r\n";
	ck_assert_int_eq(site_ask(&w, "POST /v1/workflows/gated/runs", key, "{}"), 201);
	ck_assert_int_eq(site_number(&w, "SELECT count(*) FROM answers"), 1);
	ck_assert_int_eq(db_exec(db, "UPDATE audit SET at = at - 864000000 WHERE who = 'x';"
				     "UPDATE answers SET at = at - 90000000", NULL), DB_DONE);
	keep("", "audit_age", "9d");
	site_until(&w, "SELECT count(*) FROM audit WHERE who = 'x'", 0);
	ck_assert_int_gt(site_number(&w, "SELECT count(*) FROM audit"), 0);
	site_until(&w, "SELECT count(*) FROM answers", 0);
}
END_TEST

START_TEST(what_was_told_of_the_length_of_a_run_goes_with_its_end)
{
	char open[40], ended[40], sql[400];
	do_run("gated", "waiting", open);
	do_run("quick", "completed", ended);
	snprintf(sql, sizeof sql, "INSERT INTO meta VALUES('long:%s', '5'), ('long:%s', '5'),"
				  " ('long:gone', '5'), ('longer', '5')", open, ended);
	ck_assert_int_eq(db_exec(journal_db(w.engine->journal), sql, NULL), DB_DONE);
	keep("", "count", "none");
	site_until(&w, "SELECT count(*) FROM meta WHERE key LIKE 'long%'", 2);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM meta WHERE key IN ('long:%s', 'longer')", open);
	ck_assert_int_eq(site_number(&w, sql), 2);
}
END_TEST

Suite *suite_retention(void);

Suite *suite_retention(void)
{
	Suite *s = suite_create("retention");
	TCase *rules = tcase_create("rules"), *t = tcase_create("engine");
	tcase_add_test(rules, the_last_section_that_fits_and_says_a_limit_counts);
	tcase_add_test(rules, limits_that_are_none_are_refused);
	suite_add_tcase(s, rules);
	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_working_folder_stays_where_a_run_can_be_taken_up_or_looked_at);
	tcase_add_test(t, what_was_taken_is_removed_from_the_disk_also_after_a_restart);
	tcase_add_test(t, logs_go_before_their_runs_and_it_is_said);
	tcase_add_test(t, a_size_that_is_passed_costs_the_oldest_logs);
	tcase_add_test(t, a_run_that_is_retried_after_its_logs_went_has_logs_again);
	tcase_add_test(t, of_each_workflow_the_newest_are_kept);
	tcase_add_test(t, a_reader_is_told_what_is_gone_and_a_list_goes_on);
	tcase_add_test(t, numbers_and_answers_outlive_what_they_were_given_for);
	tcase_add_test(t, what_is_open_and_its_family_stay);
	tcase_add_test(t, a_run_is_never_in_half_whatever_part_of_a_removal_was_reached);
	tcase_add_test(t, old_lines_of_the_audit_trail_and_old_answers_go);
	tcase_add_test(t, what_was_told_of_the_length_of_a_run_goes_with_its_end);
	suite_add_tcase(s, t);
	return s;
}
