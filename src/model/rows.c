/* Moving a cursor over rows. */
#include "model/rows.h"

void rows_reveal(struct rows *r, size_t len, int page)
{
	size_t rows = page > 0 ? (size_t)page : 1;

	if (r->at >= len)
		r->at = len > 0 ? len - 1 : 0;
	if (r->at < r->top)
		r->top = r->at;
	if (r->at >= r->top + rows)
		r->top = r->at - rows + 1;
	if (r->top + rows > len)
		r->top = len > rows ? len - rows : 0;
}

size_t rows_first(struct rows r, size_t len, int page)
{
	rows_reveal(&r, len, page);
	return r.top;
}

static void down(struct rows *r, size_t len, size_t by)
{
	r->at = len > by && r->at < len - by ? r->at + by : len > 0 ? len - 1 : 0;
}

static void up(struct rows *r, size_t by)
{
	r->at = r->at > by ? r->at - by : 0;
}

bool rows_move(struct rows *r, enum action a, size_t len, int page)
{
	size_t whole = page > 1 ? (size_t)page - 1 : 1, half = whole > 1 ? whole / 2 : 1;

	if (a == ACTION_UP)
		up(r, 1);
	else if (a == ACTION_DOWN)
		down(r, len, 1);
	else if (a == ACTION_PAGE_UP || a == ACTION_HALF_UP)
		up(r, a == ACTION_PAGE_UP ? whole : half);
	else if (a == ACTION_PAGE_DOWN || a == ACTION_HALF_DOWN)
		down(r, len, a == ACTION_PAGE_DOWN ? whole : half);
	else if (a == ACTION_TOP)
		r->at = 0;
	else if (a == ACTION_BOTTOM)
		r->at = len > 0 ? len - 1 : 0;
	else
		return false;
	rows_reveal(r, len, page);
	return true;
}
