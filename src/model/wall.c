/* The wall: it has no state of its own, and no run in focus. */
#include "model/wall.h"

#include "model/model.h"

enum { WALL_TICK_MS = 5000 };

/* Ages are shown of what waits and of what failed. */
static int64_t wall_due(const struct model *m)
{
	return board_total(m->cards) > 0 ? m->now_ms + WALL_TICK_MS : 0;
}

const struct screen screen_wall = {
	.name = "wall",
	.title = "Wall",
	.scopes = { { SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.due = wall_due,
};
