/* The API's other lists: workflows, inbox, queues, workers, statistics, audit. */
#include "base/when.h"
#include "engine/engine_inside.h"
#include "wire/encode.h"

static void text_or_null(struct jsonw *w, const char *key, struct view v)
{
	if (v.len)
		jsonw_text(w, key, v);
	else
		jsonw_null(w, key);
}

/* ---- workflows ---------------------------------------------------------------------- */

static void add_bounds(struct jsonw *w, const struct param *p)
{
	bool list = p->type == PARAM_ARRAY;
	if (p->has_minimum)
		jsonw_real(w, "minimum", p->minimum);
	if (p->has_maximum)
		jsonw_real(w, "maximum", p->maximum);
	if (p->min_length >= 0)
		jsonw_int(w, list ? "minItems" : "minLength", p->min_length);
	if (p->max_length >= 0)
		jsonw_int(w, list ? "maxItems" : "maxLength", p->max_length);
	if (p->pattern.len)
		jsonw_text(w, "pattern", p->pattern);
}

static void add_param(struct jsonw *w, const struct param *p)
{
	jsonw_key(w, p->name);
	jsonw_object(w, NULL);
	jsonw_string(w, "type", param_type_name(p->type));
	if (p->title.len)
		jsonw_text(w, "title", p->title);
	if (p->description.len)
		jsonw_text(w, "description", p->description);
	jsonw_bool(w, "required", p->required);
	jsonw_bool(w, "secret", p->secret);
	if (p->fallback.len)
		jsonw_raw(w, "default", p->fallback);
	if (p->type == PARAM_ARRAY) {
		jsonw_object(w, "items");
		jsonw_string(w, "type", param_type_name(p->items));
		jsonw_end_object(w);
	}
	if (p->n_choices) {
		jsonw_array(w, "enum");
		for (size_t i = 0; i < p->n_choices; i++)
			jsonw_raw(w, NULL, p->choices[i]);
		jsonw_end_array(w);
	}
	add_bounds(w, p);
	jsonw_end_object(w);
}

static void add_open_runs(struct jsonw *w, const struct engine *e, const char *name)
{
	int counts[RUN_STATUSES] = {0};
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct machine *m = e->runs.items[i]->m;
		counts[m->status] += view_is(m->workflow, name);
	}
	jsonw_object(w, "open_runs");
	for (int s = 0; s < RUN_STATUSES; s++) {
		if (run_status_is_open((enum run_status)s))
			jsonw_int(w, run_status_name((enum run_status)s), counts[s]);
	}
	jsonw_end_object(w);
}

static const char *step_kind_word(enum step_kind kind)
{
	static const char *const words[] = {
		[STEP_RUN] = "run", [STEP_ARGS] = "args", [STEP_APPROVE] = "approve",
		[STEP_ASK] = "ask", [STEP_WORKFLOW] = "workflow",
	};
	return words[kind];
}

