/* Older runs, page by page. */
#include "model/older.h"

#include "model/model.h"

enum { PAGES_A_KEY = 20 };

static bool has_more(const struct context *c)
{
	for (int lane = 0; lane < LANES; lane++)
		if (c->beyond[lane] > 0 || c->at_least[lane])
			return true;
	return false;
}

void older_release(struct older *o)
{
	for (size_t i = 0; i < o->sources.len; i++)
		str_release(&o->sources.items[i].cursor);
	vec_release(&o->sources);
}

void older_begin(struct model *m, struct older *o)
{
	older_release(o);
	for (size_t i = 0; i < m->n_contexts; i++) {
		struct older_source s = { .over = !has_more(&m->contexts[i]) };
		vec_push(&o->sources, s);
	}
	older_go_on(o);
}

void older_go_on(struct older *o)
{
	o->pages_left = PAGES_A_KEY;
}

void older_ask(struct model *m, struct older *o, struct view filter, struct effects *fx)
{
	for (size_t i = 0; i < o->sources.len && o->pages_left > 0; i++) {
		struct older_source *s = &o->sources.items[i];
		if (s->over || s->request)
			continue;
		o->pages_left--;
		s->request = model_request(m);
		effects_add(fx, (struct effect){ .kind = EFFECT_PAGE, .request = s->request,
						 .context = (uint16_t)i, .text = filter,
						 .path = view_of_str(&s->cursor) });
	}
}

static struct older_source *source_of(struct older *o, uint64_t request)
{
	for (size_t i = 0; request && i < o->sources.len; i++)
		if (o->sources.items[i].request == request)
			return &o->sources.items[i];
	return NULL;
}

bool older_arrive(struct older *o, const struct msg *msg)
{
	struct older_source *s = source_of(o, msg->request);
	if (!s)
		return false;
	if (msg->kind == MSG_PAGE && !msg->page.begins) {
		str_clear(&s->cursor);
		str_add(&s->cursor, msg->page.next);
		s->over = s->ended = !msg->page.next.len;
	}
	if (msg->kind != MSG_DONE)
		return false;
	s->request = 0;
	s->over |= msg->done.outcome != OUTCOME_OK;
	return true;
}

void older_settle(struct model *m, const struct older *o)
{
	for (size_t i = 0; i < o->sources.len && i < m->n_contexts; i++) {
		for (int lane = 0; o->sources.items[i].ended && lane < LANES; lane++)
			context_lane_told(&m->contexts[i], lane);
	}
}

bool older_is_over(const struct older *o)
{
	for (size_t i = 0; i < o->sources.len; i++)
		if (!o->sources.items[i].over)
			return false;
	return true;
}

bool older_is_reading(const struct older *o)
{
	for (size_t i = 0; i < o->sources.len; i++)
		if (o->sources.items[i].request)
			return true;
	return false;
}
