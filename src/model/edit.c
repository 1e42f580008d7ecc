/* The dialog of edit and retry. */
#include "model/edit.h"

#include "model/board_layout.h"
#include "model/decision.h"
#include "model/detail.h"
#include "model/model.h"
#include "screen/wrap.h"

void edit_release(struct edit_state *s)
{
	target_release(&s->target);
	str_release(&s->task);
	edit_form_release(&s->form);
	str_release(&s->changed);
}

bool edit_is_armed(const struct edit_state *s)
{
	return s->stage == EDIT_CONFIRM && s->changed.len == 0 && edit_form_changes(&s->form) > 0;
}

static void fetch(struct model *m, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	s->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_DETAIL, .request = s->request,
					 .key = s->target.key });
}

void edit_open(struct model *m, const struct focus *focus, struct effects *fx)
{
	struct edit_state *s = &m->edit;
	struct str task = { 0 };

	/* The focus may lie in what is released now. */
	str_add(&task, focus->task);
	target_release(&s->target);
	target_make(m, VERB_EDIT, focus, NULL, &s->target);
	str_clear(&s->task);
	str_add(&s->task, view_of_str(&task));
	str_release(&task);
	edit_form_clear(&s->form);
	str_clear(&s->changed);
	s->stage = EDIT_READING;
	s->at = s->scroll = 0;
	s->yes = false;
	s->opened_ms = s->confirmed_ms = 0;
	screen_push(m, SCREEN_EDIT, fx);
	fetch(m, fx);
}

/* ---- doing it ---- */

static void give(struct model *m, struct effects *fx)
{
	struct edit_state *s = &m->edit;
	struct str json = { 0 };
	struct order_wish wish;
	size_t bad;

	s->confirmed_ms = 0;
	if (edit_form_write(&s->form, &json, &bad)) {
		target_wish(&s->target, VERB_EDIT, &wish);
		wish.edit = view_of_str(&json);
		orders_give(m, &wish, fx);
		model_notice(m, "%s %s %s: sent. D shows what becomes of it.",
			     verb_name(VERB_EDIT), str_text(&s->target.workflow),
			     str_text(&s->target.short_id));
		screen_pop(m, fx);
	}
	str_release(&json);
}

static void confirm(struct model *m, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	if (!edit_is_armed(s))
		return;
	if (m->now_ms < s->opened_ms + DECISION_SHOWN_MS)
		s->confirmed_ms = m->now_ms;
	else
		give(m, fx);
}

/* ---- the screen ---- */

static void edit_close(struct model *m, struct effects *fx)
{
	m->edit.request = 0;
	m->edit.confirmed_ms = 0;
}

static struct lineedit *edit_line(struct model *m)
{
	struct edit_state *s = &m->edit;

	return s->stage == EDIT_FIELDS ? &s->form.fields.items[s->at].line : NULL;
}

static void edit_typed(struct model *m, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	str_clear(&s->form.fields.items[s->at].error);
	edit_form_grow(&s->form, s->at);
}

/* From the fields to what they change; a wrong one holds it up. */
static void show_changes(struct model *m)
{
	struct edit_state *s = &m->edit;
	struct str json = { 0 };
	size_t bad;

	if (edit_form_write(&s->form, &json, &bad)) {
		s->stage = EDIT_CONFIRM;
		s->yes = false;
		s->scroll = 0;
		s->opened_ms = m->now_ms;
	} else {
		s->at = bad;
	}
	str_release(&json);
}

static bool act_fields(struct model *m, enum action a)
{
	struct edit_state *s = &m->edit;
	bool last = s->at + 1 == s->form.fields.len;

	if (a == ACTION_UP || a == ACTION_PREV_PANE)
		s->at -= s->at > 0;
	else if (a == ACTION_PAGE_DOWN ||
		 (last && (a == ACTION_OPEN || a == ACTION_DOWN || a == ACTION_NEXT_PANE)))
		show_changes(m);
	else if (a == ACTION_OPEN || a == ACTION_DOWN || a == ACTION_NEXT_PANE)
		s->at++;
	else
		return false;
	return true;
}

struct view edit_shown(const struct edit_field *f, struct view value)
{
	return f->param.secret ? VIEW("********") : value;
}

static int value_rows(const struct edit_field *f, struct view value, int cols)
{
	int rows = wrap_rows(edit_shown(f, value), cols - EDIT_WAS_COLS);

	return rows > 0 ? rows : 1;
}

void edit_layout_make(const struct model *m, struct edit_layout *out)
{
	enum { HEAD_ROWS = 2, FOOT_ROWS = 3 };	/* what is changed meanwhile, buttons, "more" */
	const struct edit_state *s = &m->edit;
	struct rect body = board_layout_body(m), frame;
	int cols = rect_framed(body, 1, EDIT_COLS, &frame).cols, rows = 0;

	for (size_t i = 0; i < s->form.fields.len; i++) {
		const struct edit_field *f = &s->form.fields.items[i];

		if (edit_field_is_changed(f))
			rows += 1 + value_rows(f, view_of_str(&f->was), cols) +
				value_rows(f, lineedit_view(&f->line), cols);
	}
	*out = (struct edit_layout){ .wanted = rows + HEAD_ROWS + FOOT_ROWS + 1 };
	out->seen = rect_framed(body, out->wanted, EDIT_COLS, &frame).rows - HEAD_ROWS - FOOT_ROWS;
	out->seen = out->seen > 1 ? out->seen : 1;
	out->scroll_most = rows > out->seen ? rows - out->seen : 0;
	out->scroll = (int)s->scroll < out->scroll_most ? (int)s->scroll : out->scroll_most;
}

