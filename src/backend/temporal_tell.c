/* What a run's own code is told: updates, which answer by themselves, and signals,
 * after which the run is watched until it has gone on. Always to the run that was
 * shown. What to say stands in the job: name and args. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/jsonw.h"

enum { UPDATE_TRIES = 2 };

void temporal_add_args(struct jsonw *w, const char *key, const struct mapping_args *args)
{
	struct str payloads = { 0 };
	temporal_add_payloads(&payloads, args->items, args->len);
	if (args->len)
		jsonw_raw(w, key, view_of_str(&payloads));
	str_release(&payloads);
}

void temporal_add_execution(struct jsonw *w, const struct temporal_job *j)
{
	jsonw_object(w, "workflowExecution");
	jsonw_string(w, "workflowId", j->workflow_id);
	jsonw_string(w, "runId", j->run);
	jsonw_end_object(w);
}

static void send_words(struct temporal_job *j, const char *path, struct str *body,
		       temporal_answered_fn *answered)
{
	struct str target = { 0 };
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, path);
	http_add_encoded(&target, view_of(j->name));
	struct temporal_ask ask = { .method = "POST", .target = &target, .body = body,
				    .keyed = true, .timeout_ms = j->t->times.update_ms };
	temporal_job_ask(j, &ask, answered);
}

/* The same id at each try: nothing is told twice. */
void temporal_make_key(struct temporal_job *j)
{
	char key[IDENT_LEN + 1];
	if (j->key)
		return;
	ident_uuid7(key, when_now_ms());
	j->key = mem_text(key);
}

/* seen: its effect was seen, too. A decision's is seen on the card. */
static void finish(struct temporal_job *j, const char *how, bool seen)
{
	struct str words = { 0 };
	bool decision = verb_is_on_task(j->verb);
	str_addf(&words, "%s%s", verb_past(j->verb), how);
	temporal_look_at(j->t, view_of(j->run));
	temporal_finish(j, seen && !decision ? OUTCOME_SEEN : OUTCOME_OK, str_text(&words));
	str_release(&words);
}

/* ---- update ---- */

static void refuse_update(struct temporal_job *j, const struct json *failure)
{
	struct error_facts error = { 0 };
	temporal_failure(failure, &j->story.arena, &error);
	str_clear(&j->text);
	str_add(&j->text, error.message);
	if (!j->text.len)
		str_add_text(&j->text, "the workflow refused it");
	temporal_look_at(j->t, view_of(j->run));
	temporal_refuse_with_winner(j);
}

/* Taken in by the server, and no worker has answered. */
static void wait_for_update(struct temporal_job *j)
{
	if (++j->tries < UPDATE_TRIES)
		temporal_tell_update(j);
	else
		temporal_finish(j, OUTCOME_UNKNOWN,
				"no worker has taken the update yet; it is lost if none comes");
}

/* What it answered stands behind the words. */
static void finish_update(struct temporal_job *j, const struct json *outcome)
{
	struct view result = temporal_payloads(json_get(outcome, "success"), &j->story.arena);
	struct str how = { 0 };
	if (!verb_is_on_task(j->verb) && result.len && !view_is(result, "null")) {
		str_add_text(&how, ": ");
		str_add(&how, result);
	}
	finish(j, str_text(&how), outcome != NULL);
	str_release(&how);
}

static void on_update(struct temporal_job *j, const struct http_answer *a)
{
	if (temporal_order_failed(j, a))
		return;
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	const struct json *outcome = json_get(json_root(doc), "outcome");
	if (json_get(outcome, "failure"))
		refuse_update(j, json_get(outcome, "failure"));
	else if (outcome)
		finish_update(j, outcome);
	else
		wait_for_update(j);
	json_free(doc);
}

void temporal_tell_update(struct temporal_job *j)
{
	struct str body = { 0 };
	struct jsonw w;
	temporal_make_key(j);
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	temporal_add_execution(&w, j);
	jsonw_object(&w, "waitPolicy");
	jsonw_string(&w, "lifecycleStage", "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED");
	jsonw_end_object(&w);
	jsonw_object(&w, "request");
	jsonw_object(&w, "meta");
	jsonw_string(&w, "updateId", j->key);
	jsonw_string(&w, "identity", j->t->identity);
	jsonw_end_object(&w);
	jsonw_object(&w, "input");
	jsonw_string(&w, "name", j->name);
	temporal_add_args(&w, "args", &j->args);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	send_words(j, "/update/", &body, on_update);
}

/* ---- signal, and its effect ---- */

static void watch_effect(struct temporal_job *j);

/* Signalled, and its workflow task has been done: four events more. */
static bool has_effect(const struct json *describe, int64_t length)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	bool open = view_ends(json_get_text(info, "status"), "RUNNING") ||
		    view_is(json_get_text(info, "status"), "Running");
	return !open || (json_get_int(info, "historyLength", 0) >= length + 4 &&
			 !json_get(describe, "pendingWorkflowTask"));
}

/* Two may have decided at once: who was first? */
static void seen(struct temporal_job *j)
{
	if (verb_is_on_task(j->verb))
		temporal_find_rival(j);
	else
		finish(j, "", true);
}

void temporal_was_first(struct temporal_job *j)
{
	finish(j, "", true);
}

static void on_effect(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, TEMPORAL_BODY_MAX, NULL) : NULL;
	bool is_seen = doc && has_effect(json_root(doc), j->length);
	json_free(doc);
	if (is_seen)
		seen(j);
	else if (when_mono_ms() >= j->until_ms)
		finish(j, ": recorded, but its effect is not seen yet", false);
	else
		watch_effect(j);
}

static void on_effect_due(void *arg)
{
	struct temporal_job *j = arg;
	struct str target = { 0 };
	temporal_add_workflow(&target, j->t, j->workflow_id);
	temporal_add_run(&target, j->run);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_effect);
}

static void watch_effect(struct temporal_job *j)
{
	loop_remove(j->timer);
	j->timer = loop_timer(j->t->base.loop, on_effect_due, j);
	loop_timer_set(j->timer, j->t->times.effect_step_ms);
}

static void on_signal(struct temporal_job *j, const struct http_answer *a)
{
	if (temporal_order_failed(j, a))
		return;
	j->until_ms = when_mono_ms() + j->t->times.effect_ms;
	watch_effect(j);
}

void temporal_tell_signal(struct temporal_job *j)
{
	struct str body = { 0 };
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	temporal_add_execution(&w, j);
	temporal_add_args(&w, "input", &j->args);
	temporal_add_order(&w, j);
	jsonw_end_object(&w);
	send_words(j, "/signal/", &body, on_signal);
}

/* ---- the operator's own words ---- */

static bool has_ended(struct temporal_job *j)
{
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	struct view status = temporal_word(json_get_text(info, "status"),
					   "WORKFLOW_EXECUTION_STATUS_", &j->story.arena);
	if (view_is(status, "running") || view_is(status, "paused"))
		return false;
	str_addf(&j->text, "its code hears nothing any more: the run is %.*s", (int)status.len,
		 status.ptr);
	temporal_finish(j, OUTCOME_REFUSED, str_text(&j->text));
	return true;
}

static void tell(struct temporal_job *j)
{
	if (has_ended(j))
		return;
	mapping_args_read(view_of(j->value), &j->story.arena, &j->args);
	if (j->verb == VERB_UPDATE)
		temporal_tell_update(j);
	else
		temporal_tell_signal(j);
}

void temporal_tell(struct temporal_job *j)
{
	temporal_describe(j, tell);
}
