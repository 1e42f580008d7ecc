/* One call fails, at every place of a whole scenario: a write, a sync, a read of the
 * journal, SQLite's memory, our own memory. The engine goes on, or says an error, or
 * stops; the next one on the same state ends the scenario as if nothing had been, no
 * step is executed twice, and the journal is whole. FAULTS=N tries N places of each kind,
 * FAULTS=all every one, as long as that takes (FAULTS_FROM=N, FAULTS_TO=N: of these); else
 * some of them, spread evenly. FAULTS_OF="our memory": only
 * of that kind. */
#include "lib/unit.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "engine/fault_vfs.h"
#include "unit/engine/engine_world.h"

enum {
	PLACES = 14,		/* of each kind, unless all */
	LIFE_S = 60,		/* a life that takes longer hangs */
	STATUS_OPEN = 9,	/* the engine said an error and did not open */
	STATUS_MEMORY = 1,
	STATUS_JOURNAL = 74,
};

static const char workflow[] =
	"params:\n  book: {type: string, required: true}\n"
	"env: {BOOK: \"${{ params.book }}\"}\n"
	"steps:\n"
	"  - id: left\n    needs: []\n    run: echo left $RUNBOARD_ATTEMPT >> \"$BOOK\"\n"
	"  - id: flaky\n    needs: []\n    retry: {attempts: 2, delay: 1ms}\n"
	"    run: echo flaky $RUNBOARD_ATTEMPT >> \"$BOOK\"; test $RUNBOARD_ATTEMPT = 2\n"
	"  - id: review\n    needs: [left, flaky]\n    approve: {prompt: Ship?}\n"
	"  - id: ship\n    run: echo ship $RUNBOARD_ATTEMPT >> \"$BOOK\"\n";

/* The allocation of ours that fails comes behind SQLite's kinds. */
enum { FAULT_OURS = FAULT_KINDS, FAULT_NONE };

struct fault {
	int kind;
	long at, more;
};

/* Shared with the lives, which are processes. */
static struct {
	long opening, all;	/* calls until the engine was open, in the whole life */
} *places;

static void on_reply(void *arg, const struct engine_reply *reply)
{
	struct world *w = arg;
	w->status = reply->status;
	str_clear(&w->body);
	str_add(&w->body, reply->body);
}

/* An order that finds the disk full is given again until there is room. */
static void order(struct world *w, const struct engine_order *o)
{
	do {
		w->status = 0;
		engine_submit(w->engine, o, on_reply, w);
		while (!w->status)
			loop_turn(w->loop, -1);
	} while (w->status == 503);
}

static void start(struct world *w, struct str *id)
{
	struct str params = { 0 };
	str_addf(&params, "{\"book\":\"%s/book\"}", str_text(&w->folder));
	const struct engine_order o = {
		.verb = VERB_START, .workflow = VIEW("faults"), .params = view_of_str(&params),
		.caller = { .by = VIEW("alice") }, .key = VIEW("start"), .route = VIEW("r"),
	};
	order(w, &o);
	world_get(w, "id", id);
	str_release(&params);
}

static void approve(struct world *w, const char *id)
{
	struct str text = { 0 };
	int64_t version = 0;
	world_get(w, "waiting.version", &text);
	number_parse(view_of_str(&text), 1, 1000, &version);
	const struct engine_order o = {
		.verb = VERB_APPROVE, .run = view_of(id), .task = VIEW("review"),
		.caller = { .by = VIEW("alice") }, .has_version = true, .version = version,
		.key = VIEW("approve"), .route = VIEW("r"),
	};
	order(w, &o);
	str_release(&text);
}

/* From wherever the run is to its end, which is told into a file. */
static void drive(struct world *w)
{
	struct str id = { 0 }, text = { 0 }, told = { 0 }, path = { 0 };
	start(w, &id);
	for (;;) {
		world_show(w, str_text(&id));
		if (str_eq(world_get(w, "status", &text), "waiting"))
			approve(w, str_text(&id));
		world_show(w, str_text(&id));
		if (!str_eq(world_get(w, "ended_at", &text), "null"))
			break;
		loop_turn(w->loop, -1);
	}
	static const char *const paths[] = {
		"status", "error.message", "tasks_done", "tasks.0.attempt", "tasks.1.attempt",
		"tasks.2.gate.given.0.by", "tasks.3.status",
	};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		str_addf(&told, "%s=%s\n", paths[i], world_get(w, paths[i], &text));
	str_addf(&path, "%s/told", str_text(&w->folder));
	file_replace(str_text(&path), view_of_str(&told), 0600, NULL);
	str_release(&id);
	str_release(&text);
	str_release(&told);
	str_release(&path);
}

