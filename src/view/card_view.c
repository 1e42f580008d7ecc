/* One run as a card:
 *
 *   ▌● deploy        ×2 a1b2c3        gutter, glyph, workflow, retries, short id
 *      3/7 build ▕███▌   ▏  2m        what it does, how far, how long
 */
#include "view/card_view.h"

#include "base/utf8.h"
#include "base/when.h"
#include "model/age.h"
#include "model/model.h"

enum { GUTTER_COLS = 1, INDENT_COLS = 3, BAR_COLS = 10, BAR_FROM_COLS = 30, CLOCK_COLS = 4,
       ID_FROM_COLS = 14 };

static const struct {
	const char *name, *words;
} reasons[] = {
	{ "slots", "all slots are busy" },	{ "concurrency", "another run goes first" },
	{ "no_worker", "no worker on its queue" }, { "needs", "a step goes first" },
	{ "schedule", "not its time yet" },
};

static void add_reason(struct str *s, const struct run_facts *run)
{
	if (run->pending_detail.len > 0) {
		str_add(s, run->pending_detail);
		return;
	}
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		if (view_is(run->pending_reason, reasons[i].name)) {
			str_add_text(s, reasons[i].words);
			return;
		}
	}
	str_add_text(s, "queued");
}

static void add_step(struct str *s, const struct run_facts *run)
{
	if (run->tasks_total > 0)
		str_addf(s, "%d/%d ", run->tasks_done, run->tasks_total);
	str_add(s, run->current_task);
}

/* By a step that failed, or by a person while others go on. */
static void add_paused(struct str *s, const struct run_facts *run, const char *dot)
{
	if (run->pending_detail.len > 0)
		str_add(s, run->pending_detail);
	else
		str_add_text(s, "paused");
	if (run_is_held(run)) {
		str_add_text(s, ": ");
		str_add(s, run->current_task);
		str_addf(s, " %s", task_status_words(run->current_status));
	} else if (run->current_task.len > 0) {
		str_add_text(s, dot);
		add_step(s, run);
	}
}

static void add_error(struct str *s, const struct run_facts *run, const char *word)
{
	if (run->error.task.len > 0) {
		str_add(s, run->error.task);
		str_add_text(s, ": ");
	}
	if (run->error.message.len > 0)
		str_add(s, run->error.message);
	else
		str_add_text(s, word);
}

static void add_ended(struct str *s, const struct run_facts *run)
{
	int64_t from = run->started_ms > 0 ? run->started_ms : run->created_ms;

	str_add_text(s, run->recovered ? "recovered, took " : "took ");
	add_elapsed(s, from, run->ended_ms, run->ended_ms);
}

static void add_cancelled(struct str *s, const struct run_facts *run)
{
	str_add_text(s, "cancelled");
	if (run->cancel_by.len > 0) {
		str_add_text(s, " by ");
		str_add(s, run->cancel_by);
	}
	if (run->cancel_reason.len > 0) {
		str_add_text(s, ": ");
		str_add(s, run->cancel_reason);
	}
}

void add_doing(struct str *s, const struct run_facts *run, const char *dot)
{
	if (run->cancel_at_ms != 0 && run_status_is_open(run->status)) {
		str_add_text(s, "cancel requested");
		return;
	}
	switch (run->status) {
	case RUN_PLANNED:
		str_add_text(s, "planned");
		if (run->planned_ms > 0) {
			str_add_text(s, " for ");
			when_add_stamp(s, run->planned_ms);
		}
		break;
	case RUN_PENDING:
		add_reason(s, run);
		break;
	case RUN_RUNNING:
		add_step(s, run);
		break;
	case RUN_WAITING:
		str_add(s, run->waiting.prompt.len > 0 ? run->waiting.prompt
						       : run->waiting.task);
		break;
	case RUN_PAUSED:
		add_paused(s, run, dot);
		break;
	case RUN_COMPLETED:
		add_ended(s, run);
		break;
	case RUN_CANCELLED:
		add_cancelled(s, run);
		break;
	case RUN_FAILED:
	case RUN_TIMED_OUT:
	case RUN_REJECTED:
	case RUN_ERROR:
	case RUN_STATUSES:
		add_error(s, run, run_status_words(run->status));
		break;
	}
}

void add_trigger(struct str *s, const struct run_facts *run)
{
	if (run->trigger != TRIGGER_MANUAL || run->trigger_by.len == 0)
		str_add_text(s, trigger_name(run->trigger));
	if (run->trigger_by.len > 0) {
		str_add_text(s, run->trigger != TRIGGER_MANUAL ? " by " : "by ");
		str_add(s, run->trigger_by);
	}
}

