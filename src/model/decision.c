/* The decision dialog. */
#include "model/decision.h"

#include "core/detail_copy.h"
#include "model/again.h"
#include "model/board_screen.h"
#include "model/detail.h"
#include "model/edit.h"
#include "model/evidence.h"
#include "model/inbox.h"
#include "model/model.h"
#include "model/question.h"
#include "model/speak.h"

static void clear_targets(struct decision_state *d)
{
	for (size_t i = 0; i < d->targets.len; i++)
		target_release(&d->targets.items[i]);
	vec_clear(&d->targets);
}

void decision_release(struct decision_state *d)
{
	clear_targets(d);
	evidence_clear(d);
	vec_release(&d->targets);
	vec_release(&d->evidence);
	str_release(&d->task);
	lineedit_release(&d->line);
	str_release(&d->line_error);
	str_release(&d->hint);
	str_release(&d->changed);
	str_release(&d->evidence_of);
	shown_release(&d->shown);
	arena_release(&d->arena);
}

const char *decision_field_name(enum verb verb)
{
	static const char *const names[VERBS] = {
		[VERB_APPROVE] = "comment", [VERB_REJECT] = "reason", [VERB_ANSWER] = "answer",
		[VERB_RETRY] = "comment", [VERB_SKIP] = "reason", [VERB_ADVANCE] = "reason",
		[VERB_CANCEL] = "reason", [VERB_PAUSE] = "reason", [VERB_RESUME] = "comment",
		[VERB_TERMINATE] = "reason",
	};

	return names[verb];
}

struct view decision_hint(const struct decision_state *d)
{
	return view_of_str(d->line_error.len > 0 ? &d->line_error : &d->hint);
}

size_t decision_allowed(const struct decision_state *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->targets.len; i++)
		n += d->targets.items[i].allowed && !d->targets.items[i].unsettled;
	return n;
}

bool decision_is_armed(const struct decision_state *d)
{
	return d->changed.len == 0 && d->line_error.len == 0 && decision_allowed(d) > 0 &&
	       shown_is_enough(&d->shown);
}

/* ---- opening ---- */

static void fetch(struct model *m, struct effects *fx)
{
	struct decision_state *d = &m->decision;

	d->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_DETAIL, .request = d->request,
					 .key = d->targets.items[0].key });
}

static void start(struct model *m, enum verb verb)
{
	struct decision_state *d = &m->decision;

	clear_targets(d);
	evidence_clear(d);
	str_clear(&d->task);
	lineedit_clear(&d->line);
	str_clear(&d->line_error);
	str_clear(&d->hint);
	str_clear(&d->changed);
	str_clear(&d->evidence_of);
	shown_reset(&d->shown);
	arena_clear(&d->arena);
	d->verb = verb;
	d->detail = NULL;
	d->request = d->log_request = 0;
	d->stage = decision_field_name(verb) ? DECISION_TEXT : DECISION_BUTTONS;
	d->yes = false;
	d->opened_ms = m->now_ms;
	d->confirmed_ms = 0;
	d->scroll = 0;
}

static void add_target(struct model *m, const struct focus *focus, const struct run_detail *detail)
{
	struct target t;

	target_make(m, m->decision.verb, focus, detail, &t);
	vec_push(&m->decision.targets, t);
}

/* False, with a notice: it is not possible. */
static bool aim(struct model *m, enum verb verb, const struct focus *focus)
{
	struct decision_state *d = &m->decision;
	bool open = screen_is_open(m, SCREEN_DETAIL) && run_key_eq(m->detail.key, focus->key);
	const struct target *t;

	start(m, verb);
	str_add(&d->task, focus->task);
	add_target(m, focus, open ? m->detail.detail : NULL);
	t = &d->targets.items[0];
	if (!t->allowed) {
		model_notice(m, "%s %s %s: %s.", verb_name(verb), str_text(&t->workflow),
			     str_text(&t->short_id), str_text(&t->why));
	}
	return t->allowed;
}

void decision_ask(struct model *m, enum verb verb, const struct focus *focus,
		  struct effects *fx)
{
	if (!aim(m, verb, focus))
		return;
	if (verb_is_on_task(verb))
		fetch(m, fx);
	screen_push(m, SCREEN_DECISION, fx);
}

/* Words of its own for one run's code. */
static bool is_spoken(enum verb verb)
{
	return verb == VERB_SIGNAL || verb == VERB_UPDATE || verb_is_question(verb);
}

bool decision_is_for_one(enum verb verb)
{
	return verb == VERB_EDIT || verb == VERB_ANSWER || is_spoken(verb);
}

void decision_open_one(struct model *m, enum verb verb, const struct focus *focus,
		       struct effects *fx)
{
	if (verb == VERB_STACK)
		speak_stack(m, focus, fx);
	else if (is_spoken(verb))
		speak_open(m, verb, focus, fx);
	else if (verb != VERB_RERUN && verb != VERB_EDIT)
		decision_ask(m, verb, focus, fx);
	else if (!aim(m, verb, focus))
		return;
	else if (verb == VERB_EDIT)
		edit_open(m, focus, fx);
	else
		again_open(m, focus->key, fx);
}

