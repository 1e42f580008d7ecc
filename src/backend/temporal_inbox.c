/* What waits for a person, for those who only ask once: without a watch nothing is
 * known yet, so the rules are asked in turn (the filter, open runs with their memo,
 * describe of mapped types). With a watch its knowledge is given. */
#include "backend/temporal_inside.h"

#include <stdlib.h>

#include "base/mem.h"
#include "wire/jsonw.h"

enum { LOOKS_MAX = 50 };

static void on_due(void *arg)
{
	struct temporal_job *j = arg;
	struct temporal *t = j->t;
	temporal_enter(t);
	j->after(j);
	temporal_leave(t);
}

/* From the loop: nothing may end inside of an operation. */
static void go_on_soon(struct temporal_job *j)
{
	loop_remove(j->timer);
	j->timer = loop_timer(j->t->base.loop, on_due, j);
	loop_timer_set(j->timer, 0);
}

/* ---- which runs does the filter name ---- */

static void ask_runs(struct temporal_job *j, const char *query, temporal_answered_fn *answered)
{
	struct str target = { 0 };
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/workflows");
	temporal_add_query(&target, "query", view_of(query));
	temporal_add_query(&target, "pageSize", VIEW("200"));
	struct temporal_ask ask = { .target = &target, .listed = true };
	temporal_job_ask(j, &ask, answered);
}

static void learn_rows(struct temporal *t, const struct json *list, bool waiting)
{
	struct arena arena = { 0 };
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct run_facts run;
		if (!temporal_row(t, i, &arena, &run))
			continue;
		struct temporal_known *k = temporal_learn(t, &run);
		k->listed_waiting = k->listed_waiting || waiting;
		k->status = run.status;
		k->started_ms = run.started_ms;
	}
	arena_release(&arena);
}

static void on_waiting(struct temporal_job *j, const struct http_answer *a)
{
	const bool waiting = true;
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	learn_rows(j->t, json_get(json_root(doc), "executions"), waiting);
	json_free(doc);
	j->after(j);
}

static void ask_waiting(struct temporal_job *j)
{
	struct str query = { 0 };
	if (!j->t->waiting) {
		j->after(j);
		return;
	}
	str_addf(&query, "ExecutionStatus = 'Running' AND (%s)", j->t->waiting);
	ask_runs(j, str_text(&query), on_waiting);
	str_release(&query);
}

static void on_attributes(struct temporal_job *j, const struct http_answer *a)
{
	if (!temporal_ok(a) && a->status != 404) {
		temporal_fail(j, a);
		return;
	}
	temporal_find_waiting(j->t, a->body);
	ask_waiting(j);
}

void temporal_prepare(struct temporal_job *j, temporal_then_fn *then)
{
	struct str target = { 0 };
	j->after = then;
	if (j->t->watch.ticket) {
		go_on_soon(j);
	} else if (j->t->waiting_given) {
		ask_waiting(j);
	} else {
		temporal_add_space(&target, j->t);
		str_add_text(&target, "/search-attributes");
		struct temporal_ask ask = { .target = &target };
		temporal_job_ask(j, &ask, on_attributes);
	}
}

/* ---- the list ---- */

static int64_t since_of(const struct temporal_known *k)
{
	return k->gate_ms ? k->gate_ms : k->started_ms;
}

static void add_waiting(struct jsonw *w, const struct temporal_known *k)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "run", k->id);
	jsonw_string(w, "short", k->workflow_id);
	jsonw_string(w, "workflow", k->type);
	jsonw_string(w, "task", "gate");
	jsonw_string(w, "kind", "approval");
	jsonw_time(w, "since", since_of(k));
	jsonw_string(w, "prompt", temporal_prompt_of(k));
	jsonw_end_object(w);
}

static int who_waits_longer(const void *a, const void *b)
{
	const struct temporal_known *const *x = a, *const *y = b;
	int64_t first = since_of(*x), second = since_of(*y);
	return first != second ? (first < second ? -1 : 1) : strcmp((*x)->id, (*y)->id);
}

/* Who waits longest first. */
static void give_inbox(struct temporal_job *j)
{
	VEC(const struct temporal_known *) waiting = { 0 };
	struct str out = { 0 };
	struct jsonw w;
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&j->t->known, &at, &id, &value)) {
		const struct temporal_known *k = value;
		if ((k->listed_waiting || k->looked_waiting) && run_status_is_open(k->status))
			vec_push(&waiting, k);
	}
	if (waiting.len)
		qsort(waiting.items, waiting.len, sizeof *waiting.items, who_waits_longer);
	temporal_list_begin(&w, &out, "inbox");
	for (size_t i = 0; i < waiting.len; i++)
		add_waiting(&w, waiting.items[i]);
	temporal_list_end(&w);
	vec_release(&waiting);
	temporal_give(j, &out, VIEW(""));
	str_release(&out);
}

/* ---- runs of mapped types ---- */

static struct temporal_known *next_unlooked(struct temporal *t)
{
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&t->known, &at, &id, &value)) {
		struct temporal_known *k = value;
		bool mapped = k->type && (mapping_has_type(&t->mappings, view_of(k->type)) ||
					  mapping_query(&t->mappings, view_of(k->type)));
		if (mapped && k->wants_look && !k->listed_waiting && run_status_is_open(k->status))
			return k;
	}
	return NULL;
}

static void look_on(struct temporal_job *j);

static void take_look(struct temporal_job *j)
{
	temporal_look_take(j->t, j->run, json_root(j->describe), NULL);
	look_on(j);
}

static void on_asked(struct temporal_job *j, const struct http_answer *a)
{
	temporal_waiting_take(j->t, json_root(j->describe), a);
	take_look(j);
}

static void on_look(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, TEMPORAL_BODY_MAX, NULL) : NULL;
	const char *name = doc ? temporal_waiting_query(j->t, json_root(doc)) : NULL;
	if (!doc && a->status != 404) {
		temporal_fail(j, a);
		return;
	}
	json_free(j->describe);
	j->describe = doc;
	if (name)
		temporal_send_query(j, name, (struct view){ 0 }, on_asked);
	else if (doc)
		take_look(j);
	else
		look_on(j);
}

static void look_on(struct temporal_job *j)
{
	struct temporal_known *k = next_unlooked(j->t);
	struct str target = { 0 };
	if (!k || j->pages++ >= LOOKS_MAX) {
		give_inbox(j);
		return;
	}
	k->wants_look = false;
	mem_free(j->run);
	j->run = mem_text(k->id);
	mem_free(j->workflow_id);
	j->workflow_id = mem_text(k->workflow_id);
	temporal_add_workflow(&target, j->t, k->workflow_id);
	temporal_add_run(&target, k->id);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_look);
}

static void on_open(struct temporal_job *j, const struct http_answer *a)
{
	const bool waiting = false;
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	learn_rows(j->t, json_get(json_root(doc), "executions"), waiting);
	json_free(doc);
	look_on(j);
}

static void ask_open(struct temporal_job *j)
{
	if (j->t->watch.ticket)
		give_inbox(j);
	else
		ask_runs(j, "ExecutionStatus = 'Running'", on_open);
}

static void prepare(struct temporal_job *j)
{
	temporal_prepare(j, ask_open);
}

void temporal_inbox(struct temporal_job *j)
{
	temporal_know_codec(j, prepare);
}
