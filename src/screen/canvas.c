/* The grid of cells: text goes in made safe, cut to its room and never with half
 * a wide character; frames and fills. Knows no terminal and no theme. */
#include "screen/canvas.h"

#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	CELL_BYTES = 20,	/* a base and four marks: no cell holds more */
	CODE_REPLACEMENT = 0xfffd,
	CODE_ELLIPSIS = 0x2026,
};

/* What stands in for our own glyphs where only ASCII may be put. */
static const struct {
	uint32_t code;
	char ascii;
} STAND_INS[] = {
	{ 0xb7, '.' },	  { 0xd7, 'x' },    { 0x2013, '-' }, { 0x2014, '-' }, { 0x2018, '\'' },
	{ 0x2019, '\'' }, { 0x201c, '"' },  { 0x201d, '"' }, { 0x2022, '*' }, { 0x2026, '~' },
	{ 0x2190, '<' },  { 0x2191, '^' },  { 0x2192, '>' }, { 0x2193, 'v' }, { 0x2500, '-' },
	{ 0x2502, '|' },  { 0x2588, '#' },  { 0x2591, '.' },
};

static uint32_t stand_in(uint32_t code)
{
	for (size_t i = 0; i < sizeof(STAND_INS) / sizeof(STAND_INS[0]); i++) {
		if (STAND_INS[i].code == code)
			return (uint32_t)STAND_INS[i].ascii;
	}
	return '?';
}

static bool is_skin_tone(uint32_t code)
{
	return code >= 0x1f3fb && code <= 0x1f3ff;
}

static size_t encode(char *to, uint32_t code)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static struct cell blank_cell(enum style_role role)
{
	return (struct cell){ .width = 1, .role = (uint8_t)role, .fore = -1, .back = -1 };
}

/* One spacing code point as a cell; a blank keeps no bytes. */
static struct cell code_cell(uint32_t code, bool unicode)
{
	struct cell cell = blank_cell(STYLE_PLAIN);
	if (code >= 0x80 && !unicode)
		code = stand_in(code);
	int width = utf8_code_width(code);
	if (code == UTF8_BAD || width < 1) {
		code = unicode ? CODE_REPLACEMENT : '?';
		width = 1;
	}
	cell.width = (uint8_t)(width > 2 ? 2 : width);
	if (code != ' ')
		encode(cell.text, code);
	return cell;
}

/* Walks clean text cell by cell. A cell is what ncurses takes for one: a spacing
 * character with the marks that follow it. */
struct walk {
	struct view text;
	size_t at;		/* next byte */
	size_t grapheme_end;	/* of the grapheme that `at` stands in */
	bool unicode;
};

/* Marks that belong to the cell just begun. */
static void walk_marks(struct walk *w, struct cell *cell)
{
	size_t used = strlen(cell->text);
	while (w->at < w->text.len) {
		size_t next = w->at;
		uint32_t code = utf8_next(w->text, &next);
		if (code < 0x80 || code == UTF8_BAD || utf8_code_width(code) != 0)
			return;
		w->at = next;
		if (w->unicode && used > 0 && used + 4 <= CELL_BYTES)
			used += encode(cell->text + used, code);
	}
}

static bool walk_next(struct walk *w, struct cell *cell)
{
	if (w->at >= w->text.len)
		return false;
	bool first = w->at >= w->grapheme_end;
	unsigned char byte = (unsigned char)w->text.ptr[w->at];
	if (byte < 0x80 &&
	    (w->at + 1 >= w->text.len || (unsigned char)w->text.ptr[w->at + 1] < 0x80)) {
		*cell = code_cell(byte, w->unicode);
		w->grapheme_end = ++w->at;
		return true;
	}
	if (first)
		w->grapheme_end = utf8_grapheme_end(w->text, w->at);
	uint32_t code = utf8_next(w->text, &w->at);
	/* Terminals do not agree on the width of emoji and skin tone: leave a gap. */
	*cell = code_cell(!first && is_skin_tone(code) ? ' ' : code, w->unicode);
	walk_marks(w, cell);
	return true;
}

/* ---- the grid ------------------------------------------------------------- */

static struct cell *cell_at(struct canvas *c, int row, int col)
{
	return &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
}

static bool inside(const struct canvas *c, int row, int col)
{
	return row >= 0 && row < c->rows && col >= 0 && col < c->cols;
}

