/* The runs of each set, and what can happen to them. */
#include "lib/fixture_sets.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static struct view id_of(int number)
{
	static char ids[1000][2][40];
	char *id = ids[number % 1000][0];

	snprintf(id, 40, "019a9f00-0000-7000-8000-%012x", 0xa1b000 + number * 4099);
	return view_of(id);
}

static struct view short_of(int number)
{
	static char shorts[1000][8];

	snprintf(shorts[number % 1000], 8, "%06x", 0xa1b000 + number * 4099);
	return view_of(shorts[number % 1000]);
}

struct run_facts fixture_run(const char *workflow, int number, enum run_status status)
{
	bool open = run_status_is_open(status);
	static const struct pair params[] = { { { "env", 3 }, { "prod", 4 } },
					      { { "replicas", 8 }, { "3", 1 } } };
	int64_t created = FIXTURE_NOW - (int64_t)(number % 60 + 1) * 2 * MINUTE - SECOND;

	return (struct run_facts){
		.id = id_of(number), .short_id = short_of(number),
		.workflow = view_of(workflow), .status = status,
		.trigger = TRIGGER_MANUAL, .trigger_by = VIEW("ada"), .queue = VIEW("default"),
		.params = { params, str_eq(workflow, "deploy") ? 2 : 0 },
		.progress = -1, .created_ms = created,
		.started_ms = status == RUN_PENDING || status == RUN_PLANNED ? 0 : created + SECOND,
		.ended_ms = open ? 0 : created + MINUTE,
		.tasks_total = 5, .tasks_done = status == RUN_COMPLETED ? 5 : 2,
		.current_task = VIEW("verify"), .current_status = TASK_RUNNING,
		.current_attempt = 1, .version = 1, .seq = 1,
		.actions = { .allowed = open ? 1U << VERB_CANCEL | 1U << VERB_RERUN
					     : 1U << VERB_RERUN,
			     .known = 1U << VERB_CANCEL | 1U << VERB_RERUN |
				      1U << VERB_PAUSE | 1U << VERB_RESUME },
	};
}

static void say_error(struct run_facts *run, const char *task, const char *message)
{
	run->error.task = view_of(task);
	run->error.message = view_of(message);
}

static void make_wait(struct run_facts *run, const char *prompt, int64_t waited_ms)
{
	run->created_ms = FIXTURE_NOW - waited_ms - MINUTE;
	run->started_ms = run->created_ms + SECOND;
	run->waiting = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = VIEW("review"), .prompt = view_of(prompt),
		.since_ms = FIXTURE_NOW - waited_ms, .required = 1, .version = 4, .attempt = 1,
	};
	run->current_task = VIEW("review");
	run->current_status = TASK_WAITING;
	run->n_gates = 1;
}

static void put_waiting(struct fixture *f)
{
	static const struct vote given = { { "grace", 5 }, { "metrics look fine", 17 },
					   VERB_APPROVE, FIXTURE_NOW - 5 * MINUTE };
	struct run_facts run = fixture_run("deploy", 1, RUN_WAITING);

	make_wait(&run, "Ship 2.4.1 to production?", 14 * MINUTE);
	run.waiting.deadline_ms = FIXTURE_NOW + 106 * MINUTE;
	run.waiting.given = &given;
	run.waiting.n_given = 1;
	run.waiting.required = 2;
	run.waiting.roles = VIEW("approver");
	run.tasks_done = 2;
	fixture_put(f, run);
}

static void three_runs(struct fixture *f)
{
	struct run_facts failed = fixture_run("backup", 3, RUN_FAILED);

	put_waiting(f);
	fixture_put(f, fixture_run("build", 2, RUN_RUNNING));
	say_error(&failed, "verify", "exit status 2: checksum of /srv/data/users.db differs");
	fixture_put(f, failed);
}

