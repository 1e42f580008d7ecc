/* When an age that is shown on the board changes (model/age.h). Only the cards that
 * are drawn count. */
#include "model/board_due.h"

#include "model/age.h"
#include "model/board_layout.h"
#include "model/model.h"

enum { SECOND = 1000, FILTER_AGAIN_MS = 10 * SECOND };

static void sooner(int64_t *in, int64_t ms)
{
	if (ms < *in)
		*in = ms;
}

static void card_due(const struct model *m, struct run_key key, int64_t *in)
{
	struct run_brief b;

	if (!store_brief(m->store, key, &b))
		return;
	if (b.status == RUN_WAITING && b.deadline_ms > 0)
		sooner(in, age_left_due_ms(b.deadline_ms, m->now_ms));
	else if (b.status == RUN_WAITING)
		sooner(in, age_shown_due_ms(b.wait_since_ms, m->now_ms));
	else if (b.ended_ms > 0)
		sooner(in, age_ended_due_ms(b.ended_ms, m->now_ms));
	else if (b.planned_ms > 0)
		sooner(in, age_left_due_ms(b.planned_ms, m->now_ms));
	else
		sooner(in, age_shown_due_ms(b.started_ms > 0 ? b.started_ms : b.created_ms,
					    m->now_ms));
	if (b.status == RUN_RUNNING && b.expected_ms > 0 &&
	    b.started_ms + b.expected_ms >= m->now_ms)
		sooner(in, b.started_ms + b.expected_ms + 1 - m->now_ms);	/* then it is long */
}

static bool preview_runs(const struct model *m, const struct board_layout *l)
{
	struct run_brief b;

	return !rect_is_empty(l->preview) && store_brief(m->store, board_selected(m), &b) &&
	       run_status_is_open(b.status);
}

int64_t board_due_ms(const struct model *m)
{
	const struct board_state *s = &m->board;
	struct board_layout l;
	int64_t in = INT64_MAX;

	board_layout_make(m, board_layout_body(m), &l);
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		size_t at = s->lanes[lane].top;

		for (int i = 0; !rect_is_empty(l.lane[lane]) && i < l.cards; i++)
			card_due(m, board_at(m->cards, lane, at + (size_t)i), &in);
	}
	/* Large cards say beside the deadline how long they waited. */
	if (preview_runs(m, &l) || (s->density == DENSITY_LARGE && in < INT64_MAX))
		sooner(&in, SECOND);
	if (filter_is_timed(s->filter))
		sooner(&in, FILTER_AGAIN_MS);
	return in < INT64_MAX ? m->now_ms + in : 0;
}
