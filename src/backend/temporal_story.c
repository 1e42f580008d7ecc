/* A history's events to tasks (temporal_story.h). What an event means stands in one
 * table; describe's part is temporal_pending.c's. */
#include "backend/temporal_story.h"

#include "backend/temporal_payload.h"
#include "backend/temporal_story_parts.h"
#include "base/mem.h"
#include "base/when.h"

enum { TASKS_MAX = 60000, NAME_MAX_LEN = 40 };


void story_init(struct story *s)
{
	*s = (struct story){ 0 };
}

void story_release(struct story *s)
{
	vec_release(&s->tasks);
	arena_release(&s->arena);
	story_let_go(s->kept);
	s->kept = NULL;
}

static struct view copy(struct story *s, const struct json *v, const char *key)
{
	return arena_view(&s->arena, json_get_text(v, key));
}

static struct story_task *task_at(struct story *s, int64_t event)
{
	size_t low = 0, high = s->tasks.len;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (s->tasks.items[mid].event < event)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < s->tasks.len && s->tasks.items[low].event == event)
		return &s->tasks.items[low];
	return NULL;
}

/* The number behind the last dash. */
struct story_task *story_find(struct story *s, struct view id)
{
	int64_t event;
	size_t dash = SIZE_MAX;
	for (size_t i = 0; i < id.len; i++) {
		if (id.ptr[i] == '-')
			dash = i;
	}
	struct view number = dash == SIZE_MAX ? id : view_cut(id, dash + 1, id.len);
	return number_parse(number, 1, STORY_EVENT_MAX, &event) ? task_at(s, event) : NULL;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.';
}

/* "ChargeCard-5": what it is, and the event that opened it. */
void story_name(struct story *s, struct story_task *t, struct view type)
{
	struct str id = { 0 };
	for (size_t i = 0; i < type.len && i < NAME_MAX_LEN; i++)
		str_add_char(&id, is_plain(type.ptr[i]) ? type.ptr[i] : '_');
	str_addf(&id, "%s%lld", id.len ? "-" : "", (long long)t->event);
	t->type = type;
	t->facts.id = arena_view(&s->arena, view_of_str(&id));
	str_release(&id);
}

struct story_task *story_open(struct story *s, enum story_kind kind, int64_t event)
{
	struct story_task t = { .kind = kind, .event = event };
	story_name(s, &t, VIEW(""));
	t.facts.step = t.facts.id;
	t.facts.status = TASK_RUNNING;
	t.facts.attempt = 1;
	t.facts.progress = -1;
	t.facts.exit_code = -1;
	t.facts.version = 1;
	vec_push(&s->tasks, t);
	return &s->tasks.items[s->tasks.len - 1];
}

static void name_task(struct story *s, struct story_task *t, const struct story_event *e,
		      struct view type)
{
	const struct json *summary = json_get(json_get(e->whole, "userMetadata"), "summary");
	story_name(s, t, type);
	t->facts.title = summary ? temporal_payload_text(summary, &s->arena) : type;
	t->facts.step = type.len ? type : t->facts.title;
	t->facts.queued_ms = e->at_ms;
	t->decided = json_get_int(e->attributes, "workflowTaskCompletedEventId", 0);
}

typedef void event_fn(struct story *s, const struct story_event *e);

/* ---- the run ---- */

static void on_started(struct story *s, const struct story_event *e)
{
	const struct json *input = json_get(e->attributes, "input");
	struct str raw = { 0 };
	s->input = temporal_payloads(input, &s->arena);
	s->input_is_list = json_count(json_get(input, "payloads")) > 1;
	if (input)
		json_print(input, &raw);
	s->input_raw = arena_view(&s->arena, view_of_str(&raw));
	str_release(&raw);
}

static void on_completed(struct story *s, const struct story_event *e)
{
	s->result = temporal_payloads(json_get(e->attributes, "result"), &s->arena);
}

static void on_failed(struct story *s, const struct story_event *e)
{
	s->has_error = temporal_failure(json_get(e->attributes, "failure"), &s->arena, &s->error);
}

static void on_timed_out(struct story *s, const struct story_event *e)
{
	s->error = (struct error_facts){ .type = VIEW("timeout"),
					 .message = VIEW("the run was over its time limit") };
	s->has_error = true;
}

