/* Routes that only look. */
#include <unistd.h>

#include "base/when.h"
#include "engine/route.h"
#include "wire/jsonw.h"

enum { PAGE_MAX = 1000 };

/* ---- who I am -------------------------------------------------------------------- */

static void add_capabilities(struct jsonw *w, const struct caller *caller)
{
	jsonw_array(w, "capabilities");
	for (int i = 0; i < CAPABILITIES; i++)
		if (caller_can(caller, (enum capability)i))
			jsonw_string(w, NULL, capability_name((enum capability)i));
	jsonw_end_array(w);
}

static void add_roles(struct jsonw *w, struct call *c)
{
	struct engine_caller caller = call_caller(c);
	jsonw_array(w, "roles");
	for (size_t i = 0; i < caller.n_roles; i++)
		jsonw_text(w, NULL, caller.roles[i]);
	jsonw_end_array(w);
}

/* Which of them on which workflows. */
static void add_grants(struct jsonw *w, const struct caller *caller)
{
	jsonw_array(w, "grants");
	for (size_t i = 0; i < caller->grants.len; i++) {
		const struct grant *g = &caller->grants.items[i];
		jsonw_object(w, NULL);
		jsonw_string(w, "workflows", g->workflows);
		jsonw_array(w, "capabilities");
		for (int k = 0; k < CAPABILITIES; k++)
			if (g->can >> k & 1)
				jsonw_string(w, NULL, capability_name((enum capability)k));
		jsonw_end_array(w);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static bool only_looks(const struct caller *caller)
{
	for (int i = 0; i < CAPABILITIES; i++)
		if (i != CAN_LIST_WORKFLOWS && i != CAN_VIEW_RUNS && i != CAN_VIEW_DETAILS &&
		    caller_can(caller, (enum capability)i))
			return false;
	return true;
}

void api_info(struct call *c)
{
	struct str body = { 0 };
	struct jsonw w;
	const char *why = NULL;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "user", c->caller->name);
	add_roles(&w, c);
	add_capabilities(&w, c->caller);
	add_grants(&w, c->caller);
	jsonw_string(&w, "engine", PACKAGE_NAME "d");
	jsonw_string(&w, "version", PACKAGE_VERSION);
	jsonw_int(&w, "api", 1);
	jsonw_int(&w, "pid", getpid());
	jsonw_string(&w, "epoch", engine_epoch(c->api->with.engine));
	jsonw_int(&w, "seq", engine_seq(c->api->with.engine));
	jsonw_bool(&w, "read_only", only_looks(c->caller));
	jsonw_bool(&w, "writable", engine_is_writable(c->api->with.engine, &why));
	jsonw_string(&w, "trouble", engine_trouble(c->api->with.engine));
	jsonw_string(&w, "settings_error", engine_settings_error(c->api->with.engine));
	jsonw_time(&w, "time", when_now_ms());
	jsonw_end_object(&w);
	call_json(c, 200, &body);
	str_release(&body);
}

/* ---- lists and objects -------------------------------------------------------------- */

static void finish(struct call *c, bool good, struct str *body, struct err *err)
{
	if (good)
		call_json(c, 200, body);
	else
		call_failed(c, err);
	str_release(body);
	err_release(err);
}

void api_table(struct call *c)
{
	struct str body = { 0 };
	struct err err = { 0 };
	const struct engine_viewer viewer = call_viewer(c);
	finish(c, engine_table(c->api->with.engine, c->route->table, &viewer, &body), &body, &err);
}

void api_workflow(struct call *c)
{
	struct str body = { 0 };
	struct err err = { 0 };
	const struct engine_viewer viewer = call_viewer(c);
	finish(c, engine_workflow(c->api->with.engine, call_word(c, 0), &viewer, &body, &err), &body,
	       &err);
}

void api_runs(struct call *c)
{
	struct str filter = { 0 }, cursor = { 0 }, sort = { 0 }, body = { 0 };
	struct err err = { 0 };
	int64_t limit;
	if (call_query(c, "filter", &filter) && call_query(c, "cursor", &cursor) &&
	    call_query(c, "sort", &sort) &&
	    call_query_int(c, "limit", (struct call_range){ 1, PAGE_MAX, 0 }, &limit)) {
		const struct engine_viewer viewer = call_viewer(c);
		struct engine_query q = {
			.viewer = &viewer,
			.filter = view_of_str(&filter),
			.cursor = view_of_str(&cursor),
			.sort = view_of_str(&sort),
			.limit = (int)limit,
		};
		finish(c, engine_runs(c->api->with.engine, &q, &body, &err), &body, &err);
	}
	str_release(&filter);
	str_release(&cursor);
	str_release(&sort);
}

/* An object with its version as ETag. */
static void finish_object(struct call *c, bool good, struct str *body, int64_t version)
{
	if (good)
		exchange_json(c->x, 200, view_of_str(body), version);
	str_release(body);
}

void api_run(struct call *c)
{
	struct str body = { 0 };
	struct err err = { 0 };
	int64_t version = -1;
	struct engine_caller caller = call_caller(c);
	bool good = engine_run(c->api->with.engine, call_word(c, 0), &caller, &body, &version, &err);
	if (!good)
		call_failed(c, &err);
	finish_object(c, good, &body, version);
	err_release(&err);
}

void api_task(struct call *c)
{
	struct str body = { 0 };
	struct err err = { 0 };
	int64_t version = -1;
	struct engine_caller caller = call_caller(c);
	bool good = engine_task(c->api->with.engine, call_word(c, 0), call_word(c, 1), &caller, &body,
				&version, &err);
	if (!good)
		call_failed(c, &err);
	finish_object(c, good, &body, version);
	err_release(&err);
}

void api_history(struct call *c)
{
	struct str body = { 0 };
	struct err err = { 0 };
	finish(c, engine_history(c->api->with.engine, call_word(c, 0), &body, &err), &body, &err);
}

/* ---- statistics ------------------------------------------------------------------------ */

/* A span like "24h"; 0 where missing. */
static bool query_span(struct call *c, const char *name, int64_t *out)
{
	struct str text = { 0 };
	*out = 0;
	bool good = call_query(c, name, &text);
	if (good && text.len && (!when_parse_span(view_of_str(&text), out) || *out <= 0)) {
		call_error(c, 400, "bad_request", "window and bucket are spans like \"24h\"");
		good = false;
	}
	str_release(&text);
	return good;
}

void api_stats(struct call *c)
{
	struct str workflow = { 0 }, body = { 0 };
	struct err err = { 0 };
	const struct engine_viewer viewer = call_viewer(c);
	struct engine_stats_query q = { .viewer = &viewer };
	if (call_query(c, "workflow", &workflow) && query_span(c, "window", &q.window_ms) &&
	    query_span(c, "bucket", &q.bucket_ms)) {
		q.workflow = view_of_str(&workflow);
		finish(c, engine_stats(c->api->with.engine, &q, &body, &err), &body, &err);
	}
	str_release(&workflow);
}

void api_metrics(struct call *c)
{
	struct str body = { 0 };
	engine_metrics(c->api->with.engine, &body);
	exchange_answer(c->x, &(struct answer){
		.status = 200,
		.type = "text/plain; version=0.0.4; charset=utf-8",
		.body = view_of_str(&body),
	});
	str_release(&body);
}
