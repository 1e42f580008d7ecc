/* The form of edit and retry, and what was changed in it. */
#include "model/edit.h"
#include "model/model.h"
#include "model/question.h"
#include "screen/wrap.h"
#include "view/dialog.h"
#include "view/screens.h"

enum { LABEL_COLS = 14, FIELD_ROWS = 2, NARROW_COLS = 60 };

static void add_label(struct str *s, const struct edit_field *f)
{
	static const char *const labels[EDIT_KINDS] = {
		[EDIT_RUN] = "command", [EDIT_ARGS] = "arguments", [EDIT_ENV] = "environment",
	};

	if (labels[f->kind])
		str_add_text(s, labels[f->kind]);
	else
		str_add(s, f->param.name);
}

static void put_hint(struct pen *p, struct rect r, const struct edit_field *f, bool focused)
{
	struct str *s = pen_text(p);

	if (edit_field_is_changed(f) && !f->param.secret)
		str_addf(s, "was %s", f->was.len > 0 ? str_text(&f->was) : "empty");
	else if (focused && f->param.secret)
		str_add_text(s, "a secret; empty: as before");
	else if (focused && f->kind == EDIT_ENV)
		str_add_text(s, f->param.name.len > 0 ? "" : "NAME=VALUE, one more");
	else if (focused && f->kind == EDIT_PARAM)
		question_add_hint(&f->param, s);
	pen_put(p, r.row, r.col, r.cols, STYLE_DIM);
}

/* A secret is never shown, not even its length to the letter. */
static void put_secret(struct pen *p, struct rect r, const struct edit_field *f, bool focused)
{
	bool empty = f->line.text.len == 0;

	r.rows = 1;
	canvas_fill(p->canvas, r, STYLE_INPUT);
	canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_INPUT, empty ? "" : "********");
	if (focused)
		canvas_cursor(p->canvas, r.row, r.col + (empty ? 0 : 8));
}

static void put_field(struct pen *p, struct rect r, size_t i)
{
	const struct edit_field *f = &p->m->edit.form.fields.items[i];
	bool focused = p->m->edit.at == i;
	struct rect at = rect_take_top(&r, 1);

	add_label(pen_text(p), f);
	pen_put(p, at.row, at.col, LABEL_COLS - 1, focused ? STYLE_STRONG : STYLE_LABEL);
	rect_take_left(&at, LABEL_COLS);
	rect_take_left(&r, LABEL_COLS);
	if (f->param.secret)
		put_secret(p, at, f, focused);
	else
		pen_field_line(p, at, &f->line, focused);
	if (f->error.len > 0)
		canvas_text(p->canvas, r.row, r.col, r.cols, STYLE_ERROR, view_of_str(&f->error));
	else
		put_hint(p, r, f, focused);
}

static void put_fields(struct pen *p, struct rect r, struct rect all)
{
	const struct edit_state *s = &p->m->edit;
	size_t n = s->form.fields.len, i;
	size_t fit = r.rows > FIELD_ROWS ? (size_t)(r.rows / FIELD_ROWS) : 1;
	size_t top = s->at >= fit ? s->at - fit + 1 : 0;

	for (i = top; i < n && r.rows >= FIELD_ROWS; i++)
		put_field(p, rect_take_top(&r, FIELD_ROWS), i);
	dialog_more(p, all, top, n - i);
}

/* What is left of the place for changes, and how many rows are still passed over. */
struct sheet {
	struct rect r;
	int skip;
};

/* Takes so many rows off; returns how many of them are passed over. */
static int pass(struct sheet *s, int rows, struct rect *at)
{
	int over = s->skip < rows ? s->skip : rows;

	s->skip -= over;
	*at = rect_take_top(&s->r, rows - over);
	return over;
}

/* One value, old or new, over as many rows as it needs. */
static void put_value(struct pen *p, struct sheet *s, const char *which, struct view value)
{
	enum style_role role = view_is(view_of(which), "old") ? STYLE_DIM : STYLE_PLAIN;
	int cols = s->r.cols - EDIT_WAS_COLS, rows = wrap_rows(value, cols), over;
	struct rect at;

	over = pass(s, rows > 0 ? rows : 1, &at);
	if (at.rows == 0)
		return;
	if (over == 0)
		canvas_words(p->canvas, at.row, at.col + 2, EDIT_WAS_COLS - 2, STYLE_LABEL, which);
	rect_take_left(&at, EDIT_WAS_COLS);
	if (value.len == 0)
		canvas_words(p->canvas, at.row, at.col, at.cols, STYLE_DIM, "(nothing)");
	else
		pen_wrap(p, at, role, wrap_from(value, cols, over));
}