/* A wide character of which one half goes becomes blanks. */
static void break_wide(struct canvas *c, int row, int col)
{
	struct cell *cell = cell_at(c, row, col);
	int other = cell->width == 0 ? col - 1 : cell->width == 2 ? col + 1 : -1;
	if (other < 0 || other >= c->cols)
		return;
	struct cell *half = cell_at(c, row, other);
	half->text[0] = '\0';
	half->width = 1;
}

/* The caller has checked the room: cell.width cells from col are inside. */
static void put(struct canvas *c, int row, int col, const struct cell *cell)
{
	break_wide(c, row, col);
	if (cell->width == 2)
		break_wide(c, row, col + 1);
	*cell_at(c, row, col) = *cell;
	if (cell->width == 2) {
		struct cell half = *cell;
		memset(half.text, 0, sizeof(half.text));
		half.width = 0;
		*cell_at(c, row, col + 1) = half;
	}
}

/* `*r` clipped to the canvas. */
static struct rect clipped(const struct canvas *c, struct rect r)
{
	int bottom = r.row + r.rows < c->rows ? r.row + r.rows : c->rows;
	int right = r.col + r.cols < c->cols ? r.col + r.cols : c->cols;
	struct rect in = { .row = r.row > 0 ? r.row : 0, .col = r.col > 0 ? r.col : 0 };
	in.rows = bottom > in.row ? bottom - in.row : 0;
	in.cols = right > in.col ? right - in.col : 0;
	return in;
}

void canvas_init(struct canvas *c, int rows, int cols, bool unicode)
{
	*c = (struct canvas){ .unicode = unicode };
	canvas_resize(c, rows, cols);
}

void canvas_release(struct canvas *c)
{
	if (!c)
		return;
	mem_free(c->cells);
	*c = (struct canvas){ 0 };
}

void canvas_resize(struct canvas *c, int rows, int cols)
{
	mem_free(c->cells);
	c->rows = rows > 0 ? rows : 0;
	c->cols = cols > 0 ? cols : 0;
	c->cells = mem_array((size_t)c->rows * (size_t)c->cols, sizeof(*c->cells));
	canvas_erase(c);
}

void canvas_erase(struct canvas *c)
{
	const struct cell blank = blank_cell(STYLE_PLAIN);
	size_t n = (size_t)c->rows * (size_t)c->cols;
	for (size_t i = 0; i < n; i++)
		c->cells[i] = blank;
	c->cursor_row = c->cursor_col = -1;
}

void canvas_copy(struct canvas *to, const struct canvas *from)
{
	size_t n = (size_t)from->rows * (size_t)from->cols;
	if (to->rows != from->rows || to->cols != from->cols)
		canvas_resize(to, from->rows, from->cols);
	if (n > 0)
		memcpy(to->cells, from->cells, n * sizeof(*to->cells));
	to->unicode = from->unicode;
	to->cursor_row = from->cursor_row;
	to->cursor_col = from->cursor_col;
}

void canvas_fill(struct canvas *c, struct rect r, enum style_role role)
{
	const struct cell blank = blank_cell(role);
	r = clipped(c, r);
	for (int row = r.row; row < r.row + r.rows; row++) {
		for (int col = r.col; col < r.col + r.cols; col++)
			put(c, row, col, &blank);
	}
}

const struct cell *canvas_at(const struct canvas *c, int row, int col)
{
	if (!inside(c, row, col))
		return NULL;
	return &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
}

/* ---- text ----------------------------------------------------------------- */

/* Cells that may be used from (row, col). */
static int room_for(const struct canvas *c, int row, int col, int cells)
{
	if (!inside(c, row, col))
		return 0;
	return cells < c->cols - col ? cells : c->cols - col;
}

/* The bytes of clean text, in whole graphemes, that fit into `room` cells. */
static size_t fitting(struct view text, int room, bool unicode, int *cells)
{
	struct walk w = { .text = text, .unicode = unicode };
	struct cell cell;
	size_t whole = 0;	/* end of the last grapheme that fits */
	int used = 0;
	*cells = 0;
	while (walk_next(&w, &cell)) {
		used += cell.width;
		if (used > room)
			return whole;
		if (w.at >= w.grapheme_end) {
			whole = w.at;
			*cells = used;
		}
	}
	return text.len;
}

