/* The words by which a run is found without looking at others: its trigger, who
 * started it, its labels and parameters, folded. Pure. */
#ifndef ENGINE_WORDS_H
#define ENGINE_WORDS_H

#include "base/str.h"
#include "core/filter.h"
#include "core/run.h"

/* Longer values are not kept as words. */
enum { WORD_MAX = 200 };

/* Borrowed until it returns. */
typedef void word_fn(void *arg, struct view name, struct view value);

void words_of_run(const struct run_facts *run, word_fn *fn, void *arg);
/* The words of which a run that matches this node has at least one. False, and
 * nothing called, where words cannot tell. */
bool words_of_node(const struct filter_node *n, word_fn *fn, void *arg);

#endif
