/* The word that was meant (opt.h): edit distance, with two letters exchanged as one slip. */
#include "base/opt.h"

enum { MAX_WORD = 64, MAX_SLIPS = 2 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The usual table of prefixes, a row at a time; two rows back for the exchange. */
static size_t distance(struct view a, struct view b)
{
	size_t rows[3][MAX_WORD + 1];
	for (size_t k = 0; k <= b.len; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= a.len; i++) {
		const size_t *above = rows[(i + 2) % 3];
		size_t *row = rows[i % 3];
		row[0] = i;
		for (size_t k = 1; k <= b.len; k++) {
			bool same = a.ptr[i - 1] == b.ptr[k - 1];
			row[k] = least(least(above[k], row[k - 1]) + 1, above[k - 1] + !same);
			if (i > 1 && k > 1 && a.ptr[i - 1] == b.ptr[k - 2] &&
			    a.ptr[i - 2] == b.ptr[k - 1])
				row[k] = least(row[k], rows[(i + 1) % 3][k - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

const char *opt_nearest(struct view word, const char *const *words, size_t n)
{
	const char *best = NULL;
	size_t best_distance = MAX_SLIPS + 1;
	for (size_t i = 0; i < n; i++) {
		struct view other = view_of(words[i]);
		if (word.len > MAX_WORD || other.len > MAX_WORD)
			continue;
		size_t d = distance(word, other);
		if (d < best_distance && d < other.len) {
			best = words[i];
			best_distance = d;
		}
	}
	return best;
}