static void add_left(struct str *s, int64_t deadline_ms, int64_t now_ms)
{
	if (deadline_ms <= now_ms) {
		str_add_text(s, "overdue");
		return;
	}
	when_add_age(s, age_left_ms(deadline_ms, now_ms));
	str_add_text(s, " left");
}

static void add_ahead(struct str *s, int64_t planned_ms, int64_t now_ms)
{
	if (planned_ms <= now_ms) {
		str_add_text(s, "due");
		return;
	}
	str_add_text(s, "in ");
	when_add_age(s, age_left_ms(planned_ms, now_ms));
}

void add_clock(struct str *s, const struct run_facts *run, int64_t now_ms)
{
	if (run->status == RUN_WAITING && run->waiting.deadline_ms > 0)
		add_left(s, run->waiting.deadline_ms, now_ms);
	else if (run->status == RUN_WAITING)
		add_age(s, run->waiting.since_ms, now_ms);
	else if (run->planned_ms > 0)
		add_ahead(s, run->planned_ms, now_ms);
	else if (run->ended_ms > 0)
		add_ended_age(s, run->ended_ms, now_ms);
	else if (run->started_ms > 0)
		add_age(s, run->started_ms, now_ms);
	else
		add_age(s, run->pending_since_ms > 0 ? run->pending_since_ms : run->created_ms,
			now_ms);
}

static void put_gutter(struct pen *p, struct rect r, const struct card *card)
{
	enum style_role role = look_of_run(card->run->status).role;

	for (int row = 0; card->selected && card->focused && row < r.rows; row++)
		canvas_glyph(p->canvas, r.row + row, r.col, role, "▌", "|");
	if (card->marked)
		canvas_glyph(p->canvas, r.row, r.col, STYLE_MARKED, "▪", "+");
}

/* Some engines' ids are long words: half of the room, or what the name leaves. */
static int id_cells(const struct run_facts *run, int room)
{
	int left = room - utf8_width(run->workflow) - 1;

	return left > room / 2 ? left : room / 2;
}

static void put_head(struct pen *p, struct rect r, const struct card *card, int end)
{
	const struct run_facts *run = card->run;
	struct look look = look_of_run(run->status);
	struct str *s = pen_text(p);

	canvas_glyph(p->canvas, r.row, r.col + GUTTER_COLS, look.role, look.glyph, look.ascii);
	/* A name that can be read is worth more than half an id. */
	utf8_add_tail(s, run->short_id.len > 0 ? run->short_id : run->id,
		      id_cells(run, end - r.col - INDENT_COLS), p->canvas->unicode);
	if (end - r.col - INDENT_COLS >= ID_FROM_COLS)
		end = pen_put_right(p, r.row, r.col + INDENT_COLS + 6, end, STYLE_DIM) - 1;
	if (run->current_attempt > 1 && r.cols > 20) {
		str_addf(pen_text(p), p->canvas->unicode ? "×%d" : "x%d", run->current_attempt);
		end = pen_put_right(p, r.row, r.col + INDENT_COLS + 6, end, STYLE_BADGE) - 1;
	}
	if (run_is_long(run, p->m->now_ms)) {
		str_add_text(pen_text(p), r.cols > 20 ? "long" : "!");
		end = pen_put_right(p, r.row, r.col + INDENT_COLS + 6, end, STYLE_WARNING) - 1;
	}
	canvas_text(p->canvas, r.row, r.col + INDENT_COLS, end - r.col - INDENT_COLS,
		    STYLE_STRONG, run->workflow);
}

static bool has_bar(const struct run_facts *run)
{
	return !run_is_held(run) && (run->status == RUN_RUNNING || run->status == RUN_PAUSED) &&
	       (run->progress >= 0 || run->tasks_total > 0);
}

static float fraction_of(const struct run_facts *run)
{
	return run->progress >= 0 ? run->progress
				  : (float)run->tasks_done / (float)run->tasks_total;
}

static enum style_role role_of_doing(const struct run_facts *run)
{
	if (run->cancel_at_ms != 0 && run_status_is_open(run->status))
		return STYLE_WARNING;
	if (run->status == RUN_WAITING || run->status == RUN_PAUSED)
		return STYLE_WAITING;
	if (run_status_lane(run->status) == LANE_FAILED)
		return STYLE_FAILED;
	return run->status == RUN_RUNNING ? STYLE_PLAIN : STYLE_DIM;
}

static enum style_role role_of_clock(const struct pen *p, const struct run_facts *run)
{
	return run_is_long(run, p->m->now_ms) ? STYLE_WARNING : STYLE_DIM;
}

