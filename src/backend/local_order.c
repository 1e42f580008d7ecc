/* Orders to the local engine, each with its key. An answer that was lost is asked
 * for once more with the same key; if it is lost again, the run is read back and
 * what is seen there is said: the outcome stays unknown. */
#include "backend/local_inside.h"

#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/jsonw.h"
#include "wire/json.h"
#include "wire/proto.h"

enum { ORDER_TRIES = 2 };

/* ---- what is sent ---- */

struct route {
	const char *word;	/* NULL: the engine has no such order */
	const char *remark;	/* member that the comment goes into */
};

static const struct route routes[VERBS] = {
	[VERB_APPROVE] = { "approve", "comment" },
	[VERB_REJECT] = { "reject", "comment" },
	[VERB_ANSWER] = { "answer", "comment" },
	[VERB_RETRY] = { "retry", "comment" },
	[VERB_SKIP] = { "skip", "comment" },
	[VERB_ADVANCE] = { "advance", "comment" },
	[VERB_EDIT] = { "retry", "comment" },
	[VERB_CANCEL] = { "cancel", "reason" },
	[VERB_PAUSE] = { "pause", "reason" },
	[VERB_RESUME] = { "resume", "reason" },
	[VERB_RERUN] = { "rerun", "reason" },
	[VERB_START] = { "start", "reason" },
};

static void add_target(struct str *target, const struct order *o)
{
	if (o->verb == VERB_START) {
		str_add_text(target, "/v1/workflows/");
		http_add_encoded(target, o->workflow);
		str_add_text(target, "/runs");
		return;
	}
	str_add_text(target, "/v1/runs/");
	http_add_encoded(target, o->run);
	if (verb_is_on_task(o->verb)) {
		str_add_text(target, "/tasks/");
		http_add_encoded(target, o->task);
	}
	str_add_char(target, '/');
	str_add_text(target, routes[o->verb].word);
}

static void add_body(struct str *body, const struct order *o)
{
	struct jsonw w;
	jsonw_init(&w, body);
	jsonw_object(&w, NULL);
	if (o->comment.len)
		jsonw_text(&w, routes[o->verb].remark, o->comment);
	if (o->value.len)
		jsonw_raw(&w, "value", o->value);
	if (o->edit.len)
		jsonw_raw(&w, "edit", o->edit);
	if (o->params.len)
		jsonw_raw(&w, "params", o->params);
	if (o->debug)
		jsonw_bool(&w, "debug", o->debug);
	if (o->attempt > 0)
		jsonw_int(&w, "attempt", o->attempt);
	/* A step that was never begun stands at 0. */
	if (o->version > 0 || verb_is_on_task(o->verb))
		jsonw_int(&w, "version", o->version);
	jsonw_end_object(&w);
}

static char *key_of(const struct order *o)
{
	char made[IDENT_LEN + 1];
	if (o->key.len)
		return mem_bytes(o->key.ptr, o->key.len);
	ident_uuid7(made, when_now_ms());
	return mem_text(made);
}

/* ---- what became of it ---- */

/* done() with the new run of a start. */
static void finish_well(struct local_job *j, const struct http_answer *a)
{
	const struct backend_sink *sink = j->local->base.sink;
	struct str text = { 0 };
	ticket_id t = j->ticket;
	bool makes_run = j->verb == VERB_START || j->verb == VERB_RERUN;
	struct json_doc *doc = makes_run ? json_parse(a->body, SIZE_MAX, NULL) : NULL;
	struct view id = doc ? json_get_text(json_root(doc), "id") : VIEW("");
	if (a->status == 202)
		str_addf(&text, "%s requested", verb_name(j->verb));
	else
		str_add_text(&text, verb_past(j->verb));
	local_job_free(j);
	sink->done(sink->arg, t, OUTCOME_OK, id, str_text(&text));
	json_free(doc);
	str_release(&text);
}

static void add_seen(struct str *text, const struct local_job *j, const struct run_detail *d)
{
	str_addf(text, "; run %.*s is now %s", (int)d->run.short_id.len, d->run.short_id.ptr,
		 run_status_name(d->run.status));
	if (d->run.cancel_at_ms)
		str_add_text(text, ", cancel requested");
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct task_facts *t = &d->tasks[i];
		if (view_eq(t->id, view_of(j->task)))
			str_addf(text, ", task %s %s in attempt %d", j->task,
				 task_status_name(t->status), t->attempt);
	}
}

