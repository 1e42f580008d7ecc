/* The panes of a run, by their tab. */
#include "model/detail.h"

#include <assert.h>

#include "model/model.h"
#include "model/panes.h"
#include "model/save.h"

/* A pane that only scrolls. */
bool pane_scroll(struct model *m, enum action a, struct effects *fx)
{
	struct scroll_state *s = &m->detail.scroll[m->detail.pane];
	struct detail_layout l;
	size_t page, by;

	detail_layout_make(m, &l);
	page = l.pane.rows > 2 ? (size_t)l.pane.rows - 1 : 1;
	by = a == ACTION_UP || a == ACTION_DOWN		  ? 1
	     : a == ACTION_HALF_UP || a == ACTION_HALF_DOWN ? (page + 1) / 2
							  : page;
	if (a == ACTION_TOP)
		s->top = 0;
	else if (a == ACTION_UP || a == ACTION_HALF_UP || a == ACTION_PAGE_UP)
		s->top = s->top > by ? s->top - by : 0;
	else if (a == ACTION_DOWN || a == ACTION_HALF_DOWN || a == ACTION_PAGE_DOWN)
		s->top += by;
	else
		return false;
	return true;
}

static bool arguments_act(struct model *m, enum action a, struct effects *fx)
{
	if (a != ACTION_SAVE || !m->detail.detail)
		return pane_scroll(m, a, fx);
	save_arguments(m, fx);
	return true;
}

static bool result_act(struct model *m, enum action a, struct effects *fx)
{
	if (a != ACTION_SAVE || !m->detail.detail)
		return pane_scroll(m, a, fx);
	save_result(m, fx);
	return true;
}

static bool timeline_act(struct model *m, enum action a, struct effects *fx)
{
	if (a == ACTION_OPEN) {
		m->detail.squeezed = !m->detail.squeezed;
		return true;
	}
	return pane_scroll(m, a, fx);
}

static const struct pane panes[] = {
	[PANE_TASKS] = { .title = "task", .scopes = { { -1 } }, .act = pane_scroll },
	[PANE_TIMELINE] = { .title = "timeline", .scopes = { { -1 } }, .act = timeline_act },
	[PANE_ARGUMENTS] = { .title = "arguments", .scopes = { { -1 } }, .act = arguments_act },
	[PANE_RESULT] = { .title = "result", .scopes = { { -1 } }, .act = result_act },
	[PANE_LOGS] = { .title = "logs", .scopes = { { SCOPE_LOGS, -1 } }, .act = pane_logs_act,
			.show = pane_logs_show, .hide = pane_logs_hide,
			.field = pane_logs_field, .typed = pane_logs_typed,
			.arrive = pane_logs_arrive },
	[PANE_HISTORY] = { .title = "history", .scopes = { { -1 } }, .act = pane_history_act,
			   .show = pane_history_show, .hide = pane_history_hide,
			   .arrive = pane_history_arrive },
};
static_assert(sizeof panes / sizeof *panes == PANES, "every pane");

const struct pane *pane_get(enum pane_id id)
{
	return &panes[id];
}
