/* Logs that the board has open: the end first, then what follows, older lines on
 * demand, and the window around what was searched. Cursors are the backend's and
 * opaque. */
#ifndef APP_LOGS_H
#define APP_LOGS_H

#include "app/app.h"

void app_log_open(struct app *a, const struct effect *e);
void app_log_older(struct app *a, const struct effect *e);
void app_log_newer(struct app *a, uint64_t request);
/* From slice to slice, each a request of its own, until a line fits. */
void app_log_search(struct app *a, const struct effect *e);
void app_log_search_end(struct app *a, uint64_t request);
void app_log_close(struct app *a, uint64_t request);
/* Writes the whole log of one attempt to a file; a notice says how it ended. */
void app_log_save(struct app *a, const struct effect *e);
void app_log_close_all(struct app *a);

/* What the sinks pass on. False: the ticket is none of a log. */
bool app_log_lines(struct app *a, uint16_t context, ticket_id ticket, const struct msg_log *lines,
	       struct view next, struct view prev);
bool app_log_done(struct app *a, uint16_t context, ticket_id ticket, enum outcome outcome,
	      const char *text);

#endif
