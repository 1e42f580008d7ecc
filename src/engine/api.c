/* From a checked request to its route: who asks, may they, which function. And the
 * few ways in which calls are answered. */
#include "engine/api.h"

#include <inttypes.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/own.h"
#include "engine/route.h"

enum { STRANGERS_MOST = 20, STRANGERS_MS = 60000 };

/* ---- answering ---------------------------------------------------------------- */

void exchange_json(struct exchange *x, int status, struct view body, int64_t version)
{
	struct str etag = { 0 };
	struct answer a = { .status = status, .body = body };
	if (version >= 0) {
		str_addf(&etag, "\"%" PRId64 "\"", version);
		a.headers[0] = (struct answer_header){ "ETag", str_text(&etag) };
	}
	exchange_answer(x, &a);
	str_release(&etag);
}

static void exchange_error(struct exchange *x, const struct front_refusal *why)
{
	struct str body = { 0 };
	porch_add_error(&body, view_of(why->code), view_of(why->message), VIEW(""));
	exchange_json(x, why->status, view_of_str(&body), -1);
	str_release(&body);
}

void call_json(struct call *c, int status, const struct str *body)
{
	exchange_json(c->x, status, view_of_str(body), -1);
}

void call_error(struct call *c, int status, const char *code, const char *message)
{
	exchange_error(c->x, &(struct front_refusal){ status, code, message });
}

void call_failed(struct call *c, const struct err *err)
{
	static const struct {
		int status;
		const char *code;
	} kinds[] = {
		[ERR_NONE] = { 500, "internal" },
		[ERR_USAGE] = { 400, "bad_request" },
		[ERR_NOT_FOUND] = { 404, "not_found" },
		[ERR_REFUSED] = { 403, "forbidden" },
		[ERR_UNREACHABLE] = { 503, "unavailable" },
		[ERR_CONFIG] = { 422, "bad_definition" },
		[ERR_PARSE] = { 400, "bad_request" },
		[ERR_LIMIT] = { 413, "too_large" },
		[ERR_SYSTEM] = { 500, "internal" },
		[ERR_BUSY] = { 503, "unavailable" },
		[ERR_UNKNOWN_OUTCOME] = { 500, "internal" },
	};
	_Static_assert(sizeof(kinds) / sizeof(*kinds) == ERR_KINDS, "a status each");
	if (kinds[err->kind].status == 500)
		log_error("%s", err_text(err));
	call_error(c, kinds[err->kind].status, kinds[err->kind].code, err_text(err));
}

/* ---- what a call asks for ------------------------------------------------------ */

struct view call_word(const struct call *c, size_t i)
{
	return view_of_str(&c->words[i]);
}

bool call_may(const struct call *c, enum capability what)
{
	return c->workflow.len ? caller_can_on(c->caller, what, view_of_str(&c->workflow))
			       : caller_can(c->caller, what);
}

struct engine_caller call_caller(struct call *c)
{
	return own_caller(c->caller, view_of_str(&c->workflow), c->roles);
}

static bool sees_runs(const void *arg, struct view workflow)
{
	return caller_can_on(arg, CAN_VIEW_RUNS, workflow);
}

static bool sees_workflow(const void *arg, struct view workflow)
{
	return caller_can_on(arg, CAN_LIST_WORKFLOWS, workflow);
}

static bool starts(const void *arg, struct view workflow)
{
	return caller_can_on(arg, CAN_RUN_WORKFLOW, workflow);
}

struct engine_viewer call_viewer(const struct call *c)
{
	bool workflows = c->route->needs == CAN_LIST_WORKFLOWS;
	struct engine_viewer viewer = { .sees = workflows ? sees_workflow : sees_runs,
					.own = own_row, .starts = starts, .arg = c->caller };
	if (caller_can_everywhere(c->caller, c->route->needs))
		viewer.sees = NULL;
	return viewer;
}

static bool refuse_query(struct call *c, const char *name)
{
	struct str text = { 0 };
	str_addf(&text, "the query parameter '%s' is malformed or out of range", name);
	call_error(c, 400, "bad_request", str_text(&text));
	str_release(&text);
	return false;
}

bool call_query(struct call *c, const char *name, struct str *out)
{
	bool bad = false;
	front_query(exchange_head(c->x), name, out, &bad);
	return bad ? refuse_query(c, name) : true;
}

bool call_query_int(struct call *c, const char *name, struct call_range range, int64_t *out)
{
	struct str text = { 0 };
	*out = range.fallback;
	bool good = call_query(c, name, &text);
	if (good && text.len && !number_parse(view_of_str(&text), range.min, range.max, out))
		good = refuse_query(c, name);
	str_release(&text);
	return good;
}

bool call_query_flag(struct call *c, const char *name, bool *out)
{
	int64_t value;
	bool good = call_query_int(c, name, (struct call_range){ 0, 1, 0 }, &value);
	*out = good && value;
	return good;
}

static bool is_json_type(struct view type)
{
	struct view media;
	view_split(&type, ';', &media);
	media = view_trim(media);
	return media.len == sizeof("application/json") - 1 &&
	       view_find_fold(media, VIEW("application/json"), 0) == 0;
}

