/* The only file that knows ncurses. newterm is given a memory file, so that a
 * frame arrives there in one piece whatever ncurses flushes meanwhile. */
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1

#include "term/curses.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/utf8.h"

struct curses {
	SCREEN *screen;
	FILE *file;		/* over the memory file */
	int memory;
	char *type;
	int rows, cols;
	int cursor_row, cursor_col;
	struct str prefix;	/* goes out before the next frame */
	bool taken;		/* the terminal is ours since the last frame */
};

enum { CELL_CODES = 6 };	/* a base, four marks and the end */

/* ---- opening ---------------------------------------------------------------- */

/* ncurses installs handlers for these; the loop owns signals. */
static const int SIGNALS[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };

enum { N_SIGNALS = sizeof(SIGNALS) / sizeof(SIGNALS[0]) };

/* ncurses asks the environment for the size: with any other it would set the
 * scrolling region of a smaller screen. */
static void set_size_variable(const char *name, int value)
{
	struct str text = { 0 };
	str_addf(&text, "%d", value);
	setenv(name, str_text(&text), 1);
	str_release(&text);
}

static SCREEN *new_screen(const char *type, FILE *file, int rows, int cols)
{
	struct sigaction kept[N_SIGNALS];
	for (int i = 0; i < N_SIGNALS; i++)
		sigaction(SIGNALS[i], NULL, &kept[i]);
	set_size_variable("LINES", rows);
	set_size_variable("COLUMNS", cols);
	use_env(TRUE);
	use_tioctl(FALSE);
	SCREEN *screen = newterm(type, file, file);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	for (int i = 0; i < N_SIGNALS; i++)
		sigaction(SIGNALS[i], &kept[i], NULL);
	return screen;
}

static const char *string_of(const char *name)
{
	/* tigetstr takes no const and answers -1 for what is no string. */
	union {
		const char *in;
		char *out;
	} u = { .in = name };
	const char *value = tigetstr(u.out);
	return value == (const char *)-1 ? NULL : value;
}

static void set_up(struct curses *c)
{
	cbreak();
	noecho();
	nonl();
	typeahead(-1);
	idlok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	if (has_colors()) {
		start_color();
		use_default_colors();
	}
	curs_set(0);
	c->cursor_row = c->cursor_col = -1;
	leaveok(stdscr, TRUE);
	getmaxyx(stdscr, c->rows, c->cols);
}

struct curses *curses_open(const char *type, int rows, int cols, struct err *err)
{
	struct curses *c = mem_zero(sizeof(*c));
	if (!type || !type[0]) {
		err_set(err, ERR_SYSTEM, "TERM is not set: which terminal is this?");
		goto fail;
	}
	c->memory = memfd_create("frame", MFD_CLOEXEC);
	if (c->memory < 0 || !(c->file = fdopen(c->memory, "w+"))) {
		err_system(err, errno, "no memory file for the screen");
		goto fail;
	}
	c->screen = new_screen(type, c->file, rows, cols);
	if (!c->screen) {
		err_set(err, ERR_SYSTEM, "the terminal type '%s' is not known here", type);
		goto fail;
	}
	if (!string_of("cup")) {
		err_set(err, ERR_SYSTEM, "the terminal '%s' cannot move its cursor", type);
		goto fail;
	}
	c->type = mem_text(type);
	set_up(c);
	return c;
fail:
	curses_free(c);
	return NULL;
}

void curses_free(struct curses *c)
{
	if (!c)
		return;
	if (c->screen) {
		set_term(c->screen);
		endwin();
		delscreen(c->screen);
	}
	if (c->file)
		fclose(c->file);
	str_release(&c->prefix);
	mem_free(c->type);
	mem_free(c);
}

/* ---- what the terminal can -------------------------------------------------- */

struct look_terminal curses_colours(const struct curses *c, const char *no_colour)
{
	set_term(c->screen);
	return look_detect(has_colors() ? COLORS : 0, COLORS >= 1 << 24, no_colour);
}

