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
	if (b->marks.len == MARKS_MAX || board_is_marked(b, key))
		return;
	vec_insert(&b->marks, mark_place(b, key), key);
	b->marks_grew = true;
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

/* ---- what they allow ---- */

bool board_marks_target(const struct model *m, enum verb v, struct run_key from,
			struct target *out)
{
	const struct board_state *b = &m->board;
	size_t n = b->marks.len, start = mark_place(b, from), absent = 0;
	bool unsettled = false;

	*out = (struct target){ 0 };
	for (size_t i = 0; i < n; i++) {
		struct focus focus = { .key = b->marks.items[(start + i) % n] };

		target_release(out);
		target_make(m, v, &focus, NULL, out);
		if (out->allowed && !out->unsettled)
			return true;
		unsettled = unsettled || out->allowed;
		absent += out->absent;
	}
	out->allowed = false;
	out->absent = absent == n;
	str_clear(&out->why);
	if (unsettled)
		str_add_text(&out->why, "one by one only");
	else
		str_addf(&out->why, "not possible for any of the %zu marked runs", n);
	return false;
}

static bool allows(const struct model *m, enum verb v, struct run_key key)
{
	struct focus focus = { .key = key };
	struct target t;
	bool allowed;

	target_make(m, v, &focus, NULL, &t);
	allowed = t.allowed && !t.unsettled;
	target_release(&t);
	return allowed;
}

/* One that allows it goes on being asked; where it does so no more the next ones are, so
 * that a thousand that end one by one are not all asked each time. */
static void look(struct model *m, enum verb v, const struct msg *msg, bool anew)
{
	struct board_state *b = &m->board;
	struct run_key *key = &b->allowing[v];
	bool changed = msg->kind == MSG_CHANGE && board_is_marked(b, msg->change.key);
	struct target t;

	if (run_key_is_set(*key)) {
		bool asked = anew || (changed && run_key_eq(msg->change.key, *key));

		if (board_is_marked(b, *key) && (!asked || allows(m, v, *key)))
			return;
	} else if (!anew) {
		if (changed && allows(m, v, msg->change.key))
			*key = msg->change.key;
		return;
	}
	*key = board_marks_target(m, v, *key, &t) ? t.key : (struct run_key){ 0 };
	target_release(&t);
}

void board_marks_look(struct model *m, const struct msg *msg)
{
	static const enum verb verbs[] = { VERB_APPROVE, VERB_REJECT, VERB_CANCEL };
	bool anew = m->board.marks_grew || msg->kind == MSG_CONDITION ||
		    msg->kind == MSG_IDENTITY;

	m->board.marks_grew = false;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		look(m, verbs[i], msg, anew);
}

bool board_marks_allow(const struct model *m, enum verb v)
{
	return run_key_is_set(m->board.allowing[v]);
}
