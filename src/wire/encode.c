/* Facts to the API's JSON objects: the inverse of proto.c. Pure. */
#include "wire/encode.h"

static void text_or_null(struct jsonw *w, const char *key, struct view v)
{
	if (v.len)
		jsonw_text(w, key, v);
	else
		jsonw_null(w, key);
}

static void encode_views(struct jsonw *w, const char *key, const struct view *items, size_t n)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < n; i++)
		jsonw_text(w, NULL, items[i]);
	jsonw_end_array(w);
}

/* 0.3, not the 0.30000001192092896 that a float is. */
void encode_progress(struct jsonw *w, float share)
{
	if (share < 0)
		jsonw_null(w, "progress");
	else
		jsonw_real(w, "progress", (double)(int)((double)share * 10000 + 0.5) / 10000);
}

/* Labels are texts, parameters JSON. */
static void encode_labels(struct jsonw *w, const struct pairs *pairs)
{
	jsonw_object(w, "labels");
	for (size_t i = 0; i < pairs->len; i++) {
		jsonw_key(w, pairs->items[i].name);
		jsonw_text(w, NULL, pairs->items[i].value);
	}
	jsonw_end_object(w);
}

static void encode_params(struct jsonw *w, const struct pairs *pairs)
{
	jsonw_object(w, "params");
	for (size_t i = 0; i < pairs->len; i++) {
		jsonw_key(w, pairs->items[i].name);
		jsonw_raw(w, NULL, pairs->items[i].value);
	}
	jsonw_end_object(w);
}

static void encode_error(struct jsonw *w, const struct error_facts *e)
{
	if (!e->message.len && !e->type.len) {
		jsonw_null(w, "error");
		return;
	}
	jsonw_object(w, "error");
	text_or_null(w, "type", e->type);
	jsonw_text(w, "message", e->message);
	text_or_null(w, "stack", e->stack);
	encode_views(w, "causes", e->causes, e->n_causes);
	text_or_null(w, "task", e->task);
	jsonw_end_object(w);
}

static void encode_actions(struct jsonw *w, const struct actions_facts *a)
{
	jsonw_object(w, "actions");
	for (int v = 0; v < VERBS; v++) {
		uint32_t bit = UINT32_C(1) << v;
		if (!(a->known & bit) && !(a->allowed & bit))
			continue;
		if (a->allowed & bit)
			jsonw_bool(w, verb_name((enum verb)v), 1);
		else
			jsonw_text(w, verb_name((enum verb)v), a->why ? a->why[v] : VIEW("not now"));
	}
	jsonw_end_object(w);
}

static const char *gate_name(enum gate_kind kind)
{
	return kind == GATE_QUESTION ? "question" : "approval";
}

/* "approver, admin" as the list that it stands for. */
static void encode_roles(struct jsonw *w, struct view roles)
{
	struct view role;
	jsonw_array(w, "roles");
	while (roles.len && view_split(&roles, ',', &role))
		jsonw_text(w, NULL, view_trim(role));
	jsonw_end_array(w);
}

