/* The logs pane of an open run: a line that says how it is looked at, and the log. */
#include "model/detail.h"
#include "model/model.h"
#include "view/logpane_view.h"
#include "view/panes.h"

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
		logpane_add_state(log, pen_text(p));
		pen_put_right(p, top.row, top.col, top.col + top.cols, STYLE_DIM);
	}
	view_logpane(p, r, log);
}
