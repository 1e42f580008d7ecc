/* The log pane: keeping lines, what of them is shown, and following. Searching
 * stands in logpane_search.c, keys in logpane_keys.c. */
#include "model/logpane.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "model/logpane_parts.h"
#include "model/model.h"

enum { MARK_ROWS = 500, CONTINUES_ROWS = 1000 };

void logpane_init(struct logpane *p)
{
	*p = (struct logpane){ .follow = true, .streams = LOG_STREAM_BOTH };
}

static void rows_clear(struct logpane *p)
{
	for (size_t i = 0; i < p->rows.len; i++)
		mem_free(p->rows.items[i].text);
	for (size_t i = 0; i < p->marks.len; i++)
		mem_free(p->marks.items[i].cursor);
	vec_clear(&p->rows);
	vec_clear(&p->shown);
	vec_clear(&p->marks);
	str_clear(&p->before);
	p->bytes = 0;
}

void logpane_release(struct logpane *p)
{
	rows_clear(p);
	vec_release(&p->rows);
	vec_release(&p->shown);
	vec_release(&p->marks);
	str_release(&p->before);
	str_release(&p->task);
	str_release(&p->ended);
	str_release(&p->needle);
	lineedit_release(&p->line);
}

void logpane_close(struct logpane *p, struct effects *fx)
{
	if (p->request)
		effects_add(fx, (struct effect){ .kind = EFFECT_LOG_CLOSE, .request = p->request });
	p->request = 0;
}

static bool is_open(const struct logpane *p, const struct log_source *source)
{
	/* One that broke off is opened anew. */
	return p->request && p->ended.len == 0 && run_key_eq(p->key, source->key) &&
	       p->attempt == source->attempt && view_eq(view_of_str(&p->task), source->task);
}

static void open_at(struct model *m, struct logpane *p, enum logpane_end where, struct effects *fx)
{
	struct effect e = { .kind = EFFECT_LOG_OPEN, .key = p->key };
	str_clear(&p->ended);
	p->at_start = p->older_asked = p->newer_asked = p->cut = false;
	p->more_below = where == LOGPANE_FIRST;
	p->follow = !p->more_below;
	p->top = 0;
	p->sideways = 0;
	p->state = LOG_MORE;
	p->has_match = false;
	p->matches = p->match_number = 0;
	p->quest = LOG_QUEST_NONE;
	e.request = p->request = model_request(m);
	e.log = (struct effect_log){ .task = view_of_str(&p->task), .attempt = p->attempt,
				     .streams = LOG_STREAM_BOTH, .follow = true,
				     .from_start = p->more_below };
	effects_add(fx, e);
}

void logpane_open(struct model *m, struct logpane *p, const struct log_source *source,
		  struct effects *fx)
{
	if (is_open(p, source))
		return;
	logpane_close(p, fx);
	rows_clear(p);
	/* What is searched goes along from task to task, not to another run. */
	if (!run_key_eq(p->key, source->key))
		str_clear(&p->needle);
	p->key = source->key;
	str_clear(&p->task);
	str_add(&p->task, source->task);
	p->attempt = source->attempt;
	open_at(m, p, LOGPANE_LAST, fx);
}

void logpane_jump(struct model *m, struct logpane *p, enum logpane_end to, struct effects *fx)
{
	logpane_close(p, fx);
	rows_clear(p);
	open_at(m, p, to, fx);
}

/* ---- what is shown ----------------------------------------------------------- */

static bool passes(const struct logpane *p, const struct log_row *row)
{
	bool note = row->stream == LOG_STREAM_NOTE && p->streams == LOG_STREAM_BOTH;
	return ((p->streams & row->stream) || note) && severity_passes(row->severity, p->level);
}

void logpane_select(struct logpane *p)
{
	size_t anchor = p->top < p->shown.len ? p->shown.items[p->top] : 0;
	vec_clear(&p->shown);
	p->top = 0;
	for (size_t i = 0; i < p->rows.len; i++) {
		if (!passes(p, &p->rows.items[i]))
			continue;
		if (i <= anchor)
			p->top = p->shown.len;
		vec_push(&p->shown, (uint32_t)i);
	}
	logpane_count_matches(p);
}

const struct log_row *logpane_row(const struct logpane *p, size_t shown)
{
	return &p->rows.items[p->shown.items[shown]];
}

/* ---- lines come --------------------------------------------------------------- */

static struct clean_style style_after(const struct log_row *row)
{
	struct clean_style style = row->style;
	if (!row->len || !memchr(row->text, '\033', row->len))
		return style;
	struct clean_line line = {0};
	clean_log_line(view_bytes(row->text, row->len), &style, &line);
	clean_line_release(&line);
	return style;
}

/* The last of the same stream: the other one may have come in between. */
static const struct log_row *last_of_stream(const struct log_row *rows, size_t n, uint8_t stream)
{
	size_t least = n > CONTINUES_ROWS ? n - CONTINUES_ROWS : 0;
	while (n > least && rows[n - 1].stream != stream)
		n--;
	return n > least ? &rows[n - 1] : NULL;
}

