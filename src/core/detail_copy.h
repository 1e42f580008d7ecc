/* A copy of a run's detail that outlives the message which brought it. */
#ifndef CORE_DETAIL_COPY_H
#define CORE_DETAIL_COPY_H

#include "base/arena.h"
#include "core/run.h"

/* Everything that d points at is copied into the arena. */
const struct run_detail *detail_copy(struct arena *a, const struct run_detail *d);
const struct history_facts *history_copy(struct arena *a, const struct history_facts *h, size_t n);

#endif
