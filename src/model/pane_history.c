/* The history pane of an open run: fetched when it is shown and again when the
 * run changed. */
#include "model/detail.h"
#include "model/detail_copy.h"
#include "model/model.h"
#include "model/panes.h"

void pane_history_show(struct model *m, struct effects *fx)
{
	struct history_state *h = &m->detail.history;

	int64_t seq = m->detail.detail ? m->detail.detail->run.seq : 0;

	if (h->request || (run_key_eq(h->key, m->detail.key) && h->seq == seq))
		return;
	h->key = m->detail.key;
	h->seq = seq;
	h->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_HISTORY, .request = h->request,
					 .key = h->key });
}

void pane_history_hide(struct model *m, struct effects *fx)
{
	/* What comes later belongs to nobody. */
	m->detail.history.request = 0;
	m->detail.history.seq = -1;
}

void pane_history_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct history_state *h = &m->detail.history;

	if (!h->request || msg->request != h->request)
		return;
	if (msg->kind == MSG_HISTORY) {
		arena_clear(&h->arena);
		h->items = history_copy(&h->arena, msg->history.items, msg->history.len);
		h->len = msg->history.len;
	} else if (msg->kind == MSG_DONE) {
		h->request = 0;
		str_clear(&h->trouble);
		if (msg->done.outcome != OUTCOME_OK)
			str_add(&h->trouble, msg->done.text);
	}
}

void history_state_release(struct history_state *h)
{
	arena_release(&h->arena);
	str_release(&h->trouble);
}
