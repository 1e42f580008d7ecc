/* What a run says itself of what it waits for: the query handler that its type is
 * configured with (an answer means that it waits, and is the prompt), and the prompt as
 * JSON, for the decisions that quote it. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/jscan.h"
#include "base/jtext.h"
#include "base/mem.h"
#include "base/when.h"

/* ---- does it wait ---- */

/* Grows with all that happens to a run; never 0. */
static int64_t moves_of(const struct json *describe)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	return json_get_int(info, "stateTransitionCount", json_get_int(info, "historyLength", 0)) + 1;
}

static struct temporal_known *known_of(struct temporal *t, const struct json *describe)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	struct arena arena = { 0 };
	struct temporal_rules rules;
	struct run_facts run;
	struct temporal_known *k =
		temporal_known(t, json_get_text(json_get(info, "execution"), "runId"));
	temporal_rules(t, &rules);
	if (!k && temporal_run(info, &rules, &arena, &run))
		k = temporal_learn(t, &run);
	arena_release(&arena);
	return k;
}

const char *temporal_waiting_query(struct temporal *t, const struct json *describe)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	const char *name = mapping_query(&t->mappings,
					 json_get_text(json_get(info, "type"), "name"));
	struct view status = json_get_text(info, "status");
	bool open = view_ends(status, "_RUNNING") || view_is(status, "Running");
	if (!name || !open || temporal_queue_is_silent(t, json_get_text(info, "taskQueue")))
		return NULL;
	struct temporal_known *k = known_of(t, describe);
	bool held = k && k->unanswered_ms &&
		    when_mono_ms() - k->unanswered_ms < t->times.silent_ms;
	return k && !held && k->asked_at != moves_of(describe) ? name : NULL;
}

static bool is_nothing(struct view json)
{
	static const char *const nothing[] = { "", "null", "false", "\"\"", "{}", "[]" };
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		if (view_is(view_trim(json), nothing[i]))
			return true;
	}
	return false;
}

static char *copy_of(struct view v)
{
	return mem_bytes(v.ptr ? v.ptr : "", v.len);
}

static void note_answer(struct temporal_known *k, struct view json, struct view words)
{
	bool waits = !is_nothing(json);
	if (waits || k->asked_waiting) {
		mem_free(k->prompt);
		mem_free(k->prompt_json);
		k->prompt = waits ? copy_of(words) : NULL;
		k->prompt_json = waits ? copy_of(json) : NULL;
	}
	k->asked_waiting = waits;
	k->asked = k->asked || waits;	/* it has said its words */
}

static void read_answer(struct temporal_known *k, struct view body)
{
	struct arena arena = { 0 };
	struct json_doc *doc = json_parse(body, 0, NULL);
	const struct json *result = doc ? json_get(json_root(doc), "queryResult") : NULL;
	if (result) {
		struct view json = temporal_payloads(result, &arena);
		const struct json *first = json_first(json_get(result, "payloads"));
		note_answer(k, json, first ? temporal_payload_text(first, &arena) : json);
	}
	json_free(doc);
	arena_release(&arena);
}

/* By its workflow's code: code 9 says that no worker is there, or that its first task
 * is not done. */
static bool is_refused(const struct http_answer *a)
{
	enum { NOT_READY = 9 };
	struct json_doc *doc = a->status == 400 ? json_parse(a->body, 0, NULL) : NULL;
	bool is = a->status == 400 && (!doc || json_get_int(json_root(doc), "code", 0) != NOT_READY);
	json_free(doc);
	return is;
}

/* A refusal (the type has no such query) holds until something happens; where no worker
 * answered it is asked again, after a while. Of the queue code 9 says nothing. */
void temporal_waiting_take(struct temporal *t, const struct json *describe,
			   const struct http_answer *a)
{
	struct temporal_known *k = known_of(t, describe);
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	bool heard = temporal_ok(a) || is_refused(a);
	if (heard || a->status != 400)
		temporal_queue_note(t, json_get_text(info, "taskQueue"), heard);
	if (k)
		k->unanswered_ms = heard ? 0 : when_mono_ms();
	if (k && heard)
		k->asked_at = moves_of(describe);
	if (k && temporal_ok(a))
		read_answer(k, a->body);
}

/* ---- what a decision quotes ---- */

static struct view as_json(struct temporal_job *j, struct view text)
{
	struct str quoted = { 0 };
	if (jscan_check(text, (struct jscan_limits){ 0 }, NULL, NULL))
		return arena_view(&j->story.arena, text);
	jtext_add_quoted(&quoted, text);
	struct view v = arena_view(&j->story.arena, view_of_str(&quoted));
	str_release(&quoted);
	return v;
}

static void on_query(struct temporal_job *j, const struct http_answer *a)
{
	struct view value;
	struct json_doc *doc = temporal_query_answer(j, a, &value);
	if (!doc)
		return;
	j->prompt = value;
	json_free(doc);
	if (is_nothing(value))
		temporal_finish(j, OUTCOME_REFUSED, "nothing waits: its query answers with nothing");
	else
		j->after(j);
}

static void on_words(struct temporal_job *j, const struct http_answer *a)
{
	struct view value;
	struct json_doc *doc = temporal_query_answer(j, a, &value);
	if (!doc)
		return;
	struct json_doc *inner = json_parse(value, 0, NULL);
	struct view words = inner ? json_get_text(json_root(inner), "currentDetails") : VIEW("");
	j->prompt = words.len ? as_json(j, words) : VIEW("null");
	json_free(inner);
	json_free(doc);
	j->after(j);
}

static const struct json *memo_of(const struct temporal_job *j)
{
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	const char *key = j->t->waiting_memo;
	return key ? json_get(json_get(json_get(info, "memo"), "fields"), key) : NULL;
}

void temporal_find_prompt(struct temporal_job *j, temporal_then_fn *then)
{
	const struct temporal_known *k = temporal_known(j->t, view_of(j->run));
	const char *name = mapping_query(&j->t->mappings, view_of(j->type));
	j->after = then;
	if (k && k->prompt_json) {
		/* The one that was shown: who decides does not decide of a later one. */
		j->prompt = arena_view(&j->story.arena, view_of(k->prompt_json));
		then(j);
	} else if (name) {
		temporal_send_query(j, name, (struct view){ 0 }, on_query);
	} else if (memo_of(j)) {
		j->prompt = as_json(j, temporal_payload_text(memo_of(j), &j->story.arena));
		then(j);
	} else {
		temporal_send_query(j, "__temporal_workflow_metadata", (struct view){ 0 }, on_words);
	}
}
