/* The start form, and the run that comes of it. */
#include "model/start.h"

#include "base/jtext.h"
#include "core/detail_copy.h"
#include "model/again.h"
#include "model/detail.h"
#include "model/model.h"
#include "model/workflows.h"

bool start_is_choice(const struct param *p)
{
	return p->n_choices > 0 || p->type == PARAM_BOOLEAN;
}

static void clear_fields(struct start_state *s)
{
	for (size_t i = 0; i < s->fields.len; i++) {
		lineedit_release(&s->fields.items[i].line);
		str_release(&s->fields.items[i].was);
		str_release(&s->fields.items[i].error);
	}
	vec_clear(&s->fields);
}

void start_release(struct start_state *s)
{
	clear_fields(s);
	vec_release(&s->fields);
	arena_release(&s->arena);
	arena_release(&s->detail_arena);
	str_release(&s->again_name);
	str_release(&s->why);
	str_release(&s->follow_id);
}

static struct view member(struct view object, struct view name, struct arena *arena)
{
	struct jtext t = jtext_of(object);
	struct view key, value;

	if (!jtext_enter(&t, JTEXT_OBJECT))
		return VIEW("");
	while (jtext_member(&t, arena, &key)) {
		value = jtext_value(&t);
		if (view_eq(key, name))
			return jtext_kind_of(value) == JTEXT_NULL ? VIEW("") : value;
	}
	return VIEW("");
}

static void add_field(struct start_state *s, const struct param *p, struct view given)
{
	struct start_field f = { 0 };
	struct str shown = { 0 };

	if (given.len > 0 && !p->secret)
		param_show(p, given, &shown);
	else if (p->fallback.len > 0 && !p->secret)
		param_show(p, p->fallback, &shown);
	else if (p->n_choices > 0)
		param_show(p, p->choices[0], &shown);
	else if (p->type == PARAM_BOOLEAN)
		str_add_text(&shown, "false");
	lineedit_set(&f.line, view_of_str(&shown));
	str_add(&f.was, view_of_str(&shown));
	str_release(&shown);
	vec_push(&s->fields, f);
}

bool start_is_changed(const struct start_field *f)
{
	return !view_eq(lineedit_view(&f->line), view_of_str(&f->was));
}

void start_reset(struct start_state *s, uint16_t context)
{
	clear_fields(s);
	arena_clear(&s->arena);
	arena_clear(&s->detail_arena);
	str_clear(&s->why);
	str_clear(&s->follow_id);
	str_clear(&s->again_name);
	s->workflow = (struct workflow_facts){ 0 };
	s->context = context;
	s->at = s->top = 0;
	s->yes = s->dirty = false;
	s->stage = START_READING;
	s->order = s->request = s->catalog_request = 0;
	s->key = s->again = (struct run_key){ 0 };
	s->detail = NULL;
}

void start_fill(struct start_state *s, const struct workflow_facts *w, struct view given)
{
	struct arena arena = { 0 };

	s->workflow = workflow_copy(&s->arena, w);
	s->stage = START_FORM;
	for (size_t i = 0; i < w->params.len; i++) {
		const struct param *p = &s->workflow.params.items[i];

		add_field(s, p, member(given, p->name, &arena));
	}
	arena_release(&arena);
}

void start_form(struct model *m, uint16_t context, const struct workflow_facts *w,
		struct effects *fx)
{
	start_reset(&m->start, context);
	start_fill(&m->start, w, VIEW(""));
	screen_push(m, SCREEN_START, fx);
}

/* ---- sending ---- */

/* Nothing is said of it: the engine takes its default or, of a run that is run again,
 * the value it had. */
static bool is_left_out(const struct start_state *s, const struct param *p,
			const struct start_field *f)
{
	if (run_key_is_set(s->again))
		return !start_is_changed(f);
	return f->line.text.len == 0 &&
	       (p->secret || p->fallback.len == 0);
}

static bool is_needed(const struct start_state *s, const struct param *p)
{
	return p->required && !(p->secret && run_key_is_set(s->again));
}

