/* The form of edit and retry, and what was changed in it. */
#include "model/edit.h"
#include "model/model.h"
#include "model/question.h"
#include "view/dialog.h"
#include "view/screens.h"

enum { FORM_COLS = 72, LABEL_COLS = 14, FIELD_ROWS = 2, WAS_COLS = 5 };

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

/* One value, old or new, over as many rows as it needs. */
static void put_value(struct pen *p, struct rect *r, const char *which, struct view value)
{
	enum style_role role = view_is(view_of(which), "old") ? STYLE_DIM : STYLE_PLAIN;
	struct rect at = *r;
	int used;

	canvas_words(p->canvas, at.row, at.col + 2, WAS_COLS, STYLE_LABEL, which);
	rect_take_left(&at, WAS_COLS + 2);
	used = value.len > 0 ? pen_wrap(p, at, role, value) : 0;
	if (used == 0)
		canvas_words(p->canvas, at.row, at.col, at.cols, STYLE_DIM, "(nothing)");
	rect_take_top(r, used > 0 ? used : 1);
}

static void put_change(struct pen *p, struct rect *r, const struct edit_field *f)
{
	struct rect at = rect_take_top(r, 1);

	add_label(pen_text(p), f);
	pen_put(p, at.row, at.col, at.cols, STYLE_STRONG);
	put_value(p, r, "old", f->param.secret ? VIEW("********") : view_of_str(&f->was));
	put_value(p, r, "new", f->param.secret ? VIEW("********") : lineedit_view(&f->line));
}

static void put_changes(struct pen *p, struct rect r)
{
	const struct edit_state *s = &p->m->edit;
	size_t n = edit_form_changes(&s->form), at = 0, shown = s->scroll;
	struct rect more = rect_take_bottom(&r, 1);

	if (n == 0)
		canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM,
			     "Nothing is changed; t retries the step as it was.");
	for (size_t i = 0; i < s->form.fields.len && r.rows >= 3; i++) {
		if (!edit_field_is_changed(&s->form.fields.items[i]) || at++ < s->scroll)
			continue;
		put_change(p, &r, &s->form.fields.items[i]);
		shown++;
	}
	if (shown < n) {
		str_addf(pen_text(p), "%zu more, PgDn shows them", n - shown);
		pen_put(p, more.row, more.col, more.cols, STYLE_DIM);
	}
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
		     : !asked		  ? "Enter goes on, PgDn to the end, Esc"
		     : !edit_is_armed(s)  ? "Up goes back, Esc leaves"
					  : "y does it, Up goes back, Esc leaves");
}

static int rows_wanted(const struct edit_state *s)
{
	if (s->stage == EDIT_READING)
		return 1;
	if (s->stage == EDIT_FIELDS)
		return (int)s->form.fields.len * FIELD_ROWS + 4;
	return (int)edit_form_changes(&s->form) * 3 + 6;
}

void view_edit(struct pen *p, struct rect r)
{
	const struct edit_state *s = &p->m->edit;
	const struct target *t = &s->target;
	struct rect in, all, footer, at;

	all = in = dialog_open(p, r, (struct rect){ 0, 0, rows_wanted(s), FORM_COLS }, "Edit and retry");
	if (s->stage == EDIT_READING) {
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM, "Reading the run.");
		return;
	}
	footer = rect_take_bottom(&in, 1);
	at = rect_take_bottom(&in, 1);
	canvas_text(p->canvas, at.row, at.col, at.cols, STYLE_WARNING, view_of_str(&s->changed));
	str_addf(pen_text(p), "%s %s, step %s, attempt %d", str_text(&t->workflow),
		 str_text(&t->short_id), str_text(&t->task), t->attempt);
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
