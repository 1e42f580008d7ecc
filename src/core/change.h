/* What one write to the store did. Whoever keeps something per run (the board,
 * the model) is told by these and never asks who wrote. */
#ifndef CORE_CHANGE_H
#define CORE_CHANGE_H

#include "core/run.h"
#include "core/status.h"

enum change_kind {
	CHANGE_NONE,		/* older than what is known, or the same */
	CHANGE_NEW,
	CHANGE_MOVED,		/* another lane */
	CHANGE_UPDATED,		/* same lane */
	CHANGE_GONE		/* key names nothing any more */
};

struct change {
	enum change_kind kind;
	struct run_key key;
	enum lane from, to;			/* equal but for CHANGE_MOVED */
	enum run_status old_status, status;	/* equal where it did not change */
};

#endif
