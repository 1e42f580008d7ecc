/* Joins ncurses, the writer, the key decoder and the guard to one terminal.
 * Knows no loop, and nothing of what it shows. */
#include "term/term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/when.h"
#include "term/curses.h"
#include "term/guard.h"
#include "term/message.h"
#include "term/output.h"

enum {
	READ_SIZE = 4096,
	READ_ROUNDS = 16,	/* a flood of input does not starve the rest of the loop */
	LEAVE_MS = 1000,
};

struct term {
	struct curses *curses;
	struct output output;
	struct decode decode;
	struct theme theme;
	struct look_terminal colours;
	struct termios before;
	int in, out;		/* our own, non-blocking open descriptions */
	bool taken;
	bool xterm;
	enum term_mouse mouse;
	int rows, cols;
	struct canvas shown;	/* what ncurses was given last */
	bool all;		/* the next frame gives it everything */
	struct look *looks;	/* of one row */
	uint64_t bytes_read, resizes;
};

/* ---- the tty ---------------------------------------------------------------- */

/* A description of our own: O_NONBLOCK on the caller's would be seen by every
 * process that shares it. */
static int open_again(int fd, int flags, struct err *err)
{
	struct str path = { 0 };
	if (!isatty(fd)) {
		err_set(err, ERR_USAGE, "%s is not a terminal",
			flags == O_RDONLY ? "standard input" : "standard output");
		return -1;
	}
	str_addf(&path, "/proc/self/fd/%d", fd);
	int own = open(str_text(&path), flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0)
		err_system(err, errno, "cannot open the terminal");
	str_release(&path);
	return own;
}

static void set_raw(struct term *t)
{
	struct termios raw = t->before;
	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(t->out, TCSADRAIN, &raw);
}

