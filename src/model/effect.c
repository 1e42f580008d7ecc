/* The list of effects: records with their text in one arena. */
#include "model/effect.h"

static void keep(struct effects *fx, struct view *v)
{
	*v = arena_view(&fx->arena, *v);
}

static void keep_order(struct effects *fx, struct effect_order *o)
{
	keep(fx, &o->task);
	keep(fx, &o->comment);
	keep(fx, &o->value);
	keep(fx, &o->name);
	keep(fx, &o->edit);
	keep(fx, &o->workflow);
	keep(fx, &o->params);
}

static bool is_of_log(enum effect_kind k)
{
	return k == EFFECT_LOG_OPEN || k == EFFECT_LOG_OLDER || k == EFFECT_LOG_NEWER ||
	       k == EFFECT_LOG_SEARCH || k == EFFECT_SAVE_LOG;
}

void effects_add(struct effects *fx, struct effect e)
{
	keep(fx, &e.text);
	keep(fx, &e.path);
	if (e.kind == EFFECT_ORDER || e.kind == EFFECT_ASK)
		keep_order(fx, &e.order);
	if (is_of_log(e.kind)) {
		keep(fx, &e.log.task);
		keep(fx, &e.log.level);
		keep(fx, &e.log.before);
	}
	vec_push(&fx->list, e);
}

void effects_add_kind(struct effects *fx, enum effect_kind kind)
{
	effects_add(fx, (struct effect){ .kind = kind });
}

void effects_clear(struct effects *fx)
{
	vec_clear(&fx->list);
	arena_clear(&fx->arena);
}

void effects_release(struct effects *fx)
{
	if (!fx)
		return;
	vec_release(&fx->list);
	arena_release(&fx->arena);
}

const struct effect *effects_find(const struct effects *fx, enum effect_kind kind)
{
	for (size_t i = 0; i < fx->list.len; i++) {
		if (fx->list.items[i].kind == kind)
			return &fx->list.items[i];
	}
	return NULL;
}
