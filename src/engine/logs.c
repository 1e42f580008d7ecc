/* Logs for the API: octets or lines of one attempt's output. */
#include "engine/engine_inside.h"
#include "engine/log_file.h"
#include "engine/log_index.h"
#include "engine/log_lines.h"
#include "wire/jsonw.h"

enum { OCTETS = 256 << 10, OCTETS_MOST = 4 << 20, LINES = 500, LINES_MOST = 10000,
       BACK_OCTETS = 1 << 20 };

/* Which attempt, and whether it still writes. */
struct which {
	int attempt;
	bool ended;
	bool removed;			/* by retention */
};

static bool choose(struct engine *e, const struct engine_log_query *q, struct which *out,
		   struct err *err)
{
	const struct live_run *run = engine_live(e, q->run);
	struct machine *loaded = NULL;
	int64_t num = run ? 0 : journal_find(e->journal, q->run);
	if (num)
		loaded = journal_load(e->journal, num, err);
	const struct machine *m = run ? run->m : loaded;
	if (!m)
		return err_set(err, ERR_NOT_FOUND, "there is no run %.*s", (int)q->run.len,
			       q->run.ptr);
	const struct machine_task *t = machine_task(m, q->task);
	bool past = t && q->attempt > 1 && q->attempt > t->attempt;
	if (past)
		err_set(err, ERR_NOT_FOUND, "task %.*s has had %d attempts", (int)q->task.len,
			q->task.ptr, t->attempt);
	if (t) {
		const struct machine_attempt *last = machine_attempt(t);
		out->attempt = q->attempt ? q->attempt : t->attempt;
		bool runs = last && last->number == out->attempt && last->status == TASK_RUNNING;
		bool to_come = out->attempt == 0 && task_status_is_open(t->status);
		out->ended = !runs && !to_come;
		out->removed = num && out->attempt > 0 && !journal_has_files(e->journal, num);
	}
	machine_free(loaded);
	return t ? !past : err_set(err, ERR_NOT_FOUND, "there is no task %.*s", (int)q->task.len,
			    q->task.ptr);
}

/* ---- octets ------------------------------------------------------------------------- */

static int64_t clip(int64_t wanted, int64_t fallback, int64_t most)
{
	if (wanted <= 0)
		return fallback;
	return wanted < most ? wanted : most;
}

static bool read_stream(const struct log_file *f, int stream, const struct engine_log_query *q,
			struct str *out)
{
	int64_t size = log_size(f, stream), left = clip(q->limit, OCTETS, OCTETS_MOST);
	int64_t from = q->offset < 0 ? size + q->offset : q->offset;
	from = from < 0 ? 0 : from;
	log_read(f, stream, from, left, out);
	return from + left < size;
}

/* From `offset` of the octets of all wanted streams in their order. */
static bool read_octets(const struct log_file *f, const struct engine_log_query *q, bool ended,
			struct str *out)
{
	struct log_place place = {0};
	struct log_record r;
	int64_t skip = q->offset, left = clip(q->limit, OCTETS, OCTETS_MOST);
	if (skip < 0) {
		struct log_place end = log_end(f);
		int64_t total = (q->streams & ENGINE_STDOUT ? end.at[LOG_OUT] : 0) +
				(q->streams & ENGINE_STDERR ? end.at[LOG_ERR] : 0);
		skip = total + skip > 0 ? total + skip : 0;
	}
	skip = log_skip(f, &place, q->streams, skip);
	while (left > 0 && log_record_at(f, &place, ended, &r)) {
		bool wanted = r.stream >= 0 && (q->streams >> r.stream & 1);
		int64_t from = wanted && skip < r.length ? skip : r.length;
		int64_t n = r.length - from < left ? r.length - from : left;
		if (wanted) {
			skip -= from;
			log_read(f, r.stream, place.at[r.stream] + from, n, out);
			left -= n;
		}
		if (wanted && from + n < r.length)
			return true;
		if (r.stream >= 0)
			place.at[r.stream] += r.length;
		place.record++;
	}
	return log_record_at(f, &place, ended, &r);
}

/* ---- lines ----------------------------------------------------------------------------- */

static void write_cursor(struct jsonw *w, const char *key, const struct log_place *place)
{
	struct str text = {0};
	log_place_write(place, &text);
	jsonw_text(w, key, view_of_str(&text));
	str_release(&text);
}

static void write_line(struct jsonw *w, const struct log_line *line)
{
	static const char *const words[LOG_FILES] = { "stdout", "stderr", "note" };
	jsonw_object(w, NULL);
	jsonw_time(w, "at", line->at_ms);
	jsonw_string(w, "stream", words[line->stream]);
	jsonw_text(w, "text", line->text);
	jsonw_bool(w, "partial", line->partial);
	jsonw_end_object(w);
}

