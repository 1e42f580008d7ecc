/* The board's own actions: moving, marking, filtering, sorting, what is shown. */
#include "model/board_screen.h"

#include <assert.h>

#include "model/board_cursor.h"
#include "model/board_due.h"
#include "model/board_filter.h"
#include "model/board_layout.h"
#include "model/board_marks.h"
#include "model/model.h"

static const char *const density_names[] = {
	[DENSITY_SMALL] = "small", [DENSITY_NORMAL] = "normal", [DENSITY_LARGE] = "large",
};
static_assert(sizeof density_names / sizeof *density_names == DENSITIES, "every density");

static const int density_lines[DENSITIES] = {
	[DENSITY_SMALL] = 1, [DENSITY_NORMAL] = 2, [DENSITY_LARGE] = 4,
};

bool board_density_parse(struct view name, enum density *out)
{
	for (int i = 0; i < DENSITIES; i++) {
		if (view_is(name, density_names[i])) {
			*out = (enum density)i;
			return true;
		}
	}
	return false;
}

int board_card_lines(enum density d)
{
	return density_lines[d];
}

int board_page(const struct model *m)
{
	struct board_layout l;

	board_layout_make(m, board_layout_body(m), &l);
	return l.cards;
}

size_t board_in_view(const struct model *m, struct run_key *out, size_t max)
{
	struct board_layout l;
	size_t n = 0;

	board_layout_make(m, board_layout_body(m), &l);
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		const struct lane_state *s = &m->board.lanes[lane];
		size_t count = board_count(m->cards, lane), end = s->top + (size_t)l.cards;

		if (rect_is_empty(l.lane[lane]) || s->folded)
			continue;
		for (size_t at = s->top; at < end && at < count && n < max; at++)
			out[n++] = board_at(m->cards, lane, at);
	}
	return n;
}

/* ---- actions ---- */

typedef void board_act_fn(struct model *m, enum action a, struct effects *fx);

static void act_move(struct model *m, enum action a, struct effects *fx)
{
	long page = board_page(m), half = page / 2 > 0 ? page / 2 : 1, far = 1L << 40;

	board_cursor_move(m, a == ACTION_UP	    ? -1
			     : a == ACTION_DOWN	    ? 1
			     : a == ACTION_PAGE_UP   ? -page
			     : a == ACTION_PAGE_DOWN ? page
			     : a == ACTION_HALF_UP   ? -half
			     : a == ACTION_HALF_DOWN ? half
			     : a == ACTION_TOP	    ? -far
						    : far);
}

static void act_lane(struct model *m, enum action a, struct effects *fx)
{
	board_cursor_lane(m, a == ACTION_LEFT || a == ACTION_PREV_PANE ? -1 : 1);
}

static void act_number(struct model *m, enum action a, struct effects *fx)
{
	int lane = board_lane_of_number(action_number(a));

	if (lane < 0) {
		model_notice(m, "There is no lane %d.", action_number(a));
		return;
	}
	board_show_lane(m, lane, true);
	board_cursor_go_lane(m, lane);
}

static void act_open(struct model *m, enum action a, struct effects *fx)
{
	struct lane_state *l = &m->board.lanes[m->board.focus];

	if (l->folded)
		l->folded = false;
	else if (run_key_is_set(board_selected(m)))
		detail_open(m, board_selected(m), fx);
}

static void act_mark(struct model *m, enum action a, struct effects *fx)
{
	struct run_key key = board_selected(m);

	if (a == ACTION_MARK_ALL) {
		board_mark_all(m);
		return;
	}
	if (!run_key_is_set(key))
		return;
	if (board_is_marked(&m->board, key))
		board_unmark(&m->board, key);
	else
		board_mark(&m->board, key);
	board_cursor_move(m, 1);
}

static void act_sort(struct model *m, enum action a, struct effects *fx)
{
	m->board.sort = (m->board.sort + 1) % BOARD_SORTS;
	board_renew(m);
	model_notice(m, "Sorted by %s.", board_sort_name(m->board.sort));
}

static void act_density(struct model *m, enum action a, struct effects *fx)
{
	m->board.density = (m->board.density + 1) % DENSITIES;
	for (int lane = 0; lane < BOARD_LANES; lane++)
		board_cursor_reveal(m, lane);
}

static void act_preview(struct model *m, enum action a, struct effects *fx)
{
	m->board.preview = !m->board.preview;
	if (m->cols < BOARD_PREVIEW_COLS)
		model_notice(m, "The preview needs %d columns; here are %d.", BOARD_PREVIEW_COLS,
			     m->cols);
}

static void act_lanes(struct model *m, enum action a, struct effects *fx)
{
	screen_push(m, SCREEN_LANES, fx);
}

static void act_fold(struct model *m, enum action a, struct effects *fx)
{
	struct lane_state *l = &m->board.lanes[m->board.focus];

	l->folded = !l->folded;
}

