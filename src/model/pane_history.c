/* The history pane of an open run: its newest lines when it is shown and again when the
 * run changed; those before them when one goes up beyond the first. */
#include "model/detail.h"
#include "core/detail_copy.h"
#include "model/model.h"
#include "model/panes.h"

static void ask(struct model *m, struct view cursor, struct effects *fx)
{
	struct history_state *h = &m->detail.history;

	h->request = model_request(m);
	h->asks_older = cursor.len > 0;
	effects_add(fx, (struct effect){ .kind = EFFECT_HISTORY, .request = h->request,
					 .key = h->key, .text = cursor });
}

void pane_history_show(struct model *m, struct effects *fx)
{
	struct history_state *h = &m->detail.history;

	const struct run_detail *d = m->detail.detail;
	int64_t seq = !d ? 0 : d->history_seq ? d->history_seq : d->run.seq;

	if (h->request || (run_key_eq(h->key, m->detail.key) && h->seq == seq))
		return;
	if (!run_key_eq(h->key, m->detail.key)) {
		h->len = 0;
		str_clear(&h->older);
	}
	h->key = m->detail.key;
	h->seq = seq;
	ask(m, (struct view){ 0 }, fx);
}

void pane_history_hide(struct model *m, struct effects *fx)
{
	/* What comes later belongs to nobody. */
	m->detail.history.request = 0;
	m->detail.history.seq = -1;
}

size_t history_lines(const struct history_state *h)
{
	return h->len + (h->older.len > 0);
}

static size_t last_top(const struct model *m)
{
	const struct history_state *h = &m->detail.history;
	struct detail_layout l;

	detail_layout_make(m, &l);
	size_t rows = l.pane.rows > 0 ? (size_t)l.pane.rows : 1;
	size_t lines = history_lines(h);
	return lines > rows ? lines - rows + 1 : 0;	/* a row says how much there is */
}

bool pane_history_act(struct model *m, enum action a, struct effects *fx)
{
	struct history_state *h = &m->detail.history;
	size_t *top = &m->detail.scroll[PANE_HISTORY].top;
	bool was_first = *top == 0;

	if (a == ACTION_BOTTOM) {
		*top = last_top(m);
		return true;
	}
	if (!pane_scroll(m, a, fx))
		return false;
	if (*top > last_top(m))
		*top = last_top(m);
	if (was_first && *top == 0 && a != ACTION_DOWN && h->older.len && !h->request)
		ask(m, view_of_str(&h->older), fx);
	return true;
}

/* ---- windows ---- */

/* How many of what is here stay in front of newer lines; none, and those before them
 * have to be read again, where something may lie between. */
static size_t kept_before(const struct history_state *h, const struct msg_history *newest)
{
	size_t n = h->len;

	if (!n || !newest->len || h->items[n - 1].seq < newest->items[0].seq)
		return 0;
	while (n > 0 && h->items[n - 1].seq >= newest->items[0].seq)
		n--;
	return n;
}

static void join(struct history_state *h, const struct msg_history *first, size_t n,
		 const struct msg_history *then)
{
	struct arena arena = { 0 };
	struct history_facts *all = arena_array(&arena, n + then->len + 1, sizeof *all);
	const struct history_facts *a = history_copy(&arena, first->items, n);
	const struct history_facts *b = history_copy(&arena, then->items, then->len);

	for (size_t i = 0; i < n; i++)
		all[i] = a[i];
	for (size_t i = 0; i < then->len; i++)
		all[n + i] = b[i];
	arena_release(&h->arena);
	h->arena = arena;
	h->items = all;
	h->len = n + then->len;
}

static void set_older(struct history_state *h, struct view cursor)
{
	str_clear(&h->older);
	str_add(&h->older, cursor);
}

/* The line that was the first one stays below the new ones. */
static void take_older(struct model *m, const struct msg_history *msg)
{
	struct history_state *h = &m->detail.history;
	const struct msg_history here = { .items = h->items, .len = h->len };

	join(h, msg, msg->len, &here);
	set_older(h, msg->older);
	m->detail.scroll[PANE_HISTORY].top += msg->len;
}

static void take_newest(struct model *m, const struct msg_history *msg)
{
	struct history_state *h = &m->detail.history;
	size_t *top = &m->detail.scroll[PANE_HISTORY].top;
	const struct msg_history here = { .items = h->items, .len = h->len };
	size_t kept = kept_before(h, msg);
	bool to_end = h->len ? *top > 0 && *top >= last_top(m) : msg->older.len > 0;

	if (!kept)
		set_older(h, msg->older);
	join(h, &here, kept, msg);
	if (to_end)
		*top = last_top(m);
}

static void ended(struct model *m, const struct msg_done *done, struct effects *fx)
{
	struct history_state *h = &m->detail.history;

	h->request = 0;
	str_clear(&h->trouble);
	if (done->outcome != OUTCOME_OK) {
		str_add(&h->trouble, done->text);
		/* Its cursor is void: those before are asked for from the end on. */
		if (h->asks_older && done->outcome == OUTCOME_REFUSED)
			h->len = 0;
	} else if (!h->len && h->older.len) {
		ask(m, view_of_str(&h->older), fx);
	} else {
		pane_history_show(m, fx);
	}
}

void pane_history_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct history_state *h = &m->detail.history;

	if (!h->request || msg->request != h->request)
		return;
	if (msg->kind == MSG_HISTORY && h->asks_older)
		take_older(m, &msg->history);
	else if (msg->kind == MSG_HISTORY)
		take_newest(m, &msg->history);
	else if (msg->kind == MSG_DONE)
		ended(m, &msg->done, fx);
}

void history_state_release(struct history_state *h)
{
	arena_release(&h->arena);
	str_release(&h->older);
	str_release(&h->trouble);
}
