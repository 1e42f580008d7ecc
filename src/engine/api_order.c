/* Routes that order: the body and the headers become one engine_order; the engine's
 * reply, which comes after its commit, becomes the answer. */
#include "base/when.h"
#include "engine/route.h"

enum { KEY_MAX = 255, PRIORITY_MAX = 1000 };

/* Texts that an order points into, until it was submitted (the engine copies). */
struct wording {
	struct json_doc *doc;
	struct str params, value, edit, route;
};

static void wording_release(struct wording *w)
{
	json_free(w->doc);
	str_release(&w->params);
	str_release(&w->value);
	str_release(&w->edit);
	str_release(&w->route);
}

static bool bad(struct call *c, const char *message)
{
	call_error(c, 400, "bad_request", message);
	return false;
}

/* "5" as an entity tag: If-Match takes exactly one. */
static bool read_if_match(struct call *c, struct engine_order *o)
{
	struct view tag;
	if (!front_header(exchange_head(c->x), "If-Match", &tag))
		return true;
	if (tag.len < 3 || tag.ptr[0] != '"' || tag.ptr[tag.len - 1] != '"' ||
	    !number_parse(view_cut(tag, 1, tag.len - 2), 0, INT64_MAX, &o->version))
		return bad(c, "If-Match takes one version as \"N\"");
	o->has_version = o->if_match = true;
	return true;
}

static bool read_version(struct call *c, const struct json *root, struct engine_order *o)
{
	const struct json *version = json_get(root, "version");
	if (!read_if_match(c, o))
		return false;
	if (!version || json_kind(version) == JSON_NULL)
		return true;
	int64_t n = json_int(version, -1);
	if (n < 0)
		return bad(c, "version is not a number");
	if (o->if_match && n != o->version)
		return bad(c, "If-Match and the body name different versions");
	o->version = n;
	o->has_version = true;
	return true;
}

static bool read_key(struct call *c, struct engine_order *o)
{
	struct view key;
	if (!front_header(exchange_head(c->x), "Idempotency-Key", &key))
		return true;
	if (!key.len || key.len > KEY_MAX)
		return bad(c, "Idempotency-Key has 1 to 255 characters");
	o->key = key;
	return true;
}

static bool read_text(struct call *c, const struct json *root, const char *name, struct view *out)
{
	const struct json *v = json_get(root, name);
	if (v && json_kind(v) != JSON_STRING && json_kind(v) != JSON_NULL)
		return bad(c, "comment, reason, prompt and key are texts");
	*out = json_text(v);
	return true;
}

/* An object's JSON text, or nothing. */
static bool read_object(struct call *c, const struct json *v, struct str *text, struct view *out)
{
	if (!v || json_kind(v) == JSON_NULL)
		return true;
	if (json_kind(v) != JSON_OBJECT)
		return bad(c, "params, edit and schema are objects");
	json_print(v, text);
	*out = view_of_str(text);
	return true;
}

static bool read_flag(struct call *c, const struct json *v, bool *out)
{
	if (v && json_kind(v) != JSON_BOOL && json_kind(v) != JSON_NULL)
		return bad(c, "debug and dry_run are true or false");
	*out = json_true(v);
	return true;
}

/* "10m", or milliseconds. */
static bool read_delay(struct call *c, const struct json *v, int64_t *out)
{
	if (!v || json_kind(v) == JSON_NULL)
		return true;
	if (json_kind(v) == JSON_STRING ? when_parse_span(json_text(v), out)
					: (*out = json_int(v, -1)) >= 0)
		return true;
	return bad(c, "delay is a span like \"10m\"");
}

static bool read_priority(struct call *c, const struct json *v, int *out)
{
	if (!v || json_kind(v) == JSON_NULL)
		return true;
	int64_t n = json_int(v, INT64_MAX);
	if (json_kind(v) != JSON_NUMBER || n < -PRIORITY_MAX || n > PRIORITY_MAX)
		return bad(c, "priority is a number from -1000 to 1000");
	*out = (int)n;
	return true;
}

static bool read_attempt(struct call *c, const struct json *v, int *out)
{
	if (!v || json_kind(v) == JSON_NULL)
		return true;
	int64_t n = json_int(v, 0);
	if (n < 1 || n > INT32_MAX)
		return bad(c, "attempt is a number from 1");
	*out = (int)n;
	return true;
}

static void on_reply(void *arg, const struct engine_reply *reply)
{
	exchange_json(arg, reply->status, reply->body, reply->version);
}

static void submit(struct call *c, struct engine_order *o, struct wording *w)
{
	const struct front_head *head = exchange_head(c->x);
	str_add(&w->route, head->method);
	str_add_char(&w->route, ' ');
	str_add(&w->route, head->path);
	o->verb = c->route->verb;
	o->caller = call_caller(c);
	o->route = view_of_str(&w->route);
	o->body = exchange_body(c->x);
	engine_submit(c->api->with.engine, o, on_reply, c->x);
}

