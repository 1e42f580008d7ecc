/* Lines of an attempt's output with their times, a page at a time, forward or
 * backward. A line belongs to the record in which it ends. */
#include "engine/log_lines.h"

#include "base/when.h"
#include "core/severity.h"

enum {
	LINE_MAX_OCTETS = 64 << 10,
	PIECE = 1 << 20,		/* read at once */
	KEPT_MAX = 1 << 20,		/* octets of a page */
	LOOKED_MAX = 64 << 20,		/* octets looked at for a page, and how long: */
	BACK_STEP = 256 << 10,		/* octets of a step backward */
	SLICE_MS = 3,
};

struct reader {
	const struct log_file *f;
	const struct log_wish *wish;
	struct log_page *page;
	struct log_place place;
	struct str held[LOG_FILES];	/* a line's begin, from place.line to place.at */
	enum severity level[LOG_FILES];	/* of the line of the stream before this one, */
	bool known[LOG_FILES];		/* where that is known */
	int64_t looked, kept;		/* octets */
	int64_t skip;			/* lines still to be passed over */
};

static size_t find(const struct log_wish *wish, struct view text)
{
	return wish->exact ? view_find(text, wish->search, 0) :
			     view_find_fold(text, wish->search, 0);
}

/* Of the last line in text that says it or does not go on from one before it. */
static enum severity level_before(struct view text)
{
	while (text.len) {
		size_t end = text.ptr[text.len - 1] == '\n' ? text.len - 1 : text.len;
		const char *newline = memrchr(text.ptr, '\n', end);
		size_t begin = newline ? (size_t)(newline - text.ptr) + 1 : 0;
		struct view line = view_cut(text, begin, end - begin);
		enum severity level = severity_of_line(line);
		if (level != SEVERITY_NONE || !severity_continues(line))
			return level;
		text.len = begin;
	}
	return SEVERITY_NONE;
}

/* A page may begin, and a search may come, in the middle of a stack trace. */
static void look_back(struct reader *r, int stream, int64_t begin)
{
	struct str text = {0};
	int64_t n = begin < LINE_MAX_OCTETS ? begin : LINE_MAX_OCTETS;
	log_read(r->f, stream, begin - n, n, &text);
	r->level[stream] = level_before(view_of_str(&text));
	str_release(&text);
}

/* Whether a line that begins there is serious enough. */
static bool passes(struct reader *r, int stream, struct view text, int64_t begin)
{
	if (r->wish->level == SEVERITY_NONE)
		return true;
	enum severity level = severity_of_line(text);
	if (level == SEVERITY_NONE && severity_continues(text)) {
		if (!r->known[stream])
			look_back(r, stream, begin);
		level = r->level[stream];
	}
	r->level[stream] = level;
	r->known[stream] = true;
	return severity_passes(level, r->wish->level);
}

static void emit(struct reader *r, const struct log_record *record, struct view text, bool partial,
		 int64_t begin)
{
	if (r->skip) {
		r->skip -= !partial;
		r->page->begin = r->place;
		return;
	}
	if (!passes(r, record->stream, text, begin))
		return;
	if (r->wish->search.len && find(r->wish, text) == SIZE_MAX)
		return;
	struct log_line line = {
		.at_ms = record->at_ms, .stream = record->stream, .partial = partial,
		.text = arena_view(&r->page->arena, text), .after = r->place,
	};
	r->kept += (int64_t)text.len;
	vec_push(&r->page->lines, line);
}

static bool is_wanted(const struct reader *r, int stream)
{
	return r->wish->streams >> stream & 1;
}

static void go_on(struct reader *r, const struct log_record *record, int64_t octets)
{
	r->place.at[record->stream] += octets;
	r->looked += octets;
	if (!record->is_rest)
		r->place.inside += octets;
}

/* A page without a number of lines is bounded by its `until`. */
static bool is_full(const struct reader *r)
{
	return r->wish->most && (r->page->lines.len >= r->wish->most || r->kept >= KEPT_MAX);
}

/* The begin of a line of which a page before has read some. A cursor is foreign: it may
 * name any place. */
static void take_up_line(struct reader *r, int stream)
{
	int64_t at = r->place.at[stream], *line = &r->place.line[stream];
	if (r->held[stream].len || *line == at)
		return;
	if (at - *line > 2 * LINE_MAX_OCTETS)
		*line = at - LINE_MAX_OCTETS;
	log_read(r->f, stream, *line, at - *line, &r->held[stream]);
}

/* Whole lines at the begin of text of which none can fit. */
static size_t without_hit(struct reader *r, int stream, struct view text)
{
	if (!r->wish->search.len || r->held[stream].len || r->skip)
		return 0;
	size_t end = find(r->wish, text);
	if (end == SIZE_MAX)
		end = text.len;
	const char *newline = end ? memrchr(text.ptr, '\n', end) : NULL;
	r->known[stream] &= !newline;
	return newline ? (size_t)(newline - text.ptr) + 1 : 0;
}

static void end_line(struct reader *r, const struct log_record *record, struct view text,
		     bool partial)
{
	int stream = record->stream;
	int64_t begin = r->place.line[stream];
	r->place.line[stream] = r->place.at[stream];
	if (!partial && view_ends(text, "\r"))
		text.len--;
	emit(r, record, text, partial, begin);
	str_clear(&r->held[stream]);
}

