/* The task under the cursor as labelled lines: what it waits for, how it ended,
 * each attempt, what it runs. */
#include "base/arena.h"
#include "base/jtext.h"
#include "base/when.h"
#include "model/detail.h"
#include "model/model.h"
#include "screen/wrap.h"
#include "view/panes.h"

/* Lines are drawn below `skip` rows that were scrolled away. */
struct sheet {
	struct pen *p;
	struct rect r;
	int skip, rows;		/* still to be passed over; of all there is */
};

/* Of so many rows those that are passed over. */
static int pass(struct sheet *s, int rows)
{
	int over = s->skip < rows ? s->skip : rows;

	s->rows += rows;
	s->skip -= over;
	return over;
}

static void field_view(struct sheet *s, const char *label, struct view v)
{
	int cols = s->r.cols - TASK_LABEL_COLS, rows = wrap_rows(v, cols), over = pass(s, rows);

	if (over < rows)
		rect_take_top(&s->r, pen_field(s->p, s->r, TASK_LABEL_COLS, over > 0 ? "" : label,
					       wrap_from(v, cols, over)));
}

static void field(struct sheet *s, const char *label)
{
	field_view(s, label, view_of_str(&s->p->text));
}

static void text(struct sheet *s, enum style_role role, struct view v)
{
	int rows = wrap_rows(v, s->r.cols), over = pass(s, rows);

	if (over < rows)
		rect_take_top(&s->r, pen_wrap(s->p, s->r, role, wrap_from(v, s->r.cols, over)));
}

static void gap(struct sheet *s)
{
	if (pass(s, 1) == 0)
		rect_take_top(&s->r, 1);
}

static void put_gate(struct sheet *s, const struct gate_facts *g)
{
	struct pen *p = s->p;

	text(s, STYLE_WAITING, g->prompt);
	gap(s);
	add_age(pen_text(p), g->since_ms, p->m->now_ms);
	field(s, "waits for");
	if (g->deadline_ms > 0) {
		when_add_stamp(pen_text(p), g->deadline_ms);
		field(s, "until");
	}
	field_view(s, "who may", g->roles);
	if (g->kind != GATE_QUESTION) {
		str_addf(pen_text(p), "%zu of %d", g->n_given, g->required);
		field(s, "votes");
	}
	for (size_t i = 0; i < g->n_given; i++) {
		struct str *t = pen_text(p);

		str_add(t, g->given[i].by);
		str_addf(t, " %s ", verb_past(g->given[i].verb));
		add_age(t, g->given[i].at_ms, p->m->now_ms);
		str_addf(t, " ago %.*s", (int)g->given[i].comment.len, g->given[i].comment.ptr);
		field(s, "");
	}
	gap(s);
}

static void put_error(struct sheet *s, const struct error_facts *e)
{
	if (e->message.len == 0 && e->type.len == 0)
		return;
	text(s, STYLE_FAILED, e->message.len > 0 ? e->message : e->type);
	for (size_t i = 0; i < e->n_causes; i++)
		field_view(s, "caused by", e->causes[i]);
	if (e->stack.len > 0)
		text(s, STYLE_DIM, e->stack);
	gap(s);
}

static void put_times(struct sheet *s, const struct task_facts *t)
{
	struct pen *p = s->p;

	if (t->started_ms > 0) {
		when_add_stamp(pen_text(p), t->started_ms);
		field(s, "started");
	}
	if (t->started_ms > 0 && t->status != TASK_WAITING) {
		add_elapsed(pen_text(p), t->started_ms, t->ended_ms, p->m->now_ms);
		field(s, t->ended_ms > 0 ? "took" : "runs for");
	}
	if (t->queued_ms > 0 && t->started_ms > t->queued_ms) {
		add_elapsed(pen_text(p), t->queued_ms, t->started_ms, p->m->now_ms);
		field(s, "queued for");
	}
	if (t->status == TASK_RETRYING && t->next_retry_ms > p->m->now_ms) {
		when_add_span(pen_text(p), t->next_retry_ms - p->m->now_ms);
		field(s, "retries in");
	}
}

static void put_attempts(struct sheet *s, const struct task_facts *t)
{
	struct pen *p = s->p;

	for (size_t i = 0; i < t->n_attempts && t->n_attempts > 1; i++) {
		const struct attempt_facts *a = &t->attempts[i];
		struct str *words = pen_text(p);

		str_addf(words, "%d %s ", a->number, task_status_words(a->status));
		add_elapsed(words, a->started_ms, a->ended_ms, p->m->now_ms);
		if (a->error.len > 0) {
			str_add_text(words, pen_dot(p));
			str_add(words, a->error);
		} else if (a->exit_code > 0) {
			str_addf(words, "%sexit status %d", pen_dot(p), a->exit_code);
		} else if (a->signal > 0) {
			str_addf(words, "%ssignal %d", pen_dot(p), a->signal);
		}
		field(s, i == 0 ? "attempts" : "");
	}
}

