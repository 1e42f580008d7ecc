/* Which runs the operator sees: they are looked at before others, so that of thousands
 * of open runs those on the screen are soon right. */
#include "backend/temporal_inside.h"

#include "base/mem.h"

/* Of LOOKS_A_TICK: the others have their turn, too. */
enum { VIEW_A_TICK = 10 };

static void forget(struct temporal_view *v)
{
	for (size_t i = 0; i < v->runs.len; i++)
		mem_free(v->runs.items[i]);
	vec_clear(&v->runs);
	v->at = v->left = 0;
}

void temporal_in_view(struct backend *b, const struct view *runs, size_t n)
{
	struct temporal *t = temporal_of(b);
	struct temporal_view *v = &t->look.view;
	size_t left = v->left;
	forget(v);
	for (size_t i = 0; i < n; i++)
		vec_push(&v->runs, mem_bytes(runs[i].ptr, runs[i].len));
	v->left = left < n ? left : n;
	v->told = true;
	temporal_memos_want(t);
}

void temporal_view_tick(struct temporal *t)
{
	struct temporal_view *v = &t->look.view;
	v->left = v->runs.len < VIEW_A_TICK ? v->runs.len : VIEW_A_TICK;
}

static struct temporal_known *known_at(struct temporal *t, size_t i)
{
	struct temporal_known *k = temporal_known(t, view_of(t->look.view.runs.items[i]));
	return k && k->workflow_id && temporal_can_address(t, k->workflow_id) ? k : NULL;
}

struct temporal_known *temporal_view_next(struct temporal *t)
{
	struct temporal_view *v = &t->look.view;
	for (size_t i = 0; i < v->runs.len; i++) {
		struct temporal_known *k = known_at(t, i);
		if (k && k->wants_look)
			return k;
	}
	while (v->left > 0) {
		struct temporal_known *k = known_at(t, v->at);
		v->left--;
		v->at = (v->at + 1) % v->runs.len;
		if (k && temporal_is_under_way(k))
			return k;
	}
	return NULL;
}

void temporal_view_release(struct temporal *t)
{
	forget(&t->look.view);
	vec_release(&t->look.view.runs);
}
