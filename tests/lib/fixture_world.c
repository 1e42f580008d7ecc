/* A made-up world: every run has the same tasks, which fit its status; every task
 * printed a few lines; two workflows can be started. Orders are not answered. */
#include "lib/fixture_world.h"

#include <stdio.h>

#include "base/when.h"

enum { SECOND = 1000, TASKS = 5 };

static enum task_status status_of(enum run_status run, int task)
{
	if (run_status_lane(run) == LANE_COMPLETED || task < 2)
		return TASK_COMPLETED;
	if (run_status_lane(run) == LANE_FAILED)
		return task == 2 ? TASK_FAILED : TASK_SKIPPED;
	if (run == RUN_WAITING)
		return task == 2 ? TASK_WAITING : TASK_PENDING;
	return task == 2 && run == RUN_RUNNING ? TASK_RUNNING : TASK_PENDING;
}

/* Twice tried. */
static void fail(struct task_facts *t)
{
	static const struct attempt_facts attempts[] = {
		{ .number = 1, .status = TASK_FAILED, .exit_code = 75,
		  .error = { "exit status 75: the copy is busy", 32 },
		  .started_ms = FIXTURE_NOW - 300 * SECOND, .ended_ms = FIXTURE_NOW - 296 * SECOND },
		{ .number = 2, .status = TASK_FAILED, .exit_code = 2,
		  .error = { "exit status 2", 13 },
		  .started_ms = FIXTURE_NOW - 200 * SECOND, .ended_ms = FIXTURE_NOW - 188 * SECOND },
	};
	static const struct view causes[] = { { "users.db was written after the copy began", 41 } };

	t->attempt = 2;
	t->attempts = attempts;
	t->n_attempts = 2;
	t->stderr_bytes = 96;
	t->log_truncated = true;
	t->error.causes = causes;
	t->error.n_causes = 1;
	t->usage = (struct usage_facts){ .cpu_ms = 3400, .max_rss_kb = 48 << 10,
					 .write_bytes = 7 << 20 };
}

static void make_task(struct task_facts *t, const struct run_facts *run, int i)
{
	static const char *const names[2][TASKS] = {
		{ "fetch", "build", "verify", "ship", "report" },
		{ "fetch", "build", "review", "ship", "report" },
	};
	static const struct view needs[TASKS] = { { "fetch", 5 }, { "fetch", 5 }, { "build", 5 },
						  { "review", 6 }, { "ship", 4 } };
	enum task_status s = status_of(run->status, i);
	bool begun = s != TASK_PENDING && s != TASK_SKIPPED;

	*t = (struct task_facts){
		.id = view_of(names[run->status == RUN_WAITING][i]), .status = s, .attempt = 1,
		.max_attempts = 3, .needs = &needs[i], .n_needs = i > 0, .exit_code = -1,
		.started_ms = begun ? run->created_ms + SECOND + i * 12 * SECOND : 0,
		.ended_ms = begun && !task_status_is_open(s)
				    ? run->created_ms + SECOND + (i + 1) * 12 * SECOND : 0,
		.version = 4, .progress = -1, .worker = VIEW("slot-1"),
		.command = VIEW("make -j4"), .stdout_bytes = 420,
		.stderr_bytes = i == 1 ? 40 : 0,
		.result = i == 1 ? VIEW("{\"artifact\":\"app.tar\",\"size\":1048576}") : VIEW(""),
	};
	t->step = t->id;
	if (s == TASK_WAITING) {
		t->gate = run->waiting;
		t->actions.allowed = 1U << VERB_APPROVE | 1U << VERB_REJECT;
		t->started_ms = run->waiting.since_ms;
		t->command = VIEW("");
		t->worker = VIEW("");
	} else if (s == TASK_FAILED) {
		fail(t);
		t->exit_code = 2;
		t->error.message = VIEW("exit status 2: checksum of /srv/data/users.db differs");
		t->actions.allowed = 1U << VERB_RETRY | 1U << VERB_SKIP | 1U << VERB_EDIT;
		t->command = VIEW("./verify --all");
		t->args = VIEW("{\"run\":\"./verify --all\",\"env\":[\"JOBS=4\",\"TOKEN=***\"]}");
	}
	t->actions.known = 1U << VERB_APPROVE | 1U << VERB_REJECT | 1U << VERB_ANSWER |
			   1U << VERB_RETRY | 1U << VERB_SKIP | 1U << VERB_ADVANCE |
			   1U << VERB_EDIT;
	t->pid = s == TASK_RUNNING ? 4711 : 0;
}

