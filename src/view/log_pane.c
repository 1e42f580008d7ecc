/* The logs pane of an open run: a line that says how it is looked at, and the log. */
#include "model/detail.h"
#include "model/model.h"
#include "view/logpane_view.h"
#include "view/panes.h"

/* Which attempt is shown, where there was more than one. */
static void add_attempt(struct str *s, int shown, const struct task_facts *t, int cols)
{
	enum { WIDE_COLS = 50 };

	if (!t || t->attempt < 2)
		return;
	str_addf(s, "attempt %d", shown);
	if (cols >= WIDE_COLS)
		str_addf(s, " of %d", t->attempt);
	str_add_text(s, "  ");
}

void view_log_pane(struct pen *p, struct rect r)
{
	const struct logpane *log = &p->m->detail.log;
	const struct task_facts *t = detail_task(p->m);

	if (t && t->attempt == 0) {
		pen_empty(p, r, "This step has not begun: nothing is printed yet.");
		return;
	}
	if (r.rows > 4) {
		struct rect top = rect_take_top(&r, 1);
		add_attempt(pen_text(p), log->attempt, t, r.cols);
		logpane_add_state(log, &p->text);
		pen_put_right(p, top.row, top.col, top.col + top.cols, STYLE_DIM);
	}
	view_logpane(p, r, log);
}
