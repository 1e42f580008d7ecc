/* The writer below ncurses. Knows no ncurses and no canvas. */
#include "term/output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/when.h"

#define BRACKET_OPEN "\x1b[?2026h"
#define BRACKET_CLOSE "\x1b[?2026l"

void output_init(struct output *o, int fd)
{
	*o = (struct output){ .fd = fd };
}

void output_release(struct output *o)
{
	if (o)
		str_release(&o->pending);
}

void output_frame(struct output *o, struct view frame)
{
	bool bracket = o->brackets && frame.len > OUTPUT_PACKET;
	if (frame.len == 0)
		return;
	o->frames++;
	if (bracket)
		str_add_text(&o->pending, BRACKET_OPEN);
	str_add(&o->pending, frame);
	if (bracket)
		str_add_text(&o->pending, BRACKET_CLOSE);
	output_write(o);
}

void output_send(struct output *o, struct view bytes)
{
	str_add(&o->pending, bytes);
	output_write(o);
}

bool output_write(struct output *o)
{
	while (o->pending.len > 0 && !o->failed) {
		ssize_t n = write(o->fd, o->pending.ptr, o->pending.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		o->writes++;
		if (n <= 0) {
			o->failed = true;
			break;
		}
		o->bytes += (uint64_t)n;
		str_drop(&o->pending, (size_t)n);
	}
	if (o->failed)
		str_clear(&o->pending);
	return !o->failed;
}

bool output_is_pending(const struct output *o)
{
	return o->pending.len > 0;
}

void output_drain(struct output *o, int timeout_ms)
{
	int64_t end_ms = when_mono_ms() + timeout_ms;
	while (output_write(o) && output_is_pending(o)) {
		int64_t left_ms = end_ms - when_mono_ms();
		struct pollfd p = { .fd = o->fd, .events = POLLOUT };
		if (left_ms <= 0 || (poll(&p, 1, (int)left_ms) < 0 && errno != EINTR))
			return;
	}
}
