/* Approve, reject, answer: by the mapping of the workflow's type. Updates answer by
 * themselves; after a signal the run is watched until it has gone on. Nothing is
 * sent that no mapping names, and always to the run that was shown. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/jsonw.h"

enum { UPDATE_TRIES = 2 };

/* ---- arguments ---- */

static bool fill(struct temporal_job *j, const struct mapping *m, struct mapping_args *args,
		 struct err *err)
{
	const struct mapping_values v = {
		.verb = j->verb,
		.comment = view_of(j->comment),
		.user = view_of(j->t->user),
		.workflow_id = view_of(j->workflow_id),
		.run_id = view_of(j->run),
		.value = view_of(j->value),
		.now_ms = temporal_server_ms(j->t),
	};
	return mapping_fill(m, &v, &j->story.arena, args, err);
}

static void add_args(struct jsonw *w, const char *key, const struct mapping_args *args)
{
	struct str payloads = { 0 };
	temporal_add_payloads(&payloads, args->items, args->len);
	if (args->len)
		jsonw_raw(w, key, view_of_str(&payloads));
	str_release(&payloads);
}

static void send_order(struct temporal_job *j, struct str *target, struct str *body,
		 temporal_answered_fn *answered)
{
	struct temporal_ask ask = { .method = "POST", .target = target, .body = body,
				    .keyed = true, .timeout_ms = j->t->times.update_ms };
	temporal_job_ask(j, &ask, answered);
}

static void add_run(struct jsonw *w, const struct temporal_job *j)
{
	jsonw_object(w, "workflowExecution");
	jsonw_string(w, "workflowId", j->workflow_id);
	jsonw_string(w, "runId", j->run);
	jsonw_end_object(w);
}

static void finish(struct temporal_job *j, const char *how)
{
	struct str words = { 0 };
	str_addf(&words, "%s%s", verb_past(j->verb), how);
	temporal_look_at(j->t, view_of(j->run));
	temporal_finish(j, OUTCOME_OK, str_text(&words));
	str_release(&words);
}

/* ---- update ---- */

static void send_update(struct temporal_job *j, const struct mapping *m);

static void refuse_update(struct temporal_job *j, const struct json *failure)
{
	struct error_facts error = { 0 };
	struct str words = { 0 };
	temporal_failure(failure, &j->story.arena, &error);
	str_add(&words, error.message);
	if (!words.len)
		str_add_text(&words, "the workflow refused it");
	temporal_look_at(j->t, view_of(j->run));
	temporal_finish(j, OUTCOME_REFUSED, str_text(&words));
	str_release(&words);
}

/* Taken in by the server, and no worker has answered. */
static void wait_for_update(struct temporal_job *j)
{
	const struct mapping *m = mapping_find(&j->t->mappings, j->verb, view_of(j->type));
	if (++j->tries < UPDATE_TRIES && m)
		send_update(j, m);
	else
		temporal_finish(j, OUTCOME_UNKNOWN,
				"no worker has taken the update yet; it is lost if none comes");
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
		finish(j, "");
	else
		wait_for_update(j);
	json_free(doc);
}

static void send_update(struct temporal_job *j, const struct mapping *m)
{
	struct str target = { 0 }, body = { 0 };
	struct mapping_args args;
	struct jsonw w;
	fill(j, m, &args, NULL);
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, "/update/");
	http_add_encoded(&target, view_of(m->name));
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	add_run(&w, j);
	jsonw_object(&w, "waitPolicy");
	jsonw_string(&w, "lifecycleStage", "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED");
	jsonw_end_object(&w);
	jsonw_object(&w, "request");
	jsonw_object(&w, "meta");
	jsonw_string(&w, "updateId", j->key);
	jsonw_string(&w, "identity", j->t->identity);
	jsonw_end_object(&w);
	jsonw_object(&w, "input");
	jsonw_string(&w, "name", m->name);
	add_args(&w, "args", &args);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	send_order(j, &target, &body, on_update);
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

static void on_effect(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, (size_t)32 << 20, NULL) : NULL;
	bool seen = doc && has_effect(json_root(doc), j->length);
	json_free(doc);
	if (seen)
		finish(j, "");
	else if (when_mono_ms() >= j->until_ms)
		finish(j, ": recorded, but its effect is not seen yet");
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