static bool has_only(struct call *c, const struct json *root, const char *const *known)
{
	for (const struct json *i = json_first(root); i; i = json_next(i)) {
		size_t k = 0;
		while (known[k] && !view_is(json_key(i), known[k]))
			k++;
		if (known[k])
			continue;
		struct str text = { 0 };
		struct view key = json_key(i);
		str_addf(&text, "the body has '%.*s', which this order does not know", (int)key.len,
			 key.ptr);
		call_error(c, 400, "bad_request", str_text(&text));
		str_release(&text);
		return false;
	}
	return true;
}

struct json_doc *call_body(struct call *c, const char *const *known)
{
	struct view body = exchange_body(c->x), type = { 0 };
	bool typed = front_header(exchange_head(c->x), "Content-Type", &type);
	if ((typed || body.len) && !is_json_type(type)) {
		call_error(c, 415, "unsupported_media_type", "orders come as application/json");
		return NULL;
	}
	struct err err = { 0 };
	struct json_doc *doc = json_parse(body.len ? body : VIEW("{}"), FRONT_BODY_MAX, &err);
	if (!doc) {
		call_error(c, 400, "bad_request", err_text(&err));
	} else if (json_kind(json_root(doc)) != JSON_OBJECT) {
		call_error(c, 400, "bad_request", "the body is not a JSON object");
		json_free(doc);
		doc = NULL;
	} else if (!has_only(c, json_root(doc), known)) {
		json_free(doc);
		doc = NULL;
	}
	err_release(&err);
	return doc;
}

/* ---- finding the route ---------------------------------------------------------- */

enum match { MATCH_NONE, MATCH_PATH, MATCH_MALFORMED };

static enum match match_path(const struct route *r, struct view path, struct call *c)
{
	struct view pattern = view_of(r->pattern), want, got;
	size_t n = 0;
	enum match match = MATCH_PATH;
	for (;;) {
		bool more_want = view_split(&pattern, '/', &want);
		if (more_want != view_split(&path, '/', &got))
			return MATCH_NONE;
		if (!more_want)
			return match;
		if (!view_is(want, ":")) {
			if (!view_eq(want, got))
				return MATCH_NONE;
			continue;
		}
		str_clear(&c->words[n]);
		if (!got.len || !front_decode(got, FRONT_IN_PATH, &c->words[n++]))
			match = MATCH_MALFORMED;
	}
}

/* The route, or NULL with a refusal: 404, 405, 400. */
static const struct route *find_route(struct call *c, struct front_refusal *why)
{
	const struct front_head *head = exchange_head(c->x);
	*why = (struct front_refusal){ 404, "not_found", "there is nothing at this path" };
	for (const struct route *r = routes; r->method; r++) {
		enum match match = match_path(r, head->path, c);
		if (match == MATCH_NONE)
			continue;
		if (match == MATCH_MALFORMED) {
			*why = (struct front_refusal){ 400, "bad_request", "the path is malformed" };
			return NULL;
		}
		if (view_is(head->method, r->method))
			return r;
		*why = (struct front_refusal){ 405, "method_not_allowed",
					       "this path does not take this method" };
	}
	return NULL;
}

void call_audit(struct call *c, const char *why)
{
	const struct front_head *head = exchange_head(c->x);
	struct str what = { 0 }, words = { 0 };
	str_add(&what, head->method);
	str_add_char(&what, ' ');
	str_add(&what, head->path);
	str_addf(&words, "refused: %s", why);
	engine_audit(c->api->with.engine, view_of(c->caller->name), view_of_str(&what),
		     view_of_str(&words));
	str_release(&what);
	str_release(&words);
}

/* ---- may they ------------------------------------------------------------------------ */

static bool workflow_itself(struct engine *e, struct view name, struct str *out)
{
	(void)e;
	return str_add(out, name);
}

/* What a path can name, and by what right it is seen. */
struct subject {
	const char *path, *what;
	enum capability seen_by;
	bool (*find)(struct engine *e, struct view name, struct str *out);
};

/* NULL: the path names nothing that is of one workflow. */
static const struct subject *find_subject(struct call *c)
{
	static const struct subject subjects[] = {
		{ "/v1/workflows/:", "workflow", CAN_LIST_WORKFLOWS, workflow_itself },
		{ "/v1/schedules/:", "schedule", CAN_LIST_WORKFLOWS, engine_workflow_of_schedule },
		{ "/v1/runs/:", "run", CAN_VIEW_RUNS, engine_workflow_of_run },
	};
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		if (!view_starts(view_of(c->route->pattern), subjects[i].path))
			continue;
		subjects[i].find(c->api->with.engine, call_word(c, 0), &c->workflow);
		return &subjects[i];
	}
	return NULL;
}

/* What concerns no workflow in particular and is no list takes a right to all. */
static bool may(struct call *c, const struct subject *subject)
{
	if (c->route->needs == (enum capability)ROUTE_ANYBODY)
		return true;
	bool whole = !subject && (c->route->needs == CAN_ADMIN || c->route->whole);
	return whole ? caller_can_everywhere(c->caller, c->route->needs)
		     : call_may(c, c->route->needs);
}

