/* The inbox: a second small board over the same store, made when it is opened. */
#include "model/inbox.h"

#include "model/board_layout.h"
#include "model/detail.h"
#include "model/model.h"
#include "model/rows.h"

enum { LANE = BOARD_WAITING, WORK = 4000 };

size_t inbox_count(const struct model *m)
{
	return m->inbox.cards ? board_count(m->inbox.cards, LANE) : 0;
}

struct run_key inbox_at(const struct model *m, size_t index)
{
	return board_at(m->inbox.cards, LANE, index);
}

static int page(const struct model *m)
{
	return (board_layout_body(m).rows - 1) / INBOX_ROWS;
}

static void select_at(struct model *m, size_t index)
{
	struct inbox_state *s = &m->inbox;
	struct rows rows = { index, s->top };

	rows_reveal(&rows, inbox_count(m), page(m));
	s->index = rows.at;
	s->top = rows.top;
	s->selected = inbox_at(m, s->index);
}

/* Keeps the cursor on its run; where that left, on what took its place. */
static void follow(struct model *m)
{
	struct inbox_state *s = &m->inbox;
	size_t index;
	int lane;

	if (run_key_is_set(s->selected) && board_find(s->cards, s->selected, &lane, &index) &&
	    lane == LANE)
		select_at(m, index);
	else
		select_at(m, s->index);
}

void inbox_release(struct inbox_state *s)
{
	board_free(s->cards);
	filter_free(s->filter);
	*s = (struct inbox_state){ 0 };
}

static void inbox_open(struct model *m, struct effects *fx)
{
	struct inbox_state *s = &m->inbox;
	struct board_view view = {
		.env = { m->now_ms, m->context_names, m->n_contexts },
		.sort = BOARD_SORT_URGENCY,
		.waiting = BOARD_WAITING_OWN_LANE,
	};

	inbox_release(s);
	s->filter = filter_parse(VIEW("status:waiting"), NULL, NULL);
	view.filter = s->filter;
	s->cards = board_new(m->store);
	board_set(s->cards, &view);
	board_work(s->cards, WORK);
	select_at(m, 0);
}

static void inbox_close(struct model *m, struct effects *fx)
{
	inbox_release(&m->inbox);
}

static bool inbox_act(struct model *m, enum action a, struct effects *fx)
{
	struct inbox_state *s = &m->inbox;
	struct rows rows = { s->index, s->top };

	if (rows_move(&rows, a, inbox_count(m), page(m))) {
		s->top = rows.top;
		select_at(m, rows.at);
	} else if (a == ACTION_OPEN && run_key_is_set(s->selected)) {
		detail_open(m, s->selected, fx);
	} else {
		return false;
	}
	return true;
}

static void inbox_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	if (msg->kind == MSG_CHANGE) {
		board_apply(m->inbox.cards, &msg->change);
		follow(m);
	} else if (msg->kind == MSG_WORK && board_is_busy(m->inbox.cards)) {
		board_work(m->inbox.cards, WORK);
		follow(m);
	} else if (msg->kind == MSG_RESIZE) {
		follow(m);
	}
}

static bool inbox_focus(const struct model *m, struct focus *out)
{
	const struct inbox_state *s = &m->inbox;

	if (!run_key_is_set(s->selected) || !board_shows(s->cards, s->selected))
		return false;
	out->key = s->selected;
	return true;
}

void inbox_decided(struct model *m, struct run_key key)
{
	struct inbox_state *s = &m->inbox;

	if (!run_key_eq(s->selected, key))
		return;
	if (s->index + 1 < inbox_count(m))
		select_at(m, s->index + 1);
	else if (s->index > 0)
		select_at(m, 0);
}

static int64_t inbox_due(const struct model *m)
{
	return inbox_count(m) > 0 ? m->now_ms + 1000 : 0;
}

const struct screen screen_inbox = {
	.name = "inbox",
	.title = "Inbox",
	.scopes = { { SCOPE_RUN, SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = inbox_open,
	.close = inbox_close,
	.act = inbox_act,
	.arrive = inbox_arrive,
	.focus = inbox_focus,
	.due = inbox_due,
};
