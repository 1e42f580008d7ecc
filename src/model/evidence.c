/* What the step under review printed last. */
#include "model/evidence.h"

#include "model/detail.h"
#include "model/model.h"

void evidence_clear(struct decision_state *d)
{
	for (size_t i = 0; i < d->evidence.len; i++)
		str_release(&d->evidence.items[i]);
	vec_clear(&d->evidence);
}

static bool is_gate(const struct task_facts *t)
{
	return t->gate.kind != GATE_NONE || t->status == TASK_WAITING;
}

/* The step under review: the last of those that the gate needs, or that the gates
 * before it need, since a gate prints nothing; of a failed step its own output. */
static struct view step_under_review(const struct decision_state *d)
{
	const struct task_facts *t =
		detail_find_task(d->detail, view_of_str(&d->targets.items[0].task));

	for (size_t steps = d->detail->n_tasks; t && is_gate(t) && steps > 0; steps--)
		t = t->n_needs > 0 ? detail_find_task(d->detail, t->needs[t->n_needs - 1]) : NULL;
	return t && !is_gate(t) ? t->id : VIEW("");
}

void evidence_fetch(struct model *m, struct effects *fx)
{
	struct decision_state *d = &m->decision;
	struct view step = step_under_review(d);

	if (step.len == 0 || d->log_request)
		return;
	str_clear(&d->evidence_of);
	str_add(&d->evidence_of, step);
	d->log_request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_LOG_OPEN, .request = d->log_request,
					 .key = d->targets.items[0].key,
					 .log = { .task = step, .streams = LOG_STREAM_BOTH } });
}

void evidence_take(struct decision_state *d, const struct msg_log *log)
{
	for (size_t i = 0; i < log->len && !log->older; i++) {
		struct str line = { .max = 4096 };

		str_add(&line, view_cut(log->lines[i].text, 0, 4000));
		if (d->evidence.len == EVIDENCE_LINES) {
			str_release(&d->evidence.items[0]);
			vec_remove(&d->evidence, 0);
		}
		vec_push(&d->evidence, line);
	}
}
