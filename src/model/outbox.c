/* The outbox screen. */
#include "model/outbox.h"

#include "model/board_layout.h"
#include "model/detail.h"
#include "model/model.h"

const struct order_line *outbox_line(const struct model *m, size_t n)
{
	size_t len = m->orders.lines.len;

	return n < len ? m->orders.lines.items[len - 1 - n] : NULL;
}

static void outbox_open(struct model *m, struct effects *fx)
{
	m->outbox.rows = (struct rows){ 0 };
}

static bool outbox_act(struct model *m, enum action a, struct effects *fx)
{
	const struct order_line *l;

	if (rows_move(&m->outbox.rows, a, m->orders.lines.len,
		      board_layout_body(m).rows - 2 - OUTBOX_DETAIL_ROWS))
		return true;
	if (a != ACTION_OPEN)
		return false;
	l = outbox_line(m, m->outbox.rows.at);
	if (l && run_key_is_set(l->key) && store_has(m->store, l->key))
		detail_open(m, l->key, fx);
	return true;
}

static bool outbox_focus(const struct model *m, struct focus *out)
{
	const struct order_line *l = outbox_line(m, m->outbox.rows.at);

	if (!l || !store_has(m->store, l->key))
		return false;
	out->key = l->key;
	return true;
}

static int64_t outbox_due(const struct model *m)
{
	return m->orders.lines.len > 0 ? m->now_ms + 1000 : 0;
}

const struct screen screen_outbox = {
	.name = "outbox",
	.title = "Orders",
	.scopes = { { SCOPE_RUN, SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = outbox_open,
	.act = outbox_act,
	.focus = outbox_focus,
	.due = outbox_due,
};
