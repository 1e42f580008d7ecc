/* The decision dialog: what it acts on, why it is asked, the last words of the step
 * under review, comment, buttons. */
#include "base/when.h"
#include "model/age.h"
#include "model/decision.h"
#include "model/detail.h"
#include "model/model.h"
#include "screen/wrap.h"
#include "view/dialog.h"
#include "view/screens.h"

static void line(struct pen *p, struct rect *r, const char *label, struct view value)
{
	rect_take_top(r, pen_field(p, *r, DECISION_LABEL_COLS, label, value));
}

static void put_target(struct pen *p, struct rect *r, const struct target *t)
{
	target_add_run(t, pen_text(p));
	line(p, r, "run", view_of_str(&p->text));
	target_add_step(t, pen_text(p));
	line(p, r, "step", view_of_str(&p->text));
}

/* The gate that is decided, which need not be the most urgent one of its run: by
 * the card while that shows it, since it is fresher, else by the detail. */
static bool find_gate(struct pen *p, const struct target *t, struct gate_facts *out)
{
	const struct decision_state *d = &p->m->decision;
	struct view id = view_of_str(&t->task);
	const struct task_facts *task = d->detail ? detail_find_task(d->detail, id) : NULL;
	struct run_facts run;

	if (store_facts(p->m->store, t->key, &run, &p->arena) && view_eq(run.waiting.task, id))
		*out = run.waiting;
	else if (task)
		*out = task->gate;
	else
		return false;
	return out->kind != GATE_NONE;
}

static void put_votes(struct pen *p, struct rect *r, const struct target *t)
{
	struct gate_facts gate, *g = &gate;
	struct str *s = pen_text(p);

	if (!find_gate(p, t, &gate))
		return;
	add_age(s, g->since_ms, p->m->now_ms);
	if (g->deadline_ms > p->m->now_ms) {
		str_addf(s, "%s", pen_dot(p));
		when_add_age(s, age_left_ms(g->deadline_ms, p->m->now_ms));
		str_add_text(s, " left");
	}
	if (g->required > 1)
		str_addf(s, "%s%zu of %d votes", pen_dot(p), g->n_given, g->required);
	for (size_t i = 0; i < g->n_given && g->required > 1; i++) {
		str_add_text(s, i > 0 ? ", " : ": ");
		str_add(s, g->given[i].by);
	}
	line(p, r, "waits", view_of_str(s));
}

/* A reason may begin with the run's name itself: "deploy a1c003 is completed now." */
static void add_why(struct str *s, const struct target *t)
{
	struct view why = view_of_str(&t->why);

	if (t->allowed) {
		str_add_text(s, t->unsettled ? ": one by one only" : "");
		return;
	}
	if (view_starts(why, str_text(s)))
		why = view_cut(why, s->len, SIZE_MAX);
	else
		str_add_text(s, ": ");
	str_add(s, why);
}

/* The marked runs, those that cannot be acted upon with the reason. */
static void put_list(struct pen *p, struct rect *r, const struct decision_layout *l)
{
	const struct decision_state *d = &p->m->decision;
	size_t end = (size_t)(l->scroll + l->list_rows);

	str_addf(pen_text(p), "%zu of %zu marked runs:", decision_allowed(d), d->targets.len);
	pen_put(p, r->row, r->col, r->cols, STYLE_STRONG);
	rect_take_top(r, 1);
	for (size_t i = (size_t)l->scroll; i < d->targets.len && i < end; i++) {
		const struct target *t = &d->targets.items[i];
		struct str *s = pen_text(p);

		target_add_run(t, s);
		add_why(s, t);
		pen_squeeze(p, r->cols - 2);
		pen_put(p, r->row, r->col + 2, r->cols - 2,
			t->allowed && !t->unsettled ? STYLE_PLAIN : STYLE_DIM);
		rect_take_top(r, 1);
	}
	if (d->targets.len > end) {
		str_addf(pen_text(p), "%zu more, PgDn shows them", d->targets.len - end);
		pen_put(p, r->row, r->col + 2, r->cols - 2, STYLE_DIM);
		rect_take_top(r, 1);
	}
}

static void put_evidence(struct pen *p, struct rect *r, int keep)
{
	const struct decision_state *d = &p->m->decision;
	int rows = r->rows - keep - 1, n = (int)d->evidence.len;

	if (d->evidence_of.len == 0 || rows < 1)
		return;
	str_addf(pen_text(p), "last output of %s", str_text(&d->evidence_of));
	pen_put(p, r->row, r->col, r->cols, STYLE_LABEL);
	rect_take_top(r, 1);
	for (int i = n > rows ? n - rows : 0; i < n; i++) {
		struct clean_style style = clean_style_plain();
		struct clean_line clean = { 0 };

		clean_log_line(view_of_str(&d->evidence.items[i]), &style, &clean);
		canvas_log(p->canvas, r->row, r->col + 2, r->cols - 2, &clean, 0);
		clean_line_release(&clean);
		rect_take_top(r, 1);
	}
	if (n == 0) {
		canvas_words(p->canvas, r->row, r->col + 2, r->cols - 2, STYLE_DIM, "nothing yet");
		rect_take_top(r, 1);
	}
}

