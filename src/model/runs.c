/* The table of runs, over a board of its own. */
#include "model/runs.h"

#include "model/board_layout.h"
#include "model/detail.h"
#include "model/model.h"

enum { WORK = 4000 };

int runs_page(const struct model *m)
{
	return board_layout_body(m).rows - 2;
}

void runs_release(struct runs_state *s)
{
	board_free(s->cards);
	filter_free(s->filter);
	lineedit_release(&s->line);
	str_release(&s->error);
	vec_release(&s->runs);
	older_release(&s->older);
	*s = (struct runs_state){ 0 };
}

static int64_t ended_at(const struct model *m, struct run_key key)
{
	struct run_brief b;

	return store_brief(m->store, key, &b) ? b.ended_ms : 0;
}

static void push_lane(struct runs_state *s, int lane)
{
	size_t n = board_count(s->cards, lane);

	for (size_t i = 0; i < n && s->runs.len < RUNS_MAX; i++)
		vec_push(&s->runs, board_at(s->cards, lane, i));
}

/* The lanes of ended runs are sorted by time: merged into one. */
static void push_ended(const struct model *m, struct runs_state *s)
{
	size_t at[LANES] = { 0 };

	while (s->runs.len < RUNS_MAX) {
		struct run_key best = { 0 };
		int from = -1;

		for (int i = 0; i < LANES; i++) {
			struct run_key key = board_at(s->cards, i, at[i]);

			if (lane_has_ended((enum lane)i) && run_key_is_set(key) &&
			    (from < 0 || ended_at(m, key) > ended_at(m, best))) {
				best = key;
				from = i;
			}
		}
		if (from < 0)
			return;
		at[from]++;
		vec_push(&s->runs, best);
	}
}

static size_t find_run(const struct runs_state *s, struct run_key key)
{
	for (size_t i = 0; i < s->runs.len; i++) {
		if (run_key_eq(s->runs.items[i], key))
			return i;
	}
	return SIZE_MAX;
}

static struct run_key selected(const struct runs_state *s)
{
	return s->rows.at < s->runs.len ? s->runs.items[s->rows.at] : (struct run_key){ 0 };
}

static void list_anew(struct model *m)
{
	struct runs_state *s = &m->runs;
	struct run_key key = selected(s);
	size_t at;

	vec_clear(&s->runs);
	push_lane(s, LANE_RUNNING);
	push_lane(s, LANE_PENDING);
	push_ended(m, s);
	s->cut = board_total(s->cards) > RUNS_MAX;
	at = run_key_is_set(key) ? find_run(s, key) : SIZE_MAX;
	s->rows.at = at == SIZE_MAX ? 0 : at;
	rows_reveal(&s->rows, s->runs.len, runs_page(m));
}

/* Goes on sorting and filtering; when it is through, the list is another one. */
static void work(struct model *m)
{
	struct runs_state *s = &m->runs;

	board_work(s->cards, WORK);
	if (s->turn != board_turn(s->cards)) {
		s->turn = board_turn(s->cards);
		list_anew(m);
	}
}

static void filter_anew(struct model *m)
{
	struct runs_state *s = &m->runs;
	struct filter *old = s->filter, *f;
	struct err err = { 0 };
	struct board_view view = { .env = { m->now_ms, m->context_names, m->n_contexts } };

	str_clear(&s->error);
	f = filter_parse(lineedit_view(&s->line), NULL, &err);
	if (!f) {
		str_add_text(&s->error, err_text(&err));
		err_release(&err);
		return;
	}
	s->filter = f;
	view.filter = f;
	board_set(s->cards, &view);
	filter_free(old);
	work(m);
}

/* Older runs are read before their edge is reached. */
static void read_on(struct model *m, struct effects *fx)
{
	struct runs_state *s = &m->runs;
	size_t page = (size_t)runs_page(m);

	if (s->typing || s->error.len > 0 || board_is_busy(s->cards) || s->cut)
		return;
	if (s->rows.at + 2 * page >= s->runs.len)
		older_ask(m, &s->older, lineedit_view(&s->line), fx);
}

