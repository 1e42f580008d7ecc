/* Sessions on made-up runs (fixture.h), for unit tests: what cannot be done fails the
 * test. */
#ifndef TESTS_LIB_SESSION_H
#define TESTS_LIB_SESSION_H

#include "lib/fixture.h"

/* A set on 24 rows of 100 columns. */
void open_set(struct fixture *f, const char *set);
void press(struct fixture *f, const char *keys);
/* Keys with time to read between them and what comes next. */
void press_slowly(struct fixture *f, const char *keys);
/* How many orders left since fixture_forget. */
size_t orders_left(const struct fixture *f);
/* The engine's answer to the last question for a detail. */
void answer_detail(struct fixture *f, const struct run_detail *d);

#endif
