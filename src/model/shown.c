/* What a decision would send (shown.h). */
#include "model/shown.h"

#include "model/detail.h"
#include "model/model.h"

void shown_reset(struct shown_state *s)
{
	s->request = 0;
	str_clear(&s->text);
	str_clear(&s->trouble);
	s->first = false;
}

void shown_release(struct shown_state *s)
{
	str_release(&s->text);
	str_release(&s->trouble);
}

static bool is_said(const struct model *m, const struct target *t)
{
	static const bool verbs[VERBS] = {
		[VERB_APPROVE] = true, [VERB_REJECT] = true, [VERB_RETRY] = true,
	};

	return m->decision.targets.len == 1 && verbs[m->decision.verb] &&
	       t->context < m->n_contexts && m->contexts[t->context].can_preview;
}

/* Who decides what on which workflow, and by which words of the configuration. */
static void add_kind(const struct model *m, struct str *key)
{
	const struct decision_state *d = &m->decision;
	const struct target *t = &d->targets.items[0];
	const struct task_facts *task =
		d->detail ? detail_find_task(d->detail, view_of_str(&t->task)) : NULL;

	str_addf(key, "%s %s %s", str_text(&m->contexts[t->context].name), verb_name(d->verb),
		 str_text(&t->workflow));
	if (task && task->command.len > 0) {
		str_add_char(key, ' ');
		str_add(key, task->command);
	}
	for (size_t i = 0; i < key->len; i++) {
		if (key->ptr[i] == '\n')
			key->ptr[i] = ' ';
	}
}

/* As long as its words are not read, what was shown of the same workflow counts. */
static bool is_known(const struct model *m, struct view key, bool whole)
{
	for (size_t i = 0; i < m->shown.len; i++) {
		struct view known = view_of_str(&m->shown.items[i]);

		if (view_eq(known, key) || (!whole && known.len > key.len &&
					    view_eq(view_cut(known, 0, key.len), key)))
			return true;
	}
	return false;
}

static void look_whether_first(struct model *m)
{
	struct decision_state *d = &m->decision;
	struct str key = { 0 };

	add_kind(m, &key);
	d->shown.first = !is_known(m, view_of_str(&key), d->detail != NULL);
	str_release(&key);
}

void shown_ask(struct model *m, struct effects *fx)
{
	struct decision_state *d = &m->decision;
	const struct target *t = &d->targets.items[0];

	shown_reset(&d->shown);
	if (!is_said(m, t))
		return;
	if (d->verb != VERB_RETRY)
		look_whether_first(m);
	d->shown.request = model_request(m);
	effects_add(fx, (struct effect){
		.kind = EFFECT_ORDER, .request = d->shown.request, .context = t->context,
		.key = t->key,
		.order = { .verb = d->verb, .task = view_of_str(&t->task), .attempt = t->attempt,
			   .version = t->version, .comment = lineedit_view(&d->line),
			   .preview = true },
	});
}

void shown_arrive(struct model *m, const struct msg *msg)
{
	struct decision_state *d = &m->decision;
	struct shown_state *s = &d->shown;

	if (msg->kind == MSG_DETAIL && s->first && d->detail)
		look_whether_first(m);
	if (msg->kind != MSG_DONE || s->request == 0 || msg->request != s->request)
		return;
	s->request = 0;
	str_add(msg->done.outcome == OUTCOME_OK ? &s->text : &s->trouble, msg->done.text);
}

bool shown_is_enough(const struct shown_state *s)
{
	return !s->first || s->text.len > 0;
}

void shown_remember(struct model *m, struct effects *fx)
{
	struct str key = { 0 };

	if (!m->decision.shown.first)
		return;
	add_kind(m, &key);
	effects_add(fx, (struct effect){ .kind = EFFECT_REMEMBER, .text = view_of_str(&key),
					 .path = VIEW("shown") });
	vec_push(&m->shown, key);
}
