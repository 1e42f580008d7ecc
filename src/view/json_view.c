/* The arguments and the result of a run and of the task under the cursor: JSON in
 * lines, keys and values told apart. */
#include "core/pretty.h"
#include "model/detail.h"
#include "model/model.h"
#include "view/panes.h"

enum { INDENT_CELLS = 2 };

/* What is left of the pane, how many lines are still to be passed over, and of all there
 * is. */
struct sheet {
	struct pen *p;
	struct rect r;
	size_t skip, lines;
};

static bool line_here(struct sheet *s, struct rect *row)
{
	if (s->skip > 0) {
		s->skip--;
		return false;
	}
	if (s->r.rows <= 0)
		return false;
	*row = rect_take_top(&s->r, 1);
	return true;
}

/* What is copied from the screen shall be JSON again. */
static bool has_comma(const struct pretty *p, size_t i)
{
	const struct pretty_line *line = &p->lines.items[i];

	return i + 1 < p->lines.len && line[1].depth == line->depth &&
	       !view_is(line->value, "{") && !view_is(line->value, "[");
}

static void put_json_line(struct sheet *s, const struct pretty *p, size_t i)
{
	static const enum style_role roles[] = {
		[PRETTY_BRACKET] = STYLE_DIM,	     [PRETTY_STRING] = STYLE_JSON_STRING,
		[PRETTY_NUMBER] = STYLE_JSON_NUMBER, [PRETTY_WORD] = STYLE_JSON_NUMBER,
	};
	const struct pretty_line *line = &p->lines.items[i];
	struct canvas *c = s->p->canvas;
	struct rect r;

	if (!line_here(s, &r))
		return;
	rect_take_left(&r, line->depth * INDENT_CELLS);
	if (line->key.len) {
		rect_take_left(&r, canvas_text(c, r.row, r.col, r.cols, STYLE_JSON_KEY, line->key));
		rect_take_left(&r, canvas_words(c, r.row, r.col, r.cols, STYLE_DIM, ": "));
	}
	rect_take_left(&r, canvas_text(c, r.row, r.col, r.cols, roles[line->kind], line->value));
	if (has_comma(p, i))
		canvas_words(c, r.row, r.col, r.cols, STYLE_DIM, ",");
}

static void put_head(struct sheet *s, const char *words)
{
	struct rect r;

	if (line_here(s, &r))
		canvas_words(s->p->canvas, r.row, r.col, r.cols, STYLE_LABEL, words);
}

static void put_gap(struct sheet *s)
{
	struct rect r;

	line_here(s, &r);
}

static void put_json(struct sheet *s, const char *head, struct view json)
{
	struct pretty pretty = { 0 };

	if (!json.len || view_is(json, "null") || view_is(json, "{}"))
		return;
	put_head(s, head);
	pretty_read(&pretty, json);
	s->lines += pretty.lines.len + 2;
	for (size_t i = 0; i < pretty.lines.len && (s->r.rows > 0 || s->skip > 0); i++)
		put_json_line(s, &pretty, i);
	put_gap(s);
	pretty_release(&pretty);
}

static void put_arguments(struct sheet *s, const struct run_detail *d, const struct task_facts *t)
{
	put_json(s, "Parameters of the run", d->params);
	if (t)
		put_json(s, "Arguments of the task", t->args);
}

static void put_results(struct sheet *s, const struct run_detail *d, const struct task_facts *t)
{
	if (t)
		put_json(s, "Result of the task", t->result);
	put_json(s, "Result of the run", d->result);
}

typedef void put_fn(struct sheet *s, const struct run_detail *d, const struct task_facts *t);

/* What does not fit scrolls, and the last row says how much there is. */
static void put_pane(struct pen *p, struct rect r, enum pane_id pane, put_fn *put,
		     const char *empty)
{
	const struct run_detail *d = p->m->detail.detail;
	const struct task_facts *t = detail_task(p->m);
	struct sheet all = { .p = p, .r = { r.row, r.col, 0, r.cols } };
	struct sheet s = { .p = p, .r = r };

	rect_take_left(&s.r, 1);
	put(&all, d, t);
	if (all.lines == 0)
		pen_empty(p, r, empty);
	else
		s.skip = pen_scrolled(p, &s.r, all.lines - 1, p->m->detail.scroll[pane].top);
	put(&s, d, t);
}

void view_arguments_pane(struct pen *p, struct rect r)
{
	put_pane(p, r, PANE_ARGUMENTS, put_arguments, "This run takes no arguments.");
}

void view_result_pane(struct pen *p, struct rect r)
{
	const struct task_facts *t = detail_task(p->m);

	put_pane(p, r, PANE_RESULT, put_results, !t || task_status_is_open(t->status)
							 ? "No result yet."
							 : "It gave no result.");
}