static void on_terminated(struct story *s, const struct story_event *e)
{
	struct str words = { 0 };
	struct view reason = json_get_text(e->attributes, "reason");
	str_add_text(&words, "terminated by ");
	str_add(&words, json_get_text(e->attributes, "identity"));
	str_add_text(&words, reason.len ? ": " : "");
	str_add(&words, reason);
	s->error = (struct error_facts){ .type = VIEW("terminated"),
					 .message = arena_view(&s->arena, view_of_str(&words)) };
	s->terminated_by = copy(s, e->attributes, "identity");
	s->has_error = true;
	str_release(&words);
}

static void on_decided(struct story *s, const struct story_event *e)
{
	if (!s->first_decided)
		s->first_decided = e->id;
	s->last_decided = e->id;
	s->code_error = (struct error_facts){ 0 };
}

static void on_code_failed(struct story *s, const struct story_event *e)
{
	temporal_failure(json_get(e->attributes, "failure"), &s->arena, &s->code_error);
}

/* ---- tasks open ---- */

static void on_activity(struct story *s, const struct story_event *e)
{
	const struct json *a = e->attributes;
	struct story_task *t = story_open(s, STORY_ACTIVITY, e->id);
	name_task(s, t, e, copy(s, json_get(a, "activityType"), "name"));
	t->activity = copy(s, a, "activityId");
	t->facts.status = TASK_QUEUED;
	t->facts.args = temporal_payloads(json_get(a, "input"), &s->arena);
	t->facts.max_attempts =
		(int)json_get_int(json_get(a, "retryPolicy"), "maximumAttempts", 0);
}

static void on_timer(struct story *s, const struct story_event *e)
{
	struct story_task *t = story_open(s, STORY_TIMER, e->id);
	struct view span = json_get_text(e->attributes, "startToFireTimeout");
	struct str words = { 0 };
	str_add_text(&words, "timer ");
	when_add_span(&words, temporal_span(span));
	name_task(s, t, e, VIEW("timer"));
	t->facts.title = arena_view(&s->arena, view_of_str(&words));
	t->facts.started_ms = e->at_ms;
	str_clear(&words);
	str_add_text(&words, "fires ");
	when_add_rfc3339(&words, e->at_ms + temporal_span(span));
	t->facts.progress_words = arena_view(&s->arena, view_of_str(&words));
	str_release(&words);
}

static void on_child(struct story *s, const struct story_event *e)
{
	const struct json *a = e->attributes;
	struct story_task *t = story_open(s, STORY_CHILD, e->id);
	name_task(s, t, e, copy(s, json_get(a, "workflowType"), "name"));
	t->facts.item = copy(s, a, "workflowId");
	t->facts.args = temporal_payloads(json_get(a, "input"), &s->arena);
	t->facts.status = TASK_QUEUED;
}

static void on_nexus(struct story *s, const struct story_event *e)
{
	struct story_task *t = story_open(s, STORY_NEXUS, e->id);
	name_task(s, t, e, copy(s, e->attributes, "operation"));
	t->facts.item = copy(s, e->attributes, "endpoint");
}

static void on_signal(struct story *s, const struct story_event *e)
{
	struct story_task *t = story_open(s, STORY_SIGNAL, e->id);
	struct str words = { 0 };
	str_add_text(&words, "signal ");
	str_add(&words, json_get_text(e->attributes, "signalName"));
	name_task(s, t, e, arena_view(&s->arena, view_of_str(&words)));
	t->facts.args = temporal_payloads(json_get(e->attributes, "input"), &s->arena);
	t->facts.worker = copy(s, e->attributes, "identity");
	t->facts.status = TASK_COMPLETED;
	t->facts.started_ms = t->facts.ended_ms = e->at_ms;
	str_release(&words);
}

/* What goes on as a new run leads there. */
static void on_continued(struct story *s, const struct story_event *e)
{
	struct story_task *t = story_open(s, STORY_SIGNAL, e->id);
	name_task(s, t, e, VIEW("continued as a new run"));
	t->facts.child = copy(s, e->attributes, "newExecutionRunId");
	t->facts.status = TASK_COMPLETED;
	t->facts.started_ms = t->facts.ended_ms = e->at_ms;
}

