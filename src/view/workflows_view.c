/* What can be started. */
#include "model/model.h"
#include "model/workflows.h"
#include "view/screens.h"

/* A title with its places to fill: "Back up <folder>". */
static void add_title(struct str *s, struct view title)
{
	struct view rest = title;

	while (rest.len > 0) {
		size_t from = view_find(rest, VIEW("${{"), 0), to = view_find(rest, VIEW("}}"), from);
		struct view name = VIEW("");

		if (from == SIZE_MAX || to == SIZE_MAX)
			break;
		name = view_trim(view_cut(rest, from + 3, to - from - 3));
		if (view_starts(name, "params."))
			name = view_cut(name, 7, SIZE_MAX);
		str_add(s, view_cut(rest, 0, from));
		str_add_char(s, '<');
		str_add(s, name);
		str_add_char(s, '>');
		rest = view_cut(rest, to + 2, SIZE_MAX);
	}
	str_add(s, rest);
}

static enum style_role line_style(const struct workflow_facts *w)
{
	if (w->error.len > 0)
		return STYLE_FAILED;
	return !w->may_start ? STYLE_DIM : w->warning.len > 0 ? STYLE_WARNING : STYLE_PLAIN;
}

static void put_workflow(struct pen *p, struct rect r, const struct workflow_line *l)
{
	const struct workflow_facts *w = &l->facts;
	int names = r.cols / 3 < 28 ? r.cols / 3 : 28, end = r.col + r.cols - 1;

	canvas_text(p->canvas, r.row, r.col + 1, names - 1,
		    w->may_start ? STYLE_STRONG : STYLE_DIM, w->name);
	pen_text(p);
	if (w->open_runs > 0)
		str_addf(&p->text, "%lld open", (long long)w->open_runs);
	if (p->m->n_contexts > 1)
		str_addf(&p->text, "%s%s", p->text.len > 0 ? pen_dot(p) : "",
			 str_text(&p->m->contexts[l->context].name));
	end = pen_put_right(p, r.row, r.col + names, end, STYLE_DIM) - 1;
	pen_text(p);
	if (w->error.len > 0 && w->may_start)
		str_add_text(&p->text, "its file has errors, the version before counts");
	else if (!w->may_start && w->why_not.len > 0)
		str_add(&p->text, w->why_not);
	else if (w->warning.len > 0)
		str_add(&p->text, w->warning);
	else
		add_title(&p->text, w->title);
	pen_put(p, r.row, r.col + names + 1, end - r.col - names - 1,
		line_style(w));
}

/* What is wrong, with the chosen one's file first; else what can be done. */
static void put_head(struct pen *p, struct rect r)
{
	const struct workflows_state *s = &p->m->workflows;
	const struct workflow_line *l = s->lines.len ? &s->lines.items[s->rows.at] : NULL;

	rect_take_left(&r, 1);
	r.cols--;
	if (s->trouble.len > 0)
		canvas_text(p->canvas, r.row, r.col, r.cols, STYLE_ERROR, view_of_str(&s->trouble));
	else if (l && l->facts.error.len > 0)
		pen_wrap(p, r, STYLE_FAILED, l->facts.error);
	else if (l && l->facts.warning.len > 0)
		pen_wrap(p, r, STYLE_WARNING, l->facts.warning);
	else
		canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM,
			     "Enter starts one; nothing runs before its form is confirmed");
}

void view_workflows(struct pen *p, struct rect r)
{
	const struct workflows_state *s = &p->m->workflows;

	put_head(p, rect_take_top(&r, 2));
	if (s->lines.len == 0 && workflows_are_coming(s))
		pen_empty(p, r, "Reading the workflows.");
	else if (s->lines.len == 0)
		pen_nothing(p, r, "No workflows. The engine's folder has no files yet.",
			    "No workflows are known");
	for (size_t i = rows_first(s->rows, s->lines.len, r.rows); i < s->lines.len && r.rows > 0;
	     i++) {
		struct rect at = rect_take_top(&r, 1);

		put_workflow(p, at, &s->lines.items[i]);
		if (i == s->rows.at)
			canvas_paint(p->canvas, at, STYLE_SELECTED);
	}
}