static int put_clean(struct canvas *c, struct view text, struct cell at, struct rect to)
{
	struct walk w = { .text = text, .unicode = c->unicode };
	struct cell cell;
	int used = 0;
	while (used < to.cols && walk_next(&w, &cell)) {
		if (used + cell.width > to.cols)
			break;
		cell.role = at.role;
		put(c, to.row, to.col + used, &cell);
		used += cell.width;
	}
	return used;
}

static int put_cut(struct canvas *c, struct view text, struct cell at, struct rect to)
{
	int cells;
	size_t whole = fitting(text, to.cols, c->unicode, &cells);
	if (whole == text.len)
		return put_clean(c, text, at, to);
	whole = fitting(text, to.cols - 1, c->unicode, &cells);
	int used = put_clean(c, view_cut(text, 0, whole), at,
			     (struct rect){ to.row, to.col, 1, cells });
	struct cell mark = code_cell(CODE_ELLIPSIS, c->unicode);
	mark.role = at.role;
	put(c, to.row, to.col + used, &mark);
	return used + 1;
}

int canvas_text(struct canvas *c, int row, int col, int cells, enum style_role role,
		struct view text)
{
	int room = room_for(c, row, col, cells);
	if (room <= 0)
		return 0;
	struct str clean = { 0 };
	/* More bytes than this cannot be seen. */
	clean_label(&clean, view_cut(text, 0, ((size_t)room + 2) * CELL_BYTES));
	int used = put_cut(c, view_of_str(&clean), blank_cell(role),
			   (struct rect){ row, col, 1, room });
	str_release(&clean);
	return used;
}

int canvas_width(const struct canvas *c, struct view text)
{
	struct str clean = { 0 };
	int cells;
	clean_label(&clean, text);
	fitting(view_of_str(&clean), 1 << 30, c->unicode, &cells);
	str_release(&clean);
	return cells;
}

int canvas_words(struct canvas *c, int row, int col, int cells, enum style_role role,
		 const char *words)
{
	return canvas_text(c, row, col, cells, role, view_of(words));
}

int canvas_format(struct canvas *c, int row, int col, int cells, enum style_role role,
		  const char *format, ...)
{
	struct str s = { 0 };
	va_list args;
	va_start(args, format);
	str_addv(&s, format, args);
	va_end(args);
	int used = canvas_text(c, row, col, cells, role, view_of_str(&s));
	str_release(&s);
	return used;
}

int canvas_glyph(struct canvas *c, int row, int col, enum style_role role, const char *glyph,
		 const char *ascii)
{
	return canvas_words(c, row, col, c->cols, role, c->unicode ? glyph : ascii);
}

/* ---- logs ----------------------------------------------------------------- */

static void add_style(struct cell *cell, const struct clean_style *style)
{
	cell->fore = style->fore;
	/* Text in the colour of its ground would be hidden text. */
	cell->back = style->back == style->fore ? -1 : style->back;
	cell->flags |= style->bold ? CELL_BOLD : 0;
	cell->flags |= style->dim ? CELL_DIM : 0;
	cell->flags |= style->italic ? CELL_ITALIC : 0;
	cell->flags |= style->underline ? CELL_UNDERLINE : 0;
	cell->flags |= style->reverse ? CELL_REVERSE : 0;
}

int canvas_log(struct canvas *c, int row, int col, int cells, const struct clean_line *line,
	       int skip)
{
	int room = room_for(c, row, col, cells);
	struct walk w = { .text = view_of_str(&line->text), .unicode = c->unicode };
	struct cell cell;
	size_t span = 0;
	int column = -skip;	/* of the cell, counted from the first one shown */
	while (column < room) {
		size_t start = w.at;
		if (!walk_next(&w, &cell) || column + cell.width > room)
			break;
		while (span < line->spans.len && line->spans.items[span].end <= start)
			span++;
		if (span < line->spans.len)
			add_style(&cell, &line->spans.items[span].style);
		if (column >= 0) {
			put(c, row, col + column, &cell);
		} else if (column + cell.width > 0) {
			const struct cell blank = blank_cell(STYLE_PLAIN);
			put(c, row, col, &blank);
		}
		column += cell.width;
	}
	return column > 0 ? column : 0;
}

/* ---- lines, frames, paint ------------------------------------------------- */

