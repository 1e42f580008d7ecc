/* Whether a step has said something new of how far it is. */
#ifndef STEP_PROGRESS_H
#define STEP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* The file as it was at the last look; zeroed: there was none yet. */
struct progress_look {
	struct timespec changed;
	off_t size;
	bool again;		/* it may change without a trace after the look */
};

/* Remembers what is seen. The clock of files stands still for some milliseconds: a file
 * that has just been written is news twice, since it may be written once more in that
 * time. */
bool progress_is_news(struct progress_look *last, const struct stat *seen, int64_t now_ms);

#endif
