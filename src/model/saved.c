/* Saved views of the board. */
#include "model/saved.h"

#include "model/board_screen.h"
#include "model/model.h"

bool saved_add(struct saved_views *s, struct view name, struct view filter)
{
	if (s->len == SAVED_MAX)
		return false;
	struct saved_view *v = &s->items[s->len++];

	str_add(&v->name, name);
	str_add(&v->filter, filter);
	return true;
}

void saved_release(struct saved_views *s)
{
	for (size_t i = 0; i < s->len; i++) {
		str_release(&s->items[i].name);
		str_release(&s->items[i].filter);
	}
	*s = (struct saved_views){ 0 };
}

const struct saved_view *saved_of(const struct model *m, enum action a)
{
	size_t i = (size_t)a - ACTION_SAVED_1;

	return a >= ACTION_SAVED_1 && i < m->saved.len ? &m->saved.items[i] : NULL;
}

void saved_act(struct model *m, enum action a, struct effects *fx)
{
	const struct saved_view *s = saved_of(m, a);

	if (!s) {
		model_notice(m, "The configuration has no such view.");
		return;
	}
	screen_push(m, SCREEN_BOARD, fx);
	board_keep_filter(m, view_of_str(&s->filter), fx);
	model_notice(m, "View %s. Esc shows all.", str_text(&s->name));
}
