/* The functions of the panes that have files of their own, for pane.c's table. */
#ifndef MODEL_PANES_H
#define MODEL_PANES_H

#include "model/screen.h"

/* Scrolls the pane that is shown; false where the action is another one. */
bool pane_scroll(struct model *m, enum action a, struct effects *fx);

void pane_logs_show(struct model *m, struct effects *fx);
void pane_logs_hide(struct model *m, struct effects *fx);
bool pane_logs_act(struct model *m, enum action a, struct effects *fx);
struct lineedit *pane_logs_field(struct model *m);
void pane_logs_typed(struct model *m, struct effects *fx);
void pane_logs_arrive(struct model *m, const struct msg *msg, struct effects *fx);

bool pane_history_act(struct model *m, enum action a, struct effects *fx);
void pane_history_show(struct model *m, struct effects *fx);
void pane_history_hide(struct model *m, struct effects *fx);
void pane_history_arrive(struct model *m, const struct msg *msg, struct effects *fx);

#endif