static void act_new(struct model *m, enum action a, struct effects *fx)
{
	if (a == ACTION_TAKE_NEW)
		board_cursor_take_new(m);
	else if (!board_cursor_next_moved(m))
		model_notice(m, "Nothing moved since you looked.");
}

static void act_filter(struct model *m, enum action a, struct effects *fx)
{
	struct board_state *b = &m->board;

	b->typing = true;
	b->looking = false;
	b->past_at = b->past.len;
	str_clear(&b->before);
	str_add(&b->before, lineedit_view(&b->line));
	b->line.at = b->line.text.len;
}

static void act_back(struct model *m, enum action a, struct effects *fx)
{
	struct board_state *b = &m->board;

	if (b->marks.len > 0)
		board_clear_marks(b);
	else if (b->line.text.len > 0)
		board_set_filter(m, VIEW(""), fx);
}

static board_act_fn *const acts[ACTIONS] = {
	[ACTION_UP] = act_move,		[ACTION_DOWN] = act_move,
	[ACTION_TOP] = act_move,	[ACTION_BOTTOM] = act_move,
	[ACTION_PAGE_UP] = act_move,	[ACTION_PAGE_DOWN] = act_move,
	[ACTION_HALF_UP] = act_move,	[ACTION_HALF_DOWN] = act_move,
	[ACTION_LEFT] = act_lane,	[ACTION_RIGHT] = act_lane,
	[ACTION_NEXT_PANE] = act_lane,	[ACTION_PREV_PANE] = act_lane,
	[ACTION_GO_1] = act_number,	[ACTION_GO_2] = act_number,
	[ACTION_GO_3] = act_number,	[ACTION_GO_4] = act_number,
	[ACTION_GO_5] = act_number,	[ACTION_GO_6] = act_number,
	[ACTION_GO_7] = act_number,	[ACTION_GO_8] = act_number,
	[ACTION_GO_9] = act_number,	[ACTION_OPEN] = act_open,
	[ACTION_MARK] = act_mark,	[ACTION_MARK_ALL] = act_mark,
	[ACTION_SORT] = act_sort,	[ACTION_DENSITY] = act_density,
	[ACTION_PREVIEW] = act_preview,	[ACTION_LANES] = act_lanes,
	[ACTION_FOLD] = act_fold,	[ACTION_TAKE_NEW] = act_new,
	[ACTION_NEXT_MOVED] = act_new,	[ACTION_FILTER] = act_filter,
	[ACTION_BACK] = act_back,
};

/* Marks stay while the filter is typed: half a word hides everything. */
static void end_typing(struct model *m)
{
	m->board.typing = false;
	str_clear(&m->board.filter_error);
	if (!board_is_busy(m->cards))
		board_drop_hidden_marks(m);
}

/* The cursor leaves a lane that the filter emptied, once it is through. */
static void look_for_cards(struct model *m)
{
	m->board.looking = board_is_busy(m->cards);
	if (!m->board.looking)
		board_cursor_find(m);
}

static void keep(struct model *m)
{
	end_typing(m);
	look_for_cards(m);
}

void board_keep_filter(struct model *m, struct view text, struct effects *fx)
{
	m->board.touched = true;
	board_set_filter(m, text, fx);
	board_remember_filter(m, fx);
	keep(m);
}

/* While the filter is typed: letters are text, a few keys are ours. */
static bool act_typing(struct model *m, enum action a, struct effects *fx)
{
	struct board_state *b = &m->board;

	if (a == ACTION_OPEN) {
		board_remember_filter(m, fx);
		if (b->filter_error.len > 0)
			return true;
		keep(m);
	} else if (a == ACTION_BACK || a == ACTION_INTERRUPT) {
		lineedit_set(&b->line, view_of_str(&b->before));
		board_apply_filter(m);
		end_typing(m);
	} else if (a == ACTION_UP || a == ACTION_DOWN) {
		board_walk_past(m, a == ACTION_UP ? -1 : 1);
	} else {
		return a != ACTION_REDRAW && a != ACTION_SUSPEND;
	}
	return true;
}

static bool board_act(struct model *m, enum action a, struct effects *fx)
{
	m->board.touched = true;
	if (m->board.typing)
		return act_typing(m, a, fx);
	if (!acts[a])
		return false;
	acts[a](m, a, fx);
	return true;
}

static struct lineedit *board_field(struct model *m)
{
	return m->board.typing ? &m->board.line : NULL;
}

static void board_typed(struct model *m, struct effects *fx)
{
	m->board.touched = true;
	board_apply_filter(m);
}

/* The newest that have ended may all have completed: the failed ones are looked for, once
 * a connection. */
static void read_failed(struct model *m, uint16_t context, struct effects *fx)
{
	enum { ENOUGH = 50 };
	struct context *c = &m->contexts[context];
	struct str filter = { 0 };
	bool more = c->beyond[LANE_FAILED] > 0 || c->at_least[LANE_FAILED];

	if (!more || c->failed_request || store_count_lane(m->store, LANE_FAILED) >= ENOUGH)
		return;
	c->failed_request = model_request(m);
	lane_add_filter(LANE_FAILED, &filter);
	effects_add(fx, (struct effect){ .kind = EFFECT_PAGE, .request = c->failed_request,
					 .context = context, .text = view_of_str(&filter) });
	str_release(&filter);
}