/* Then a number: a line that is still to be found; then, where it was begun to count on from a
 * place before it, how many lines it is further on, and that place. */
static const char seek_cursor[] = "line.";

struct shown {
	size_t first;			/* of the page's lines */
	int64_t line;			/* the number of the first; 0: not asked for */
	struct view next;		/* empty: the page's place */
	struct log_place prev;
	bool has_prev;
	enum engine_log_state state;
};

static const char *state_word(enum engine_log_state state)
{
	static const char *const words[] = {
		[ENGINE_LOG_FOLLOWING] = "following", [ENGINE_LOG_EOF] = "eof",
		[ENGINE_LOG_MORE] = "more",
	};
	return words[state];
}

static void write_page(struct str *out, const struct log_page *page, const struct shown *shown)
{
	struct jsonw w;
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "lines");
	for (size_t i = shown->first; i < page->lines.len; i++)
		write_line(&w, &page->lines.items[i]);
	jsonw_end_array(&w);
	if (shown->next.len)
		jsonw_text(&w, "next", shown->next);
	else
		write_cursor(&w, "next", &page->place);
	if (shown->has_prev)
		write_cursor(&w, "prev", &shown->prev);
	else
		jsonw_null(&w, "prev");
	if (shown->line)
		jsonw_int(&w, "line", shown->line);
	jsonw_string(&w, "state", state_word(shown->state));
	jsonw_end_object(&w);
}

static enum engine_log_state state_of(const struct log_page *page, bool ended)
{
	if (page->more)
		return ENGINE_LOG_MORE;
	return ended ? ENGINE_LOG_EOF : ENGINE_LOG_FOLLOWING;
}

/* A question for lines, and what it is asked of. */
struct reading {
	struct engine *e;
	const struct attempt_name *name;
	const struct log_file *f;
	const struct engine_log_query *q;
	struct log_wish wish;
	struct str *out;
	enum engine_log_state *state;
};

/* So far nobody knows where it stands, or it lies behind what the page could pass over
 * (MORE), or it is not written yet (FOLLOWING). */
static void write_not_yet(struct reading *r, int64_t line, const struct log_page *passed,
			  enum engine_log_state state)
{
	const struct log_page none = {0};
	struct str cursor = {0};
	str_addf(&cursor, "%s%lld", seek_cursor, (long long)line);
	if (passed) {
		str_addf(&cursor, ".%lld.", (long long)passed->left_to_skip);
		log_place_write(&passed->place, &cursor);
	}
	write_page(r->out, &none,
		   &(struct shown){ .next = view_of_str(&cursor), .state = state, .line = line });
	*r->state = state;
	str_release(&cursor);
}

static void read_forward(struct reading *r, struct log_place from, int64_t line)
{
	struct log_page page = {0};
	log_read_lines(r->f, from, &r->wish, &page);
	if (page.more && page.left_to_skip) {
		write_not_yet(r, line, &page, ENGINE_LOG_MORE);
		log_page_release(&page);
		return;
	}
	struct shown shown = { .prev = page.begin,
			       .has_prev = page.begin.record || page.begin.inside,
			       .state = state_of(&page, r->wish.ended), .line = line };
	write_page(r->out, &page, &shown);
	*r->state = shown.state;
	log_page_release(&page);
}

/* From line number `line` of the wanted streams on. */
static void read_from_line(struct reading *r, int64_t line)
{
	struct log_index *ix = log_indexes_of(r->e->log_indexes, r->name);
	const struct log_seek seek = { line, r->wish.streams, r->wish.ended };
	struct log_mark mark;
	enum log_found found = log_index_find(ix, r->f, &seek, &mark, &r->wish.skip);
	if (found == LOG_NOT_YET)
		write_not_yet(r, line, NULL, ENGINE_LOG_MORE);
	else if (found == LOG_BEYOND && !r->wish.ended)
		write_not_yet(r, line, NULL, ENGINE_LOG_FOLLOWING);
	else
		read_forward(r, mark.place, line);
}

/* So many lines before the end. */
static struct log_place before_end(const struct reading *r, int64_t lines)
{
	struct log_page page = {0};
	struct log_place place = log_end(r->f);
	struct log_wish all = { .streams = r->wish.streams, .ended = r->wish.ended };
	const struct log_span span = { lines, BACK_OCTETS, all.streams };
	log_go_back(r->f, &place, &span);
	log_read_lines(r->f, place, &all, &page);
	if (page.lines.len > (size_t)lines)
		place = page.lines.items[page.lines.len - (size_t)lines - 1].after;
	log_page_release(&page);
	return place;
}

