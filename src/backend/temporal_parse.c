/* Runs of Temporal's lists to facts (temporal_parse.h). */
#include "backend/temporal_parse.h"

#include "backend/temporal_codec.h"
#include "backend/temporal_payload.h"
#include "base/jtext.h"

enum { LABELS_MAX = 64 };

/* ---- words ---- */

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

struct view temporal_word(struct view word, const char *prefix, struct arena *arena)
{
	struct str s = { 0 };
	if (view_starts(word, prefix))
		word = view_cut(word, view_of(prefix).len, word.len);
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		if (i && is_upper(c) && !is_upper(word.ptr[i - 1]) && word.ptr[i - 1] != '_')
			str_add_char(&s, ' ');
		str_add_char(&s, c == '_' ? ' ' : is_upper(c) ? (char)(c - 'A' + 'a') : c);
	}
	struct view v = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return v;
}

int64_t temporal_span(struct view v)
{
	double seconds;
	if (!v.len || v.ptr[v.len - 1] != 's')
		return 0;
	if (!number_parse_real(view_cut(v, 0, v.len - 1), &seconds))
		return 0;
	if (seconds < 0 || seconds > 1e12)
		return 0;
	return (int64_t)(seconds * 1000);
}

static struct view copy(const struct json *v, const char *key, struct arena *arena)
{
	return arena_view(arena, json_get_text(v, key));
}

/* ---- status ---- */

static const struct {
	const char *word;
	enum run_status status;
} statuses[] = {
	{ "running", RUN_RUNNING },	  { "completed", RUN_COMPLETED },
	{ "failed", RUN_FAILED },	  { "canceled", RUN_CANCELLED },
	{ "terminated", RUN_CANCELLED },  { "continued as new", RUN_COMPLETED },
	{ "timed out", RUN_TIMED_OUT },	  { "paused", RUN_PAUSED },
};

static enum run_status status_of(struct view word)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		if (view_is(word, statuses[i].word))
			return statuses[i].status;
	}
	return RUN_ERROR;
}

bool temporal_is_hidden(const struct run_facts *run)
{
	return view_is(run->raw_status, "continued as new");
}

static const struct json *attribute(const struct json *info, const char *name)
{
	return json_get(json_get(json_get(info, "searchAttributes"), "indexedFields"), name);
}

/* Written when the first workflow task has ended. */
static bool names_worker(const struct json *info)
{
	return attribute(info, "BuildIds") || attribute(info, "TemporalWorkerDeployment");
}

bool temporal_is_untaken(const struct json *describe)
{
	const struct json *task = json_get(describe, "pendingWorkflowTask");
	return task && !json_get(task, "startedTime") && json_get_int(task, "attempt", 1) <= 1 &&
	       !names_worker(json_get(describe, "workflowExecutionInfo"));
}

/* No workflow task has ended yet (5.1), or it shall not begin yet. A long history alone says
 * nothing where describe says more: signals come to a run that nobody takes, too. */
static void read_beginning(const struct json *info, const struct json *describe, int64_t now_ms,
			   struct run_facts *out)
{
	int64_t execution_ms = json_get_time(info, "executionTime");
	bool begun = names_worker(info) || (json_get_int(info, "historyLength", 0) > 3 &&
					    !temporal_is_untaken(describe));
	if (out->status != RUN_RUNNING || begun)
		return;
	out->status = execution_ms > now_ms ? RUN_PLANNED : RUN_PENDING;
	out->started_ms = 0;
	out->pending_since_ms = execution_ms;
	out->planned_ms = out->status == RUN_PLANNED ? execution_ms : 0;
	out->pending_reason = out->status == RUN_PLANNED ? VIEW("delayed") : VIEW("worker");
	out->pending_detail = out->status == RUN_PLANNED ?
				      VIEW("its start was delayed") :
				      VIEW("no worker has taken it from its task queue yet");
}

/* ---- labels: memo and custom attributes ---- */

static bool is_system(struct view name)
{
	return view_starts(name, "Temporal") || view_is(name, "BuildIds") ||
	       view_is(name, "BinaryChecksums");
}

static void add_labels(struct pair *items, size_t *n, const struct json *fields,
		       struct arena *arena)
{
	for (const struct json *i = json_first(fields); i && *n < LABELS_MAX; i = json_next(i)) {
		if (!is_system(json_key(i)))
			items[(*n)++] = (struct pair){ arena_view(arena, json_key(i)),
						       temporal_payload_text(i, arena) };
	}
}

static const struct json *memo_of(const struct json *info, const struct temporal_rules *rules)
{
	return rules->memo ? rules->memo : json_get(json_get(info, "memo"), "fields");
}

static void read_labels(const struct json *info, const struct temporal_rules *rules,
			struct arena *arena, struct run_facts *out)
{
	struct pair *items = arena_array(arena, LABELS_MAX, sizeof *items);
	size_t n = 0;
	add_labels(items, &n, memo_of(info, rules), arena);
	add_labels(items, &n, json_get(json_get(info, "searchAttributes"), "indexedFields"), arena);
	out->labels = (struct pairs){ items, n };
}

bool temporal_memo_says(const struct json *payload, struct arena *arena)
{
	struct view json = payload ? temporal_payload(payload, arena) : VIEW("");
	return json.len && !view_is(json, "null") && !view_is(json, "false") &&
	       !view_is(json, "\"\"");
}

