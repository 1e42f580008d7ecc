/* Temporal's lists that are no runs, as the board's catalogues, and what follows from
 * the runs that are known: workflow types. Queues and workers: temporal_queues.c. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/mem.h"
#include "wire/jsonw.h"

void temporal_give(struct temporal_job *j, const struct str *json, struct view next)
{
	struct temporal *t = j->t;
	const struct backend_sink *sink = t->base.sink;
	ticket_id ticket = j->ticket;
	sink->catalog(sink->arg, ticket, j->catalog, view_of_str(json), next);
	if ((j = temporal_job_of(t, ticket)) != NULL)
		temporal_finish(j, OUTCOME_OK, NULL);
}

void temporal_list_begin(struct jsonw *w, struct str *out, const char *list)
{
	jsonw_init(w, out);
	jsonw_object(w, NULL);
	jsonw_array(w, list);
}

void temporal_list_end(struct jsonw *w)
{
	jsonw_end_array(w);
	jsonw_end_object(w);
}

/* ---- a list in pages ---- */

/* Two thousand rows: then it is said that there are more. */
enum { PAGES_MAX = 10 };

void temporal_row_begin(struct str *rows, struct jsonw *w)
{
	if (rows->len)
		str_add_char(rows, ',');
	jsonw_init(w, rows);
}

bool temporal_wants_page(struct temporal_job *j, struct view next)
{
	bool same = view_eq(next, view_of_str(&j->token));
	str_clear(&j->token);
	str_add(&j->token, next);
	return next.len && !same && ++j->pages < PAGES_MAX;
}

void temporal_give_rows(struct temporal_job *j, const char *list, struct view next)
{
	struct str out = { 0 };
	str_addf(&out, "{\"%s\":[", list);
	str_add(&out, view_of_str(&j->query));
	str_add_text(&out, "]}");
	temporal_give(j, &out, next);
	str_release(&out);
}

/* ---- names ---- */

static void add_name(struct str *names, const char *name)
{
	struct view rest = view_of_str(names), one;
	while (view_split(&rest, '\n', &one)) {
		if (view_is(one, name))
			return;
	}
	str_add_text(names, name);
	str_add_char(names, '\n');
}

void temporal_collect_names(struct temporal *t, struct str *names, bool queues)
{
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&t->known, &at, &id, &value)) {
		const struct temporal_known *k = value;
		const char *name = queues ? k->queue : k->type;
		if (name && *name && !strchr(name, '\n'))
			add_name(names, name);
	}
}

/* ---- workflow types ---- */

enum start_field { START_TYPE, START_ID, START_QUEUE, START_INPUT };

static void add_field(struct jsonw *w, enum start_field field, struct view fallback)
{
	static const struct {
		const char *name, *title, *description;
	} fields[] = {
		[START_TYPE] = { "workflow_type", "workflow type", "as its worker registers it" },
		[START_ID] = { "workflow_id", "workflow id", "empty: one is made" },
		[START_QUEUE] = { "task_queue", "task queue", "that a worker of the type polls" },
		[START_INPUT] = { "input", "input", "JSON; empty: none; *[1, 2]: two arguments" },
	};
	jsonw_object(w, fields[field].name);
	jsonw_string(w, "type", "string");
	jsonw_string(w, "title", fields[field].title);
	jsonw_string(w, "description", fields[field].description);
	if (fallback.len)
		jsonw_text(w, "default", fallback);
	jsonw_end_object(w);
}

static int64_t open_of(struct temporal *t, struct view type)
{
	int64_t open = 0;
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&t->known, &at, &id, &value)) {
		const struct temporal_known *k = value;
		open += k->type && view_is(type, k->type) && k->sign && run_status_is_open(k->status);
	}
	return open;
}

