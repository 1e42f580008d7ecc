/* The form of a signal, an update, a query. What is no JSON is not sent. */
#include "model/speak.h"

#include "base/jscan.h"
#include "model/model.h"

void speak_release(struct speak_state *s)
{
	target_release(&s->target);
	lineedit_release(&s->name);
	lineedit_release(&s->args);
	str_release(&s->error);
	str_release(&s->trouble);
	arena_release(&s->arena);
}

/* False, with a notice: it is not possible. */
static bool aim(struct model *m, enum verb verb, const struct focus *focus, struct target *t)
{
	target_release(t);
	target_make(m, verb, focus, NULL, t);
	if (!t->allowed)
		model_notice(m, "%s: %s.", verb_name(verb), str_text(&t->why));
	return t->allowed;
}

void speak_open(struct model *m, enum verb verb, const struct focus *focus, struct effects *fx)
{
	struct speak_state *s = &m->speak;

	if (!aim(m, verb, focus, &s->target))
		return;
	s->verb = verb;
	lineedit_clear(&s->name);
	lineedit_clear(&s->args);
	str_clear(&s->error);
	str_clear(&s->trouble);
	arena_clear(&s->arena);
	s->lines = NULL;
	s->n_lines = 0;
	s->at = SPEAK_NAME;
	s->yes = false;
	s->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_ASK, .request = s->request,
					 .key = focus->key, .order = { .verb = VERB_QUERY } });
	screen_push(m, SCREEN_SPEAK, fx);
}

void speak_stack(struct model *m, const struct focus *focus, struct effects *fx)
{
	struct target *t = &m->speak.target;

	if (aim(m, VERB_STACK, focus, t))
		table_ask(m, focus->key, VERB_STACK, VIEW(""), VIEW(""), fx);
}

/* ---- sending ---- */

static bool is_json(struct view v)
{
	return jscan_check(v, (struct jscan_limits){ 0 }, NULL, NULL);
}

/* The arguments as a JSON array: what is typed, with commas between. */
static bool read_args(struct speak_state *s, struct str *array)
{
	str_addf(array, "[%s]", str_text(&s->args.text));
	if (is_json(view_of_str(array)))
		return true;
	str_clear(&s->error);
	str_add_text(&s->error, "is no JSON; a text stands in quotes, commas between arguments");
	s->at = SPEAK_ARGS;
	return false;
}

static bool has_name(struct speak_state *s)
{
	if (s->name.text.len > 0)
		return true;
	str_clear(&s->error);
	str_add_text(&s->error, "is needed");
	s->at = SPEAK_NAME;
	return false;
}

static void give(struct model *m, struct view args, struct effects *fx)
{
	struct speak_state *s = &m->speak;
	struct order_wish wish;

	target_wish(&s->target, s->verb, &wish);
	wish.name = lineedit_view(&s->name);
	wish.value = args;
	orders_give(m, &wish, fx);
	model_notice(m, "%s %s: sent. D shows what becomes of it.", verb_name(s->verb),
		     str_text(&s->name.text));
}

static void send_form(struct model *m, struct effects *fx)
{
	struct speak_state *s = &m->speak;
	struct str args = { 0 };

	if (has_name(s) && read_args(s, &args)) {
		screen_pop(m, fx);
		if (s->verb == VERB_QUERY)
			table_ask(m, s->target.key, VERB_QUERY, lineedit_view(&s->name),
				  view_of_str(&args), fx);
		else
			give(m, view_of_str(&args), fx);
	}
	str_release(&args);
}

/* ---- the screen ---- */

static struct lineedit *speak_field(struct model *m)
{
	struct speak_state *s = &m->speak;

	return s->at == SPEAK_NAME ? &s->name : s->at == SPEAK_ARGS ? &s->args : NULL;
}

static void speak_typed(struct model *m, struct effects *fx)
{
	str_clear(&m->speak.error);
}

static bool act_field(struct speak_state *s, enum action a)
{
	if (a == ACTION_UP || a == ACTION_PREV_PANE) {
		s->at -= s->at > SPEAK_NAME;
	} else if (a == ACTION_DOWN || a == ACTION_OPEN || a == ACTION_NEXT_PANE) {
		s->at++;
		s->yes = false;
	} else {
		return false;
	}
	str_clear(&s->error);
	return true;
}

static bool speak_act(struct model *m, enum action a, struct effects *fx)
{
	struct speak_state *s = &m->speak;

	if (s->at != SPEAK_BUTTONS)
		return act_field(s, a);
	if (a == ACTION_YES || (a == ACTION_OPEN && s->yes))
		send_form(m, fx);
	else if (a == ACTION_NO || a == ACTION_OPEN)
		screen_pop(m, fx);
	else if (a == ACTION_NEXT_PANE || a == ACTION_PREV_PANE || a == ACTION_LEFT ||
		 a == ACTION_RIGHT)
		s->yes = !s->yes;
	else if (a == ACTION_UP)
		s->at = SPEAK_ARGS;
	else
		return false;
	return true;
}

static void take_lines(struct speak_state *s, const struct msg_catalog *c)
{
	struct view *lines = arena_array(&s->arena, c->len + 1, sizeof *lines);

	for (size_t i = 0; i < c->len; i++)
		lines[i] = arena_view(&s->arena, c->rows[i]);
	s->lines = lines;
	s->n_lines = c->len;
}

static void speak_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct speak_state *s = &m->speak;

	if (s->request == 0 || msg->request != s->request)
		return;
	if (msg->kind == MSG_CATALOG) {
		take_lines(s, &msg->catalog);
	} else if (msg->kind == MSG_DONE) {
		s->request = 0;
		if (msg->done.outcome != OUTCOME_OK)
			str_add(&s->trouble, msg->done.text);
	}
}

const struct screen screen_speak = {
	.name = "speak",
	.title = "Words",
	.overlay = true,
	.scopes = { { SCOPE_DIALOG, SCOPE_LIST, SCOPE_ALWAYS, -1 } },
	.field = speak_field,
	.typed = speak_typed,
	.act = speak_act,
	.arrive = speak_arrive,
};
