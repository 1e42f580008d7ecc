/* The log pane on the canvas: only the lines that are visible are cleaned and
 * measured. Text of steps reaches the screen through clean_log_line alone. */
#include "view/logpane_view.h"

#include "base/utf8.h"
#include "base/when.h"

/* A mark in front of each line of stderr, so that the streams can be told apart
 * without colours. */
static int margin(struct pen *p, int row, int col, const struct log_row *line)
{
	if (line->stream == LOG_STREAM_STDERR)
		canvas_glyph(p->canvas, row, col, STYLE_STDERR, "▌", "!");
	if (line->stream == LOG_STREAM_NOTE)
		canvas_glyph(p->canvas, row, col, STYLE_STRONG, "»", "#");
	return LOGPANE_MARK_CELLS;
}

static int stamp(struct pen *p, int row, int col, const struct log_row *line)
{
	struct str *s = pen_text(p);
	if (line->at_ms)
		when_add_clock(s, line->at_ms);
	pen_put(p, row, col, LOGPANE_STAMP_CELLS, STYLE_TIME);
	return LOGPANE_STAMP_CELLS;
}

/* Paints what matches; cells are counted from the begin of the cleaned text. */
static void paint_matches(struct pen *p, const struct logpane *pane, struct rect r,
			  const struct clean_line *line, int skip)
{
	struct view text = view_of_str(&line->text);
	size_t start, end = 0;
	while (logpane_find(pane, text, end, &start, &end)) {
		int from = utf8_width(view_cut(text, 0, start)) - skip;
		int to = utf8_width(view_cut(text, 0, end)) - skip;
		if (from >= r.cols)
			break;
		from = from < 0 ? 0 : from;
		to = to > r.cols ? r.cols : to;
		if (to > from)
			canvas_paint(p->canvas, (struct rect){ r.row, r.col + from, 1, to - from },
				     STYLE_MATCH);
	}
}

static bool is_match(const struct logpane *pane, size_t shown)
{
	return pane->has_match && pane->match == shown;
}

/* One line of the log from row on; returns the rows it took. */
static int draw_line(struct pen *p, struct rect r, const struct logpane *pane, size_t shown)
{
	const struct log_row *row = &pane->rows.items[pane->shown.items[shown]];
	struct clean_style style = row->style;
	struct clean_line line = {0};
	int col = r.col, rows = 0;
	col += margin(p, r.row, col, row);
	if (pane->stamps)
		col += stamp(p, r.row, col, row);
	struct rect text = { r.row, col, 1, r.col + r.cols - col };
	clean_log_line(view_bytes(row->text, row->len), &style, &line);
	int width = utf8_width(view_of_str(&line.text));
	int skip = pane->wrap ? 0 : pane->sideways;
	bool cut = !pane->wrap && text.cols > 1 && width - skip > text.cols;
	do {
		canvas_log(p->canvas, text.row, text.col, text.cols - cut, &line, skip);
		paint_matches(p, pane, text, &line, skip);
		if (is_match(pane, shown))
			canvas_mark(p->canvas, text, CELL_UNDERLINE);
		if (cut)
			canvas_glyph(p->canvas, text.row, text.col + text.cols - 1, STYLE_DIM, "›",
				     ">");
		text.row++;
		rows++;
		skip += text.cols;
	} while (pane->wrap && skip < width && rows < r.rows && text.cols > 0);
	clean_line_release(&line);
	return rows;
}

static void draw_search(struct pen *p, struct rect r, const struct logpane *pane)
{
	canvas_words(p->canvas, r.row, r.col, 1, STYLE_KEY, "/");
	rect_take_left(&r, 1);
	pen_field_line(p, r, &pane->line, pane->typing);
}

static const char *empty_words(const struct logpane *pane)
{
	if (pane->rows.len)
		return "No line passes: b shows both streams, L another level.";
	if (!pane->request)
		return "No task is chosen.";
	if (pane->state == LOG_EOF)
		return "Nothing was printed.";
	return pane->state == LOG_FOLLOWING ? "Nothing has been printed yet." : "Reading ...";
}

void view_logpane(struct pen *p, struct rect r, const struct logpane *pane)
{
	if (pane->typing)
		draw_search(p, rect_take_bottom(&r, 1), pane);
	if (pane->ended.len) {
		struct rect last = rect_take_bottom(&r, 1);
		canvas_text(p->canvas, last.row, last.col, last.cols, STYLE_WARNING,
			    view_of_str(&pane->ended));
	}
	if (pane->shown.len == 0) {
		pen_empty(p, r, empty_words(pane));
		return;
	}
	int cols = r.cols - logpane_margin(pane);
	size_t at = logpane_first(pane, r.rows, cols);
	for (; at < pane->shown.len && r.rows > 0; at++)
		rect_take_top(&r, draw_line(p, r, pane, at));
}