static void open_marked(struct model *m, enum verb verb, struct effects *fx)
{
	start(m, verb);
	for (size_t i = 0; i < m->board.marks.len; i++)
		add_target(m, &(struct focus){ .key = m->board.marks.items[i] }, NULL);
	if (decision_allowed(&m->decision) == 0)
		model_notice(m, "%s: not possible for any of the %zu marked runs.",
			     verb_name(verb), m->decision.targets.len);
	else
		screen_push(m, SCREEN_DECISION, fx);
}

bool decision_is_of_marks(const struct model *m)
{
	for (int i = 1; i < m->depth; i++)
		if (!screen_get(m->stack[i])->overlay)
			return false;
	return m->board.marks.len > 0;
}

void decision_open(struct model *m, enum verb verb, struct effects *fx)
{
	struct focus focus;

	if (decision_is_of_marks(m) && !decision_is_for_one(verb))
		open_marked(m, verb, fx);
	else if (model_focus(m, &focus))
		decision_open_one(m, verb, &focus, fx);
	else
		model_notice(m, "No run is in focus.");
}

/* ---- doing it ---- */

static void give(struct model *m, const struct target *t, struct view json, struct effects *fx)
{
	struct decision_state *d = &m->decision;
	struct order_wish wish;

	target_wish(t, d->verb, &wish);
	if (d->verb == VERB_ANSWER)
		wish.value = json;
	else
		wish.comment = lineedit_view(&d->line);
	orders_give(m, &wish, fx);
}

static void say_given(struct model *m, size_t n)
{
	const struct decision_state *d = &m->decision;
	const struct target *t = &d->targets.items[0];

	if (verb_is_destructive(d->verb))
		return;
	if (d->targets.len > 1)
		model_notice(m, "%s: %zu runs. D shows what becomes of them.",
			     verb_name(d->verb), n);
	else
		model_notice(m, "%s %s %s: sent. D shows what becomes of it.",
			     verb_name(d->verb), str_text(&t->workflow), str_text(&t->short_id));
}

static void give_all(struct model *m, struct effects *fx)
{
	struct decision_state *d = &m->decision;
	struct run_key last = d->targets.items[0].key;
	uint64_t before = m->last_request;
	struct str json = { 0 };
	size_t n = 0;

	if (d->verb == VERB_ANSWER &&
	    !question_read(d->detail, view_of_str(&d->targets.items[0].task),
			   lineedit_view(&d->line), &json, &d->line_error)) {
		d->stage = DECISION_TEXT;
		d->confirmed_ms = 0;
		str_release(&json);
		return;
	}
	for (size_t i = 0; i < d->targets.len; i++) {
		if (!d->targets.items[i].allowed || d->targets.items[i].unsettled)
			continue;
		give(m, &d->targets.items[i], view_of_str(&json), fx);
		n++;
	}
	orders_join(&m->orders, before);
	str_release(&json);
	shown_remember(m, fx);
	say_given(m, n);
	if (d->targets.len > 1)
		board_clear_marks(&m->board);
	screen_pop(m, fx);
	if (screen_top(m) == SCREEN_INBOX)
		inbox_decided(m, last);
}

static void confirm(struct model *m, struct effects *fx)
{
	struct decision_state *d = &m->decision;

	if (!decision_is_armed(d))
		return;
	/* What is held can be taken back: it need not wait here too, deaf to `u`. */
	if (m->now_ms < d->opened_ms + DECISION_SHOWN_MS && !verb_is_destructive(d->verb))
		d->confirmed_ms = m->now_ms;
	else
		give_all(m, fx);
}

/* ---- the screen ---- */

static void decision_close(struct model *m, struct effects *fx)
{
	struct decision_state *d = &m->decision;

	if (d->log_request)
		effects_add(fx, (struct effect){ .kind = EFFECT_LOG_CLOSE,
						 .request = d->log_request });
	d->request = d->log_request = 0;
	d->confirmed_ms = 0;
}

static struct lineedit *decision_field(struct model *m)
{
	return m->decision.stage == DECISION_TEXT ? &m->decision.line : NULL;
}

static void decision_typed(struct model *m, struct effects *fx)
{
	str_clear(&m->decision.line_error);
}

static bool act_text(struct model *m, enum action a, struct effects *fx)
{
	struct decision_state *d = &m->decision;

	if (a == ACTION_OPEN || a == ACTION_NEXT_PANE || a == ACTION_DOWN) {
		d->stage = DECISION_BUTTONS;
		d->yes = false;
		shown_ask(m, fx);
		return true;
	}
	return false;
}

static bool act_buttons(struct model *m, enum action a, struct effects *fx)
{
	struct decision_state *d = &m->decision;

	if (a == ACTION_YES || (a == ACTION_OPEN && d->yes)) {
		confirm(m, fx);
	} else if (a == ACTION_NO || a == ACTION_OPEN) {
		screen_pop(m, fx);
	} else if (a == ACTION_NEXT_PANE || a == ACTION_PREV_PANE || a == ACTION_LEFT ||
		   a == ACTION_RIGHT) {
		d->yes = !d->yes;
	} else if (a == ACTION_UP && decision_field_name(d->verb)) {
		d->stage = DECISION_TEXT;
	} else {
		return false;
	}
	return true;
}