static void night(struct fixture *f)
{
	static const char *const names[] = { "build", "backup", "check-folders", "report",
					     "deploy", "vacuum-database" };
	struct run_facts run;

	put_waiting(f);
	run = fixture_run("vacuum-database", 9, RUN_WAITING);
	make_wait(&run, "The table is locked. Wait on or abort?", 3 * MINUTE);
	fixture_put(f, run);
	for (int i = 10; i < 14; i++) {
		run = fixture_run(names[i % 6], i, RUN_RUNNING);
		run.progress = (float)(i - 9) / 6;
		run.current_attempt = i == 12 ? 3 : 1;
		run.cancel_at_ms = i == 13 ? FIXTURE_NOW - SECOND : 0;
		fixture_put(f, run);
	}
	for (int i = 20; i < 23; i++) {
		run = fixture_run(names[i % 6], i, RUN_PENDING);
		run.pending_reason = i == 20 ? VIEW("slots") : VIEW("concurrency");
		run.trigger = i == 21 ? TRIGGER_SCHEDULE : TRIGGER_MANUAL;
		fixture_put(f, run);
	}
	for (int i = 30; i < 38; i++)
		fixture_put(f, fixture_run(names[i % 6], i, RUN_COMPLETED));
	run = fixture_run("backup", 40, RUN_FAILED);
	say_error(&run, "verify", "exit status 2: checksum of /srv/data/users.db differs");
	fixture_put(f, run);
	run = fixture_run("report", 41, RUN_TIMED_OUT);
	fixture_put(f, run);
	fixture_put(f, fixture_run("deploy", 42, RUN_CANCELLED));
}

static void crowd(struct fixture *f)
{
	static const enum run_status statuses[] = { RUN_PENDING, RUN_RUNNING, RUN_COMPLETED,
						    RUN_FAILED };

	for (int i = 0; i < 200; i++)
		fixture_put(f, fixture_run("order", i, statuses[i % 4]));
}

static void empty(struct fixture *f)
{
}

/* What a careless or a wicked workflow could say of itself. */
static void hostile(struct fixture *f)
{
	struct run_facts run = fixture_run("deploy\x1b[2J\x1b]0;owned\x07", 1, RUN_WAITING);

	make_wait(&run, "Ship?\r\n\x1b[31mAPPROVE NOW\x1b[0m \xe2\x80\xaetxt.exe \xff\xfe", MINUTE);
	run.trigger_by = VIEW("eve\x1b[1mroot");
	fixture_put(f, run);
	run = fixture_run("\xe7\x99\xba\xe5\xb8\x83\xe3\x82\xb8\xe3\x83\xa7\xe3\x83\x96 "
			  "e\xcc\x81t\xc3\xa9", 2, RUN_RUNNING);
	run.current_task = VIEW("a\tb\nc");
	fixture_put(f, run);
	run = fixture_run("a-workflow-with-a-name-that-is-longer-than-any-lane-is-wide", 3,
			  RUN_FAILED);
	say_error(&run, "verify", "\x1b]52;c;cm0gLXJmIC8=\x07" "exit status 2\n\tat line 1");
	fixture_put(f, run);
}

static void two_contexts(struct fixture *f)
{
	struct run_facts run;

	put_waiting(f);
	fixture_put(f, fixture_run("build", 2, RUN_RUNNING));
	run = fixture_run("settle-invoices", 5, RUN_RUNNING);
	run.context = 1;
	fixture_put(f, run);
	run = fixture_run("settle-invoices", 6, RUN_COMPLETED);
	run.context = 1;
	fixture_put(f, run);
	fixture_condition_of(f, 1, CONDITION_LIVE, "");
	fixture_condition_of(f, 1, CONDITION_DOWN, "connection refused");
}

static void question(struct fixture *f)
{
	struct run_facts run = fixture_run("resize", 4, RUN_WAITING);

	make_wait(&run, "How many replicas?", 2 * MINUTE);
	run.waiting.kind = GATE_QUESTION;
	run.waiting.schema = VIEW("{\"type\":\"integer\",\"minimum\":1,\"maximum\":20}");
	fixture_put(f, run);
}

/* Two firings to come, a run that takes too long, one that does not. */
static void ahead(struct fixture *f)
{
	struct run_facts run = fixture_run("backup", 1, RUN_PLANNED);

	run.trigger = TRIGGER_SCHEDULE;
	run.planned_ms = run.created_ms = FIXTURE_NOW + 9 * HOUR;
	fixture_put(f, run);
	run = fixture_run("report", 2, RUN_PLANNED);
	run.planned_ms = FIXTURE_NOW + 20 * MINUTE;
	fixture_put(f, run);
	run = fixture_run("build", 3, RUN_RUNNING);
	run.expected_ms = 5 * MINUTE;
	fixture_put(f, run);
	run = fixture_run("deploy", 4, RUN_RUNNING);
	run.expected_ms = HOUR;
	fixture_put(f, run);
}

/* One with more events than are read at once. */
static void very_long(struct fixture *f)
{
	fixture_put(f, fixture_run("ledger", 1, RUN_RUNNING));
}

