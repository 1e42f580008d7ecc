/* The look of statuses and the small pieces that all views are made of. */
#include "view/paint.h"

#include <assert.h>

#include "base/utf8.h"
#include "base/when.h"
#include "model/age.h"
#include "model/model.h"
#include "screen/wrap.h"

static const struct {
	struct look look;
	const char *words;
} runs[] = {
	[RUN_PLANNED] = { { "◌", ".", STYLE_PLANNED }, "planned" },
	[RUN_PENDING] = { { "○", "o", STYLE_PENDING }, "pending" },
	[RUN_RUNNING] = { { "●", "*", STYLE_RUNNING }, "running" },
	[RUN_WAITING] = { { "◆", "?", STYLE_WAITING }, "waiting" },
	[RUN_PAUSED] = { { "‖", "=", STYLE_PAUSED }, "paused" },
	[RUN_COMPLETED] = { { "✓", "+", STYLE_COMPLETED }, "completed" },
	[RUN_FAILED] = { { "✗", "x", STYLE_FAILED }, "failed" },
	[RUN_TIMED_OUT] = { { "✗", "x", STYLE_FAILED }, "timed out" },
	[RUN_REJECTED] = { { "✗", "x", STYLE_FAILED }, "rejected" },
	[RUN_ERROR] = { { "‼", "!", STYLE_FAILED }, "engine error" },
	[RUN_CANCELLED] = { { "−", "-", STYLE_CANCELLED }, "cancelled" },
};
static_assert(sizeof runs / sizeof *runs == RUN_STATUSES, "every status has its look");

static const struct {
	struct look look;
	const char *words;
} tasks[] = {
	[TASK_PENDING] = { { "○", "o", STYLE_PENDING }, "pending" },
	[TASK_QUEUED] = { { "○", "o", STYLE_PENDING }, "queued" },
	[TASK_RUNNING] = { { "●", "*", STYLE_RUNNING }, "running" },
	[TASK_RETRYING] = { { "↻", "r", STYLE_RUNNING }, "retrying" },
	[TASK_WAITING] = { { "◆", "?", STYLE_WAITING }, "waiting" },
	[TASK_COMPLETED] = { { "✓", "+", STYLE_COMPLETED }, "completed" },
	[TASK_FAILED] = { { "✗", "x", STYLE_FAILED }, "failed" },
	[TASK_TIMED_OUT] = { { "✗", "x", STYLE_FAILED }, "timed out" },
	[TASK_REJECTED] = { { "✗", "x", STYLE_FAILED }, "rejected" },
	[TASK_SKIPPED] = { { "»", ">", STYLE_CANCELLED }, "skipped" },
	[TASK_CANCELLED] = { { "−", "-", STYLE_CANCELLED }, "cancelled" },
	[TASK_ERROR] = { { "‼", "!", STYLE_FAILED }, "engine error" },
};
static_assert(sizeof tasks / sizeof *tasks == TASK_STATUSES, "every status has its look");

struct look look_of_run(enum run_status s)
{
	return runs[s].look;
}

struct look look_of_task(enum task_status s)
{
	return tasks[s].look;
}

const char *run_status_words(enum run_status s)
{
	return runs[s].words;
}

const char *task_status_words(enum task_status s)
{
	return tasks[s].words;
}

struct str *pen_text(struct pen *p)
{
	str_clear(&p->text);
	return &p->text;
}

int pen_put(struct pen *p, int row, int col, int cells, enum style_role role)
{
	return cells > 0 ? canvas_text(p->canvas, row, col, cells, role, view_of_str(&p->text))
			 : 0;
}

int pen_put_right(struct pen *p, int row, int from, int end, enum style_role role)
{
	int width = utf8_width(view_of_str(&p->text));
	int col = end - width > from ? end - width : from;

	if (width <= 0 || col >= end)
		return end;
	canvas_text(p->canvas, row, col, end - col, role, view_of_str(&p->text));
	return col;
}

/* The longest word of text, by cells. */
static struct view longest_word(struct view text)
{
	struct view rest = text, word, longest = VIEW("");

	while (view_split(&rest, ' ', &word)) {
		if (utf8_width(word) > utf8_width(longest))
			longest = word;
	}
	return longest;
}

/* False: the word is short already. */
static bool squeeze_word(struct pen *p, struct view word, int over)
{
	enum { LEAST = 8 };
	struct view all = view_of_str(&p->text), head;
	int width = utf8_width(word), keep = width - over < LEAST ? LEAST : width - over;
	struct str s = { 0 };

	if (keep >= width)
		return false;
	head = utf8_fit(word, keep / 2);
	str_add(&s, view_cut(all, 0, (size_t)(word.ptr - all.ptr)));
	str_add(&s, head);
	utf8_add_tail(&s, view_cut(word, head.len, SIZE_MAX), keep - keep / 2,
		      p->canvas->unicode);
	str_add(&s, view_cut(all, (size_t)(word.ptr - all.ptr) + word.len, SIZE_MAX));
	str_release(&p->text);
	p->text = s;
	return true;
}

