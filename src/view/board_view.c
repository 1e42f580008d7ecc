/* The lanes: header with count, a rule, cards, and how many more there are. */
#include "base/utf8.h"
#include "model/board_layout.h"
#include "model/board_screen.h"
#include "model/model.h"
#include "view/card_view.h"
#include "view/preview_view.h"
#include "view/screens.h"

enum { TAB_GAP = 2 };

static void put_rule(struct pen *p, int row, struct rect r, bool focused)
{
	enum style_role role = focused ? STYLE_LANE_FOCUS : STYLE_BORDER;

	for (int i = 0; i < r.cols; i++)
		canvas_glyph(p->canvas, row, r.col + i, role, focused ? "━" : "─",
			     focused ? "=" : "-");
}

/* Appends it; also of those that are not on the board: "120", "9000", "200+". */
static void add_count(struct pen *p, int lane)
{
	bool more;
	size_t count = board_count(p->m->cards, lane) + model_beyond(p->m, lane, &more);

	str_addf(&p->text, "%zu%s", count, more ? "+" : "");
}

static void put_header(struct pen *p, struct rect r, int lane)
{
	const struct lane_state *l = &p->m->board.lanes[lane];
	size_t count = board_count(p->m->cards, lane);
	bool focused = p->m->board.focus == lane;
	enum style_role role = focused ? STYLE_LANE_FOCUS : STYLE_LANE;
	int end = r.col + r.cols, col = r.col + 1;

	canvas_fill(p->canvas, (struct rect){ r.row, r.col, 1, r.cols }, role);
	if (focused && count > 0 && r.cols >= 24) {
		str_addf(pen_text(p), "%zu/", l->index + 1);
		add_count(p, lane);
		end = pen_put_right(p, r.row, col, end, role) - 1;
	}
	if (l->fresh > 0) {
		str_addf(pen_text(p), "+%u", l->fresh);
		end = pen_put_right(p, r.row, col, end, STYLE_BADGE) - 1;
	}
	str_addf(pen_text(p), "%s ", board_lane_title(lane));
	add_count(p, lane);
	pen_put(p, r.row, col, end - col, role);
	put_rule(p, r.row + 1, r, focused);
}

static void put_folded(struct pen *p, struct rect r, int lane)
{
	bool focused = p->m->board.focus == lane;
	const char *title = board_lane_title(lane);

	pen_text(p);
	add_count(p, lane);
	pen_put(p, r.row, r.col, r.cols, focused ? STYLE_LANE_FOCUS : STYLE_LANE);
	put_rule(p, r.row + 1, r, focused);
	for (int i = 0; title[i] && i + 2 < r.rows; i++)
		canvas_text(p->canvas, r.row + 2 + i, r.col + 1, 1, STYLE_DIM,
			    view_bytes(title + i, 1));
}

static bool is_stale(const struct model *m, uint16_t context)
{
	return context < m->n_contexts && m->contexts[context].condition != CONDITION_LIVE;
}

static void put_card(struct pen *p, struct rect r, int lane, struct run_key key)
{
	const struct board_state *b = &p->m->board;
	struct run_facts run;
	struct card card = {
		.run = &run,
		.selected = run_key_eq(key, b->lanes[lane].selected) && b->focus == lane,
		.focused = b->focus == lane,
		.marked = board_is_marked(b, key),
	};

	if (!store_facts(p->m->store, key, &run, &p->arena))
		return;
	card.stale = is_stale(p->m, run.context);
	view_card(p, r, &card);
	arena_clear(&p->arena);
}

static void put_lane(struct pen *p, struct rect r, int lane, const struct board_layout *layout)
{
	size_t at = p->m->board.lanes[lane].top, count = board_count(p->m->cards, lane);

	put_header(p, r, lane);
	rect_take_top(&r, LANE_HEADER_ROWS);
	for (int i = 0; i < layout->cards && at < count; i++, at++) {
		struct rect card = rect_take_top(&r, layout->card_lines);

		put_card(p, card, lane, board_at(p->m->cards, lane, at));
		rect_take_top(&r, layout->card_pitch - layout->card_lines);
	}
	bool more;
	size_t beyond = model_beyond(p->m, lane, &more);

	if (at < count)
		str_addf(pen_text(p), "%s%zu%s more", p->canvas->unicode ? "↓ " : "v ",
			 count - at + beyond, more ? "+" : "");
	else if (beyond > 0)
		str_addf(pen_text(p), "%zu%s more: H", beyond, more ? "+" : "");
	else if (more)
		str_add_text(pen_text(p), "more: H");
	else
		return;
	pen_put(p, layout->more_row, r.col + 3, r.cols - 3, STYLE_DIM);
}