/* To be put behind the n rows. */
static struct log_row row_of(const struct log_line_facts *line, const struct log_row *rows,
			     size_t n)
{
	const struct log_row *before = n ? &rows[n - 1] : NULL;
	struct log_row row = {
		.at_ms = line->at_ms,
		.text = mem_bytes(line->text.ptr, line->text.len),
		.len = (uint32_t)line->text.len,
		.stream = (uint8_t)line->stream,
		.severity = (uint8_t)severity_of_line(line->text),
		.partial = line->partial,
		.style = before ? style_after(before) : clean_style_plain(),
	};
	if (row.severity == SEVERITY_NONE && severity_continues(line->text) &&
	    (before = last_of_stream(rows, n, row.stream)) != NULL)
		row.severity = before->severity;
	return row;
}

/* The rest of a line whose begin came before its newline. */
static bool joins(struct logpane *p, const struct log_line_facts *line)
{
	if (p->rows.len == 0)
		return false;
	struct log_row *last = &p->rows.items[p->rows.len - 1];
	if (!last->partial || last->stream != (uint8_t)line->stream)
		return false;
	last->text = mem_grow(last->text, last->len + line->text.len + 1);
	if (line->text.len)
		memcpy(last->text + last->len, line->text.ptr, line->text.len);
	last->len += (uint32_t)line->text.len;
	last->partial = line->partial;
	p->bytes += line->text.len;
	return true;
}

static void append(struct logpane *p, const struct log_line_facts *line)
{
	if (joins(p, line))
		return;
	struct log_row row = row_of(line, p->rows.items, p->rows.len);
	p->bytes += row.len;
	vec_push(&p->rows, row);
	if (passes(p, &row)) {
		vec_push(&p->shown, (uint32_t)(p->rows.len - 1));
		logpane_count_line(p, p->shown.len - 1);
	}
}

/* The cursor in front of what is put next is kept, if it is some way from the last. */
static void keep_mark(struct logpane *p, struct view cursor)
{
	size_t n = p->marks.len, row = p->rows.len;
	if (!cursor.len || (n && row < p->marks.items[n - 1].row + MARK_ROWS))
		return;
	struct logpane_mark mark = { row, mem_bytes(cursor.ptr, cursor.len) };
	vec_push(&p->marks, mark);
}

/* So many rows go from the begin, or some more, up to a mark: how many. Its cursor leads
 * back to them. */
static size_t drop_marks(struct logpane *p, size_t drop)
{
	size_t n = 0;
	while (n < p->marks.len && p->marks.items[n].row < drop)
		mem_free(p->marks.items[n++].cursor);
	str_clear(&p->before);
	if (n < p->marks.len) {
		drop = p->marks.items[n].row;
		str_add_text(&p->before, p->marks.items[n].cursor);
	}
	p->marks.len -= n;
	for (size_t i = 0; i < p->marks.len; i++) {
		p->marks.items[i] = p->marks.items[i + n];
		p->marks.items[i].row -= drop;
	}
	return drop;
}

/* Drops a good part of the oldest at once, so that it is done rarely. */
static void cap(struct logpane *p)
{
	if (p->rows.len <= LOGPANE_LINES_MAX && p->bytes <= LOGPANE_BYTES_MAX)
		return;
	size_t drop = drop_marks(p, p->rows.len / 4 + 1);
	size_t at = p->top < p->shown.len ? p->shown.items[p->top] : 0;
	for (size_t i = 0; i < drop; i++) {
		p->bytes -= p->rows.items[i].len;
		mem_free(p->rows.items[i].text);
	}
	p->rows.len -= drop;
	for (size_t i = 0; i < p->rows.len; i++)
		p->rows.items[i] = p->rows.items[i + drop];
	/* What was looked at keeps its place. */
	size_t keep = at > drop ? at - drop : 0;
	vec_clear(&p->shown);
	vec_push(&p->shown, (uint32_t)keep);
	p->top = 0;
	p->cut = true;
	p->at_start = p->before.len == 0;	/* then nothing leads back to what was there */
	logpane_select(p);
}

static void prepend(struct logpane *p, const struct msg_log *log)
{
	size_t n = log->len, old = p->rows.len;
	size_t anchor = p->top < p->shown.len ? p->shown.items[p->top] : 0;
	p->older_asked = false;
	p->at_start = log->at_start;
	if (n == 0 || old + n > LOGPANE_LINES_MAX)
		return;
	for (size_t i = 0; i < n; i++)
		vec_push(&p->rows, (struct log_row){ 0 });
	for (size_t i = old; i-- > 0;)
		p->rows.items[i + n] = p->rows.items[i];
	for (size_t i = 0; i < n; i++) {
		p->rows.items[i] = row_of(&log->lines[i], p->rows.items, i);
		p->rows.items[i].partial = false;
		p->bytes += p->rows.items[i].len;
	}
	for (size_t i = 0; i < p->marks.len; i++)
		p->marks.items[i].row += n;
	vec_clear(&p->shown);
	vec_push(&p->shown, (uint32_t)(anchor + n));
	p->top = 0;
	logpane_select(p);
}

