/* A backend that plays a recording (trace.h): what was told by itself comes at its
 * time from the first watch on; what was asked for is answered as it was then. It
 * takes no orders. */
#ifndef BACKEND_REPLAY_H
#define BACKEND_REPLAY_H

#include "backend/backend.h"

struct replay_config {
	const char *name;	/* of the context */
	const char *path;	/* of the recording */
	double speed;		/* 2: twice as fast; 0: all at once */
};

/* Reads the whole recording; NULL and err where it is none. */
struct backend *replay_new(struct loop *loop, const struct backend_sink *sink, uint16_t context,
			   const struct replay_config *config, struct err *err);

#endif
