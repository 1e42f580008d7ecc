/* A journal of every earlier schema: made by the statements that made it then, filled
 * with what an engine has written, opened by the engine of today. It finds all of it;
 * what is kept beside the runs is what the engine itself would have kept. Wherever one
 * call fails or the process dies on the way, the file is of the old schema or of a later
 * one, whole, and the next start brings it here. */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/engine_inside.h"
#include "engine/fault_vfs.h"
#include "engine/journal_inside.h"
#include "lib/unit.h"
#include "unit/engine/engine_world.h"

enum { PLACES = 12 };

static const char workflow[] =
	"labels: {team: Web, tier: \"1\"}\n"
	"params:\n  env: {type: string, default: Prod}\n  size: {type: integer, default: 3}\n"
	"  share: {type: number, default: 1.50}\n  dry: {type: boolean, default: false}\n"
	"  hosts: {type: array, items: {type: string}, default: [a, b]}\n"
	"  odd-name: {type: string, default: \"x \\\"y\\\"\"}\n"
	"  key: {type: string, secret: true, default: hidden}\n"
	"steps:\n  - {id: a, run: 'test \"$PARAM_env\" != bad'}\n"
	"  - {id: gate, if: params.env == \"wait\", approve: {prompt: Ship?}}\n";

static void run(sqlite3 *db, const char *sql)
{
	char *why = NULL;
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK, "%s: %s", sql, why);
}

static sqlite3 *open_file(const char *path)
{
	sqlite3 *db;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static long number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK, "%s: %s", sql,
		      sqlite3_errmsg(db));
	ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
	long n = (long)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* ---- the files -------------------------------------------------------------------------- */

/* Runs that are completed, failed, waiting, started by others. The engine has gone. */
static void live(struct world *w, struct str *waiting)
{
	struct str id = {0};
	world_open(w);
	world_workflow(w, "ship", workflow);
	world_start(w, "ship", "{}", &id);
	world_until(w, str_text(&id), "completed");
	world_start(w, "ship", "{\"env\":\"bad\",\"size\":-7,\"dry\":true}", &id);
	world_until(w, str_text(&id), "failed");
	world_start(w, "ship", "{\"env\":\"wait\"}", waiting);
	world_until(w, str_text(waiting), "waiting");
	str_release(&id);
	world_leave(w);
}

/* Every table of the old schema with the columns that it had. */
static void copy_tables(sqlite3 *db)
{
	sqlite3_stmt *tables, *columns;
	sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta'"
			       " AND name NOT LIKE 'sqlite%'", -1, &tables, NULL);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		const char *table = (const char *)sqlite3_column_text(tables, 0);
		struct str list = {0}, sql = {0};
		sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info(?)", -1, &columns, NULL);
		sqlite3_bind_text(columns, 1, table, -1, SQLITE_STATIC);
		while (sqlite3_step(columns) == SQLITE_ROW)
			str_addf(&list, "%s\"%s\"", list.len ? ", " : "",
				 (const char *)sqlite3_column_text(columns, 0));
		sqlite3_finalize(columns);
		str_addf(&sql, "DELETE FROM \"%s\"; INSERT INTO \"%s\"(%s) SELECT %s FROM now.\"%s\"",
			 table, table, str_text(&list), str_text(&list), table);
		run(db, str_text(&sql));
		str_release(&list);
		str_release(&sql);
	}
	sqlite3_finalize(tables);
}

static void make_old(const char *path, const char *now, int schema)
{
	struct str sql = {0};
	unlink(path);
	sqlite3 *db = open_file(path);
	for (int i = 0; i < schema; i++)
		run(db, journal_migrations[i]);
	str_addf(&sql, "PRAGMA user_version = %d; ATTACH '%s' AS now", schema, now);
	run(db, str_text(&sql));
	copy_tables(db);
	run(db, "DETACH now; PRAGMA journal_mode = WAL");
	sqlite3_close(db);
	str_release(&sql);
}

/* The engine's folder with a journal of that schema; what it was stands beside. */
static void go_back(struct world *w, int schema)
{
	struct str path = {0}, now = {0};
	str_addf(&path, "%s/journal.db", str_text(&w->state));
	str_addf(&now, "%s/now.db", str_text(&w->folder));
	ck_assert_int_eq(rename(str_text(&path), str_text(&now)), 0);
	make_old(str_text(&path), str_text(&now), schema);
	str_release(&path);
	str_release(&now);
}

