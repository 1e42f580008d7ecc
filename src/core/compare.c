/* Two runs side by side. */
#include "core/compare.h"

#include <stdlib.h>

#include "base/vec.h"
#include "base/when.h"
#include "core/filter.h"

enum { SECOND_MS = 1000, SLOWER = 2 };

struct comparing {
	struct arena *arena;
	const struct run_detail *const *runs;
	const struct task_facts **tasks[COMPARED];	/* of each run, by id */
	VEC(struct compare_row) rows;
};

/* ---- which other run ---- */

bool compare_prefers(int64_t mine_ms, int64_t ms, int64_t best_ms)
{
	bool older = ms < mine_ms, best_is_older = best_ms < mine_ms;
	if (!best_ms)
		return true;
	return older == best_is_older ? ms > best_ms : older;
}

void compare_add_filter(struct str *s, struct view workflow, int64_t until_ms)
{
	str_add_text(s, "status:completed workflow:");
	filter_add_quoted(s, workflow);
	if (until_ms) {
		str_add_text(s, " until:");
		when_add_rfc3339(s, until_ms);
	}
}

/* ---- rows ---- */

static void add(struct comparing *c, struct view what, const struct view cells[COMPARED],
		bool differs)
{
	struct compare_row row = { .what = arena_view(c->arena, what), .differs = differs };
	for (int i = 0; i < COMPARED; i++)
		row.cells[i] = arena_view(c->arena, cells[i]);
	vec_push(&c->rows, row);
}

static void add_texts(struct comparing *c, const char *what, const struct view cells[COMPARED])
{
	add(c, view_of(what), cells, !view_eq(cells[0], cells[1]));
}

/* Of things that are a row only where they differ. */
static void add_different(struct comparing *c, const char *of, const char *what,
			  const struct view cells[COMPARED])
{
	struct str name = {0};
	if (view_eq(cells[0], cells[1]))
		return;
	str_addf(&name, "%s%s%s", of, *of ? " " : "", what);
	add(c, view_of_str(&name), cells, true);
	str_release(&name);
}

static bool is_slower(int64_t a_ms, int64_t b_ms)
{
	return a_ms > SLOWER * b_ms && a_ms - b_ms > SECOND_MS;
}

static bool times_differ(const int64_t ms[COMPARED])
{
	return ms[0] >= 0 && ms[1] >= 0 && (is_slower(ms[0], ms[1]) || is_slower(ms[1], ms[0]));
}

/* -1: it has not ended, or has never begun. */
static int64_t took(int64_t started_ms, int64_t ended_ms)
{
	return started_ms && ended_ms ? ended_ms - started_ms : -1;
}

/* ---- the run ---- */

static void compare_status(struct comparing *c)
{
	struct str s[COMPARED] = { {0}, {0} };
	struct view cells[COMPARED];
	for (int i = 0; i < COMPARED; i++) {
		const struct run_facts *r = &c->runs[i]->run;
		str_add_text(&s[i], run_status_name(r->status));
		if (r->recovered)
			str_add_text(&s[i], " (recovered)");
		if (r->error.message.len)
			str_add_text(&s[i], ": ");
		str_add(&s[i], r->error.message);
		cells[i] = view_of_str(&s[i]);
	}
	add_texts(c, "status", cells);
	for (int i = 0; i < COMPARED; i++)
		str_release(&s[i]);
}

static void compare_took(struct comparing *c)
{
	struct str s[COMPARED] = { {0}, {0} };
	struct view cells[COMPARED];
	int64_t ms[COMPARED];
	for (int i = 0; i < COMPARED; i++) {
		ms[i] = took(c->runs[i]->run.started_ms, c->runs[i]->run.ended_ms);
		if (ms[i] >= 0)
			when_add_span(&s[i], ms[i]);
		cells[i] = view_of_str(&s[i]);
	}
	add(c, VIEW("took"), cells, times_differ(ms));
	for (int i = 0; i < COMPARED; i++)
		str_release(&s[i]);
}

static void compare_origin(struct comparing *c)
{
	const struct run_facts *a = &c->runs[0]->run, *b = &c->runs[1]->run;
	struct view kinds[COMPARED] = { view_of(trigger_name(a->trigger)),
					view_of(trigger_name(b->trigger)) };
	add_different(c, "", "workflow", (struct view[]){ a->workflow, b->workflow });
	add_different(c, "", "trigger", kinds);
	add_different(c, "", "started by", (struct view[]){ a->trigger_by, b->trigger_by });
	add_different(c, "", "queue", (struct view[]){ a->queue, b->queue });
	add_different(c, "", "worker", (struct view[]){ a->worker, b->worker });
	add_different(c, "", "environment", (struct view[]){ a->environment, b->environment });
}

/* ---- pairs: by name, in the order of the first run, then what only the other has ---- */

static const struct pair *pair_named(const struct pairs *p, struct view name)
{
	for (size_t i = 0; i < p->len; i++)
		if (view_eq(p->items[i].name, name))
			return &p->items[i];
	return NULL;
}

static void compare_pair(struct comparing *c, const char *kind, const struct pairs *p[COMPARED],
			 struct view name)
{
	struct str what = {0};
	struct view cells[COMPARED];
	for (int i = 0; i < COMPARED; i++) {
		const struct pair *pair = pair_named(p[i], name);
		cells[i] = pair ? pair->value : VIEW("");
	}
	str_addf(&what, "%s %.*s", kind, (int)name.len, name.ptr);
	add_texts(c, str_text(&what), cells);
	str_release(&what);
}

