/* Orders to Temporal: cancel, terminate, pause; the ends of all. Each names
 * its run and carries an id of its own, so that it may be sent again; one whose
 * answer stays lost is read back and ends as unknown. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/ident.h"
#include "base/jtext.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/jsonw.h"

/* ---- common members ---- */

void temporal_add_uuid(struct str *s, const struct temporal_job *j)
{
	char made[IDENT_LEN + 1];
	ident_uuid7(made, when_now_ms());
	str_add_text(s, j->key ? j->key : made);
}

void temporal_add_order(struct jsonw *w, const struct temporal_job *j)
{
	struct str key = { 0 };
	temporal_add_uuid(&key, j);
	jsonw_string(w, "identity", j->t->identity);
	jsonw_string(w, "requestId", str_text(&key));
	str_release(&key);
}

struct view temporal_reason(const struct temporal_job *j)
{
	return j->comment && *j->comment ? view_of(j->comment) : VIEW("by an operator");
}

/* ---- answers ---- */

static void on_read_back(struct temporal_job *j)
{
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	struct view status = temporal_word(json_get_text(info, "status"),
					   "WORKFLOW_EXECUTION_STATUS_", &j->story.arena);
	str_addf(&j->text, "; the run is now %.*s", (int)status.len, status.ptr);
	struct str text = j->text;
	j->text = (struct str){ 0 };
	temporal_finish(j, OUTCOME_UNKNOWN, str_text(&text));
	str_release(&text);
}

static void on_lost_again(struct temporal_job *j, const struct http_answer *a);

static void read_back(struct temporal_job *j, const struct http_answer *a)
{
	struct str target = { 0 };
	str_add_text(&j->text, "the answer was lost (");
	temporal_add_words(&j->text, j->t, a);
	str_add_char(&j->text, ')');
	temporal_add_workflow(&target, j->t, j->workflow_id);
	temporal_add_run(&target, j->run);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_lost_again);
}

static void on_lost_again(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, TEMPORAL_BODY_MAX, NULL) : NULL;
	if (doc) {
		json_free(j->describe);
		j->describe = doc;
		on_read_back(j);
		return;
	}
	struct str text = j->text;
	j->text = (struct str){ 0 };
	str_add_text(&text, "; the run could not be read back");
	temporal_finish(j, OUTCOME_UNKNOWN, str_text(&text));
	str_release(&text);
}

static bool is_lost(const struct http_answer *a)
{
	return (!a->status && a->sent) || a->status == 500 || a->status == 502 || a->status == 504;
}

/* Somebody, or the workflow itself, was faster. */
static bool has_ended(const struct http_answer *a)
{
	return view_find(a->body, VIEW("workflow execution already completed"), 0) != SIZE_MAX ||
	       view_find(a->body, VIEW("aborted by closing workflow"), 0) != SIZE_MAX;
}

static void refuse_late(struct temporal_job *j)
{
	str_clear(&j->text);
	str_add_text(&j->text, "it has ended meanwhile");
	temporal_refuse_with_winner(j);
}

bool temporal_order_failed(struct temporal_job *j, const struct http_answer *a)
{
	if (temporal_ok(a))
		return false;
	if (!has_ended(a) && is_lost(a))
		read_back(j, a);
	else if (has_ended(a))
		refuse_late(j);
	else
		temporal_fail(j, a);
	return true;
}

void temporal_ordered(struct temporal_job *j, const struct http_answer *a)
{
	struct str words = { 0 };
	if (temporal_order_failed(j, a))
		return;
	if (j->verb == VERB_CANCEL)
		str_add_text(&words, "cancel requested");
	else
		str_add_text(&words, verb_past(j->verb));
	temporal_look_at(j->t, view_of(j->run));
	temporal_finish(j, OUTCOME_OK, str_text(&words));
	str_release(&words);
}

/* A run that we began: the board has it by describe at once, lists name it later. */
static void expect_run(struct temporal_job *j, struct view id)
{
	const struct run_facts run = { .id = id, .short_id = view_of(j->workflow_id),
				       .workflow = view_of(j->type), .queue = view_of(j->queue),
				       .created_ms = temporal_server_ms(j->t) };
	if (!id.len || !j->t->watch.ticket)
		return;
	temporal_learn(j->t, &run);
	temporal_look_at(j->t, id);
}

/* Answers with the id of a new run. */
void temporal_new_run(struct temporal_job *j, const struct http_answer *a)
{
	if (temporal_order_failed(j, a))
		return;
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	struct str words = { 0 };
	str_add_text(&words, j->verb == VERB_RETRY ? "reset" : verb_past(j->verb));
	str_add(&words, view_of_str(&j->text));
	if (j->run)
		temporal_look_at(j->t, view_of(j->run));
	expect_run(j, json_get_text(json_root(doc), "runId"));
	temporal_finish_with(j, OUTCOME_OK, json_get_text(json_root(doc), "runId"),
			     str_text(&words));
	json_free(doc);
	str_release(&words);
}

void temporal_post(struct temporal_job *j, const char *path, struct str *body,
		 temporal_answered_fn *answered)
{
	struct str target = { 0 };
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, path);
	struct temporal_ask ask = { .method = "POST", .target = &target, .body = body,
				    .keyed = true };
	temporal_job_ask(j, &ask, answered);
}

