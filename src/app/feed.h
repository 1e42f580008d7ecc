/* The sink of every backend: the one place that writes the store. */
#ifndef APP_FEED_H
#define APP_FEED_H

#include "app/app.h"

/* Fills s->sink; s->app and s->number are set. */
void feed_init(struct source *s);

#endif
