/* The two bars. The lower one gives its right side to whatever is most urgent: an
 * order that is held, a notice, else the keys that do something now. */
#include "view/bars.h"

#include <assert.h>

#include "base/utf8.h"
#include "base/when.h"
#include "model/board_marks.h"
#include "model/decision.h"
#include "model/model.h"

enum { LIVE_LEN = sizeof "live" - 1, WIDE_COLS = 60 };

static const struct {
	const char *glyph, *ascii, *words;
	enum style_role role;
} conditions[] = {
	[CONDITION_CONNECTING] = { "◌", ".", "connecting", STYLE_WARNING },
	[CONDITION_LIVE] = { "●", "*", "live", STYLE_STATUS },
	[CONDITION_STALE] = { "○", "o", "stale", STYLE_WARNING },
	[CONDITION_DOWN] = { "✗", "x", "down", STYLE_ERROR },
};

static void add_runs(struct str *s, const struct model *m)
{
	bool more;
	size_t n = model_runs(m, &more);

	str_addf(s, "%zu%s %s", n, more ? "+" : "", n == 1 && !more ? "run" : "runs");
}

static void add_title(struct pen *p, const struct screen *s)
{
	const struct model *m = p->m;

	str_add_text(pen_text(p), "runboard");
	if (s && s != screen_get(SCREEN_BOARD))
		str_addf(&p->text, "%s%s", pen_dot(p),
			 s == &screen_table ? table_title(m->table.kind) : s->title);
	if (s == &screen_table && m->n_contexts > 1)
		str_addf(&p->text, " of %s", str_text(&m->contexts[m->table.context].name));
}

/* Another word of the right side, where that leaves room for the title. */
static void add_right(struct pen *p, struct str *right, int cols, const char *words)
{
	const char *dot = right->len > 0 ? pen_dot(p) : "";
	int width = utf8_width(view_of_str(right)) + utf8_width(view_of(dot)) +
		    utf8_width(view_of(words));

	if (right->len == 0 || width + utf8_width(view_of_str(&p->text)) + 3 <= cols)
		str_addf(right, "%s%s", dot, words);
}

void view_title_bar(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	const struct screen *s = NULL;
	struct str right = { 0 }, words = { 0 };
	size_t waiting = store_count_status(m->store, RUN_WAITING);

	for (int i = 0; i < m->depth; i++) {
		if (!screen_get(m->stack[i])->overlay)
			s = screen_get(m->stack[i]);
	}
	add_title(p, s);
	if (m->board.marks.len > 0)
		str_addf(&right, "%zu marked", m->board.marks.len);
	if (waiting > 0)
		str_addf(&right, "%s%zu %s for you", right.len > 0 ? pen_dot(p) : "", waiting,
			 waiting == 1 ? "waits" : "wait");
	add_runs(&words, m);
	if (r.cols >= 48 || right.len == 0)
		add_right(p, &right, r.cols, str_text(&words));
	str_clear(&words);
	str_addf(&words, "by %s", board_sort_name(m->board.sort));
	if (r.cols >= 60)
		add_right(p, &right, r.cols, str_text(&words));
	pen_title(p, r, str_text(&p->text), view_of_str(&right));
	str_release(&right);
	str_release(&words);
}

/* "live; the journal cannot be written": it answers, and yet not all is well. */
static bool has_more_to_say(const struct context *c)
{
	return c->condition == CONDITION_LIVE && view_starts(view_of_str(&c->sentence), "live; ");
}

static void add_condition(struct pen *p, const struct context *c)
{
	struct str *s = pen_text(p);

	str_add(s, view_of_str(&c->name));
	if (c->space.len > 0) {
		str_add_char(s, '/');
		str_add(s, view_of_str(&c->space));
	}
	str_add_char(s, ' ');
	if (c->condition == CONDITION_STALE && c->fresh_ms > 0) {
		str_add_text(s, "stale ");
		add_age(s, c->fresh_ms, p->m->now_ms);
	} else if (c->condition == CONDITION_DOWN) {
		str_add_text(s, "down");
		if (c->fresh_ms > 0) {
			str_add_text(s, " for ");
			add_age(s, c->fresh_ms, p->m->now_ms);
		}
		if (c->sentence.len > 0) {
			str_add_text(s, ": ");
			str_add(s, view_of_str(&c->sentence));
		}
	} else {
		str_add_text(s, conditions[c->condition].words);
		if (has_more_to_say(c))
			str_add(s, view_cut(view_of_str(&c->sentence), LIVE_LEN, SIZE_MAX));
	}
}

