/* The one line in which a supervisor says how a process ended: a plain record,
 * padded and checksummed, so that a torn write is never taken for a result.
 *
 *   v1 code=0 signal=0 reason=exit at=MS cpu_ms=N rss_kb=N read=N write=N sum=XXXXXXXX
 */
#ifndef BASE_EXITLINE_H
#define BASE_EXITLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { EXIT_LINE_SIZE = 256 };	/* octets in the file, padded with blanks */

enum exit_reason { EXIT_BY_ITSELF, EXIT_BY_TIMEOUT, EXIT_BY_CANCEL, EXIT_NO_SPAWN, EXIT_REASONS };

struct exit_line {
	int code;		/* 0..255; 127 where it could not be started */
	int signal;		/* 0: none */
	enum exit_reason reason;
	int64_t at_ms;
	int64_t cpu_ms, rss_kb, read_bytes, write_bytes;
};

/* Appends exactly EXIT_LINE_SIZE octets, the newline last. */
void exit_line_write(struct str *s, const struct exit_line *line);
/* False for anything but a whole line with the right sum; *line is then untouched. */
bool exit_line_read(struct view v, struct exit_line *line);

#endif