static void on_update(struct story *s, const struct story_event *e)
{
	const struct json *request = json_get(e->attributes, "acceptedRequest");
	const struct json *input = json_get(request, "input");
	struct story_task *t = story_open(s, STORY_UPDATE, e->id);
	struct str words = { 0 };
	str_add_text(&words, "update ");
	str_add(&words, json_get_text(input, "name"));
	name_task(s, t, e, arena_view(&s->arena, view_of_str(&words)));
	t->facts.args = temporal_payloads(json_get(input, "args"), &s->arena);
	t->facts.worker = copy(s, json_get(request, "meta"), "identity");
	t->facts.started_ms = e->at_ms;
	str_release(&words);
}

/* ---- tasks go on ---- */

/* Which member names the event that opened the task. */
static struct story_task *opener(struct story *s, const struct story_event *e)
{
	static const char *const members[] = { "scheduledEventId", "initiatedEventId",
					       "startedEventId", "acceptedEventId" };
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		struct story_task *t = task_at(s, json_get_int(e->attributes, members[i], 0));
		if (t)
			return t;
	}
	return NULL;
}

static void keep_failure(struct story *s, struct story_task *t, const struct json *failure)
{
	struct error_facts error = { 0 };
	if (!temporal_failure(failure, &s->arena, &error))
		return;
	error.task = (struct view){ 0 };
	t->facts.error = error;
	t->last_failure = error.message;
}

static void on_task_started(struct story *s, const struct story_event *e)
{
	struct story_task *t = opener(s, e);
	if (!t)
		return;
	t->facts.status = TASK_RUNNING;
	t->facts.started_ms = e->at_ms;
	t->facts.attempt = (int)json_get_int(e->attributes, "attempt", 1);
	t->facts.worker = copy(s, e->attributes, "identity");
	keep_failure(s, t, json_get(e->attributes, "lastFailure"));
}

static void on_child_started(struct story *s, const struct story_event *e)
{
	struct story_task *t = opener(s, e);
	if (!t)
		return;
	t->facts.status = TASK_RUNNING;
	t->facts.started_ms = e->at_ms;
	t->facts.child = copy(s, json_get(e->attributes, "workflowExecution"), "runId");
}

static void end_task(struct story *s, const struct story_event *e, enum task_status status)
{
	struct story_task *t = opener(s, e);
	if (!t)
		return;
	t->facts.status = status;
	t->facts.ended_ms = e->at_ms;
	t->facts.result = temporal_payloads(json_get(e->attributes, "result"), &s->arena);
	if (status == TASK_COMPLETED)
		t->facts.error = (struct error_facts){ 0 };
	keep_failure(s, t, json_get(e->attributes, "failure"));
}

static void on_task_completed(struct story *s, const struct story_event *e)
{
	end_task(s, e, TASK_COMPLETED);
}

static void on_task_failed(struct story *s, const struct story_event *e)
{
	end_task(s, e, TASK_FAILED);
}

static void on_task_timed_out(struct story *s, const struct story_event *e)
{
	end_task(s, e, TASK_TIMED_OUT);
}

static void on_task_cancelled(struct story *s, const struct story_event *e)
{
	end_task(s, e, TASK_CANCELLED);
}

static void on_update_completed(struct story *s, const struct story_event *e)
{
	const struct json *outcome = json_get(e->attributes, "outcome");
	struct story_task *t = opener(s, e);
	end_task(s, e, json_get(outcome, "failure") ? TASK_FAILED : TASK_COMPLETED);
	if (!t)
		return;
	t->facts.result = temporal_payloads(json_get(outcome, "success"), &s->arena);
	keep_failure(s, t, json_get(outcome, "failure"));
}

