/* What the steps of a workflow say of each other: unique ids, needs (also the
 * implicit one), cycles, on_error. */
#include "flow/workflow_inside.h"

#include "base/map.h"

/* Index + 1 of the steps by id, as pointers. */
static size_t find(const struct map *ids, const struct draft *d, struct view id)
{
	const struct step *s = map_get(ids, id);
	return s ? (size_t)(s - d->w->steps) : SIZE_MAX;
}

static void index_ids(struct loader *l, struct draft *d, struct map *ids)
{
	for (size_t i = 0; i < d->w->n_steps; i++) {
		struct step *s = &d->w->steps[i];
		const struct yaml_node *id = yaml_get(d->notes[i].node, "id");
		const struct step *before = s->id.len ? map_get(ids, s->id) : NULL;
		if (before)
			problem_add(l->problems, id->at, "step '%.*s' stands twice: first in line "
				    "%d", (int)s->id.len, s->id.ptr, before->line);
		else if (s->id.len)
			map_put(ids, s->id, s);
	}
}

static struct str guess_step(const struct draft *d, struct view id)
{
	const char **words = NULL;
	struct arena arena = { 0 };
	words = arena_array(&arena, d->w->n_steps, sizeof *words);
	for (size_t i = 0; i < d->w->n_steps; i++)
		words[i] = arena_text(&arena, d->w->steps[i].id);
	struct str guess = problem_guess(id, words, d->w->n_steps);
	arena_release(&arena);
	return guess;
}

static void refuse_step(struct loader *l, const struct draft *d, const struct yaml_node *at,
			struct view id)
{
	struct str guess = guess_step(d, id);
	problem_add(l->problems, at->at, "%.*s: there is no step '%.*s'%s",
		    at->key.len ? (int)at->key.len : 5, at->key.len ? at->key.ptr : "needs",
		    (int)id.len, id.ptr, str_text(&guess));
	str_release(&guess);
}

/* The place of one name of a list (or of the name that stands alone). */
static const struct yaml_node *item_of(const struct yaml_node *list, struct view name)
{
	if (list->kind != YAML_LIST)
		return list;
	for (const struct yaml_node *item = list->first; item; item = item->next)
		if (view_eq(item->text, name))
			return item;
	return list;
}

static void check_needs(struct loader *l, struct draft *d, const struct map *ids, size_t i)
{
	const struct step *s = &d->w->steps[i];
	for (size_t k = 0; k < s->n_needs; k++) {
		const struct yaml_node *at = item_of(d->notes[i].needs, s->needs[k]);
		size_t other = find(ids, d, s->needs[k]);
		if (other == SIZE_MAX)
			refuse_step(l, d, at, s->needs[k]);
		else if (s->is_finally != d->w->steps[other].is_finally)
			problem_add(l->problems, at->at, "needs: '%.*s' is %s: it cannot be waited "
				    "for here", (int)s->needs[k].len, s->needs[k].ptr,
				    s->is_finally ? "no finally step" : "a finally step");
	}
}

/* The step before, of the same list, that stands in the chain. */
static void imply_needs(struct loader *l, struct draft *d)
{
	size_t before = SIZE_MAX;
	for (size_t i = 0; i < d->w->n_steps; i++) {
		struct step *s = &d->w->steps[i];
		if (i == d->n_steps)
			before = SIZE_MAX;
		if (s->only_on_error)
			continue;
		if (!d->notes[i].needs && before != SIZE_MAX && d->w->steps[before].id.len) {
			struct view *one = arena_array(l->arena, 1, sizeof *one);
			*one = d->w->steps[before].id;
			s->needs = one;
			s->n_needs = 1;
		}
		before = i;
	}
}

static void check_on_error(struct loader *l, struct draft *d, const struct map *ids, size_t i)
{
	const struct step *s = &d->w->steps[i];
	if (s->on_error != ON_ERROR_STEP)
		return;
	const struct yaml_node *at = yaml_get(d->notes[i].node, "on_error");
	size_t other = find(ids, d, s->on_error_step);
	if (other == SIZE_MAX)
		problem_add(l->problems, at->at, "on_error must be fail, pause, continue or the id "
			    "of a step; there is no step '%.*s'", (int)s->on_error_step.len,
			    s->on_error_step.ptr);
	else if (!d->w->steps[other].only_on_error)
		problem_add(l->problems, at->at, "on_error: step '%.*s' must have `only: on_error`",
			    (int)s->on_error_step.len, s->on_error_step.ptr);
	else if (other == i)
		problem_add(l->problems, at->at, "on_error: a step cannot catch its own failure");
}

/* ---- cycles ------------------------------------------------------------------- */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

/* A walk over needs without recursion: who[depth] has looked at next[depth] of its
 * needs. */
struct walk {
	unsigned char *marks;
	size_t *who, *next;
	size_t depth;
};

static void tell_cycle(struct loader *l, const struct draft *d, const struct walk *w, size_t back)
{
	struct str names = { 0 };
	size_t from = w->depth - 1;
	while (w->who[from] != back)
		from--;
	for (size_t i = from; i < w->depth; i++) {
		struct view id = d->w->steps[w->who[i]].id;
		str_addf(&names, "%.*s needs ", (int)id.len, id.ptr);
	}
	str_add(&names, d->w->steps[back].id);
	size_t last = w->who[w->depth - 1];
	const struct yaml_node *at = d->notes[last].needs;
	problem_add(l->problems, at ? at->at : d->notes[last].node->at,
		    "these steps wait for each other: %s", str_text(&names));
	str_release(&names);
}

static void push(struct walk *w, size_t i)
{
	w->marks[i] = MARK_OPEN;
	w->who[w->depth] = i;
	w->next[w->depth++] = 0;
}

static void walk_from(struct loader *l, const struct draft *d, const struct map *ids,
		      struct walk *w)
{
	while (w->depth) {
		size_t top = w->depth - 1;
		const struct step *s = &d->w->steps[w->who[top]];
		if (w->next[top] == s->n_needs) {
			w->marks[w->who[top]] = MARK_DONE;
			w->depth--;
			continue;
		}
		size_t other = find(ids, d, s->needs[w->next[top]++]);
		if (other == SIZE_MAX)
			continue;
		if (w->marks[other] == MARK_OPEN)
			tell_cycle(l, d, w, other);
		else if (w->marks[other] == MARK_NEW)
			push(w, other);
	}
}

static void check_cycles(struct loader *l, const struct draft *d, const struct map *ids)
{
	size_t n = d->w->n_steps;
	struct walk w = { .marks = arena_alloc(l->arena, n),
			  .who = arena_array(l->arena, n + 1, sizeof *w.who),
			  .next = arena_array(l->arena, n + 1, sizeof *w.next) };
	for (size_t i = 0; i < n; i++) {
		if (w.marks[i] != MARK_NEW || find(ids, d, d->w->steps[i].id) != i)
			continue;
		push(&w, i);
		walk_from(l, d, ids, &w);
	}
}

void workflow_check_graph(struct loader *l, struct draft *d)
{
	struct map ids = { 0 };
	index_ids(l, d, &ids);
	for (size_t i = 0; i < d->w->n_steps; i++) {
		check_needs(l, d, &ids, i);
		check_on_error(l, d, &ids, i);
	}
	imply_needs(l, d);
	check_cycles(l, d, &ids);
	map_release(&ids);
}
