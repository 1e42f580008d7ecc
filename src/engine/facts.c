/* A run's state as the facts of the API. */
#include "engine/facts.h"

#include "base/ident.h"

/* ---- secrets ------------------------------------------------------------------- */

static struct view shown(const struct machine *m, struct view text, struct arena *arena)
{
	struct str masked = {0};
	if (mask_empty(m->mask) || !text.len)
		return text;
	mask_text(m->mask, text, &masked);
	text = arena_view(arena, view_of_str(&masked));
	str_release(&masked);
	return text;
}

static struct view shown_json(const struct machine *m, struct view json, struct arena *arena)
{
	struct str masked = {0};
	if (mask_empty(m->mask) || !json.len)
		return json;
	mask_json(m->mask, json, &masked);
	json = arena_view(arena, view_of_str(&masked));
	str_release(&masked);
	return json;
}

/* ---- actions ------------------------------------------------------------------- */

static const enum verb task_verbs[] = {
	VERB_APPROVE, VERB_REJECT, VERB_ANSWER, VERB_RETRY, VERB_SKIP, VERB_ADVANCE, VERB_EDIT,
};
static const enum verb run_verbs[] = { VERB_CANCEL, VERB_PAUSE, VERB_RESUME, VERB_RERUN };

enum {
	N_TASK_VERBS = sizeof task_verbs / sizeof *task_verbs,
	N_RUN_VERBS = sizeof run_verbs / sizeof *run_verbs,
};

struct verbs {
	const enum verb *items;
	size_t len;
};

/* Of the run's most urgent gate, for who sees the run and not its tasks. */
static void add_gate_actions(const struct facts_source *s, const struct machine_task *gate,
			     struct actions_facts *a, struct view *why)
{
	static const enum verb approval[] = { VERB_APPROVE, VERB_REJECT }, question[] = { VERB_ANSWER };
	bool asks = gate->gate.kind == GATE_QUESTION;
	const enum verb *verbs = asks ? question : approval;
	for (size_t i = 0; i < (asks ? 1 : 2); i++) {
		uint32_t bit = UINT32_C(1) << verbs[i];
		const char *reason;
		a->known |= bit;
		if (machine_allows(s->m, gate, verbs[i], s->caller, &reason))
			a->allowed |= bit;
		else
			why[verbs[i]] = view_of(reason);
	}
}

static struct actions_facts actions_of(const struct facts_source *s, const struct machine_task *t,
				       struct arena *arena)
{
	struct verbs verbs = { run_verbs, N_RUN_VERBS };
	const struct machine_task *gate = t ? NULL : machine_urgent_gate(s->m);
	if (t)
		verbs = (struct verbs){ task_verbs, N_TASK_VERBS };
	struct view *why = arena_array(arena, VERBS, sizeof *why);
	struct actions_facts a = { .why = why };
	if (gate)
		add_gate_actions(s, gate, &a, why);
	for (size_t i = 0; i < verbs.len; i++) {
		enum verb v = verbs.items[i];
		const char *reason;
		a.known |= UINT32_C(1) << v;
		if (machine_allows(s->m, t, v, s->caller, &reason))
			a.allowed |= UINT32_C(1) << v;
		else
			why[v] = view_of(reason);
	}
	return a;
}

/* ---- gates ---------------------------------------------------------------------- */

static struct view join_roles(const struct views *roles, struct arena *arena)
{
	struct str text = {0};
	for (size_t i = 0; i < roles->len; i++) {
		str_add_text(&text, i ? ", " : "");
		str_add(&text, roles->items[i]);
	}
	struct view joined = arena_view(arena, view_of_str(&text));
	str_release(&text);
	return joined;
}

static const struct vote *shown_votes(const struct machine *m, const struct machine_gate *g,
				      struct arena *arena)
{
	struct vote *votes = arena_array(arena, g->votes.len, sizeof *votes);
	for (size_t i = 0; i < g->votes.len; i++) {
		votes[i] = g->votes.items[i];
		votes[i].comment = shown(m, votes[i].comment, arena);
	}
	return votes;
}

/* Until when a gate can be decided: its own limit or its run's, whichever comes first. */
static int64_t gate_until(const struct machine *m, const struct machine_task *t)
{
	int64_t own = t->gate.deadline_ms;
	int64_t run = m->stop == RUN_STATUSES && !t->is_finally ? m->deadline_ms : 0;
	return own == 0 || (run > 0 && run < own) ? run : own;
}

void facts_gate(const struct machine *m, const struct machine_task *t, struct arena *arena,
		struct gate_facts *out)
{
	*out = (struct gate_facts){
		.kind = t->gate.kind,
		.task = t->id,
		.prompt = shown(m, t->gate.prompt, arena),
		.schema = t->gate.schema,
		.roles = join_roles(&t->gate.roles, arena),
		.not_own = t->gate.not_own,
		.since_ms = t->gate.since_ms,
		.deadline_ms = gate_until(m, t),
		.required = t->gate.required,
		.given = shown_votes(m, &t->gate, arena),
		.n_given = t->gate.votes.len,
		.version = t->version,
		.attempt = t->attempt,
	};
}