static bool read_field(struct start_state *s, size_t i, struct str *json)
{
	const struct param *p = &s->workflow.params.items[i];
	struct start_field *f = &s->fields.items[i];
	struct str value = { 0 };
	struct err err = { 0 };
	bool ok = true;

	str_clear(&f->error);
	if (f->line.text.len == 0 && is_needed(s, p)) {
		str_add_text(&f->error, "is needed");
		return false;
	}
	if (is_left_out(s, p, f))
		return true;
	ok = param_read(p, lineedit_view(&f->line), &value, &err);
	if (ok) {
		str_add_text(json, json->len > 1 ? "," : "");
		jtext_add_quoted(json, p->name);
		str_add_char(json, ':');
		str_add(json, view_of_str(&value));
	} else {
		str_add_text(&f->error, err_text(&err));
	}
	err_release(&err);
	str_release(&value);
	return ok;
}

/* The run as it is now: what it was when the form was opened does not matter. */
static void send_again(struct model *m, struct view params, struct effects *fx)
{
	struct start_state *s = &m->start;
	struct focus focus = { .key = s->again };
	struct order_wish wish;
	struct target t;

	target_make(m, VERB_RERUN, &focus, NULL, &t);
	if (t.allowed) {
		target_wish(&t, VERB_RERUN, &wish);
		wish.params = params.len > 2 ? params : VIEW("");
		s->order = orders_give(m, &wish, fx);
		s->stage = START_SENDING;
	} else {
		str_clear(&s->why);
		str_add(&s->why, view_of_str(&t.why));
		s->stage = START_REFUSED;
	}
	target_release(&t);
}

static void send_form(struct model *m, struct effects *fx)
{
	struct start_state *s = &m->start;
	struct str json = { 0 };
	size_t first_bad = s->fields.len;

	str_add_char(&json, '{');
	for (size_t i = s->fields.len; i-- > 0;)
		str_clear(&s->fields.items[i].error);
	for (size_t i = 0; i < s->fields.len; i++) {
		if (!read_field(s, i, &json) && first_bad == s->fields.len)
			first_bad = i;
	}
	str_add_char(&json, '}');
	if (first_bad < s->fields.len) {
		s->at = first_bad;
	} else if (run_key_is_set(s->again)) {
		send_again(m, view_of_str(&json), fx);
	} else {
		struct order_wish wish = { .verb = VERB_START, .context = s->context,
					   .workflow = s->workflow.name,
					   .params = view_of_str(&json) };

		s->order = orders_give(m, &wish, fx);
		s->stage = START_SENDING;
	}
	str_release(&json);
}

/* ---- following ---- */

static void fetch(struct model *m, struct effects *fx)
{
	struct start_state *s = &m->start;

	s->dirty = false;
	s->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_DETAIL, .request = s->request,
					 .key = s->key });
}

static void find_run(struct model *m, struct effects *fx)
{
	struct start_state *s = &m->start;

	if (run_key_is_set(s->key) || s->follow_id.len == 0)
		return;
	s->key = store_key(m->store, s->context, view_of_str(&s->follow_id));
	if (run_key_is_set(s->key))
		fetch(m, fx);
}

static void answered(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct start_state *s = &m->start;

	if (msg->done.outcome == OUTCOME_OK) {
		s->stage = START_FOLLOWING;
		str_add(&s->follow_id, msg->done.follow_id);
		s->key = msg->done.follow;
		if (run_key_is_set(s->key))
			fetch(m, fx);
		find_run(m, fx);
	} else {
		s->stage = START_REFUSED;
		str_clear(&s->why);
		str_add(&s->why, msg->done.text);
	}
}

static void start_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct start_state *s = &m->start;

	if (s->stage == START_READING) {
		again_arrive(m, msg, fx);
		return;
	}
	if (msg->kind == MSG_DONE && s->stage == START_SENDING && msg->request == s->order) {
		answered(m, msg, fx);
	} else if (msg->kind == MSG_DETAIL && msg->request == s->request) {
		s->request = 0;
		arena_clear(&s->detail_arena);
		s->detail = detail_copy(&s->detail_arena, msg->detail);
	} else if (msg->kind == MSG_DONE && msg->request == s->request) {
		s->request = 0;
	} else if (msg->kind == MSG_CHANGE && s->stage == START_FOLLOWING) {
		find_run(m, fx);
		s->dirty = s->dirty || run_key_eq(msg->change.key, s->key);
	}
	if (s->dirty && s->request == 0 && run_key_is_set(s->key))
		fetch(m, fx);
}

/* ---- keys ---- */

