/* The form of a signal, an update, a query, above what the code can be told. */
#include "model/model.h"
#include "model/speak.h"
#include "view/dialog.h"
#include "view/screens.h"

enum { FORM_COLS = 72, LABEL_COLS = 11, FORM_ROWS = 8, LINES_MAX = 14 };

static void put_field(struct pen *p, struct rect *r, const char *label, enum speak_place place)
{
	const struct speak_state *s = &p->m->speak;
	bool focused = s->at == place;
	struct rect at = rect_take_top(r, 1), below = rect_take_top(r, 1);

	canvas_words(p->canvas, at.row, at.col, LABEL_COLS - 1,
		     focused ? STYLE_STRONG : STYLE_LABEL, label);
	rect_take_left(&at, LABEL_COLS);
	rect_take_left(&below, LABEL_COLS);
	pen_field_line(p, at, place == SPEAK_NAME ? &s->name : &s->args, focused);
	if (focused && s->error.len > 0)
		canvas_text(p->canvas, below.row, below.col, below.cols, STYLE_ERROR,
			    view_of_str(&s->error));
	else if (focused && place == SPEAK_ARGS)
		canvas_words(p->canvas, below.row, below.col, below.cols, STYLE_DIM,
			     "JSON, commas between; empty: none");
}

/* What its code says of itself. */
static void put_known(struct pen *p, struct rect r)
{
	const struct speak_state *s = &p->m->speak;

	if (s->request || s->trouble.len > 0) {
		str_add_text(pen_text(p), s->request ? "Asking the run what it can be told."
						     : str_text(&s->trouble));
		pen_wrap(p, r, STYLE_DIM, view_of_str(&p->text));
		return;
	}
	for (size_t i = 0; i < s->n_lines && r.rows > 0; i++) {
		struct rect at = rect_take_top(&r, 1);

		canvas_text(p->canvas, at.row, at.col, at.cols, STYLE_DIM, s->lines[i]);
	}
}

static void put_footer(struct pen *p, struct rect r)
{
	const struct speak_state *s = &p->m->speak;
	bool asked = s->at == SPEAK_BUTTONS;
	struct button buttons[] = {
		{ "No", asked && !s->yes, false, false },
		{ s->verb == VERB_QUERY ? "Ask" : "Send", asked && s->yes, false, false },
	};
	int col = dialog_buttons(p, r.row, r.col, buttons, 2);

	canvas_words(p->canvas, r.row, col + 1, r.col + r.cols - col - 1, STYLE_DIM,
		     asked ? "y does it, Esc leaves" : "Enter goes on, Esc leaves");
}

void view_speak(struct pen *p, struct rect r)
{
	const struct speak_state *s = &p->m->speak;
	int lines = s->n_lines > LINES_MAX ? LINES_MAX : s->n_lines > 0 ? (int)s->n_lines : 2;
	struct str title = { 0 };
	struct rect in, footer, at;

	str_addf(&title, "%c%s", action_words(verb_action(s->verb))->help[0] - ('a' - 'A'),
		 action_words(verb_action(s->verb))->help + 1);
	in = dialog_open(p, r, (struct rect){ 0, 0, FORM_ROWS + lines, FORM_COLS },
			 str_text(&title));
	str_release(&title);
	footer = rect_take_bottom(&in, 1);
	rect_take_bottom(&in, 1);
	target_add_run(&s->target, pen_text(p));
	at = rect_take_top(&in, 1);
	pen_squeeze(p, at.cols);
	pen_put(p, at.row, at.col, at.cols, STYLE_PLAIN);
	rect_take_top(&in, 1);
	put_field(p, &in, "name", SPEAK_NAME);
	put_field(p, &in, "arguments", SPEAK_ARGS);
	put_known(p, in);
	put_footer(p, footer);
}
