/* The drawings of a run's panes, in the order of enum pane_id. */
#ifndef VIEW_PANES_H
#define VIEW_PANES_H

#include "view/paint.h"

view_fn view_task_pane, view_timeline_pane, view_arguments_pane, view_result_pane,
	view_log_pane, view_history_pane;

#endif