static void scroll(struct model *m, bool down)
{
	struct edit_layout l;
	int to, page;

	edit_layout_make(m, &l);
	page = l.seen > 1 ? l.seen - 1 : 1;
	to = l.scroll + (down ? page : -page);
	m->edit.scroll = to < 0 ? 0 : (size_t)(to < l.scroll_most ? to : l.scroll_most);
}

static bool act_confirm(struct model *m, enum action a, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	if (a == ACTION_YES || (a == ACTION_OPEN && s->yes)) {
		confirm(m, fx);
	} else if (a == ACTION_NO || a == ACTION_OPEN) {
		screen_pop(m, fx);
	} else if (a == ACTION_NEXT_PANE || a == ACTION_PREV_PANE || a == ACTION_LEFT ||
		   a == ACTION_RIGHT) {
		s->yes = !s->yes;
	} else if (a == ACTION_UP) {
		s->stage = EDIT_FIELDS;
		s->confirmed_ms = 0;
	} else if (a == ACTION_PAGE_DOWN || a == ACTION_PAGE_UP) {
		scroll(m, a == ACTION_PAGE_DOWN);
	} else {
		return false;
	}
	return true;
}

static bool edit_act(struct model *m, enum action a, struct effects *fx)
{
	switch (m->edit.stage) {
	case EDIT_READING:
		if (a == ACTION_NO)
			screen_pop(m, fx);
		return a == ACTION_NO || a == ACTION_OPEN;
	case EDIT_FIELDS:
		return act_fields(m, a);
	case EDIT_CONFIRM:
		return act_confirm(m, a, fx);
	}
	return false;
}

/* ---- what arrives ---- */

static void leave(struct model *m, const char *why, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	screen_push(m, SCREEN_EDIT, fx);
	screen_pop(m, fx);
	model_notice(m, "%s %s %s: %s.", verb_name(VERB_EDIT), str_text(&s->target.workflow),
		     str_text(&s->target.short_id), why);
}

static void take_first(struct model *m, const struct run_detail *d, struct effects *fx)
{
	struct edit_state *s = &m->edit;
	struct focus focus = { s->target.key, view_of_str(&s->task) };
	const struct task_facts *t;
	struct target fresh;

	target_make(m, VERB_EDIT, &focus, d, &fresh);
	target_release(&s->target);
	s->target = fresh;
	t = detail_find_task(d, view_of_str(&s->target.task));
	if (!s->target.allowed || !t) {
		leave(m, str_text(&s->target.why), fx);
		return;
	}
	edit_form_fill(&s->form, d, t);
	s->stage = EDIT_FIELDS;
}

static void take_detail(struct model *m, const struct run_detail *d, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	s->request = 0;
	if (s->stage == EDIT_READING)
		take_first(m, d, fx);
	else if (s->changed.len == 0)
		target_changed(m, VERB_EDIT, &s->target, d, &s->changed);
}

static void target_moved(struct model *m, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	if (s->stage != EDIT_READING && s->changed.len == 0)
		target_changed(m, VERB_EDIT, &s->target, NULL, &s->changed);
	/* Asked anew: an answer that is under way may be older than the change. */
	if (s->changed.len == 0)
		fetch(m, fx);
}

static void edit_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct edit_state *s = &m->edit;

	if (msg->kind == MSG_DETAIL && msg->request == s->request) {
		take_detail(m, msg->detail, fx);
	} else if (msg->kind == MSG_DONE && msg->request == s->request) {
		s->request = 0;
		if (s->stage == EDIT_READING)
			leave(m, "the run could not be read", fx);
	} else if (msg->kind == MSG_CHANGE && run_key_eq(msg->change.key, s->target.key)) {
		target_moved(m, fx);
	}
	if (s->confirmed_ms > 0 && m->now_ms >= s->opened_ms + DECISION_SHOWN_MS) {
		s->confirmed_ms = 0;
		if (edit_is_armed(s) && screen_top(m) == SCREEN_EDIT)
			give(m, fx);
	}
}

static int64_t edit_due(const struct model *m)
{
	return m->edit.confirmed_ms > 0 ? m->edit.opened_ms + DECISION_SHOWN_MS : 0;
}

const struct screen screen_edit = {
	.name = "edit",
	.title = "Edit and retry",
	.overlay = true,
	.scopes = { { SCOPE_DIALOG, SCOPE_LIST, SCOPE_ALWAYS, -1 } },
	.close = edit_close,
	.field = edit_line,
	.typed = edit_typed,
	.act = edit_act,
	.arrive = edit_arrive,
	.due = edit_due,
};
