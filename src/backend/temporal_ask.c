/* Questions to a run's own code: queries, the stack of what it waits for, and what
 * it can be asked and told. Each names its run, has a deadline of its own, and needs
 * a worker that lives. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/jtext.h"
#include "base/mem.h"
#include "wire/jsonw.h"

enum { QUESTION_MS = 5000, SLACK_MS = 2000 };

#define HANDLERS "__temporal_workflow_metadata"

/* ---- what is sent ---- */

void temporal_send_query(struct temporal_job *j, const char *name, struct view args,
			 temporal_answered_fn *answered)
{
	struct str target = { 0 }, body = { 0 }, payloads = { 0 };
	struct mapping_args list;
	struct jsonw w;
	int timeout_ms = j->timeout_ms ? j->timeout_ms : QUESTION_MS;
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, "/query/");
	http_add_encoded(&target, view_of(name));
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "execution");
	jsonw_string(&w, "runId", j->run);
	jsonw_end_object(&w);
	jsonw_object(&w, "query");
	mapping_args_read(args, &j->story.arena, &list);
	if (list.len) {
		temporal_add_payloads(&payloads, list.items, list.len);
		jsonw_raw(&w, "queryArgs", view_of_str(&payloads));
	}
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	str_clear(&j->text);
	str_addf(&j->text, "Grpc-Timeout: %dm", timeout_ms);
	/* It changes nothing: it may be asked again. */
	struct temporal_ask ask = { .method = "POST", .target = &target, .body = &body,
				    .header = str_text(&j->text), .keyed = true,
				    .timeout_ms = timeout_ms + SLACK_MS };
	temporal_job_ask(j, &ask, answered);
	str_release(&payloads);
}

/* ---- answers ---- */

static void give(struct temporal_job *j, const char *what, struct view value)
{
	struct str out = { 0 }, title = { 0 };
	struct jsonw w;
	str_addf(&title, "%s of %s", what, j->workflow_id);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "title", view_of_str(&title));
	jsonw_raw(&w, "value", value.len ? value : VIEW("null"));
	jsonw_end_object(&w);
	temporal_give(j, &out, VIEW(""));
	str_release(&out);
	str_release(&title);
}

/* Nobody was there to answer: the queue says where one should be. */
static void unanswered(struct temporal_job *j, const struct http_answer *a)
{
	struct str words = { 0 };
	temporal_add_words(&words, j->t, a);
	if (j->queue && *j->queue)
		str_addf(&words, "; does a worker poll task queue %s?", j->queue);
	temporal_finish(j, OUTCOME_REFUSED, str_text(&words));
	str_release(&words);
}

struct json_doc *temporal_query_answer(struct temporal_job *j, const struct http_answer *a,
				       struct view *value)
{
	if (a->status == 504) {
		unanswered(j, a);
		return NULL;
	}
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return NULL;
	const struct json *rejected = json_get(json_root(doc), "queryRejected");
	if (rejected) {
		temporal_finish(j, OUTCOME_REFUSED, "the query was rejected: the run is closed");
		json_free(doc);
		return NULL;
	}
	*value = temporal_payloads(json_get(json_root(doc), "queryResult"), &j->story.arena);
	return doc;
}

static void on_query(struct temporal_job *j, const struct http_answer *a)
{
	struct view value;
	struct str what = { 0 };
	struct json_doc *doc = temporal_query_answer(j, a, &value);
	if (!doc)
		return;
	str_addf(&what, "query %s", j->name);
	give(j, str_text(&what), value);
	str_release(&what);
	json_free(doc);
}

static void on_stack(struct temporal_job *j, const struct http_answer *a)
{
	struct view value;
	struct json_doc *doc = temporal_query_answer(j, a, &value);
	if (!doc)
		return;
	give(j, "stack", value);
	json_free(doc);
}

/* ---- what it can be asked and told ---- */

static bool is_built_in(struct view name)
{
	return view_starts(name, "__");
}

static void add_names(struct jsonw *w, const char *key, const struct json *definition,
		      const char *member)
{
	const struct json *list = json_get(definition, member);
	jsonw_array(w, key);
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct view name = json_get_text(i, "name");
		if (name.len && !is_built_in(name))
			jsonw_text(w, NULL, name);
	}
	jsonw_end_array(w);
}

void temporal_add_handlers(struct view metadata, struct str *out)
{
	struct json_doc *doc = json_parse(metadata, 0, NULL);
	const struct json *root = doc ? json_root(doc) : NULL;
	const struct json *definition = json_get(root, "definition");
	struct jsonw w;
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "details", json_get_text(root, "currentDetails"));
	add_names(&w, "signals", definition, "signalDefinitions");
	add_names(&w, "updates", definition, "updateDefinitions");
	add_names(&w, "queries", definition, "queryDefinitions");
	jsonw_end_object(&w);
	json_free(doc);
}

static void on_handlers(struct temporal_job *j, const struct http_answer *a)
{
	struct view value;
	struct str out = { 0 };
	struct json_doc *doc = temporal_query_answer(j, a, &value);
	if (!doc)
		return;
	temporal_add_handlers(value, &out);
	give(j, "handlers", view_of_str(&out));
	str_release(&out);
	json_free(doc);
}

/* ---- the operation ---- */

static void ask_now(struct temporal_job *j)
{
	bool stack = j->verb == VERB_STACK;
	struct view args = view_of(j->value);
	if (j->name && !stack)
		temporal_send_query(j, j->name, args, on_query);
	else if (stack)
		temporal_send_query(j, j->name ? j->name : "__stack_trace", args, on_stack);
	else
		temporal_send_query(j, HANDLERS, (struct view){ 0 }, on_handlers);
}

ticket_id temporal_question(struct backend *b, const struct run_question *q)
{
	struct temporal_job *j = temporal_job(temporal_of(b));
	j->verb = q->verb;
	j->catalog = CATALOG_ANSWER;
	j->timeout_ms = q->timeout_ms;
	j->run = mem_bytes(q->run.ptr ? q->run.ptr : "", q->run.len);
	j->name = q->name.len ? mem_bytes(q->name.ptr, q->name.len) : NULL;
	j->value = q->args.len ? mem_bytes(q->args.ptr, q->args.len) : NULL;
	temporal_find(j, ask_now);
	return j->ticket;
}