/* How each context is; the bad ones take most of the room. */
static int put_conditions(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	int col = r.col + 1, end = r.col + r.cols * 3 / 4;

	for (size_t i = 0; i < m->n_contexts && col < end; i++) {
		const struct context *c = &m->contexts[i];
		enum style_role role = has_more_to_say(c) ? STYLE_WARNING
							  : conditions[c->condition].role;

		canvas_glyph(p->canvas, r.row, col, role == STYLE_STATUS ? STYLE_RUNNING : role,
			     conditions[c->condition].glyph, conditions[c->condition].ascii);
		add_condition(p, c);
		col += 2;
		col += pen_put(p, r.row, col, end - col, role) + 1;
		if (model_is_read_only(m, (uint16_t)i))
			col += canvas_words(p->canvas, r.row, col, end - col, STYLE_WARNING,
					    "read-only") + 1;
		col++;
	}
	return col;
}

/* The bar's words for a moment. What does not fit beside the contexts takes their
 * place: a reason that is cut off is none. */
static void put_words(struct pen *p, struct rect bar, struct rect r, enum style_role role)
{
	if (utf8_width(view_of_str(&p->text)) > r.cols) {
		r = bar;
		rect_take_left(&r, 1);
		canvas_fill(p->canvas, bar, STYLE_STATUS);
	}
	pen_squeeze(p, r.cols);
	pen_put(p, r.row, r.col, r.cols, role);
}

static bool put_held(struct pen *p, struct rect bar, struct rect r)
{
	size_t n, held = orders_count(&p->m->orders, ORDER_HELD);
	const struct order_line *l = orders_youngest_held(&p->m->orders, &n);
	struct str *s = pen_text(p);

	if (!l)
		return false;
	if (n > 1)
		str_addf(s, "%s %zu runs in ", verb_name(l->verb), n);
	else
		str_addf(s, "%s %s %s in ", verb_name(l->verb), str_text(&l->workflow),
			 str_text(&l->short_id));
	str_addf(s, "%d s%s", (int)((l->send_ms - p->m->now_ms + 999) / 1000), pen_dot(p));
	keymap_add_key(&p->m->keymap, ACTION_UNDO, s);
	str_add_text(s, bar.cols < WIDE_COLS ? ": undo" : n > 1 ? " takes them back"
							   : " takes it back");
	if (held > n)
		str_addf(s, "%s%zu more held", pen_dot(p), held - n);
	put_words(p, bar, r, STYLE_WARNING);
	return true;
}

static bool put_notice(struct pen *p, struct rect bar, struct rect r)
{
	const struct notice *n = &p->m->notice;

	if (n->until_ms == 0)
		return false;
	str_add(pen_text(p), view_of_str(&n->text));
	put_words(p, bar, r, n->bad ? STYLE_ERROR : STYLE_NOTICE);
	return true;
}

static int add_orders_of_marks(const struct model *m, enum action *list, int n)
{
	static const enum verb verbs[] = { VERB_APPROVE, VERB_REJECT, VERB_CANCEL };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (board_marks_allow(m, verbs[i]))
			list[n++] = verb_action(verbs[i]);
	list[n++] = ACTION_MENU;
	return n;
}

/* Orders that the run in focus, or the marked cards, allow now. */
static int add_orders(struct pen *p, enum action *list, int n)
{
	static const enum verb verbs[] = { VERB_APPROVE, VERB_REJECT, VERB_ANSWER, VERB_RETRY,
					   VERB_CANCEL };
	struct run_facts run;
	struct focus focus;

	if (decision_is_of_marks(p->m))
		return add_orders_of_marks(p->m, list, n);
	if (!model_focus(p->m, &focus) || !store_facts(p->m->store, focus.key, &run, &p->arena))
		return n;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		struct target t;

		target_make(p->m, verbs[i], &focus, NULL, &t);
		if (t.allowed && (!t.unsettled || run_status_lane(run.status) == LANE_FAILED ||
				  run_is_held(&run)))
			list[n++] = verb_action(verbs[i]);
		target_release(&t);
	}
	list[n++] = ACTION_MENU;
	arena_clear(&p->arena);
	return n;
}

