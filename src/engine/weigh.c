/* Folders are walked over entry by entry; no link is followed. */
#include "engine/weigh.h"

#include <fts.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/when.h"

enum { FOLDERS = 4, BLOCK = 512, LOOK_EVERY = 32 };

struct weigh {
	FTS *walk;		/* NULL: nothing to walk over */
	bool begun;
	int64_t bytes;
};

struct weigh *weigh_new(const char *const *folders, int n)
{
	struct weigh *w = mem_zero(sizeof *w);
	char *paths[FOLDERS + 1] = {0};
	for (int i = 0; i < n && i < FOLDERS; i++)
		paths[i] = mem_text(folders[i]);
	w->walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	for (int i = 0; i < FOLDERS; i++)
		mem_free(paths[i]);
	return w;
}

bool weigh_step(struct weigh *w, int64_t until_ms, int64_t *bytes)
{
	FTSENT *entry = NULL;
	w->begun = true;
	for (int i = 1; w->walk && (entry = fts_read(w->walk)); i++) {
		if (entry->fts_info == FTS_D || entry->fts_info == FTS_F ||
		    entry->fts_info == FTS_SL || entry->fts_info == FTS_DEFAULT)
			w->bytes += (int64_t)entry->fts_statp->st_blocks * BLOCK;
		if (i % LOOK_EVERY == 0 && when_mono_ms() >= until_ms)
			return false;
	}
	*bytes = w->bytes;
	return true;
}

void weigh_free(struct weigh *w)
{
	if (!w)
		return;
	/* glibc's fts_close looks at a level that the first read sets. */
	if (w->walk && !w->begun)
		fts_read(w->walk);
	if (w->walk)
		fts_close(w->walk);
	mem_free(w);
}
