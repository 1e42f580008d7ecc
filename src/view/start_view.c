/* The start form and the run that came of it. */
#include "base/utf8.h"
#include "model/model.h"
#include "model/question.h"
#include "model/start.h"
#include "view/card_view.h"
#include "view/dialog.h"
#include "view/screens.h"

enum { FORM_COLS = 72, LABEL_COLS = 18, FIELD_ROWS = 2, STEPS_ROWS = 12, NARROW_COLS = 56 };

static void put_choice(struct pen *p, struct rect r, const struct start_field *f, bool focused)
{
	canvas_fill(p->canvas, r, STYLE_INPUT);
	str_addf(pen_text(p), focused ? "< %s >" : "  %s", str_text(&f->line.text));
	pen_put(p, r.row, r.col, r.cols, STYLE_INPUT);
	if (focused)
		canvas_cursor(p->canvas, r.row, r.col);
}

/* A secret is never shown, not even its length to the letter. */
static void put_secret(struct pen *p, struct rect r, const struct start_field *f, bool focused)
{
	canvas_fill(p->canvas, r, STYLE_INPUT);
	canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_INPUT,
		     f->line.text.len > 0 ? "********" : "");
	if (focused)
		canvas_cursor(p->canvas, r.row, r.col + (f->line.text.len > 0 ? 8 : 0));
}

static void put_field(struct pen *p, struct rect r, size_t i)
{
	const struct start_state *s = &p->m->start;
	const struct param *param = &s->workflow.params.items[i];
	const struct start_field *f = &s->fields.items[i];
	bool focused = s->at == i && s->stage == START_FORM;
	struct rect at = rect_take_top(&r, 1);

	str_add(pen_text(p), param->title.len > 0 ? param->title : param->name);
	str_add_text(&p->text, param->required ? " *" : "");
	pen_put(p, at.row, at.col, LABEL_COLS - 1, focused ? STYLE_STRONG : STYLE_LABEL);
	rect_take_left(&at, LABEL_COLS);
	if (start_is_choice(param))
		put_choice(p, at, f, focused);
	else if (param->secret)
		put_secret(p, at, f, focused);
	else
		pen_field_line(p, at, &f->line, focused);
	if (f->error.len > 0) {
		canvas_text(p->canvas, r.row, at.col, at.cols, STYLE_ERROR,
			    view_of_str(&f->error));
	} else if (run_key_is_set(s->again) && (param->secret || start_is_changed(f))) {
		if (param->secret)
			str_add_text(pen_text(p), "empty: as before");
		else
			str_addf(pen_text(p), "was %s",
				 f->was.len > 0 ? str_text(&f->was) : "empty");
		pen_put(p, r.row, at.col, at.cols, STYLE_DIM);
	} else if (focused) {
		question_add_hint(param, pen_text(p));
		pen_put(p, r.row, at.col, at.cols, STYLE_DIM);
	}
}

/* What a confirmation would do. */
static const char *promise(const struct start_state *s, int cols)
{
	if (cols < NARROW_COLS)
		return s->at < s->fields.len ? "Enter or Esc" : "y or Esc";
	if (s->at < s->fields.len)
		return "Enter goes on, Esc leaves";
	if (!run_key_is_set(s->again))
		return "y starts it, Esc leaves";
	for (size_t i = 0; i < s->fields.len; i++) {
		if (start_is_changed(&s->fields.items[i]))
			return "y runs it with what was changed, Esc leaves";
	}
	return "y runs it with the same arguments, Esc leaves";
}

static void put_form(struct pen *p, struct rect r)
{
	const struct start_state *s = &p->m->start;
	struct rect all = r, footer = rect_take_bottom(&r, 1);
	size_t fit = r.rows > FIELD_ROWS ? (size_t)(r.rows / FIELD_ROWS) : 1;
	size_t top = s->at >= fit && s->at < s->fields.len ? s->at - fit + 1
		     : s->at == s->fields.len && s->fields.len > fit ? s->fields.len - fit
								     : 0;
	bool in_buttons = s->at == s->fields.len;
	struct button buttons[] = {
		{ "No", in_buttons && !s->yes, false, false },
		{ run_key_is_set(s->again) ? "Run again" : "Start", in_buttons && s->yes, false,
		  false },
	};
	size_t i;
	int col;

	if (s->fields.len == 0)
		canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM, "It has no parameters.");
	for (i = top; i < s->fields.len && r.rows >= FIELD_ROWS; i++)
		put_field(p, rect_take_top(&r, FIELD_ROWS), i);
	dialog_more(p, all, top, s->fields.len - i);
	col = dialog_buttons(p, footer.row, footer.col, buttons, 2);
	canvas_words(p->canvas, footer.row, col + 1, footer.col + footer.cols - col - 1, STYLE_DIM,
		     promise(s, r.cols));
}

