/* Describe joined with the events: what is going on now (attempts, next retry, last
 * failure, heartbeat, children), the gate, and the run's own card. */
#include "backend/temporal_story_parts.h"

#include "backend/temporal_payload.h"
#include "wire/jsonw.h"

static struct view copy(struct story *s, const struct json *v, const char *key)
{
	return arena_view(&s->arena, json_get_text(v, key));
}

/* ---- activities ---- */

static struct story_task *activity_named(struct story *s, struct view id)
{
	for (size_t i = s->tasks.len; i-- > 0;) {
		struct story_task *t = &s->tasks.items[i];
		if (t->kind == STORY_ACTIVITY && view_eq(t->activity, id))
			return t;
	}
	return NULL;
}

/* An event that is none, after all that there are. */
static int64_t next_event(const struct story *s)
{
	int64_t last = s->tasks.len ? s->tasks.items[s->tasks.len - 1].event : 0;
	return (last > s->last_event ? last : s->last_event) + 1;
}

/* Beyond the events that were read: opened by what describe says of it. NULL: it has
 * ended, and describe is older than that. */
static struct story_task *activity_of(struct story *s, const struct json *a)
{
	struct view id = json_get_text(a, "activityId");
	struct story_task *t = activity_named(s, id);
	if (t && !t->facts.ended_ms)
		return t;
	if (t && json_get_time(a, "scheduledTime") <= t->facts.ended_ms)
		return NULL;
	t = story_open(s, STORY_ACTIVITY, next_event(s));
	t->activity = arena_view(&s->arena, id);
	story_name(s, t, copy(s, json_get(a, "activityType"), "name"));
	t->facts.title = t->facts.step = t->type;
	t->facts.queued_ms = json_get_time(a, "scheduledTime");
	return t;
}

static float ratio(const struct json *v)
{
	double done = json_real(json_get(v, "done"), -1), total = json_real(json_get(v, "total"), 0);
	double percent = json_real(json_get(v, "percent"), -1);
	if (done >= 0 && total > 0 && done <= total)
		return (float)(done / total);
	return percent >= 0 && percent <= 100 ? (float)(percent / 100) : -1;
}

static void read_heartbeat(struct story *s, struct story_task *t, const struct json *a)
{
	t->heartbeat = temporal_payloads(json_get(a, "heartbeatDetails"), &s->arena);
	t->heartbeat_ms = json_get_time(a, "lastHeartbeatTime");
	struct json_doc *doc = t->heartbeat.len ? json_parse(t->heartbeat, 0, NULL) : NULL;
	if (doc)
		t->facts.progress = ratio(json_root(doc));
	t->facts.progress_words = t->heartbeat;
	json_free(doc);
}

static enum task_status pending_status(struct view state, int attempt)
{
	if (view_ends(state, "STARTED") || view_ends(state, "CANCEL_REQUESTED"))
		return TASK_RUNNING;
	return attempt > 1 ? TASK_RETRYING : TASK_QUEUED;
}

static void read_activity(struct story *s, const struct json *a)
{
	struct story_task *t = activity_of(s, a);
	struct error_facts error = { 0 };
	if (!t)
		return;
	t->facts.attempt = (int)json_get_int(a, "attempt", 1);
	t->facts.status = pending_status(json_get_text(a, "state"), t->facts.attempt);
	t->facts.max_attempts = (int)json_get_int(a, "maximumAttempts", t->facts.max_attempts);
	t->facts.started_ms = json_get_time(a, "lastStartedTime");
	t->facts.worker = copy(s, a, "lastWorkerIdentity");
	if (t->facts.status == TASK_RETRYING)
		t->facts.next_retry_ms = json_get_time(a, "nextAttemptScheduleTime");
	if (temporal_failure(json_get(a, "lastFailure"), &s->arena, &error))
		t->facts.error = error;
	t->last_failure = error.message;
	read_heartbeat(s, t, a);
	if (s->why_activity.len && view_eq(s->why_activity, t->activity))
		t->facts.progress_words = s->why;
}

static void read_pending(struct story *s, const struct json *describe)
{
	const struct json *list = json_get(describe, "pendingActivities");
	for (const struct json *i = json_first(list); i; i = json_next(i))
		read_activity(s, i);
}

/* ---- attempts ---- */

/* Temporal keeps the last failure only: earlier attempts have no facts but their
 * number. */
