/* A terminal for tests: a pty whose bytes are checked by grammar.h and drawn by
 * libvterm. A program runs on its slave side, or the test itself opens that side.
 *
 * Nothing sleeps. A program started with --test-sync FD writes a record to FD
 * whenever it is at rest (no message queued, no request in flight, the frame
 * out): two uint64_t, input seen (bytes + sizes) and bytes written. vt_settle
 * waits for the record that says that everything given has been seen, and reads
 * all that was written. Every wait has a deadline after which the test fails with
 * the screen as it is. */
#ifndef TESTS_LIB_VT_H
#define TESTS_LIB_VT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

enum { VT_DEADLINE_MS = 60000 };

struct vt;

struct vt_cell {
	char text[32];		/* UTF-8; "" is a blank */
	int width;		/* 0: right half of the cell before */
	bool bold, underline, italic, reverse;
	int32_t fore, back;	/* -1 default, 0..255, else 0x1000000|RGB */
};

struct vt *vt_new(int rows, int cols);
/* Ends the program, if one still runs, and reaps it. */
void vt_free(struct vt *vt);

/* argv: up to NULL; "{sync}" in it becomes the number of the sync descriptor.
 * env: the whole environment. */
void vt_spawn(struct vt *vt, const char *const *argv, const char *const *env);
/* The slave side, for a test that plays the program; opened once, kept by vt. */
int vt_slave(struct vt *vt);

/* Keys by name: "j", "Enter", "Up", "Ctrl-D", "Alt-x", "F1", "Space". */
void vt_key(struct vt *vt, const char *name);
/* Several, with blanks between. */
void vt_keys(struct vt *vt, const char *names);
/* Text as typed, letter by letter. */
void vt_type(struct vt *vt, const char *text);
void vt_paste(struct vt *vt, const char *text);
/* Bytes as they are. */
void vt_send(struct vt *vt, struct view bytes);
/* New size; the program gets SIGWINCH. */
void vt_resize(struct vt *vt, int rows, int cols);

/* Fails the test with the words. The text goes to stderr, line by line and sanitised: a
 * message of libcheck's has no room for a screen. */
_Noreturn void vt_fail(const char *what, const char *detail, struct view text);

/* Reads what is there, without waiting. False once the program has closed its side. */
bool vt_pump(struct vt *vt);
/* Until so many bytes were read in all. */
void vt_pump_to(struct vt *vt, uint64_t total);
/* Until the program is at rest and has seen everything. */
void vt_settle(struct vt *vt);
/* Until the text stands somewhere on the screen, or stands nowhere. */
void vt_see(struct vt *vt, const char *text);
void vt_see_no(struct vt *vt, const char *text);
/* Until the program has ended; its wait status. */
int vt_wait(struct vt *vt);
pid_t vt_pid(const struct vt *vt);

/* One line a row, each ending with '|'. */
void vt_add_text(const struct vt *vt, struct str *s);
bool vt_has(const struct vt *vt, const char *text);
/* Row and column of the first occurrence; false: nowhere. */
bool vt_find(const struct vt *vt, const char *text, int *row, int *col);
struct vt_cell vt_cell(const struct vt *vt, int row, int col);
/* Row -1: hidden. */
void vt_cursor(const struct vt *vt, int *row, int *col);
bool vt_is_altscreen(const struct vt *vt);
int vt_bells(const struct vt *vt);
/* Everything that the program wrote. */
struct view vt_raw(const struct vt *vt);

#endif
