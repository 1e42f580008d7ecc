/* The engine: runs a second against a bare loop that spawns the same supervisors and
 * commits one transaction a transition, on this machine, in this run; then what
 * bench_serve.c measures of runboardd as a program. */
#include "bench/bench.h"
#include "bench/bench_journal.h"
#include "bench/bench_logs.h"
#include "bench/bench_serve.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/opt.h"
#include "engine/attempt.h"
#include "engine/db.h"
#include "engine/engine.h"
#include "engine/spec_pipe.h"
#include "io/spawn.h"

enum { STEPS = 3, LANES_BUSY = 4, RUNS = 60, ROUNDS = 2 };

/* ---- the bare loop ------------------------------------------------------------------ */

/* A run on its way: no engine, no states, only processes and transactions. */
struct track {
	int run, step;
	pid_t pid;
	int folder;
};

struct bare {
	char folder[40];
	struct db *db;
	int begun, ended;
	struct track lanes[LANES_BUSY];
};

static void transition(struct bare *b, const char *text)
{
	struct err err = { 0 };
	bool good = db_exec(b->db, "BEGIN IMMEDIATE", &err) == DB_DONE;
	struct db_stmt *st = db_stmt(b->db, "INSERT INTO t(data) VALUES(?)");
	db_bind_text(st, 1, view_of(text));
	good = good && db_step(st, &err) == DB_DONE;
	db_reset(st);
	if (!good || db_exec(b->db, "COMMIT", &err) != DB_DONE)
		BUG(err_text(&err));
}

static void launch(struct bare *b, struct track *lane)
{
	char run[24], task[8];
	struct str path = { 0 }, text = { 0 };
	snprintf(run, sizeof run, "run-%d", lane->run);
	snprintf(task, sizeof task, "s%d", lane->step);
	const struct launch l = {
		.name = { view_of(run), view_of(task), 1 },
		.args = VIEW("{\"args\":[\"/bin/true\"]}"),
		.work = b->folder,
	};
	transition(b, "{\"kind\":\"attempt_starting\"}");
	attempt_path(&path, b->folder, &l.name);
	lane->folder = attempt_make_folder(b->folder, &l.name, NULL);
	int lock = attempt_lock(lane->folder);
	bool good = lock >= 0 && spec_write(&l, str_text(&path), &text, NULL);
	int spec = good ? spec_pipe(view_of_str(&text), NULL) : -1;
	const struct spawn_fd fds[] = { { lane->folder, 3 }, { lock, 4 }, { spec, 5 } };
	const struct spawn s = {
		.program = BUILDDIR "/runboard-step", .fds = fds, .n_fds = 3, .session = true,
	};
	lane->pid = spec >= 0 ? spawn_start(&s, NULL) : -1;
	if (lane->pid < 0)
		BUG("the bare loop cannot start a supervisor");
	close(lock);
	close(spec);
	str_release(&path);
	str_release(&text);
}

/* The next step of its run, or the first of another. */
static void go_on(struct bare *b, struct track *lane)
{
	if (lane->step == STEPS) {
		transition(b, "{\"kind\":\"run_ended\"}");
		b->ended++;
		if (b->begun == RUNS)
			return;
	}
	if (lane->step == STEPS || !lane->run) {
		transition(b, "{\"kind\":\"run_created\"}");
		lane->run = ++b->begun;
		lane->step = 0;
	}
	lane->step++;
	launch(b, lane);
}

static void on_end(struct bare *b, pid_t pid)
{
	struct arena arena = { 0 };
	struct event end;
	for (int i = 0; i < LANES_BUSY; i++) {
		struct track *lane = &b->lanes[i];
		if (lane->pid != pid)
			continue;
		if (!attempt_read_end(lane->folder, &arena, &end))
			BUG("a supervisor left no result");
		close(lane->folder);
		transition(b, "{\"kind\":\"attempt_started\"}");
		transition(b, "{\"kind\":\"attempt_ended\"}");
		go_on(b, lane);
	}
	arena_release(&arena);
}

static double bare_runs_per_s(void)
{
	struct bare b = { .folder = "/tmp/runboard-bare-XXXXXX" };
	struct str path = { 0 };
	struct err err = { 0 };
	if (!mkdtemp(b.folder))
		BUG("no folder");
	str_addf(&path, "%s/bare.db", b.folder);
	b.db = db_open(str_text(&path), &err);
	if (!b.db || db_exec(b.db, "CREATE TABLE t(seq INTEGER PRIMARY KEY, data TEXT)", &err) != DB_DONE)
		BUG(err_text(&err));
	int64_t begin = bench_now_us();
	for (int i = 0; i < LANES_BUSY; i++)
		go_on(&b, &b.lanes[i]);
	while (b.ended < RUNS) {
		pid_t pid = waitpid(-1, NULL, 0);
		if (pid > 0)
			on_end(&b, pid);
	}
	double rate = RUNS * 1e6 / (double)(bench_now_us() - begin);
	db_close(b.db);
	bench_remove_folder(b.folder);
	str_release(&path);
	return rate;
}

