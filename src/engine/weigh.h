/* How much folders hold on disk, found out in slices. */
#ifndef ENGINE_WEIGH_H
#define ENGINE_WEIGH_H

#include <stdbool.h>
#include <stdint.h>

struct weigh;

/* Folders that are not there weigh nothing. */
struct weigh *weigh_new(const char *const *folders, int n);
/* True: done, *bytes is the sum. Looks at the clock (monotonic) between entries. */
bool weigh_step(struct weigh *w, int64_t until_ms, int64_t *bytes);
void weigh_free(struct weigh *w);

#endif