static void add_workflow(struct jsonw *w, struct temporal *t, struct view type)
{
	struct temporal_remembered last;
	struct view off = temporal_off(t, TEMPORAL_START);
	temporal_remembered(t, type, &last);
	struct view queue = last.queue.len ? last.queue : view_of(temporal_last_queue(t, type));
	jsonw_object(w, NULL);
	jsonw_text(w, "name", type);
	jsonw_text(w, "title", type);
	jsonw_text(w, "queue", queue);
	jsonw_int(w, "open_runs", open_of(t, type));
	if (off.len) {
		jsonw_object(w, "actions");
		jsonw_text(w, "start", off);
		jsonw_end_object(w);
	}
	jsonw_object(w, "params");
	add_field(w, START_INPUT, last.input);
	add_field(w, START_ID, VIEW(""));
	add_field(w, START_QUEUE, queue);
	jsonw_end_object(w);
	jsonw_end_object(w);
	str_release(&last.text);
}

/* Types that were started from here and have no run any more. */
static void add_remembered(struct temporal *t, struct str *names)
{
	struct str types = { 0 };
	struct view name;
	temporal_add_remembered_types(t, &types);
	struct view rest = view_of_str(&types);
	while (view_split(&rest, '\n', &name)) {
		struct str one = { 0 };
		str_add(&one, name);
		if (one.len)
			add_name(names, str_text(&one));
		str_release(&one);
	}
	str_release(&types);
}

/* One that never ran: its type is typed. */
static void add_any_workflow(struct jsonw *w)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "name", "(another type)");
	jsonw_string(w, "title", "a workflow type that has no run here yet");
	jsonw_object(w, "params");
	add_field(w, START_TYPE, VIEW(""));
	add_field(w, START_QUEUE, VIEW(""));
	add_field(w, START_ID, VIEW(""));
	add_field(w, START_INPUT, VIEW(""));
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void list_workflows(struct temporal_job *j)
{
	struct str out = { 0 }, names = { 0 };
	struct jsonw w;
	const bool queues = false;
	temporal_collect_names(j->t, &names, queues);
	add_remembered(j->t, &names);
	temporal_list_begin(&w, &out, "workflows");
	struct view rest = view_of_str(&names), name;
	while (view_split(&rest, '\n', &name)) {
		if (name.len)
			add_workflow(&w, j->t, name);
	}
	add_any_workflow(&w);
	temporal_list_end(&w);
	temporal_give(j, &out, VIEW(""));
	str_release(&out);
	str_release(&names);
}

/* ---- the operation ---- */

/* Without a watch (a command) nothing is known yet: the newest runs are asked for. */
static void on_runs(struct temporal_job *j, const struct http_answer *a)
{
	struct arena arena = { 0 };
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	const struct json *list = json_get(json_root(doc), "executions");
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct run_facts run;
		temporal_row(j->t, i, &arena, &run);
	}
	arena_release(&arena);
	json_free(doc);
	j->then(j);
}

void temporal_from_runs(struct temporal_job *j, temporal_then_fn *then)
{
	struct str target = { 0 };
	j->then = then;
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/workflows");
	temporal_add_query(&target, "pageSize", VIEW("200"));
	struct temporal_ask ask = { .target = &target, .listed = true };
	temporal_job_ask(j, &ask, on_runs);
}

ticket_id temporal_catalog(struct backend *b, enum catalog_kind kind, struct view cursor)
{
	struct temporal *t = temporal_of(b);
	if (kind == CATALOG_STATS || kind == CATALOG_THROUGHPUT || kind == CATALOG_AUDIT) {
		ticket_id ticket = backend_ticket(b);
		backend_answer(b, ticket, OUTCOME_UNSUPPORTED,
			       kind == CATALOG_AUDIT ? "Temporal keeps no audit trail of its own: "
						       "see a run's history" :
						       "Temporal keeps no statistics of its runs");
		return ticket;
	}
	struct temporal_job *j = temporal_job(t);
	j->catalog = kind;
	if (kind == CATALOG_SCHEDULES)
		temporal_list_schedules(j, cursor);
	else if (kind == CATALOG_WORKERS)
		temporal_list_workers(j, cursor);
	else if (kind == CATALOG_QUEUES)
		temporal_list_queues(j);
	else if (kind == CATALOG_WORKFLOWS)
		temporal_from_runs(j, list_workflows);
	else if (kind == CATALOG_SPACES)
		temporal_list_spaces(j, cursor);
	else
		temporal_inbox(j);
	return j->ticket;
}
