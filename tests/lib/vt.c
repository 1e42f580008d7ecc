/* The pty, the virtual terminal and the waiting. Fails the running test by
 * itself (libcheck) when a deadline passes or a byte is not allowed. */
#include "lib/vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include <check.h>

#include "base/clean.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "lib/grammar.h"
#include "lib/vt_keys.h"

enum { CHUNK = 512 };	/* libvterm sizes a stack array by its input */

/* As src/term/term.h says. */
struct sync_record {
	uint64_t in, out;
};

struct vt {
	VTerm *term;
	VTermScreen *screen;
	int master, slave;
	int sync;		/* reading end; -1: none */
	pid_t pid;
	bool ended;
	int status;
	uint64_t given;		/* bytes and sizes given */
	struct sync_record seen;	/* the last one */
	bool synced;		/* there was one */
	bool closed;
	bool altscreen, cursor_hidden;
	int bells;
	int rows, cols;
	struct grammar grammar;
	struct str raw;
};

/* ---- libvterm ------------------------------------------------------------------ */

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
	struct vt *vt = user;
	if (prop == VTERM_PROP_ALTSCREEN)
		vt->altscreen = value->boolean;
	if (prop == VTERM_PROP_CURSORVISIBLE)
		vt->cursor_hidden = !value->boolean;
	return 1;
}

static int on_bell(void *user)
{
	struct vt *vt = user;
	vt->bells++;
	return 1;
}

static const VTermScreenCallbacks CALLBACKS = { .settermprop = on_property, .bell = on_bell };

static void open_screen(struct vt *vt)
{
	vt->term = vterm_new(vt->rows, vt->cols);
	ck_assert_ptr_nonnull(vt->term);
	vterm_set_utf8(vt->term, 1);
	vt->screen = vterm_obtain_screen(vt->term);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_set_callbacks(vt->screen, &CALLBACKS, vt);
	vterm_screen_reset(vt->screen, 1);
}

struct vt *vt_new(int rows, int cols)
{
	struct vt *vt = mem_zero(sizeof(*vt));
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	vt->rows = rows;
	vt->cols = cols;
	vt->sync = -1;
	open_screen(vt);
	if (openpty(&vt->master, &vt->slave, NULL, NULL, &size) != 0)
		ck_abort_msg("no pty: %s", strerror(errno));
	fcntl(vt->master, F_SETFL, O_NONBLOCK);
	fcntl(vt->master, F_SETFD, FD_CLOEXEC);
	fcntl(vt->slave, F_SETFD, FD_CLOEXEC);
	return vt;
}

void vt_free(struct vt *vt)
{
	if (!vt)
		return;
	if (vt->pid > 0 && !vt->ended) {
		kill(vt->pid, SIGKILL);
		waitpid(vt->pid, NULL, 0);
	}
	if (vt->slave >= 0)
		close(vt->slave);
	close(vt->master);
	if (vt->sync >= 0)
		close(vt->sync);
	vterm_free(vt->term);
	grammar_release(&vt->grammar);
	str_release(&vt->raw);
	mem_free(vt);
}

/* ---- the program ---------------------------------------------------------------- */

