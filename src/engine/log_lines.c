/* Lines of an attempt's output with their times, a page at a time, forward or
 * backward. A line belongs to the record in which it ends. */
#include "engine/log_lines.h"

#include "core/severity.h"

enum { LINE_MAX_OCTETS = 64 << 10, SLICE_OCTETS = 1 << 20 };

struct reader {
	const struct log_file *f;
	const struct log_wish *wish;
	struct log_page *page;
	struct log_place place;
	int64_t octets;			/* looked at */
};

static bool fits(const struct log_wish *wish, struct view text)
{
	if (!severity_passes(severity_of_line(text), wish->level))
		return false;
	return !wish->search.len || view_find_fold(text, wish->search, 0) != SIZE_MAX;
}

static void emit(struct reader *r, const struct log_record *record, struct view text, bool partial)
{
	if (!fits(r->wish, text))
		return;
	struct log_line line = {
		.at_ms = record->at_ms, .stream = record->stream, .partial = partial,
		.text = arena_view(&r->page->arena, text), .after = r->place,
	};
	vec_push(&r->page->lines, line);
}

/* The text of the stream's line up to `end`, without its newline. */
static void take_line(struct reader *r, const struct log_record *record, int64_t end, bool partial)
{
	struct str text = {0};
	int64_t *line = &r->place.line[record->stream];
	log_read(r->f, record->stream, *line, end - *line - !partial, &text);
	struct view v = view_of_str(&text);
	if (!partial && view_ends(v, "\r"))
		v.len--;
	*line = end;
	emit(r, record, v, partial);
	str_release(&text);
}

static bool is_wanted(const struct reader *r, int stream)
{
	return r->wish->streams >> stream & 1;
}

static void go_on(struct reader *r, const struct log_record *record, int64_t octets)
{
	r->place.at[record->stream] += octets;
	r->octets += octets;
	if (!record->is_rest)
		r->place.inside += octets;
}

static bool is_full(const struct reader *r)
{
	return r->wish->most && r->page->lines.len >= r->wish->most;
}

/* Octets of one record as far as they go on the page. */
static void read_chunk(struct reader *r, const struct log_record *record, int64_t left)
{
	struct str text = {0};
	int stream = record->stream;
	int64_t length = left < SLICE_OCTETS ? left : SLICE_OCTETS;
	log_read(r->f, stream, r->place.at[stream], length, &text);
	struct view rest = view_of_str(&text);
	while (rest.len && !is_full(r)) {
		size_t newline = view_find_byte(rest, '\n', 0);
		size_t n = newline == SIZE_MAX ? rest.len : newline + 1;
		go_on(r, record, (int64_t)n);
		if (newline != SIZE_MAX)
			take_line(r, record, r->place.at[stream], false);
		else if (r->place.at[stream] - r->place.line[stream] >= LINE_MAX_OCTETS)
			take_line(r, record, r->place.at[stream], true);
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

/* What stands without a newline at the end of the log. */
static void take_unfinished(struct reader *r)
{
	for (int i = 0; i < LOG_FILES; i++) {
		struct log_record record = { .stream = i, .at_ms = r->page->last_ms };
		if (is_wanted(r, i) && r->place.line[i] < r->place.at[i])
			take_line(r, &record, r->place.at[i], true);
	}
}

void log_read_lines(const struct log_file *f, struct log_place from, const struct log_wish *wish,
		    struct log_page *page)
{
	struct reader r = { .f = f, .wish = wish, .page = page, .place = from };
	bool more = true;
	while (more && !is_full(&r) && r.octets < SLICE_OCTETS)
		more = read_record(&r);
	if (!more && !wish->until)
		take_unfinished(&r);
	page->place = r.place;
	page->more = more;
}

void log_page_release(struct log_page *page)
{
	vec_release(&page->lines);
	arena_release(&page->arena);
}