/* The value `by` further of a field that is chosen. */
static void choose(struct start_state *s, int by)
{
	static const struct view booleans[] = { { "false", 5 }, { "true", 4 } };
	const struct param *p = &s->workflow.params.items[s->at];
	const struct view *choices = p->n_choices > 0 ? p->choices : booleans;
	size_t n = p->n_choices > 0 ? p->n_choices : 2, now = 0;
	struct lineedit *line = &s->fields.items[s->at].line;
	struct str shown = { 0 };

	for (size_t i = 0; i < n; i++) {
		str_clear(&shown);
		param_show(p, choices[i], &shown);
		if (view_eq(view_of_str(&shown), lineedit_view(line)))
			now = i;
	}
	now = by < 0 ? (now > 0 ? now - 1 : 0) : (now + 1 < n ? now + 1 : now);
	str_clear(&shown);
	param_show(p, choices[now], &shown);
	lineedit_set(line, view_of_str(&shown));
	str_release(&shown);
}

static bool start_key(struct model *m, struct key key, struct effects *fx)
{
	struct start_state *s = &m->start;

	if (s->stage != START_FORM || s->at >= s->fields.len ||
	    !start_is_choice(&s->workflow.params.items[s->at]))
		return false;
	if (key.code == KEY_CODE_LEFT || key.code == KEY_CODE_RIGHT || key.code == ' ') {
		choose(s, key.code == KEY_CODE_LEFT ? -1 : 1);
		return true;
	}
	/* Letters choose nothing and start nothing. */
	return key.mods == 0 && key.code > ' ' && key.code < KEY_CODE_NAMED;
}

static struct lineedit *start_line(struct model *m)
{
	struct start_state *s = &m->start;

	if (s->stage != START_FORM || s->at >= s->fields.len ||
	    start_is_choice(&s->workflow.params.items[s->at]))
		return NULL;
	return &s->fields.items[s->at].line;
}

static void start_typed(struct model *m, struct effects *fx)
{
	str_clear(&m->start.fields.items[m->start.at].error);
}

static bool act_form(struct model *m, enum action a, struct effects *fx)
{
	struct start_state *s = &m->start;
	bool in_buttons = s->at == s->fields.len;

	if (a == ACTION_UP || (a == ACTION_PREV_PANE && !in_buttons))
		s->at -= s->at > 0;
	else if (!in_buttons && (a == ACTION_DOWN || a == ACTION_OPEN || a == ACTION_NEXT_PANE))
		s->yes = false, s->at++;
	else if (in_buttons && (a == ACTION_YES || (a == ACTION_OPEN && s->yes)))
		send_form(m, fx);
	else if (in_buttons && (a == ACTION_NO || a == ACTION_OPEN))
		screen_pop(m, fx);
	else if (in_buttons && (a == ACTION_NEXT_PANE || a == ACTION_PREV_PANE ||
				a == ACTION_LEFT || a == ACTION_RIGHT))
		s->yes = !s->yes;
	else
		return false;
	return true;
}

static void open_run(struct model *m, struct effects *fx)
{
	struct run_key key = m->start.key;

	if (!run_key_is_set(key))
		return;
	screen_pop(m, fx);
	detail_open(m, key, fx);
}

static bool start_act(struct model *m, enum action a, struct effects *fx)
{
	struct start_state *s = &m->start;

	switch (s->stage) {
	case START_READING:
		if (a == ACTION_NO)
			screen_pop(m, fx);
		return a == ACTION_NO || a == ACTION_OPEN;
	case START_FORM:
		return act_form(m, a, fx);
	case START_SENDING:
		return a == ACTION_OPEN;
	case START_FOLLOWING:
		if (a == ACTION_OPEN)
			open_run(m, fx);
		return a == ACTION_OPEN;
	case START_REFUSED:
		if (a == ACTION_OPEN || a == ACTION_UP)
			s->stage = START_FORM;
		return a == ACTION_OPEN || a == ACTION_UP;
	}
	return false;
}

static int64_t start_due(const struct model *m)
{
	return m->start.stage == START_FOLLOWING ? m->now_ms + 1000 : 0;
}

const struct screen screen_start = {
	.name = "start",
	.title = "Start",
	.overlay = true,
	.scopes = { { SCOPE_DIALOG, SCOPE_LIST, SCOPE_ALWAYS, -1 } },
	.field = start_line,
	.typed = start_typed,
	.key = start_key,
	.act = start_act,
	.arrive = start_arrive,
	.due = start_due,
};