void pen_squeeze(struct pen *p, int cells)
{
	int over;

	do
		over = utf8_width(view_of_str(&p->text)) - cells;
	while (over > 0 && squeeze_word(p, longest_word(view_of_str(&p->text)), over));
}

const char *pen_dot(const struct pen *p)
{
	return p->canvas->unicode ? " · " : " - ";
}

/* The last row there is room for, cut where text goes on: in its line, or in further ones. */
static void put_last_row(struct pen *p, struct rect r, enum style_role role, struct view text)
{
	struct view line = view_cut(text, 0, view_find_byte(text, '\n', 0));
	struct str s = { 0 };

	str_add(&s, line);
	if (line.len < text.len)
		str_add_text(&s, p->canvas->unicode ? " …" : " ~");
	canvas_text(p->canvas, r.row, r.col, r.cols, role, view_of_str(&s));
	str_release(&s);
}

int pen_wrap(struct pen *p, struct rect r, enum style_role role, struct view text)
{
	struct view rest = text, all = text, line;
	int row = 0;

	while (row < r.rows && wrap_row(&rest, r.cols, &line)) {
		struct rect at = { r.row + row, r.col, 1, r.cols };

		if (row == r.rows - 1 && rest.len > 0)
			put_last_row(p, at, role, all);
		else
			canvas_text(p->canvas, at.row, at.col, at.cols, role, line);
		all = rest;
		row++;
	}
	return row;
}

void pen_more(struct pen *p, struct rect r, size_t above, size_t below)
{
	struct str *s = pen_text(p);
	bool unicode = p->canvas->unicode;

	if (above > 0)
		str_addf(s, "%s %zu more  ", unicode ? "↑" : "^", above);
	if (below > 0)
		str_addf(s, "%s %zu more", unicode ? "↓" : "v", below);
	pen_put(p, r.row, r.col, r.cols, STYLE_DIM);
}

size_t pen_scrolled(struct pen *p, struct rect *r, size_t n, size_t top)
{
	struct rect more = { 0 };
	size_t most;

	if (r->rows <= 0 || n <= (size_t)r->rows)
		return 0;
	if (r->rows > 1)
		more = rect_take_bottom(r, 1);
	most = n - (size_t)r->rows;
	top = top < most ? top : most;
	pen_more(p, more, top, most - top);
	return top;
}

int pen_field(struct pen *p, struct rect r, int at, const char *label, struct view value)
{
	if (r.rows <= 0 || value.len == 0)
		return 0;
	canvas_words(p->canvas, r.row, r.col, at - 1, STYLE_LABEL, label);
	rect_take_left(&r, at);
	return pen_wrap(p, r, STYLE_PLAIN, value);
}

static void bar_ascii(struct pen *p, struct rect r, int full)
{
	canvas_words(p->canvas, r.row, r.col, 1, STYLE_BAR_REST, "[");
	for (int i = 0; i < r.cols - 2; i++)
		canvas_words(p->canvas, r.row, r.col + 1 + i, 1,
			     i < full ? STYLE_BAR_DONE : STYLE_BAR_REST, i < full ? "#" : "-");
	canvas_words(p->canvas, r.row, r.col + r.cols - 1, 1, STYLE_BAR_REST, "]");
}

void pen_bar(struct pen *p, int row, int col, int cells, float fraction)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	float f = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
	int inner = cells - 2, parts = (int)(f * (float)inner * 8 + 0.5F), full = parts / 8;

	if (inner < 2)
		return;
	if (!p->canvas->unicode) {
		bar_ascii(p, (struct rect){ row, col, 1, cells }, full);
		return;
	}
	canvas_words(p->canvas, row, col, 1, STYLE_BAR_REST, "▕");
	canvas_fill(p->canvas, (struct rect){ row, col + 1, 1, inner }, STYLE_BAR_DONE);
	for (int i = 0; i < full; i++)
		canvas_words(p->canvas, row, col + 1 + i, 1, STYLE_BAR_DONE, "█");
	if (full < inner && parts % 8 > 0)
		canvas_words(p->canvas, row, col + 1 + full, 1, STYLE_BAR_DONE,
			     eighths[parts % 8]);
	canvas_words(p->canvas, row, col + cells - 1, 1, STYLE_BAR_REST, "▏");
}

/* Where the text of a field begins to be drawn, so that its cursor is seen. */
static size_t field_from(const struct pen *p, const struct lineedit *e, int cols)
{
	enum { BYTES_A_CELL = 8 };
	struct view text = lineedit_view(e);
	size_t seen = (size_t)cols * BYTES_A_CELL, from = e->at > seen ? e->at - seen : 0;

	while (from < e->at && (text.ptr[from] & 0xC0) == 0x80)
		from++;
	while (from < e->at &&
	       canvas_width(p->canvas, view_cut(text, from, e->at - from)) >= cols)
		from = utf8_grapheme_end(text, from);
	return from;
}

