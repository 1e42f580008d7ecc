/* Streams into files. Knows nothing of the command nor of the loop. */
#include "step/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"

enum {
	GULP = 64 << 10,
	SMALL_GULP = 4 << 10,
	CREDIT = 64,		/* small reads at once before they are spaced */
	SPACING_MS = 5,
	MODE = 0600,
};

static int open_file(int folder, const char *name, struct err *err)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (fd < 0)
		err_system(err, errno, "cannot write %s", name);
	return fd;
}

bool logbook_open(struct logbook *book, int folder, struct err *err)
{
	book->folder = folder;
	book->notes = -1;
	book->order = open_file(folder, "order", err);
	if (book->order >= 0)
		book->notes = open_file(folder, "notes", err);
	return book->order >= 0 && book->notes >= 0;
}

void logbook_close(struct logbook *book)
{
	if (book->order >= 0)
		close(book->order);
	if (book->notes >= 0)
		close(book->notes);
	*book = (struct logbook){ -1, -1, -1 };
}

void logbook_truncated(const struct logbook *book)
{
	int fd = open_file(book->folder, "truncated", NULL);
	if (fd >= 0)
		close(fd);
}

static void put_little(unsigned char *to, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

/* A disk that is full loses the order, not the run. */
static void add_order(struct logbook *book, enum capture_stream stream, size_t length)
{
	unsigned char record[CAPTURE_ORDER_SIZE] = { 0 };
	put_little(record, (uint64_t)when_now_ms(), 8);
	record[8] = (unsigned char)stream;
	put_little(record + 12, length, 4);
	file_write_all(book->order, view_bytes(record, sizeof record), NULL);
}

void logbook_note(struct logbook *book, const char *text)
{
	struct str line = { 0 };
	str_addf(&line, "%s\n", text);
	if (file_write_all(book->notes, view_of_str(&line), NULL))
		add_order(book, CAPTURE_NOTE, line.len);
	str_release(&line);
}

bool capture_open(struct capture *c, int folder, struct err *err)
{
	c->file = open_file(folder, c->name, err);
	c->credit = CREDIT;
	return c->file >= 0;
}

static void say_cut(struct capture *c, struct logbook *book)
{
	struct str text = { 0 };
	if (c->write_errno) {
		struct err err = { 0 };
		err_system(&err, c->write_errno, "%s is not kept from here on", c->name);
		str_add_text(&text, err_text(&err));
		err_release(&err);
	} else {
		str_addf(&text, "%s is cut here, at its limit of %" PRId64 " octets", c->name, c->max);
	}
	logbook_note(book, str_text(&text));
	logbook_truncated(book);
	str_release(&text);
}

static void drop(struct capture *c, struct logbook *book, size_t len)
{
	if (!len)
		return;
	if (!c->dropped)
		say_cut(c, book);
	c->dropped += (int64_t)len;
}

/* Writes what the file takes; a failure is remembered and never tried again. */
static size_t write_some(struct capture *c, struct view v)
{
	size_t done = 0;
	while (done < v.len && !c->write_errno) {
		ssize_t n = write(c->file, v.ptr + done, v.len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			c->write_errno = errno;
	}
	return done;
}

static void keep(struct capture *c, struct logbook *book, struct view v)
{
	int64_t room = c->dropped ? 0 : c->max - c->kept;
	struct view part = view_cut(v, 0, room > 0 ? (size_t)room : 0);
	size_t done = write_some(c, part);
	if (done)
		add_order(book, c->stream, done);
	c->kept += (int64_t)done;
	drop(c, book, v.len - done);
}

void capture_add(struct capture *c, struct logbook *book, struct view v)
{
	if (mask_empty(c->mask) || c->dropped) {
		keep(c, book, v);
		return;
	}
	str_clear(&c->masked);
	mask_feed(c->mask, &c->held, v, &c->masked);
	keep(c, book, view_of_str(&c->masked));
}

/* After many small reads in a row the next is put off a little, so that a
 * dribble costs neither a record a byte nor a core. */
static void space_reads(struct capture *c, size_t got, int64_t now_ms)
{
	if (got >= SMALL_GULP) {
		c->credit = CREDIT;
		c->next_read_ms = 0;
	} else if (c->next_read_ms && now_ms - c->next_read_ms > SPACING_MS * CREDIT) {
		c->credit = CREDIT;
		c->next_read_ms = now_ms;
	} else {
		c->credit -= c->credit > 0;
		c->next_read_ms = now_ms + (c->credit ? 0 : SPACING_MS);
	}
}

int64_t capture_wait_until(const struct capture *c, int64_t mono_ms)
{
	return !c->credit && c->next_read_ms > mono_ms ? c->next_read_ms : 0;
}

bool capture_read(struct capture *c, struct logbook *book, int64_t now_ms)
{
	char gulp[GULP];
	ssize_t n = read(c->pipe, gulp, sizeof gulp);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		c->pipe = -1;
		return false;
	}
	space_reads(c, (size_t)n, now_ms);
	capture_add(c, book, view_bytes(gulp, (size_t)n));
	return true;
}

void capture_finish(struct capture *c, struct logbook *book)
{
	str_clear(&c->masked);
	if (!c->dropped) {
		mask_flush(c->mask, &c->held, &c->masked);
		keep(c, book, view_of_str(&c->masked));
	}
	if (!c->dropped)
		return;
	struct str text = { 0 };
	str_addf(&text, "%s: %" PRId64 " octets were dropped", c->name, c->dropped);
	logbook_note(book, str_text(&text));
	str_release(&text);
}

void capture_close(struct capture *c)
{
	if (c->file >= 0)
		close(c->file);
	c->file = -1;
	mask_stream_release(&c->held);
	str_release(&c->masked);
}
