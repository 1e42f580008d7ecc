/* Running a run again. It needs the run's parameters and the schema of its workflow;
 * when it has both it leaves the rest to the start form. */
#include "model/again.h"

#include "core/detail_copy.h"
#include "model/decision.h"
#include "model/model.h"
#include "model/start.h"
#include "model/workflows.h"

void again_open(struct model *m, struct run_key key, struct effects *fx)
{
	struct start_state *s = &m->start;
	struct arena arena = { 0 };
	struct run_facts run;

	if (!store_facts(m->store, key, &run, &arena) || run.context >= m->n_contexts ||
	    !m->contexts[run.context].can_start) {
		arena_release(&arena);
		decision_ask(m, VERB_RERUN, &(struct focus){ .key = key }, fx);
		return;
	}
	start_reset(s, run.context);
	s->again = key;
	model_add_run_name(m, key, &s->again_name);
	s->request = model_request(m);
	s->catalog_request = model_request(m);
	screen_push(m, SCREEN_START, fx);
	effects_add(fx, (struct effect){ .kind = EFFECT_DETAIL, .request = s->request,
					 .key = key });
	effects_add(fx, (struct effect){ .kind = EFFECT_CATALOG, .request = s->catalog_request,
					 .context = run.context, .catalog = CATALOG_WORKFLOWS });
	arena_release(&arena);
}

static void take_workflow(struct model *m, const struct msg_catalog *c)
{
	struct start_state *s = &m->start;
	struct arena arena = { 0 };
	struct run_facts run;

	if (!store_facts(m->store, s->again, &run, &arena))
		return;
	for (size_t i = 0; i < c->len; i++) {
		if (view_eq(c->workflows[i].name, run.workflow))
			s->workflow = workflow_copy(&s->arena, &c->workflows[i]);
	}
	arena_release(&arena);
}

/* No form: the question whether to run it again as it was. */
static void fall_back(struct model *m, struct effects *fx)
{
	struct focus focus = { .key = m->start.again };

	screen_push(m, SCREEN_START, fx);
	screen_pop(m, fx);
	decision_ask(m, VERB_RERUN, &focus, fx);
}

void again_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct start_state *s = &m->start;
	bool known;

	if (msg->kind == MSG_DETAIL && msg->request == s->request) {
		s->request = 0;
		s->detail = detail_copy(&s->detail_arena, msg->detail);
	} else if (msg->kind == MSG_DONE && msg->request == s->request) {
		s->request = 0;
	} else if (msg->kind == MSG_CATALOG && msg->request == s->catalog_request) {
		take_workflow(m, &msg->catalog);
	} else if (msg->kind == MSG_DONE && msg->request == s->catalog_request) {
		s->catalog_request = 0;
	}
	known = s->workflow.params.len > 0;
	if (s->request != 0 || (s->catalog_request != 0 && !known))
		return;
	if (known && s->detail) {
		struct workflow_facts workflow = s->workflow;
		struct view given = s->detail->params;

		s->detail = NULL;
		start_fill(s, &workflow, given);
	} else {
		fall_back(m, fx);
	}
}