static void leave_out(struct run_detail *d, struct task_facts *t)
{
	*t = (struct task_facts){ .id = VIEW("17"), .step = VIEW("17"), .status = TASK_COMPLETED,
				  .title = VIEW("events 17 to 49744 are not shown"),
				  .progress = -1, .exit_code = -1 };
	d->left_out = t->id;
}

static void answer_detail(struct fixture *f, const struct effect *e)
{
	struct arena arena = { 0 };
	struct task_facts tasks[TASKS];
	struct run_detail d = {
		.params = VIEW("{\"env\":\"prod\",\"replicas\":3}"), .tasks = tasks,
		.n_tasks = TASKS, .result = VIEW("null"),
	};

	if (store_facts(f->store, e->key, &d.run, &arena)) {
		for (int i = 0; i < TASKS; i++)
			make_task(&tasks[i], &d.run, i);
		if (view_is(d.run.workflow, "ledger"))
			leave_out(&d, &tasks[1]);
		fixture_send(f, (struct msg){ .kind = MSG_DETAIL, .request = e->request,
					      .key = e->key, .detail = &d });
	}
	arena_release(&arena);
}

#define LINE(seconds, stream, text) \
	{ FIXTURE_NOW - (seconds) * SECOND, LOG_STREAM_##stream, { text, sizeof(text) - 1 }, false }

static const struct log_line_facts build_lines[] = {
	LINE(90, STDOUT, "cc -O2 -c main.c"),
	LINE(80, STDERR, "main.c:12: warning: unused variable 'n'"),
	LINE(70, STDOUT, "cc -o app main.o"),
	LINE(60, STDOUT, "42 tests, 0 failures"),
};

static const struct log_line_facts verify_lines[] = {
	LINE(50, STDOUT, "comparing /srv/data with the copy of 02:00"),
	LINE(49, STDOUT, "invoices.db ok"),
	LINE(48, STDERR, "WARN: users.db is 4096 bytes longer"),
	LINE(47, STDERR, "ERROR: users.db: checksum differs"),
	LINE(47, STDERR, "  expected 9f86d081884c7d65"),
	LINE(47, STDERR, "  found    60303ae22b998861"),
};

/* Everything a terminal could be talked into. */
static const struct log_line_facts hostile_lines[] = {
	LINE(50, STDOUT, "\x1b[32mgreen\x1b[0m and \x1b[1;31mred\x1b[0m stay colours"),
	LINE(49, STDOUT, "\x1b[2J\x1b[H clears nothing"),
	LINE(48, STDERR, "\x1b]0;owned\x07 no title \x1b]52;c;cm0gLXJmIC8=\x07 no clipboard"),
	LINE(47, STDOUT, "\x1bPq#0;2;0;0;0#0~~\x1b\\ no sixel, \x9b" "31m no C1"),
	LINE(46, STDOUT, "10%\r50%\r100%"),
	LINE(45, STDOUT, "bell \x07 backspace ab\b\b tab\tend"),
	LINE(44, STDOUT, "\xff\xfe no UTF-8, \xe2\x80\xae no override, \xe7\x99\xba wide"),
	LINE(43, STDERR, "\x1b[?1049h\x1b[6n\x1b[c no questions"),
};

/* What a task printed is known by its name; those of "vacuum-database" are long. */
static void answer_log(struct fixture *f, const struct effect *e)
{
	struct log_line_facts many[60];
	char texts[60][40];
	struct msg_log log = { .lines = build_lines, .len = sizeof build_lines / sizeof *build_lines,
			       .at_start = true, .state = LOG_EOF };
	struct arena arena = { 0 };
	struct run_facts run = { 0 };

	store_facts(f->store, e->key, &run, &arena);
	if (view_starts(run.workflow, "a-workflow") || view_find_byte(run.workflow, 27, 0) < 99) {
		log.lines = hostile_lines;
		log.len = sizeof hostile_lines / sizeof *hostile_lines;
	} else if (view_is(run.workflow, "vacuum-database")) {
		for (int i = 0; i < 60; i++) {
			snprintf(texts[i], sizeof texts[i], "table %02d: %d pages freed", i + 1,
				 i * 37 % 101);
			many[i] = (struct log_line_facts){ FIXTURE_NOW - (60 - i) * SECOND,
							   LOG_STREAM_STDOUT, view_of(texts[i]),
							   false };
		}
		log.lines = many;
		log.len = 60;
	} else if (view_is(e->log.task, "verify")) {
		log.lines = verify_lines;
		log.len = sizeof verify_lines / sizeof *verify_lines;
	}
	if (run_status_is_open(run.status) && view_is(e->log.task, "verify"))
		log.state = LOG_FOLLOWING;
	fixture_send(f, (struct msg){ .kind = MSG_LOG, .request = e->request, .key = e->key,
				      .log = log });
	arena_release(&arena);
}

static void answer_history(struct fixture *f, const struct effect *e)
{
	static const struct history_facts items[] = {
		{ .seq = 1, .at_ms = FIXTURE_NOW - 120000, .kind = { "started", 7 },
		  .by = { "ada", 3 }, .text = { "started by hand", 15 } },
		{ .seq = 2, .at_ms = FIXTURE_NOW - 60000, .kind = { "completed", 9 },
		  .task = { "build", 5 }, .text = { "build completed", 15 }, .attempt = 1 },
	};

	struct run_facts run = { 0 };
	struct arena arena = { 0 };

	store_facts(f->store, e->key, &run, &arena);
	bool is_whole = !view_is(run.workflow, "ledger");
	fixture_send(f, (struct msg){ .kind = MSG_HISTORY, .request = e->request, .key = e->key,
				      .history = { items, 2, is_whole ? VIEW("") : VIEW("c") } });
	arena_release(&arena);
	fixture_send(f, (struct msg){ .kind = MSG_DONE, .request = e->request,
				      .done = { .outcome = OUTCOME_OK } });
}

static void answer_stats(struct fixture *f, const struct effect *e)
{
	static const char *const columns[] = { "workflow", "ended", "success", "half in", "95% in",
					       "average", "least", "most", "95% wait", "started", NULL };
	static const struct view cells[] = {
		VIEW("backup"), VIEW("120"), VIEW("0.975"), VIEW("61000"), VIEW("92000"),
		VIEW("63000"), VIEW("58000"), VIEW("180000"), VIEW("3000"), VIEW("121"),
		VIEW("deploy"), VIEW("48"), VIEW("0.5"), VIEW("480000"), VIEW("900000"),
		VIEW("500000"), VIEW("300000"), VIEW("1800000"), VIEW("0"), VIEW("50"),
		VIEW("report"), VIEW("0"), VIEW(""), VIEW(""), VIEW(""), VIEW(""), VIEW(""),
		VIEW(""), VIEW(""), VIEW("1"),
	};

	fixture_send(f, (struct msg){
		.kind = MSG_CATALOG, .request = e->request,
		.catalog = { .kind = e->catalog, .columns = columns, .rows = cells, .len = 3 } });
}

/* Of each hour of the last two days. */
static void answer_throughput(struct fixture *f, const struct effect *e)
{
	enum { HOURS = 48, CELLS = 6, HOUR_MS = 3600000 };
	static const char *const columns[] = { "hour", "completed", "failed", "timed out", "rejected",
					       "error", NULL };
	static const int failed[] = { 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 1 };
	struct arena arena = { 0 };
	struct view *cells = arena_array(&arena, (size_t)HOURS * CELLS, sizeof *cells);
	struct str s = { 0 };

	for (int i = 0; i < HOURS * CELLS; i++) {
		int hour = i / CELLS, column = i % CELLS;

		str_clear(&s);
		if (column == 0)
			when_add_stamp(&s, f->now_ms - (int64_t)(HOURS - 1 - hour) * HOUR_MS);
		else
			str_addf(&s, "%d", column == 1 ? hour * hour % 41 :
					   column == 2 ? failed[hour % 11] : 0);
		cells[i] = arena_view(&arena, view_of_str(&s));
	}
	fixture_send(f, (struct msg){
		.kind = MSG_CATALOG, .request = e->request,
		.catalog = { .kind = e->catalog, .columns = columns, .rows = cells, .len = HOURS } });
	str_release(&s);
	arena_release(&arena);
}

static void answer_queues(struct fixture *f, const struct effect *e)
{
	static const char *const columns[] = { "queue", "slots", "running", "queued", "oldest", "in/s",
					       "out/s", NULL };
	static const struct view cells[] = {
		VIEW("orders"), VIEW("2"), VIEW("14"), VIEW("0"), VIEW(""), VIEW("1.5"), VIEW("1.5"),
		VIEW("\xe9\xa1\xa7\xe5\xae\xa2\xe5\xaf\xa9\xe6\x9f\xbb"), VIEW("0"), VIEW("1"),
		VIEW("120"), VIEW("1h 04m"), VIEW("0.2"), VIEW("0.0"),
		VIEW("customer-onboarding-and-credit-approval-eu-central-1"), VIEW("12"),
		VIEW("1048"), VIEW("7"), VIEW("3s"), VIEW("10.0"), VIEW("9.4"),
	};

	fixture_send(f, (struct msg){
		.kind = MSG_CATALOG, .request = e->request,
		.catalog = { .kind = e->catalog, .columns = columns, .rows = cells, .len = 3 } });
}

static void answer_workers(struct fixture *f, const struct effect *e)
{
	static const char *const columns[] = { "worker", "queue", "state", "slots", "running",
					       "last seen", "polls", "sdk", "host", NULL };
	static const struct view cells[] = {
		VIEW("worker-a@build-1"), VIEW("orders"), VIEW("running"), VIEW("1000"), VIEW("14"),
		VIEW("2026-11-21 02:59:58"), VIEW(""), VIEW("temporal-go 1.41.1"), VIEW("build-1"),
		VIEW("4711@credit-approval-7d9f8b6c5-x2x7k.eu-central-1.internal.example.org"),
		VIEW("customer-onboarding-and-credit-approval-eu-central-1"), VIEW("silent"),
		VIEW("200"), VIEW("0"), VIEW("2026-11-21 02:56:12"), VIEW(""),
		VIEW("temporal-java 1.31.0"),
		VIEW("credit-approval-7d9f8b6c5-x2x7k.eu-central-1.internal.example.org"),
		VIEW("\xe5\xaf\xa9\xe6\x9f\xbb\xe6\x8b\x85\xe5\xbd\x93@host"),
		VIEW("\xe9\xa1\xa7\xe5\xae\xa2\xe5\xaf\xa9\xe6\x9f\xbb"), VIEW("running"), VIEW(""),
		VIEW(""), VIEW("2026-11-21 02:59:31"), VIEW("workflows, activities"), VIEW(""), VIEW(""),
	};

	fixture_send(f, (struct msg){
		.kind = MSG_CATALOG, .request = e->request,
		.catalog = { .kind = e->catalog, .columns = columns, .rows = cells, .len = 3 } });
}

static void answer_catalog(struct fixture *f, const struct effect *e)
{
	static const struct view envs[] = { { "\"staging\"", 9 }, { "\"prod\"", 6 } };
	static const struct param params[] = {
		{ .name = { "env", 3 }, .description = { "Where to", 8 }, .type = PARAM_STRING,
		  .fallback = { "\"staging\"", 9 }, .choices = envs, .n_choices = 2,
		  .min_length = -1, .max_length = -1 },
		{ .name = { "replicas", 8 }, .type = PARAM_INTEGER, .has_minimum = true,
		  .has_maximum = true, .minimum = 1, .maximum = 20, .fallback = { "2", 1 },
		  .min_length = -1, .max_length = -1 },
		{ .name = { "token", 5 }, .type = PARAM_STRING, .secret = true, .required = true,
		  .min_length = -1, .max_length = -1 },
	};
	static const struct workflow_facts workflows[] = {
		{ .name = { "backup", 6 }, .title = { "Back up the data", 16 },
		  .may_start = true },
		{ .name = { "deploy", 6 }, .title = { "Deploy the web service", 22 },
		  .params = { params, 3 }, .open_runs = 2, .may_start = true },
		{ .name = { "nightly", 7 }, .title = { "All of the night", 16 }, .may_start = true,
		  .error = VIEW("/srv/workflows/nightly.yaml:12:3: unknown key 'tiemout' "
				"(did you mean 'timeout'?)") },
		{ .name = { "onpush", 6 }, .title = { "What a push starts", 18 }, .may_start = true,
		  .warning = VIEW("its webhook takes nothing: PUSH_KEY is not set in the "
				  "engine's environment") },
	};

	if (e->catalog == CATALOG_STATS)
		answer_stats(f, e);
	if (e->catalog == CATALOG_THROUGHPUT)
		answer_throughput(f, e);
	if (e->catalog == CATALOG_QUEUES)
		answer_queues(f, e);
	if (e->catalog == CATALOG_WORKERS)
		answer_workers(f, e);
	if (e->catalog != CATALOG_WORKFLOWS)
		return;
	fixture_send(f, (struct msg){
		.kind = MSG_CATALOG, .request = e->request,
		.catalog = { .kind = e->catalog, .workflows = workflows, .len = 4 } });
	fixture_send(f, (struct msg){ .kind = MSG_DONE, .request = e->request,
				      .done = { .outcome = OUTCOME_OK } });
}

void fixture_world(struct fixture *f, const struct effect *e)
{
	static const struct {
		enum effect_kind kind;
		void (*answer)(struct fixture *f, const struct effect *e);
	} answers[] = {
		{ EFFECT_DETAIL, answer_detail }, { EFFECT_LOG_OPEN, answer_log },
		{ EFFECT_HISTORY, answer_history }, { EFFECT_CATALOG, answer_catalog },
	};

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		if (answers[i].kind == e->kind)
			answers[i].answer(f, e);
	}
}
