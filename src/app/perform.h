/* Carries out what the model asked for, after its update has returned. */
#ifndef APP_PERFORM_H
#define APP_PERFORM_H

#include "app/app.h"

/* Takes the list's effects one by one; the list is the caller's to clear. */
void perform(struct app *a, const struct effects *fx);
/* The request behind a ticket, or NULL. Valid until the next request. */
const struct pending *pending_find(const struct app *a, uint16_t context, ticket_id ticket);
void pending_drop(struct app *a, uint16_t context, ticket_id ticket);

#endif
