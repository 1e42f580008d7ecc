/* Frames out and keys in. A frame is drawn at the end of a turn, when something
 * changed and the terminal has taken the one before. What nobody asked for (cards
 * that move by themselves) is paced: a budget of bytes, and at most so many frames
 * a second. So is a window that is being dragged: every size draws the screen anew,
 * and only the last one is looked at. A key's frame never waits. */
#include "app/frame.h"

#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "screen/theme.h"
#include "term/term.h"
#include "view/view.h"

enum { PACE_MS = 50, BUDGET_BYTES_A_SECOND = 8000, BUDGET_MOST = 16000 };

struct screen_out {
	struct term *term;
	struct canvas canvas;
	struct theme theme;
	struct watch *readable, *writable, *deadline, *pace;
	struct watch *winch, *cont, *tstp, *hup, *end;
	int64_t frame_ms;	/* when the last frame was shown */
	int64_t budget;		/* bytes that unattended frames may still send */
	int64_t budget_ms;	/* when it was last filled */
	uint64_t bytes;		/* sent when it was last looked at */
	bool resized;		/* since the last frame */
};

/* ---- keys in ----------------------------------------------------------------- */

static void on_key(void *arg, const struct key *key)
{
	struct app *a = arg;
	struct msg msg = { .kind = MSG_KEY };
	msg.pressed = *key;
	a->by_key = true;
	app_send(a, &msg);
}

static void hang_up(struct app *a)
{
	loop_stop(a->loop);
}

static void on_readable(void *arg, int fd, unsigned events)
{
	struct app *a = arg;
	if (!term_read(a->screen->term))
		hang_up(a);
}

static void on_deadline(void *arg)
{
	struct app *a = arg;
	term_tick(a->screen->term, when_mono_ms());
}

static void on_writable(void *arg, int fd, unsigned events)
{
	struct app *a = arg;
	if (!term_write(a->screen->term))
		hang_up(a);
}

static void on_winch(void *arg, int signum)
{
	struct app *a = arg;
	struct msg msg = { .kind = MSG_RESIZE };
	if (!term_resized(a->screen->term))
		return;
	term_size(a->screen->term, &msg.size.rows, &msg.size.cols);
	canvas_resize(&a->screen->canvas, msg.size.rows, msg.size.cols);
	a->screen->resized = true;
	app_send(a, &msg);
}

static void on_cont(void *arg, int signum)
{
	struct app *a = arg;
	term_continued(a->screen->term);
	a->dirty = a->by_key = true;
}

static void on_tstp(void *arg, int signum)
{
	struct app *a = arg;
	frame_suspend(a);
}

static void on_end_signal(void *arg, int signum)
{
	hang_up(arg);
}

/* ---- frames out --------------------------------------------------------------- */

/* Takes what was sent off the budget and adds what time has given. */
static void count_budget(struct screen_out *s)
{
	int64_t now = when_mono_ms();
	uint64_t sent = term_counts(s->term).bytes;
	s->budget += (now - s->budget_ms) * BUDGET_BYTES_A_SECOND / 1000;
	s->budget = s->budget > BUDGET_MOST ? BUDGET_MOST : s->budget;
	s->budget -= (int64_t)(sent - s->bytes);
	s->budget = s->budget < -BUDGET_MOST ? -BUDGET_MOST : s->budget;
	s->bytes = sent;
	s->budget_ms = now;
}

/* How long the frame must wait; 0: not at all. */
static int64_t pace_ms(const struct app *a)
{
	struct screen_out *s = a->screen;
	int64_t since = when_mono_ms() - s->frame_ms;
	int64_t wait = since < PACE_MS ? PACE_MS - since : 0;
	if (a->by_key)
		return 0;
	count_budget(s);
	if (s->resized)
		return wait;
	if (s->budget < 0) {
		int64_t refill = -s->budget * 1000 / BUDGET_BYTES_A_SECOND;
		wait = refill > wait ? refill : wait;
	}
	return wait;
}

static void on_pace(void *arg)
{
	/* Only wakes the loop: the frame is drawn at the end of this turn. */
}

static void draw(struct app *a)
{
	struct screen_out *s = a->screen;
	view_draw(a->model, &s->canvas);
	term_present(s->term, &s->canvas);
	s->frame_ms = when_mono_ms();
	a->dirty = a->by_key = s->resized = false;
}

static void watch_terminal(struct screen_out *s)
{
	int64_t deadline = term_deadline_ms(s->term), now = when_mono_ms();
	loop_fd_change(s->writable, term_wants_write(s->term) ? LOOP_WRITE : 0);
	if (deadline)
		loop_timer_set(s->deadline, deadline > now ? deadline - now : 0);
	else
		loop_timer_stop(s->deadline);
}

