/* The log of a program: one line a record, in one write. Never the screen. */
#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clean.h"
#include "base/file.h"
#include "base/str.h"
#include "base/when.h"

enum { RECORD_MAX = 8 << 10 };

static const struct {
	const char *journal, *word;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "<3>", "error" },
	[LOG_LEVEL_WARN] = { "<4>", "warn" },
	[LOG_LEVEL_NOTE] = { "<6>", "note" },
	[LOG_LEVEL_DEBUG] = { "<7>", "debug" },
};

static struct {
	bool open;
	bool journal;		/* it keeps the time itself and wants a priority */
	int fd;
	enum log_level most;
} state;

/* JOURNAL_STREAM is "device:inode" of the stream that the journal gave us. */
static bool is_journal(int fd)
{
	struct stat st;
	const char *stream = getenv("JOURNAL_STREAM");
	if (!stream || fstat(fd, &st))
		return false;
	struct str own = { 0 };
	str_addf(&own, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	bool same = str_eq(stream, str_text(&own));
	str_release(&own);
	return same;
}

void log_open(int fd, enum log_level most)
{
	state.open = true;
	state.fd = fd;
	state.most = most;
	state.journal = is_journal(fd);
}

static void write_record(enum log_level level, struct view text)
{
	struct str record = { 0 };
	if (state.journal) {
		str_add_text(&record, levels[level].journal);
	} else {
		when_add_rfc3339(&record, when_now_ms());
		str_addf(&record, " %s ", levels[level].word);
	}
	clean_label(&record, view_cut(text, 0, RECORD_MAX));
	str_add_char(&record, '\n');
	file_write_all(state.fd, view_of_str(&record), NULL);
	str_release(&record);
}

static __attribute__((format(printf, 2, 0))) void add_record(enum log_level level,
							      const char *format, va_list args)
{
	if (!state.open || level > state.most)
		return;
	struct str text = { 0 };
	str_addv(&text, format, args);
	write_record(level, view_of_str(&text));
	str_release(&text);
}

void log_error(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_record(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_record(LOG_LEVEL_WARN, format, args);
	va_end(args);
}

void log_note(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_record(LOG_LEVEL_NOTE, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_record(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}
