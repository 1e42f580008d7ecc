/* The folder of an attempt (doc/protocols.md 1): where it lies, what the engine
 * puts in, what it reads out at the end. */
#ifndef ENGINE_ATTEMPT_H
#define ENGINE_ATTEMPT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/event.h"

struct attempt_name {
	struct view run, task;
	int number;
};

/* STATE/runs/RUN/TASK/NUMBER, the task percent-encoded. */
void attempt_path(struct str *out, const char *state, const struct attempt_name *name);
/* Makes and opens the folder; -1 and err. */
int attempt_make_folder(const char *state, const struct attempt_name *name, struct err *err);
/* Opens it; -1 where there is none (err may be NULL). */
int attempt_open_folder(const char *state, const struct attempt_name *name);
/* The lock, taken; -1 where its supervisor lives (or it cannot be opened). */
int attempt_lock(int folder);
/* Whether the supervisor had begun to start the command. */
bool attempt_was_started(int folder);

/* The attempt_ended fact from what lies in the folder; its texts live in out's
 * arena. False where no valid exit is there. */
bool attempt_read_end(int folder, struct arena *arena, struct event *out);
/* There may be an end, but the machine lacks something just now to read it (ERR_BUSY). */
bool attempt_end_must_wait(int folder, struct err *err);
/* The fact for an attempt whose command could not be started; and for one that the
 * engine does not start at all. */
struct event attempt_no_start(struct arena *arena, struct view why);
struct event attempt_refused(struct arena *arena, struct view why);
/* "40", "3/10", "3/10 words": 0..1, or < 0. Words lie in text. */
float attempt_read_progress(int folder, struct str *words);

#endif
