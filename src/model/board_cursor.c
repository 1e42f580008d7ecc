/* The cursor is bound to a run's key, never to a row. When cards come above it,
 * the lane's first drawn card moves with them: the cursor stays where the eye is,
 * and the newcomers are counted until they are taken. */
#include "model/board_cursor.h"

#include "model/board_layout.h"
#include "model/model.h"

enum { MOVED_MAX = 200 };

static struct lane_state *lane_of(struct model *m, int lane)
{
	return &m->board.lanes[lane];
}

static bool is_selected(const struct lane_state *l, struct run_key key)
{
	return run_key_is_set(l->selected) && run_key_eq(l->selected, key);
}

static void clamp_index(struct lane_state *l, size_t count)
{
	if (l->index >= count)
		l->index = count > 0 ? count - 1 : 0;
}

static void clamp_top(struct lane_state *l, size_t count, size_t page)
{
	if (l->top + page > count)
		l->top = count > page ? count - page : 0;
}

void board_cursor_reveal(struct model *m, int lane)
{
	struct lane_state *l = lane_of(m, lane);
	size_t page = (size_t)board_page(m), count = board_count(m->cards, lane);

	if (l->index < l->top)
		l->top = l->index;
	if (l->index >= l->top + page)
		l->top = l->index - page + 1;
	clamp_top(l, count, page);
}

/* Takes the index from where the selected run stands now. False: it left. */
static bool follow(struct model *m, int lane)
{
	struct lane_state *l = lane_of(m, lane);
	size_t index;
	int at;

	if (!run_key_is_set(l->selected) || !board_find(m->cards, l->selected, &at, &index) ||
	    at != lane)
		return false;
	l->index = index;
	return true;
}

static void select_at(struct model *m, int lane, size_t index)
{
	struct lane_state *l = lane_of(m, lane);

	l->index = index;
	clamp_index(l, board_count(m->cards, lane));
	l->selected = board_at(m->cards, lane, l->index);
	board_cursor_reveal(m, lane);
}

static void forget_moved(struct board_state *b, struct run_key key)
{
	for (size_t i = b->moved.len; i-- > 0;) {
		if (run_key_eq(b->moved.items[i], key))
			vec_remove(&b->moved, i);
	}
}

static void remember_moved(struct board_state *b, struct run_key key)
{
	forget_moved(b, key);
	if (b->moved.len == MOVED_MAX)
		vec_remove(&b->moved, 0);
	vec_push(&b->moved, key);
}

static void card_left(struct model *m, const struct board_change *c)
{
	struct lane_state *l = lane_of(m, c->from);

	if (c->from_index < l->index)
		l->index--;
	if (c->from_index < l->top)
		l->top--;
}

static void card_came(struct model *m, const struct board_change *c)
{
	struct lane_state *l = lane_of(m, c->to);
	bool focused = c->to == m->board.focus && m->board.touched;
	bool is_new = (!c->was && !m->paging) || (c->was && c->from != c->to);
	bool above = run_key_is_set(l->selected) && !is_selected(l, c->key) &&
		     c->to_index <= l->index;
	bool hidden = focused ? above : l->top > 0 && c->to_index <= l->top;

	if (above)
		l->index++;
	if (hidden)
		l->top++;
	if (is_new && (focused || hidden) && !is_selected(l, c->key))
		l->fresh++;
}

/* Where the cards under the cursor have gone, others come into sight in their place;
 * a lane that was empty begins anew. */
static void fill(struct model *m, int lane)
{
	struct lane_state *l = lane_of(m, lane);
	size_t count = board_count(m->cards, lane);

	if (count == 0)
		l->selected = (struct run_key){ 0 };
	clamp_index(l, count);
	clamp_top(l, count, (size_t)board_page(m));
	if (l->fresh > count)
		l->fresh = (unsigned)count;
}

/* The selected card went to another lane: the cursor goes with it where it can. */
static void selected_moved(struct model *m, const struct board_change *c)
{
	struct board_state *b = &m->board;
	struct lane_state *from = lane_of(m, c->from), *to = lane_of(m, c->to);

	if (!to->shown || to->folded)
		return;
	from->fresh = 0;
	from->selected = (struct run_key){ 0 };
	to->selected = c->key;
	b->focus = c->to;
	follow(m, c->to);
	board_cursor_reveal(m, c->to);
	select_at(m, c->from, from->index);
}

/* The shown lane that has the most to say; Running where none has cards. */
static int lane_to_stand_in(const struct model *m)
{
	static const int order[] = { BOARD_WAITING, LANE_RUNNING, LANE_FAILED, LANE_PENDING,
				     LANE_COMPLETED, LANE_CANCELLED, LANE_PLANNED };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if (m->board.lanes[order[i]].shown && board_count(m->cards, order[i]) > 0)
			return order[i];
	}
	return LANE_RUNNING;
}

