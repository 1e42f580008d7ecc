/* Marked cards: keys sorted by slot, found by bisection. */
#include "model/board_marks.h"

#include "model/model.h"

enum { MARKS_MAX = 10000 };

static size_t mark_place(const struct board_state *b, struct run_key key)
{
	size_t lo = 0, hi = b->marks.len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->marks.items[mid].slot < key.slot)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool board_is_marked(const struct board_state *b, struct run_key key)
{
	size_t at = mark_place(b, key);

	return at < b->marks.len && run_key_eq(b->marks.items[at], key);
}

void board_clear_marks(struct board_state *b)
{
	vec_clear(&b->marks);
}

void board_mark(struct board_state *b, struct run_key key)
{
	if (b->marks.len < MARKS_MAX && !board_is_marked(b, key))
		vec_insert(&b->marks, mark_place(b, key), key);
}

void board_unmark(struct board_state *b, struct run_key key)
{
	if (board_is_marked(b, key))
		vec_remove(&b->marks, mark_place(b, key));
}

/* What is not shown any more is not acted upon. */
void board_drop_hidden_marks(struct model *m)
{
	struct board_state *b = &m->board;

	for (size_t i = b->marks.len; i-- > 0;) {
		if (!board_shows(m->cards, b->marks.items[i]))
			vec_remove(&b->marks, i);
	}
}

void board_mark_all(struct model *m)
{
	struct board_state *b = &m->board;
	size_t before = b->marks.len;

	for (int lane = 0; lane < BOARD_LANES; lane++) {
		size_t n = b->lanes[lane].shown ? board_count(m->cards, lane) : 0;

		for (size_t i = 0; i < n && b->marks.len < MARKS_MAX; i++)
			board_mark(b, board_at(m->cards, lane, i));
	}
	if (b->marks.len == before)
		board_clear_marks(b);
	else if (b->marks.len == MARKS_MAX)
		model_warn(m, "Only the first %d cards are marked.", MARKS_MAX);
}