static void put_code(struct canvas *c, int row, int col, const struct cell *cell)
{
	if (inside(c, row, col))
		put(c, row, col, cell);
}

/* A piece of frame: its code point, or the ASCII character. */
static struct cell line_cell(const struct canvas *c, enum style_role role, uint32_t code, char ascii)
{
	struct cell cell = code_cell(c->unicode ? code : (uint32_t)ascii, c->unicode);
	cell.role = (uint8_t)role;
	return cell;
}

void canvas_hline(struct canvas *c, int row, int col, int cells, enum style_role role)
{
	struct cell cell = line_cell(c, role, 0x2500, '-');
	struct rect r = clipped(c, (struct rect){ row, col, 1, cells });
	for (int i = 0; i < r.cols && r.rows > 0; i++)
		put(c, r.row, r.col + i, &cell);
}

void canvas_vline(struct canvas *c, int row, int col, int rows, enum style_role role)
{
	struct cell cell = line_cell(c, role, 0x2502, '|');
	struct rect r = clipped(c, (struct rect){ row, col, rows, 1 });
	for (int i = 0; i < r.rows && r.cols > 0; i++)
		put(c, r.row + i, r.col, &cell);
}

static void put_corners(struct canvas *c, struct rect r, enum style_role role)
{
	int bottom = r.row + r.rows - 1, right = r.col + r.cols - 1;
	struct cell corner = line_cell(c, role, 0x250c, '+');
	put_code(c, r.row, r.col, &corner);
	corner = line_cell(c, role, 0x2510, '+');
	put_code(c, r.row, right, &corner);
	corner = line_cell(c, role, 0x2514, '+');
	put_code(c, bottom, r.col, &corner);
	corner = line_cell(c, role, 0x2518, '+');
	put_code(c, bottom, right, &corner);
}

void canvas_box(struct canvas *c, struct rect r, enum style_role role, struct view title)
{
	if (r.rows < 2 || r.cols < 2)
		return;
	int bottom = r.row + r.rows - 1, right = r.col + r.cols - 1;
	canvas_hline(c, r.row, r.col + 1, r.cols - 2, role);
	canvas_hline(c, bottom, r.col + 1, r.cols - 2, role);
	canvas_vline(c, r.row + 1, r.col, r.rows - 2, role);
	canvas_vline(c, r.row + 1, right, r.rows - 2, role);
	put_corners(c, r, role);
	if (title.len == 0 || r.cols < 7)
		return;
	int used = canvas_text(c, r.row, r.col + 3, r.cols - 6, role, title);
	canvas_fill(c, (struct rect){ r.row, r.col + 2, 1, 1 }, role);
	canvas_fill(c, (struct rect){ r.row, r.col + 3 + used, 1, 1 }, role);
}

void canvas_paint(struct canvas *c, struct rect r, enum style_role role)
{
	r = clipped(c, r);
	for (int row = r.row; row < r.row + r.rows; row++) {
		for (int col = r.col; col < r.col + r.cols; col++)
			cell_at(c, row, col)->role = (uint8_t)role;
	}
}

void canvas_mark(struct canvas *c, struct rect r, unsigned flags)
{
	r = clipped(c, r);
	for (int row = r.row; row < r.row + r.rows; row++) {
		for (int col = r.col; col < r.col + r.cols; col++)
			cell_at(c, row, col)->flags |= (uint8_t)flags;
	}
}

void canvas_cursor(struct canvas *c, int row, int col)
{
	bool shown = inside(c, row, col);
	c->cursor_row = shown ? row : -1;
	c->cursor_col = shown ? col : -1;
}

bool cell_same(const struct cell *a, const struct cell *b)
{
	return a->width == b->width && a->role == b->role && a->flags == b->flags &&
	       a->fore == b->fore && a->back == b->back && str_eq(a->text, b->text);
}

bool canvas_same(const struct canvas *a, const struct canvas *b)
{
	if (a->rows != b->rows || a->cols != b->cols || a->cursor_row != b->cursor_row ||
	    a->cursor_col != b->cursor_col)
		return false;
	size_t n = (size_t)a->rows * (size_t)a->cols;
	for (size_t i = 0; i < n; i++) {
		if (!cell_same(&a->cells[i], &b->cells[i]))
			return false;
	}
	return true;
}