/* The graph: steps with what they need. */
static void add_steps(struct jsonw *w, const struct workflow *wf)
{
	jsonw_array(w, "steps");
	for (size_t i = 0; i < wf->n_steps; i++) {
		const struct step *s = &wf->steps[i];
		jsonw_object(w, NULL);
		jsonw_text(w, "id", s->id);
		text_or_null(w, "title", s->title);
		jsonw_string(w, "kind", step_kind_word(s->kind));
		jsonw_array(w, "needs");
		for (size_t k = 0; k < s->n_needs; k++)
			jsonw_text(w, NULL, s->needs[k]);
		jsonw_end_array(w);
		text_or_null(w, "if", s->condition);
		jsonw_bool(w, "finally", s->is_finally);
		jsonw_bool(w, "only_on_error", s->only_on_error);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void add_definition(struct jsonw *w, const struct workflow *wf)
{
	text_or_null(w, "title", wf->title);
	text_or_null(w, "description", wf->description);
	jsonw_object(w, "labels");
	for (size_t i = 0; i < wf->labels.len; i++) {
		jsonw_key(w, wf->labels.items[i].name);
		jsonw_text(w, NULL, wf->labels.items[i].value);
	}
	jsonw_end_object(w);
	jsonw_object(w, "params");
	for (size_t i = 0; i < wf->params.len; i++)
		add_param(w, &wf->params.items[i]);
	jsonw_end_object(w);
	jsonw_text(w, "queue", wf->queue.len ? wf->queue : VIEW("default"));
	jsonw_int(w, "priority", wf->priority);
	jsonw_int(w, "concurrency", wf->concurrency);
	jsonw_string(w, "hash", wf->hash);
	add_steps(w, wf);
}

/* What does not go though the file is right. */
static void add_warning(struct jsonw *w, const struct workflow *wf)
{
	struct str text = { 0 };
	bool deaf = wf && wf->webhook_secret_env.len && !engine_hook_secret(wf);
	if (deaf)
		str_addf(&text, "its webhook takes nothing: %.*s is not set in the engine's environment",
			 (int)wf->webhook_secret_env.len, wf->webhook_secret_env.ptr);
	jsonw_string(w, "warning", deaf ? str_text(&text) : NULL);
	str_release(&text);
}

/* Why it cannot be started; NULL: it can. */
static const char *start_bar(const struct catalog_entry *entry, const struct engine_viewer *viewer)
{
	if (!entry->workflow)
		return "its file has errors";
	if (viewer && viewer->starts && !viewer->starts(viewer->arg, view_of(entry->name)))
		return "your roles do not let you do this";
	return NULL;
}

static void add_workflow(struct jsonw *w, const struct engine *e, const struct catalog_entry *entry,
			 const struct engine_viewer *viewer)
{
	const char *bar = start_bar(entry, viewer);
	jsonw_object(w, NULL);
	jsonw_string(w, "name", entry->name);
	jsonw_string(w, "file", entry->path);
	jsonw_string(w, "error", entry->error);
	add_warning(w, entry->workflow);
	if (entry->workflow)
		add_definition(w, entry->workflow);
	add_open_runs(w, e, entry->name);
	jsonw_object(w, "actions");
	if (bar)
		jsonw_string(w, "start", bar);
	else
		jsonw_raw(w, "start", VIEW("true"));
	jsonw_end_object(w);
	jsonw_end_object(w);
}

bool engine_workflow(struct engine *e, struct view name, const struct engine_viewer *viewer,
		     struct str *out, struct err *err)
{
	struct jsonw w;
	engine_read_catalog(e);
	for (size_t i = 0; i < catalog_count(e->catalog); i++) {
		const struct catalog_entry *entry = catalog_at(e->catalog, i);
		if (!view_is(name, entry->name))
			continue;
		jsonw_init(&w, out);
		add_workflow(&w, e, entry, viewer);
		return true;
	}
	return err_set(err, ERR_NOT_FOUND, "there is no workflow %.*s", (int)name.len, name.ptr);
}

static void table_workflows(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w)
{
	engine_read_catalog(e);
	for (size_t i = 0; i < catalog_count(e->catalog); i++) {
		if (engine_sees(viewer, view_of(catalog_at(e->catalog, i)->name)))
			add_workflow(w, e, catalog_at(e->catalog, i), viewer);
	}
}

/* ---- inbox ------------------------------------------------------------------------------ */

struct waiting {
	const struct machine *m;
	const struct machine_task *t;
};

/* Nearest deadline first, then who has waited longest. */
static int by_urgency(const void *a, const void *b)
{
	const struct machine_gate *x = &((const struct waiting *)a)->t->gate;
	const struct machine_gate *y = &((const struct waiting *)b)->t->gate;
	int64_t dx = x->deadline_ms ? x->deadline_ms : INT64_MAX;
	int64_t dy = y->deadline_ms ? y->deadline_ms : INT64_MAX;
	if (dx != dy)
		return dx < dy ? -1 : 1;
	return (x->since_ms > y->since_ms) - (x->since_ms < y->since_ms);
}

static void add_waiting(struct jsonw *w, const struct engine *e, const struct waiting *item)
{
	struct arena arena = {0};
	struct facts_source source = { .m = item->m };
	struct run_facts run;
	struct gate_facts gate;
	facts_run(&source, &arena, &run);
	facts_gate(item->m, item->t, &arena, &gate);
	jsonw_object(w, NULL);
	jsonw_text(w, "run", item->m->id);
	jsonw_text(w, "short", run.short_id);
	jsonw_text(w, "workflow", item->m->workflow);
	text_or_null(w, "title", item->m->title);
	jsonw_text(w, "task", item->t->id);
	jsonw_string(w, "kind", gate.kind == GATE_QUESTION ? "question" : "approval");
	jsonw_time(w, "since", gate.since_ms);
	jsonw_time(w, "deadline", gate.deadline_ms);
	jsonw_text(w, "prompt", gate.prompt);
	jsonw_int(w, "version", gate.version);
	encode_gate(w, "gate", &gate);
	jsonw_end_object(w);
	arena_release(&arena);
}

static void table_inbox(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w)
{
	VEC(struct waiting) all = {0};
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct machine *m = e->runs.items[i]->m;
		for (size_t k = 0; engine_sees(viewer, m->workflow) && k < m->n_tasks; k++) {
			struct waiting item = { m, &m->tasks[k] };
			if (m->tasks[k].status == TASK_WAITING)
				vec_push(&all, item);
		}
	}
	if (all.len)
		qsort(all.items, all.len, sizeof *all.items, by_urgency);
	for (size_t i = 0; i < all.len; i++)
		add_waiting(w, e, &all.items[i]);
	vec_release(&all);
}

/* ---- queues, workers, statistics, audit ---------------------------------------------------- */

static void table_queues(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w)
{
	engine_count_queues(e);
	for (size_t i = 0; i < e->queues.list.len; i++) {
		const struct queue *q = e->queues.list.items[i];
		jsonw_object(w, NULL);
		jsonw_string(w, "name", q->name);
		jsonw_int(w, "slots", q->slots);
		jsonw_int(w, "running", q->running);
		jsonw_int(w, "queued", q->queued);
		jsonw_time(w, "oldest", q->oldest_ms);
		jsonw_end_object(w);
	}
}

/* What a queue's slots do now. */
static void add_attempts(struct jsonw *w, struct engine *e, const struct queue *q,
			 const struct engine_viewer *viewer)
{
	jsonw_array(w, "tasks");
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct machine *m = e->runs.items[i]->m;
		for (size_t k = 0; engine_sees(viewer, m->workflow) && k < m->n_tasks; k++) {
			const struct machine_task *t = &m->tasks[k];
			if (!machine_has_slot(t) || engine_queue_of(e, m, t) != q)
				continue;
			jsonw_object(w, NULL);
			jsonw_text(w, "run", m->id);
			jsonw_text(w, "task", t->id);
			jsonw_int(w, "attempt", t->attempt);
			jsonw_time(w, "since", machine_attempt(t)->started_ms);
			jsonw_end_object(w);
		}
	}
	jsonw_end_array(w);
}

