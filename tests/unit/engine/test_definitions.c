/* Frozen definitions on a real engine: kept as long as a run was made from one, gone with
 * the last of them, from the disk and from memory. */
#include <stdio.h>
#include <unistd.h>

#include "engine/engine_inside.h"
#include "engine/journal_inside.h"
#include "engine/keeping.h"
#include "lib/unit.h"
#include "unit/engine/site.h"

static struct site w;

static void setup(void)
{
	site_init(&w, "");
}

static void teardown(void)
{
	site_release(&w);
}

static void keep(const char *pattern, const char *key, const char *value)
{
	struct keeping_rules r = { 0 };
	const char *why = NULL;
	ck_assert(keeping_take(&r, view_of(pattern), view_of(key), view_of(value), &why));
	engine_keep(w.engine, &r);
}

/* Version n of a workflow that waits for a decision where it is asked to. */
static void version(const char *name, int n)
{
	char text[300];
	snprintf(text, sizeof text, "# version %d\n"
		 "params: {wait: {type: boolean, default: false}, bad: {type: boolean, default: false}}\n"
		 "steps:\n  - {id: go, if: params.wait, approve: {prompt: Go?}}\n"
		 "  - {id: end, run: 'test $PARAM_bad = false'}\n", n);
	site_workflow(&w, name, text);
	engine_reload(w.engine);
}

static void do_run(const char *workflow, const char *body, const char *status, char *id)
{
	site_start(&w, workflow, body, id);
	site_wait_status(&w, id, status);
}

static int order(const char *id, const char *task, const char *verb)
{
	char body[80];
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/%s", id, task), 200);
	snprintf(body, sizeof body, "{\"version\":%s}", site_member(&w, "version"));
	return site_post(&w, body, "/v1/runs/%s/tasks/%s/%s", id, task, verb);
}

static const char definitions[] = "SELECT count(*) FROM definitions";

/* Whether the engine can still say what the workflow was, from memory or from disk. */
static bool is_known(const char *name, const char *hash)
{
	const struct machine m = { .hash = view_of(hash), .workflow = view_of(name) };
	struct err err = {0};
	bool known = catalog_frozen(w.engine->catalog, w.engine->journal, &m, &err) != NULL;
	err_release(&err);
	return known;
}

static void hash_of(const char *name, char hash[65])
{
	const struct workflow *found = catalog_find(w.engine->catalog, view_of(name));
	ck_assert_ptr_nonnull(found);
	snprintf(hash, 65, "%s", found->hash);
}

START_TEST(a_definition_goes_with_the_last_run_that_was_made_from_it)
{
	char open[40], first[40], second[40], one[65], two[65];
	version("ship", 1);
	hash_of("ship", one);
	do_run("ship", "{\"params\":{\"wait\":true}}", "waiting", open);
	do_run("ship", NULL, "completed", first);
	version("ship", 2);
	hash_of("ship", two);
	do_run("ship", NULL, "completed", second);
	ck_assert_int_eq(site_number(&w, definitions), 2);
	keep("", "age", "0s");
	site_until(&w, definitions, 1);
	ck_assert(!is_known("ship", two));
	ck_assert(is_known("ship", one));
	keep("", "age", "none");
	/* It is the file's, still: the next run is made from it. */
	do_run("ship", NULL, "completed", second);
	ck_assert_int_eq(site_number(&w, definitions), 2);
	ck_assert_int_eq(order(open, "go", "approve"), 200);
	site_wait_status(&w, open, "completed");
	keep("", "age", "0s");
	site_until(&w, definitions, 0);
	ck_assert_int_eq(site_number(&w, "SELECT count(*) FROM uses"), 0);
	ck_assert(!is_known("ship", one));
}
END_TEST

/* The same text under two names is one definition. */
START_TEST(a_definition_of_two_workflows_stays_for_the_other)
{
	char mine[40], its[40], hash[65];
	version("mine", 1);
	version("its", 1);
	hash_of("its", hash);
	do_run("mine", NULL, "completed", mine);
	do_run("its", NULL, "completed", its);
	ck_assert_int_eq(site_number(&w, "SELECT runs FROM uses"), 2);
	keep("mine", "age", "0s");
	site_until(&w, "SELECT runs FROM uses", 1);
	ck_assert(is_known("its", hash));
	keep("", "age", "0s");
	site_until(&w, definitions, 0);
	ck_assert(!is_known("mine", hash) && !is_known("its", hash));
}
END_TEST