static void put_change(struct pen *p, struct sheet *s, const struct edit_field *f)
{
	struct rect at;

	if (pass(s, 1, &at) == 0 && at.rows > 0) {
		add_label(pen_text(p), f);
		pen_put(p, at.row, at.col, at.cols, STYLE_STRONG);
	}
	put_value(p, s, "old", edit_shown(f, view_of_str(&f->was)));
	put_value(p, s, "new", edit_shown(f, lineedit_view(&f->line)));
}

static void put_changes(struct pen *p, struct rect r)
{
	const struct edit_state *e = &p->m->edit;
	struct rect more = rect_take_bottom(&r, 1);
	struct edit_layout l;
	struct sheet s = { r, 0 };

	edit_layout_make(p->m, &l);
	s.skip = l.scroll;
	if (edit_form_changes(&e->form) == 0)
		canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM,
			     "Nothing is changed; t retries the step as it was.");
	for (size_t i = 0; i < e->form.fields.len; i++) {
		if (edit_field_is_changed(&e->form.fields.items[i]))
			put_change(p, &s, &e->form.fields.items[i]);
	}
	dialog_add_paging(pen_text(p), l.scroll, l.scroll_most - l.scroll);
	pen_put(p, more.row, more.col, more.cols, STYLE_DIM);
}

static void put_footer(struct pen *p, struct rect r)
{
	const struct edit_state *s = &p->m->edit;
	bool asked = s->stage == EDIT_CONFIRM;
	struct button buttons[] = {
		{ "No", asked && !s->yes, false, false },
		{ "Edit and retry", asked && s->yes, false, !edit_is_armed(s) },
	};
	int col = dialog_buttons(p, r.row, r.col, buttons, 2);

	canvas_words(p->canvas, r.row, col + 1, r.col + r.cols - col - 1, STYLE_DIM,
		     s->confirmed_ms > 0  ? "..."
		     : r.cols < NARROW_COLS ? !asked ? "PgDn" : edit_is_armed(s) ? "y, Esc" : "Esc"
		     : !asked		  ? "Enter goes on, PgDn to the end, Esc"
		     : !edit_is_armed(s)  ? "Up goes back, Esc leaves"
					  : "y does it, Up goes back, Esc leaves");
}

static int rows_wanted(const struct model *m)
{
	const struct edit_state *s = &m->edit;
	struct edit_layout l;

	if (s->stage == EDIT_READING)
		return 1;
	if (s->stage == EDIT_FIELDS)
		return (int)s->form.fields.len * FIELD_ROWS + 4;
	edit_layout_make(m, &l);
	return l.wanted;
}

void view_edit(struct pen *p, struct rect r)
{
	const struct edit_state *s = &p->m->edit;
	const struct target *t = &s->target;
	struct rect in, all, footer, at;

	all = in = dialog_open(p, r, (struct rect){ 0, 0, rows_wanted(p->m), EDIT_COLS },
			       "Edit and retry");
	if (s->stage == EDIT_READING) {
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM, "Reading the run.");
		return;
	}
	footer = rect_take_bottom(&in, 1);
	at = rect_take_bottom(&in, 1);
	canvas_text(p->canvas, at.row, at.col, at.cols, STYLE_WARNING, view_of_str(&s->changed));
	target_add_run(t, pen_text(p));
	str_addf(&p->text, ", step %s, attempt %d", str_text(&t->task), t->attempt);
	at = rect_take_top(&in, 1);
	pen_squeeze(p, at.cols);
	pen_put(p, at.row, at.col, at.cols, STYLE_PLAIN);
	rect_take_top(&in, 1);
	if (s->stage == EDIT_FIELDS)
		put_fields(p, in, all);
	else
		put_changes(p, in);
	put_footer(p, footer);
}