static const enum action log_hints[] = { ACTION_FOLLOW, ACTION_FILTER, ACTION_NEXT_MATCH,
					 ACTION_NEXT_ERROR, ACTION_BOTH, ACTION_WRAP,
					 ACTION_STAMPS, ACTION_SAVE, ACTION_HELP, ACTION_NONE };
static const enum action board_hints[] = { ACTION_FILTER, ACTION_START, ACTION_INBOX,
					   ACTION_HELP, ACTION_QUIT, ACTION_NONE };
static const enum action run_hints[] = { ACTION_NEXT_PANE, ACTION_FILTER, ACTION_HELP,
					 ACTION_BACK, ACTION_NONE };
static const enum action other_hints[] = { ACTION_HELP, ACTION_BACK, ACTION_NONE };
static const enum action help_hints[] = { ACTION_PAGE_DOWN, ACTION_PAGE_UP, ACTION_BACK,
					  ACTION_NONE };

/* While a line is typed letters are text, and only these keys do something. */
static bool put_typing(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	enum screen_id top = screen_top(m);
	const char *words = NULL;

	if (top == SCREEN_BOARD && m->board.typing)
		words = "Enter keeps the filter, Esc drops it, Up brings earlier ones";
	else if (top == SCREEN_DETAIL && m->detail.log.typing)
		words = "Enter keeps the search, Esc drops it";
	else if (top == SCREEN_HISTORY && m->runs.typing)
		words = "Enter keeps the filter, Esc drops it";
	if (words)
		canvas_words(p->canvas, r.row, r.col, r.cols, STYLE_STATUS, words);
	return words;
}

/* A schedule's letters are no actions that keys could be bound to. Room for help is kept. */
static void put_table_hints(struct pen *p, struct rect *r)
{
	enum { HELP_COLS = 8 };
	const char *words;
	char letter;

	for (size_t i = 0; table_hint(&p->m->table, i, &letter, &words); i++) {
		int width = 2 + (int)strlen(words);

		if (width + 2 + HELP_COLS > r->cols)
			return;
		canvas_words(p->canvas, r->row, r->col, 1, STYLE_KEY, (char[]){ letter, 0 });
		canvas_words(p->canvas, r->row, r->col + 2, width - 2, STYLE_STATUS, words);
		rect_take_left(r, width + 2);
	}
}

/* A dialog says itself what can be pressed. */
static void put_hints(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	enum screen_id top = screen_top(m);
	const enum action *more = top == SCREEN_BOARD	 ? board_hints
				  : top == SCREEN_DETAIL ? run_hints
				  : top == SCREEN_HELP	 ? help_hints
							 : other_hints;
	enum action list[24];
	struct focus focus;
	int n = 0;

	if (screen_get(top)->overlay || put_typing(p, r))
		return;
	if (top == SCREEN_DETAIL && m->detail.in_pane && m->detail.pane == PANE_LOGS) {
		more = log_hints;
	} else if (top == SCREEN_TABLE) {
		put_table_hints(p, &r);
	} else {
		n = add_orders(p, list, n);
		if ((top != SCREEN_DETAIL && model_focus(m, &focus)) || top == SCREEN_WORKFLOWS)
			list[n++] = ACTION_OPEN;
	}
	do
		list[n++] = *more;
	while (*more++ != ACTION_NONE);
	pen_hints(p, r.row, r.col, r.cols, list);
}

void view_status_bar(struct pen *p, struct rect r)
{
	struct rect right = r;

	canvas_fill(p->canvas, r, STYLE_STATUS);
	rect_take_left(&right, put_conditions(p, r) + 1 - r.col);
	rect_take_right(&right, 1);
	if (!put_notice(p, r, right) && !put_held(p, r, right) && !rect_is_empty(right))
		put_hints(p, right);
}