/* One line, or the begin of one; how much of text that was. */
static size_t take_line(struct reader *r, const struct log_record *record, struct view text)
{
	struct str *held = &r->held[record->stream];
	size_t newline = view_find_byte(text, '\n', 0);
	bool whole = newline != SIZE_MAX;
	struct view line = view_cut(text, 0, newline);
	go_on(r, record, (int64_t)(line.len + whole));
	if (held->len || !whole) {
		str_add(held, line);
		line = view_of_str(held);
	}
	size_t taken = whole ? newline + 1 : text.len;
	if (whole || held->len >= LINE_MAX_OCTETS)
		end_line(r, record, line, !whole);
	return taken;
}

/* Octets of one record as far as they go on the page. */
static void read_chunk(struct reader *r, const struct log_record *record, int64_t left)
{
	struct str text = {0};
	int stream = record->stream;
	int64_t length = left < PIECE ? left : PIECE;
	log_read(r->f, stream, r->place.at[stream], length, &text);
	take_up_line(r, stream);
	struct view rest = view_of_str(&text);
	while (rest.len && !is_full(r)) {
		size_t n = without_hit(r, stream, rest);
		if (n) {
			go_on(r, record, (int64_t)n);
			r->place.line[stream] = r->place.at[stream];
		} else {
			n = take_line(r, record, rest);
		}
		rest = view_cut(rest, n, rest.len);
	}
	/* The file is shorter than its order says: what is not there is passed over. */
	if (!is_full(r) && (int64_t)text.len < length)
		go_on(r, record, length - (int64_t)text.len);
	str_release(&text);
}

static void skip_stream(struct reader *r, const struct log_record *record, int64_t left)
{
	go_on(r, record, left);
	r->place.line[record->stream] = r->place.at[record->stream];
}

static bool is_behind(const struct log_place *place, const struct log_place *until)
{
	return place->record > until->record ||
	       (place->record == until->record && place->inside >= until->inside);
}

/* One record, or what is left of it. False at the end. */
static bool read_record(struct reader *r)
{
	struct log_record record;
	bool bounded = r->wish->until != NULL;
	if (bounded && is_behind(&r->place, r->wish->until))
		return false;
	if (!log_record_at(r->f, &r->place, r->wish->ended && !bounded, &record))
		return false;
	r->page->last_ms = record.at_ms;
	int64_t left = record.length - (record.is_rest ? 0 : r->place.inside);
	if (bounded && r->place.record == r->wish->until->record)
		left = r->wish->until->inside - r->place.inside;
	if (record.stream >= 0 && left > 0) {
		if (is_wanted(r, record.stream))
			read_chunk(r, &record, left);
		else
			skip_stream(r, &record, left);
	}
	if (!record.is_rest && (record.stream < 0 || r->place.inside >= record.length)) {
		r->place.record++;
		r->place.inside = 0;
	}
	return true;
}

/* Of the record before the place, where the page has read none itself. */
static int64_t last_time(const struct reader *r)
{
	struct log_place before = r->place;
	struct log_record record;
	if (r->page->last_ms || !before.record)
		return r->page->last_ms;
	before.record--;
	return log_record_at(r->f, &before, false, &record) ? record.at_ms : 0;
}

/* What stands without a newline at the end of the log. */
static void take_unfinished(struct reader *r)
{
	r->page->last_ms = last_time(r);
	for (int i = 0; i < LOG_FILES; i++) {
		struct log_record record = { .stream = i, .at_ms = r->page->last_ms };
		if (!is_wanted(r, i) || r->place.line[i] == r->place.at[i])
			continue;
		take_up_line(r, i);
		end_line(r, &record, view_of_str(&r->held[i]), true);
	}
}

void log_read_lines(const struct log_file *f, struct log_place from, const struct log_wish *wish,
		    struct log_page *page)
{
	struct reader r = { .f = f, .wish = wish, .page = page, .place = from,
			    .skip = wish->skip };
	int64_t until_ms = when_mono_ms() + (wish->most ? SLICE_MS : INT32_MAX);
	int64_t looked_max = LOOKED_MAX;
	bool more = true;
	page->begin = from;
	while (more && !is_full(&r) && r.looked < looked_max) {
		more = read_record(&r);
		looked_max = when_mono_ms() < until_ms ? looked_max : 0;
	}
	if (!more && !wish->until)
		take_unfinished(&r);
	page->place = r.place;
	page->more = more;
	page->left_to_skip = r.skip;
	for (int i = 0; i < LOG_FILES; i++)
		str_release(&r.held[i]);
}

bool log_read_back(const struct log_file *f, struct log_place *from, const struct log_span *span,
		   const struct log_wish *wish, struct log_page *page)
{
	struct log_wish bounded = *wish;
	bool more = log_go_back(f, from, span);
	bounded.most = 0;
	log_read_lines(f, *from, &bounded, page);
	return more;
}

bool log_search_back(const struct log_file *f, struct log_place *from,
		     const struct log_wish *wish, struct log_page *page)
{
	const struct log_span span = { INT64_MAX, BACK_STEP, wish->streams };
	const struct log_place came_from = *from;
	struct log_place until = *from;
	struct log_wish step = *wish;
	int64_t until_ms = when_mono_ms() + SLICE_MS;
	bool more = log_read_back(f, from, &span, &step, page);
	step.until = &until;
	while (more && !page->lines.len && when_mono_ms() < until_ms) {
		log_page_release(page);
		*page = (struct log_page){0};
		until = *from;
		more = log_read_back(f, from, &span, &step, page);
	}
	page->place = page->lines.len ? page->lines.items[page->lines.len - 1].after : came_from;
	return more;
}

void log_page_release(struct log_page *page)
{
	vec_release(&page->lines);
	arena_release(&page->arena);
}