/* What does not fit comes into sight row by row. */
static void put_sent(struct pen *p, const struct decision_layout *l)
{
	const struct shown_state *s = &p->m->decision.shown;
	int passed = l->scroll - l->prompt_scroll, below = l->scroll_most - l->prompt_most - passed;
	struct rect r = l->sent;

	str_add_text(pen_text(p), s->first ? "for the first time this is sent" : "this is sent");
	if (below > 0 || passed > 0)
		str_add_text(&p->text, pen_dot(p));
	dialog_add_paging(&p->text, passed, below);
	pen_put(p, r.row, r.col, r.cols, s->first ? STYLE_WARNING : STYLE_LABEL);
	rect_take_top(&r, 1);
	if (s->request)
		canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_DIM, "Asking what it is.");
	else
		pen_wrap(p, r, s->text.len > 0 ? STYLE_PLAIN : STYLE_ERROR,
			 wrap_from(view_of_str(s->text.len > 0 ? &s->text : &s->trouble), r.cols,
				   passed));
}

static void put_line(struct pen *p, struct rect r)
{
	const struct decision_state *d = &p->m->decision;
	const char *name = decision_field_name(d->verb);

	if (!name)
		return;
	canvas_words(p->canvas, r.row, r.col, DECISION_LABEL_COLS - 1, STYLE_LABEL, name);
	rect_take_left(&r, DECISION_LABEL_COLS);
	pen_field_line(p, r, &d->line, d->stage == DECISION_TEXT);
	rect_take_top(&r, 1);
	pen_wrap(p, r, d->line_error.len > 0 ? STYLE_ERROR : STYLE_DIM, decision_hint(d));
}

static void add_capital(struct str *s, const char *words)
{
	str_add_text(s, words);
	s->ptr[0] = (char)(s->ptr[0] - ('a' - 'A'));
}

/* "Approve", "Cancel run", "Cancel 3 runs": a button named "Cancel" alone could be
 * the one that leaves. */
static void add_yes(struct str *s, const struct decision_state *d)
{
	size_t n = decision_allowed(d);

	add_capital(s, action_words(verb_action(d->verb))->brief);
	if (d->targets.len > 1)
		str_addf(s, " %zu %s", n, n == 1 ? "run" : "runs");
	else if (!verb_is_on_task(d->verb) && d->verb != VERB_RERUN)
		str_add_text(s, " run");
}

static void put_footer(struct pen *p, struct rect r)
{
	const struct decision_state *d = &p->m->decision;
	bool in_buttons = d->stage == DECISION_BUTTONS;
	struct str yes = { 0 };
	struct button buttons[] = {
		{ "No", in_buttons && !d->yes, false, false },
		{ NULL, in_buttons && d->yes, verb_is_destructive(d->verb),
		  !decision_is_armed(d) },
	};
	int col;

	add_yes(&yes, d);
	buttons[1].label = str_text(&yes);
	col = dialog_buttons(p, r.row, r.col, buttons, 2);
	canvas_words(p->canvas, r.row, col + 1, r.col + r.cols - col - 1, STYLE_DIM,
		     d->confirmed_ms > 0	 ? "..."
		     : !decision_is_armed(d)	 ? "Esc leaves"
		     : r.cols < 48		 ? in_buttons ? "y or Esc" : "Enter or Esc"
		     : in_buttons		 ? "y does it, Esc leaves"
						 : "Enter goes on, Esc leaves");
	str_release(&yes);
}

/* What is asked must be read: where there is little room it comes before the rest. */
static void put_prompt(struct pen *p, struct rect *in, const struct target *t,
		       const struct decision_layout *l)
{
	bool tight = in->rows < l->prompt_rows + 3;	/* votes over two rows, a blank one */
	struct rect at;

	if (!tight) {
		put_votes(p, in, t);
		rect_take_top(in, 1);
	}
	at = rect_take_top(in, l->prompt_shown);
	pen_wrap(p, at, STYLE_WAITING, wrap_from(view_of_str(&t->prompt), at.cols,
						 l->prompt_scroll));
	if (l->prompt_most > 0) {
		at = rect_take_top(in, 1);
		dialog_add_paging(pen_text(p), l->prompt_scroll, l->prompt_most - l->prompt_scroll);
		pen_put(p, at.row, at.col, at.cols, STYLE_DIM);
	}
	if (tight)
		put_votes(p, in, t);
}

static void put_one(struct pen *p, struct rect in, const struct decision_layout *l)
{
	const struct target *t = &p->m->decision.targets.items[0];

	put_target(p, &in, t);
	if (l->prompt_rows > 0)
		put_prompt(p, &in, t, l);
	rect_take_top(&in, 1);
	if (t->unsettled)
		canvas_words(p->canvas, in.row, in.col, in.cols, STYLE_DIM, "Reading the run.");
	put_evidence(p, &in, l->sent.rows > 0);
	if (l->sent.rows > 0)
		put_sent(p, l);
}

void view_decision(struct pen *p, struct rect r)
{
	const struct decision_state *d = &p->m->decision;
	struct decision_layout l;
	struct str title = { 0 };

	if (d->targets.len > 1)
		add_yes(&title, d);
	else
		add_capital(&title, action_words(verb_action(d->verb))->help);
	decision_layout_make(p->m, &l);
	dialog_open(p, r, (struct rect){ 0, 0, l.rows, DECISION_COLS }, str_text(&title));
	str_release(&title);
	if (d->changed.len > 0)
		canvas_text(p->canvas, l.changed.row, l.changed.col, l.changed.cols,
			    STYLE_WARNING, view_of_str(&d->changed));
	if (d->targets.len > 1)
		put_list(p, &l.in, &l);
	else
		put_one(p, l.in, &l);
	if (decision_field_name(d->verb))
		put_line(p, l.field);
	put_footer(p, l.footer);
}
