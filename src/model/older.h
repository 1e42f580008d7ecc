/* Runs that the board was not told of, because enough newer ones have ended: read page
 * by page from where they are, as far as somebody looks. They come as any other run,
 * by MSG_CHANGE; only nobody counts them as newcomers. */
#ifndef MODEL_OLDER_H
#define MODEL_OLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "model/effect.h"
#include "model/msg.h"

struct model;

struct older_source {
	struct str cursor;		/* behind the last page; empty: from the newest */
	uint64_t request;		/* 0: none in flight */
	bool over;			/* no more is asked of it */
	bool ended;			/* because its last page has come */
};

struct older {
	VEC(struct older_source) sources;	/* by context */
	int pages_left;			/* until somebody presses a key */
};

/* Begins with the newest, of every context that has more than it told. */
void older_begin(struct model *m, struct older *o);
void older_release(struct older *o);
/* A key was pressed: it is read on again. */
void older_go_on(struct older *o);
/* The next page of each, of runs that match. */
void older_ask(struct model *m, struct older *o, struct view filter, struct effects *fx);
/* MSG_PAGE and MSG_DONE of its requests. True: a page has ended. */
bool older_arrive(struct older *o, const struct msg *msg);
/* All runs there are were read: the lanes count what the board has. */
void older_settle(struct model *m, const struct older *o);
bool older_is_over(const struct older *o);
bool older_is_reading(const struct older *o);

#endif