START_TEST(what_is_kept_finds_its_own_definition)
{
	char parent[40], again[40], path[120], id[40];
	version("ship", 1);
	site_workflow(&w, "family", "steps: [{id: kid, workflow: ship, params: {bad: true}}]\n");
	do_run("family", NULL, "failed", parent);
	do_run("ship", "{\"params\":{\"bad\":true}}", "failed", id);
	for (int i = 2; i < 5; i++) {
		version("ship", i);
		do_run("ship", NULL, "completed", id);
	}
	ck_assert_int_eq(site_number(&w, definitions), 5);
	version("ship", 1);
	do_run("ship", "{\"params\":{\"bad\":true}}", "failed", id);
	snprintf(path, sizeof path, "%s/ship.yaml", w.workflows);
	ck_assert_int_eq(unlink(path), 0);
	engine_reload(w.engine);
	keep("ship", "count", "3");
	site_until(&w, "SELECT count(*) FROM runs WHERE workflow = 'ship'", 3);
	site_restart(&w);
	site_until(&w, definitions, 4);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/export", id), 200);
	ck_assert(view_find(view_of_str(&w.body), VIEW("# version 1\n"), 0) != SIZE_MAX);
	ck_assert_int_eq(order(id, "end", "retry"), 200);
	site_wait_status(&w, id, "failed");
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/rerun", id), 201);
	snprintf(again, sizeof again, "%s", site_member(&w, "id"));
	site_wait_status(&w, again, "failed");
	/* The parent is known, too; what it would start is not there any more. */
	ck_assert_int_eq(order(parent, "kid", "retry"), 200);
	site_wait_status(&w, parent, "error");
}
END_TEST

/* None of them is a walk over a table. */
START_TEST(what_is_asked_of_uses_is_found_by_an_index)
{
	for (size_t i = 0; journal_uses_sql[i]; i++) {
		struct str text = {0};
		str_addf(&text, "EXPLAIN QUERY PLAN %s", journal_uses_sql[i]);
		struct db_stmt *st = db_prepare(journal_db(w.engine->journal), str_text(&text), NULL);
		ck_assert_ptr_nonnull(st);
		while (db_step(st, NULL) == DB_ROW) {
			struct view line = db_text(st, 3);
			ck_assert_msg(view_starts(line, "SEARCH "), "%s: %.*s", journal_uses_sql[i],
				      (int)line.len, line.ptr);
		}
		db_finish(st);
		str_release(&text);
	}
}
END_TEST

/* ---- what is written --------------------------------------------------------------------- */

static size_t writes_of_use(struct journal *j)
{
	size_t before = j->batch.len;
	journal_use(j, VIEW("hash"), VIEW("steps: []"));
	return j->batch.len - before;
}

static const char of_hash[] = "SELECT count(*) FROM definitions WHERE hash = 'hash'";

START_TEST(the_text_of_a_definition_is_written_once)
{
	struct journal *j = w.engine->journal;
	ck_assert_uint_eq(writes_of_use(j), 2);
	ck_assert_uint_eq(writes_of_use(j), 1);
	ck_assert_int_eq(journal_commit(j, NULL), JOURNAL_OK);
	ck_assert_uint_eq(writes_of_use(j), 1);
	ck_assert_int_eq(journal_commit(j, NULL), JOURNAL_OK);
	ck_assert_int_eq(site_number(&w, of_hash), 1);
	ck_assert_int_eq(site_number(&w, "SELECT runs FROM uses WHERE hash = 'hash'"), 3);
}
END_TEST

/* Its removal may still wait for room when the next run is made from it. */
START_TEST(a_definition_that_was_removed_is_written_again)
{
	struct journal *j = w.engine->journal;
	struct str big = {0};
	str_add_many(&big, 'x', 200000);
	const struct journal_value value = journal_text(view_of_str(&big));
	writes_of_use(j);
	ck_assert_int_eq(journal_commit(j, NULL), JOURNAL_OK);
	journal_put(j, "UPDATE uses SET runs = 0 WHERE hash = 'hash'", NULL, 0);
	journal_forget_definition(j, VIEW("hash"));
	journal_put(j, "INSERT INTO meta VALUES('big', ?)", &value, 1);
	db_exec(journal_db(j), "PRAGMA max_page_count=1", NULL);
	ck_assert_int_eq(journal_commit(j, NULL), JOURNAL_FULL);
	ck_assert_uint_eq(writes_of_use(j), 2);
	ck_assert_int_eq(journal_commit(j, NULL), JOURNAL_FULL);
	db_exec(journal_db(j), "PRAGMA max_page_count=1000000", NULL);
	ck_assert_int_eq(journal_commit(j, NULL), JOURNAL_OK);
	ck_assert_int_eq(site_number(&w, of_hash), 1);
	ck_assert_int_eq(site_number(&w, "SELECT runs FROM uses WHERE hash = 'hash'"), 1);
	str_release(&big);
}
END_TEST

Suite *suite_definitions(void);

Suite *suite_definitions(void)
{
	Suite *s = suite_create("definitions");
	TCase *t = tcase_create("engine");
	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_definition_goes_with_the_last_run_that_was_made_from_it);
	tcase_add_test(t, a_definition_of_two_workflows_stays_for_the_other);
	tcase_add_test(t, what_is_kept_finds_its_own_definition);
	tcase_add_test(t, the_text_of_a_definition_is_written_once);
	tcase_add_test(t, a_definition_that_was_removed_is_written_again);
	tcase_add_test(t, what_is_asked_of_uses_is_found_by_an_index);
	suite_add_tcase(s, t);
	return s;
}
