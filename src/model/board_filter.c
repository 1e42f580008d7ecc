/* What the board shows: the filter as typed, those of before, and the view of the
 * cards that they make. */
#include "model/board_filter.h"

#include "model/model.h"

enum { PAST_MAX = 50 };

void board_renew(struct model *m)
{
	struct board_state *b = &m->board;
	struct board_view view = {
		.filter = b->filter,
		.env = { m->now_ms, m->context_names, m->n_contexts },
		.sort = b->sort,
		.waiting = b->lanes[BOARD_WAITING].shown ? BOARD_WAITING_OWN_LANE
							 : BOARD_WAITING_PINNED,
	};

	board_set(m->cards, &view);
}

void board_apply_filter(struct model *m)
{
	struct board_state *b = &m->board;
	struct filter *old = b->filter, *f;
	struct err err = { 0 };

	str_clear(&b->filter_error);
	f = filter_parse(lineedit_view(&b->line), NULL, &err);
	if (!f) {
		str_add_text(&b->filter_error, err_text(&err));
		err_release(&err);
		return;
	}
	b->filter = f;
	board_renew(m);
	filter_free(old);
}

void board_set_filter(struct model *m, struct view text, struct effects *fx)
{
	lineedit_set(&m->board.line, text);
	board_apply_filter(m);
}

void board_remember_filter(struct model *m, struct effects *fx)
{
	struct board_state *b = &m->board;
	struct view text = lineedit_view(&b->line);
	struct str copy = { 0 };

	if (text.len == 0)
		return;
	for (size_t i = b->past.len; i-- > 0;) {
		if (view_eq(view_of_str(&b->past.items[i]), text)) {
			str_release(&b->past.items[i]);
			vec_remove(&b->past, i);
		}
	}
	if (b->past.len == PAST_MAX) {
		str_release(&b->past.items[0]);
		vec_remove(&b->past, 0);
	}
	str_add(&copy, text);
	vec_push(&b->past, copy);
	effects_add(fx, (struct effect){ .kind = EFFECT_REMEMBER, .text = text,
					 .path = VIEW("filters") });
}

void board_walk_past(struct model *m, int by)
{
	struct board_state *b = &m->board;

	if ((by < 0 && b->past_at == 0) || (by > 0 && b->past_at >= b->past.len))
		return;
	b->past_at = by < 0 ? b->past_at - 1 : b->past_at + 1;
	if (b->past_at == b->past.len)
		lineedit_clear(&b->line);
	else
		lineedit_set(&b->line, view_of_str(&b->past.items[b->past_at]));
	board_apply_filter(m);
}