static void all_gates(const struct machine *m, struct arena *arena, struct run_detail *out)
{
	struct gate_facts *gates = arena_array(arena, m->n_tasks, sizeof *gates);
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (m->tasks[i].status == TASK_WAITING)
			facts_gate(m, &m->tasks[i], arena, &gates[out->n_gates++]);
	}
	out->gates = gates;
}

/* ---- tasks ----------------------------------------------------------------------- */

static void attempts_of(const struct machine *m, const struct machine_task *t, struct arena *arena,
			struct task_facts *out)
{
	struct attempt_facts *list = arena_array(arena, t->attempts.len, sizeof *list);
	for (size_t i = 0; i < t->attempts.len; i++) {
		const struct machine_attempt *a = &t->attempts.items[i];
		list[i] = (struct attempt_facts){
			.number = a->number, .status = a->status, .started_ms = a->started_ms,
			.ended_ms = a->ended_ms, .exit_code = a->code, .signal = a->signal,
			.worker = VIEW("local"), .error = shown(m, a->error, arena),
		};
	}
	out->attempts = list;
	out->n_attempts = t->attempts.len;
}

static void process_of(const struct machine_task *t, struct task_facts *out)
{
	const struct machine_attempt *a = machine_attempt(t);
	if (!a)
		return;
	out->args = a->args;
	out->pid = machine_attempt_runs(t) ? a->pid : 0;
	out->exit_code = a->code;
	out->signal = a->signal;
	out->usage = a->usage;
	out->worker = VIEW("local");
}

static void live_of(const struct facts_source *s, const struct machine_task *t,
		    struct arena *arena, struct task_facts *out)
{
	struct task_live live = { .progress = -1 };
	if (!s->live || !t->attempts.len)
		return;
	s->live(s->live_arg, s->m, t, &live);
	out->stdout_bytes = live.stdout_bytes;
	out->stderr_bytes = live.stderr_bytes;
	out->log_truncated = live.truncated;
	if (!machine_attempt_runs(t))
		return;
	out->progress = live.progress;
	out->progress_words = shown(s->m, live.words, arena);
	if (live.usage.cpu_ms || live.usage.max_rss_kb)
		out->usage = live.usage;
}

static void task_of(const struct facts_source *s, const struct machine_task *t,
		    struct arena *arena, struct task_facts *out)
{
	*out = (struct task_facts){
		.id = t->id, .step = t->step, .item = shown_json(s->m, t->item, arena), .title = t->title,
		.status = t->status, .attempt = t->attempt, .max_attempts = t->max_attempts,
		.needs = t->needs.items, .n_needs = t->needs.len,
		.result = shown_json(s->m, t->result, arena),
		.progress = t->status == TASK_COMPLETED ? 1 : -1,
		.queued_ms = t->queued_ms, .started_ms = t->started_ms, .ended_ms = t->ended_ms,
		.next_retry_ms = t->status == TASK_RETRYING ? t->next_retry_ms : 0,
		.exit_code = -1, .version = t->version, .child = t->child,
		.error = { .type = t->error_type, .message = shown(s->m, t->error, arena),
			   .stack = shown(s->m, t->stack, arena) },
		.actions = actions_of(s, t, arena),
	};
	if (out->error.message.len)
		out->error.task = t->id;
	attempts_of(s->m, t, arena, out);
	process_of(t, out);
	out->args = shown_json(s->m, out->args, arena);
	live_of(s, t, arena, out);
	if (t->gate.kind != GATE_NONE)
		facts_gate(s->m, t, arena, &out->gate);
}

/* ---- the run ----------------------------------------------------------------------- */

static bool counts(const struct machine_task *t)
{
	return !t->expanded && (!t->only_on_error || t->armed);
}

static const struct machine_task *with_status(const struct machine *m, enum task_status status)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (m->tasks[i].status == status)
			return &m->tasks[i];
	}
	return NULL;
}

/* The failed one that the run was paused for. */
static const struct machine_task *held_task(const struct machine *m)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (m->tasks[i].held)
			return &m->tasks[i];
	}
	return NULL;
}

static const struct machine_task *current_task(const struct machine *m)
{
	static const enum task_status order[] = {
		TASK_RUNNING, TASK_WAITING, TASK_RETRYING, TASK_QUEUED,
	};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		const struct machine_task *t = with_status(m, order[i]);
		if (t)
			return t;
	}
	return m->ended ? machine_task(m, m->error_task) : held_task(m);
}

static float share_done(const struct facts_source *s, const struct machine_task *t)
{
	struct task_live live = { .progress = -1 };
	if (!task_status_is_open(t->status))
		return 1;
	if (t->status != TASK_RUNNING || !s->live)
		return 0;
	s->live(s->live_arg, s->m, t, &live);
	return live.progress > 0 ? live.progress : 0;
}