static void read_size(const struct term *t, int *rows, int *cols)
{
	struct winsize size = { 0 };
	bool known = ioctl(t->out, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
	*rows = known ? size.ws_row : 24;
	*cols = known ? size.ws_col : 80;
}

static void set_size(struct term *t)
{
	read_size(t, &t->rows, &t->cols);
	curses_resize(t->curses, t->rows, t->cols);
	mem_free(t->looks);
	t->looks = mem_array((size_t)t->cols, sizeof(*t->looks));
	t->all = true;
}

/* ---- taking and giving back -------------------------------------------------- */

static void add_modes(const struct term *t, struct str *s, char set)
{
	if (!t->xterm)
		return;
	str_addf(s, "\x1b[?2004%c\x1b[?1004%c", set, set);
	if (t->mouse == TERM_MOUSE_ON)
		str_addf(s, "\x1b[?1000%c\x1b[?1006%c", set, set);
}

/* What a dying program sends: all at once, from any state. */
static void add_last_words(const struct term *t, struct str *s)
{
	static const char *const names[] = { "rmkx", "rmacs", "sgr0", "op", "cnorm", "rmcup" };
	if (t->xterm)
		str_add_text(s, "\x1b[?2026l");
	add_modes(t, s, 'l');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		curses_add_string(t->curses, s, names[i]);
}

static void take(struct term *t)
{
	struct str s = { 0 };
	set_raw(t);
	add_last_words(t, &s);
	guard_take(t->out, view_of_str(&s), &t->before);
	t->taken = true;
	set_size(t);
	curses_repaint(t->curses);
	str_clear(&s);
	curses_frame(t->curses, &s);
	curses_add_string(t->curses, &s, "smkx");
	add_modes(t, &s, 'h');
	output_send(&t->output, view_of_str(&s));
	str_release(&s);
}

static void give_back(struct term *t)
{
	struct str s = { 0 };
	if (!t->taken)
		return;
	t->taken = false;
	add_modes(t, &s, 'l');
	curses_add_string(t->curses, &s, "rmkx");
	curses_leave(t->curses, &s);
	output_send(&t->output, view_of_str(&s));
	output_drain(&t->output, LEAVE_MS);
	tcsetattr(t->out, TCSADRAIN, &t->before);
	guard_drop();
	str_release(&s);
}

static bool open_tty(struct term *t, const struct term_options *o, struct err *err)
{
	t->in = open_again(o->in, O_RDONLY, err);
	if (t->in < 0)
		return false;
	t->out = open_again(o->out, O_WRONLY, err);
	if (t->out < 0)
		return false;
	if (tcgetattr(t->out, &t->before) != 0)
		return err_system(err, errno, "cannot read the modes of the terminal");
	return true;
}

struct term *term_open(const struct term_options *o, struct err *err)
{
	struct term *t = mem_zero(sizeof(*t));
	t->in = t->out = -1;
	t->mouse = o->mouse;
	if (o->theme)
		t->theme = *o->theme;
	else
		theme_init(&t->theme);
	decode_init(&t->decode, o->key, o->arg);
	if (open_tty(t, o, err)) {
		read_size(t, &t->rows, &t->cols);
		t->curses = curses_open(o->type, t->rows, t->cols, err);
	}
	if (!t->curses) {
		term_close(t);
		return NULL;
	}
	output_init(&t->output, t->out);
	t->xterm = t->output.brackets = curses_is_xterm(t->curses);
	t->colours = curses_colours(t->curses, o->no_colour);
	curses_teach(t->curses, &t->decode);
	canvas_init(&t->shown, 0, 0, term_is_unicode(t));
	take(t);
	return t;
}

void term_close(struct term *t)
{
	if (!t)
		return;
	give_back(t);
	curses_free(t->curses);
	output_release(&t->output);
	decode_release(&t->decode);
	canvas_release(&t->shown);
	mem_free(t->looks);
	if (t->in >= 0)
		close(t->in);
	if (t->out >= 0)
		close(t->out);
	mem_free(t);
}

void term_size(const struct term *t, int *rows, int *cols)
{
	*rows = t->rows;
	*cols = t->cols;
}

bool term_is_unicode(const struct term *t)
{
	return utf8_is_unicode_locale();
}

enum theme_depth term_depth(const struct term *t)
{
	return t->colours.depth;
}

void term_set_theme(struct term *t, const struct theme *theme)
{
	t->theme = *theme;
	t->all = true;
}

/* ---- frames ------------------------------------------------------------------ */

bool term_is_ready(const struct term *t)
{
	return t->taken && !output_is_pending(&t->output);
}

/* Columns [*start, *end) of the row differ from what is shown. */
static bool next_change(const struct term *t, const struct canvas *c, int row, int *start, int *end)
{
	int col = *end;
	while (col < c->cols && !t->all &&
	       cell_same(canvas_at(c, row, col), canvas_at(&t->shown, row, col)))
		col++;
	if (col >= c->cols)
		return false;
	/* A wide character goes with both its halves. */
	*start = col > 0 && canvas_at(c, row, col)->width == 0 ? col - 1 : col;
	while (col < c->cols && (t->all || canvas_at(c, row, col)->width == 0 ||
				 !cell_same(canvas_at(c, row, col), canvas_at(&t->shown, row, col))))
		col++;
	*end = col;
	return true;
}

static void give_row(struct term *t, const struct canvas *c, int row)
{
	int start = 0, end = 0;
	while (next_change(t, c, row, &start, &end)) {
		int n = end < t->cols ? end - start : t->cols - start;
		const struct cell *cells = canvas_at(c, row, start);
		for (int i = 0; i < n; i++)
			t->looks[i] = look_of(&t->colours, &t->theme, &cells[i]);
		curses_cells(t->curses, row, start, cells, t->looks, n);
	}
}

bool term_present(struct term *t, const struct canvas *c)
{
	struct str frame = { 0 };
	if (!term_is_ready(t))
		return false;
	if (t->shown.rows != c->rows || t->shown.cols != c->cols) {
		canvas_resize(&t->shown, c->rows, c->cols);
		t->all = true;
	}
	for (int row = 0; row < c->rows; row++)
		give_row(t, c, row);
	canvas_copy(&t->shown, c);
	t->all = false;
	curses_cursor(t->curses, c->cursor_row, c->cursor_col);
	curses_frame(t->curses, &frame);
	output_frame(&t->output, view_of_str(&frame));
	str_release(&frame);
	return true;
}

/* ---- descriptors and deadlines ------------------------------------------------ */

int term_read_fd(const struct term *t)
{
	return t->in;
}

int term_write_fd(const struct term *t)
{
	return t->out;
}

bool term_read(struct term *t)
{
	char bytes[READ_SIZE];
	for (int i = 0; i < READ_ROUNDS; i++) {
		ssize_t n = read(t->in, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n <= 0)
			return false;
		t->bytes_read += (uint64_t)n;
		decode_feed(&t->decode, view_bytes(bytes, (size_t)n), when_mono_ms());
	}
	return true;
}

bool term_write(struct term *t)
{
	return output_write(&t->output);
}

bool term_wants_write(const struct term *t)
{
	return output_is_pending(&t->output);
}

int64_t term_deadline_ms(const struct term *t)
{
	return t->decode.deadline_ms;
}

void term_tick(struct term *t, int64_t now_ms)
{
	if (t->decode.deadline_ms && now_ms >= t->decode.deadline_ms)
		decode_timeout(&t->decode);
}

/* ---- size, suspend, resume ----------------------------------------------------- */

bool term_resized(struct term *t)
{
	int rows, cols;
	read_size(t, &rows, &cols);
	if (rows == t->rows && cols == t->cols)
		return false;
	t->resizes++;
	set_size(t);
	return true;
}

void term_redraw(struct term *t)
{
	term_resized(t);
	curses_repaint(t->curses);
	t->all = true;
}

void term_suspend(struct term *t)
{
	const struct sigaction stop = { .sa_handler = SIG_DFL };
	struct sigaction kept;
	give_back(t);
	sigaction(SIGTSTP, &stop, &kept);
	/* The whole group, as the terminal itself would: a script around us too. */
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &kept, NULL);
	take(t);
}

void term_lend(struct term *t, void (*use)(void *arg), void *arg)
{
	give_back(t);
	use(arg);
	take(t);
}

void term_continued(struct term *t)
{
	if (!t->taken)
		return;
	set_raw(t);
	term_redraw(t);
}

/* ---- messages ------------------------------------------------------------------ */

static void send_message(struct term *t, struct str *message)
{
	output_send(&t->output, view_of_str(message));
	str_release(message);
}

void term_bell(struct term *t)
{
	output_send(&t->output, VIEW("\a"));
}

bool term_copy(struct term *t, struct view text)
{
	struct str s = { 0 };
	if (!t->xterm || !message_add_copy(&s, text))
		return false;
	send_message(t, &s);
	return true;
}

bool term_notice(struct term *t, struct view text)
{
	struct str s = { 0 };
	if (!t->xterm)
		return false;
	message_add_notice(&s, text);
	send_message(t, &s);
	return true;
}

struct term_counts term_counts(const struct term *t)
{
	return (struct term_counts){ .bytes = t->output.bytes,
				     .writes = t->output.writes,
				     .frames = t->output.frames,
				     .bytes_read = t->bytes_read,
				     .resizes = t->resizes };
}

void term_sync(const struct term *t, int fd)
{
	struct term_sync sync = { .in = t->bytes_read + t->resizes, .out = t->output.bytes };
	if (output_is_pending(&t->output) || t->decode.deadline_ms)
		return;
	/* A harness that does not read wants no news. */
	if (write(fd, &sync, sizeof(sync)) < 0)
		return;
}
