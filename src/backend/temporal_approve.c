/* Approve, reject, answer: by the mapping of the workflow's type. Nothing is sent
 * that no mapping names, and always to the run that was shown. What would be sent
 * can be asked first. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/mem.h"
#include "wire/jsonw.h"

/* ---- arguments ---- */

static bool fill(struct temporal_job *j, const struct mapping *m, struct err *err)
{
	const struct mapping_values v = {
		.verb = j->verb,
		.comment = view_of(j->comment),
		.user = view_of(j->t->user),
		.workflow_id = view_of(j->workflow_id),
		.run_id = view_of(j->run),
		.value = view_of(j->value),
		.prompt = j->prompt,
		.now_ms = temporal_server_ms(j->t),
	};
	return mapping_fill(m, &v, &j->story.arena, &j->args, err);
}

/* ---- an activity's result ---- */

static void on_activity(struct temporal_job *j, const struct http_answer *a)
{
	if (temporal_order_failed(j, a))
		return;
	temporal_look_at(j->t, view_of(j->run));
	temporal_finish(j, OUTCOME_OK, verb_past(j->verb));
}

/* A rejection without a value fails the activity. */
static bool is_failing(const struct temporal_job *j)
{
	return j->verb == VERB_REJECT && !j->args.len;
}

static void add_rejection(struct str *words, const struct temporal_job *j)
{
	str_addf(words, "rejected%s%s", j->comment ? ": " : "", j->comment ? j->comment : "");
}

static void add_failure(struct jsonw *w, const struct temporal_job *j)
{
	struct str words = { 0 };
	add_rejection(&words, j);
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

static void send_activity(struct temporal_job *j)
{
	const struct json *activity =
		temporal_pending_activity(json_root(j->describe), j->name);
	struct str target = { 0 }, body = { 0 };
	struct jsonw w;
	if (!activity) {
		temporal_finish(j, OUTCOME_REFUSED, "no such activity waits any more");
		return;
	}
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, "/activities/");
	http_add_encoded(&target, json_get_text(activity, "activityId"));
	str_add_text(&target, is_failing(j) ? "/fail" : "/complete");
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "runId", j->run);
	jsonw_string(&w, "identity", j->t->identity);
	if (is_failing(j))
		add_failure(&w, j);
	else
		temporal_add_args(&w, "result", &j->args);
	jsonw_end_object(&w);
	struct temporal_ask ask = { .method = "POST", .target = &target, .body = &body,
				    .keyed = true, .timeout_ms = j->t->times.update_ms };
	temporal_job_ask(j, &ask, on_activity);
}

/* ---- what would be sent ---- */

/* A comment that was typed, and that the mapping has no place for. */
static bool drops_comment(const struct temporal_job *j)
{
	const struct mapping *m = mapping_find(&j->t->mappings, j->verb, view_of(j->type));
	return j->comment && *j->comment && m && !mapping_sends_comment(m);
}

static void preview(struct temporal_job *j, const char *way)
{
	struct str words = { 0 };
	str_addf(&words, "%s %s", way, j->name);
	for (size_t i = 0; i < j->args.len; i++) {
		str_add_text(&words, i ? ", " : " ");
		str_add(&words, j->args.items[i]);
	}
	if (str_eq(way, "activity") && is_failing(j)) {
		str_add_text(&words, " fails with ");
		add_rejection(&words, j);
	} else {
		str_add_text(&words, j->args.len ? "" : " (no argument)");
		str_add_text(&words, drops_comment(j) ? "; the comment is not sent" : "");
	}
	temporal_finish(j, OUTCOME_OK, str_text(&words));
	str_release(&words);
}

