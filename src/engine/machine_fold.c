/* Facts into state: fold reads nothing but the fact and the state before it. */
#include "engine/machine_inside.h"

#include <assert.h>

#include "base/mem.h"
#include "wire/json.h"

static struct view keep(struct machine *m, struct view v)
{
	return arena_view(&m->arena, v);
}

static struct view keep_json(struct machine *m, const struct json *v)
{
	struct str text = {0};
	json_print(v, &text);
	struct view kept = keep(m, view_of_str(&text));
	str_release(&text);
	return kept;
}

static struct view keep_text(struct machine *m, const struct json *object, const char *key)
{
	return keep(m, json_get_text(object, key));
}

static struct views keep_list(struct machine *m, const struct json *array)
{
	size_t n = json_count(array), i = 0;
	struct view *items = arena_array(&m->arena, n, sizeof *items);
	for (const struct json *v = json_first(array); v; v = json_next(v))
		items[i++] = keep(m, json_text(v));
	return (struct views){ items, n };
}

/* values: JSON texts, or the texts themselves. */
enum pair_values { PAIRS_OF_JSON, PAIRS_OF_TEXT };

static struct pairs keep_pairs(struct machine *m, const struct json *object, enum pair_values kind)
{
	size_t n = json_count(object), i = 0;
	struct pair *items = arena_array(&m->arena, n, sizeof *items);
	for (const struct json *v = json_first(object); v; v = json_next(v), i++) {
		items[i].name = keep(m, json_key(v));
		items[i].value = kind == PAIRS_OF_JSON ? keep_json(m, v) : keep(m, json_text(v));
	}
	return (struct pairs){ items, n };
}

static void room_for_tasks(struct machine *m, size_t n)
{
	if (m->n_tasks + n <= m->cap_tasks)
		return;
	m->cap_tasks = m->n_tasks + n;
	m->tasks = mem_grow(m->tasks, m->cap_tasks * sizeof *m->tasks);
}

static enum step_kind step_kind_of(struct view word)
{
	static const struct {
		const char *word;
		enum step_kind kind;
	} kinds[] = {
		{ "run", STEP_RUN }, { "args", STEP_ARGS }, { "approve", STEP_APPROVE },
		{ "ask", STEP_ASK }, { "workflow", STEP_WORKFLOW },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (view_is(word, kinds[i].word))
			return kinds[i].kind;
	}
	return STEP_RUN;
}

static struct machine_task make_task(struct machine *m, const struct json *v)
{
	struct machine_task t = {
		.id = keep_text(m, v, "id"),
		.step = keep_text(m, v, "step"),
		.title = keep_text(m, v, "title"),
		.queue = keep_text(m, v, "queue"),
		.item_index = (int)json_get_int(v, "index", -1),
		.batch = (int)json_get_int(v, "batch", 0),
		.kind = step_kind_of(json_get_text(v, "kind")),
		.needs = keep_list(m, json_get(v, "needs")),
		.is_finally = json_true(json_get(v, "finally")),
		.only_on_error = json_true(json_get(v, "only_on_error")),
		.max_attempts = (int)json_get_int(v, "attempts", 1),
		.status = TASK_PENDING,
	};
	if (json_get(v, "item"))
		t.item = keep_json(m, json_get(v, "item"));
	return t;
}

/* Puts the tasks of a JSON array behind position `at`. */
static void insert_tasks(struct machine *m, const struct json *array, size_t at)
{
	room_for_tasks(m, json_count(array));
	for (const struct json *v = json_first(array); v; v = json_next(v)) {
		for (size_t i = m->n_tasks; i > at; i--)
			m->tasks[i] = m->tasks[i - 1];
		m->n_tasks++;
		m->tasks[at++] = make_task(m, v);
	}
}

static void fold_spec(struct machine *m, const struct json *spec)
{
	m->id = keep_text(m, spec, "id");
	m->workflow = keep_text(m, spec, "workflow");
	m->title = keep_text(m, spec, "title");
	m->hash = keep_text(m, spec, "hash");
	m->queue = keep_text(m, spec, "queue");
	m->parent = keep_text(m, spec, "parent");
	m->trigger_source = keep_text(m, spec, "source");
	m->priority = (int)json_get_int(spec, "priority", 0);
	m->debug = json_true(json_get(spec, "debug"));
	m->start_at_ms = json_get_int(spec, "start_at", 0);
	trigger_parse(json_get_text(spec, "trigger"), &m->trigger);
	m->labels = keep_pairs(m, json_get(spec, "labels"), PAIRS_OF_TEXT);
	m->params = keep_pairs(m, json_get(spec, "params"), PAIRS_OF_JSON);
	m->secrets = keep_list(m, json_get(spec, "secret_params"));
	machine_hide(m, json_get(spec, "params"));
	for (size_t i = 0; i < m->labels.len; i++) {
		if (view_is(m->labels.items[i].name, "environment"))
			m->environment = m->labels.items[i].value;
	}
	insert_tasks(m, json_get(spec, "tasks"), m->n_tasks);
}

