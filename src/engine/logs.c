/* Logs for the API: octets or lines of one attempt's output. */
#include "engine/engine_inside.h"
#include "engine/log_file.h"
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

struct shown {
	size_t first;			/* of the page's lines */
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
	write_cursor(&w, "next", &page->place);
	if (shown->has_prev)
		write_cursor(&w, "prev", &shown->prev);
	else
		jsonw_null(&w, "prev");
	jsonw_string(&w, "state", state_word(shown->state));
	jsonw_end_object(&w);
}

static enum engine_log_state state_of(const struct log_page *page, bool ended)
{
	if (page->more)
		return ENGINE_LOG_MORE;
	return ended ? ENGINE_LOG_EOF : ENGINE_LOG_FOLLOWING;
}

static void read_forward(const struct log_file *f, struct log_place from, struct log_wish *wish,
			 struct str *out, enum engine_log_state *state)
{
	struct log_page page = {0};
	log_read_lines(f, from, wish, &page);
	struct shown shown = { .prev = from, .has_prev = from.record || from.inside,
			       .state = state_of(&page, wish->ended) };
	write_page(out, &page, &shown);
	*state = shown.state;
	log_page_release(&page);
}

/* The lines that end before `from`: from further back forward to it, the last of
 * them shown. `next` leads on from where the reader came. */
static void read_backward(const struct log_file *f, struct log_place from, bool at_end,
			  struct log_wish *wish, struct str *out)
{
	struct log_page page = {0};
	struct log_place begin = from;
	size_t most = wish->most;
	const struct log_span span = { (int64_t)most, BACK_OCTETS, wish->streams };
	bool more = log_go_back(f, &begin, &span);
	wish->most = 0;
	wish->until = at_end ? NULL : &from;
	log_read_lines(f, begin, wish, &page);
	struct shown shown = { .prev = begin, .has_prev = more };
	if (page.lines.len > most) {
		shown.first = page.lines.len - most;
		shown.prev = page.lines.items[shown.first - 1].after;
		shown.has_prev = true;
	}
	shown.state = shown.has_prev ? ENGINE_LOG_MORE : ENGINE_LOG_EOF;
	write_page(out, &page, &shown);
	log_page_release(&page);
}

static bool read_lines(const struct log_file *f, const struct engine_log_query *q, bool ended,
		       struct str *out, enum engine_log_state *state, struct err *err)
{
	struct log_wish wish = {
		.streams = q->streams, .most = (size_t)clip(q->limit, LINES, LINES_MOST),
		.ended = ended, .search = q->search,
	};
	struct log_place from = {0};
	bool at_end = view_is(q->cursor, "end");
	if (q->level.len && !severity_parse(q->level, &wish.level))
		return err_set(err, ERR_USAGE, "level: debug, info, warn or error");
	if (at_end)
		from = log_end(f);
	else if (q->cursor.len && !log_place_read(q->cursor, &from))
		return err_set(err, ERR_USAGE, "cursor: it is none of this log");
	if (q->backward) {
		read_backward(f, from, at_end, &wish, out);
		*state = ended ? ENGINE_LOG_EOF : ENGINE_LOG_FOLLOWING;
		return true;
	}
	for (int i = 0; at_end && i < LOG_FILES; i++)
		from.line[i] = from.at[i];
	read_forward(f, from, &wish, out, state);
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
		ok = read_lines(&f, &q, which.ended, out, state, err);
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