static void compare_pairs(struct comparing *c, const char *kind, const struct pairs *first,
			  const struct pairs *second)
{
	const struct pairs *p[COMPARED] = { first, second };
	for (size_t i = 0; i < first->len; i++)
		compare_pair(c, kind, p, first->items[i].name);
	for (size_t i = 0; i < second->len; i++)
		if (!pair_named(first, second->items[i].name))
			compare_pair(c, kind, p, second->items[i].name);
}

/* ---- steps ---- */

static int by_id(const void *a, const void *b)
{
	const struct task_facts *const *x = a, *const *y = b;
	return view_cmp((*x)->id, (*y)->id);
}

static void sort_tasks(struct comparing *c)
{
	for (int i = 0; i < COMPARED; i++) {
		const struct run_detail *d = c->runs[i];
		c->tasks[i] = arena_array(c->arena, d->n_tasks + 1, sizeof **c->tasks);
		for (size_t k = 0; k < d->n_tasks; k++)
			c->tasks[i][k] = &d->tasks[k];
		qsort(c->tasks[i], d->n_tasks, sizeof **c->tasks, by_id);
	}
}

static const struct task_facts *task_named(const struct comparing *c, int which, struct view id)
{
	const struct task_facts like = { .id = id }, *key = &like;
	const struct task_facts **t = bsearch(&key, c->tasks[which], c->runs[which]->n_tasks,
					      sizeof **c->tasks, by_id);
	return t ? *t : NULL;
}

/* "failed, exit 2, attempt 3": what makes a difference. */
static void add_end(struct str *s, const struct task_facts *t)
{
	str_add_text(s, task_status_name(t->status));
	if (t->exit_code > 0)
		str_addf(s, ", exit %d", t->exit_code);
	if (t->signal > 0)
		str_addf(s, ", signal %d", t->signal);
	if (t->attempt > 1)
		str_addf(s, ", attempt %d", t->attempt);
}

static void compare_ends(struct comparing *c, struct view id,
			 const struct task_facts *const t[COMPARED])
{
	struct str s[COMPARED] = { {0}, {0} };
	struct view cells[COMPARED];
	int64_t ms[COMPARED] = { -1, -1 };
	for (int i = 0; i < COMPARED; i++) {
		if (t[i]) {
			add_end(&s[i], t[i]);
			ms[i] = took(t[i]->started_ms, t[i]->ended_ms);
		}
	}
	bool differs = !view_eq(view_of_str(&s[0]), view_of_str(&s[1])) || times_differ(ms);
	for (int i = 0; i < COMPARED; i++) {
		if (ms[i] >= 0) {
			str_add_text(&s[i], ", ");
			when_add_span(&s[i], ms[i]);
		}
		cells[i] = view_of_str(&s[i]);
	}
	add(c, id, cells, differs);
	for (int i = 0; i < COMPARED; i++)
		str_release(&s[i]);
}

static void compare_task(struct comparing *c, struct view id)
{
	const struct task_facts *t[COMPARED] = { task_named(c, 0, id), task_named(c, 1, id) };
	compare_ends(c, id, t);
	if (!t[0] || !t[1])
		return;
	const char *name = arena_text(c->arena, id);
	add_different(c, name, "error",
		      (struct view[]){ t[0]->error.message, t[1]->error.message });
	/* What one of them never came to has nothing to compare. */
	if (!t[0]->started_ms || !t[1]->started_ms)
		return;
	add_different(c, name, "arguments", (struct view[]){ t[0]->args, t[1]->args });
	add_different(c, name, "result", (struct view[]){ t[0]->result, t[1]->result });
	add_different(c, name, "worker", (struct view[]){ t[0]->worker, t[1]->worker });
}

static void compare_tasks(struct comparing *c)
{
	const struct run_detail *first = c->runs[0], *second = c->runs[1];
	sort_tasks(c);
	for (size_t i = 0; i < first->n_tasks; i++)
		compare_task(c, first->tasks[i].id);
	for (size_t i = 0; i < second->n_tasks; i++)
		if (!task_named(c, 0, second->tasks[i].id))
			compare_task(c, second->tasks[i].id);
}

void compare_runs(struct arena *a, const struct run_detail *const runs[COMPARED],
		  struct comparison *out)
{
	struct comparing c = { .arena = a, .runs = runs };
	compare_status(&c);
	compare_took(&c);
	compare_origin(&c);
	compare_pairs(&c, "param", &runs[0]->run.params, &runs[1]->run.params);
	compare_pairs(&c, "label", &runs[0]->run.labels, &runs[1]->run.labels);
	compare_tasks(&c);
	add_different(&c, "", "result", (struct view[]){ runs[0]->result, runs[1]->result });
	*out = (struct comparison){ .rows = arena_array(a, c.rows.len + 1, sizeof *out->rows),
				    .len = c.rows.len };
	for (size_t i = 0; i < c.rows.len; i++) {
		out->rows[i] = c.rows.items[i];
		out->differing += out->rows[i].differs;
	}
	vec_release(&c.rows);
}
