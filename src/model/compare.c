/* Comparing two runs. */
#include "model/compare.h"

#include "base/utf8.h"
#include "core/detail_copy.h"
#include "model/board_layout.h"
#include "model/decision.h"
#include "model/model.h"

enum { LOW_ROWS = 12 };

void compare_release(struct compare_state *s)
{
	for (int i = 0; i < COMPARED; i++)
		str_release(&s->names[i]);
	str_release(&s->trouble);
	arena_release(&s->arena);
}

static void clear(struct compare_state *s)
{
	compare_release(s);
	*s = (struct compare_state){ 0 };
}

/* ---- which runs ---- */

static void set_run(struct model *m, int which, struct run_key key, struct effects *fx)
{
	struct compare_state *s = &m->compare;

	s->keys[which] = key;
	str_clear(&s->names[which]);
	model_add_run_name(m, key, &s->names[which]);
	s->requests[which] = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_DETAIL, .request = s->requests[which],
					 .key = key });
}

struct looking {
	struct run_brief mine;
	struct run_key best;
	int64_t best_ms;	/* 0: there is none */
};

static void consider(struct looking *l, struct run_key key, const struct run_brief *b)
{
	if (b->status != RUN_COMPLETED || b->context != l->mine.context ||
	    !view_eq(b->workflow, l->mine.workflow) ||
	    !compare_prefers(l->mine.created_ms, b->created_ms, l->best_ms))
		return;
	l->best = key;
	l->best_ms = b->created_ms;
}

static struct run_key last_good(const struct model *m, struct run_key mine, bool *older)
{
	struct looking l = { .best_ms = 0 };
	struct run_brief b;
	struct run_key key;
	uint32_t at = 0;

	if (!store_brief(m->store, mine, &l.mine))
		return (struct run_key){ 0 };
	while (store_next(m->store, &at, &key)) {
		if (!run_key_eq(key, mine) && store_brief(m->store, key, &b))
			consider(&l, key, &b);
	}
	*older = l.best_ms && l.best_ms < l.mine.created_ms;
	return l.best;
}

/* The board may not have it: the backend is asked for its last ones before that run, then
 * for its last ones. */
static void search(struct model *m, struct effects *fx)
{
	struct compare_state *s = &m->compare;
	struct str filter = { 0 };
	struct run_brief mine;

	if (!store_brief(m->store, s->keys[0], &mine)) {
		str_add_text(&s->trouble, "The run is gone.");
		return;
	}
	s->search = model_request(m);
	compare_add_filter(&filter, mine.workflow, s->any ? 0 : mine.created_ms);
	effects_add(fx, (struct effect){ .kind = EFFECT_PAGE, .request = s->search,
					 .context = mine.context, .text = view_of_str(&filter) });
	str_release(&filter);
}

static void found(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct compare_state *s = &m->compare;
	bool ok = msg->done.outcome == OUTCOME_OK, older = false;
	struct run_key good = last_good(m, s->keys[0], &older);

	s->search = 0;
	if (ok && !older && !s->any) {
		s->any = true;
		search(m, fx);
	} else if (run_key_is_set(good)) {
		set_run(m, 1, good, fx);
	} else if (ok) {
		str_add_text(&s->trouble, "No other run of its workflow has completed.");
	} else {
		str_add(&s->trouble, msg->done.text);
	}
}

static bool choose_marked(struct model *m, struct effects *fx)
{
	if (!decision_is_of_marks(m) || m->board.marks.len == 1)
		return false;
	if (m->board.marks.len > COMPARED) {
		model_notice(m, "%zu runs are marked: two can be compared.", m->board.marks.len);
		return true;
	}
	clear(&m->compare);
	screen_push(m, SCREEN_COMPARE, fx);
	for (int i = 0; i < COMPARED; i++)
		set_run(m, i, m->board.marks.items[i], fx);
	return true;
}

void compare_open(struct model *m, struct effects *fx)
{
	struct focus focus;
	struct run_key good;
	bool older = false;

	if (choose_marked(m, fx))
		return;
	if (!model_focus(m, &focus)) {
		model_notice(m, "No run is in focus.");
		return;
	}
	struct run_key mine = focus.key;

	clear(&m->compare);
	screen_push(m, SCREEN_COMPARE, fx);
	set_run(m, 0, mine, fx);
	good = last_good(m, mine, &older);
	if (older)
		set_run(m, 1, good, fx);
	else
		search(m, fx);
}

/* ---- what arrives ---- */

static void take(struct compare_state *s, int which, const struct run_detail *d)
{
	s->runs[which] = detail_copy(&s->arena, d);
	s->ready = s->runs[0] && s->runs[1];
	if (!s->ready)
		return;
	compare_runs(&s->arena, s->runs, &s->all);
	for (size_t i = 0; i < s->all.len; i++) {
		int cells = utf8_width(s->all.rows[i].what);

		s->what_cells = cells > s->what_cells ? cells : s->what_cells;
	}
}

static void compare_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct compare_state *s = &m->compare;
	bool failed = msg->kind == MSG_DONE && msg->done.outcome != OUTCOME_OK;

	if (s->search && msg->request == s->search && msg->kind == MSG_DONE)
		found(m, msg, fx);
	for (int i = 0; i < COMPARED; i++) {
		if (!s->requests[i] || msg->request != s->requests[i])
			continue;
		if (msg->kind == MSG_DETAIL && !s->runs[i])
			take(s, i, msg->detail);
		if (msg->kind == MSG_DONE)
			s->requests[i] = 0;
		if (failed && s->trouble.len == 0)
			str_add(&s->trouble, msg->done.text);
	}
}

int compare_page(int body_rows)
{
	return body_rows - COMPARE_HEAD_ROWS - (body_rows >= LOW_ROWS ? COMPARE_WHOLE_ROWS : 0);
}

static bool compare_act(struct model *m, enum action a, struct effects *fx)
{
	return rows_move(&m->compare.rows, a, m->compare.all.len,
			 compare_page(board_layout_body(m).rows));
}

static void compare_close(struct model *m, struct effects *fx)
{
	clear(&m->compare);
}

const struct screen screen_compare = {
	.name = "compare",
	.title = "Compare",
	.scopes = { { SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.act = compare_act,
	.arrive = compare_arrive,
	.close = compare_close,
};