/* ---- what must hold ----------------------------------------------------------------------- */

/* A table of the migrated file has what the engine's own has, both ways. */
static void same(sqlite3 *db, const char *columns, const char *table)
{
	struct str sql = {0};
	str_addf(&sql, "SELECT (SELECT count(*) FROM (SELECT %s FROM main.%s EXCEPT SELECT %s FROM now.%s))"
		       " + (SELECT count(*) FROM (SELECT %s FROM now.%s EXCEPT SELECT %s FROM main.%s))",
		 columns, table, columns, table, columns, table, columns, table);
	ck_assert_msg(!number(db, str_text(&sql)), "%s differ", table);
	str_release(&sql);
}

/* What is kept for all time is what the hours say. */
static const char *const sums[] = {
	"SELECT count(*) FROM (SELECT workflow, what, n, sum FROM stat_totals EXCEPT"
	" SELECT workflow, status, sum(n), 0 FROM stat_runs GROUP BY 1, 2 EXCEPT"
	" SELECT workflow, kind, sum(n), sum(sum) FROM stat_spans GROUP BY 1, 2)",
	"SELECT count(*) FROM (SELECT workflow, bin, sum(n) FROM stat_bins WHERE kind = 'duration'"
	" GROUP BY 1, 2 EXCEPT SELECT workflow, bin, n FROM stat_ever)",
	"SELECT (SELECT sum(n) FROM stat_totals WHERE what = 'started') - (SELECT count(*) FROM runs)",
};

static void check_file(const struct world *w)
{
	struct str path = {0}, sql = {0};
	str_addf(&path, "%s/journal.db", str_text(&w->state));
	str_addf(&sql, "ATTACH '%s/now.db' AS now", str_text(&w->folder));
	sqlite3 *db = open_file(str_text(&path));
	run(db, str_text(&sql));
	ck_assert_int_eq(number(db, "PRAGMA user_version"), JOURNAL_SCHEMA);
	ck_assert_int_eq(number(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	same(db, "num, id, workflow, status, open, created, ended, took, seq, frame", "runs");
	same(db, "seq, run, at, kind, data", "events");
	same(db, "seq, id, previous, frame", "changes");
	same(db, "name, value, run", "words");
	same(db, "run, workflow, ended", "files");
	same(db, "workflow, runs, logs", "holdings");
	same(db, "hash, source", "definitions");
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		ck_assert_msg(!number(db, sums[i]), "%s", sums[i]);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM words WHERE value = 'hidden'"), 0);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM words WHERE name = 'param.odd-name'"), 3);
	sqlite3_close(db);
	str_release(&path);
	str_release(&sql);
}

/* Runs are counted as uses of their definition when the engine has time; the definition of
 * none is removed before. */
static void count_uses(struct world *w)
{
	struct db *db = journal_db(w->engine->journal);
	int64_t found = -1;
	while (found != 3) {
		loop_turn(w->loop, -1);
		struct db_stmt *st = db_prepare(db, "SELECT runs FROM uses", NULL);
		ck_assert_int_eq(db_step(st, NULL), DB_ROW);
		found = db_int(st, 0);
		ck_assert_int_eq(db_step(st, NULL), DB_DONE);
		db_finish(st);
		st = db_prepare(db, "SELECT 1 FROM definitions", NULL);
		ck_assert_int_eq(db_step(st, NULL), DB_ROW);
		db_finish(st);
	}
}

/* The run that waited goes on. */
static void approve(struct world *w, const char *id)
{
	struct str text = {0};
	struct engine_order o = { .verb = VERB_APPROVE, .run = view_of(id), .task = VIEW("gate"),
				  .caller = { .by = VIEW("alice") }, .has_version = true };
	world_show(w, id);
	world_get(w, "waiting.version", &text);
	ck_assert(number_parse(view_of_str(&text), 1, 1000, &o.version));
	ck_assert_int_eq(world_order(w, &o), 200);
	world_until(w, id, "completed");
	str_release(&text);
}

