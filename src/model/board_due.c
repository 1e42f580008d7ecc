/* Cards show ages in one unit: by the second below a minute, then by the minute,
 * then by the hour. Only the cards that are drawn count. */
#include "model/board_due.h"

#include "model/board_layout.h"
#include "model/model.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, FILTER_AGAIN_MS = 10 * SECOND };

static void sooner(int64_t *in, int64_t ms)
{
	if (ms < *in)
		*in = ms;
}

/* How long until a shown span that grows (or, of a deadline, shrinks) changes. */
static int64_t until_other(int64_t span, bool shrinks)
{
	int64_t abs = span < 0 ? -span : span;
	int64_t unit = abs < MINUTE ? SECOND : abs < HOUR ? MINUTE : HOUR;

	return shrinks ? abs % unit + 1 : unit - abs % unit;
}

static void card_due(const struct model *m, struct run_key key, int64_t *in)
{
	struct run_brief b;

	if (!store_brief(m->store, key, &b))
		return;
	if (b.status == RUN_PENDING || b.status == RUN_PLANNED)
		sooner(in, SECOND);
	else if (b.status == RUN_WAITING && b.deadline_ms > 0)
		sooner(in, until_other(b.deadline_ms - m->now_ms, b.deadline_ms > m->now_ms));
	else if (b.status == RUN_WAITING)
		sooner(in, until_other(m->now_ms - b.wait_since_ms, false));
	else
		sooner(in, until_other(m->now_ms - (b.ended_ms > 0	  ? b.ended_ms
						    : b.started_ms > 0 ? b.started_ms
								       : b.created_ms),
				       false));
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
