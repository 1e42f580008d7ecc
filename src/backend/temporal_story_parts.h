/* Inside of the story: what temporal_story.c, temporal_line.c and temporal_pending.c
 * share. */
#ifndef BACKEND_TEMPORAL_STORY_PARTS_H
#define BACKEND_TEMPORAL_STORY_PARTS_H

#include "backend/temporal_story.h"

/* Beyond all that a history may have; a bigger number is none. */
#define STORY_EVENT_MAX ((int64_t)1 << 40)

/* An event's frame. */
struct story_event {
	struct view type;	/* without prefix */
	int64_t id, at_ms;	/* id 0: none */
	const struct json *attributes;
	const struct json *whole;
};

struct story_event story_event_of(const struct json *v);
/* A new task at the end; the pointer holds until the next one. */
struct story_task *story_open(struct story *s, enum story_kind kind, int64_t event);
/* Gives it its type, and its id by that. */
void story_name(struct story *s, struct story_task *t, struct view type);

#endif