void frame_end_of_turn(struct app *a)
{
	struct screen_out *s = a->screen;
	if (!s) {
		a->dirty = a->by_key = false;
		return;
	}
	if (a->dirty && term_is_ready(s->term)) {
		int64_t wait = pace_ms(a);
		if (wait == 0)
			draw(a);
		else
			loop_timer_set(s->pace, wait);
	}
	watch_terminal(s);
}

bool frame_is_settled(const struct app *a)
{
	return !a->screen || term_is_ready(a->screen->term);
}

void frame_sync(const struct app *a, int fd)
{
	if (a->screen)
		term_sync(a->screen->term, fd);
}

/* ---- opening and closing -------------------------------------------------------- */

static bool theme_choose(struct app *a, const char *name, struct err *err)
{
	struct screen_out *s = a->screen;
	if (!name || !name[0] || str_eq(name, "default")) {
		theme_init(&s->theme);
		return true;
	}
	return theme_load(&s->theme, name, err);
}

static const char *theme_wanted(const struct app *a)
{
	return a->model->theme.len ? str_text(&a->model->theme) : NULL;
}

static void watch_all(struct app *a)
{
	struct screen_out *s = a->screen;
	s->readable = loop_fd(a->loop, term_read_fd(s->term), LOOP_READ, on_readable, a);
	s->writable = loop_fd(a->loop, term_write_fd(s->term), 0, on_writable, a);
	s->deadline = loop_timer(a->loop, on_deadline, a);
	s->pace = loop_timer(a->loop, on_pace, a);
	s->winch = loop_signal(a->loop, SIGWINCH, on_winch, a);
	s->cont = loop_signal(a->loop, SIGCONT, on_cont, a);
	s->tstp = loop_signal(a->loop, SIGTSTP, on_tstp, a);
	s->hup = loop_signal(a->loop, SIGHUP, on_end_signal, a);
	s->end = loop_signal(a->loop, SIGTERM, on_end_signal, a);
}

bool frame_open(struct app *a, struct err *err)
{
	a->screen = mem_zero(sizeof *a->screen);
	struct screen_out *s = a->screen;
	if (!theme_choose(a, theme_wanted(a), err)) {
		mem_free(s);
		a->screen = NULL;
		return false;
	}
	struct term_options options = {
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.type = getenv("TERM"),
		.no_colour = getenv("NO_COLOR"),
		.theme = &s->theme,
		.mouse = a->config.mouse ? TERM_MOUSE_ON : TERM_MOUSE_OFF,
		.key = on_key,
		.arg = a,
	};
	s->term = term_open(&options, err);
	if (!s->term) {
		mem_free(s);
		a->screen = NULL;
		return false;
	}
	struct msg msg = { .kind = MSG_RESIZE };
	term_size(s->term, &msg.size.rows, &msg.size.cols);
	canvas_init(&s->canvas, msg.size.rows, msg.size.cols, term_is_unicode(s->term));
	s->budget = BUDGET_MOST;
	s->budget_ms = when_mono_ms();
	watch_all(a);
	a->by_key = true;
	app_send(a, &msg);
	return true;
}

void frame_close(struct app *a)
{
	struct screen_out *s = a->screen;
	if (!s)
		return;
	struct watch *const watches[] = { s->readable, s->writable, s->deadline, s->pace, s->winch,
					  s->cont,     s->tstp,	    s->hup,	 s->end };
	for (size_t i = 0; i < sizeof watches / sizeof *watches; i++)
		loop_remove(watches[i]);
	term_close(s->term);
	canvas_release(&s->canvas);
	mem_free(s);
	a->screen = NULL;
}

/* ---- effects --------------------------------------------------------------------- */

void frame_suspend(struct app *a)
{
	if (!a->screen)
		return;
	term_suspend(a->screen->term);
	on_winch(a, SIGWINCH);
	a->dirty = a->by_key = true;
}

void frame_lend(struct app *a, void (*use)(void *arg), void *arg)
{
	if (!a->screen)
		return;
	term_lend(a->screen->term, use, arg);
	on_winch(a, SIGWINCH);
	a->dirty = a->by_key = true;
}

void frame_redraw(struct app *a)
{
	if (!a->screen)
		return;
	term_redraw(a->screen->term);
	a->dirty = a->by_key = true;
}

void frame_bell(struct app *a)
{
	if (a->screen)
		term_bell(a->screen->term);
}

void frame_copy(struct app *a, struct view text)
{
	if (a->screen && !term_copy(a->screen->term, text))
		app_notice(a, VIEW("This terminal takes nothing into the clipboard."), APP_BAD);
}

void frame_theme(struct app *a, struct view name)
{
	struct str text = {0};
	struct err err = {0};
	if (!a->screen)
		return;
	str_add(&text, name);
	if (theme_choose(a, str_text(&text), &err)) {
		struct msg msg = { .kind = MSG_THEME, .theme = name };
		term_set_theme(a->screen->term, &a->screen->theme);
		app_send(a, &msg);
	} else {
		app_notice(a, view_of(err_text(&err)), APP_BAD);
	}
	err_release(&err);
	str_release(&text);
}
