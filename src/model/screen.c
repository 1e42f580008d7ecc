/* The table of screens and the stack on which they lie. */
#include "model/screen.h"

#include <assert.h>

#include "model/everywhere.h"
#include "model/model.h"

static const struct screen *const screens[] = {
	[SCREEN_BOARD] = &screen_board,
	[SCREEN_DETAIL] = &screen_detail,
	[SCREEN_INBOX] = &screen_inbox,
	[SCREEN_OUTBOX] = &screen_outbox,
	[SCREEN_DECISION] = &screen_decision,
	[SCREEN_MENU] = &screen_menu,
	[SCREEN_LANES] = &screen_lanes,
	[SCREEN_QUIT] = &screen_quit,
	[SCREEN_WORKFLOWS] = &screen_workflows,
	[SCREEN_START] = &screen_start,
	[SCREEN_EDIT] = &screen_edit,
	[SCREEN_SPEAK] = &screen_speak,
	[SCREEN_WALL] = &screen_wall,
	[SCREEN_COMPARE] = &screen_compare,
	[SCREEN_HELP] = &screen_help,
	[SCREEN_PALETTE] = &screen_palette,
	[SCREEN_THEMES] = &screen_themes,
	[SCREEN_HISTORY] = &screen_history,
	[SCREEN_TABLE] = &screen_table,
	[SCREENS] = NULL,
};

const struct screen *screen_get(enum screen_id id)
{
	return screens[id];
}

enum screen_id screen_top(const struct model *m)
{
	return m->stack[m->depth - 1];
}

bool screen_is_open(const struct model *m, enum screen_id id)
{
	for (int i = 0; i < m->depth; i++) {
		if (m->stack[i] == id)
			return true;
	}
	return false;
}

void screen_push(struct model *m, enum screen_id id, struct effects *fx)
{
	const struct screen *s = screen_get(id);

	if (!s)
		return;
	if (screen_is_open(m, id)) {
		while (screen_top(m) != id)
			screen_pop(m, fx);
	} else if (m->depth < SCREEN_DEPTH) {
		m->stack[m->depth++] = id;
	} else {
		return;
	}
	if (s->open)
		s->open(m, fx);
}

void screen_pop(struct model *m, struct effects *fx)
{
	const struct screen *s = screen_get(screen_top(m));

	if (m->depth == 1)
		return;
	m->depth--;
	if (s->close)
		s->close(m, fx);
}

void screens_release(struct model *m)
{
	board_state_release(&m->board);
	detail_state_release(&m->detail);
	decision_release(&m->decision);
	inbox_release(&m->inbox);
	menu_release(&m->menu);
	workflows_release(&m->workflows);
	start_release(&m->start);
	edit_release(&m->edit);
	speak_release(&m->speak);
	help_release(&m->help);
	runs_release(&m->runs);
	table_release(&m->table);
	themes_release(&m->theming);
}
