/* The terminal: shows canvases, gives keys. It has no loop: whoever has one asks
 * for the descriptors and the deadline, and calls back when they are due.
 *
 *	readable: term_read_fd     -> term_read
 *	writable: term_write_fd, only while term_wants_write -> term_write
 *	deadline: term_deadline_ms -> term_tick
 *	SIGWINCH                   -> term_resized
 *	SIGTSTP, or the key        -> term_suspend
 *	SIGCONT                    -> term_continued
 *
 * A frame is shown only when the one before has gone out (term_is_ready), so a
 * slow terminal sees fewer frames, never older ones. Nothing here blocks, but for
 * at most a second when the terminal is given back. */
#ifndef TERM_TERM_H
#define TERM_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "screen/canvas.h"
#include "screen/key.h"
#include "screen/theme.h"
#include "term/decode.h"

struct term;

enum term_mouse { TERM_MOUSE_OFF, TERM_MOUSE_ON };

struct term_options {
	int in, out;			/* descriptors of a tty; neither is changed nor closed */
	const char *type;		/* TERM */
	const char *no_colour;		/* NO_COLOR, or NULL */
	const struct theme *theme;	/* copied; NULL: the default */
	enum term_mouse mouse;
	term_key_fn *key;		/* called from term_read and term_tick only */
	void *arg;
};

/* What went out and came in since the start. */
struct term_counts {
	uint64_t bytes, writes, frames;		/* out */
	uint64_t bytes_read, resizes;		/* in */
};

/* Takes the terminal: alternate screen, raw mode, stderr caught, restored at any
 * death. The program's locale must be set before. */
struct term *term_open(const struct term_options *o, struct err *err);
/* Gives the terminal back, then prints what was written to stderr meanwhile. */
void term_close(struct term *t);

void term_size(const struct term *t, int *rows, int *cols);
/* Characters outside ASCII can be shown: for canvas.unicode. */
bool term_is_unicode(const struct term *t);
enum theme_depth term_depth(const struct term *t);
void term_set_theme(struct term *t, const struct theme *theme);

/* Nothing is pending: a frame may be shown now. */
bool term_is_ready(const struct term *t);
/* Sends what changed since the last canvas. False, and nothing done, when not
 * ready: come back with the latest state when it is. */
bool term_present(struct term *t, const struct canvas *c);

int term_read_fd(const struct term *t);
int term_write_fd(const struct term *t);
/* Both are false when the terminal has gone. */
bool term_read(struct term *t);
bool term_write(struct term *t);
bool term_wants_write(const struct term *t);
/* Of when_mono_ms; 0: none. */
int64_t term_deadline_ms(const struct term *t);
void term_tick(struct term *t, int64_t now_ms);

/* Reads the size again; true when it changed. */
bool term_resized(struct term *t);
/* The next frame paints everything (Ctrl-L), with the size as it is now. */
void term_redraw(struct term *t);
/* Gives the terminal back, stops the process group, takes it again when continued.
 * Returns then. */
void term_suspend(struct term *t);
/* Gives the terminal back, calls use, takes it again. */
void term_lend(struct term *t, void (*use)(void *arg), void *arg);
/* After SIGCONT: somebody may have used the terminal. */
void term_continued(struct term *t);

void term_bell(struct term *t);
/* To the clipboard by OSC 52. False: not with this terminal, or too long. */
bool term_copy(struct term *t, struct view text);
/* A desktop notice (OSC 9 and 777); the text is made safe. False: not here. */
bool term_notice(struct term *t, struct view text);

struct term_counts term_counts(const struct term *t);
/* For --test-sync FD: what was taken in and what went out. A harness that counts
 * what it gave and reads what came knows when all of it was seen. */
struct term_sync {
	uint64_t in;	/* bytes read + sizes changed */
	uint64_t out;	/* bytes written */
};

/* Writes a struct term_sync to fd: to be called at the end of a loop turn when the
 * program is at rest: no message queued, no request in flight, the frame out.
 * Does nothing while the terminal itself is not (output pending, a key half read). */
void term_sync(const struct term *t, int fd);

#endif