void api_start(struct call *c)
{
	static const char *const known[] = { "params", "debug", "priority", "delay", "dry_run", NULL };
	struct wording w = { .doc = call_body(c, known) };
	if (!w.doc)
		return;
	const struct json *root = json_root(w.doc);
	struct engine_order o = { .workflow = call_word(c, 0), .trigger = TRIGGER_MANUAL };
	if (read_object(c, json_get(root, "params"), &w.params, &o.params) &&
	    read_flag(c, json_get(root, "debug"), &o.debug) &&
	    read_flag(c, json_get(root, "dry_run"), &o.dry_run) &&
	    read_priority(c, json_get(root, "priority"), &o.priority) &&
	    read_delay(c, json_get(root, "delay"), &o.delay_ms) && read_key(c, &o))
		submit(c, &o, &w);
	wording_release(&w);
}

void api_run_order(struct call *c)
{
	static const char *const known[] = { "reason", "comment", "version", "params", "debug",
					     "dry_run", NULL };
	struct wording w = { .doc = call_body(c, known) };
	if (!w.doc)
		return;
	const struct json *root = json_root(w.doc);
	struct engine_order o = { .run = call_word(c, 0) };
	struct view comment = { 0 };
	if (read_text(c, root, "reason", &o.comment) && read_text(c, root, "comment", &comment) &&
	    read_version(c, root, &o) &&
	    read_object(c, json_get(root, "params"), &w.params, &o.params) &&
	    read_flag(c, json_get(root, "debug"), &o.debug) &&
	    read_flag(c, json_get(root, "dry_run"), &o.dry_run) && read_key(c, &o)) {
		if (!o.comment.len)
			o.comment = comment;
		submit(c, &o, &w);
	}
	wording_release(&w);
}

/* What changes the command takes more than a retry. */
static bool may_edit(struct call *c, const struct engine_order *o)
{
	static const char why[] = "editing a step needs EDIT_STEP";
	if (!o->edit.len || call_may(c, CAN_EDIT_STEP))
		return true;
	call_audit(c, why);
	call_error(c, 403, "forbidden", why);
	return false;
}

void api_task_order(struct call *c)
{
	static const char *const known[] = { "comment", "reason", "value", "edit", "attempt", "version",
					     "dry_run", NULL };
	struct wording w = { .doc = call_body(c, known) };
	if (!w.doc)
		return;
	const struct json *root = json_root(w.doc);
	struct engine_order o = { .run = call_word(c, 0), .task = call_word(c, 1) };
	struct view reason = { 0 };
	const struct json *value = json_get(root, "value");
	if (value)
		json_print(value, &w.value);
	o.value = view_of_str(&w.value);
	if (read_text(c, root, "comment", &o.comment) && read_text(c, root, "reason", &reason) &&
	    read_version(c, root, &o) &&
	    read_object(c, json_get(root, "edit"), &w.edit, &o.edit) && may_edit(c, &o) &&
	    read_attempt(c, json_get(root, "attempt"), &o.attempt) &&
	    read_flag(c, json_get(root, "dry_run"), &o.dry_run) && read_key(c, &o)) {
		if (!o.comment.len)
			o.comment = reason;
		submit(c, &o, &w);
	}
	wording_release(&w);
}

/* Not decided on by a person: what a running step asks for. */
void api_ask(struct call *c)
{
	static const char *const known[] = { "prompt", "schema", "attempt", "key", NULL };
	struct wording w = { .doc = call_body(c, known) };
	if (!w.doc)
		return;
	const struct json *root = json_root(w.doc);
	struct engine_ask ask = { .caller = call_caller(c), .run = call_word(c, 0),
				  .task = call_word(c, 1) };
	if (read_text(c, root, "prompt", &ask.prompt) && read_text(c, root, "key", &ask.key) &&
	    read_object(c, json_get(root, "schema"), &w.value, &ask.schema) &&
	    read_attempt(c, json_get(root, "attempt"), &ask.attempt))
		engine_ask(c->api->with.engine, &ask, on_reply, c->x);
	wording_release(&w);
}

/* POST /v1/schedules/ID/...: the route's verb says what. */
void api_schedule_order(struct call *c)
{
	static const char *const known[] = { "reason", "comment", NULL };
	struct wording w = { .doc = call_body(c, known) };
	if (!w.doc)
		return;
	const struct json *root = json_root(w.doc);
	struct engine_order o = { .schedule = call_word(c, 0), .trigger = TRIGGER_SCHEDULE };
	if (!o.schedule.len)
		call_error(c, 404, "not_found", "there is no such schedule");
	else if (read_text(c, root, "reason", &o.comment) && read_key(c, &o))
		submit(c, &o, &w);
	wording_release(&w);
}
