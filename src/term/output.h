/* Bytes on their way to the terminal: one non-blocking write a frame; what the
 * terminal did not take waits, and meanwhile nothing new is added. */
#ifndef TERM_OUTPUT_H
#define TERM_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Frames over this many bytes go between the brackets of mode 2026, so that a
 * terminal shows them at one stroke. */
enum { OUTPUT_PACKET = 1400 };

struct output {
	int fd;			/* non-blocking */
	bool brackets;		/* the terminal may be sent mode 2026 */
	struct str pending;
	bool failed;		/* the terminal has gone */
	uint64_t bytes, writes, frames;
};

void output_init(struct output *o, int fd);
void output_release(struct output *o);
/* Queues a frame or a short message and writes what the terminal takes now. */
void output_frame(struct output *o, struct view frame);
void output_send(struct output *o, struct view bytes);
/* Writes on. False when the terminal has gone. */
bool output_write(struct output *o);
bool output_is_pending(const struct output *o);
/* Writes what is pending, waiting for a slow terminal at most so long. */
void output_drain(struct output *o, int timeout_ms);

#endif