static void fold_created(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct json_doc *doc = json_parse(e->spec, STR_DEFAULT_MAX, NULL);
	m->created_ms = e->at_ms;
	m->trigger_by = keep(m, e->by);
	fold_spec(m, json_root(doc));
	json_free(doc);
}

static void fold_admitted(struct machine *m, struct machine_task *t, const struct event *e)
{
	m->admitted = true;
	m->deadline_ms = e->until_ms;
}

static void fold_paused(struct machine *m, struct machine_task *t, const struct event *e)
{
	m->version++;
	if (t) {
		t->held = true;
		return;
	}
	m->paused = true;
	m->paused_by = keep(m, e->by);
	m->paused_reason = keep(m, e->reason);
	m->paused_ms = e->at_ms;
}

static void fold_resumed(struct machine *m, struct machine_task *t, const struct event *e)
{
	m->paused = false;
	for (size_t i = 0; i < m->n_tasks; i++)
		m->tasks[i].held = false;
	m->version++;
}

static void fold_stopping(struct machine *m, struct machine_task *t, const struct event *e)
{
	m->stop = e->run_status;
	m->stop_reason = keep(m, e->reason);
	m->version++;
}

static void fold_cancel(struct machine *m, struct machine_task *t, const struct event *e)
{
	m->stop_finally = m->cancel_ms != 0;
	m->stop = RUN_CANCELLED;
	m->cancel_ms = e->at_ms;
	m->cancel_by = keep(m, e->by);
	m->cancel_reason = keep(m, e->comment);
	m->version++;
}

static void fold_reopened(struct machine *m, struct machine_task *t, const struct event *e)
{
	m->ended = false;
	m->ended_ms = 0;
	m->stop = RUN_STATUSES;
	m->stop_finally = false;
	m->cancel_ms = 0;
	m->deadline_ms = e->until_ms;
	m->recovered = false;
	m->result = m->error = m->error_type = m->error_stack = m->error_task = (struct view){0};
	m->version++;
}

static void fold_ended(struct machine *m, struct machine_task *t, const struct event *e)
{
	m->ended = true;
	m->ended_ms = e->at_ms;
	m->status = e->run_status;
	m->recovered = e->caught;
	m->result = keep(m, e->result);
	m->error = keep(m, e->error);
	m->error_type = keep(m, e->error_type);
	m->error_stack = keep(m, e->stack);
	m->error_task = keep(m, e->task);
}

static void fold_queued(struct machine *m, struct machine_task *t, const struct event *e)
{
	t->status = TASK_QUEUED;
	t->queued_ms = e->at_ms;
}

static void fold_armed(struct machine *m, struct machine_task *t, const struct event *e)
{
	t->armed = true;
}

static void fold_retrying(struct machine *m, struct machine_task *t, const struct event *e)
{
	t->status = TASK_RETRYING;
	t->next_retry_ms = e->until_ms;
}

static void fold_task_ended(struct machine *m, struct machine_task *t, const struct event *e)
{
	t->status = e->task_status;
	t->satisfied = e->satisfied;
	t->caught = e->caught;
	t->held = t->stopping = false;
	t->ended_ms = e->at_ms;
	t->result = keep(m, e->result);
	t->error = keep(m, e->error);
	t->error_type = keep(m, e->error_type);
	t->stack = keep(m, e->stack);
}

static void keep_edit(struct machine *m, struct machine_task *t, struct view edit)
{
	struct json_doc *doc = json_parse(edit, 0, NULL);
	t->edit = keep(m, edit);
	machine_hide(m, doc ? json_get(json_root(doc), "params") : NULL);
	json_free(doc);
}

