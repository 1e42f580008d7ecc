/* The drawings of the screens, in the order of enum screen_id. */
#ifndef VIEW_SCREENS_H
#define VIEW_SCREENS_H

#include "view/paint.h"

view_fn view_board, view_detail, view_inbox, view_outbox, view_history, view_workflows,
	view_table, view_metrics, view_throughput, view_compare, view_help, view_decision,
	view_menu, view_start, view_edit, view_speak, view_palette, view_themes, view_lanes,
	view_quit, view_wall;

#endif
