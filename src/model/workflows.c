/* The list of workflows: read anew whenever it is opened. */
#include "model/workflows.h"

#include "model/board_layout.h"
#include "model/model.h"
#include "model/start.h"

static struct param copy_param(struct arena *a, const struct param *p)
{
	struct view *choices = arena_array(a, p->n_choices, sizeof *choices);
	struct param to = *p;

	to.name = arena_view(a, p->name);
	to.title = arena_view(a, p->title);
	to.description = arena_view(a, p->description);
	to.fallback = arena_view(a, p->fallback);
	to.pattern = arena_view(a, p->pattern);
	for (size_t i = 0; i < p->n_choices; i++)
		choices[i] = arena_view(a, p->choices[i]);
	to.choices = choices;
	return to;
}

struct workflow_facts workflow_copy(struct arena *a, const struct workflow_facts *w)
{
	struct param *params = arena_array(a, w->params.len, sizeof *params);
	struct workflow_facts to = *w;

	to.name = arena_view(a, w->name);
	to.title = arena_view(a, w->title);
	to.description = arena_view(a, w->description);
	to.queue = arena_view(a, w->queue);
	to.why_not = arena_view(a, w->why_not);
	to.error = arena_view(a, w->error);
	to.warning = arena_view(a, w->warning);
	for (size_t i = 0; i < w->params.len; i++)
		params[i] = copy_param(a, &w->params.items[i]);
	to.params.items = params;
	return to;
}

bool workflows_are_coming(const struct workflows_state *s)
{
	for (size_t i = 0; i < CONTEXTS_MAX; i++) {
		if (s->requests[i] != 0)
			return true;
	}
	return false;
}

void workflows_release(struct workflows_state *s)
{
	arena_release(&s->arena);
	vec_release(&s->lines);
	str_release(&s->trouble);
}

static void workflows_open(struct model *m, struct effects *fx)
{
	struct workflows_state *s = &m->workflows;

	arena_clear(&s->arena);
	vec_clear(&s->lines);
	str_clear(&s->trouble);
	s->rows = (struct rows){ 0 };
	for (size_t i = 0; i < m->n_contexts; i++) {
		s->requests[i] = model_request(m);
		effects_add(fx, (struct effect){ .kind = EFFECT_CATALOG,
						 .request = s->requests[i],
						 .context = (uint16_t)i,
						 .catalog = CATALOG_WORKFLOWS });
	}
}

static void choose(struct model *m, struct effects *fx)
{
	const struct workflows_state *s = &m->workflows;
	const struct workflow_line *l = &s->lines.items[s->rows.at];

	if (s->lines.len == 0)
		return;
	if (model_is_read_only(m, l->context))
		model_notice(m, "This context is read-only.");
	else if (!l->facts.may_start)
		model_notice(m, "It cannot be started: %.*s.", (int)l->facts.why_not.len,
			     l->facts.why_not.ptr);
	else
		start_form(m, l->context, &l->facts, fx);
}

static bool workflows_act(struct model *m, enum action a, struct effects *fx)
{
	struct workflows_state *s = &m->workflows;

	if (rows_move(&s->rows, a, s->lines.len, board_layout_body(m).rows - 2))
		return true;
	if (a == ACTION_OPEN || a == ACTION_START)
		choose(m, fx);
	return a == ACTION_OPEN || a == ACTION_START;
}

static void take(struct workflows_state *s, uint16_t context, const struct msg_catalog *c)
{
	for (size_t i = 0; i < c->len; i++) {
		struct workflow_line l = { context, workflow_copy(&s->arena, &c->workflows[i]) };
		size_t at = s->lines.len;

		while (at > 0 && view_cmp(s->lines.items[at - 1].facts.name, l.facts.name) > 0)
			at--;
		vec_insert(&s->lines, at, l);
	}
}

static void workflows_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct workflows_state *s = &m->workflows;

	for (size_t i = 0; i < m->n_contexts; i++) {
		if (s->requests[i] == 0 || s->requests[i] != msg->request)
			continue;
		if (msg->kind == MSG_CATALOG) {
			take(s, (uint16_t)i, &msg->catalog);
		} else if (msg->kind == MSG_DONE) {
			s->requests[i] = 0;
			if (msg->done.outcome != OUTCOME_OK) {
				str_clear(&s->trouble);
				str_add(&s->trouble, msg->done.text);
			}
		}
	}
}

const struct screen screen_workflows = {
	.name = "workflows",
	.title = "Workflows",
	.scopes = { { SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = workflows_open,
	.act = workflows_act,
	.arrive = workflows_arrive,
};