static void fold_reset(struct machine *m, struct machine_task *t, const struct event *e)
{
	t->status = t->attempt ? TASK_RETRYING : t->expanded ? TASK_RUNNING : TASK_PENDING;
	t->next_retry_ms = t->attempt ? e->at_ms : 0;
	t->satisfied = t->caught = t->held = t->stopping = t->armed = false;
	t->ended_ms = 0;
	t->tries = 0;
	t->result = t->error = t->error_type = t->stack = (struct view){0};
	if (e->value.len)
		keep_edit(m, t, e->value);
	t->version++;
}

static void fold_expanded(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct json_doc *doc = json_parse(e->spec, STR_DEFAULT_MAX, NULL);
	t->expanded = true;
	t->status = TASK_RUNNING;
	if (!t->started_ms)
		t->started_ms = e->at_ms;
	insert_tasks(m, json_root(doc), (size_t)(t - m->tasks) + 1);
	json_free(doc);
}

static void fold_starting(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct machine_attempt a = {
		.number = e->attempt, .status = TASK_RUNNING, .started_ms = e->at_ms, .code = -1,
		.args = keep(m, e->args),
	};
	vec_push(&t->attempts, a);
	t->attempt = e->attempt;
	t->tries++;
	t->status = TASK_RUNNING;
	if (!t->started_ms)
		t->started_ms = e->at_ms;
	t->next_retry_ms = 0;
	t->stopping = t->late = false;
}

static void fold_started(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct machine_attempt *a = machine_attempt(t);
	if (a && a->number == e->attempt)
		a->pid = e->pid;
}

static void fold_attempt_stopping(struct machine *m, struct machine_task *t, const struct event *e)
{
	t->stopping = true;
	t->late = view_is(e->reason, "timeout");
	/* What it has asked nobody needs to answer any more. */
	if (t->status == TASK_WAITING)
		t->status = TASK_RUNNING;
}

static void fold_attempt_ended(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct machine_attempt *a = machine_attempt(t);
	if (!a || a->number != e->attempt)
		return;
	a->status = e->task_status;
	a->ended_ms = e->at_ms;
	a->code = e->code;
	a->signal = e->signal;
	a->usage = e->usage;
	a->error = keep(m, e->error);
	t->result = keep(m, e->result);
	t->error = a->error;
	t->error_type = keep(m, e->error_type);
	t->stack = keep(m, e->stack);
}

static void fold_unknown(struct machine *m, struct machine_task *t, const struct event *e)
{
	fold_attempt_ended(m, t, e);
	struct machine_attempt *a = machine_attempt(t);
	if (a && a->number == e->attempt)
		a->unknown = true;
}

static struct views keep_roles(struct machine *m, struct view json)
{
	if (!json.len)
		return (struct views){0};
	struct json_doc *doc = json_parse(json, 0, NULL);
	struct views roles = keep_list(m, json_root(doc));
	json_free(doc);
	return roles;
}

static void fold_gate_opened(struct machine *m, struct machine_task *t, const struct event *e)
{
	vec_release(&t->gate.votes);
	t->gate = (struct machine_gate){
		.kind = e->gate,
		.prompt = keep(m, e->prompt),
		.schema = keep(m, e->schema),
		.roles = keep_roles(m, e->roles),
		.required = e->required ? e->required : 1,
		.not_own = e->not_own,
		.unknown = e->unknown,
		.key = keep(m, e->key),
		.since_ms = e->at_ms,
		.deadline_ms = e->until_ms,
		.on_timeout = e->on_timeout,
	};
	t->status = TASK_WAITING;
	if (!t->started_ms)
		t->started_ms = e->at_ms;
	if (e->attempt)
		t->attempt = e->attempt;
	t->next_retry_ms = 0;
	t->version++;
}

static void fold_voted(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct vote vote = {
		.by = keep(m, e->by), .comment = keep(m, e->comment), .verb = e->verb,
		.at_ms = e->at_ms,
	};
	t->gate.value = keep(m, e->value);
	for (size_t i = 0; i < t->gate.votes.len; i++) {
		if (view_eq(t->gate.votes.items[i].by, vote.by)) {
			t->gate.votes.items[i] = vote;
			return;
		}
	}
	vec_push(&t->gate.votes, vote);
}

static void fold_answered(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct machine_answer a = { keep(m, e->key), keep(m, e->value) };
	vec_push(&t->answers, a);
	t->status = TASK_RUNNING;
}

