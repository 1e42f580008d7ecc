/* Tells the backends which runs the operator sees (inview.h). What lies over the board
 * changes nothing of it: who comes back finds it as it was left. */
#include "app/inview.h"

#include "model/board_screen.h"

enum { CARDS_MAX = 256 };

static void tell(struct source *s, const struct run_key *keys, size_t n)
{
	struct arena arena = {0};
	struct view ids[CARDS_MAX];
	struct run_brief brief;
	struct run_facts run;
	size_t len = 0;
	if (!backend_heeds_view(s->backend))
		return;
	for (size_t i = 0; i < n; i++)
		if (store_brief(s->app->store, keys[i], &brief) && brief.context == s->number &&
		    store_facts(s->app->store, keys[i], &run, &arena))
			ids[len++] = run.id;
	backend_in_view(s->backend, ids, len);
	arena_release(&arena);
}

void inview_tell(struct app *a)
{
	struct run_key keys[CARDS_MAX];
	size_t n = board_in_view(a->model, keys, CARDS_MAX);
	uint64_t sign = view_hash(view_bytes(keys, n * sizeof *keys));
	if (sign == a->in_view)
		return;
	a->in_view = sign;
	for (size_t i = 0; i < a->n_sources; i++)
		tell(&a->sources[i], keys, n);
}