bool curses_is_xterm(const struct curses *c)
{
	set_term(c->screen);
	return string_of("kmous") && str_eq(string_of("clear"), "\x1b[H\x1b[2J");
}

/* Delays are for terminals of paper: "$<5>" is left out. */
static void add_without_delays(struct str *s, const char *value)
{
	while (value && *value) {
		if (value[0] == '$' && value[1] == '<' && strchr(value, '>'))
			value = strchr(value, '>') + 1;
		else
			str_add_char(s, *value++);
	}
}

void curses_add_string(const struct curses *c, struct str *s, const char *name)
{
	set_term(c->screen);
	add_without_delays(s, string_of(name));
}

void curses_teach(const struct curses *c, struct decode *d)
{
	static const struct {
		const char *name;
		uint32_t code;
		unsigned mods;
	} keys[] = {
		{ "kcuu1", KEY_CODE_UP, 0 },
		{ "kcud1", KEY_CODE_DOWN, 0 },
		{ "kcub1", KEY_CODE_LEFT, 0 },
		{ "kcuf1", KEY_CODE_RIGHT, 0 },
		{ "khome", KEY_CODE_HOME, 0 },
		{ "kend", KEY_CODE_END, 0 },
		{ "kpp", KEY_CODE_PGUP, 0 },
		{ "knp", KEY_CODE_PGDN, 0 },
		{ "kich1", KEY_CODE_INSERT, 0 },
		{ "kdch1", KEY_CODE_DELETE, 0 },
		{ "kbs", KEY_CODE_BACKSPACE, 0 },
		{ "kcbt", KEY_CODE_BACKTAB, 0 },
		{ "kent", KEY_CODE_ENTER, 0 },
		{ "kri", KEY_CODE_UP, KEY_MOD_SHIFT },
		{ "kind", KEY_CODE_DOWN, KEY_MOD_SHIFT },
		{ "kLFT", KEY_CODE_LEFT, KEY_MOD_SHIFT },
		{ "kRIT", KEY_CODE_RIGHT, KEY_MOD_SHIFT },
		{ "kf1", KEY_CODE_F1, 0 },
		{ "kf2", KEY_CODE_F2, 0 },
		{ "kf3", KEY_CODE_F3, 0 },
		{ "kf4", KEY_CODE_F4, 0 },
		{ "kf5", KEY_CODE_F5, 0 },
		{ "kf6", KEY_CODE_F6, 0 },
		{ "kf7", KEY_CODE_F7, 0 },
		{ "kf8", KEY_CODE_F8, 0 },
		{ "kf9", KEY_CODE_F9, 0 },
		{ "kf10", KEY_CODE_F10, 0 },
		{ "kf11", KEY_CODE_F11, 0 },
		{ "kf12", KEY_CODE_F12, 0 },
	};
	set_term(c->screen);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		decode_learn(d, (struct decode_string){ view_of(string_of(keys[i].name)),
							keys[i].code, keys[i].mods });
}

/* ---- drawing ---------------------------------------------------------------- */

/* The terminal may keep the scrolling region of its old size. */
static void add_region(struct curses *c)
{
	const char *region = string_of("csr");
	str_clear(&c->prefix);
	if (region)
		add_without_delays(&c->prefix, tparm(region, 0, c->rows - 1, 0, 0, 0, 0, 0, 0, 0));
}

void curses_resize(struct curses *c, int rows, int cols)
{
	set_term(c->screen);
	c->rows = rows > 0 ? rows : 1;
	c->cols = cols > 0 ? cols : 1;
	resizeterm(c->rows, c->cols);
	erase();
	add_region(c);
	clearok(curscr, TRUE);
}