static void list_attempts(struct story *s, struct story_task *t)
{
	struct attempt_facts *a = arena_array(&s->arena, 2, sizeof *a);
	size_t n = 0;
	struct task_facts *f = &t->facts;
	if (!f->started_ms && f->attempt <= 1)
		return;
	if (f->attempt > 1 && t->last_failure.len && f->status != TASK_FAILED)
		a[n++] = (struct attempt_facts){ .number = f->attempt - 1, .status = TASK_FAILED,
						 .exit_code = -1, .error = t->last_failure,
						 .worker = f->worker };
	if (f->status != TASK_RETRYING)
		a[n++] = (struct attempt_facts){
			.number = f->attempt, .status = f->status, .started_ms = f->started_ms,
			.ended_ms = f->ended_ms, .exit_code = -1, .worker = f->worker,
			.error = f->status == TASK_FAILED ? f->error.message : VIEW("") };
	f->attempts = a;
	f->n_attempts = n;
}

static void allow(struct task_facts *f, enum verb verb)
{
	f->actions.allowed |= 1U << verb;
	f->actions.known |= 1U << verb;
}

/* Possible, or not, and why. */
static void judge(struct arena *arena, struct task_facts *f, enum verb verb, struct view off)
{
	allow(f, verb);
	if (!off.len)
		return;
	struct view *why = arena_array(arena, VERBS, sizeof *why);
	for (int v = 0; v < VERBS; v++)
		why[v] = f->actions.why ? f->actions.why[v] : VIEW("");
	why[verb] = off;
	f->actions.allowed &= ~(1U << verb);
	f->actions.why = why;
}

static bool has_failed(const struct task_facts *f)
{
	return f->status == TASK_FAILED || f->status == TASK_TIMED_OUT ||
	       f->status == TASK_CANCELLED;
}

/* What failed may be reset to; what waits for its next attempt may get it now. */
static void finish_tasks(struct story *s, const struct temporal_rules *rules)
{
	for (size_t i = 0; i < s->tasks.len; i++) {
		struct story_task *t = &s->tasks.items[i];
		list_attempts(s, t);
		if (t->decided > 1 && has_failed(&t->facts))
			judge(&s->arena, &t->facts, VERB_RETRY, rules->off_reset);
		if (t->kind == STORY_ACTIVITY && t->facts.status == TASK_RETRYING)
			judge(&s->arena, &t->facts, VERB_RETRY, rules->off_activity);
	}
}

/* ---- the gate ---- */

static void add_gate(struct story *s, const struct story_gate *gate, struct run_facts *run)
{
	struct story_task *t = story_open(s, STORY_GATE, next_event(s));
	struct task_facts *f = &t->facts;
	f->id = f->step = VIEW("gate");
	f->title = VIEW("approval");
	f->status = TASK_WAITING;
	f->started_ms = f->queued_ms = gate->since_ms;
	f->command = arena_view(&s->arena, gate->command);
	f->gate = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = f->id, .required = 1, .attempt = 1, .version = 1,
		.since_ms = gate->since_ms, .prompt = arena_view(&s->arena, gate->prompt),
	};
	judge(&s->arena, f, VERB_APPROVE, gate->off_approve);
	judge(&s->arena, f, VERB_REJECT, gate->off_reject);
	run->status = RUN_WAITING;
	run->waiting = f->gate;
	run->n_gates = 1;
}

/* ---- the run ---- */

static bool is_step(const struct story_task *t)
{
	return t->kind != STORY_SIGNAL && t->kind != STORY_UPDATE && t->kind != STORY_GATE;
}

/* By the steps seen so far, of which more may come; else by how long the histories of
 * its like were in the end. */
static void estimate(const struct story *s, struct run_facts *run)
{
	const float nearly = 0.95F;
	float part = -1;
	if (run->tasks_done && run->tasks_done < run->tasks_total)
		part = (float)run->tasks_done / (float)run->tasks_total;
	else if (s->typical_length > 0 && s->length > 0)
		part = (float)s->length / (float)s->typical_length;
	else if (run->tasks_done)
		part = (float)run->tasks_done / (float)(run->tasks_done + 1);
	if (part < 0)
		return;
	run->progress = part < nearly ? part : nearly;
	run->estimated = true;
}

static void read_progress(struct story *s, struct run_facts *run)
{
	const struct story_task *last = NULL;
	bool told = run->progress >= 0;
	for (size_t i = 0; i < s->tasks.len; i++) {
		const struct story_task *t = &s->tasks.items[i];
		if (!is_step(t))
			continue;
		run->tasks_total = (uint16_t)(run->tasks_total + (run->tasks_total < UINT16_MAX));
		if (t->facts.ended_ms)
			run->tasks_done = (uint16_t)(run->tasks_done +
						     (run->tasks_done < UINT16_MAX));
		else
			last = t;
		if (!t->facts.ended_ms && t->facts.progress >= 0)
			run->progress = t->facts.progress;
	}
	if (!run_status_is_open(run->status))
		return;
	if (!told && run->progress < 0)
		estimate(s, run);
	if (!last)
		return;
	run->current_task = last->facts.title;
	run->current_status = last->facts.status;
	run->current_attempt = last->facts.attempt;
	run->worker = last->facts.worker;
}

