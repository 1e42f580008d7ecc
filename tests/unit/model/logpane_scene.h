/* An open log pane of four rows, and what comes to it. */
#ifndef UNIT_MODEL_LOGPANE_SCENE_H
#define UNIT_MODEL_LOGPANE_SCENE_H

#include "core/store.h"
#include "model/logpane.h"
#include "model/logpane_parts.h"
#include "model/model.h"

struct scene {
	struct store *store;
	struct model *model;
	struct effects fx;
	struct logpane pane;
};

struct scene scene_open(void);
void scene_close(struct scene *s);
void say(struct scene *s, enum log_stream stream, const char *text);
/* "line 0", "line 1", ... on stdout. */
void say_many(struct scene *s, int n);
void act(struct scene *s, enum action a);
/* The first line on the screen. */
void expect_first(struct scene *s, const char *text);
/* Types a needle and ends with Enter. */
void search(struct scene *s, const char *needle);
/* A page: "line FROM" and so on, n lines. */
void arrive(struct scene *s, int from, int n, enum log_state state);

#endif