/* A child's run is an attempt without a process. */
static void fold_child(struct machine *m, struct machine_task *t, const struct event *e)
{
	struct json_doc *doc = json_parse(e->value, 0, NULL);
	fold_starting(m, t, e);
	t->child = keep(m, json_text(json_root(doc)));
	machine_attempt(t)->child = t->child;
	t->child_due_ms = e->until_ms;
	json_free(doc);
}

static void move_by(int64_t *at_ms, int64_t by_ms)
{
	if (at_ms && *at_ms)
		*at_ms += by_ms;
}

static void fold_clock(struct machine *m, struct machine_task *t, const struct event *e)
{
	move_by(&m->deadline_ms, e->moved_ms);
	for (size_t i = 0; i < m->n_tasks; i++)
		move_by(task_span(&m->tasks[i]), e->moved_ms);
}

typedef void fold_fn(struct machine *m, struct machine_task *t, const struct event *e);

/* on_task: there is nothing to fold without one. */
static const struct {
	fold_fn *fold;
	bool on_task;
} folds[] = {
	[EVENT_RUN_CREATED] = { fold_created, false },
	[EVENT_RUN_ADMITTED] = { fold_admitted, false },
	[EVENT_RUN_PAUSED] = { fold_paused, false },
	[EVENT_RUN_RESUMED] = { fold_resumed, false },
	[EVENT_RUN_STOPPING] = { fold_stopping, false },
	[EVENT_CANCEL_REQUESTED] = { fold_cancel, false },
	[EVENT_RUN_REOPENED] = { fold_reopened, false },
	[EVENT_RUN_ENDED] = { fold_ended, false },
	[EVENT_TASK_QUEUED] = { fold_queued, true },
	[EVENT_TASK_ARMED] = { fold_armed, true },
	[EVENT_TASK_RETRYING] = { fold_retrying, true },
	[EVENT_TASK_ENDED] = { fold_task_ended, true },
	[EVENT_TASK_RESET] = { fold_reset, true },
	[EVENT_TASKS_EXPANDED] = { fold_expanded, true },
	[EVENT_ATTEMPT_STARTING] = { fold_starting, true },
	[EVENT_ATTEMPT_STARTED] = { fold_started, true },
	[EVENT_ATTEMPT_STOPPING] = { fold_attempt_stopping, true },
	[EVENT_ATTEMPT_ENDED] = { fold_attempt_ended, true },
	[EVENT_ATTEMPT_UNKNOWN] = { fold_unknown, true },
	[EVENT_GATE_OPENED] = { fold_gate_opened, true },
	[EVENT_GATE_VOTED] = { fold_voted, true },
	[EVENT_GATE_ANSWERED] = { fold_answered, true },
	[EVENT_CHILD_STARTED] = { fold_child, true },
	[EVENT_CLOCK_MOVED] = { fold_clock, false },
};
static_assert(sizeof folds / sizeof *folds == EVENT_KINDS, "a kind is not folded");

/* The status of a run that has not ended: the first that applies. */
static enum run_status open_status(const struct machine *m)
{
	bool held = m->paused;
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (m->tasks[i].status == TASK_WAITING)
			return RUN_WAITING;
		held = held || m->tasks[i].held;
	}
	if (held)
		return RUN_PAUSED;
	if (m->started_ms)
		return RUN_RUNNING;
	return m->start_at_ms && !m->admitted ? RUN_PLANNED : RUN_PENDING;
}

static void note_begin(struct machine *m, const struct machine_task *t, const struct event *e)
{
	bool begun = t && (t->status == TASK_RUNNING || t->status == TASK_WAITING);
	if (begun && !m->started_ms)
		m->started_ms = e->at_ms;
}

void machine_fold(struct machine *m, const struct event *e)
{
	struct machine_task *t = machine_task(m, e->task);
	if (folds[e->kind].on_task && !t)
		return;
	enum run_status run_before = m->status;
	enum task_status task_before = t ? t->status : TASK_PENDING;
	size_t index = t ? (size_t)(t - m->tasks) : 0;
	folds[e->kind].fold(m, t, e);
	t = t ? &m->tasks[index] : NULL;	/* the tasks may have moved */
	note_begin(m, t, e);
	if (!m->ended)
		m->status = open_status(m);
	if (t && t->status != task_before)
		t->version++;
	if (m->status != run_before || e->kind == EVENT_RUN_CREATED)
		m->version++;
	m->seq = e->seq ? e->seq : m->seq;
	m->last_ms = e->at_ms;
}
