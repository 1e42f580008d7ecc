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

/* A text with its head, laid out once for counting and drawing. */
struct part {
	const char *head;
	struct view json;
	struct pretty pretty;
};
enum { PARTS = 2 };		/* of the run and of the task under the cursor */

static bool says_nothing(struct view json)
{
	return json.len == 0 || view_is(json, "null") || view_is(json, "{}");
}

/* Parts that say nothing have no lines. */
static size_t read_parts(struct part *parts)
{
	size_t rows = 0;

	for (int i = 0; i < PARTS; i++) {
		if (says_nothing(parts[i].json))
			continue;
		pretty_read(&parts[i].pretty, parts[i].json);
		rows += parts[i].pretty.lines.len + 2;
	}
	return rows;
}

static void put_part(struct sheet *s, const struct part *part)
{
	if (part->pretty.lines.len == 0)
		return;
	put_head(s, part->head);
	for (size_t i = 0; i < part->pretty.lines.len && s->r.rows > 0; i++)
		put_json_line(s, &part->pretty, i);
	put_gap(s);
}

/* What does not fit scrolls, and the last row says how much there is. */
static void put_pane(struct pen *p, struct rect r, enum pane_id pane, struct part *parts,
		     const char *empty)
{
	size_t rows = read_parts(parts);
	struct sheet s = { .p = p, .r = r };

	rect_take_left(&s.r, 1);
	if (rows == 0)
		pen_empty(p, r, empty);
	else
		s.skip = pen_scrolled(p, &s.r, rows - 1, p->m->detail.scroll[pane].top);
	for (int i = 0; i < PARTS; i++) {
		put_part(&s, &parts[i]);
		pretty_release(&parts[i].pretty);
	}
}

void view_arguments_pane(struct pen *p, struct rect r)
{
	const struct task_facts *t = detail_task(p->m);
	struct part parts[PARTS] = {
		{ .head = "Parameters of the run", .json = p->m->detail.detail->params },
		{ .head = "Arguments of the task", .json = t ? t->args : VIEW("") },
	};

	put_pane(p, r, PANE_ARGUMENTS, parts, "This run takes no arguments.");
}

void view_result_pane(struct pen *p, struct rect r)
{
	const struct task_facts *t = detail_task(p->m);
	struct part parts[PARTS] = {
		{ .head = "Result of the task", .json = t ? t->result : VIEW("") },
		{ .head = "Result of the run", .json = p->m->detail.detail->result },
	};

	put_pane(p, r, PANE_RESULT, parts, !t || task_status_is_open(t->status)
						   ? "No result yet."
						   : "It gave no result.");
}