/* The engine works itself: one worker, for each queue that has slots. */
static void table_workers(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w)
{
	engine_count_queues(e);
	for (size_t i = 0; i < e->queues.list.len; i++) {
		const struct queue *q = e->queues.list.items[i];
		if (!q->slots)
			continue;
		jsonw_object(w, NULL);
		jsonw_string(w, "name", "local");
		jsonw_string(w, "queue", q->name);
		jsonw_int(w, "slots", q->slots);
		jsonw_int(w, "running", q->running);
		add_attempts(w, e, q, viewer);
		jsonw_end_object(w);
	}
}

static bool add_audit(void *arg, struct db_stmt *row)
{
	struct jsonw *w = arg;
	jsonw_object(w, NULL);
	jsonw_time(w, "at", db_int(row, 0));
	jsonw_text(w, "by", db_text(row, 1));
	jsonw_text(w, "what", db_text(row, 2));
	jsonw_text(w, "why", db_text(row, 3));
	jsonw_end_object(w);
	return true;
}

static void table_audit(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w)
{
	journal_read_audit(e->journal, add_audit, w);
}

static const struct {
	const char *name;
	void (*write)(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w);
} tables[ENGINE_TABLES] = {
	[ENGINE_WORKFLOWS] = { "workflows", table_workflows },
	[ENGINE_INBOX] = { "inbox", table_inbox },
	[ENGINE_SCHEDULES] = { "schedules", engine_schedule_rows },
	[ENGINE_QUEUES] = { "queues", table_queues },
	[ENGINE_WORKERS] = { "workers", table_workers },
	[ENGINE_AUDIT] = { "audit", table_audit },
};

bool engine_table(struct engine *e, enum engine_table table, const struct engine_viewer *viewer,
		  struct str *out)
{
	struct jsonw w;
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_array(&w, tables[table].name);
	tables[table].write(e, viewer, &w);
	jsonw_end_array(&w);
	jsonw_null(&w, "next_cursor");
	jsonw_end_object(&w);
	return true;
}