static void send_signal(struct temporal_job *j, const struct mapping *m)
{
	struct str target = { 0 }, body = { 0 };
	struct mapping_args args;
	struct jsonw w;
	fill(j, m, &args, NULL);
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, "/signal/");
	http_add_encoded(&target, view_of(m->name));
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	add_run(&w, j);
	add_args(&w, "input", &args);
	temporal_add_order(&w, j);
	jsonw_end_object(&w);
	send_order(j, &target, &body, on_signal);
}

/* ---- an activity's result ---- */

static void on_activity(struct temporal_job *j, const struct http_answer *a)
{
	if (!temporal_order_failed(j, a))
		finish(j, "");
}

static void add_failure(struct jsonw *w, const struct temporal_job *j)
{
	struct str words = { 0 };
	str_addf(&words, "rejected%s%s", j->comment ? ": " : "", j->comment ? j->comment : "");
	jsonw_object(w, "failure");
	jsonw_string(w, "message", str_text(&words));
	jsonw_string(w, "source", "operator");
	jsonw_object(w, "applicationFailureInfo");
	jsonw_string(w, "type", "Rejected");
	jsonw_bool(w, "nonRetryable", j->verb == VERB_REJECT);
	jsonw_end_object(w);
	jsonw_end_object(w);
	str_release(&words);
}

static void send_activity(struct temporal_job *j, const struct mapping *m)
{
	const struct json *activity =
		temporal_pending_activity(json_root(j->describe), m->name);
	struct str target = { 0 }, body = { 0 };
	struct mapping_args args;
	struct jsonw w;
	if (!activity) {
		temporal_finish(j, OUTCOME_REFUSED, "no such activity waits any more");
		return;
	}
	fill(j, m, &args, NULL);
	bool fail = j->verb == VERB_REJECT && !args.len;
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, "/activities/");
	http_add_encoded(&target, json_get_text(activity, "activityId"));
	str_add_text(&target, fail ? "/fail" : "/complete");
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "runId", j->run);
	jsonw_string(&w, "identity", j->t->identity);
	if (fail)
		add_failure(&w, j);
	else
		add_args(&w, "result", &args);
	jsonw_end_object(&w);
	send_order(j, &target, &body, on_activity);
}

/* ---- which ---- */

static void refuse_unmapped(struct temporal_job *j)
{
	struct str words = { 0 };
	str_addf(&words, "no mapping for %s of workflow %s: add %s.%s = update:NAME:JSON to "
			 "[context %s]", verb_name(j->verb), j->type, verb_name(j->verb), j->type,
		 j->t->name);
	temporal_finish(j, OUTCOME_REFUSED, str_text(&words));
	str_release(&words);
}

static void refuse_ended(struct temporal_job *j, struct view status)
{
	struct str words = { 0 };
	str_addf(&words, "nothing waits any more: the run is %.*s", (int)status.len, status.ptr);
	temporal_look_at(j->t, view_of(j->run));
	temporal_finish(j, OUTCOME_REFUSED, str_text(&words));
	str_release(&words);
}

void temporal_approve(struct temporal_job *j)
{
	static void (*const senders[])(struct temporal_job *, const struct mapping *) = {
		[MAPPING_UPDATE] = send_update,
		[MAPPING_SIGNAL] = send_signal,
		[MAPPING_ACTIVITY] = send_activity,
	};
	const struct mapping *m = mapping_find(&j->t->mappings, j->verb, view_of(j->type));
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	struct view status = temporal_word(json_get_text(info, "status"),
					   "WORKFLOW_EXECUTION_STATUS_", &j->story.arena);
	struct mapping_args args;
	struct err err = { 0 };
	if (!view_is(status, "running")) {
		refuse_ended(j, status);
	} else if (!m) {
		refuse_unmapped(j);
	} else if (!fill(j, m, &args, &err)) {
		temporal_finish(j, OUTCOME_REFUSED, err_text(&err));
	} else {
		if (!j->key) {
			char key[IDENT_LEN + 1];
			ident_uuid7(key, when_now_ms());
			j->key = mem_text(key);
		}
		senders[m->way](j, m);
	}
	err_release(&err);
}
