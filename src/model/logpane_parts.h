/* What the files of the log pane share among themselves. */
#ifndef MODEL_LOGPANE_PARTS_H
#define MODEL_LOGPANE_PARTS_H

#include "model/logpane.h"

/* The row behind an index of shown. */
const struct log_row *logpane_row(const struct logpane *p, size_t shown);
/* Cells that a line takes when it is not wrapped. */
int logpane_row_width(const struct log_row *row);
/* Makes shown anew after streams or level changed; the place looked at stays. */
void logpane_select(struct logpane *p);
void logpane_count_matches(struct logpane *p);
/* One line more was put at the end of shown. */
void logpane_count_line(struct logpane *p, size_t shown);
enum log_way { LOG_WAY_BACK = -1, LOG_WAY_ON = 1 };
/* Goes to the next match that way, from the present one or from the place looked
 * at. False where there is none. */
bool logpane_go_match(struct logpane *p, enum log_way way);
bool logpane_go_error(struct logpane *p);
/* The same beyond the lines that are here; says so where nothing is beyond. */
void logpane_seek(struct model *m, struct logpane *p, enum log_quest quest, enum log_way way,
		  struct effects *fx);
/* The line that was sought is the last of shown. */
void logpane_found(struct logpane *p);
/* It was not found: `done` says whether the search came to an end. */
void logpane_not_found(struct model *m, struct logpane *p, const struct msg_done *done);
/* Moves the place looked at; leaves following, or takes it up again at the end. */
void logpane_go(struct logpane *p, size_t shown);

#endif