/* ---- cancel, terminate, pause ---- */

static void send_cancel(struct temporal_job *j)
{
	struct str body = { 0 };
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	temporal_add_execution(&w, j);
	jsonw_text(&w, "reason", temporal_reason(j));
	temporal_add_order(&w, j);
	jsonw_end_object(&w);
	temporal_post(j, "/cancel", &body, temporal_ordered);
}

static void send_terminate(struct temporal_job *j)
{
	struct str body = { 0 };
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	temporal_add_execution(&w, j);
	jsonw_text(&w, "reason", temporal_reason(j));
	jsonw_string(&w, "identity", j->t->identity);
	jsonw_end_object(&w);
	temporal_post(j, "/terminate", &body, temporal_ordered);
}

static void send_pause(struct temporal_job *j)
{
	struct str body = { 0 };
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "runId", j->run);
	jsonw_text(&w, "reason", temporal_reason(j));
	temporal_add_order(&w, j);
	jsonw_end_object(&w);
	temporal_post(j, j->verb == VERB_PAUSE ? "/pause" : "/unpause", &body, temporal_ordered);
}

static void give(struct temporal_job *j);

/* As soon as it is known what is switched off. */
static void judge(struct temporal_job *j)
{
	struct view why = j->t->settings.why[j->verb];
	if (why.len)
		temporal_refuse(j, why);
	else if (j->verb == VERB_START)
		temporal_start(j);
	else
		give(j);
}

static void on_start(void *arg)
{
	struct temporal_job *j = arg;
	struct temporal *t = j->t;
	temporal_enter(t);
	temporal_know(j, judge);
	temporal_leave(t);
}

/* ---- the operation ---- */

static void load_approve(struct temporal_job *j)
{
	temporal_describe(j, temporal_approve);
}

static temporal_then_fn *const ways[VERBS] = {
	[VERB_APPROVE] = load_approve, [VERB_REJECT] = load_approve, [VERB_ANSWER] = load_approve,
	[VERB_RETRY] = temporal_retry,     [VERB_CANCEL] = send_cancel,  [VERB_PAUSE] = send_pause,
	[VERB_RESUME] = send_pause,    [VERB_RERUN] = temporal_rerun,
	[VERB_TERMINATE] = send_terminate, [VERB_SIGNAL] = temporal_tell,
	[VERB_UPDATE] = temporal_tell,
};

static char *text_or_null(struct view v)
{
	return v.len ? mem_bytes(v.ptr, v.len) : NULL;
}

static ticket_id answer(struct backend *b, enum outcome outcome, const char *text)
{
	ticket_id ticket = backend_ticket(b);
	backend_answer(b, ticket, outcome, text);
	return ticket;
}

/* Its arguments are in its body, wherever that goes. */
static void signal_by_batch(struct temporal_job *j)
{
	mapping_args_read(view_of(j->value), &j->story.arena, &j->args);
	temporal_batch_one(j);
}

static void give(struct temporal_job *j)
{
	if (j->verb == VERB_SIGNAL)
		j->slash = signal_by_batch;
	else if (temporal_has_batch(j->verb))
		j->slash = temporal_batch_one;
	if (temporal_has_batch(j->verb) && j->verb != VERB_SIGNAL)
		temporal_gather(j, ways[j->verb]);
	else
		temporal_find(j, ways[j->verb]);
}

static struct temporal_job *job_of(struct temporal *t, const struct order *o)
{
	struct temporal_job *j = temporal_job(t);
	j->verb = o->verb;
	j->run = mem_bytes(o->run.ptr ? o->run.ptr : "", o->run.len);
	j->task = mem_bytes(o->task.ptr ? o->task.ptr : "", o->task.len);
	j->comment = text_or_null(o->comment);
	j->value = text_or_null(o->value);
	j->params = text_or_null(o->params);
	j->key = text_or_null(o->key);
	j->name = text_or_null(o->name);
	return j;
}

ticket_id temporal_order(struct backend *b, const struct order *o)
{
	struct temporal *t = temporal_of(b);
	if (t->read_only)
		return answer(b, OUTCOME_REFUSED, "this context is read-only");
	if (!ways[o->verb] && o->verb != VERB_START)
		return answer(b, OUTCOME_UNSUPPORTED, "Temporal has no such order");
	if (t->settings.why[o->verb].len)
		return answer(b, OUTCOME_REFUSED, t->settings.why[o->verb].ptr);
	struct temporal_job *j = job_of(t, o);
	j->order = true;
	if (o->verb == VERB_START) {
		j->type = mem_bytes(o->workflow.ptr ? o->workflow.ptr : "", o->workflow.len);
		mem_free(j->run);
		j->run = NULL;
		j->timer = loop_timer(b->loop, on_start, j);
		loop_timer_set(j->timer, 0);
	} else {
		temporal_know(j, judge);
	}
	return j->ticket;
}

ticket_id temporal_preview(struct backend *b, const struct order *o)
{
	if (!verb_is_on_task(o->verb) || !ways[o->verb])
		return answer(b, OUTCOME_UNSUPPORTED, "there is no more to say of this order");
	struct temporal_job *j = job_of(temporal_of(b), o);
	j->preview = true;
	temporal_find(j, ways[o->verb]);
	return j->ticket;
}
