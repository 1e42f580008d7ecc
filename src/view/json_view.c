/* The arguments and the result of a run and of the task under the cursor: JSON in
 * lines, keys and values told apart. */
#include "core/pretty.h"
#include "model/detail.h"
#include "model/model.h"
#include "view/panes.h"

enum { INDENT_CELLS = 2 };

/* What is left of the pane, and how many lines are still to be passed over. */
struct sheet {
	struct pen *p;
	struct rect r;
	size_t skip;
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
	for (size_t i = 0; i < pretty.lines.len && (s->r.rows > 0 || s->skip > 0); i++)
		put_json_line(s, &pretty, i);
	put_gap(s);
	pretty_release(&pretty);
}

static struct sheet sheet_of(struct pen *p, struct rect r, enum pane_id pane)
{
	rect_take_left(&r, 1);
	return (struct sheet){ p, r, p->m->detail.scroll[pane].top };
}

void view_arguments_pane(struct pen *p, struct rect r)
{
	const struct run_detail *d = p->m->detail.detail;
	const struct task_facts *t = detail_task(p->m);
	struct sheet s = sheet_of(p, r, PANE_ARGUMENTS);
	int rows = s.r.rows;

	put_json(&s, "Parameters of the run", d->params);
	if (t)
		put_json(&s, "Arguments of the task", t->args);
	if (s.r.rows == rows && s.skip == p->m->detail.scroll[PANE_ARGUMENTS].top)
		pen_empty(p, r, "This run takes no arguments.");
}

void view_result_pane(struct pen *p, struct rect r)
{
	const struct run_detail *d = p->m->detail.detail;
	const struct task_facts *t = detail_task(p->m);
	struct sheet s = sheet_of(p, r, PANE_RESULT);
	int rows = s.r.rows;

	if (t)
		put_json(&s, "Result of the task", t->result);
	put_json(&s, "Result of the run", d->result);
	if (s.r.rows == rows && s.skip == p->m->detail.scroll[PANE_RESULT].top)
		pen_empty(p, r, !t || task_status_is_open(t->status) ? "No result yet."
								    : "It gave no result.");
}
