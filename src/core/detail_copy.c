/* Deep copies of the facts of one run. Plain fields are taken over by assignment;
 * what follows each assignment is every view and array of that struct. */
#include "core/detail_copy.h"

static void keep(struct arena *a, struct view *v)
{
	*v = arena_view(a, *v);
}

static const struct view *copy_views(struct arena *a, const struct view *from, size_t n)
{
	struct view *to = n > 0 && from ? arena_array(a, n, sizeof *to) : NULL;

	for (size_t i = 0; to && i < n; i++)
		to[i] = arena_view(a, from[i]);
	return to;
}

static void keep_pairs(struct arena *a, struct pairs *p)
{
	struct pair *to = p->len > 0 ? arena_array(a, p->len, sizeof *to) : NULL;

	for (size_t i = 0; i < p->len; i++) {
		to[i].name = arena_view(a, p->items[i].name);
		to[i].value = arena_view(a, p->items[i].value);
	}
	p->items = to;
}

static void keep_gate(struct arena *a, struct gate_facts *g)
{
	struct vote *votes = g->n_given > 0 ? arena_array(a, g->n_given, sizeof *votes) : NULL;

	keep(a, &g->task);
	keep(a, &g->prompt);
	keep(a, &g->schema);
	keep(a, &g->roles);
	for (size_t i = 0; i < g->n_given; i++) {
		votes[i] = g->given[i];
		keep(a, &votes[i].by);
		keep(a, &votes[i].comment);
	}
	g->given = votes;
}

static void keep_actions(struct arena *a, struct actions_facts *f)
{
	if (f->why)
		f->why = copy_views(a, f->why, VERBS);
}

static void keep_error(struct arena *a, struct error_facts *e)
{
	keep(a, &e->type);
	keep(a, &e->message);
	keep(a, &e->stack);
	keep(a, &e->task);
	e->causes = copy_views(a, e->causes, e->n_causes);
}

static void keep_run(struct arena *a, struct run_facts *r)
{
	struct view *const views[] = {
		&r->id, &r->short_id, &r->workflow, &r->title, &r->raw_status, &r->trigger_by,
		&r->trigger_source, &r->queue, &r->worker, &r->environment, &r->parent, &r->link,
		&r->current_task, &r->pending_reason, &r->pending_detail, &r->cancel_by,
		&r->cancel_reason,
	};

	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		keep(a, views[i]);
	keep_pairs(a, &r->labels);
	keep_pairs(a, &r->params);
	keep_gate(a, &r->waiting);
	keep_error(a, &r->error);
	keep_actions(a, &r->actions);
}

static void keep_attempts(struct arena *a, struct task_facts *t)
{
	struct attempt_facts *to =
		t->n_attempts > 0 ? arena_array(a, t->n_attempts, sizeof *to) : NULL;

	for (size_t i = 0; i < t->n_attempts; i++) {
		to[i] = t->attempts[i];
		keep(a, &to[i].worker);
		keep(a, &to[i].error);
	}
	t->attempts = to;
}

static void keep_task(struct arena *a, struct task_facts *t)
{
	struct view *const views[] = {
		&t->id, &t->step, &t->item, &t->title, &t->args, &t->result,
		&t->progress_words, &t->worker, &t->command, &t->child,
	};

	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		keep(a, views[i]);
	keep_attempts(a, t);
	t->needs = copy_views(a, t->needs, t->n_needs);
	keep_error(a, &t->error);
	keep_actions(a, &t->actions);
	keep_gate(a, &t->gate);
}

const struct run_detail *detail_copy(struct arena *a, const struct run_detail *d)
{
	struct run_detail *to = arena_alloc(a, sizeof *to);
	struct task_facts *tasks = arena_array(a, d->n_tasks, sizeof *tasks);
	struct gate_facts *gates = arena_array(a, d->n_gates, sizeof *gates);

	*to = *d;
	keep_run(a, &to->run);
	keep(a, &to->params);
	keep(a, &to->result);
	keep(a, &to->left_out);
	for (size_t i = 0; i < d->n_tasks; i++) {
		tasks[i] = d->tasks[i];
		keep_task(a, &tasks[i]);
	}
	for (size_t i = 0; i < d->n_gates; i++) {
		gates[i] = d->gates[i];
		keep_gate(a, &gates[i]);
	}
	to->tasks = tasks;
	to->gates = gates;
	to->children = copy_views(a, d->children, d->n_children);
	return to;
}

const struct history_facts *history_copy(struct arena *a, const struct history_facts *h, size_t n)
{
	struct history_facts *to = arena_array(a, n, sizeof *to);

	for (size_t i = 0; i < n; i++) {
		to[i] = h[i];
		keep(a, &to[i].kind);
		keep(a, &to[i].by);
		keep(a, &to[i].task);
		keep(a, &to[i].text);
		keep(a, &to[i].comment);
	}
	return to;
}