static void history_open(struct model *m, struct effects *fx)
{
	struct runs_state *s = &m->runs;

	runs_release(s);
	s->cards = board_new(m->store);
	lineedit_set(&s->line, lineedit_view(&m->board.line));
	filter_anew(m);
	older_begin(m, &s->older);
	read_on(m, fx);
}

static void history_close(struct model *m, struct effects *fx)
{
	runs_release(&m->runs);
}

static bool act_typing(struct model *m, enum action a, struct effects *fx)
{
	struct runs_state *s = &m->runs;

	if (a == ACTION_BACK)
		lineedit_clear(&s->line);
	if (a == ACTION_BACK || (a == ACTION_OPEN && s->error.len == 0))
		s->typing = false;
	if (a == ACTION_BACK)
		filter_anew(m);
	if (!s->typing) {
		older_begin(m, &s->older);
		read_on(m, fx);
	}
	return a != ACTION_REDRAW && a != ACTION_SUSPEND && a != ACTION_INTERRUPT;
}

static bool history_act(struct model *m, enum action a, struct effects *fx)
{
	struct runs_state *s = &m->runs;

	if (s->typing)
		return act_typing(m, a, fx);
	if (rows_move(&s->rows, a, s->runs.len, runs_page(m))) {
		older_go_on(&s->older);
		read_on(m, fx);
		return true;
	}
	if (a == ACTION_OPEN && run_key_is_set(selected(s)))
		detail_open(m, selected(s), fx);
	else if (a == ACTION_FILTER)
		s->typing = true;
	else if (a == ACTION_BACK && s->line.text.len > 0)
		act_typing(m, a, fx);
	else
		return a == ACTION_OPEN;
	return true;
}

static struct lineedit *history_field(struct model *m)
{
	return m->runs.typing ? &m->runs.line : NULL;
}

static void history_typed(struct model *m, struct effects *fx)
{
	filter_anew(m);
}

static void run_changed(struct model *m, const struct change *change)
{
	struct runs_state *s = &m->runs;
	struct board_change c = board_apply(s->cards, change);
	size_t at = c.was && !c.is ? find_run(s, change->key) : SIZE_MAX;

	if (m->paging)
		return;		/* older ones: they find their place when the page is there */
	if (!c.was && c.is) {
		vec_insert(&s->runs, 0, c.key);
		s->rows.at++;
		s->rows.top += s->rows.top > 0;
	} else if (at != SIZE_MAX) {
		vec_remove(&s->runs, at);
		s->rows.at -= at < s->rows.at;
	}
	rows_reveal(&s->rows, s->runs.len, runs_page(m));
}

static void history_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct runs_state *s = &m->runs;

	if (msg->kind == MSG_CHANGE)
		run_changed(m, &msg->change);
	else if (msg->kind == MSG_WORK && board_is_busy(s->cards))
		work(m);
	else if (msg->kind == MSG_PAGE && !msg->page.begins)
		list_anew(m);
	bool paged = older_arrive(&s->older, msg);
	if (paged && s->line.text.len == 0)
		older_settle(m, &s->older);
	if (paged || msg->kind == MSG_WORK)
		read_on(m, fx);
}

static bool history_focus(const struct model *m, struct focus *out)
{
	out->key = selected(&m->runs);
	return run_key_is_set(out->key);
}

static int64_t history_due(const struct model *m)
{
	return m->runs.runs.len > 0 ? m->now_ms + 1000 : 0;
}

const struct screen screen_history = {
	.name = "history",
	.title = "History",
	.scopes = { { SCOPE_RUN, SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = history_open,
	.close = history_close,
	.field = history_field,
	.typed = history_typed,
	.act = history_act,
	.arrive = history_arrive,
	.focus = history_focus,
	.due = history_due,
};
