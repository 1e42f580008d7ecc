/* Snapshots: which runs a context's snapshot did not name, and are gone. */
#include "core/store_parts.h"

#include "base/mem.h"

struct sweep *store_sweep(const struct store *s, uint16_t context)
{
	bool active = context < s->n_sweeps && s->sweeps[context].number;
	return active ? &s->sweeps[context] : NULL;
}

void store_snapshot_begin(struct store *s, uint16_t context)
{
	if (context >= s->n_sweeps) {
		size_t n = (size_t)context + 1;
		s->sweeps = mem_grow(s->sweeps, n * sizeof *s->sweeps);
		while (s->n_sweeps < n)
			s->sweeps[s->n_sweeps++] = (struct sweep){ 0 };
	}
	s->sweeps[context] = (struct sweep){ .number = ++s->last_sweep };
}

void store_snapshot_abort(struct store *s, uint16_t context)
{
	struct sweep *sweep = store_sweep(s, context);
	if (sweep)
		*sweep = (struct sweep){ 0 };
}

/* A list of the newest ended runs that is full says nothing of older ones. */
static bool is_beyond(const struct record *r, const struct store_scope *scope,
		      const struct sweep *sweep)
{
	if (!scope->ended || sweep->ended < scope->ended ||
	    run_status_is_open((enum run_status)r->status))
		return false;
	return r->ended_ms < sweep->oldest_ended_ms || r->created_ms < sweep->oldest_created_ms;
}

static bool is_in_scope(struct store *s, struct run_key key, const struct store_scope *scope)
{
	struct run_facts facts;
	if (filter_is_empty(scope->filter))
		return true;
	arena_clear(&s->arena);
	store_facts(s, key, &facts, &s->arena);
	return filter_match(scope->filter, &facts, &scope->env);
}

static void drop(struct store *s, struct run_key key, store_change_fn *fn, void *arg)
{
	struct change c = store_remove(s, key);
	if (fn)
		fn(arg, &c);
}

size_t store_snapshot_end(struct store *s, const struct store_scope *scope,
			  store_change_fn *fn, void *arg)
{
	struct sweep *active = store_sweep(s, scope->context);
	size_t n = 0;
	if (!active)
		return 0;
	struct sweep sweep = *active;
	struct run_key key;
	for (uint32_t at = 0; store_next(s, &at, &key);) {
		const struct record *r = store_find(s, key);
		if (r->context != scope->context || r->sweep == sweep.number ||
		    is_beyond(r, scope, &sweep) || !is_in_scope(s, key, scope))
			continue;
		drop(s, key, fn, arg);
		n++;
	}
	store_snapshot_abort(s, scope->context);
	return n;
}

size_t store_drop(struct store *s, uint16_t context, store_change_fn *fn, void *arg)
{
	struct run_key key;
	size_t n = 0;
	for (uint32_t at = 0; store_next(s, &at, &key);) {
		if (store_find(s, key)->context != context)
			continue;
		drop(s, key, fn, arg);
		n++;
	}
	return n;
}