/* The list of runs; a prompt by what is seen of it, then the words that are sent. */
static void scroll(struct model *m, bool down)
{
	struct decision_layout l;
	int to, page;

	decision_layout_make(m, &l);
	page = l.prompt_shown > 1 ? l.prompt_shown - 1 : 1;
	if (down)
		to = l.scroll >= l.prompt_most		? l.scroll + 1
		     : l.scroll + page > l.prompt_most ? l.prompt_most
							: l.scroll + page;
	else
		to = l.scroll - (l.scroll > l.prompt_most || l.prompt_most == 0 ? 1 : page);
	m->decision.scroll = to < 0 ? 0 : (size_t)(to < l.scroll_most ? to : l.scroll_most);
}

static bool decision_act(struct model *m, enum action a, struct effects *fx)
{
	if (a == ACTION_PAGE_DOWN || a == ACTION_PAGE_UP)
		scroll(m, a == ACTION_PAGE_DOWN);
	return m->decision.stage == DECISION_TEXT ? act_text(m, a, fx) : act_buttons(m, a, fx);
}

/* ---- what arrives ---- */

static void set_hint(struct decision_state *d)
{
	struct view id = view_of_str(&d->targets.items[0].task);
	const struct task_facts *t = detail_find_task(d->detail, id);
	struct arena arena = { 0 };
	struct param param;

	str_clear(&d->hint);
	if (d->verb != VERB_ANSWER)
		return;
	question_param(t ? t->gate.schema : VIEW(""), &arena, &param);
	question_add_hint(&param, &d->hint);
	arena_release(&arena);
}

/* It is known that the target changed; the detail knows who did it. */
static void say_who(struct model *m)
{
	struct decision_state *d = &m->decision;
	struct str words = { 0 };

	if (target_changed(m, d->verb, &d->targets.items[0], d->detail, &words)) {
		str_clear(&d->changed);
		str_add(&d->changed, view_of_str(&words));
	}
	str_release(&words);
}

static void take_detail(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct decision_state *d = &m->decision;
	struct target *t = &d->targets.items[0];
	struct focus focus = { t->key, view_of_str(&d->task) };
	struct target fresh;

	d->request = 0;
	arena_clear(&d->arena);
	d->detail = detail_copy(&d->arena, msg->detail);
	if (d->changed.len > 0) {
		say_who(m);
	} else if (t->unsettled) {
		target_make(m, d->verb, &focus, d->detail, &fresh);
		target_release(t);
		*t = fresh;
		if (!t->allowed)
			str_addf(&d->changed, "Not possible: %s.", str_text(&t->why));
	} else {
		target_changed(m, d->verb, t, d->detail, &d->changed);
	}
	set_hint(d);
	evidence_fetch(m, fx);
}

static void target_moved(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct decision_state *d = &m->decision;

	if (d->targets.len == 1) {
		struct target *t = &d->targets.items[0];

		if (!run_key_eq(t->key, msg->change.key) || d->changed.len > 0)
			return;
		/* Its detail tells who did it: asked anew, since an answer that is under way
		 * may be older than the change. */
		if (target_changed(m, d->verb, t, NULL, &d->changed) || d->request == 0) {
			if (verb_is_on_task(d->verb))
				fetch(m, fx);
		}
		return;
	}
	for (size_t i = 0; i < d->targets.len; i++) {
		struct target *t = &d->targets.items[i];

		if (t->allowed && run_key_eq(t->key, msg->change.key) &&
		    target_changed(m, d->verb, t, NULL, &t->why))
			t->allowed = false;
	}
}

static void decision_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct decision_state *d = &m->decision;

	if (msg->kind == MSG_DETAIL && msg->request == d->request)
		take_detail(m, msg, fx);
	else if (msg->kind == MSG_DONE && msg->request == d->request)
		d->request = 0;
	else if (msg->kind == MSG_LOG && msg->request == d->log_request)
		evidence_take(d, &msg->log);
	else if (msg->kind == MSG_CHANGE)
		target_moved(m, msg, fx);
	shown_arrive(m, msg);
	if (d->confirmed_ms > 0 && m->now_ms >= d->opened_ms + DECISION_SHOWN_MS) {
		if (decision_is_armed(d) && screen_top(m) == SCREEN_DECISION)
			give_all(m, fx);
		d->confirmed_ms = 0;
	}
}

static int64_t decision_due(const struct model *m)
{
	return m->decision.confirmed_ms > 0 ? m->decision.opened_ms + DECISION_SHOWN_MS : 0;
}

const struct screen screen_decision = {
	.name = "decision",
	.title = "Decision",
	.overlay = true,
	.scopes = { { SCOPE_DIALOG, SCOPE_LIST, SCOPE_ALWAYS, -1 } },
	.close = decision_close,
	.field = decision_field,
	.typed = decision_typed,
	.act = decision_act,
	.arrive = decision_arrive,
	.due = decision_due,
};
