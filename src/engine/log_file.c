/* The output of one attempt on disk. */
#include "engine/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD = 16, BLOCK = 64 << 10, LINE_MAX_BACK = 64 << 10 };

static int open_in(int folder, const char *name)
{
	return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static int64_t size_of(int fd)
{
	struct stat st;
	return fd >= 0 && !fstat(fd, &st) ? st.st_size : 0;
}

struct log_file log_file_none(void)
{
	return (struct log_file){ .streams = { -1, -1, -1 }, .order = -1 };
}

bool log_file_open(struct log_file *f, const char *state, const struct attempt_name *name)
{
	static const char *const names[LOG_FILES] = { "stdout", "stderr", "notes" };
	*f = log_file_none();
	int folder = attempt_open_folder(state, name);
	if (folder < 0)
		return false;
	/* First: what a record tells of stands in a stream that is there already. */
	f->order = open_in(folder, "order");
	f->records = size_of(f->order) / RECORD;
	for (int i = 0; i < LOG_FILES; i++)
		f->streams[i] = open_in(folder, names[i]);
	close(folder);
	return true;
}

void log_file_close(struct log_file *f)
{
	for (int i = 0; i < LOG_FILES; i++) {
		if (f->streams[i] >= 0)
			close(f->streams[i]);
	}
	if (f->order >= 0)
		close(f->order);
}

static uint64_t little_endian(const unsigned char *p, int n)
{
	uint64_t v = 0;
	for (int i = n; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static void decode(const unsigned char *p, struct log_record *out)
{
	*out = (struct log_record){
		.at_ms = (int64_t)little_endian(p, 8),
		.stream = p[8] >= 1 && p[8] <= LOG_FILES ? p[8] - 1 : -1,
		.length = (int64_t)little_endian(p + 12, 4),
	};
}

static bool read_record(const struct log_file *f, int64_t index, struct log_record *out)
{
	unsigned char bytes[RECORD];
	if (index >= f->records ||
	    pread(f->order, bytes, sizeof bytes, index * RECORD) != (ssize_t)sizeof bytes)
		return false;
	decode(bytes, out);
	return true;
}

bool log_record_at(const struct log_file *f, const struct log_place *place, bool ended,
		   struct log_record *out)
{
	if (read_record(f, place->record, out))
		return true;
	for (int i = 0; ended && i < LOG_FILES; i++) {
		int64_t left = size_of(f->streams[i]) - place->at[i];
		if (left <= 0)
			continue;
		*out = (struct log_record){ .stream = i, .length = left, .is_rest = true };
		return true;
	}
	return false;
}

void log_read(const struct log_file *f, int stream, int64_t from, int64_t length, struct str *out)
{
	while (length > 0 && f->streams[stream] >= 0) {
		size_t want = length < BLOCK ? (size_t)length : BLOCK;
		char *room = str_reserve(out, want);
		ssize_t n = room ? pread(f->streams[stream], room, want, from) : 0;
		if (n <= 0)
			return;
		out->len += (size_t)n;
		out->ptr[out->len] = '\0';
		from += n;
		length -= n;
	}
}

int64_t log_size(const struct log_file *f, int stream)
{
	return size_of(f->streams[stream]);
}

int64_t log_skip(const struct log_file *f, struct log_place *place, unsigned streams,
		 int64_t octets)
{
	unsigned char block[BLOCK];
	struct log_record r;
	ssize_t n;
	while (place->record < f->records &&
	       (n = pread(f->order, block, sizeof block, place->record * RECORD)) >= RECORD) {
		for (ssize_t i = 0; i + RECORD <= n; i += RECORD) {
			decode(block + i, &r);
			bool counts = r.stream >= 0 && (streams >> r.stream & 1);
			if (counts && r.length > octets)
				return octets;
			octets -= counts ? r.length : 0;
			if (r.stream >= 0)
				place->at[r.stream] += r.length;
			place->record++;
		}
	}
	return octets;
}

struct log_place log_end(const struct log_file *f)
{
	struct log_place end = {0};
	log_skip(f, &end, 0, 0);
	return end;
}

/* ---- backward ----------------------------------------------------------------------- */

static int64_t count_newlines(const struct log_file *f, int stream, int64_t from, int64_t length)
{
	struct str text = {0};
	int64_t n = 0;
	log_read(f, stream, from, length, &text);
	struct view rest = view_of_str(&text);
	for (size_t at = 0; (at = view_find_byte(rest, '\n', at)) != SIZE_MAX; at++)
		n++;
	str_release(&text);
	return n;
}

/* Where the line begins in which `at` stands. */
static int64_t line_begin(const struct log_file *f, int stream, int64_t at)
{
	struct str text = {0};
	int64_t from = at > LINE_MAX_BACK ? at - LINE_MAX_BACK : 0;
	log_read(f, stream, from, at - from, &text);
	size_t i = text.len;
	while (i > 0 && text.ptr[i - 1] != '\n')
		i--;
	str_release(&text);
	return from + (int64_t)i;
}

bool log_go_back(const struct log_file *f, struct log_place *place, const struct log_span *span)
{
	struct log_record r;
	int64_t lines = 0, octets = 0;
	while ((place->record > 0 || place->inside > 0) && lines <= span->lines &&
	       octets < span->octets) {
		int64_t length = place->inside;
		if (!length)
			place->record--;
		place->inside = 0;
		if (!read_record(f, place->record, &r))
			continue;
		length = length ? length : r.length;
		if (r.stream < 0)
			continue;
		place->at[r.stream] -= length;
		if (!(span->streams >> r.stream & 1))
			continue;
		if (span->lines < INT64_MAX)
			lines += count_newlines(f, r.stream, place->at[r.stream], length);
		octets += length;
	}
	for (int i = 0; i < LOG_FILES; i++)
		place->line[i] = line_begin(f, i, place->at[i]);
	return place->record > 0;
}

/* ---- cursors -------------------------------------------------------------------------- */

void log_place_write(const struct log_place *p, struct str *out)
{
	str_addf(out, "%lld.%lld", (long long)p->record, (long long)p->inside);
	for (int i = 0; i < LOG_FILES; i++)
		str_addf(out, ".%lld.%lld", (long long)p->at[i], (long long)p->line[i]);
}

bool log_place_read(struct view text, struct log_place *p)
{
	int64_t *numbers[2 + 2 * LOG_FILES] = { &p->record, &p->inside };
	struct view part;
	*p = (struct log_place){0};
	for (int i = 0; i < LOG_FILES; i++) {
		numbers[2 + 2 * i] = &p->at[i];
		numbers[3 + 2 * i] = &p->line[i];
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		if (!view_split(&text, '.', &part) ||
		    !number_parse(part, 0, INT64_MAX / 2, numbers[i]))
			return false;
	}
	for (int i = 0; i < LOG_FILES; i++) {
		if (p->line[i] > p->at[i])
			return false;
	}
	return !text.len;
}