/* ---- the engine --------------------------------------------------------------------- */

struct load {
	char folder[40];
	struct loop *loop;
	struct engine *engine;
	int begun, ended;
	int64_t seq;
};

static void start_one(struct load *l);

static void on_reply(void *arg, const struct engine_reply *reply)
{
	if (reply->status != 201)
		BUG("the engine does not start a run");
}

static void start_one(struct load *l)
{
	const struct engine_order o = {
		.verb = VERB_START, .workflow = VIEW("bench"), .caller = { .by = VIEW("bench") },
	};
	l->begun++;
	engine_submit(l->engine, &o, on_reply, l);
}

static bool on_change(void *arg, const struct engine_change *c)
{
	struct load *l = arg;
	l->seq = c->seq;
	if (view_find(c->frame, VIEW("\"ended_at\":null"), 0) != SIZE_MAX)
		return true;
	l->ended++;
	if (l->begun < RUNS)
		start_one(l);
	return true;
}

static void open_engine(struct load *l)
{
	static const char steps[] = "steps:\n  - {id: a, args: [/bin/true]}\n"
				    "  - {id: b, args: [/bin/true]}\n  - {id: c, args: [/bin/true]}\n";
	struct str file = { 0 }, state = { 0 };
	struct err err = { 0 };
	if (!mkdtemp(l->folder))
		BUG("no folder");
	str_addf(&file, "%s/bench.yaml", l->folder);
	str_addf(&state, "%s/state", l->folder);
	file_replace(str_text(&file), view_of(steps), 0600, NULL);
	l->loop = loop_new();
	l->engine = engine_new(&(struct engine_config){
		.state = str_text(&state), .workflows = (const char *const[]){ l->folder },
		.n_workflows = 1, .slots = LANES_BUSY, .supervisor = BUILDDIR "/runboard-step",
	}, l->loop, &err);
	if (!l->engine)
		BUG(err_text(&err));
	l->seq = engine_seq(l->engine);
	str_release(&file);
	str_release(&state);
}

static double engine_runs_per_s(int in_flight)
{
	struct load l = { .folder = "/tmp/runboard-load-XXXXXX" };
	open_engine(&l);
	int64_t begin = bench_now_us();
	for (int i = 0; i < in_flight; i++)
		start_one(&l);
	while (l.ended < RUNS) {
		loop_turn(l.loop, -1);
		engine_changes(l.engine, l.seq, on_change, &l);
	}
	double rate = RUNS * 1e6 / (double)(bench_now_us() - begin);
	engine_free(l.engine);
	loop_free(l.loop);
	bench_remove_folder(l.folder);
	return rate;
}

/* Alternating, because the machine is not alone; the best of each counts. */
static void bench_runs(void)
{
	double bare = 0, engine = 0, crowd = 0;
	for (int i = 0; i < ROUNDS; i++) {
		double a = bare_runs_per_s(), b = engine_runs_per_s(LANES_BUSY),
		       c = engine_runs_per_s(RUNS);
		bare = a > bare ? a : bare;
		engine = b > engine ? b : engine;
		crowd = c > crowd ? c : crowd;
	}
	bench_report("bare loop, runs of 3 steps", bare, "runs/s", 0);
	bench_report("engine, runs of 3 steps, 4 at a time", engine, "runs/s", 0);
	bench_report("engine against the bare loop", engine / bare, "ratio", 0.7);
	bench_report("engine, all started at once", crowd, "runs/s", 0);
}

int main(int argc, char **argv)
{
	static const struct opt options[] = {
		{ "stored", 0, OPT_VALUE, "N", "runs in the history (100000)" },
		{ "only", 0, OPT_VALUE, "PART", "runs, journal, launch, streams, history or logs" },
		{ NULL },
	};
	static const struct opt *const tables[] = { options, NULL };
	struct opt_result given = { 0 };
	struct err err = { 0 };
	int64_t stored = 100000;
	if (!opt_parse(tables, argc - 1, argv + 1, &given, &err) ||
	    (opt_value(&given, "stored") &&
	     !number_parse(view_of(opt_value(&given, "stored")), 1, 10000000, &stored))) {
		fprintf(stderr, "bench_engine: %s\n", err_text(&err));
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	const char *only = opt_value(&given, "only");
	if (!only || str_eq(only, "runs"))
		bench_runs();
	if (!only || str_eq(only, "journal"))
		bench_journal();
	if (!only || str_eq(only, "launch"))
		bench_launch();
	if (!only || str_eq(only, "streams"))
		bench_streams();
	if (!only || str_eq(only, "history"))
		bench_history(stored);
	if (!only || str_eq(only, "logs"))
		bench_logs(INT64_C(1030000000));
	opt_result_release(&given);
	return 0;
}
