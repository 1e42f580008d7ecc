/* The logs pane of an open run: the log pane bound to the task under the cursor. */
#include "model/detail.h"
#include "model/model.h"
#include "model/panes.h"

static void set_size(struct model *m)
{
	struct detail_layout l;

	detail_layout_make(m, &l);
	m->detail.log.height = l.pane.rows;
	m->detail.log.width = l.pane.cols;
}

void pane_logs_show(struct model *m, struct effects *fx)
{
	const struct task_facts *t = detail_task(m);
	struct log_source source = { .key = m->detail.key };

	set_size(m);
	if (!t || t->attempt == 0)
		return;
	source.task = t->id;
	source.attempt = m->detail.attempt > 0 ? m->detail.attempt : t->attempt;
	logpane_open(m, &m->detail.log, &source, fx);
}

void pane_logs_hide(struct model *m, struct effects *fx)
{
	m->detail.log.typing = false;
	logpane_close(&m->detail.log, fx);
}

/* To the attempt before (-1) or after (1) the one that is shown. */
static void go_attempt(struct model *m, int by, struct effects *fx)
{
	const struct task_facts *t = detail_task(m);
	int shown = m->detail.log.attempt + by;

	if (!t || shown < 1 || shown > t->attempt) {
		model_notice(m, "There is no attempt %s.", by < 0 ? "before this one" : "after it");
		return;
	}
	m->detail.attempt = shown < t->attempt ? shown : 0;
	pane_logs_show(m, fx);
}

bool pane_logs_act(struct model *m, enum action a, struct effects *fx)
{
	struct logpane *log = &m->detail.log;

	set_size(m);
	if (log->typing && (a == ACTION_OPEN || a == ACTION_BACK)) {
		logpane_end_typing(m, log, a == ACTION_OPEN ? LOG_SEARCH_KEEP : LOG_SEARCH_DROP,
				   fx);
		return true;
	}
	if (a == ACTION_BACK && logpane_stop(log, fx)) {
		model_notice(m, "The search was stopped.");
		return true;
	}
	if (a == ACTION_PREV_ATTEMPT || a == ACTION_NEXT_ATTEMPT) {
		go_attempt(m, a == ACTION_PREV_ATTEMPT ? -1 : 1, fx);
		return true;
	}
	if (a == ACTION_FILTER)
		m->detail.in_pane = true;
	return logpane_act(m, log, a, fx);
}

struct lineedit *pane_logs_field(struct model *m)
{
	return logpane_field(&m->detail.log);
}

void pane_logs_typed(struct model *m, struct effects *fx)
{
	logpane_typed(&m->detail.log);
}

void pane_logs_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	set_size(m);
	logpane_arrive(m, &m->detail.log, msg);
	if (msg->kind == MSG_CONDITION && msg->condition.condition == CONDITION_LIVE &&
	    m->detail.log.ended.len > 0)
		pane_logs_show(m, fx);
}