static void put_doing(struct pen *p, struct rect r, const struct card *card)
{
	const struct run_facts *run = card->run;
	int end = r.col + r.cols, col = r.col + INDENT_COLS;

	add_clock(pen_text(p), run, p->m->now_ms);
	end = pen_put_right(p, r.row, col, end, role_of_clock(p, run)) - 1;
	if (has_bar(run) && r.cols >= BAR_FROM_COLS) {
		/* Bars stand below one another, however wide the clock is. */
		if (end > r.col + r.cols - CLOCK_COLS)
			end = r.col + r.cols - CLOCK_COLS;
		end -= BAR_COLS + 1;
		pen_bar(p, r.row, end + 1, BAR_COLS, fraction_of(run));
		if (run->estimated)
			canvas_words(p->canvas, r.row, end, 1, STYLE_DIM, "~");
	}
	add_doing(pen_text(p), run, pen_dot(p));
	/* Without a bar a number says how far. */
	if (run->status == RUN_RUNNING && run->progress > 0 && r.cols < BAR_FROM_COLS &&
	    run->cancel_at_ms == 0)
		str_addf(&p->text, " %s%d%%", run->estimated ? "~" : "",
			 (int)(run->progress * 100));
	pen_put(p, r.row, col, end - col, role_of_doing(run));
}

/* Line 3 of a large card: who may do what until when, or who began it and where. */
static void put_origin(struct pen *p, struct rect r, const struct card *card)
{
	const struct run_facts *run = card->run;
	struct str *s = pen_text(p);

	if (run->status == RUN_WAITING) {
		str_add_text(s, "waits ");
		add_age(s, run->waiting.since_ms, p->m->now_ms);
		if (run->waiting.required > 1)
			str_addf(s, "%s%zu/%d votes", pen_dot(p), run->waiting.n_given,
				 run->waiting.required);
		if (run->waiting.roles.len > 0) {
			str_add_text(s, pen_dot(p));
			str_add(s, run->waiting.roles);
		}
	} else {
		add_trigger(s, run);
		if (run->queue.len > 0) {
			str_add_text(s, pen_dot(p));
			str_add(s, run->queue);
		}
		if (run->worker.len > 0) {
			str_add_text(s, pen_dot(p));
			str_add(s, run->worker);
		}
	}
	pen_put(p, r.row, r.col + INDENT_COLS, r.cols - INDENT_COLS, STYLE_DIM);
}

/* Line 4 of a large card: its parameters, else its labels. */
static void put_params(struct pen *p, struct rect r, const struct card *card)
{
	const struct run_facts *run = card->run;
	const struct pairs *pairs = run->params.len > 0 ? &run->params : &run->labels;
	struct str *s = pen_text(p);

	for (size_t i = 0; i < pairs->len; i++) {
		if (i > 0)
			str_add_char(s, ' ');
		str_add(s, pairs->items[i].name);
		str_add_char(s, '=');
		str_add(s, pairs->items[i].value);
	}
	pen_put(p, r.row, r.col + INDENT_COLS, r.cols - INDENT_COLS, STYLE_DIM);
}

static void put_small(struct pen *p, struct rect r, const struct card *card)
{
	int end = r.col + r.cols;

	add_clock(pen_text(p), card->run, p->m->now_ms);
	end = pen_put_right(p, r.row, r.col + INDENT_COLS, end, role_of_clock(p, card->run)) - 1;
	if (r.cols >= 44) {
		add_doing(pen_text(p), card->run, pen_dot(p));
		pen_put(p, r.row, r.col + 26, end - r.col - 26, role_of_doing(card->run));
		end = r.col + 25;
	}
	put_head(p, r, card, end);
}

void view_card(struct pen *p, struct rect r, const struct card *card)
{
	struct rect line = r, body = r;

	rect_take_left(&body, GUTTER_COLS);
	if (r.rows == 1) {
		put_small(p, r, card);
	} else {
		put_head(p, rect_take_top(&line, 1), card, r.col + r.cols);
		put_doing(p, rect_take_top(&line, 1), card);
		if (r.rows > 2)
			put_origin(p, rect_take_top(&line, 1), card);
		if (r.rows > 3)
			put_params(p, line, card);
	}
	if (card->stale)
		canvas_paint(p->canvas, body, STYLE_STALE);
	if (card->selected)
		canvas_paint(p->canvas, body,
			     card->focused ? STYLE_SELECTED : STYLE_SELECTED_DIM);
	put_gutter(p, r, card);
}
