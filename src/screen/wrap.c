/* Rows of text (wrap.h). */
#include "screen/wrap.h"

#include "base/utf8.h"

/* The longest piece that fits, broken at a blank where there is one. */
static struct view piece(struct view rest, int cells)
{
	size_t newline = view_find_byte(rest, '\n', 0);
	struct view line = newline < rest.len ? view_cut(rest, 0, newline) : rest;
	struct view fits = utf8_fit(line, cells);

	if (fits.len == line.len)
		return line;
	for (size_t i = fits.len; i > 0; i--) {
		if (fits.ptr[i - 1] == ' ')
			return view_cut(fits, 0, i - 1);
	}
	return fits;
}

bool wrap_row(struct view *rest, int cols, struct view *row)
{
	if (rest->len == 0 || cols <= 0)
		return false;
	*row = piece(*rest, cols);
	size_t skip = row->len;
	if (skip < rest->len && (rest->ptr[skip] == ' ' || rest->ptr[skip] == '\n'))
		skip++;
	*rest = skip ? view_cut(*rest, skip, SIZE_MAX) : VIEW("");
	return true;
}

int wrap_rows(struct view text, int cols)
{
	struct view row;
	int rows = 0;

	while (wrap_row(&text, cols, &row))
		rows++;
	return rows;
}

struct view wrap_from(struct view text, int cols, int rows)
{
	struct view row;

	while (rows-- > 0 && wrap_row(&text, cols, &row))
		;
	return text;
}
