/* Compares two looks at the progress file. Reads none itself. */
#include "step/progress.h"

enum { TICK_MS = 20 };		/* longer than any clock of files stands still */

bool progress_is_news(struct progress_look *last, const struct stat *seen, int64_t now_ms)
{
	bool same = seen->st_mtim.tv_sec == last->changed.tv_sec &&
		    seen->st_mtim.tv_nsec == last->changed.tv_nsec && seen->st_size == last->size;
	bool news = !same || last->again;
	int64_t age_ms = now_ms - (seen->st_mtim.tv_sec * 1000 + seen->st_mtim.tv_nsec / 1000000);
	*last = (struct progress_look){
		.changed = seen->st_mtim, .size = seen->st_size,
		.again = age_ms >= 0 && age_ms < TICK_MS,
	};
	return news;
}
