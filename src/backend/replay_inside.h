/* Inside of the replay: the lines of a recording, and how one is told again.
 * replay.c plays, replay_tell.c reads. Nobody else includes this. */
#ifndef BACKEND_REPLAY_INSIDE_H
#define BACKEND_REPLAY_INSIDE_H

#include "backend/recording.h"
#include "base/arena.h"
#include "wire/json.h"

/* What lines are read with; cleared before each. */
struct replay_scratch {
	struct arena arena;
	struct str text;
};

/* To whom a line is told, and under which ticket (0: by itself). */
struct replay_ear {
	const struct backend_sink *sink;
	uint16_t context;
	const char *name;	/* of the context */
	ticket_id ticket;
};

/* Tells one line of a recording. False and err where it cannot be read. */
bool replay_tell(const struct replay_ear *ear, enum tell kind, struct view line,
		 struct replay_scratch *scratch, struct err *err);

#endif
