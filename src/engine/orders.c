/* Orders from the API: checked, decided, answered after the commit; the same key
 * gets the same answer. */
#include "base/mem.h"
#include "base/when.h"
#include "engine/birth.h"
#include "engine/crypto.h"
#include "engine/edit.h"
#include "engine/engine_inside.h"
#include "wire/encode.h"

/* One order under way. */
struct deed {
	struct engine *e;
	const struct engine_order *o;
	int64_t now_ms;
	int status;
	int64_t version;
	struct str body;
	bool replayed;
};

/* ---- answers ---------------------------------------------------------------------- */

static struct jsonw begin_error(struct deed *d, int status, const char *code, struct view message)
{
	struct jsonw w;
	d->status = status;
	str_clear(&d->body);
	jsonw_init(&w, &d->body);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "error");
	jsonw_string(&w, "code", code);
	jsonw_text(&w, "message", message);
	return w;
}

static void end_error(struct jsonw *w)
{
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void fail(struct deed *d, int status, const char *code, const char *message)
{
	struct jsonw w = begin_error(d, status, code, view_of(message));
	jsonw_object(&w, "detail");
	jsonw_end_object(&w);
	end_error(&w);
}

static void fail_with(struct deed *d, struct err *err)
{
	if (err->kind == ERR_NOT_FOUND)
		fail(d, 404, "not_found", err_text(err));
	else if (err->kind == ERR_USAGE || err->kind == ERR_PARSE)
		fail(d, 400, "bad_request", err_text(err));
	else if (err->kind == ERR_CONFIG)
		fail(d, 422, "bad_definition", err_text(err));
	else
		fail(d, 500, "internal", err_text(err));
	err_release(err);
}

static void refused(struct deed *d, const struct refusal *r)
{
	static const struct {
		int status;
		const char *code;
	} answers[] = {
		[REFUSAL_NONE] = { 500, "internal" },
		[REFUSAL_NOT_FOUND] = { 404, "not_found" },
		[REFUSAL_CONFLICT] = { 409, "conflict" },
		[REFUSAL_NOT_NOW] = { 409, "not_now" },
		[REFUSAL_FORBIDDEN] = { 403, "forbidden" },
		[REFUSAL_INVALID] = { 400, "bad_request" },
		[REFUSAL_UNSUPPORTED] = { 501, "not_implemented" },
	};
	bool failed_match = r->kind == REFUSAL_CONFLICT && d->o->if_match;
	struct jsonw w = begin_error(d, failed_match ? 412 : answers[r->kind].status,
				     answers[r->kind].code, view_of_str(&r->text));
	jsonw_object(&w, "detail");
	if (r->by.len) {
		jsonw_text(&w, "by", r->by);
		jsonw_text(&w, "did", r->did);
		jsonw_time(&w, "at", r->at_ms);
	}
	if (r->version)
		jsonw_int(&w, "version", r->version);
	jsonw_end_object(&w);
	end_error(&w);
}

static void answer_run(struct deed *d, int status, const struct live_run *run,
		       const struct machine_order *caller)
{
	struct facts_source source;
	struct run_detail detail;
	struct arena arena = {0};
	struct jsonw w;
	engine_source(d->e, run->m, &source);
	source.caller = caller;
	facts_detail(&source, &arena, &detail);
	jsonw_init(&w, &d->body);
	encode_detail(&w, NULL, &detail);
	arena_release(&arena);
	d->status = status;
	d->version = run->m->version;
	const struct machine_task *t = machine_task(run->m, d->o->task);
	if (t)
		d->version = t->version;
}

/* To a dry run of what would be done. */
static void answer_valid(struct deed *d)
{
	d->status = 200;
	str_add_text(&d->body, "{\"valid\":true}");
}

static struct machine_order machine_order_of(const struct engine_order *o)
{
	return (struct machine_order){
		.verb = o->verb, .by = o->caller.by, .comment = o->comment, .value = o->value,
		.edit = o->edit, .roles = o->caller.roles, .n_roles = o->caller.n_roles,
		.admin = o->caller.admin, .may_advance = o->caller.may_advance,
		.denied = o->caller.denied, .has_version = o->has_version, .version = o->version,
		.attempt = o->attempt,
	};
}

/* ---- a new run ---------------------------------------------------------------------- */

static struct birth birth_of(const struct deed *d)
{
	return (struct birth){
		.by = d->o->caller.by, .trigger = d->o->trigger, .priority = d->o->priority,
		.debug = d->o->debug, .now_ms = d->now_ms,
		.start_at_ms = d->o->delay_ms ? d->now_ms + d->o->delay_ms : 0,
	};
}

/* Who ordered what, and the comment or why it was refused. */
static void audit_order(struct deed *d, struct view target, struct view why)
{
	struct str what = {0};
	str_addf(&what, "%s %.*s", verb_name(d->o->verb), (int)target.len, target.ptr);
	if (d->o->task.len)
		str_addf(&what, " %.*s", (int)d->o->task.len, d->o->task.ptr);
	const struct view words[3] = { d->o->caller.by, view_of_str(&what), why };
	journal_audit(d->e->journal, d->now_ms, words);
	str_release(&what);
}

static void audit_refusal(struct deed *d, struct view why)
{
	struct str words = {0};
	str_addf(&words, "refused: %.*s", (int)why.len, why.ptr);
	audit_order(d, d->o->run, view_of_str(&words));
	str_release(&words);
}

static void make_run(struct deed *d, const struct workflow *w, struct birth *birth)
{
	struct err err = {0};
	if (!birth_give_all(birth, d->o->params, &err) || !birth_check(birth, w, &err)) {
		fail_with(d, &err);
		return;
	}
	if (d->o->dry_run) {
		answer_valid(d);
		return;
	}
	struct str changed = {0};
	if (birth->again)
		edit_say_params(birth->again, birth->params, &changed);
	birth->reason = view_of_str(&changed);
	birth_keep_secrets(birth);
	struct live_run *run = birth_make(d->e, birth, w, &err);
	str_release(&changed);
	struct machine_order caller = machine_order_of(d->o);
	if (!run) {
		fail_with(d, &err);
		return;
	}
	answer_run(d, 201, run, &caller);
	audit_order(d, run->m->id, run->m->workflow);
}

/* One whose file has errors is there, too: they are said instead. */
static void no_workflow(struct deed *d, struct view name)
{
	struct str text = {0};
	bool unread = false;
	for (size_t i = 0; i < catalog_count(d->e->catalog) && !text.len; i++) {
		const struct catalog_entry *entry = catalog_at(d->e->catalog, i);
		if (view_is(name, entry->name) && entry->error)
			str_addf(&text, "workflow %s: %s", entry->name, entry->error);
		unread = text.len && entry->unread;
	}
	if (unread) {
		fail(d, 503, "unavailable", str_text(&text));
	} else if (text.len) {
		fail(d, 422, "bad_definition", str_text(&text));
	} else {
		str_addf(&text, "there is no workflow %.*s", (int)name.len, name.ptr);
		fail(d, 404, "not_found", str_text(&text));
	}
	str_release(&text);
}

static void order_start(struct deed *d)
{
	struct birth birth = birth_of(d);
	birth.source = d->o->trigger_source;
	engine_read_catalog(d->e);
	const struct workflow *w = catalog_find(d->e->catalog, d->o->workflow);
	if (w)
		make_run(d, w, &birth);
	else
		no_workflow(d, d->o->workflow);
	birth_release(&birth);
}

/* As engine_wake; what is only planned is told apart from what there is not. */
static struct live_run *wake(struct deed *d)
{
	struct err err = {0};
	struct live_run *run = NULL;
	const struct planned *planned = engine_planned(d->e, d->o->run);
	const char *why;
	if (planned && planned->m && !machine_allows(planned->m, NULL, d->o->verb, NULL, &why))
		fail(d, 409, "not_now", why);
	else if (!(run = engine_wake(d->e, d->o->run, &err)))
		fail_with(d, &err);
	return run;
}

/* The parameters of the run before, with what is given now over them. */
static void order_rerun(struct deed *d)
{
	struct birth birth = birth_of(d);
	struct live_run *run = wake(d);
	if (!run)
		return;
	const struct workflow *w = catalog_find(d->e->catalog, run->m->workflow);
	if (!w)
		w = run->w;
	for (size_t i = 0; i < run->m->params.len; i++) {
		if (param_find(&w->params, run->m->params.items[i].name))
			birth_give(&birth, run->m->params.items[i].name,
				   run->m->params.items[i].value);
	}
	birth.source = run->m->id;
	birth.again = run->m;
	birth.mask = run->m->mask;
	make_run(d, w, &birth);
	birth_release(&birth);
}

/* ---- on a run ------------------------------------------------------------------------- */

/* Decided on a copy of the run as it is on disk, which is thrown away. */
static void try_on_copy(struct deed *d, const struct live_run *run, const struct input *in)
{
	struct err err = {0};
	struct refusal refusal = {0};
	struct events facts = {0};
	struct machine *copy = journal_load(d->e->journal, run->num, &err);
	if (!copy) {
		fail_with(d, &err);
		return;
	}
	machine_step(copy, run->w, in, &facts, &refusal);
	if (refusal.kind != REFUSAL_NONE)
		refused(d, &refusal);
	else
		answer_valid(d);
	str_release(&refusal.text);
	events_release(&facts);
	machine_free(copy);
}

static void order_on_run(struct deed *d)
{
	struct live_run *run = wake(d);
	if (!run)
		return;
	if (verb_is_on_task(d->o->verb) && !d->o->has_version) {
		fail(d, 428, "precondition_required",
		     "name the version that was decided on (version, or If-Match)");
		return;
	}
	struct refusal refusal = {0};
	struct str comment = {0};
	struct machine_order order = machine_order_of(d->o);
	struct input in = { .kind = INPUT_ORDER, .now_ms = d->now_ms, .task = d->o->task,
			    .order = &order };
	if (d->o->dry_run) {
		try_on_copy(d, run, &in);
		return;
	}
	/* Who quotes a secret in a comment does not make it known. */
	machine_mask(run->m, d->o->comment, &comment);
	order.comment = view_of_str(&comment);
	engine_feed(d->e, run, &in, &refusal);
	if (refusal.kind != REFUSAL_NONE) {
		refused(d, &refusal);
		audit_refusal(d, view_of_str(&refusal.text));
	} else {
		answer_run(d, verb_is_on_task(d->o->verb) ? 200 : 202, run, &order);
		audit_order(d, d->o->run, run->m->workflow);	/* the comment: in its history */
	}
	str_release(&comment);
	str_release(&refusal.text);
}

/* ---- on a schedule ------------------------------------------------------------------- */

/* A firing's run has the id that was planned for it. */
static void start_scheduled(struct deed *d, const struct trigger *t)
{
	struct birth birth = birth_of(d);
	struct err err = {0};
	char id[IDENT_LEN + 1];
	const struct workflow *w = catalog_find(d->e->catalog, view_of(t->workflow));
	if (d->o->firing_ms) {
		planned_id(d->e, t->id, d->o->firing_ms, id);
		birth.id = view_of(id);
	}
	birth.source = d->o->trigger_source.len ? d->o->trigger_source : d->o->schedule;
	if (!w)
		no_workflow(d, view_of(t->workflow));
	else if (!birth_give_all(&birth, view_of(t->params), &err))
		fail_with(d, &err);
	else
		make_run(d, w, &birth);
	birth_release(&birth);
}

static void no_schedule(struct deed *d)
{
	struct str text = {0};
	str_addf(&text, "there is no schedule %.*s", (int)d->o->schedule.len, d->o->schedule.ptr);
	fail(d, 404, "not_found", str_text(&text));
	str_release(&text);
}

static void order_on_schedule(struct deed *d)
{
	struct trigger *t = triggers_find(&d->e->triggers, d->o->schedule);
	const struct trigger_deed deed = { d->o->caller.by, d->now_ms };
	struct jsonw w;
	if (!t) {
		no_schedule(d);
		return;
	}
	if (d->o->verb == VERB_START) {
		start_scheduled(d, t);
		return;
	}
	if (d->o->verb == VERB_PAUSE)
		trigger_pause(t, d->e->journal, deed);
	else
		trigger_resume(t, d->e->journal, deed);
	struct str what = {0};
	d->e->replan = true;
	str_addf(&what, "%s schedule %s", verb_name(d->o->verb), t->id);
	const struct view words[3] = { d->o->caller.by, view_of_str(&what), d->o->comment };
	journal_audit(d->e->journal, d->now_ms, words);
	str_release(&what);
	d->status = 200;
	jsonw_init(&w, &d->body);
	engine_schedule_row(&w, t);
}

/* ---- all orders --------------------------------------------------------------------------- */

static void push_reply(struct deed *d, engine_reply_fn *fn, void *arg)
{
	struct pending_reply p = {
		.fn = fn, .arg = arg, .status = d->status, .version = d->version, .body = d->body,
		.replayed = d->replayed, .now = !journal_has_batch(d->e->journal) || d->e->busy,
	};
	vec_push(&d->e->replies, p);
	loop_timer_set(d->e->retry, 0);
}

/* True where the key is known: then the answer stands in d. */
static bool answered_before(struct deed *d, const struct journal_answer *question)
{
	struct journal_answer before, other = *question;
	other.key = d->o->other_key;
	bool known = d->o->key.len && journal_answered(d->e->journal, question, &before, &d->body);
	known = known || (other.key.len && journal_answered(d->e->journal, &other, &before, &d->body));
	if (!known)
		return false;
	d->replayed = true;
	d->status = before.status;
	d->version = before.version;
	if (!before.status)
		fail(d, 422, "key_reused", "the same Idempotency-Key came with another body");
	return true;
}

static void dispatch(struct deed *d)
{
	if (d->o->schedule.len)
		order_on_schedule(d);
	else if (d->o->verb == VERB_START)
		order_start(d);
	else if (d->o->verb == VERB_RERUN)
		order_rerun(d);
	else
		order_on_run(d);
}

void engine_submit(struct engine *e, const struct engine_order *o, engine_reply_fn *fn, void *arg)
{
	struct deed d = { .e = e, .o = o, .now_ms = when_now_ms(), .version = -1 };
	char hash[CRYPTO_HEX + 1];
	crypto_sha256(o->body, hash);
	struct journal_answer answer = {
		.caller = o->caller.by, .route = o->route, .key = o->key, .body = view_of(hash),
		.at_ms = d.now_ms,
	};
	if (e->busy) {
		fail(&d, 503, "unavailable", e->trouble);
	} else if (!answered_before(&d, &answer)) {
		dispatch(&d);
		answer.status = d.status;
		answer.version = d.version;
		answer.answer = view_of_str(&d.body);
		if (o->key.len && d.status < 500)
			journal_answer(e->journal, &answer);
		answer.key = o->other_key;
		if (answer.key.len && d.status < 500)
			journal_answer(e->journal, &answer);
	}
	push_reply(&d, fn, arg);
}

void engine_audit(struct engine *e, struct view by, struct view what, struct view why)
{
	const struct view words[3] = { by, what, why };
	journal_audit(e->journal, when_now_ms(), words);
	loop_timer_set(e->retry, 0);
}