static void open_engine(struct world *w)
{
	const char *folders[] = { str_text(&w->workflows) };
	const struct engine_config config = {
		.state = str_text(&w->state), .workflows = folders, .n_workflows = 1, .slots = 4,
		.supervisor = BUILDDIR "/runboard-step", .retry_ms = 5,
	};
	struct err err = { 0 };
	w->loop = loop_new();
	w->engine = engine_new(&config, w->loop, &err);
	if (!w->engine)
		_exit(*err_text(&err) ? STATUS_OPEN : 99);
}

static _Noreturn void live_in_child(struct world *w, const struct fault *f)
{
	alarm(LIFE_S);
	if (!getenv("FAULTS_ALOUD") && !freopen("/dev/null", "w", stderr))
		_exit(98);
	if (f->kind < FAULT_KINDS)
		fault_install((enum fault_kind)f->kind, f->at, f->more);
	size_t before = mem_count();
	if (f->kind == FAULT_OURS && f->at)
		mem_fail_after((size_t)f->at);
	open_engine(w);
	bool counting = !f->at && f->kind != FAULT_NONE;
	if (counting)
		places->opening = fault_count();
	drive(w);
	world_leave(w);
	if (counting)
		places->all = f->kind < FAULT_KINDS ? fault_count() : (long)(mem_count() - before);
	_exit(0);
}

