/* Plain text to stdout or stderr for commands: everything is sanitised here.
 * stdio is not used above base. A closed pipe ends writing quietly. */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct out {
	int fd;
	bool tty;		/* fd is a terminal */
	bool colour;		/* SGR allowed: tty, TERM not dumb, no NO_COLOR */
	bool unicode;
	bool closed;		/* the reader has gone */
	int failed;		/* errno of a write that failed before out_flush; 0: none */
	struct str buf;
};

/* Ignores SIGPIPE from here on. */
void out_init(struct out *o, int fd);
/* Our own words; %-arguments must be ours too. */
void out_text(struct out *o, const char *text);
void out_format(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text from anywhere: sanitised as a label. */
void out_label(struct out *o, struct view v);
/* As out_label, cut or padded to `cells`, the last of which stays blank. */
void out_column(struct out *o, struct view v, int cells);
/* One line of a log: to a terminal sanitised (SGR kept if colour), else the
 * raw octets as they are; then a newline. */
void out_log(struct out *o, struct view line);
/* JSON text of ours: DEL, C1 and bidi are escaped as \uXXXX, the rest passes. */
void out_json(struct out *o, struct view json);
/* Octets for a file or pipe; on a terminal as out_log line by line. */
void out_octets(struct out *o, struct view v);
/* False when it could not be written (not for a closed reader). */
bool out_flush(struct out *o, struct err *err);
void out_release(struct out *o);

/* "runboard: what: why" and a newline on stderr, sanitised. */
void out_error(const char *program, const char *text);

#endif