/* Before the first key, while the runs are still being told: the cursor stands on
 * the first card of the lane that has the most to say. After that it stays on its
 * run; only the lane is not scrolled away under the eyes of who just looks on. */
static void stand_first(struct model *m)
{
	m->board.focus = lane_to_stand_in(m);
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		lane_of(m, lane)->fresh = 0;
		lane_of(m, lane)->top = 0;
		select_at(m, lane, 0);
	}
}

static bool is_free(const struct model *m)
{
	const struct board_state *b = &m->board;

	return !b->touched && (!b->settled || !run_key_is_set(board_selected(m)));
}

void board_cursor_change(struct model *m, const struct change *change)
{
	struct board_change c = board_apply(m->cards, change);
	struct board_state *b = &m->board;
	bool selected = run_key_is_set(c.key) && is_selected(lane_of(m, b->focus), c.key);
	bool free = is_free(m);

	if (change->kind == CHANGE_GONE)
		forget_moved(b, change->key);
	if (free) {
		stand_first(m);
		return;
	}
	if (c.was && (!c.is || c.from != c.to || c.from_index != c.to_index))
		card_left(m, &c);
	if (c.is && (!c.was || c.from != c.to || c.from_index != c.to_index))
		card_came(m, &c);
	if (selected && c.is && c.was && c.from != c.to)
		selected_moved(m, &c);
	else if (c.is && (c.was ? c.from != c.to : !m->paging))
		remember_moved(b, c.key);
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		if ((c.was && lane == c.from) || (c.is && lane == c.to)) {
			if (!follow(m, lane) && (lane != b->focus ||
						 !run_key_is_set(lane_of(m, lane)->selected)))
				select_at(m, lane, lane_of(m, lane)->index);
			fill(m, lane);
		}
	}
	if (!b->touched)
		board_cursor_reveal(m, b->focus);
}

void board_cursor_start_over(struct model *m)
{
	m->board.touched = m->board.settled = false;
	vec_clear(&m->board.moved);
	stand_first(m);
}

void board_cursor_renew(struct model *m)
{
	if (is_free(m)) {
		stand_first(m);
		return;
	}
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		lane_of(m, lane)->fresh = 0;
		if (follow(m, lane))
			board_cursor_reveal(m, lane);
		else
			select_at(m, lane, 0);
	}
}

void board_cursor_move(struct model *m, long by)
{
	int lane = m->board.focus;
	struct lane_state *l = lane_of(m, lane);
	long index, count = (long)board_count(m->cards, lane);

	if (count == 0)
		return;
	/* The card under the cursor left: the first step is onto what took its place. */
	if (!follow(m, lane))
		by = by > 0 ? by - 1 : by;
	index = by > count ? count : by < -count ? 0 : (long)l->index + by;
	select_at(m, lane, index < 0 ? 0 : (size_t)index);
	forget_moved(&m->board, l->selected);
	if (l->top == 0)
		l->fresh = 0;
}

void board_cursor_go_lane(struct model *m, int lane)
{
	struct board_state *b = &m->board;

	lane_of(m, b->focus)->fresh = 0;
	b->focus = lane;
	if (!follow(m, lane))
		select_at(m, lane, lane_of(m, lane)->index);
	board_cursor_reveal(m, lane);
	forget_moved(b, lane_of(m, lane)->selected);
}

void board_cursor_lane(struct model *m, int by)
{
	int at = 0;

	while (board_lane_order[at] != m->board.focus)
		at++;
	for (at += by; at >= 0 && at < BOARD_LANES; at += by) {
		if (m->board.lanes[board_lane_order[at]].shown) {
			board_cursor_go_lane(m, board_lane_order[at]);
			return;
		}
	}
}

void board_cursor_find(struct model *m)
{
	int lane = lane_to_stand_in(m);

	if (board_count(m->cards, m->board.focus) == 0 && board_count(m->cards, lane) > 0)
		board_cursor_go_lane(m, lane);
}

void board_cursor_take_new(struct model *m)
{
	struct lane_state *l = lane_of(m, m->board.focus);

	l->fresh = 0;
	select_at(m, m->board.focus, 0);
	l->top = 0;
}

bool board_cursor_next_moved(struct model *m)
{
	struct board_state *b = &m->board;

	while (b->moved.len > 0) {
		struct run_key key = b->moved.items[0];

		vec_remove(&b->moved, 0);
		if (board_select(m, key))
			return true;
	}
	return false;
}