static void window_arrives(struct logpane *p, const struct msg_log *log)
{
	rows_clear(p);
	for (size_t i = 0; i < log->len; i++)
		append(p, &log->lines[i]);
	p->at_start = log->at_start;
	p->state = log->state;
	p->cut = p->older_asked = false;
	p->more_below = p->newer_asked = true;	/* what is behind it is on its way */
	p->sideways = 0;
	logpane_count_matches(p);
	logpane_found(p);
}

static void lines_arrive(struct logpane *p, const struct msg_log *log)
{
	if (log->older) {
		prepend(p, log);
		return;
	}
	if (log->window) {
		window_arrives(p, log);
		return;
	}
	if (log->state == LOG_RESET)
		rows_clear(p);
	if (p->rows.len == 0)
		p->at_start = log->at_start;
	if (log->len)
		keep_mark(p, log->begin);
	for (size_t i = 0; i < log->len; i++)
		append(p, &log->lines[i]);
	p->state = log->state;
	p->newer_asked = false;
	p->more_below = p->more_below && log->state == LOG_MORE;
	cap(p);
	if (p->follow && p->shown.len)
		p->top = p->shown.len - 1;
}

void logpane_arrive(struct model *m, struct logpane *p, const struct msg *msg)
{
	if (!p->request || msg->request != p->request)
		return;
	if (msg->kind == MSG_LOG) {
		lines_arrive(p, &msg->log);
	} else if (msg->kind == MSG_SEARCHED) {
		logpane_not_found(m, p, &msg->done);
	} else if (msg->kind == MSG_DONE) {
		p->state = LOG_EOF;
		str_clear(&p->ended);
		if (msg->done.outcome != OUTCOME_OK)
			str_add(&p->ended, msg->done.text);
	}
}

/* ---- places -------------------------------------------------------------------- */

int logpane_margin(const struct logpane *p)
{
	return LOGPANE_MARK_CELLS + (p->stamps ? LOGPANE_STAMP_CELLS : 0);
}

int logpane_row_width(const struct log_row *row)
{
	struct clean_style style = row->style;
	struct clean_line line = {0};
	clean_log_line(view_bytes(row->text, row->len), &style, &line);
	int width = utf8_width(view_of_str(&line.text));
	clean_line_release(&line);
	return width;
}

int logpane_row_height(const struct logpane *p, const struct log_row *row, int cols)
{
	if (!p->wrap || cols < 1)
		return 1;
	int width = logpane_row_width(row);
	return width <= cols ? 1 : (width + cols - 1) / cols;
}

size_t logpane_first(const struct logpane *p, int rows, int cols)
{
	if (!p->follow)
		return p->top < p->shown.len ? p->top : 0;
	size_t first = p->shown.len;
	int left = rows;
	while (first > 0) {
		int height = logpane_row_height(p, logpane_row(p, first - 1), cols);
		if (height > left)
			break;
		left -= height;
		first--;
	}
	/* A last line taller than the pane is shown from its begin. */
	return first == p->shown.len && first > 0 ? first - 1 : first;
}

static void add_matches(const struct logpane *p, struct str *s)
{
	bool none = p->state == LOG_EOF && p->rows.len == 0;
	bool whole = none || (p->at_start && !p->more_below);
	if (p->quest != LOG_QUEST_NONE)
		str_add_text(s, "  searching ... Esc stops");
	else if (p->needle.len && p->matches)
		str_addf(s, "  %zu/%zu%s", p->match_number, p->matches, whole ? "" : "+");
	else if (p->needle.len)
		str_add_text(s, whole ? "  no match" : "  no match here");
}

void logpane_add_state(const struct logpane *p, struct str *s)
{
	static const char *const streams[] = { [0] = "none",
					       [LOG_STREAM_STDOUT] = "stdout",
					       [LOG_STREAM_STDERR] = "stderr",
					       [LOG_STREAM_BOTH] = "both" };
	bool ended = p->state == LOG_EOF || p->state == LOG_TRUNCATED;
	str_add_text(s, p->follow ? (ended ? "end" : "following") : "scrolled");
	str_addf(s, "  %s", streams[p->streams]);
	if (p->level > SEVERITY_NONE)
		str_addf(s, "  %s+", severity_name(p->level));
	if (p->wrap)
		str_add_text(s, "  wrap");
	if (p->sideways > 0)
		str_addf(s, "  column %d", p->sideways + 1);
	add_matches(p, s);
	if (p->more_below)
		str_add_text(s, "  more below");
	if (p->cut)
		str_add_text(s, "  old lines left out");
}