/* Rule 2: a key of the memo that says what it waits for. */
static void read_memo_gate(const struct json *info, const struct temporal_rules *rules,
			   struct arena *arena, struct run_facts *out)
{
	if (!rules->waiting_memo.len || out->status != RUN_RUNNING)
		return;
	const char *key = arena_text(arena, rules->waiting_memo);
	const struct json *payload = json_get(memo_of(info, rules), key);
	if (!temporal_memo_says(payload, arena))
		return;
	out->status = RUN_WAITING;
	out->n_gates = 1;
	out->waiting = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = VIEW("gate"), .required = 1, .attempt = 1,
		.version = 1, .since_ms = out->started_ms,
		.prompt = temporal_codec_needs(payload) ? VIEW("") : temporal_payload_text(payload, arena),
	};
}

/* ---- progress that the workflow itself tells ---- */

/* 0.4, "40", "40%", "3/10"; negative where it is none. */
static float progress_of(struct view v)
{
	struct view rest = v, head;
	double done, total;
	bool percent = view_ends(v, "%");
	v = view_trim(view_cut(v, 0, v.len - percent));
	if (view_find_byte(v, '/', 0) != SIZE_MAX && view_split(&rest, '/', &head) &&
	    number_parse_real(view_trim(head), &done) && number_parse_real(view_trim(rest), &total))
		return done >= 0 && total > 0 && done <= total ? (float)(done / total) : -1;
	if (!v.len || !number_parse_real(v, &done) || done < 0 || done > 100)
		return -1;
	return (float)(percent || done > 1 ? done / 100 : done);
}

/* A label (of the memo, or a search attribute) of that name. */
static void read_progress(struct run_facts *out)
{
	for (size_t i = 0; i < out->labels.len && out->progress < 0; i++) {
		const struct pair *p = &out->labels.items[i];
		if (view_is(p->name, "Progress") || view_is(p->name, "progress"))
			out->progress = progress_of(p->value);
	}
	if (!run_status_is_open(out->status))
		out->progress = -1;
}

/* ---- the run ---- */

static void read_trigger(const struct json *info, struct arena *arena, struct run_facts *out)
{
	const struct json *parent = json_get(info, "parentExecution");
	const struct json *schedule = attribute(info, "TemporalScheduledById");
	if (json_get_text(parent, "runId").len) {
		out->trigger = TRIGGER_PARENT;
		out->parent = copy(parent, "runId", arena);
		out->trigger_source = copy(parent, "workflowId", arena);
	} else if (schedule) {
		out->trigger = TRIGGER_SCHEDULE;
		out->trigger_source = temporal_payload_text(schedule, arena);
	}
}

void temporal_allow(struct run_facts *run)
{
	const uint32_t ask = 1U << VERB_QUERY | 1U << VERB_STACK;
	const uint32_t pause = 1U << (run->status == RUN_PAUSED ? VERB_RESUME : VERB_PAUSE);
	const uint32_t open = 1U << VERB_CANCEL | 1U << VERB_TERMINATE | 1U << VERB_SIGNAL |
			      1U << VERB_UPDATE | pause | ask;
	const uint32_t ended = 1U << VERB_RERUN | ask;
	run->actions = (struct actions_facts){
		.allowed = run_status_is_open(run->status) ? open : ended,
		.known = open | ended,
	};
}

static bool read_run(const struct json *info, const struct json *describe,
		     const struct temporal_rules *rules, struct arena *arena, struct run_facts *out)
{
	const struct json *execution = json_get(info, "execution");
	*out = (struct run_facts){ .context = rules->context, .progress = -1, .version = 1 };
	out->id = copy(execution, "runId", arena);
	out->short_id = copy(execution, "workflowId", arena);
	if (!out->id.len || !out->short_id.len)
		return false;
	out->workflow = copy(json_get(info, "type"), "name", arena);
	out->raw_status = temporal_word(json_get_text(info, "status"),
					"WORKFLOW_EXECUTION_STATUS_", arena);
	out->status = status_of(out->raw_status);
	out->queue = copy(info, "taskQueue", arena);
	out->created_ms = out->started_ms = json_get_time(info, "startTime");
	out->ended_ms = run_status_is_open(out->status) ? 0 : json_get_time(info, "closeTime");
	read_beginning(info, describe, rules->now_ms, out);
	read_trigger(info, arena, out);
	read_labels(info, rules, arena, out);
	read_progress(out);
	read_memo_gate(info, rules, arena, out);
	temporal_allow(out);
	return true;
}

bool temporal_run(const struct json *info, const struct temporal_rules *rules,
		  struct arena *arena, struct run_facts *out)
{
	return read_run(info, NULL, rules, arena, out);
}

bool temporal_described(const struct json *describe, const struct temporal_rules *rules,
			struct arena *arena, struct run_facts *out)
{
	return read_run(json_get(describe, "workflowExecutionInfo"), describe, rules, arena, out);
}

/* ---- refusals ---- */

static const struct {
	int status;
	const char *words;
} refusals[] = {
	{ 400, "Temporal does not understand the request" },
	{ 401, "Temporal wants a token" },
	{ 403, "Temporal does not permit this" },
	{ 404, "Temporal has no such thing" },
	{ 405, "the UI server has switched writing off" },
	{ 429, "Temporal has too many requests" },
	{ 501, "this Temporal server does not have it" },
	{ 503, "Temporal is not available" },
	{ 504, "Temporal did not answer in time" },
};

struct view temporal_refusal(struct view body, int status, struct arena *arena)
{
	struct json_doc *doc = json_parse(body, 0, NULL);
	struct view message = doc ? copy(json_root(doc), "message", arena) : VIEW("");
	json_free(doc);
	if (message.len)
		return message;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].status == status)
			return view_of(refusals[i].words);
	}
	struct str s = { 0 };
	str_addf(&s, "Temporal answered %d", status);
	struct view v = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return v;
}