/* The lines that end before `from`, the last of them shown. */
static void read_backward(struct reading *r, struct log_place from, bool at_end)
{
	struct log_page page = {0};
	struct log_place begin = from;
	struct log_wish wish = r->wish;
	const struct log_span span = { (int64_t)wish.most, BACK_OCTETS, wish.streams };
	bool picks = wish.search.len || wish.level > SEVERITY_NONE;
	wish.until = at_end ? NULL : &from;
	bool more = picks ? log_search_back(r->f, &begin, &wish, &page) :
			    log_read_back(r->f, &begin, &span, &wish, &page);
	struct shown shown = { .prev = begin, .has_prev = more };
	if (page.lines.len > r->wish.most) {
		shown.first = page.lines.len - r->wish.most;
		shown.prev = page.lines.items[shown.first - 1].after;
		shown.has_prev = true;
	}
	shown.state = shown.has_prev ? ENGINE_LOG_MORE : ENGINE_LOG_EOF;
	write_page(r->out, &page, &shown);
	*r->state = r->wish.ended ? ENGINE_LOG_EOF : ENGINE_LOG_FOLLOWING;
	log_page_release(&page);
}

static bool read_seek(struct reading *r, struct view text, int64_t *line, struct log_place *from)
{
	struct view part;
	text = view_cut(text, sizeof seek_cursor - 1, text.len);
	view_split(&text, '.', &part);
	if (!number_parse(part, 1, INT64_MAX / 2, line))
		return false;
	return !text.len || (view_split(&text, '.', &part) &&
			     number_parse(part, 1, INT64_MAX / 2, &r->wish.skip) &&
			     log_place_read(text, from));
}

/* Where it begins: a line's number, if it begins there; a place, if it begins there or the
 * line is so many further on. */
static bool read_cursor(struct reading *r, int64_t *line, struct log_place *from, struct err *err)
{
	const struct engine_log_query *q = r->q;
	*line = q->line;
	bool good = true;
	if (view_is(q->cursor, "end"))
		*from = log_end(r->f);
	else if (view_starts(q->cursor, seek_cursor))
		good = read_seek(r, q->cursor, line, from);
	else if (q->cursor.len)
		good = log_place_read(q->cursor, from);
	else if (q->tail)
		*from = before_end(r, q->tail);
	return good || err_set(err, ERR_USAGE, "cursor: it is none of this log");
}

static bool read_lines(struct reading *r, struct err *err)
{
	struct log_place from = {0};
	int64_t line;
	bool at_end = view_is(r->q->cursor, "end");
	if (r->q->level.len && !severity_parse(r->q->level, &r->wish.level))
		return err_set(err, ERR_USAGE, "level: debug, info, warn or error");
	if (!read_cursor(r, &line, &from, err))
		return false;
	for (int i = 0; at_end && !r->q->backward && i < LOG_FILES; i++)
		from.line[i] = from.at[i];
	if (line && !r->wish.skip)
		read_from_line(r, line);
	else if (r->q->backward)
		read_backward(r, from, at_end);
	else
		read_forward(r, from, line);
	return true;
}

bool engine_log(struct engine *e, const struct engine_log_query *asked, struct str *out,
		enum engine_log_state *state, struct err *err)
{
	struct engine_log_query q = *asked;
	struct which which = {0};
	struct log_file f;
	if (!choose(e, &q, &which, err))
		return false;
	q.streams = q.streams ? q.streams : ENGINE_STDOUT | ENGINE_STDERR;
	struct attempt_name name = { q.run, q.task, which.attempt };
	bool found = log_file_open(&f, e->state, &name);
	if (!found && which.removed)
		return err_set(err, ERR_NOT_FOUND, "the logs of this run were removed (retention)");
	if (!found)
		f = log_file_none();
	bool ok = true;
	if (q.lines) {
		struct reading r = {
			.e = e, .name = &name, .f = &f, .q = &q, .out = out, .state = state,
			.wish = { .streams = q.streams, .ended = which.ended, .search = q.search,
				  .exact = q.exact,
				  .most = (size_t)clip(q.limit, LINES, LINES_MOST) },
		};
		ok = read_lines(&r, err);
	} else {
		bool both = q.streams == (ENGINE_STDOUT | ENGINE_STDERR);
		int stream = q.streams == ENGINE_STDOUT ? LOG_OUT :
			     q.streams == ENGINE_STDERR ? LOG_ERR : LOG_NOTE;
		bool more = both ? read_octets(&f, &q, which.ended, out) :
				   read_stream(&f, stream, &q, out);
		*state = which.ended ? ENGINE_LOG_EOF : ENGINE_LOG_FOLLOWING;
		*state = more ? ENGINE_LOG_MORE : *state;
	}
	log_file_close(&f);
	return ok;
}