/* The run as it is now, for an order whose answer was lost twice. */
static void on_read_back(struct local_job *j, const struct http_answer *a)
{
	struct str text = { 0 };
	struct arena arena = { 0 };
	struct run_detail d;
	str_addf(&text, "the answer was lost (%s)", str_text(&j->lost));
	if (local_outcome(a->status) == OUTCOME_OK && proto_detail(a->body, &arena, &d, NULL))
		add_seen(&text, j, &d);
	else
		str_addf(&text, "; run %s could not be read back", j->run);
	local_finish(j, OUTCOME_UNKNOWN, str_text(&text));
	arena_release(&arena);
	str_release(&text);
}

static void read_back(struct local_job *j)
{
	struct str target = { 0 };
	if (!j->run) {
		struct str text = { 0 };
		str_addf(&text, "the answer was lost (%s); with its key %s it may be sent again",
			 str_text(&j->lost), j->key);
		local_finish(j, OUTCOME_UNKNOWN, str_text(&text));
		str_release(&text);
		return;
	}
	str_add_text(&target, "/v1/runs/");
	http_add_encoded(&target, view_of(j->run));
	mem_free(j->target);
	mem_free(j->body);
	mem_free(j->key);
	j->target = str_steal(&target);
	j->body = j->key = NULL;
	j->method = "GET";
	j->answered = on_read_back;
	local_job_send(j);
}

static void remember_loss(struct local_job *j, const struct http_answer *a)
{
	str_clear(&j->lost);
	if (a->status)
		local_add_refusal(&j->lost, a);
	else
		str_add_text(&j->lost, err_text(a->err));
}

/* Nobody knows whether it was carried out. */
static void lost(struct local_job *j, const struct http_answer *a)
{
	remember_loss(j, a);
	if (j->tries < ORDER_TRIES)
		local_job_send_later(j, local_jitter(j->local, 0));
	else
		read_back(j);
}

/* 429 and 503: the engine says that it did not take it. */
static void busy(struct local_job *j, const struct http_answer *a)
{
	int64_t wait = local_retry_after(a);
	local_job_send_later(j, wait >= 0 ? wait : local_jitter(j->local, j->tries));
}

static void refused(struct local_job *j, const struct http_answer *a)
{
	struct str text = { 0 };
	local_add_refusal(&text, a);
	local_finish(j, local_outcome(a->status), str_text(&text));
	str_release(&text);
}

static void on_order(struct local_job *j, const struct http_answer *a)
{
	bool is_busy = a->status == 429 || a->status == 503;
	bool was_lost = j->lost.len > 0;
	if (local_outcome(a->status) == OUTCOME_OK)
		finish_well(j, a);
	else if (is_busy && j->tries < ORDER_TRIES)
		busy(j, a);
	else if ((!a->status && a->sent) || (a->status >= 500 && !is_busy))
		lost(j, a);
	else if (was_lost && (!a->status || is_busy))
		read_back(j);
	else if (!a->status)
		local_fail(j, a);
	else
		refused(j, a);
}

/* ---- the operation ---- */

static ticket_id answer_refused(struct backend *b, enum outcome outcome, const char *text)
{
	ticket_id t = backend_ticket(b);
	backend_answer(b, t, outcome, text);
	return t;
}

ticket_id local_order(struct backend *b, const struct order *o)
{
	struct local *l = local_of(b);
	struct str target = { 0 }, body = { 0 };
	if (l->read_only)
		return answer_refused(b, OUTCOME_REFUSED, "this context is read-only");
	if (!routes[o->verb].word)
		return answer_refused(b, OUTCOME_UNSUPPORTED, "runboardd has no such order");
	add_target(&target, o);
	add_body(&body, o);
	struct local_job *j = local_get(l, &target, on_order);
	j->method = "POST";
	j->body = str_steal(&body);
	j->key = key_of(o);
	j->verb = o->verb;
	if (o->run.len)
		j->run = mem_bytes(o->run.ptr, o->run.len);
	j->task = mem_bytes(o->task.ptr ? o->task.ptr : "", o->task.len);
	local_job_send(j);
	return j->ticket;
}
