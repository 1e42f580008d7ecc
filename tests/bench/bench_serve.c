/* runboardd: from an order to the end of its run, and with a long history. */
#include "bench/bench_serve.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "bench/bench.h"
#include "bench/bench_daemon.h"

enum { SAMPLES = 40, SLICES = 20000 };

/* ---- launch --------------------------------------------------------------------------------- */

void bench_launch(void)
{
	struct daemon d;
	struct str answer = { 0 };
	double taken[SAMPLES], submit[SAMPLES];
	char id[48], line[96], status[24];
	daemon_prepare(&d);
	daemon_begin(&d);
	for (int i = 0; i < SAMPLES; i++) {
		int64_t from = bench_now_us();
		submit[i] = daemon_ask(&d, "POST /v1/workflows/single/runs", "{}", &answer);
		daemon_member(&answer, "id", id, sizeof id);
		snprintf(line, sizeof line, "GET /v1/runs/%s", id);
		do {
			daemon_ask(&d, line, NULL, &answer);
			daemon_member(&answer, "status", status, sizeof status);
		} while (!str_eq(status, "completed"));
		taken[i] = (double)(bench_now_us() - from) / 1000;
	}
	bench_report("order of a run answered, p50", bench_percentile(submit, SAMPLES, 50), "ms", 0);
	bench_report("order of a run answered, p99", bench_percentile(submit, SAMPLES, 99), "ms", 20);
	bench_report("run of one step, order to end, p50", bench_percentile(taken, SAMPLES, 50), "ms", 0);
	daemon_end(&d);
	daemon_remove_all(&d);
	str_release(&answer);
}

/* ---- history ----------------------------------------------------------------------------------- */

static void sql(sqlite3 *db, const char *text)
{
	char *why = NULL;
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		BUG(why);
}

/* One real run, copied: other ids and times, every 1 000th failed, every 5 000th with
 * a rare word; what the journal keeps beside each run for finding it is kept too. */
