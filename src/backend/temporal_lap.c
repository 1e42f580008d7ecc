/* The questions of the watch: what each asks for, how much of it is read, and which
 * are asked in a snapshot and in a tick. */
#include "backend/temporal_inside.h"

#include "backend/temporal_query.h"

/* The first page is soon there; more come in few calls. */
enum { PAGE = 200, NEXT_PAGE = 1000, WAITING_ROWS = 1200, OPEN_ROWS = 3200, DELTA_ROWS = 2200,
       ENDED_DEFAULT = 100, ENDED_MOST = 1000, ENDED_MORE = 1000, RECONCILE_TICKS = 20,
       COUNT_TICKS = 3, AGAIN_TICKS = 10 };

#define CLOSED "'Completed', 'Failed', 'TimedOut', 'Canceled', 'Terminated'"

/* CloseTime alone would match every open run on SQL stores: always BETWEEN. */
static void add_closed_since(struct str *q, int64_t since_ms)
{
	temporal_query_time(q, "CloseTime", "BETWEEN", since_ms);
	str_add_text(q, " AND '2200-01-01T00:00:00Z'");
}

void temporal_lap_query(struct str *q, const struct temporal *t, enum temporal_lap lap)
{
	const struct temporal_watch *w = &t->watch;
	switch (lap) {
	case LAP_WAITING:
		str_addf(q, "ExecutionStatus = 'Running' AND (%s)", t->waiting);
		break;
	case LAP_OPEN:
		str_add_text(q, "ExecutionStatus = 'Running'");
		break;
	case LAP_ENDED:
		str_add_text(q, "ExecutionStatus IN (" CLOSED ")");
		break;
	case LAP_FAILED:
		str_add_text(q, "ExecutionStatus IN ('Failed', 'TimedOut')");
		break;
	case LAP_CANCELLED:
		str_add_text(q, "ExecutionStatus IN ('Canceled', 'Terminated')");
		break;
	case LAP_STARTED:
		str_add_text(q, "ExecutionStatus = 'Running' AND ");
		temporal_query_time(q, "StartTime", ">=", w->started_seen_ms - TEMPORAL_LAG_MS);
		break;
	case LAP_CLOSED:
		add_closed_since(q, w->closed_seen_ms - TEMPORAL_LAG_MS);
		break;
	case LAP_PENDING:
	case LAP_PENDING_COUNT:
		str_add_text(q, "ExecutionStatus = 'Running' AND BuildIds IS NULL");
		break;
	case LAP_COUNT:
	case LAPS:
		break;
	}
}

static size_t ended_rows(const struct temporal_watch *w)
{
	size_t ended = w->ended ? w->ended : ENDED_DEFAULT;
	return ended < ENDED_MOST ? ended : ENDED_MOST;
}

size_t temporal_lap_rows(const struct temporal_watch *w, enum temporal_lap lap)
{
	static const size_t rows[LAPS] = { [LAP_WAITING] = WAITING_ROWS, [LAP_OPEN] = OPEN_ROWS,
					   [LAP_STARTED] = DELTA_ROWS, [LAP_CLOSED] = DELTA_ROWS,
					   [LAP_PENDING] = PAGE };
	bool ended = lap == LAP_ENDED || lap == LAP_FAILED || lap == LAP_CANCELLED;
	return ended ? ended_rows(w) : rows[lap];
}

size_t temporal_lap_page(const struct temporal_watch *w, enum temporal_lap lap)
{
	size_t all = temporal_lap_rows(w, lap);
	if (lap == LAP_ENDED || lap == LAP_FAILED || lap == LAP_CANCELLED)
		return all - w->rows;
	size_t next = w->pages ? NEXT_PAGE : PAGE;
	return next < all - w->rows ? next : all - w->rows;
}

bool temporal_lap_counts(enum temporal_lap lap)
{
	return lap == LAP_COUNT || lap == LAP_PENDING_COUNT;
}

/* ---- rounds ---- */

static void plan(struct temporal_watch *w, enum temporal_lap lap)
{
	w->plan[w->n_plan++] = lap;
}

void temporal_plan_snapshot(struct temporal_watch *w, bool waiting)
{
	w->n_plan = w->at = 0;
	if (waiting)
		plan(w, LAP_WAITING);
	plan(w, LAP_OPEN);
	plan(w, LAP_FAILED);
	plan(w, LAP_CANCELLED);
	plan(w, LAP_ENDED);
	plan(w, LAP_PENDING);
	if (w->exact)
		plan(w, LAP_COUNT);
}

void temporal_plan_tick(struct temporal_watch *w, bool waiting)
{
	w->n_plan = w->at = 0;
	w->ticks++;
	plan(w, LAP_CLOSED);
	plan(w, LAP_STARTED);
	if (waiting && w->ticks % 2)
		plan(w, LAP_WAITING);
	if (w->ticks % 2 == 0)
		plan(w, LAP_PENDING);
	if (w->ticks % RECONCILE_TICKS == 0)
		plan(w, LAP_OPEN);
	if (w->exact && w->pending_cut && w->ticks % COUNT_TICKS == 0)
		plan(w, LAP_PENDING_COUNT);
	if (w->exact && w->ticks % COUNT_TICKS == 0)
		plan(w, LAP_COUNT);
}

bool temporal_is_due_again(const struct temporal_watch *w)
{
	return w->ticks % AGAIN_TICKS == 0 &&
	       (w->missed || w->ended_told > ENDED_MORE + ended_rows(w));
}
