/* How many runs ended well and how many did not, hour by hour: what is drawn below the
 * statistics. An engine that does not keep it answers nothing, and nothing is drawn. */
#ifndef MODEL_THROUGHPUT_H
#define MODEL_THROUGHPUT_H

#include <stdint.h>

#include "base/vec.h"
#include "model/effect.h"
#include "model/msg.h"

struct model;

struct throughput_hour {
	char clock[6];			/* when it began, here: "03:00" */
	int64_t completed, failed;	/* runs; those that were stopped are neither */
};

struct throughput {
	uint64_t request;		/* 0: nothing is awaited */
	VEC(struct throughput_hour) hours;	/* the oldest first */
};

void throughput_ask(struct model *m, struct throughput *t, uint16_t context, struct effects *fx);
void throughput_arrive(struct throughput *t, const struct msg *msg);
/* Forgets all and awaits nothing. */
void throughput_clear(struct throughput *t);
void throughput_release(struct throughput *t);

#endif