static attr_t attributes(unsigned flags)
{
	static const struct {
		unsigned flag;
		attr_t attribute;
	} table[] = {
		{ CELL_REVERSE, A_REVERSE },	 { CELL_BOLD, A_BOLD },	    { CELL_DIM, A_DIM },
		{ CELL_UNDERLINE, A_UNDERLINE }, { CELL_ITALIC, A_ITALIC },
	};
	attr_t attributes = A_NORMAL;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		attributes |= flags & table[i].flag ? table[i].attribute : 0;
	return attributes;
}

static int pair_of(const struct look *look)
{
	if ((look->fore < 0 && look->back < 0) || !has_colors())
		return 0;
	int pair = alloc_pair(look->fore, look->back);
	return pair < 0 ? 0 : pair;
}

/* The cell's text as ncurses wants it: a base and its marks. */
static void wide_text(const struct cell *cell, wchar_t codes[CELL_CODES])
{
	struct view text = view_of(cell->text[0] ? cell->text : " ");
	size_t at = 0;
	int n = 0;
	while (at < text.len && n < CELL_CODES - 1)
		codes[n++] = (wchar_t)utf8_next(text, &at);
	codes[n] = L'\0';
}

void curses_cells(struct curses *c, int row, int col, const struct cell *cells,
		  const struct look *looks, int n)
{
	set_term(c->screen);
	if (row < 0 || row >= c->rows || col < 0)
		return;
	n = n < c->cols - col ? n : c->cols - col;
	for (int i = 0; i < n; i++) {
		cchar_t wide;
		wchar_t codes[CELL_CODES];
		if (cells[i].width == 0 || i + cells[i].width > n)
			continue;
		int pair = pair_of(&looks[i]);
		wide_text(&cells[i], codes);
		if (setcchar(&wide, codes, attributes(looks[i].flags), 0, &pair) == OK)
			mvadd_wchnstr(row, col + i, &wide, 1);
	}
}

void curses_cursor(struct curses *c, int row, int col)
{
	set_term(c->screen);
	bool shown = row >= 0, was_shown = c->cursor_row >= 0;
	if (shown != was_shown) {
		curs_set(shown);
		leaveok(stdscr, !shown);
	}
	c->cursor_row = row;
	c->cursor_col = col;
}

void curses_repaint(struct curses *c)
{
	set_term(c->screen);
	clearok(curscr, TRUE);
	touchwin(stdscr);
}

/* ncurses resets the palette when it takes the terminal again: a palette that the
 * user chose is none of our business. */
static void drop_palette_reset(struct str *s, size_t from)
{
	struct view reset = view_of(string_of("oc"));
	size_t at = reset.len ? view_find(view_of_str(s), reset, from) : SIZE_MAX;
	if (at == SIZE_MAX)
		return;
	memmove(s->ptr + at, s->ptr + at + reset.len, s->len - at - reset.len);
	str_shorten(s, s->len - reset.len);
}

/* Empties the memory file into out. */
static void take_memory(struct curses *c, struct str *out)
{
	size_t start = out->len;
	off_t size = lseek(c->memory, 0, SEEK_CUR);
	char *room = size > 0 ? str_reserve(out, (size_t)size) : NULL;
	if (room) {
		ssize_t n = pread(c->memory, room, (size_t)size, 0);
		out->len += n > 0 ? (size_t)n : 0;
		drop_palette_reset(out, start);
	}
	if (lseek(c->memory, 0, SEEK_SET) != 0 || ftruncate(c->memory, 0) != 0)
		BUG("the memory file of the screen cannot be emptied");
}

void curses_frame(struct curses *c, struct str *out)
{
	set_term(c->screen);
	if (c->cursor_row >= 0)
		move(c->cursor_row, c->cursor_col);
	wnoutrefresh(stdscr);
	doupdate();
	/* Taking the terminal sets the region by itself. */
	if (c->taken)
		str_add(out, view_of_str(&c->prefix));
	str_clear(&c->prefix);
	c->taken = true;
	take_memory(c, out);
}

void curses_leave(struct curses *c, struct str *out)
{
	set_term(c->screen);
	endwin();
	c->taken = false;
	take_memory(c, out);
}
