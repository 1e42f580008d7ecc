/* Questions of running steps, from the API to the run and back. */
#include "engine/engine_inside.h"

#include "base/mem.h"
#include "base/when.h"
#include "wire/catalog.h"
#include "wire/json.h"
#include "wire/jsonw.h"

enum { PROMPT_MAX = 4000, SCHEMA_MAX = 65536, KEY_MAX = 255 };

struct asking {
	const struct engine_ask *ask;
	int status;
	struct str body;
};

static void refuse(struct asking *a, int status, const char *code, const char *message)
{
	struct jsonw w;
	a->status = status;
	str_clear(&a->body);
	jsonw_init(&w, &a->body);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "error");
	jsonw_string(&w, "code", code);
	jsonw_string(&w, "message", message);
	jsonw_object(&w, "detail");
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
}

static bool schema_is_good(struct view schema, struct err *err)
{
	struct json_doc *doc = json_parse(schema, SCHEMA_MAX, err);
	enum param_type type;
	bool ok = doc != NULL;
	if (ok && (json_kind(json_root(doc)) != JSON_OBJECT ||
		   !param_type_parse(json_get_text(json_root(doc), "type"), &type)))
		ok = err_set(err, ERR_USAGE, "schema: its type must be string, integer, number, "
					     "boolean, array or object");
	json_free(doc);
	return ok;
}

static bool is_good(struct asking *a)
{
	const struct engine_ask *q = a->ask;
	struct err err = {0};
	bool ok = true;
	if (!q->key.len || q->key.len > KEY_MAX)
		ok = err_set(&err, ERR_USAGE, "a question needs a key of 1 to 255 characters");
	else if (!view_trim(q->prompt).len || q->prompt.len > PROMPT_MAX)
		ok = err_set(&err, ERR_USAGE, "a question has 1 to 4000 octets");
	else
		ok = !q->schema.len || schema_is_good(q->schema, &err);
	if (!ok)
		refuse(a, 400, "bad_request", err_text(&err));
	err_release(&err);
	return ok;
}

static void tell(struct asking *a, const char *state, struct view value)
{
	struct jsonw w;
	jsonw_init(&w, &a->body);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "state", state);
	if (value.len)
		jsonw_raw(&w, "value", value);
	jsonw_end_object(&w);
	a->status = value.len ? 200 : 202;
}

static void put(struct asking *a, struct engine *e, struct live_run *run,
		const struct machine_task *t)
{
	const struct engine_ask *q = a->ask;
	struct str prompt = {0}, schema = {0};
	/* What a step asks is read by others than the step. */
	machine_mask(run->m, q->prompt, &prompt);
	if (!q->schema.len)
		str_add_text(&schema, "{\"type\":\"string\"}");
	else if (mask_empty(run->m->mask))
		str_add(&schema, q->schema);
	else
		mask_json(run->m->mask, q->schema, &schema);
	const struct machine_question question = {
		.key = q->key, .by = q->caller.by, .prompt = view_of_str(&prompt),
		.attempt = q->attempt, .schema = view_of_str(&schema),
	};
	struct input in = { .kind = INPUT_ASKED, .now_ms = when_now_ms(), .task = t->id,
			    .question = &question };
	struct view value;
	const char *why;
	switch (machine_asked(run->m, t, &question, &value, &why)) {
	case ASKED_NEW:
		engine_feed(e, run, &in, NULL);
		tell(a, "waiting", (struct view){0});
		break;
	case ASKED_WAITS:
		tell(a, "waiting", (struct view){0});
		break;
	case ASKED_ANSWERED:
		tell(a, "answered", value);
		break;
	case ASKED_REFUSED:
		refuse(a, 409, "not_now", why);
		break;
	}
	str_release(&prompt);
	str_release(&schema);
}

static void find(struct asking *a, struct engine *e)
{
	struct live_run *run = engine_live(e, a->ask->run);
	const struct machine_task *t = run ? machine_task(run->m, a->ask->task) : NULL;
	if (t)
		put(a, e, run, t);
	else if (run)
		refuse(a, 404, "not_found", "there is no such task");
	else if (journal_find(e->journal, a->ask->run))
		refuse(a, 409, "not_now", "the run has ended");
	else
		refuse(a, 404, "not_found", "there is no such run");
}

void engine_ask(struct engine *e, const struct engine_ask *ask, engine_reply_fn *fn, void *arg)
{
	struct asking a = { .ask = ask };
	if (e->busy)
		refuse(&a, 503, "unavailable", e->trouble);
	else if (is_good(&a))
		find(&a, e);
	struct pending_reply p = {
		.fn = fn, .arg = arg, .status = a.status, .version = -1, .body = a.body,
		.now = !journal_has_batch(e->journal) || e->busy,
	};
	vec_push(&e->replies, p);
	loop_timer_set(e->retry, 0);
}