/* Without a next page they are all here. */
static void failed_arrive(struct model *m, const struct msg *msg)
{
	struct context *c = &m->contexts[msg->context];

	if (!msg->request || msg->request != c->failed_request || msg->page.begins ||
	    msg->page.next.len > 0)
		return;
	context_lane_told(c, LANE_FAILED);
}

static void board_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct board_state *b = &m->board;

	if (msg->kind == MSG_CHANGE) {
		board_cursor_change(m, &msg->change);
		if (msg->change.kind == CHANGE_GONE)
			board_unmark(b, msg->change.key);
	} else if (msg->kind == MSG_COMPLETE) {
		b->settled = true;
	} else if (msg->kind == MSG_COUNTS && msg->context < m->n_contexts) {
		read_failed(m, msg->context, fx);
	} else if (msg->kind == MSG_PAGE && msg->context < m->n_contexts) {
		failed_arrive(m, msg);
	} else if (msg->kind == MSG_RESIZE) {
		for (int lane = 0; lane < BOARD_LANES; lane++)
			board_cursor_reveal(m, lane);
	} else if (msg->kind == MSG_TICK && filter_is_timed(b->filter)) {
		board_set_now(m->cards, m->now_ms);
	}
	if (b->turn != board_turn(m->cards)) {
		b->turn = board_turn(m->cards);
		/* Half a word hides what the whole word will show. */
		if (!b->typing)
			board_drop_hidden_marks(m);
		board_cursor_renew(m);
		if (b->looking)
			look_for_cards(m);
	}
}

static bool board_focus(const struct model *m, struct focus *out)
{
	out->key = board_selected(m);
	return run_key_is_set(out->key);
}

const struct screen screen_board = {
	.name = "board",
	.title = "Board",
	.scopes = { { SCOPE_BOARD, SCOPE_RUN, SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE,
		      SCOPE_ALWAYS, -1 } },
	.field = board_field,
	.typed = board_typed,
	.act = board_act,
	.arrive = board_arrive,
	.focus = board_focus,
	.due = board_due_ms,
};

void board_state_init(struct model *m)
{
	static const int shown[] = { LANE_PENDING, LANE_RUNNING, LANE_COMPLETED, LANE_FAILED };
	struct board_state *b = &m->board;

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		b->lanes[shown[i]].shown = true;
	b->focus = LANE_RUNNING;
	b->density = DENSITY_NORMAL;
	b->preview = true;
}

void board_state_release(struct board_state *b)
{
	lineedit_release(&b->line);
	filter_free(b->filter);
	str_release(&b->filter_error);
	str_release(&b->before);
	for (size_t i = 0; i < b->past.len; i++)
		str_release(&b->past.items[i]);
	vec_release(&b->past);
	vec_release(&b->marks);
	vec_release(&b->moved);
}

void board_show_lane(struct model *m, int lane, bool shown)
{
	struct board_state *b = &m->board;

	if (b->lanes[lane].shown == shown)
		return;
	b->lanes[lane].shown = shown;
	if (lane == BOARD_WAITING)
		board_renew(m);
	for (int i = 0; b->focus == lane && !shown && i < BOARD_LANES; i++) {
		if (b->lanes[board_lane_order[i]].shown)
			board_cursor_go_lane(m, board_lane_order[i]);
	}
	if (!b->lanes[b->focus].shown)
		b->lanes[lane].shown = true;
}

bool board_select(struct model *m, struct run_key key)
{
	struct board_state *b = &m->board;
	size_t index;
	int lane;

	if (!board_find(m->cards, key, &lane, &index))
		return false;
	board_show_lane(m, lane, true);
	b->lanes[lane].folded = false;
	b->lanes[lane].selected = key;
	b->lanes[lane].index = index;
	b->touched = true;
	board_cursor_go_lane(m, lane);
	return true;
}

/* A folded lane that is drawn as a strip: where there is room for one only, it is not. */
static bool is_strip(const struct model *m, int lane)
{
	struct board_layout l;

	if (!m->board.lanes[lane].folded)
		return false;
	board_layout_make(m, board_layout_body(m), &l);
	return l.lane[lane].cols == LANE_FOLDED_COLS;
}

struct run_key board_selected(const struct model *m)
{
	struct run_key key = m->board.lanes[m->board.focus].selected;
	size_t index;
	int lane;

	/* It may have gone to a lane that is not shown, or its lane was folded: nobody sees
	 * what it is now. */
	if (is_strip(m, m->board.focus) || !run_key_is_set(key) ||
	    !board_find(m->cards, key, &lane, &index) || lane != m->board.focus)
		return (struct run_key){ 0 };
	return key;
}