void encode_gate(struct jsonw *w, const char *key, const struct gate_facts *g)
{
	if (g->kind == GATE_NONE) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	jsonw_text(w, "task", g->task);
	jsonw_string(w, "kind", gate_name(g->kind));
	jsonw_text(w, "prompt", g->prompt);
	jsonw_time(w, "since", g->since_ms);
	jsonw_time(w, "deadline", g->deadline_ms);
	jsonw_int(w, "required", g->required);
	jsonw_array(w, "given");
	for (size_t i = 0; i < g->n_given; i++) {
		jsonw_object(w, NULL);
		jsonw_text(w, "by", g->given[i].by);
		jsonw_time(w, "at", g->given[i].at_ms);
		jsonw_string(w, "verb", verb_name(g->given[i].verb));
		text_or_null(w, "comment", g->given[i].comment);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	encode_roles(w, g->roles);
	jsonw_bool(w, "not_own", g->not_own);
	jsonw_raw(w, "schema", g->schema);
	jsonw_int(w, "version", g->version);
	jsonw_int(w, "attempt", g->attempt);
	jsonw_end_object(w);
}

static void encode_trigger(struct jsonw *w, const struct run_facts *r)
{
	jsonw_object(w, "trigger");
	jsonw_string(w, "kind", trigger_name(r->trigger));
	text_or_null(w, "by", r->trigger_by);
	text_or_null(w, "source", r->trigger_source);
	jsonw_end_object(w);
}

void encode_run_progress(struct jsonw *w, const struct run_facts *r)
{
	encode_progress(w, r->progress);
	jsonw_int(w, "tasks_done", r->tasks_done);
	jsonw_int(w, "tasks_total", r->tasks_total);
	if (r->current_task.len) {
		jsonw_object(w, "current");
		jsonw_text(w, "task", r->current_task);
		jsonw_string(w, "status", task_status_name(r->current_status));
		jsonw_int(w, "attempt", r->current_attempt);
		jsonw_end_object(w);
	} else {
		jsonw_null(w, "current");
	}
}

static void encode_now(struct jsonw *w, const struct run_facts *r)
{
	encode_run_progress(w, r);
	encode_gate(w, "waiting", &r->waiting);
	jsonw_int(w, "waiting_gates", r->n_gates);
	if (r->pending_reason.len) {
		jsonw_object(w, "pending");
		jsonw_text(w, "reason", r->pending_reason);
		text_or_null(w, "detail", r->pending_detail);
		jsonw_time(w, "since", r->pending_since_ms);
		jsonw_end_object(w);
	} else {
		jsonw_null(w, "pending");
	}
}

static void encode_cancel(struct jsonw *w, const struct run_facts *r)
{
	if (!r->cancel_at_ms) {
		jsonw_null(w, "cancel_requested");
		return;
	}
	jsonw_object(w, "cancel_requested");
	text_or_null(w, "by", r->cancel_by);
	jsonw_time(w, "at", r->cancel_at_ms);
	text_or_null(w, "reason", r->cancel_reason);
	jsonw_end_object(w);
}

/* params: of an engine that has no named ones, or empty. */
static void encode_run_members(struct jsonw *w, const struct run_facts *r, struct view params)
{
	jsonw_text(w, "id", r->id);
	jsonw_text(w, "short", r->short_id);
	jsonw_text(w, "workflow", r->workflow);
	text_or_null(w, "title", r->title);
	jsonw_string(w, "status", run_status_name(r->status));
	jsonw_string(w, "lane", lane_name(run_status_lane(r->status)));
	encode_trigger(w, r);
	encode_labels(w, &r->labels);
	if (!r->params.len && params.len)
		jsonw_raw(w, "params", params);
	else
		encode_params(w, &r->params);
	text_or_null(w, "environment", r->environment);
	jsonw_bool(w, "recovered", r->recovered);
	encode_now(w, r);
	encode_cancel(w, r);
	encode_error(w, &r->error);
	text_or_null(w, "queue", r->queue);
	jsonw_int(w, "retries", r->retries);
	if (r->expected_ms)
		jsonw_int(w, "expected_ms", r->expected_ms);
	else
		jsonw_null(w, "expected_ms");
	text_or_null(w, "worker", r->worker);
	text_or_null(w, "parent", r->parent);
	jsonw_bool(w, "debug", r->debug);
	jsonw_time(w, "created_at", r->created_ms);
	jsonw_time(w, "planned_at", r->planned_ms);
	jsonw_time(w, "started_at", r->started_ms);
	jsonw_time(w, "ended_at", r->ended_ms);
	jsonw_int(w, "version", r->version);
	jsonw_int(w, "seq", r->seq);
	encode_actions(w, &r->actions);
}

void encode_run(struct jsonw *w, const char *key, const struct run_facts *r)
{
	jsonw_object(w, key);
	encode_run_members(w, r, VIEW(""));
	jsonw_end_object(w);
}

static void encode_end(struct jsonw *w, int exit_code, int signum)
{
	if (exit_code >= 0)
		jsonw_int(w, "exit_code", exit_code);
	else
		jsonw_null(w, "exit_code");
	if (signum)
		jsonw_int(w, "signal", signum);
	else
		jsonw_null(w, "signal");
}

static void encode_attempts(struct jsonw *w, const struct task_facts *t)
{
	jsonw_array(w, "attempts");
	for (size_t i = 0; i < t->n_attempts; i++) {
		const struct attempt_facts *a = &t->attempts[i];
		jsonw_object(w, NULL);
		jsonw_int(w, "attempt", a->number);
		jsonw_string(w, "status", task_status_name(a->status));
		jsonw_time(w, "started_at", a->started_ms);
		jsonw_time(w, "ended_at", a->ended_ms);
		encode_end(w, a->exit_code, a->signal);
		text_or_null(w, "error", a->error);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void encode_process(struct jsonw *w, const struct task_facts *t)
{
	text_or_null(w, "worker", t->worker);
	if (t->pid)
		jsonw_int(w, "pid", t->pid);
	else
		jsonw_null(w, "pid");
	encode_end(w, t->exit_code, t->signal);
	jsonw_object(w, "usage");
	jsonw_int(w, "cpu_ms", t->usage.cpu_ms);
	jsonw_int(w, "max_rss_kb", t->usage.max_rss_kb);
	jsonw_int(w, "read_bytes", t->usage.read_bytes);
	jsonw_int(w, "write_bytes", t->usage.write_bytes);
	jsonw_end_object(w);
}

void encode_task(struct jsonw *w, const char *key, const struct task_facts *t)
{
	jsonw_object(w, key);
	jsonw_text(w, "id", t->id);
	jsonw_text(w, "step", t->step);
	jsonw_raw(w, "item", t->item);
	text_or_null(w, "title", t->title);
	jsonw_string(w, "status", task_status_name(t->status));
	jsonw_int(w, "attempt", t->attempt);
	encode_attempts(w, t);
	encode_views(w, "needs", t->needs, t->n_needs);
	jsonw_raw(w, "args", t->args);
	jsonw_raw(w, "result", t->result);
	encode_error(w, &t->error);
	encode_progress(w, t->progress);
	jsonw_time(w, "queued_at", t->queued_ms);
	jsonw_time(w, "started_at", t->started_ms);
	jsonw_time(w, "ended_at", t->ended_ms);
	jsonw_time(w, "next_retry_at", t->next_retry_ms);
	encode_process(w, t);
	jsonw_int(w, "version", t->version);
	encode_actions(w, &t->actions);
	encode_gate(w, "gate", &t->gate);
	jsonw_object(w, "log");
	jsonw_int(w, "stdout_bytes", t->stdout_bytes);
	jsonw_int(w, "stderr_bytes", t->stderr_bytes);
	jsonw_end_object(w);
	jsonw_bool(w, "log_truncated", t->log_truncated);
	text_or_null(w, "child", t->child);
	jsonw_end_object(w);
}

void encode_detail(struct jsonw *w, const char *key, const struct run_detail *d)
{
	jsonw_object(w, key);
	encode_run_members(w, &d->run, d->params);
	jsonw_raw(w, "result", d->result);
	jsonw_array(w, "tasks");
	for (size_t i = 0; i < d->n_tasks; i++)
		encode_task(w, NULL, &d->tasks[i]);
	jsonw_end_array(w);
	jsonw_array(w, "gates");
	for (size_t i = 0; i < d->n_gates; i++)
		encode_gate(w, NULL, &d->gates[i]);
	jsonw_end_array(w);
	encode_views(w, "children", d->children, d->n_children);
	jsonw_end_object(w);
}

void encode_history(struct jsonw *w, const char *key, const struct history_facts *h)
{
	jsonw_object(w, key);
	jsonw_int(w, "seq", h->seq);
	jsonw_time(w, "at", h->at_ms);
	jsonw_text(w, "kind", h->kind);
	text_or_null(w, "by", h->by);
	text_or_null(w, "task", h->task);
	if (h->attempt)
		jsonw_int(w, "attempt", h->attempt);
	text_or_null(w, "text", h->text);
	text_or_null(w, "comment", h->comment);
	jsonw_end_object(w);
}
