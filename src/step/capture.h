/* One stream of the command, from its pipe through the mask into its file, never
 * more than its cap; and the book of what arrived when (`order`, `notes`). The
 * pipe is read to its end whatever happens to the file: a step that prints
 * without end is never blocked and costs no memory. */
#ifndef STEP_CAPTURE_H
#define STEP_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mask.h"
#include "base/str.h"

enum capture_stream { CAPTURE_STDOUT = 1, CAPTURE_STDERR = 2, CAPTURE_NOTE = 3 };
enum { CAPTURE_ORDER_SIZE = 16 };	/* octets of a record in `order` */

struct logbook {
	int folder;		/* the caller's */
	int order, notes;
};

bool logbook_open(struct logbook *book, int folder, struct err *err);
/* A note of the supervisor's own, with its newline added. */
void logbook_note(struct logbook *book, const char *text);
/* Leaves the mark that not all of the output was kept: the file `truncated`. */
void logbook_truncated(const struct logbook *book);
void logbook_close(struct logbook *book);

struct capture {
	enum capture_stream stream;
	const char *name;		/* of the file: "stdout" */
	int pipe;			/* -1: at its end; closed by its owner */
	int file;
	const struct mask *mask;
	struct mask_stream held;
	struct str masked;
	int64_t max;
	int64_t kept, dropped;
	int write_errno;		/* 0: the file takes all */
	int64_t next_read_ms;		/* a dribble is read in gulps */
	int credit;
};

bool capture_open(struct capture *c, int folder, struct err *err);
/* Takes what the pipe has now, one buffer. False when there was nothing more;
 * at the end of file c->pipe is -1. */
bool capture_read(struct capture *c, struct logbook *book, int64_t now_ms);
/* 0: read now; else not before that instant of the monotonic clock. */
int64_t capture_wait_until(const struct capture *c, int64_t mono_ms);
/* Bytes as if the pipe had brought them. */
void capture_add(struct capture *c, struct logbook *book, struct view v);
/* No more will come: what was held back is written, what was dropped is noted. */
void capture_finish(struct capture *c, struct logbook *book);
void capture_close(struct capture *c);

#endif
