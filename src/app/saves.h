/* What is saved to files in the working folder: texts at once, whole runs as they come. */
#ifndef APP_SAVES_H
#define APP_SAVES_H

#include "app/app.h"

/* A file that is there is not touched; a notice says how it ended. */
void app_save_text(struct app *a, struct view text, struct view path);
void app_save_run(struct app *a, struct source *s, struct view run, struct view path);
/* What the sinks pass on. False: the ticket is none of these. */
bool app_save_done(struct app *a, uint16_t context, ticket_id ticket, enum outcome outcome,
		   const char *text);
/* What is not done is taken away. */
void app_save_stop_all(struct app *a);

#endif
