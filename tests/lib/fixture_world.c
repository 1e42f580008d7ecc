/* A made-up world: every run has the same tasks, which fit its status; every task
 * printed a few lines; two workflows can be started. Orders are not answered. */
#include "lib/fixture_world.h"

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
		.result = i == 1 ? VIEW("{\"artifact\":\"app.tar\",\"size\":1048576}") : VIEW(""),
	};
	t->step = t->id;
	if (s == TASK_WAITING) {
		t->gate = run->waiting;
		t->actions.allowed = 1U << VERB_APPROVE | 1U << VERB_REJECT;
	} else if (s == TASK_FAILED) {
		t->exit_code = 2;
		t->error.message = VIEW("exit status 2: checksum of /srv/data/users.db differs");
		t->actions.allowed = 1U << VERB_RETRY | 1U << VERB_SKIP;
	}
	t->actions.known = ~0U;
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
		fixture_send(f, (struct msg){ .kind = MSG_DETAIL, .request = e->request,
					      .key = e->key, .detail = &d });
	}
	arena_release(&arena);
}

static void answer_log(struct fixture *f, const struct effect *e)
{
	static const struct log_line_facts lines[] = {
		{ FIXTURE_NOW - 90000, LOG_STREAM_STDOUT, { "cc -O2 -c main.c", 16 }, false },
		{ FIXTURE_NOW - 80000, LOG_STREAM_STDERR,
		  { "main.c:12: warning: unused variable 'n'", 39 }, false },
		{ FIXTURE_NOW - 70000, LOG_STREAM_STDOUT, { "cc -o app main.o", 16 }, false },
		{ FIXTURE_NOW - 60000, LOG_STREAM_STDOUT, { "42 tests, 0 failures", 20 }, false },
	};

	fixture_send(f, (struct msg){
		.kind = MSG_LOG, .request = e->request, .key = e->key,
		.log = { .lines = lines, .len = 4, .at_start = true,
			 .state = e->log.follow ? LOG_FOLLOWING : LOG_EOF },
	});
}

static void answer_history(struct fixture *f, const struct effect *e)
{
	static const struct history_facts items[] = {
		{ .seq = 1, .at_ms = FIXTURE_NOW - 120000, .kind = { "started", 7 },
		  .by = { "ada", 3 }, .text = { "started by hand", 15 } },
		{ .seq = 2, .at_ms = FIXTURE_NOW - 60000, .kind = { "completed", 9 },
		  .task = { "build", 5 }, .text = { "build completed", 15 }, .attempt = 1 },
	};

	fixture_send(f, (struct msg){ .kind = MSG_HISTORY, .request = e->request, .key = e->key,
				      .history = { items, 2, true } });
	fixture_send(f, (struct msg){ .kind = MSG_DONE, .request = e->request,
				      .done = { .outcome = OUTCOME_OK } });
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
	};

	if (e->catalog == CATALOG_WORKFLOWS)
		fixture_send(f, (struct msg){
			.kind = MSG_CATALOG, .request = e->request,
			.catalog = { .kind = e->catalog, .workflows = workflows, .len = 2 } });
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