START_TEST(a_journal_of_an_earlier_schema_is_taken_up_whole)
{
	struct world w;
	struct str waiting = {0};
	struct err err = {0};
	live(&w, &waiting);
	go_back(&w, _i);
	struct journal *j = journal_open(str_text(&w.state), &err);
	ck_assert_msg(j != NULL, "%s", err_text(&err));
	journal_close(j);
	check_file(&w);
	world_open_at(&w);
	count_uses(&w);
	approve(&w, str_text(&waiting));
	world_close(&w);
	str_release(&waiting);
}
END_TEST

/* ---- on the way ----------------------------------------------------------------------------- */

static int open_in_child(const struct world *w, enum fault_kind kind, long at, long *count)
{
	int ends[2], status;
	ck_assert_int_eq(pipe(ends), 0);
	fflush(NULL);
	pid_t pid = fork();
	if (!pid) {
		struct err err = {0};
		if (!freopen("/dev/null", "w", stderr))
			_exit(98);
		fault_install(kind, at, 0);
		struct journal *j = journal_open(str_text(&w->state), &err);
		long n = fault_count();
		bool told = write(ends[1], &n, sizeof n) == sizeof n;
		_exit(j && told ? 0 : 9);
	}
	close(ends[1]);
	if (read(ends[0], count, sizeof *count) != sizeof *count)
		*count = 0;
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void remove_journal(const struct world *w)
{
	static const char *const names[] = { "journal.db", "journal.db-wal", "journal.db-journal" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str path = {0};
		str_addf(&path, "%s/%s", str_text(&w->state), names[i]);
		unlink(str_text(&path));
		str_release(&path);
	}
}

static void try_one(const struct world *w, int schema, enum fault_kind kind, long at)
{
	struct str path = {0}, now = {0};
	struct err err = {0};
	long count;
	str_addf(&path, "%s/journal.db", str_text(&w->state));
	str_addf(&now, "%s/now.db", str_text(&w->folder));
	remove_journal(w);
	make_old(str_text(&path), str_text(&now), schema);
	int status = open_in_child(w, kind, at, &count);
	bool clean = WIFEXITED(status) ? WEXITSTATUS(status) != 98 : WTERMSIG(status) == SIGKILL;
	ck_assert_msg(clean, "%s %ld: status %x", fault_name(kind), at, (unsigned)status);
	sqlite3 *db = open_file(str_text(&path));
	long version = number(db, "PRAGMA user_version");
	ck_assert_msg(version >= schema && version <= JOURNAL_SCHEMA, "%s %ld: schema %ld",
		      fault_name(kind), at, version);
	ck_assert_int_eq(number(db, "SELECT count(*) FROM runs"), 3);
	sqlite3_close(db);
	struct journal *j = journal_open(str_text(&w->state), &err);
	ck_assert_msg(j != NULL, "%s %ld: %s", fault_name(kind), at, err_text(&err));
	journal_close(j);
	check_file(w);
	str_release(&path);
	str_release(&now);
}

START_TEST(a_migration_that_breaks_off_leaves_the_old_or_the_new)
{
	struct world w;
	struct str waiting = {0}, path = {0};
	const char *all = getenv("FAULTS");
	long places = 0, wanted = all ? strtol(all, NULL, 10) : PLACES;
	enum fault_kind kind = (enum fault_kind)_i;
	live(&w, &waiting);
	go_back(&w, 1);
	ck_assert_int_eq(open_in_child(&w, kind, 0, &places), 0);
	ck_assert_int_gt(places, 0);
	long step = wanted ? places / wanted + 1 : 1;
	for (long at = 1; at <= places; at += step)
		try_one(&w, 1 + (int)(at % (JOURNAL_SCHEMA - 1)), kind, at);
	world_remove(&w);
	str_release(&waiting);
	str_release(&path);
}
END_TEST

unit_suite_fn suite_migrations;

Suite *suite_migrations(void)
{
	Suite *s = suite_create("migrations");
	TCase *t = tcase_create("schemas");
	tcase_set_timeout(t, getenv("FAULTS") ? 0 : 600);
	tcase_add_loop_test(t, a_journal_of_an_earlier_schema_is_taken_up_whole, 1, JOURNAL_SCHEMA);
	tcase_add_loop_test(t, a_migration_that_breaks_off_leaves_the_old_or_the_new, FAULT_FULL,
			    FAULT_KINDS);
	suite_add_tcase(s, t);
	return s;
}