/* "2 Running 5", "2 Runn 5" or "2 R 5". */
static void add_tab(struct pen *p, int lane, int letters)
{
	const char *title = board_lane_title(lane);

	str_addf(pen_text(p), "%d %.*s ", board_lane_number(lane), letters, title);
	add_count(p, lane);
}

static int letters_of(const struct pen *p, int lane, int letters)
{
	return lane == p->m->board.focus ? (int)strlen(board_lane_title(lane)) : letters;
}

static int tabs_width(struct pen *p, int letters)
{
	int width = 0;

	for (int lane = 0; lane < BOARD_LANES; lane++) {
		if (!p->m->board.lanes[lane].shown)
			continue;
		add_tab(p, lane, letters_of(p, lane, letters));
		width += utf8_width(view_of_str(&p->text)) + TAB_GAP;
	}
	return width;
}

/* One lane does not say what stands in the others: the tabs do, in as many letters as
 * leave room for every count. */
static void put_tabs(struct pen *p, struct rect r)
{
	static const int lengths[] = { 12, 4, 1 };
	size_t length = 0;
	int col = r.col + 1;

	while (length < 2 && tabs_width(p, lengths[length]) > r.cols)
		length++;
	for (int i = 0; i < BOARD_LANES && col < r.cols; i++) {
		int lane = board_lane_order[i];

		if (!p->m->board.lanes[lane].shown)
			continue;
		add_tab(p, lane, letters_of(p, lane, lengths[length]));
		col += pen_put(p, r.row, col, r.cols - col,
			       lane == p->m->board.focus ? STYLE_LANE_FOCUS : STYLE_DIM) + TAB_GAP;
	}
}

static void put_filter(struct pen *p, struct rect r)
{
	const struct board_state *b = &p->m->board;
	struct str *s = pen_text(p);
	int end = r.col + r.cols - 1;

	if (b->filter_error.len > 0)
		str_add(s, view_of_str(&b->filter_error));
	else
		str_addf(s, "%zu of %zu%s", board_total(p->m->cards), store_count(p->m->store),
			 b->typing ? "" : p->canvas->unicode ? " · Esc clears" : " - Esc clears");
	end = pen_put_right(p, r.row, r.col + r.cols / 3, end,
			    b->filter_error.len > 0 ? STYLE_ERROR : STYLE_DIM);
	canvas_words(p->canvas, r.row, r.col + 1, 1, STYLE_KEY, "/");
	pen_field_line(p, (struct rect){ r.row, r.col + 3, 1, end - r.col - 4 }, &b->line,
		       b->typing);
}

static bool has_cards_shown(const struct model *m)
{
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		if (m->board.lanes[lane].shown && board_count(m->cards, lane) > 0)
			return true;
	}
	return false;
}

/* All that there is lies in lanes that are not shown. */
static void put_unseen(struct pen *p, struct rect r)
{
	struct str s = { 0 };

	for (int lane = 0; lane < BOARD_LANES; lane++) {
		size_t count = board_count(p->m->cards, lane);
		if (count > 0)
			str_addf(&s, "%s%zu %s", s.len ? ", " : "", count, board_lane_title(lane));
	}
	str_add_text(&s, ": not shown. v shows a lane.");
	pen_empty(p, r, str_text(&s));
	str_release(&s);
}

static void put_nothing(struct pen *p, struct rect r)
{
	const struct model *m = p->m;
	const struct context *c = model_worst(m);

	if (has_cards_shown(m))
		return;
	rect_take_top(&r, LANE_HEADER_ROWS);
	if (board_total(m->cards) > 0)
		put_unseen(p, r);
	else if (m->board.line.text.len > 0)
		pen_empty(p, r, "No runs match. Esc clears the filter.");
	else if (c && c->condition == CONDITION_CONNECTING)
		pen_empty(p, r, "Connecting.");
	else if (c && c->condition == CONDITION_DOWN)
		pen_empty(p, r, "No engine answers. The board fills as soon as it does.");
	else
		pen_empty(p, r, "No runs yet. n starts one.");
}

void view_board(struct pen *p, struct rect r)
{
	struct board_layout layout;

	board_layout_make(p->m, r, &layout);
	if (!rect_is_empty(layout.filter))
		put_filter(p, layout.filter);
	if (!rect_is_empty(layout.tabs))
		put_tabs(p, layout.tabs);
	for (int lane = 0; lane < BOARD_LANES; lane++) {
		if (rect_is_empty(layout.lane[lane]))
			continue;
		if (p->m->board.lanes[lane].folded && layout.lane[lane].cols == LANE_FOLDED_COLS)
			put_folded(p, layout.lane[lane], lane);
		else
			put_lane(p, layout.lane[lane], lane, &layout);
	}
	put_nothing(p, r);
	if (!rect_is_empty(layout.preview))
		view_preview(p, layout.preview, board_selected(p->m));
}
