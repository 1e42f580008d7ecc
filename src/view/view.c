/* Which screen is drawn where: the lowest that is not covered, then what lies over
 * it, between the two bars. */
#include "view/view.h"

#include "model/board_layout.h"
#include "model/model.h"
#include "view/bars.h"
#include "view/paint.h"
#include "view/screens.h"

static view_fn *const views[] = {
	[SCREEN_BOARD] = view_board,
	[SCREEN_DETAIL] = view_detail,
	[SCREEN_INBOX] = view_inbox,
	[SCREEN_OUTBOX] = view_outbox,
	[SCREEN_DECISION] = view_decision,
	[SCREEN_MENU] = view_menu,
	[SCREEN_LANES] = view_lanes,
	[SCREEN_QUIT] = view_quit,
	[SCREEN_WORKFLOWS] = view_workflows,
	[SCREEN_START] = view_start,
	[SCREEN_EDIT] = view_edit,
	[SCREEN_SPEAK] = view_speak,
	[SCREEN_WALL] = view_wall,
	[SCREEN_COMPARE] = view_compare,
	[SCREEN_HELP] = view_help,
	[SCREEN_PALETTE] = view_palette,
	[SCREEN_THEMES] = view_themes,
	[SCREEN_HISTORY] = view_history,
	[SCREEN_TABLE] = view_table,
	[SCREENS] = NULL,
};

static void draw_screens(struct pen *p)
{
	const struct model *m = p->m;
	int from = m->depth - 1;

	while (from > 0 && screen_get(m->stack[from])->overlay)
		from--;
	for (int i = from; i < m->depth; i++) {
		if (views[m->stack[i]])
			views[m->stack[i]](p, board_layout_body(m));
		arena_clear(&p->arena);
	}
}

void view_draw(const struct model *m, struct canvas *c)
{
	struct pen p = { .canvas = c, .m = m };
	struct rect all = { 0, 0, c->rows, c->cols };

	canvas_erase(c);
	view_title_bar(&p, rect_take_top(&all, 1));
	view_status_bar(&p, rect_take_bottom(&all, 1));
	draw_screens(&p);
	arena_release(&p.arena);
	str_release(&p.text);
}