static void multiply(const struct daemon *d, int64_t stored)
{
	struct str path = { 0 }, text = { 0 };
	sqlite3 *db;
	str_addf(&path, "%s/journal.db", d->state);
	if (sqlite3_open(str_text(&path), &db) != SQLITE_OK)
		BUG("the journal cannot be opened");
	sql(db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; BEGIN");
	str_addf(&text,
		 "CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
		 " WHERE i < %lld) SELECT i, printf('01900000-%%04x-7%%03x-8%%03x-%%012x', i >> 16,"
		 " i & 4095, i %% 4096, i * 7919) AS id, CASE WHEN i %% 1000 = 0 THEN 'failed' ELSE"
		 " 'completed' END AS status FROM c", (long long)stored);
	sql(db, str_text(&text));
	/* The columns are the table's own: a schema that grows is copied too. */
	sql(db, "CREATE TEMP TABLE one AS SELECT * FROM runs LIMIT 1;"
		"CREATE TEMP TABLE many AS SELECT one.*, n.i AS i_, n.id AS id_, n.status AS status_,"
		" one.id AS old_ FROM one, n;"
		"UPDATE many SET num = i_ + 1, id = id_, status = status_,"
		" created = created - 90000000 + i_ * 60, ended = ended - 90000000 + i_ * 60, frame = replace(replace(frame, old_, id_),"
		" '\"status\":\"completed\"', '\"status\":\"' || status_ || '\"');"
		"UPDATE many SET frame = replace(frame, '\"title\":', '\"title\":\"needle\",\"before\":')"
		" WHERE i_ % 5000 = 17;"
		"UPDATE many SET frame = replace(frame, '\"env\":\"prod\"', '\"env\":\"stage\"')"
		" WHERE i_ % 2000 = 7;");
	sqlite3_stmt *st;
	str_clear(&text);
	str_add_text(&text, "INSERT INTO runs SELECT ");
	sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info('runs')", -1, &st, NULL);
	for (int i = 0; sqlite3_step(st) == SQLITE_ROW; i++)
		str_addf(&text, "%s%s", i ? ", " : "", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	str_add_text(&text, " FROM many");
	sql(db, str_text(&text));
	sql(db, "INSERT INTO words SELECT w.name, CASE WHEN w.name = 'param.env' AND n.i % 2000 = 7"
		" THEN 'stage' ELSE w.value END, n.i + 1 FROM words w, n WHERE w.run = 1;"
		"UPDATE files SET bytes = 0");
	sql(db, "INSERT INTO events(run, at, kind, data) SELECT n.i + 1, e.at - n.i * 1000, e.kind, e.data"
		" FROM n, events e WHERE e.run = 1 ORDER BY n.i, e.seq; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(db);
	str_release(&path);
	str_release(&text);
}

static void page(const struct daemon *d, const char *name, const char *line, double goal)
{
	double taken[SAMPLES];
	char label[80];
	struct str answer = { 0 };
	for (int i = 0; i < SAMPLES; i++)
		taken[i] = daemon_ask(d, line, NULL, &answer);
	if (!strstr(str_text(&answer), "200 OK"))
		BUG(str_text(&answer));
	snprintf(label, sizeof label, "%s, p50", name);
	bench_report(label, bench_percentile(taken, SAMPLES, 50), "ms", goal);
	str_release(&answer);
}

/* All slices of a search; the longest is what others wait at most. */
static void search(const struct daemon *d, const char *name, const char *filter)
{
	struct str answer = { 0 }, line = { 0 };
	char cursor[48] = "", label[80];
	static double slices[SLICES];
	double longest = 0, sum = 0;
	int found = 0, n = 0;
	do {
		str_clear(&line);
		str_addf(&line, "GET /v1/runs?limit=50&filter=%s%s%s", filter, *cursor ? "&cursor=" : "",
			 cursor);
		double taken = daemon_ask(d, str_text(&line), NULL, &answer);
		longest = taken > longest ? taken : longest;
		slices[n] = taken;
		n += n < SLICES - 1;
		sum += taken;
		for (const char *at = str_text(&answer); (at = strstr(at, "\"short\":")); at++)
			found++;
		daemon_member(&answer, "next_cursor", cursor, sizeof cursor);
	} while (*cursor);
	snprintf(label, sizeof label, "%s, slice p50", name);
	bench_report(label, bench_percentile(slices, n, 50), "ms", 0);
	snprintf(label, sizeof label, "%s, slice p99", name);
	bench_report(label, bench_percentile(slices, n, 99), "ms", 20);
	snprintf(label, sizeof label, "%s, longest slice", name);
	bench_report(label, longest, "ms", 20);
	snprintf(label, sizeof label, "%s, whole (%d found)", name, found);
	bench_report(label, sum, "ms", 0);
	str_release(&answer);
	str_release(&line);
}

/* The i-th of the copies, from the oldest on. */
static void copied_id(int64_t i, char *out, size_t max)
{
	snprintf(out, max, "01900000-%04llx-7%03llx-8%03llx-%012llx", (unsigned long long)i >> 16,
		 (unsigned long long)i & 4095, (unsigned long long)i % 4096,
		 (unsigned long long)i * 7919);
}

static void write_settings(const struct daemon *d, const char *text)
{
	struct str path = { 0 };
	str_addf(&path, "%s/runboard", d->folder);
	mkdir(str_text(&path), 0700);
	str_add_text(&path, "/engine");
	file_replace(str_text(&path), view_of(text), 0600, NULL);
	str_release(&path);
}

/* So many runs are too many: how fast they go, and what others wait meanwhile. */
static void retain(const struct daemon *d, int64_t stored)
{
	enum { GO = 10000, MOST = 100000 };
	static double taken[MOST];
	struct str answer = { 0 };
	char text[64], id[48], line[96];
	int n = 0;
	snprintf(text, sizeof text, "[retention]\ncount = %lld\n", (long long)stored + 1 - GO);
	copied_id(GO, id, sizeof id);
	snprintf(line, sizeof line, "GET /v1/runs/%s", id);
	write_settings(d, text);
	int64_t from = bench_now_us();
	kill(d->pid, SIGHUP);
	do {
		taken[n] = daemon_ask(d, "GET /v1/runs?limit=50", NULL, &answer);
		n += n < MOST - 1;
		daemon_ask(d, line, NULL, &answer);
	} while (!strstr(str_text(&answer), "404 Not Found"));
	double seconds = (double)(bench_now_us() - from) / 1e6;
	bench_report("retention, runs removed", GO / seconds, "runs/s", 0);
	bench_report("list page meanwhile, p50", bench_percentile(taken, n, 50), "ms", 10);
	bench_report("list page meanwhile, p99", bench_percentile(taken, n, 99), "ms", 20);
	str_release(&answer);
}

void bench_history(int64_t stored)
{
	struct daemon d;
	struct str answer = { 0 };
	char id[48], status[24], line[96];
	daemon_prepare(&d);
	daemon_begin(&d);
	daemon_ask(&d, "POST /v1/workflows/bench/runs", "{}", &answer);
	daemon_member(&answer, "id", id, sizeof id);
	snprintf(line, sizeof line, "GET /v1/runs/%s", id);
	do {
		daemon_ask(&d, line, NULL, &answer);
		daemon_member(&answer, "status", status, sizeof status);
	} while (!str_eq(status, "completed"));
	daemon_end(&d);
	multiply(&d, stored);
	printf("-- %lld runs stored\n", (long long)stored);
	daemon_begin(&d);
	bench_report("start-up with a history", d.ready_ms, "ms", 1000);
	page(&d, "list page of 50", "GET /v1/runs?limit=50", 10);
	page(&d, "list page, status:failed", "GET /v1/runs?limit=50&filter=status:failed", 10);
	page(&d, "list page, two of three conditions rare",
	     "GET /v1/runs?limit=50&filter=param.env:stage+label.team:web+workflow:bench", 10);
	page(&d, "list page, status:failed,error since:20h",
	     "GET /v1/runs?limit=50&filter=status:failed,error+since:20h", 10);
	page(&d, "list page, by duration", "GET /v1/runs?limit=50&sort=-duration", 10);
	page(&d, "list page, by end, of one workflow",
	     "GET /v1/runs?limit=50&sort=-ended&filter=workflow:bench", 10);
	page(&d, "one run of the history",
	     "GET /v1/runs/01900000-0000-73e7-83e7-00000078b6a9", 10);
	search(&d, "text search, rare word", "needle");
	page(&d, "statistics", "GET /v1/stats", 10);
	page(&d, "metrics", "GET /metrics", 10);
	retain(&d, stored);
	bench_report("engine's memory with a history", daemon_memory_mib(&d, "VmHWM:"), "MiB", 64);
	daemon_end(&d);
	daemon_remove_all(&d);
	str_release(&answer);
}
