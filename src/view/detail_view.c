/* An open run: header, tasks, tabs, pane.
 *
 *   ● deploy a1b2c3   running   3/7 ▕████▌     ▏ 2m 05s
 *     by ada · default · started 2026-11-20 03:14:05 · env=prod
 *   ✓ build        12s │ 1 task  2 timeline  3 arguments  4 result  5 logs  6 history
 *   ● ship[0]       4s │ ...
 */
#include "base/when.h"
#include "model/detail.h"
#include "model/model.h"
#include "view/card_view.h"
#include "view/panes.h"
#include "view/screens.h"

enum { HEAD_BAR_COLS = 14, SPAN_COLS = 9 };

/* The bar is left out where it would leave no room for how long the run takes. */
static void put_progress(struct pen *p, int row, int *col, const struct run_facts *run)
{
	bool open = run->status == RUN_RUNNING || run->status == RUN_PAUSED ||
		    run->status == RUN_WAITING;

	if (run->tasks_total > 0) {
		str_addf(pen_text(p), "%d/%d", run->tasks_done, run->tasks_total);
		*col += pen_put(p, row, *col, p->canvas->cols - *col, STYLE_PLAIN) + 1;
	}
	if (open && run->tasks_total > 0 && *col + HEAD_BAR_COLS + SPAN_COLS <= p->canvas->cols) {
		pen_bar(p, row, *col, HEAD_BAR_COLS,
			run->progress >= 0 ? run->progress
					   : (float)run->tasks_done / (float)run->tasks_total);
		*col += HEAD_BAR_COLS + 1;
	}
}

/* What stands behind the name is always read: id, status, how far, how long. */
static int name_cells(const struct run_facts *run, int cols)
{
	enum { LEAST = 10, BEHIND_COLS = 24 };
	int behind = BEHIND_COLS + (int)strlen(run_status_words(run->status));

	if (cols >= 70 && run_status_is_open(run->status))
		behind += HEAD_BAR_COLS + 1;
	return cols - behind > LEAST ? cols - behind : LEAST;
}

static void put_name(struct pen *p, struct rect r, const struct run_facts *run)
{
	struct look look = look_of_run(run->status);
	int col = r.col + 1, end = r.col + r.cols - 1;

	canvas_glyph(p->canvas, r.row, col, look.role, look.glyph, look.ascii);
	col += 2;
	col += canvas_text(p->canvas, r.row, col, name_cells(run, end - col), STYLE_STRONG,
			   run->workflow);
	col += 1 + canvas_text(p->canvas, r.row, col + 1, 16, STYLE_DIM,
			       run->short_id.len > 0 ? run->short_id : run->id);
	col += 2 + canvas_words(p->canvas, r.row, col + 2, end - col - 2, look.role,
				run_status_words(run->status));
	if (run->recovered)
		col += 1 + canvas_words(p->canvas, r.row, col + 1, end - col, STYLE_WARNING,
					"recovered");
	if (run->cancel_at_ms != 0 && run_status_is_open(run->status))
		col += 2 + canvas_words(p->canvas, r.row, col + 2, end - col - 2, STYLE_WARNING,
					"cancel requested");
	col += 2;
	put_progress(p, r.row, &col, run);
	add_elapsed(pen_text(p), run->started_ms, run->ended_ms, p->m->now_ms);
	col += pen_put(p, r.row, col, end - col, STYLE_PLAIN) + 1;
	if (run_is_long(run, p->m->now_ms)) {
		str_add_text(pen_text(p), "long: most take ");
		when_add_span(&p->text, run->expected_ms);
		pen_put(p, r.row, col, end - col, STYLE_WARNING);
	}
}

static void add_word(struct pen *p, struct str *s, const char *before, struct view word)
{
	if (word.len == 0)
		return;
	if (s->len > 0)
		str_add_text(s, pen_dot(p));
	str_add_text(s, before);
	str_add(s, word);
}

static void put_origin(struct pen *p, struct rect r, const struct run_facts *run)
{
	struct str *s = pen_text(p);

	if (run->title.len > 0) {
		str_add(s, run->title);
		str_add_text(s, pen_dot(p));
	}
	add_trigger(s, run);
	if (run->started_ms > 0) {
		str_add_text(s, pen_dot(p));
		str_add_text(s, "started ");
		when_add_stamp(s, run->started_ms);
	}
	add_word(p, s, "queue ", run->queue);
	add_word(p, s, "worker ", run->worker);
	add_word(p, s, "", run->environment);
	add_word(p, s, "child of ", run->parent);
	for (size_t i = 0; i < run->params.len; i++) {
		add_word(p, s, "", run->params.items[i].name);
		str_add_char(s, '=');
		str_add(s, run->params.items[i].value);
	}
	pen_put(p, r.row, r.col + 3, r.cols - 4, STYLE_DIM);
}

static void put_head(struct pen *p, struct rect r, const struct run_facts *run)
{
	put_name(p, rect_take_top(&r, 1), run);
	if (run->error.message.len > 0 || run->status == RUN_PENDING ||
	    run->status == RUN_PLANNED) {
		add_doing(pen_text(p), run, pen_dot(p));
		pen_put(p, r.row, r.col + 3, r.cols - 4,
			run->status == RUN_PENDING   ? STYLE_PENDING
			: run->status == RUN_PLANNED ? STYLE_PLANNED
						     : STYLE_FAILED);
		rect_take_top(&r, 1);
	}
	if (r.rows > 0)
		put_origin(p, r, run);
}