static void count_tasks(const struct facts_source *s, struct run_facts *out)
{
	float sum = 0;
	for (size_t i = 0; i < s->m->n_tasks; i++) {
		const struct machine_task *t = &s->m->tasks[i];
		if (!counts(t))
			continue;
		out->tasks_total++;
		out->tasks_done += t->status == TASK_COMPLETED ||
				   (t->status == TASK_SKIPPED && t->satisfied);
		sum += share_done(s, t);
		out->n_gates += t->status == TASK_WAITING;
	}
	out->progress = out->tasks_total ? sum / out->tasks_total : 0;
	if (s->m->status == RUN_COMPLETED)
		out->progress = 1;
}

static struct pairs shown_params(const struct machine *m, struct arena *arena)
{
	struct pair *items = arena_array(arena, m->params.len, sizeof *items);
	for (size_t i = 0; i < m->params.len; i++) {
		items[i] = m->params.items[i];
		for (size_t k = 0; k < m->secrets.len; k++) {
			if (view_eq(m->secrets.items[k], items[i].name))
				items[i].value = VIEW("\"***\"");
		}
	}
	return (struct pairs){ items, m->params.len };
}

static struct view short_id(const struct machine *m, struct arena *arena)
{
	char random[20];
	if (!ident_is_uuid(m->id))
		return m->id;
	ident_random_part(m->id, random);
	return arena_view(arena, view_cut(view_of(random), 0, IDENT_SHORT_MIN));
}

static int retries_of(const struct machine *m)
{
	int n = 0;
	for (size_t i = 0; i < m->n_tasks; i++)
		n += m->tasks[i].attempt > 1 ? m->tasks[i].attempt - 1 : 0;
	return n;
}

static void now_of(const struct facts_source *s, struct arena *arena, struct run_facts *out)
{
	const struct machine *m = s->m;
	const struct machine_task *t = current_task(m), *gate = machine_urgent_gate(m);
	count_tasks(s, out);
	if (t) {
		out->current_task = t->id;
		out->current_status = t->status;
		out->current_attempt = t->attempt;
	}
	if (gate)
		facts_gate(m, gate, arena, &out->waiting);
	out->pending_reason = s->pending_reason;
	/* It lies in the source, which need not live as long as what is made of it. */
	out->pending_detail = arena_view(arena, s->pending_detail);
	out->pending_since_ms = s->pending_ms;
	out->expected_ms = s->expected_ms;
	out->retries = retries_of(m);
}

void facts_run(const struct facts_source *s, struct arena *arena, struct run_facts *out)
{
	const struct machine *m = s->m;
	*out = (struct run_facts){
		.id = m->id, .short_id = short_id(m, arena), .workflow = m->workflow,
		.title = m->title, .status = m->status, .trigger = m->trigger,
		.trigger_by = m->trigger_by, .trigger_source = m->trigger_source,
		.queue = m->queue.len ? m->queue : VIEW("default"),
		.worker = m->started_ms ? VIEW("local") : (struct view){0},
		.environment = m->environment, .parent = m->parent, .labels = m->labels,
		.params = shown_params(m, arena), .recovered = m->recovered, .debug = m->debug,
		.cancel_by = m->cancel_by, .cancel_reason = shown(m, m->cancel_reason, arena),
		.cancel_at_ms = m->cancel_ms, .created_ms = m->created_ms,
		.planned_ms = m->status == RUN_PLANNED ? m->start_at_ms : 0,
		.started_ms = m->started_ms, .ended_ms = m->ended_ms, .version = m->version,
		.seq = m->seq,
		.error = { .type = m->error_type, .message = shown(m, m->error, arena),
			   .stack = shown(m, m->error_stack, arena),
			   .task = m->error_task },
		.actions = actions_of(s, NULL, arena),
	};
	now_of(s, arena, out);
}

static size_t count_attempts(const struct machine *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n_tasks; i++)
		n += m->tasks[i].attempts.len;
	return n;
}

/* Those of earlier attempts, too. */
static void children_of(const struct machine *m, struct arena *arena, struct run_detail *out)
{
	struct view *children = arena_array(arena, count_attempts(m), sizeof *children);
	for (size_t i = 0; i < m->n_tasks; i++) {
		for (size_t k = 0; k < m->tasks[i].attempts.len; k++) {
			const struct machine_attempt *a = &m->tasks[i].attempts.items[k];
			if (a->child.len)
				children[out->n_children++] = a->child;
		}
	}
	out->children = children;
}

void facts_detail(const struct facts_source *s, struct arena *arena, struct run_detail *out)
{
	const struct machine *m = s->m;
	struct task_facts *tasks = arena_array(arena, m->n_tasks, sizeof *tasks);
	*out = (struct run_detail){ .result = shown_json(m, m->result, arena), .tasks = tasks, .n_tasks = m->n_tasks };
	facts_run(s, arena, &out->run);
	for (size_t i = 0; i < m->n_tasks; i++)
		task_of(s, &m->tasks[i], arena, &tasks[i]);
	all_gates(m, arena, out);
	children_of(m, arena, out);
}
