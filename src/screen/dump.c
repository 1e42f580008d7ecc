/* Writes a canvas as text and a list of painted rectangles. */
#include "screen/dump.h"

/* A piece of a row, [start, end), in one look. */
struct stretch {
	int row, start, end;
	int rows;		/* how many rows from `row` on have it */
	const struct cell *look;
};

static bool same_look(const struct cell *a, const struct cell *b)
{
	return a->role == b->role && a->flags == b->flags && a->fore == b->fore &&
	       a->back == b->back;
}

static bool is_plain(const struct cell *cell)
{
	return cell->role == STYLE_PLAIN && cell->flags == 0 && cell->fore < 0 && cell->back < 0;
}

static void add_row(struct str *s, const struct canvas *c, int row)
{
	for (int col = 0; col < c->cols; col++) {
		const struct cell *cell = canvas_at(c, row, col);
		if (cell->width > 0)
			str_add_text(s, cell->text[0] ? cell->text : " ");
	}
}

void dump_text(struct str *s, const struct canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		add_row(s, c, row);
		str_add_text(s, "|\n");
	}
}

void dump_plain(struct str *s, const struct canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		size_t start = s->len;
		add_row(s, c, row);
		while (s->len > start && s->ptr[s->len - 1] == ' ')
			str_shorten(s, s->len - 1);
		str_add_char(s, '\n');
	}
}

/* The next painted stretch of the row from `col` on. */
static bool next_stretch(const struct canvas *c, int row, int col, struct stretch *out)
{
	while (col < c->cols && is_plain(canvas_at(c, row, col)))
		col++;
	if (col >= c->cols)
		return false;
	*out = (struct stretch){ .row = row, .start = col, .rows = 1 };
	out->look = canvas_at(c, row, col);
	while (col < c->cols && same_look(canvas_at(c, row, col), out->look))
		col++;
	out->end = col;
	return true;
}

static bool row_has(const struct canvas *c, int row, const struct stretch *wanted)
{
	struct stretch found = { .end = 0 };
	while (next_stretch(c, row, found.end, &found)) {
		if (found.start == wanted->start && found.end == wanted->end)
			return same_look(found.look, wanted->look);
	}
	return false;
}

static void add_colour(struct str *s, const char *name, int32_t colour)
{
	if (colour >= 0x1000000)
		str_addf(s, " %s=#%06x", name, (unsigned)colour & 0xffffffu);
	else if (colour >= 0)
		str_addf(s, " %s=%d", name, (int)colour);
}

static void add_look(struct str *s, const struct cell *cell)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ CELL_REVERSE, "reverse" },	 { CELL_BOLD, "bold" },	    { CELL_DIM, "dim" },
		{ CELL_UNDERLINE, "underline" }, { CELL_ITALIC, "italic" },
	};
	str_add_text(s, style_name((enum style_role)cell->role));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (cell->flags & flags[i].flag)
			str_addf(s, " %s", flags[i].name);
	}
	add_colour(s, "fore", cell->fore);
	add_colour(s, "back", cell->back);
}

/* "3" or "3-5", padded. */
static void add_range(struct str *s, int first, int last)
{
	size_t start = s->len;
	str_addf(s, "%d", first);
	if (last > first)
		str_addf(s, "-%d", last);
	size_t used = s->len - start;
	str_add_many(s, ' ', used < 6 ? 6 - used : 1);
}

void dump_paint(struct str *s, const struct canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		struct stretch st = { .end = 0 };
		while (next_stretch(c, row, st.end, &st)) {
			if (row > 0 && row_has(c, row - 1, &st))
				continue;
			while (st.row + st.rows < c->rows && row_has(c, st.row + st.rows, &st))
				st.rows++;
			add_range(s, st.row, st.row + st.rows - 1);
			add_range(s, st.start, st.end - 1);
			add_look(s, st.look);
			str_add_char(s, '\n');
		}
	}
}

void dump_cursor(struct str *s, const struct canvas *c)
{
	if (c->cursor_row < 0)
		str_add_text(s, "none");
	else
		str_addf(s, "%d %d", c->cursor_row, c->cursor_col);
}
