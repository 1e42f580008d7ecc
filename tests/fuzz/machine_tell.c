/* The whole state of a run as text, so that two of them can be compared. */
#include "machine_parts.h"

static void add(struct str *out, const char *name, struct view v)
{
	str_addf(out, "%s=", name);
	str_add(out, v);
	str_add_char(out, '\n');
}

static void add_int(struct str *out, const char *name, int64_t n)
{
	str_addf(out, "%s=%lld\n", name, (long long)n);
}

static void tell_gate(const struct machine_gate *g, struct str *out)
{
	add(out, "prompt", g->prompt);
	add(out, "schema", g->schema);
	add(out, "key", g->key);
	add(out, "value", g->value);
	str_addf(out, "gate %d %d %d %d %lld %lld %d\n", (int)g->kind, g->required, (int)g->not_own,
		 (int)g->unknown, (long long)g->since_ms, (long long)g->deadline_ms,
		 (int)g->on_timeout);
	for (size_t i = 0; i < g->roles.len; i++)
		add(out, "role", g->roles.items[i]);
	for (size_t i = 0; i < g->votes.len; i++) {
		add(out, verb_name(g->votes.items[i].verb), g->votes.items[i].by);
		add(out, "comment", g->votes.items[i].comment);
		add_int(out, "at", g->votes.items[i].at_ms);
	}
}

static void tell_attempt(const struct machine_attempt *a, struct str *out)
{
	str_addf(out, "attempt %d %d %lld %lld %lld %d %d %d\n", a->number, (int)a->status,
		 (long long)a->started_ms, (long long)a->ended_ms, (long long)a->pid, a->code,
		 a->signal, (int)a->unknown);
	add(out, "args", a->args);
	add(out, "error", a->error);
	add(out, "child", a->child);
}

static void tell_task(const struct machine_task *t, struct str *out)
{
	add(out, "task", t->id);
	add(out, "step", t->step);
	add(out, "item", t->item);
	add(out, "queue", t->queue);
	str_addf(out, "%d %d %d%d%d%d%d%d%d%d%d %s %d %d %d\n", t->item_index, (int)t->kind,
		 t->is_finally, t->only_on_error, t->armed, t->satisfied, t->caught, t->held,
		 t->stopping, t->late, t->expanded, task_status_name(t->status), t->attempt,
		 t->tries, t->max_attempts);
	str_addf(out, "%lld %lld %lld %lld %lld %lld\n", (long long)t->queued_ms,
		 (long long)t->started_ms, (long long)t->ended_ms, (long long)t->next_retry_ms,
		 (long long)t->child_due_ms, (long long)t->version);
	for (size_t i = 0; i < t->needs.len; i++)
		add(out, "needs", t->needs.items[i]);
	add(out, "result", t->result);
	add(out, "edit", t->edit);
	add(out, "error_type", t->error_type);
	add(out, "error", t->error);
	add(out, "child", t->child);
	tell_gate(&t->gate, out);
	for (size_t i = 0; i < t->attempts.len; i++)
		tell_attempt(&t->attempts.items[i], out);
	for (size_t i = 0; i < t->answers.len; i++)
		add(out, "answer", t->answers.items[i].value);
}

void machine_tell(const struct machine *m, struct str *out)
{
	add(out, "id", m->id);
	add(out, "title", m->title);
	add(out, "result", m->result);
	add(out, "error", m->error);
	add(out, "error_type", m->error_type);
	add(out, "error_task", m->error_task);
	add(out, "cancel_by", m->cancel_by);
	add(out, "paused_by", m->paused_by);
	str_addf(out, "%s %d%d%d%d%d %d %lld %lld %lld %lld %lld %lld\n", run_status_name(m->status),
		 m->admitted, m->recovered, m->ended, m->stop_finally, m->paused, (int)m->stop,
		 (long long)m->created_ms, (long long)m->started_ms, (long long)m->ended_ms,
		 (long long)m->deadline_ms, (long long)m->cancel_ms, (long long)m->version);
	for (size_t i = 0; i < m->n_tasks; i++)
		tell_task(&m->tasks[i], out);
}
