/* Inside of the story: what temporal_story.c and temporal_pending.c share. */
#ifndef BACKEND_TEMPORAL_STORY_PARTS_H
#define BACKEND_TEMPORAL_STORY_PARTS_H

#include "backend/temporal_story.h"

/* A new task at the end; the pointer holds until the next one. */
struct story_task *story_open(struct story *s, enum story_kind kind, int64_t event);

#endif