static void put_steps(struct pen *p, struct rect r)
{
	const struct run_detail *d = p->m->start.detail;

	for (size_t i = 0; d && i < d->n_tasks && r.rows > 0; i++) {
		const struct task_facts *t = &d->tasks[i];
		struct look look = look_of_task(t->status);
		struct rect at = rect_take_top(&r, 1);

		canvas_glyph(p->canvas, at.row, at.col, look.role, look.glyph, look.ascii);
		canvas_text(p->canvas, at.row, at.col + 2, at.cols - 24, STYLE_PLAIN, t->id);
		canvas_words(p->canvas, at.row, at.col + at.cols - 20, 11, look.role,
			     task_status_words(t->status));
		add_elapsed(pen_text(p), t->started_ms, t->ended_ms, p->m->now_ms);
		pen_put_right(p, at.row, at.col + at.cols - 9, at.col + at.cols, STYLE_DIM);
	}
}

static void put_run(struct pen *p, struct rect r)
{
	const struct start_state *s = &p->m->start;
	struct rect footer = rect_take_bottom(&r, 1), at = rect_take_top(&r, 1);
	struct run_facts run;
	struct look look;
	float done;
	int col;

	canvas_words(p->canvas, footer.row, footer.col, footer.cols, STYLE_DIM,
		     "Enter opens the run, Esc goes back; it goes on either way");
	if (!run_key_is_set(s->key) || !store_facts(p->m->store, s->key, &run, &p->arena)) {
		canvas_words(p->canvas, at.row, at.col, at.cols, STYLE_DIM,
			     "Accepted. The board does not show it yet.");
		return;
	}
	look = look_of_run(run.status);
	canvas_glyph(p->canvas, at.row, at.col, look.role, look.glyph, look.ascii);
	str_add_text(pen_text(p), run_status_words(run.status));
	done = run.progress >= 0	? run.progress
	       : run.tasks_total > 0 ? (float)run.tasks_done / (float)run.tasks_total
				     : 0;
	str_addf(&p->text, "  %d%%  %d/%d  %.*s", (int)(done * 100), run.tasks_done,
		 run.tasks_total, (int)run.short_id.len, run.short_id.ptr);
	col = at.col + 2 + pen_put(p, at.row, at.col + 2, at.cols / 2, look.role);
	pen_bar(p, at.row, col + 2, at.col + at.cols - col - 2 > 24 ? 24 : 0, done);
	rect_take_top(&r, 1);
	put_steps(p, r);
}

static int rows_wanted(const struct start_state *s)
{
	if (s->stage == START_FORM)
		return (int)s->fields.len * FIELD_ROWS + 2 + (s->fields.len == 0);
	if (s->stage == START_FOLLOWING)
		return 4 + (s->detail ? (int)s->detail->n_tasks : 1);
	return 4;
}

void view_start(struct pen *p, struct rect r)
{
	const struct start_state *s = &p->m->start;
	struct str title = { 0 };
	struct rect in;

	if (run_key_is_set(s->again))
		str_addf(&title, "Run %s again", str_text(&s->again_name));
	else
		str_addf(&title, "Start %.*s", (int)s->workflow.name.len, s->workflow.name.ptr);
	in = dialog_open(p, r, (struct rect){ 0, 0, rows_wanted(s), FORM_COLS }, str_text(&title));
	str_release(&title);
	switch (s->stage) {
	case START_READING:
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM,
			     "Reading its arguments.");
		break;
	case START_FORM:
		put_form(p, in);
		break;
	case START_SENDING:
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM, "Sending.");
		break;
	case START_FOLLOWING:
		put_run(p, in);
		break;
	case START_REFUSED:
		rect_take_top(&in, pen_wrap(p, in, STYLE_ERROR, view_of_str(&s->why)) + 1);
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM,
			     "Enter goes back to the form, Esc leaves");
		break;
	}
}