static bool is_item_of_before(const struct run_detail *d, size_t i)
{
	return d->tasks[i].item.len > 0 && i > 0 && view_eq(d->tasks[i].step, d->tasks[i - 1].step);
}

/* What was not read of a very long run has one row. */
static void put_left_out(struct pen *p, struct rect r, const struct task_facts *t)
{
	const struct detail_state *d = &p->m->detail;
	struct str *s = pen_text(p);

	str_add(s, t->title);
	str_add_text(s, pen_dot(p));
	str_add_text(s, d->request && d->more ? "reading ..." : "Enter: more");
	pen_put(p, r.row, r.col + 3, r.cols - 4, STYLE_DIM);
}

static void put_status(struct pen *p, struct rect r, size_t i)
{
	const struct task_facts *t = &p->m->detail.detail->tasks[i];
	struct look look = look_of_task(t->status);
	int indent = is_item_of_before(p->m->detail.detail, i) ? 2 : 0;
	int col = r.col + 1 + indent, end = r.col + r.cols - 1;

	canvas_glyph(p->canvas, r.row, col, look.role, look.glyph, look.ascii);
	add_elapsed(pen_text(p), t->started_ms, t->ended_ms, p->m->now_ms);
	end = pen_put_right(p, r.row, col + 8, end, STYLE_DIM) - 1;
	if (t->attempt > 1) {
		str_addf(pen_text(p), p->canvas->unicode ? "×%d" : "x%d", t->attempt);
		end = pen_put_right(p, r.row, col + 8, end, STYLE_BADGE) - 1;
	}
	col += 2;
	col += canvas_text(p->canvas, r.row, col, end - col, STYLE_PLAIN, t->id) + 1;
	if (t->status == TASK_RUNNING && t->progress_words.len > 0)
		canvas_text(p->canvas, r.row, col, end - col, STYLE_DIM, t->progress_words);
	else if (t->status != TASK_COMPLETED && t->status != TASK_RUNNING)
		canvas_words(p->canvas, r.row, col, end - col, look.role,
			     task_status_words(t->status));
}

static void put_task(struct pen *p, struct rect r, size_t i)
{
	const struct run_detail *d = p->m->detail.detail;
	const struct task_facts *t = &d->tasks[i];
	struct look look = look_of_task(t->status);

	if (d->left_out.len > 0 && view_eq(t->id, d->left_out))
		put_left_out(p, r, t);
	else
		put_status(p, r, i);
	if (!view_eq(t->id, view_of_str(&p->m->detail.task)))
		return;
	rect_take_left(&r, 1);
	canvas_paint(p->canvas, r, p->m->detail.in_pane ? STYLE_SELECTED_DIM : STYLE_SELECTED);
	canvas_glyph(p->canvas, r.row, r.col - 1, look.role, "▌", "|");
}

static void put_list(struct pen *p, const struct detail_layout *l)
{
	const struct detail_state *d = &p->m->detail;
	struct rect r = l->list, more = l->more;
	size_t i;

	if (d->detail->n_tasks == 0)
		pen_empty(p, r, "No steps yet.");
	for (i = l->tasks.top; i < d->detail->n_tasks && r.rows > 0; i++)
		put_task(p, rect_take_top(&r, 1), i);
	rect_take_left(&more, 3);
	if (!rect_is_empty(more))
		pen_more(p, more, l->tasks.top, d->detail->n_tasks - i);
}

static void put_tabs(struct pen *p, struct rect r)
{
	const struct detail_state *d = &p->m->detail;
	int col = r.col + 1;

	for (int i = 0; i < PANES && col < r.col + r.cols; i++) {
		enum style_role role = i == (int)d->pane ? d->in_pane ? STYLE_LANE_FOCUS
								      : STYLE_LANE
							 : STYLE_DIM;
		const char *title = pane_get((enum pane_id)i)->title;

		str_addf(pen_text(p), "%d", i + 1);
		if (r.cols >= 62 || i == (int)d->pane)
			str_addf(&p->text, " %s", title);
		col += pen_put(p, r.row, col, r.col + r.cols - col, role) + 2;
	}
}

static view_fn *const panes[] = {
	[PANE_TASKS] = view_task_pane,
	[PANE_TIMELINE] = view_timeline_pane,
	[PANE_ARGUMENTS] = view_arguments_pane,
	[PANE_RESULT] = view_result_pane,
	[PANE_LOGS] = view_log_pane,
	[PANE_HISTORY] = view_history_pane,
};

void view_detail(struct pen *p, struct rect r)
{
	const struct detail_state *d = &p->m->detail;
	struct detail_layout l;
	struct run_facts run;

	detail_layout_make(p->m, &l);
	if (store_facts(p->m->store, d->key, &run, &p->arena))
		put_head(p, l.head, &run);
	else if (d->detail)
		put_head(p, l.head, &d->detail->run);
	if (!d->detail) {
		pen_empty(p, r, "Reading the run.");
		return;
	}
	put_tabs(p, l.tabs);
	if (!rect_is_empty(l.list))
		put_list(p, &l);
	if (!rect_is_empty(l.rule))
		canvas_vline(p->canvas, l.rule.row, l.rule.col + 1, l.rule.rows, STYLE_BORDER);
	if (!rect_is_empty(l.pane))
		panes[d->pane](p, l.pane);
}
