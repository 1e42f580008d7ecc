/* Durable facts: the journal as the engine uses it against bare SQLite with the same
 * table, the same bytes and the same settings, on this machine, in this run. */
#include "bench/bench_journal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bench/bench.h"
#include "engine/db.h"
#include "engine/journal.h"

enum { SINGLE = 4000, GROUPS = 6000, GROUP = 10, ROUNDS = 3, LOG_PAGES = 1000 };

struct result {
	double p50, p99, in_groups;
};

static struct event fact(int64_t seq)
{
	struct event e = event_make(EVENT_ATTEMPT_STARTED, VIEW("build"));
	e.attempt = 1;
	e.pid = 4711 + seq % 1000;
	e.at_ms = INT64_C(1790000000000) + seq;
	return e;
}

/* ---- bare ------------------------------------------------------------------------- */

static void insert(struct db *db, int64_t seq)
{
	struct err err = { 0 };
	struct str text = { 0 };
	struct event e = fact(seq);
	event_encode(&e, &text);
	struct db_stmt *st = db_stmt(db, "INSERT INTO facts VALUES(?, ?, ?, ?, ?)");
	db_bind_int(st, 1, seq);
	db_bind_int(st, 2, 1);
	db_bind_int(st, 3, e.at_ms);
	db_bind_text(st, 4, view_of(event_name(e.kind)));
	db_bind_text(st, 5, view_of_str(&text));
	if (db_step(st, &err) != DB_DONE)
		BUG(err_text(&err));
	db_reset(st);
	str_release(&text);
}

static void bare_group(void *arg, int64_t *seq, int n)
{
	struct err err = { 0 };
	if (db_exec(arg, "BEGIN IMMEDIATE", &err) != DB_DONE)
		BUG(err_text(&err));
	for (int i = 0; i < n; i++)
		insert(arg, ++*seq);
	if (db_exec(arg, "COMMIT", &err) != DB_DONE)
		BUG(err_text(&err));
}

/* ---- the journal ------------------------------------------------------------------ */

static void journal_group(void *arg, int64_t *seq, int n)
{
	struct err err = { 0 };
	for (int i = 0; i < n; i++) {
		struct event e = fact(++*seq);
		journal_event(arg, 1, &e, NULL);
	}
	if (journal_commit(arg, &err) != JOURNAL_OK)
		BUG(err_text(&err));
}

/* ---- both ------------------------------------------------------------------------- */

struct subject {
	void (*group)(void *arg, int64_t *seq, int n);
	void *arg;
	struct db *db;
};

/* As the engine: when nobody waits, for one by one; in the time measured, for groups. */
static void tend_log(const struct subject *s)
{
	if (db_log_pages(s->db) >= LOG_PAGES)
		db_checkpoint(s->db);
}

static void measure(const struct subject *s, struct result *best)
{
	static double us[SINGLE];
	int64_t seq = 0;
	for (int i = 0; i < SINGLE; i++) {
		int64_t begin = bench_now_us();
		s->group(s->arg, &seq, 1);
		us[i] = (double)(bench_now_us() - begin);
		tend_log(s);
	}
	double p50 = bench_percentile(us, SINGLE, 50), p99 = bench_percentile(us, SINGLE, 99);
	int64_t begin = bench_now_us();
	for (int i = 0; i < GROUPS; i++) {
		s->group(s->arg, &seq, GROUP);
		tend_log(s);
	}
	double rate = (double)GROUPS * GROUP * 1e6 / (double)(bench_now_us() - begin);
	best->p50 = best->p50 && best->p50 < p50 ? best->p50 : p50;
	best->p99 = best->p99 && best->p99 < p99 ? best->p99 : p99;
	best->in_groups = best->in_groups > rate ? best->in_groups : rate;
}

static void measure_bare(struct result *best)
{
	char folder[] = "/tmp/runboard-facts-XXXXXX";
	struct str path = { 0 };
	struct err err = { 0 };
	if (!mkdtemp(folder))
		BUG("no folder");
	str_addf(&path, "%s/bare.db", folder);
	struct db *db = db_open(str_text(&path), &err);
	if (!db || db_exec(db, "CREATE TABLE facts(seq INTEGER PRIMARY KEY, run INTEGER, at INTEGER, "
			       "kind TEXT, data TEXT); CREATE INDEX facts_run ON facts(run)",
			   &err) != DB_DONE)
		BUG(err_text(&err));
	measure(&(struct subject){ bare_group, db, db }, best);
	db_close(db);
	bench_remove_folder(folder);
	str_release(&path);
}

static void measure_journal(struct result *best)
{
	char folder[] = "/tmp/runboard-facts-XXXXXX";
	struct err err = { 0 };
	if (!mkdtemp(folder))
		BUG("no folder");
	struct journal *j = journal_open(folder, &err);
	if (!j)
		BUG(err_text(&err));
	measure(&(struct subject){ journal_group, j, journal_db(j) }, best);
	journal_close(j);
	bench_remove_folder(folder);
}

/* Alternating, because the machine is not alone; the best of each counts. */
void bench_journal(void)
{
	struct result bare = { 0 }, ours = { 0 };
	for (int i = 0; i < ROUNDS; i++) {
		measure_bare(&bare);
		measure_journal(&ours);
	}
	bench_report("bare SQLite, a durable fact, p50", bare.p50 / 1000, "ms", 0);
	bench_report("journal, a durable fact, p50", ours.p50 / 1000, "ms", 0);
	bench_report("journal, a durable fact, p99", ours.p99 / 1000, "ms", 2);
	bench_report("journal against bare SQLite, facts one by one", bare.p50 / ours.p50, "ratio", 0.8);
	bench_report("bare SQLite, facts in groups of ten", bare.in_groups, "facts/s", 0);
	bench_report("journal, facts in groups of ten", ours.in_groups, "facts/s", 35000);
	bench_report("journal against bare SQLite, in groups", ours.in_groups / bare.in_groups,
		     "ratio", 0.8);
}