void pen_field_line(struct pen *p, struct rect r, const struct lineedit *e, bool focused)
{
	struct view text = lineedit_view(e);
	/* Without a cursor the begin is seen. */
	size_t from = focused && !rect_is_empty(r) ? field_from(p, e, r.cols) : 0;

	if (rect_is_empty(r))
		return;
	r.rows = 1;
	canvas_fill(p->canvas, r, STYLE_INPUT);
	canvas_text(p->canvas, r.row, r.col, r.cols, STYLE_INPUT, view_cut(text, from, SIZE_MAX));
	if (focused)
		canvas_cursor(p->canvas, r.row,
			      r.col + canvas_width(p->canvas, view_cut(text, from, e->at - from)));
}

/* What the action is called here: a few mean something else on other screens. */
static const char *brief_here(const struct pen *p, enum action a)
{
	bool on_board = screen_top(p->m) == SCREEN_BOARD;

	if (a == ACTION_OPEN && screen_top(p->m) == SCREEN_WORKFLOWS)
		return action_words(ACTION_START)->brief;
	if (a == ACTION_FILTER && !on_board)
		return "search";
	return a == ACTION_QUIT && !on_board ? "back" : action_words(a)->brief;
}

/* 0 where the action has no key. Leaves the key's name in p->text. */
static int hint_width(struct pen *p, enum action a)
{
	struct str *key = pen_text(p);

	if (!keymap_add_key(&p->m->keymap, a, key))
		return 0;
	return utf8_width(view_of_str(key)) + 1 + (int)strlen(brief_here(p, a));
}

int pen_hints(struct pen *p, int row, int col, int cells, const enum action *actions)
{
	int used = 0, keep = 0;
	bool full = false;

	for (const enum action *a = actions; *a != ACTION_NONE; a++)
		keep = *a == ACTION_HELP ? hint_width(p, *a) + 2 : keep;
	for (; *actions != ACTION_NONE; actions++) {
		int width = hint_width(p, *actions), gap = used > 0 ? 2 : 0;

		keep = *actions == ACTION_HELP ? 0 : keep;
		bool fits = used + gap + width <= cells - keep;

		full = full || !fits;
		if (width == 0 || !fits || (full && *actions != ACTION_HELP))
			continue;
		used += gap;
		used += pen_put(p, row, col + used, cells - used, STYLE_KEY) + 1;
		used += canvas_words(p->canvas, row, col + used, cells - used, STYLE_STATUS,
				     brief_here(p, *actions));
	}
	return used;
}

void pen_title(struct pen *p, struct rect r, const char *title, struct view right)
{
	int end = r.col + r.cols - 1, width = utf8_width(right);
	int col = end - width;

	canvas_fill(p->canvas, r, STYLE_TITLE);
	if (width > 0 && col > r.col + 1)
		canvas_text(p->canvas, r.row, col, width, STYLE_TITLE, right);
	else
		col = end;
	canvas_words(p->canvas, r.row, r.col + 1, col - r.col - 2, STYLE_TITLE, title);
}

void pen_empty(struct pen *p, struct rect r, const char *sentence)
{
	int cols = r.cols - 4, width = (int)strlen(sentence);
	struct rect at = rect_centre(r, 3, width < cols ? width : cols);

	pen_wrap(p, at, STYLE_DIM, view_of(sentence));
}

void pen_nothing(struct pen *p, struct rect r, const char *sentence, const char *unknown)
{
	const struct context *c = model_worst(p->m);

	if (!c || c->condition == CONDITION_LIVE) {
		pen_empty(p, r, sentence);
		return;
	}
	if (c->condition == CONDITION_CONNECTING)
		str_add_text(pen_text(p), "Connecting.");
	else
		str_addf(pen_text(p), "%s: %s does not answer.", unknown, str_text(&c->name));
	pen_empty(p, r, str_text(&p->text));
}

void add_elapsed(struct str *s, int64_t from_ms, int64_t to_ms, int64_t now_ms)
{
	int64_t end = to_ms > 0 ? to_ms : now_ms;

	if (from_ms > 0)
		when_add_span(s, end > from_ms ? end - from_ms : 0);
}

void add_age(struct str *s, int64_t at_ms, int64_t now_ms)
{
	if (at_ms > 0)
		when_add_age(s, age_shown_ms(at_ms, now_ms));
}

void add_ended_age(struct str *s, int64_t at_ms, int64_t now_ms)
{
	int64_t span = age_ended_ms(at_ms, now_ms);

	if (span > 0)
		when_add_age(s, span);
	else
		str_add_text(s, "now");
}