/* A workflow task that fails again and again: the code is wrong. */
static void read_code(struct story *s, const struct json *describe, struct run_facts *run)
{
	const struct json *task = json_get(describe, "pendingWorkflowTask");
	struct str words = { 0 };
	int64_t attempt = json_get_int(task, "attempt", 1);
	if (attempt < 2)
		return;
	str_addf(&words, "its workflow task has failed %lld times: the workflow's code is wrong",
		 (long long)attempt - 1);
	run->pending_detail = arena_view(&s->arena, view_of_str(&words));
	run->pending_reason = VIEW("stuck");
	if (run->status == RUN_PENDING)
		run->started_ms = run->created_ms;
	if (run->status == RUN_PENDING)
		run->status = RUN_RUNNING;
	run->error = s->code_error;
	str_release(&words);
}

/* Why no worker has taken it: the run itself, or the activity that it is at. */
static void read_why(struct story *s, struct run_facts *run)
{
	bool stands = run->status == RUN_PENDING ||
		      (s->why_activity.len && run->status == RUN_RUNNING);
	if (!s->why.len || !stands || view_is(run->pending_reason, "stuck"))
		return;
	run->pending_reason = VIEW("worker");
	run->pending_detail = s->why;
}

static void read_run_error(struct story *s, struct run_facts *run)
{
	if (s->has_error && !run_status_is_open(run->status))
		run->error = s->error;
	if (view_is(s->error.type, "Rejected") && run->status == RUN_FAILED)
		run->status = RUN_REJECTED;
}

static void read_config(struct story *s, const struct json *describe, struct run_facts *run)
{
	const struct json *meta = json_get(json_get(describe, "executionConfig"), "userMetadata");
	const struct json *more = json_get(describe, "workflowExtendedInfo");
	run->title = temporal_payload_text(json_get(meta, "summary"), &s->arena);
	if (json_true(json_get(more, "cancelRequested")) && run_status_is_open(run->status)) {
		run->cancel_at_ms = json_get_time(json_get(describe, "workflowExecutionInfo"),
						  "startTime");
		run->cancel_by = VIEW("somebody");
	}
}

static void list_children(struct story *s, struct run_detail *out)
{
	struct view *children = arena_array(&s->arena, s->tasks.len + 1, sizeof *children);
	for (size_t i = 0; i < s->tasks.len; i++) {
		if (s->tasks.items[i].facts.child.len)
			children[out->n_children++] = s->tasks.items[i].facts.child;
	}
	out->children = children;
}

/* As the form of a start has them: input, id, queue. */
static struct view params_of(struct story *s, const struct run_facts *run)
{
	struct str out = { 0 };
	struct jsonw w;
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	if (s->input_is_list) {
		struct str list = { 0 };
		str_add_char(&list, '*');
		str_add(&list, s->input);
		jsonw_text(&w, "input", view_of_str(&list));
		str_release(&list);
	} else if (s->input.len) {
		jsonw_raw(&w, "input", s->input);
	}
	jsonw_text(&w, "workflow_id", run->short_id);
	jsonw_text(&w, "task_queue", run->queue);
	jsonw_end_object(&w);
	struct view v = arena_view(&s->arena, view_of_str(&out));
	str_release(&out);
	return v;
}

bool story_tell(struct story *s, const struct json *describe, const struct temporal_rules *rules,
		const struct story_gate *gate, struct run_detail *out)
{
	*out = (struct run_detail){ 0 };
	if (!temporal_described(describe, rules, &s->arena, &out->run))
		return false;
	read_pending(s, describe);
	finish_tasks(s, rules);
	read_config(s, describe, &out->run);
	read_progress(s, &out->run);
	read_code(s, describe, &out->run);
	read_why(s, &out->run);
	read_run_error(s, &out->run);
	if (gate && run_status_is_open(out->run.status))
		add_gate(s, gate, &out->run);
	struct task_facts *tasks = arena_array(&s->arena, s->tasks.len + 1, sizeof *tasks);
	for (size_t i = 0; i < s->tasks.len; i++) {
		tasks[i] = s->tasks.items[i].facts;
		if (s->gap_event && s->tasks.items[i].event == s->gap_event)
			out->left_out = tasks[i].id;
	}
	out->tasks = tasks;
	out->n_tasks = s->tasks.len;
	out->history_seq = s->last_event;
	out->params = params_of(s, &out->run);
	out->result = s->result;
	if (gate && out->run.n_gates) {
		out->gates = &out->run.waiting;
		out->n_gates = 1;
	}
	list_children(s, out);
	return true;
}