/* One whose code can be spoken to. */
static void words(struct fixture *f)
{
	struct run_facts run = fixture_run("order", 1, RUN_RUNNING);

	run.actions.allowed = run.actions.known =
		1U << VERB_CANCEL | 1U << VERB_TERMINATE | 1U << VERB_SIGNAL | 1U << VERB_UPDATE |
		1U << VERB_QUERY | 1U << VERB_STACK;
	fixture_put(f, run);
}

/* A type and an id as long as they come, wide characters, and a backend that says what
 * a decision would send. */
static void long_words(struct fixture *f)
{
	struct run_facts run =
		fixture_run("CustomerOnboardingAndCreditApproval\xe5\xaf\xa9\xe6\x9f\xbbWorkflow", 1,
			    RUN_WAITING);

	make_wait(&run, "\xe9\xa1\xa7\xe5\xae\xa2 4711 \xe3\x82\x92\xe6\x89\xbf\xe8\xaa\x8d\xe3\x81\x97\xe3\x81\xbe"
			"\xe3\x81\x99\xe3\x81\x8b? A limit of 120.500,00 EUR, asked for by the branch in "
			"Frankfurt, with two guarantors", 14 * MINUTE);
	run.short_id = VIEW("onboarding-eu-central-1-2026-11-20-\xe9\xa1\xa7\xe5\xae\xa2-4711");
	fixture_put(f, run);
	f->model->contexts[0].can_preview = true;
}

static const struct {
	const char *name;
	void (*fill)(struct fixture *f);
} sets[] = {
	{ "empty", empty },	{ "three-runs", three_runs },	  { "night", night },
	{ "crowd", crowd },	{ "hostile", hostile },		  { "question", question },
	{ "two-contexts", two_contexts }, { "ahead", ahead },
	{ "words", words }, { "long", long_words }, { "very-long", very_long },
};

bool fixture_fill(struct fixture *f, const char *set)
{
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		if (str_eq(sets[i].name, set)) {
			sets[i].fill(f);
			return true;
		}
	}
	return false;
}

/* ---- what happens meanwhile ---- */

static void newcomers(struct fixture *f)
{
	for (int i = 50; i < 53; i++)
		fixture_put(f, fixture_run("order", i, RUN_RUNNING));
}

static void stale(struct fixture *f)
{
	fixture_condition(f, CONDITION_STALE, "");
}

static void down(struct fixture *f)
{
	fixture_condition(f, CONDITION_DOWN, "connection refused");
}

static void back(struct fixture *f)
{
	fixture_condition(f, CONDITION_LIVE, "");
}

static void connecting(struct fixture *f)
{
	fixture_condition(f, CONDITION_CONNECTING, "");
}

/* Somebody else opened the gate of run 1. */
static void approved_elsewhere(struct fixture *f)
{
	struct run_facts run = fixture_run("deploy", 1, RUN_RUNNING);

	run.version = 2;
	run.current_task = VIEW("ship");
	fixture_put(f, run);
}

static void build_ends(struct fixture *f)
{
	struct run_facts run = fixture_run("build", 2, RUN_COMPLETED);

	run.version = 2;
	fixture_put(f, run);
}

static void answered(struct fixture *f, enum outcome outcome, const char *text)
{
	const struct effect *e = fixture_last(f, EFFECT_ORDER);

	if (e)
		fixture_answer(f, e->request, outcome, text);
}

static void accepted(struct fixture *f)
{
	answered(f, OUTCOME_OK, "");
}

static void refused(struct fixture *f)
{
	answered(f, OUTCOME_REFUSED, "grace approved this 12 s ago");
}

static void thousands(struct fixture *f)
{
	static const int64_t counts[LANES] = { [LANE_RUNNING] = 40, [LANE_COMPLETED] = 9000 };
	static const bool at_least[LANES] = { [LANE_FAILED] = true };
	fixture_send(f, (struct msg){ .kind = MSG_COUNTS, .counts = { counts, at_least } });
}

static const struct {
	const char *name;
	void (*happen)(struct fixture *f);
} events[] = {
	{ "newcomers", newcomers }, { "stale", stale }, { "down", down }, { "back", back },
	{ "connecting", connecting }, { "approved-elsewhere", approved_elsewhere },
	{ "build-ends", build_ends }, { "accepted", accepted }, { "refused", refused },
	{ "thousands", thousands },
};

bool fixture_happens(struct fixture *f, const char *event)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		if (str_eq(events[i].name, event)) {
			events[i].happen(f);
			return true;
		}
	}
	return false;
}