static void refuse_call(struct call *c)
{
	struct str text = { 0 };
	str_addf(&text, "%s may not do this: it needs %s", c->caller->name,
		 capability_name(c->route->needs));
	if (c->workflow.len)
		str_addf(&text, " on %s", str_text(&c->workflow));
	call_audit(c, str_text(&text));
	call_error(c, 403, "forbidden", str_text(&text));
	str_release(&text);
}

/* What the caller cannot see is as if it were not there. */
static void hide(struct call *c, const struct subject *subject)
{
	struct str text = { 0 };
	str_addf(&text, "there is no %s %.*s", subject->what, (int)c->words[0].len,
		 str_text(&c->words[0]));
	call_audit(c, "it is of a workflow that this caller does not see");
	call_error(c, 404, "not_found", str_text(&text));
	str_release(&text);
}

/* Webhooks show their own credentials. */
static bool is_open(const struct front_head *head)
{
	return view_is(head->method, "POST") && view_starts(head->path, "/v1/hooks/");
}

static void serve(struct call *c)
{
	const struct subject *subject = find_subject(c);
	if (subject && c->workflow.len && !call_may(c, subject->seen_by))
		hide(c, subject);
	else if (!may(c, subject))
		refuse_call(c);
	else
		c->route->fn(c);
}

static void dispatch(struct call *c)
{
	struct front_refusal why;
	bool open = is_open(exchange_head(c->x));
	if (!open)
		c->caller = access_caller(c->api->with.access, exchange_peer(c->x),
					  exchange_head(c->x), &why);
	if (open || c->caller)
		c->route = find_route(c, &why);
	if (!c->route)
		exchange_error(c->x, &why);
	else if (open)
		c->route->fn(c);
	else
		serve(c);
}

static void on_request(void *arg, struct exchange *x)
{
	struct call c = { .api = arg, .x = x };
	dispatch(&c);
	str_release(&c.workflow);
	for (size_t i = 0; i < ROUTE_WORDS; i++)
		str_release(&c.words[i]);
}

/* Whoever knocks again and again does not fill the disk. */
static bool is_worth_noting(struct api *api)
{
	int64_t now_ms = when_mono_ms();
	if (now_ms - api->strangers_ms > STRANGERS_MS) {
		api->strangers_ms = now_ms;
		api->strangers = 0;
	}
	return api->strangers++ < STRANGERS_MOST;
}

static void audit_stranger(struct api *api, const struct guest *guest, const char *why)
{
	struct str who = { 0 }, what = { 0 };
	if (!is_worth_noting(api))
		return;
	if (guest->peer.kind == PORCH_TCP)
		str_add_text(&who, "tcp");
	else
		str_addf(&who, "uid %ld", (long)guest->peer.uid);
	str_add(&what, guest->head.method);
	str_add_char(&what, ' ');
	str_add(&what, guest->head.path);
	engine_audit(api->with.engine, view_of_str(&who), view_of_str(&what), view_of(why));
	str_release(&who);
	str_release(&what);
}

static bool on_admit(void *arg, const struct guest *guest, struct front_refusal *why)
{
	struct api *api = arg;
	if (is_open(&guest->head) ||
	    access_caller(api->with.access, &guest->peer, &guest->head, why))
		return true;
	audit_stranger(api, guest, why->message);
	return false;
}

/* ---- what the engine tells -------------------------------------------------------- */

static void on_changed(void *arg, int64_t seq)
{
	struct api *api = arg;
	(void)seq;
	events_changed(api->events);
}

static void on_progress(void *arg, struct view run, struct view frame)
{
	struct api *api = arg;
	events_progress(api->events, run, frame);
}

static void on_task(void *arg, struct view run, struct view task, struct view frame)
{
	struct api *api = arg;
	tails_wake(api->tails, run, task);
	if (frame.len)
		events_task(api->events, run, frame);
}

static void on_trouble(void *arg)
{
	struct api *api = arg;
	events_trouble(api->events);
}

static const struct engine_watcher watcher = {
	.trouble = on_trouble,
	.changed = on_changed,
	.progress = on_progress,
	.task = on_task,
};

struct api *api_new(const struct api_config *config, struct err *err)
{
	struct api *api = mem_zero(sizeof *api);
	api->with.loop = config->loop;
	api->with.engine = config->engine;
	api->with.access = config->access;
	api->server = server_new(config->loop, &(struct server_config){
		.handle = on_request,
		.admit = on_admit,
		.arg = api,
		.beat_ms = config->beat_ms,
	}, err);
	if (!api->server) {
		mem_free(api);
		return NULL;
	}
	api->events = events_new(api);
	api->tails = tails_new();
	api->watch = engine_watch(config->engine, &watcher, api);
	return api;
}

void api_free(struct api *api)
{
	if (!api)
		return;
	engine_unwatch(api->watch);
	server_free(api->server);
	events_free(api->events);
	tails_free(api->tails);
	mem_free(api);
}

void api_listen(struct api *api, int fd, enum porch_kind kind)
{
	server_listen(api->server, fd, kind);
}