/* In the child: the slave becomes its terminal. */
static _Noreturn void become(struct vt *vt, char **argv, char **env)
{
	setsid();
	ioctl(vt->slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(vt->slave, fd);
	execve(argv[0], argv, env);
	dprintf(2, "cannot run %s: %s\r\n", argv[0], strerror(errno));
	_exit(127);
}

void vt_spawn(struct vt *vt, const char *const *argv, const char *const *env)
{
	int ends[2];
	char *words[64] = { NULL }, number[16], *variables[64] = { NULL };
	ck_assert_int_eq(pipe(ends), 0);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	snprintf(number, sizeof(number), "%d", ends[1]);
	for (int i = 0; argv[i] && i < 63; i++)
		words[i] = mem_text(str_eq(argv[i], "{sync}") ? number : argv[i]);
	for (int i = 0; env[i] && i < 63; i++)
		variables[i] = mem_text(env[i]);
	vt->pid = fork();
	ck_assert_int_ge(vt->pid, 0);
	if (vt->pid == 0)
		become(vt, words, variables);
	for (int i = 0; i < 63; i++) {
		mem_free(words[i]);
		mem_free(variables[i]);
	}
	close(ends[1]);
	vt->sync = ends[0];
	/* The program alone holds its side, so that its end is seen. */
	close(vt->slave);
	vt->slave = -1;
}

int vt_slave(struct vt *vt)
{
	return vt->slave;
}

pid_t vt_pid(const struct vt *vt)
{
	return vt->pid;
}

/* ---- failing --------------------------------------------------------------------- */

_Noreturn void vt_fail(const char *what, const char *detail, struct view text)
{
	struct str clean = { 0 };
	struct view line;
	while (view_split(&text, '\n', &line)) {
		clean_label(&clean, line);
		str_add_char(&clean, '\n');
	}
	fprintf(stderr, "%s%s:\n%s", what, detail, str_text(&clean));
	ck_abort_msg("%s%s (on stderr: what there was)", what, detail);
	abort();
}

static _Noreturn void give_up(const struct vt *vt, const char *what, const char *detail)
{
	struct str screen = { 0 };
	vt_add_text(vt, &screen);
	vt_fail(what, detail, view_of_str(&screen));
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- output ----------------------------------------------------------------------- */

/* What libvterm answers to the program (reports, keys). */
static void send_answers(struct vt *vt)
{
	char bytes[CHUNK];
	size_t n;
	while ((n = vterm_output_read(vt->term, bytes, sizeof(bytes))) > 0)
		vt_send(vt, view_bytes(bytes, n));
}

/* Where a chunk ends: libvterm 0.1.4 wants sequences and characters whole. */
static size_t chunk_end(struct view v, size_t at)
{
	size_t end = at + CHUNK;
	if (end >= v.len)
		return v.len;
	for (size_t i = end; i > at; i--) {
		if (v.ptr[i] == 0x1b)
			return i;
	}
	while (((unsigned char)v.ptr[end] & 0xc0) == 0x80)
		end--;
	return end;
}

static void draw(struct vt *vt, struct view bytes)
{
	struct str clean = { 0 };
	str_add(&vt->raw, bytes);
	if (!grammar_feed(&vt->grammar, bytes, &clean))
		give_up(vt, "the program wrote what it must not: ", str_text(&vt->grammar.error));
	for (size_t at = 0; at < clean.len;) {
		size_t end = chunk_end(view_of_str(&clean), at);
		vterm_input_write(vt->term, clean.ptr + at, end - at);
		at = end;
	}
	str_release(&clean);
	send_answers(vt);
}

bool vt_pump(struct vt *vt)
{
	char bytes[4096];
	while (!vt->closed) {
		ssize_t n = read(vt->master, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0)
			vt->closed = true;
		else
			draw(vt, view_bytes(bytes, (size_t)n));
	}
	return false;
}

static void pump_sync(struct vt *vt)
{
	struct sync_record record;
	ssize_t n;
	while (vt->sync >= 0 && (n = read(vt->sync, &record, sizeof(record))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		ck_assert_int_eq(n, sizeof(record));
		vt->seen = record;
		vt->synced = true;
	}
	if (vt->sync >= 0) {
		close(vt->sync);
		vt->sync = -1;
	}
}

/* Waits until something can be read, or fails the test. */
static void wait_for_more(struct vt *vt, int64_t end_ms, const char *what, const char *detail)
{
	struct pollfd fds[2] = { { vt->closed ? -1 : vt->master, POLLIN, 0 },
				 { vt->sync, POLLIN, 0 } };
	int64_t left_ms = end_ms - now_ms();
	if (left_ms <= 0 || (vt->closed && vt->sync < 0))
		give_up(vt, what, detail);
	if (poll(fds, 2, (int)left_ms) < 0 && errno != EINTR)
		give_up(vt, "poll: ", strerror(errno));
	pump_sync(vt);
	vt_pump(vt);
}

void vt_pump_to(struct vt *vt, uint64_t total)
{
	int64_t end_ms = now_ms() + VT_DEADLINE_MS;
	vt_pump(vt);
	while (vt->raw.len < total)
		wait_for_more(vt, end_ms, "not all that was written arrives", "");
}

void vt_settle(struct vt *vt)
{
	int64_t end_ms = now_ms() + VT_DEADLINE_MS;
	pump_sync(vt);
	vt_pump(vt);
	/* A program that has ended rests. */
	while (!vt->closed &&
	       (!vt->synced || vt->seen.in != vt->given || vt->raw.len < vt->seen.out))
		wait_for_more(vt, end_ms, "the program does not come to rest", "");
}

void vt_see(struct vt *vt, const char *text)
{
	int64_t end_ms = now_ms() + VT_DEADLINE_MS;
	pump_sync(vt);
	vt_pump(vt);
	while (!vt_has(vt, text))
		wait_for_more(vt, end_ms, "never seen: ", text);
}

void vt_see_no(struct vt *vt, const char *text)
{
	int64_t end_ms = now_ms() + VT_DEADLINE_MS;
	pump_sync(vt);
	vt_pump(vt);
	while (vt_has(vt, text))
		wait_for_more(vt, end_ms, "never gone: ", text);
}

int vt_wait(struct vt *vt)
{
	int64_t end_ms = now_ms() + VT_DEADLINE_MS;
	while (vt_pump(vt))
		wait_for_more(vt, end_ms, "the program does not end", "");
	if (!vt->ended && waitpid(vt->pid, &vt->status, 0) == vt->pid)
		vt->ended = true;
	return vt->status;
}

/* ---- input ------------------------------------------------------------------------ */

void vt_send(struct vt *vt, struct view bytes)
{
	int64_t end_ms = now_ms() + VT_DEADLINE_MS;
	vt->given += bytes.len;
	while (bytes.len > 0) {
		ssize_t n = write(vt->master, bytes.ptr, bytes.len);
		if (n > 0) {
			bytes = view_cut(bytes, (size_t)n, bytes.len);
			continue;
		}
		if (now_ms() > end_ms || (errno != EAGAIN && errno != EINTR))
			give_up(vt, "the program takes no keys: ", strerror(errno));
		struct pollfd p = { vt->master, POLLOUT | POLLIN, 0 };
		poll(&p, 1, 100);
		vt_pump(vt);
	}
}

void vt_key(struct vt *vt, const char *name)
{
	vt_press(vt->term, view_of(name));
	send_answers(vt);
}

void vt_keys(struct vt *vt, const char *names)
{
	struct view rest = view_of(names), name;
	while (view_split(&rest, ' ', &name)) {
		if (name.len > 0)
			vt_press(vt->term, name);
		send_answers(vt);
	}
}

void vt_type(struct vt *vt, const char *text)
{
	struct view v = view_of(text);
	for (size_t at = 0; at < v.len;)
		vterm_keyboard_unichar(vt->term, utf8_next(v, &at), VTERM_MOD_NONE);
	send_answers(vt);
}

void vt_paste(struct vt *vt, const char *text)
{
	vterm_keyboard_start_paste(vt->term);
	send_answers(vt);
	vt_send(vt, view_of(text));
	vterm_keyboard_end_paste(vt->term);
	send_answers(vt);
}

void vt_resize(struct vt *vt, int rows, int cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	vt_pump(vt);
	vt->given += rows != vt->rows || cols != vt->cols;
	vt->rows = rows;
	vt->cols = cols;
	vterm_set_size(vt->term, rows, cols);
	ck_assert_int_eq(ioctl(vt->master, TIOCSWINSZ, &size), 0);
}

/* ---- the picture -------------------------------------------------------------------- */

static int32_t colour(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return -1;
	if (VTERM_COLOR_IS_INDEXED(c))
		return c->indexed.idx;
	return 0x1000000 | c->rgb.red << 16 | c->rgb.green << 8 | c->rgb.blue;
}

struct vt_cell vt_cell(const struct vt *vt, int row, int col)
{
	VTermScreenCell cell;
	struct vt_cell out = { 0 };
	struct str text = { 0 };
	if (!vterm_screen_get_cell(vt->screen, (VTermPos){ row, col }, &cell))
		return out;
	out.fore = colour(&cell.fg);
	out.back = colour(&cell.bg);
	out.bold = cell.attrs.bold;
	out.underline = cell.attrs.underline;
	out.italic = cell.attrs.italic;
	out.reverse = cell.attrs.reverse;
	if (cell.chars[0] == (uint32_t)-1)
		return out;
	out.width = cell.width;
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
		utf8_add(&text, cell.chars[i]);
	if (!str_eq(str_text(&text), " "))
		snprintf(out.text, sizeof(out.text), "%s", str_text(&text));
	str_release(&text);
	return out;
}

static void add_row(const struct vt *vt, struct str *s, int row)
{
	for (int col = 0; col < vt->cols; col++) {
		struct vt_cell cell = vt_cell(vt, row, col);
		if (cell.width > 0)
			str_add_text(s, cell.text[0] ? cell.text : " ");
	}
}

void vt_add_text(const struct vt *vt, struct str *s)
{
	for (int row = 0; row < vt->rows; row++) {
		add_row(vt, s, row);
		str_add_text(s, "|\n");
	}
}

bool vt_find(const struct vt *vt, const char *text, int *row, int *col)
{
	struct str line = { 0 };
	bool found = false;
	for (int r = 0; r < vt->rows && !found; r++) {
		str_clear(&line);
		add_row(vt, &line, r);
		size_t at = view_find(view_of_str(&line), view_of(text), 0);
		found = at != SIZE_MAX;
		if (found) {
			*row = r;
			*col = utf8_width(view_cut(view_of_str(&line), 0, at));
		}
	}
	str_release(&line);
	return found;
}

bool vt_has(const struct vt *vt, const char *text)
{
	int row, col;
	return vt_find(vt, text, &row, &col);
}

void vt_cursor(const struct vt *vt, int *row, int *col)
{
	VTermPos pos;
	vterm_state_get_cursorpos(vterm_obtain_state(vt->term), &pos);
	*row = vt->cursor_hidden ? -1 : pos.row;
	*col = vt->cursor_hidden ? -1 : pos.col;
}

bool vt_is_altscreen(const struct vt *vt)
{
	return vt->altscreen;
}

int vt_bells(const struct vt *vt)
{
	return vt->bells;
}

struct view vt_raw(const struct vt *vt)
{
	return view_of_str(&vt->raw);
}
