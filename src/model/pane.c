/* The panes of a run, by their tab. */
#include "model/detail.h"

#include <assert.h>

#include "core/pretty.h"
#include "model/model.h"
#include "model/panes.h"
#include "model/save.h"
#include "screen/wrap.h"

static size_t json_rows(struct view json)
{
	struct pretty pretty = { 0 };
	size_t rows;

	if (json.len == 0)
		return 0;
	pretty_read(&pretty, json);
	rows = pretty.lines.len + 2;	/* with a head and a blank one */
	pretty_release(&pretty);
	return rows;
}

static size_t text_rows(struct view text, int cols)
{
	return (size_t)wrap_rows(text, cols);
}

/* The steps that it needs and those that need it, joined as in the pane. */
static size_t neighbours_rows(const struct run_detail *d, const struct task_facts *t, int cols)
{
	struct str needs = { 0 }, next = { 0 };
	size_t rows;

	for (size_t i = 0; i < t->n_needs; i++)
		str_addf(&needs, "* %.*s, ", (int)t->needs[i].len, t->needs[i].ptr);
	for (size_t i = 0; i < d->n_tasks; i++)
		if (detail_follows(t, &d->tasks[i]))
			str_addf(&next, "* %.*s, ", (int)d->tasks[i].id.len, d->tasks[i].id.ptr);
	rows = text_rows(view_of_str(&needs), cols) + text_rows(view_of_str(&next), cols);
	str_release(&needs);
	str_release(&next);
	return rows;
}

static size_t gate_rows(const struct gate_facts *g, int cols, int beside)
{
	enum { LABELLED_ROWS = 3, GAP_ROWS = 2 };
	size_t rows = LABELLED_ROWS + GAP_ROWS + text_rows(g->prompt, cols);

	rows += text_rows(g->roles, beside);
	for (size_t i = 0; i < g->n_given; i++)
		rows += 1 + text_rows(g->given[i].by, beside) +
			text_rows(g->given[i].comment, beside);
	return rows;
}

/* The words of the task's pane (view/task_view.c), and as many rows as the rest of it can
 * ever take: what is above it, times, how it ended, what it used and printed. */
static size_t task_rows(const struct run_detail *d, const struct task_facts *t, int cols)
{
	enum { REST_ROWS = 16 };
	int beside = cols - TASK_LABEL_COLS;
	const struct view texts[] = { t->command, t->item, t->worker, t->child };
	size_t rows = REST_ROWS + text_rows(t->title, cols) + neighbours_rows(d, t, beside);

	if (t->status == TASK_WAITING)
		rows += gate_rows(&t->gate, cols, beside);
	rows += text_rows(t->error.message, cols) + text_rows(t->error.type, cols) +
		text_rows(t->error.stack, cols);
	for (size_t i = 0; i < t->error.n_causes; i++)
		rows += text_rows(t->error.causes[i], beside);
	for (size_t i = 0; i < t->n_attempts; i++)
		rows += 1 + text_rows(t->attempts[i].error, beside);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		rows += text_rows(texts[i], beside);
	return rows;
}

/* At most so many rows has the pane that is shown; what a view finds to be fewer it clips
 * itself, but the way back from there must not be long. */
static size_t rows_most(const struct model *m, int cols)
{
	const struct run_detail *d = m->detail.detail;
	const struct task_facts *t = detail_task(m);

	if (!d)
		return 0;
	switch (m->detail.pane) {
	case PANE_TASKS:
		return t ? task_rows(d, t, cols) : 0;
	case PANE_ARGUMENTS:
		return json_rows(d->params) + (t ? json_rows(t->args) : 0);
	case PANE_RESULT:
		return json_rows(d->result) + (t ? json_rows(t->result) : 0);
	case PANE_HISTORY:
		return history_lines(&m->detail.history);
	case PANE_TIMELINE:
	case PANE_LOGS:
	case PANES:
		break;
	}
	return d->n_tasks + 1;
}

/* A pane that only scrolls. */
bool pane_scroll(struct model *m, enum action a, struct effects *fx)
{
	struct scroll_state *s = &m->detail.scroll[m->detail.pane];
	struct detail_layout l;
	size_t page, by, most;

	detail_layout_make(m, &l);
	most = rows_most(m, l.pane.cols - 1);
	most = l.pane.rows > 0 && most > (size_t)l.pane.rows ? most - (size_t)l.pane.rows + 1 : 0;
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
	else if (a == ACTION_BOTTOM)
		s->top = most;
	else
		return false;
	s->top = s->top < most ? s->top : most;
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