static int live(struct world *w, const struct fault *f)
{
	int status;
	fflush(NULL);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
		live_in_child(w, f);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* ---- what must hold after it ------------------------------------------------------- */

static void first_text(sqlite3 *db, const char *sql, char *out, size_t max)
{
	sqlite3_stmt *st;
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
	snprintf(out, max, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
}

static void check_journal(const struct world *w, const char *when)
{
	static const struct {
		const char *sql, *wanted;
	} checks[] = {
		{ "PRAGMA integrity_check", "ok" },
		{ "SELECT count(*) = max(seq) FROM events", "1" },
		{ "SELECT count(*) FROM runs", "1" },
		{ "SELECT count(*) FROM events WHERE kind = 'gate_voted'", "1" },
		{ "SELECT count(*) FROM events WHERE kind = 'run_ended'", "1" },
		{ "SELECT count(*) FROM events WHERE kind = 'attempt_ended'", "4" },
		{ "SELECT count(*) FROM events WHERE kind = 'attempt_unknown'", "0" },
		{ "SELECT seq = (SELECT max(seq) FROM events) FROM runs", "1" },
		{ "SELECT max(seq) = (SELECT max(seq) FROM events) FROM changes", "1" },
	};
	struct str path = { 0 };
	sqlite3 *db;
	char text[256];
	str_addf(&path, "%s/journal.db", str_text(&w->state));
	ck_assert_int_eq(sqlite3_open(str_text(&path), &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		first_text(db, checks[i].sql, text, sizeof text);
		ck_assert_msg(str_eq(text, checks[i].wanted), "%s: %s: %s", when, checks[i].sql, text);
	}
	sqlite3_close(db);
	str_release(&path);
}

static void check_end(const struct world *w, const char *when)
{
	static const char wanted[] = "status=completed\nerror.message=\ntasks_done=4\ntasks.0.attempt=1\n"
				     "tasks.1.attempt=2\ntasks.2.gate.given.0.by=alice\n"
				     "tasks.3.status=completed\n";
	struct str path = { 0 }, text = { 0 };
	str_addf(&path, "%s/told", str_text(&w->folder));
	file_read(str_text(&path), 4096, &text, NULL);
	ck_assert_msg(str_eq(str_text(&text), wanted), "%s: %s", when, str_text(&text));
	str_clear(&path);
	str_clear(&text);
	str_addf(&path, "%s/book", str_text(&w->folder));
	file_read(str_text(&path), 4096, &text, NULL);
	size_t lines = 0;
	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	bool good = lines == 4 && strstr(str_text(&text), "left 1\n") &&
		    strstr(str_text(&text), "flaky 1\n") && strstr(str_text(&text), "flaky 2\n") &&
		    strstr(str_text(&text), "ship 1\n");
	ck_assert_msg(good, "%s: the steps that were executed: %s", when, str_text(&text));
	str_release(&path);
	str_release(&text);
}

/* How the life with a fault may end. */
static bool is_clean(int kind, int status)
{
	if (!WIFEXITED(status))
		return kind == FAULT_DEATH && WTERMSIG(status) == SIGKILL;
	int code = WEXITSTATUS(status);
	if (kind == FAULT_OURS)
		return code == 0 || code == STATUS_MEMORY;
	return code == 0 || code == STATUS_OPEN || code == STATUS_JOURNAL;
}

static const char *kind_name(int kind)
{
	return kind == FAULT_OURS ? "our memory" : fault_name((enum fault_kind)kind);
}

/* Returns the status of the life with the fault; another follows. */
static int try_one(const struct fault *f)
{
	static const struct fault none = { .kind = FAULT_NONE };
	struct world w;
	char when[80];
	snprintf(when, sizeof when, "%s %ld+%ld", kind_name(f->kind), f->at, f->more);
	world_prepare(&w);
	world_workflow(&w, "faults", workflow);
	int status = live(&w, f);
	ck_assert_msg(is_clean(f->kind, status), "%s: status %x", when, (unsigned)status);
	/* Also where it went well: what was shown may still have waited for the disk. */
	int again = live(&w, &none);
	ck_assert_msg(!again, "%s (%x): the next life: status %x", when, (unsigned)status,
		      (unsigned)again);
	check_end(&w, when);
	check_journal(&w, when);
	world_remove(&w);
	return status;
}

static long number_of(const char *name, long without)
{
	const char *s = getenv(name);
	return s ? strtol(s, NULL, 10) : without;
}

static void sweep(int kind)
{
	struct fault f = { .kind = kind };
	const char *all = getenv("FAULTS");
	const char *only = getenv("FAULTS_OF");
	int stopped = 0, tried = 0;
	if (only && !str_eq(only, kind_name(kind)))
		return;
	ck_assert_int_eq(try_one(&f), 0);
	long n = places->all, wanted = all ? strtol(all, NULL, 10) : PLACES;
	long step = wanted ? n / wanted + 1 : 1;
	ck_assert_int_gt(n, 0);
	long last = number_of("FAULTS_TO", n);
	for (f.at = number_of("FAULTS_FROM", 1); f.at <= last && f.at <= n; f.at += step) {
		stopped += try_one(&f) != 0;
		tried++;
	}
	printf("faults: %s: %ld places, %d tried, %d stopped the engine\n",
	       kind_name(kind), n, tried, stopped);
	fflush(stdout);
}

START_TEST(wherever_the_journal_fails_nothing_is_lost_or_doubled)
{
	sweep(_i);
}
END_TEST

/* Some tens of writes in a row find no room: orders wait, the steps' ends are kept. */
START_TEST(a_disk_that_is_full_for_a_while_stops_nothing)
{
	struct fault f = { .kind = FAULT_FULL };
	ck_assert_int_eq(try_one(&f), 0);
	long last = places->all;
	f.more = 30;
	for (f.at = places->opening + 1; f.at < last; f.at += 30)
		ck_assert_int_eq(try_one(&f), 0);
}
END_TEST

static unit_suite_fn suite_faults;
unit_suite_fn suite_migrations;

static Suite *suite_faults(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("sweep");
	tcase_set_timeout(t, getenv("FAULTS") ? 0 : 3600);
	tcase_add_loop_test(t, wherever_the_journal_fails_nothing_is_lost_or_doubled, FAULT_FULL,
			    FAULT_OURS + 1);
	tcase_add_test(t, a_disk_that_is_full_for_a_while_stops_nothing);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	static unit_suite_fn *const suites[] = { suite_faults, suite_migrations, NULL };
	places = mmap(NULL, sizeof *places, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (places == MAP_FAILED)
		return 1;
	return unit_main("faults", suites);
}
