/* Namespaces: asked for, gone over to, and what the board forgets then. */
#include "model/spaces.h"

#include "model/board_cursor.h"
#include "model/model.h"

void spaces_release(struct spaces_state *s)
{
	str_release(&s->name);
}

static bool find_context(struct model *m, uint16_t *context)
{
	struct run_brief run;
	struct focus focus;

	if (model_focus(m, &focus) && store_brief(m->store, focus.key, &run) &&
	    run.context < m->n_contexts && m->contexts[run.context].can_space) {
		*context = run.context;
		return true;
	}
	for (size_t i = 0; i < m->n_contexts; i++) {
		if (m->contexts[i].can_space) {
			*context = (uint16_t)i;
			return true;
		}
	}
	model_notice(m, "No engine of this board has namespaces.");
	return false;
}

void spaces_open(struct model *m, struct effects *fx)
{
	uint16_t context;

	if (find_context(m, &context))
		table_open_of(m, CATALOG_SPACES, context, fx);
}

void spaces_enter(struct model *m, struct view name, struct effects *fx)
{
	uint16_t context;

	if (find_context(m, &context))
		spaces_go(m, context, name, fx);
}

static bool holds_an_order(const struct model *m, uint16_t context)
{
	for (size_t i = 0; i < m->orders.lines.len; i++) {
		const struct order_line *l = m->orders.lines.items[i];

		if (l->state == ORDER_HELD && l->context == context)
			return true;
	}
	return false;
}

void spaces_go(struct model *m, uint16_t context, struct view name, struct effects *fx)
{
	struct spaces_state *s = &m->spaces;

	if (s->request) {
		model_notice(m, "On the way to namespace %s already.", str_text(&s->name));
		return;
	}
	if (holds_an_order(m, context)) {
		model_warn(m, "An order is held: take it back or let it go first.");
		return;
	}
	s->request = model_request(m);
	s->context = context;
	str_clear(&s->name);
	str_add(&s->name, name);
	effects_add(fx, (struct effect){ .kind = EFFECT_SPACE, .request = s->request,
					 .context = context, .text = name });
	model_notice(m, "Going over to namespace %s.", str_text(&s->name));
}

/* Whatever lies over the board was about runs that are gone from it. */
static void arrived(struct model *m, struct context *c, struct effects *fx)
{
	str_clear(&c->space);
	str_add(&c->space, view_of_str(&m->spaces.name));
	for (int lane = 0; lane < LANES; lane++) {
		c->beyond[lane] = 0;
		c->at_least[lane] = false;
	}
	while (m->depth > 1)
		screen_pop(m, fx);
	board_cursor_start_over(m);
	model_notice(m, "%s is in namespace %s now.", str_text(&c->name), str_text(&c->space));
}

void spaces_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct spaces_state *s = &m->spaces;

	if (s->request == 0 || msg->kind != MSG_DONE || msg->request != s->request)
		return;
	s->request = 0;
	if (msg->done.outcome == OUTCOME_OK && s->context < m->n_contexts)
		arrived(m, &m->contexts[s->context], fx);
	else
		model_warn(m, "Not gone over: %.*s", (int)msg->done.text.len, msg->done.text.ptr);
}
