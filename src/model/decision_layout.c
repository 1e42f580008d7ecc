/* Where the parts of the decision dialog stand, and how far its words can be scrolled. */
#include "model/board_layout.h"
#include "model/decision.h"
#include "model/model.h"
#include "screen/wrap.h"

enum { LIST_ROWS = 8, PROMPT_ROWS = 3, EVIDENCE_ROWS = 10, FRAME_ROWS = 2, FRAME_COLS = 4 };

/* What would be sent; the first time it must have been seen. */
static int sent_rows(const struct decision_state *d, int cols)
{
	const struct shown_state *s = &d->shown;
	struct view words = view_of_str(s->text.len > 0 ? &s->text : &s->trouble);

	return s->request ? 1 : wrap_rows(words, cols);
}

/* The line that is typed, and what is said of it: of many choices all. */
static int field_rows(const struct decision_state *d, struct rect body, int cols)
{
	int rows = wrap_rows(decision_hint(d), cols - DECISION_LABEL_COLS), most = body.rows / 4;

	if (!decision_field_name(d->verb))
		return 0;
	return 1 + (rows < 1 || most < 1 ? 1 : rows < most ? rows : most);
}

static int rows_wanted(const struct decision_state *d, const struct decision_layout *l)
{
	const struct target *t = &d->targets.items[0];
	int rows = 2 + l->field.rows, lines = (int)d->evidence.len;

	if (d->targets.len > LIST_ROWS)
		return rows + 1 + LIST_ROWS + 1 + 1;
	if (d->targets.len > 1)
		return rows + 1 + (int)d->targets.len + 1;
	rows += 2 + (t->task.len > 0) + t->unsettled;
	if (l->sent_rows > 0)
		rows += 1 + l->sent_rows;
	if (l->prompt_rows > 0)
		rows += 2 + l->prompt_rows;
	if (d->evidence_of.len > 0)
		rows += 2 + (lines > EVIDENCE_ROWS ? EVIDENCE_ROWS : lines > 0 ? lines : 1);
	return rows;
}

/* Which run and which step: as the view writes them. */
static int head_rows(const struct target *t, int cols)
{
	struct str s = { 0 };
	int rows;

	target_add_run(t, &s);
	rows = wrap_rows(view_of_str(&s), cols - DECISION_LABEL_COLS);
	str_clear(&s);
	target_add_step(t, &s);
	rows += wrap_rows(view_of_str(&s), cols - DECISION_LABEL_COLS);
	str_release(&s);
	return rows;
}

/* What is asked must be read before it is decided: what does not fit scrolls. */
static void place_prompt(const struct decision_state *d, struct decision_layout *l)
{
	int room = l->in.rows - head_rows(&d->targets.items[0], l->in.cols);

	l->prompt_shown = l->prompt_rows;
	if (l->prompt_rows <= room || room < 2)
		return;
	l->prompt_shown = room - 1;
	l->prompt_most = l->prompt_rows - l->prompt_shown;
}

/* The head of what is sent, and of its rows as many as leave room for what is asked. */
static void place_sent(const struct decision_state *d, struct decision_layout *l)
{
	int rows = 1 + l->sent_rows, above = l->prompt_rows;

	if (l->sent_rows == 0)
		return;
	above = above < PROMPT_ROWS ? above : PROMPT_ROWS;
	above += head_rows(&d->targets.items[0], l->in.cols);
	if (rows > l->in.rows - above)
		rows = l->in.rows > above + 2 ? l->in.rows - above : 2;
	l->sent = rect_take_bottom(&l->in, rows);
	l->scroll_most = l->sent_rows > l->sent.rows - 1 ? l->sent_rows - l->sent.rows + 1 : 0;
}

/* The head of the list, its rows, and where not all are seen a row that says so. */
static void place_list(const struct decision_state *d, struct decision_layout *l)
{
	int n = (int)d->targets.len, room = l->in.rows - 1;

	if (n > LIST_ROWS || n > room) {
		room = room > 1 ? room - 1 : 0;
		l->list_rows = room < LIST_ROWS ? room : LIST_ROWS;
	} else {
		l->list_rows = n;
	}
	l->scroll_most = n - (l->list_rows > 0 ? l->list_rows : 1);
}

void decision_layout_make(const struct model *m, struct decision_layout *out)
{
	const struct decision_state *d = &m->decision;
	struct rect body = board_layout_body(m), frame;
	int cols = body.cols < DECISION_COLS + FRAME_COLS ? body.cols - FRAME_COLS : DECISION_COLS;

	*out = (struct decision_layout){ .sent_rows = sent_rows(d, cols) };
	out->prompt_rows = wrap_rows(view_of_str(&d->targets.items[0].prompt), cols);
	out->field.rows = field_rows(d, body, cols);
	out->rows = rows_wanted(d, out);
	/* Where there is little room, none is kept free for words that may never come. */
	if (out->rows + FRAME_ROWS > body.rows && out->field.rows > 1 && decision_hint(d).len == 0)
		out->field.rows = 1;
	out->in = rect_framed(body, out->rows, DECISION_COLS, &frame);
	out->footer = rect_take_bottom(&out->in, 1);
	out->changed = rect_take_bottom(&out->in, 1);
	if (out->field.rows > 0)
		out->field = rect_take_bottom(&out->in, out->field.rows);
	if (d->targets.len > 1) {
		place_list(d, out);
	} else {
		place_sent(d, out);
		place_prompt(d, out);
		out->scroll_most += out->prompt_most;
	}
	out->scroll = (int)d->scroll < out->scroll_most ? (int)d->scroll : out->scroll_most;
	out->prompt_scroll = out->scroll < out->prompt_most ? out->scroll : out->prompt_most;
}