static void send(struct temporal_job *j, enum mapping_way way)
{
	static const struct {
		const char *word;
		void (*send)(struct temporal_job *);
	} ways[] = {
		[MAPPING_UPDATE] = { "update", temporal_tell_update },
		[MAPPING_SIGNAL] = { "signal", temporal_tell_signal },
		[MAPPING_ACTIVITY] = { "activity", send_activity },
		[MAPPING_AUTO] = { "update", temporal_tell_update },
	};
	struct view off = temporal_off_way(j->t, way);
	temporal_make_key(j);
	if (off.len)
		temporal_refuse(j, off);
	else if (j->preview)
		preview(j, ways[way].word);
	else
		ways[way].send(j);
}

/* ---- found out: an update that the workflow offers ---- */

/* Names that decide, beside that of the verb itself. */
static const char *const deciding[] = { "approval_decision", "approve_decision", "decision",
					"decide", "approval", "review", "resume" };

static bool has_name(const struct json *list, const char *name)
{
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		if (view_is(json_get_text(i, "name"), name))
			return true;
	}
	return false;
}

/* The verb's own update, else the only one that decides; NULL: none, or several. */
static const char *find_update(enum verb verb, const struct json *updates)
{
	const char *found = NULL;
	if (has_name(updates, verb_name(verb)))
		return verb_name(verb);
	for (size_t i = 0; i < sizeof deciding / sizeof *deciding; i++) {
		if (!has_name(updates, deciding[i]))
			continue;
		if (found)
			return NULL;
		found = deciding[i];
	}
	return found;
}

static void refuse_auto(struct temporal_job *j, const struct json *updates)
{
	struct str words = { 0 };
	str_addf(&words, "%s offers no single update to %s with", j->type, verb_name(j->verb));
	for (const struct json *i = json_first(updates); i; i = json_next(i)) {
		str_add_text(&words, i == json_first(updates) ? " (it has " : ", ");
		str_add(&words, json_get_text(i, "name"));
	}
	str_addf(&words, "%s, and signals are never guessed: add %s.%s = signal:NAME:JSON to "
			 "[context %s]", json_first(updates) ? ")" : "", verb_name(j->verb),
		 j->type, j->t->name);
	temporal_finish(j, OUTCOME_REFUSED, str_text(&words));
	str_release(&words);
}

static void on_offered(struct temporal_job *j, const struct http_answer *a)
{
	struct view value;
	struct json_doc *doc = temporal_query_answer(j, a, &value);
	if (!doc)
		return;
	struct json_doc *metadata = json_parse(value, 0, NULL);
	const struct json *definition = metadata ? json_get(json_root(metadata), "definition") :
						   NULL;
	const struct json *updates = json_get(definition, "updateDefinitions");
	const char *name = find_update(j->verb, updates);
	if (name) {
		j->name = mem_text(name);
		send(j, MAPPING_AUTO);
	} else {
		refuse_auto(j, updates);
	}
	json_free(metadata);
	json_free(doc);
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
	str_addf(&j->text, "nothing waits any more: the run is %.*s", (int)status.len, status.ptr);
	temporal_look_at(j->t, view_of(j->run));
	temporal_refuse_with_winner(j);
}

void temporal_approve(struct temporal_job *j)
{
	const struct mapping *m = mapping_find(&j->t->mappings, j->verb, view_of(j->type));
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	struct view status = temporal_word(json_get_text(info, "status"),
					   "WORKFLOW_EXECUTION_STATUS_", &j->story.arena);
	struct err err = { 0 };
	if (!view_is(status, "running")) {
		refuse_ended(j, status);
	} else if (!m) {
		refuse_unmapped(j);
	} else if (mapping_needs_prompt(m) && !j->prompt.len) {
		temporal_find_prompt(j, temporal_approve);
	} else if (!fill(j, m, &err)) {
		temporal_finish(j, OUTCOME_REFUSED, err_text(&err));
	} else if (m->way == MAPPING_AUTO) {
		temporal_send_query(j, "__temporal_workflow_metadata", (struct view){ 0 },
				    on_offered);
	} else {
		j->name = mem_text(m->name);
		send(j, m->way);
	}
	err_release(&err);
}