static const struct {
	const char *type;
	event_fn *fn;
} events[] = {
	{ "WORKFLOW_TASK_COMPLETED", on_decided },
	{ "WORKFLOW_TASK_FAILED", on_code_failed },
	{ "ACTIVITY_TASK_SCHEDULED", on_activity },
	{ "ACTIVITY_TASK_STARTED", on_task_started },
	{ "ACTIVITY_TASK_COMPLETED", on_task_completed },
	{ "ACTIVITY_TASK_FAILED", on_task_failed },
	{ "ACTIVITY_TASK_TIMED_OUT", on_task_timed_out },
	{ "ACTIVITY_TASK_CANCELED", on_task_cancelled },
	{ "TIMER_STARTED", on_timer },
	{ "TIMER_FIRED", on_task_completed },
	{ "TIMER_CANCELED", on_task_cancelled },
	{ "START_CHILD_WORKFLOW_EXECUTION_INITIATED", on_child },
	{ "START_CHILD_WORKFLOW_EXECUTION_FAILED", on_task_failed },
	{ "CHILD_WORKFLOW_EXECUTION_STARTED", on_child_started },
	{ "CHILD_WORKFLOW_EXECUTION_COMPLETED", on_task_completed },
	{ "CHILD_WORKFLOW_EXECUTION_FAILED", on_task_failed },
	{ "CHILD_WORKFLOW_EXECUTION_TIMED_OUT", on_task_timed_out },
	{ "CHILD_WORKFLOW_EXECUTION_CANCELED", on_task_cancelled },
	{ "CHILD_WORKFLOW_EXECUTION_TERMINATED", on_task_cancelled },
	{ "NEXUS_OPERATION_SCHEDULED", on_nexus },
	{ "NEXUS_OPERATION_STARTED", on_task_started },
	{ "NEXUS_OPERATION_COMPLETED", on_task_completed },
	{ "NEXUS_OPERATION_FAILED", on_task_failed },
	{ "NEXUS_OPERATION_TIMED_OUT", on_task_timed_out },
	{ "NEXUS_OPERATION_CANCELED", on_task_cancelled },
	{ "WORKFLOW_EXECUTION_SIGNALED", on_signal },
	{ "WORKFLOW_EXECUTION_UPDATE_ACCEPTED", on_update },
	{ "WORKFLOW_EXECUTION_UPDATE_COMPLETED", on_update_completed },
	{ "WORKFLOW_EXECUTION_STARTED", on_started },
	{ "WORKFLOW_EXECUTION_COMPLETED", on_completed },
	{ "WORKFLOW_EXECUTION_FAILED", on_failed },
	{ "WORKFLOW_EXECUTION_TIMED_OUT", on_timed_out },
	{ "WORKFLOW_EXECUTION_TERMINATED", on_terminated },
	{ "WORKFLOW_EXECUTION_CONTINUED_AS_NEW", on_continued },
};

static bool is_fleeting(const struct story_event *e)
{
	return view_is(e->type, "WORKFLOW_TASK_SCHEDULED") ||
	       view_is(e->type, "WORKFLOW_TASK_STARTED");
}

static void add_one(struct story *s, const struct json *v)
{
	struct story_event e = story_event_of(v);
	if (e.id > s->seen_event)
		s->seen_event = e.id;
	if (e.id <= s->last_event || is_fleeting(&e))
		return;
	s->last_event = e.id;
	s->last_ms = e.at_ms;
	if (s->tasks.len >= TASKS_MAX)
		return;
	for (size_t k = 0; k < sizeof events / sizeof *events; k++) {
		if (view_is(e.type, events[k].type)) {
			events[k].fn(s, &e);
			return;
		}
	}
}

void story_add(struct story *s, const struct json *list)
{
	for (const struct json *i = json_first(list); i; i = json_next(i))
		add_one(s, i);
}

void story_note(struct story *s, const char *words)
{
	s->last_event = ++s->seen_event;
	struct story_task *t = story_open(s, STORY_SIGNAL, s->last_event);
	t->facts.title = arena_view(&s->arena, view_of(words));
	t->facts.status = TASK_COMPLETED;
}

/* Takes the place of all that was not read. */
static void add_gap(struct story *s, int64_t until)
{
	struct str words = { 0 };
	if (until <= s->seen_event + 1)
		return;
	str_addf(&words, "events %lld to %lld are not shown", (long long)s->seen_event + 1,
		 (long long)until - 1);
	story_note(s, str_text(&words));
	s->gap_event = s->last_event;
	str_release(&words);
}

void story_add_newest(struct story *s, const struct json *list)
{
	size_t n = json_count(list), at = n;
	const struct json **order = mem_array(n + 1, sizeof(const struct json *));
	for (const struct json *i = json_first(list); i && at; i = json_next(i))
		order[--at] = i;
	if (at < n)
		add_gap(s, json_get_int(order[at], "eventId", 0));
	for (; at < n; at++)
		add_one(s, order[at]);
	mem_free(order);
}