/* " · read 12 MB"; of the disk, so mostly nothing. */
static void put_octets(struct sheet *s, struct str *words, const char *what, int64_t octets)
{
	bool small = octets < 10 << 20;

	if (octets > 0)
		str_addf(words, "%s%s %lld %s", pen_dot(s->p), what,
			 (long long)(octets + (small ? 1023 : 0)) >> (small ? 10 : 20),
			 small ? "kB" : "MB");
}

static void put_usage(struct sheet *s, const struct task_facts *t)
{
	struct str *words = pen_text(s->p);

	if (t->usage.cpu_ms == 0 && t->usage.max_rss_kb == 0)
		return;
	str_add_text(words, "cpu ");
	when_add_span(words, t->usage.cpu_ms);
	str_addf(words, "%speak %lld MB", pen_dot(s->p), (long long)(t->usage.max_rss_kb / 1024));
	put_octets(s, words, "read", t->usage.read_bytes);
	put_octets(s, words, "written", t->usage.write_bytes);
	field(s, "used");
}

/* A text without its quotes, anything else as the JSON that it is. */
static void put_item(struct sheet *s, struct view item)
{
	struct arena arena = { 0 };
	struct jtext json = jtext_of(item);

	if (item.len > 0 && jtext_peek(&json) == JTEXT_STRING)
		item = jtext_string(&json, &arena);
	field_view(s, "item", item);
	arena_release(&arena);
}

/* ---- its place among the steps ---- */

/* "✓ build": how far it is tells whether it holds this one. */
static void add_step(struct pen *p, struct view name)
{
	const struct task_facts *t = detail_find_task(p->m->detail.detail, name);
	struct str *words = &p->text;

	if (words->len > 0)
		str_add_text(words, ", ");
	if (t) {
		struct look look = look_of_task(t->status);

		str_addf(words, "%s ", p->canvas->unicode ? look.glyph : look.ascii);
	}
	str_add(words, name);
}

static void put_neighbours(struct sheet *s, const struct task_facts *t)
{
	const struct run_detail *d = s->p->m->detail.detail;

	pen_text(s->p);
	for (size_t i = 0; i < t->n_needs; i++)
		add_step(s->p, t->needs[i]);
	field(s, "needs");
	pen_text(s->p);
	for (size_t i = 0; i < d->n_tasks; i++)
		if (detail_follows(t, &d->tasks[i]))
			add_step(s->p, d->tasks[i].id);
	field(s, "then");
}

static void put_rest(struct sheet *s, const struct task_facts *t)
{
	struct pen *p = s->p;
	struct str *words;

	put_neighbours(s, t);
	field_view(s, "command", t->command);
	put_item(s, t->item);
	field_view(s, "worker", t->worker);
	field_view(s, "child run", t->child);
	if (t->exit_code > 0 || t->signal > 0) {
		str_addf(pen_text(p), "%s %d", t->signal > 0 ? "signal" : "exit status",
			 t->signal > 0 ? t->signal : t->exit_code);
		field(s, "ended by");
	}
	put_usage(s, t);
	words = pen_text(p);
	str_addf(words, "stdout %lld%sstderr %lld bytes", (long long)t->stdout_bytes, pen_dot(p),
		 (long long)t->stderr_bytes);
	if (t->log_truncated)
		str_addf(words, "%struncated", pen_dot(p));
	field(s, "output");
}

static void put_all(struct sheet *s, const struct task_facts *t)
{
	if (t->title.len > 0) {
		text(s, STYLE_DIM, t->title);
		gap(s);
	}
	if (view_eq(t->id, s->p->m->detail.detail->left_out)) {
		text(s, STYLE_DIM, VIEW("Enter on it in the list reads some of them."));
		return;
	}
	if (t->status == TASK_WAITING)
		put_gate(s, &t->gate);
	put_error(s, &t->error);
	put_times(s, t);
	put_attempts(s, t);
	put_rest(s, t);
}

/* What does not fit scrolls, and the last row says how much there is. */
static void put_sheet(struct pen *p, struct rect r, const struct task_facts *t)
{
	struct sheet all = { .p = p, .r = { r.row, r.col, 0, r.cols } };
	struct sheet s = { .p = p, .r = r };

	put_all(&all, t);
	s.skip = (int)pen_scrolled(p, &s.r, (size_t)all.rows, p->m->detail.scroll[PANE_TASKS].top);
	put_all(&s, t);
}

void view_task_pane(struct pen *p, struct rect r)
{
	const struct task_facts *t = detail_task(p->m);
	struct look look;

	if (!t) {
		pen_empty(p, r, "No steps yet.");
		return;
	}
	look = look_of_task(t->status);
	canvas_text(p->canvas, r.row, r.col + 1, r.cols / 2, STYLE_STRONG, t->id);
	str_add_text(pen_text(p), task_status_words(t->status));
	pen_put_right(p, r.row, r.col + r.cols / 2, r.col + r.cols - 1, look.role);
	rect_take_top(&r, 2);
	rect_take_left(&r, 1);
	put_sheet(p, r, t);
}
