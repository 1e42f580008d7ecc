/* Made-up runs, and a world that answers at once. */
#include "lib/fixture.h"

#include "base/mem.h"
#include "lib/fixture_world.h"
#include "model/everywhere.h"

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
	int64_t created = FIXTURE_NOW - (int64_t)(number % 60 + 1) * 2 * MINUTE - SECOND;

	return (struct run_facts){
		.id = id_of(number), .short_id = short_of(number),
		.workflow = view_of(workflow), .status = status,
		.trigger = TRIGGER_MANUAL, .trigger_by = VIEW("ada"), .queue = VIEW("default"),
		.progress = -1, .created_ms = created,
		.started_ms = status == RUN_PENDING || status == RUN_PLANNED ? 0 : created + SECOND,
		.ended_ms = open ? 0 : created + MINUTE,
		.tasks_total = 7, .tasks_done = open ? 3 : 7,
		.current_task = VIEW("build"), .current_status = TASK_RUNNING,
		.current_attempt = 1, .version = 1, .seq = 1,
		.actions = { .allowed = open ? 1U << VERB_CANCEL | 1U << VERB_RERUN
					     : 1U << VERB_RERUN,
			     .known = 1U << VERB_CANCEL | 1U << VERB_RERUN },
	};
}

static void say_error(struct run_facts *run, const char *task, const char *message)
{
	run->error.task = view_of(task);
	run->error.message = view_of(message);
}

static void make_wait(struct run_facts *run, const char *prompt, int64_t waited_ms)
{
	run->waiting = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = VIEW("review"), .prompt = view_of(prompt),
		.since_ms = FIXTURE_NOW - waited_ms, .required = 1, .version = 4, .attempt = 1,
	};
	run->current_task = VIEW("review");
	run->current_status = TASK_WAITING;
	run->n_gates = 1;
}

struct run_key fixture_put(struct fixture *f, struct run_facts run)
{
	struct msg msg = { .kind = MSG_CHANGE };

	run.seq = ++f->seq;
	msg.change = store_upsert(f->store, &run);
	msg.key = msg.change.key;
	fixture_send(f, msg);
	return msg.change.key;
}

void fixture_remove(struct fixture *f, struct run_key key)
{
	fixture_send(f, (struct msg){ .kind = MSG_CHANGE, .key = key,
				      .change = store_remove(f->store, key) });
}

struct run_key fixture_find(const struct fixture *f, const char *short_id)
{
	struct arena arena = { 0 };
	struct run_key key, found = { 0 };
	struct run_facts run;
	uint32_t at = 0;

	while (store_next(f->store, &at, &key)) {
		if (store_facts(f->store, key, &run, &arena) && view_is(run.short_id, short_id))
			found = key;
	}
	arena_release(&arena);
	return found;
}

static void put_waiting(struct fixture *f)
{
	struct run_facts run = fixture_run("deploy", 1, RUN_WAITING);

	make_wait(&run, "Ship 2.4.1 to production?", 14 * MINUTE);
	run.waiting.deadline_ms = FIXTURE_NOW + 106 * MINUTE;
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

static const struct {
	const char *name;
	void (*fill)(struct fixture *f);
} sets[] = {
	{ "empty", empty }, { "three-runs", three_runs }, { "night", night }, { "crowd", crowd },
};

bool fixture_open(struct fixture *f, const char *set, int rows, int cols)
{
	static const char *const contexts[] = { "local", NULL };
	static const char *const themes[] = { "default", "light", "mono", NULL };
	static const char *const past[] = { "status:failed", "workflow:deploy", NULL };

	*f = (struct fixture){ .store = store_new(), .now_ms = FIXTURE_NOW };
	f->model = model_new(&(struct model_setup){
		.store = f->store, .contexts = contexts, .themes = themes,
		.theme = VIEW("default"), .past_filters = past, .rows = rows, .cols = cols,
		.now_ms = f->now_ms,
	});
	fixture_condition(f, CONDITION_LIVE, "");
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		if (str_eq(sets[i].name, set)) {
			sets[i].fill(f);
			fixture_forget(f);
			return true;
		}
	}
	return false;
}

void fixture_close(struct fixture *f)
{
	model_free(f->model);
	store_free(f->store);
	effects_release(&f->fx);
	*f = (struct fixture){ 0 };
}

/* ---- messages ---- */

static void update(struct fixture *f, struct msg msg)
{
	msg.now_ms = f->now_ms;
	model_update(f->model, &msg, &f->fx);
	while (model_is_busy(f->model)) {
		struct msg work = { .kind = MSG_WORK, .now_ms = f->now_ms };

		model_update(f->model, &work, &f->fx);
	}
}

void fixture_send(struct fixture *f, struct msg msg)
{
	update(f, msg);
	while (!f->mute && f->answered < f->fx.list.len) {
		struct effect e = f->fx.list.items[f->answered++];

		fixture_world(f, &e);
	}
}

static void press(struct fixture *f, struct key key)
{
	fixture_send(f, (struct msg){ .kind = MSG_KEY, .pressed = key });
}

bool fixture_keys(struct fixture *f, const char *keys)
{
	struct view rest = view_of(keys);

	while (rest.len > 0) {
		size_t end = *rest.ptr == ' ' ? 0
						: view_find_byte(rest, *rest.ptr == '"' ? '"' : ' ', 1);
		struct view word = view_cut(rest, 0, end);
		struct key key;

		if (*rest.ptr == '"') {
			for (size_t i = 1; i < word.len; i++)
				press(f, (struct key){ .code = (unsigned char)word.ptr[i] });
		} else if (word.len > 0) {
			if (!key_parse(word, &key))
				return false;
			press(f, key);
		}
		rest = view_cut(rest, word.len + 1, SIZE_MAX);
	}
	return true;
}

void fixture_wait(struct fixture *f, int64_t ms)
{
	int64_t until = f->now_ms + ms;

	while (f->now_ms < until) {
		int64_t due = model_due_ms(f->model);

		f->now_ms = due > f->now_ms && due < until ? due : until;
		fixture_send(f, (struct msg){ .kind = MSG_TICK });
	}
}

void fixture_forget(struct fixture *f)
{
	effects_clear(&f->fx);
	f->answered = 0;
}

void fixture_condition(struct fixture *f, enum condition c, const char *sentence)
{
	fixture_send(f, (struct msg){
		.kind = MSG_CONDITION,
		.condition = { c, view_of(sentence), f->now_ms },
	});
}

size_t fixture_asked(const struct fixture *f, enum effect_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < f->fx.list.len; i++)
		n += f->fx.list.items[i].kind == kind;
	return n;
}

const struct effect *fixture_last(const struct fixture *f, enum effect_kind kind)
{
	for (size_t i = f->fx.list.len; i-- > 0;) {
		if (f->fx.list.items[i].kind == kind)
			return &f->fx.list.items[i];
	}
	return NULL;
}

void fixture_answer(struct fixture *f, uint64_t request, enum outcome outcome, const char *text)
{
	fixture_send(f, (struct msg){ .kind = MSG_DONE, .request = request,
				      .done = { .outcome = outcome, .text = view_of(text) } });
}
