/* The sets of made-up runs: a part of fixture.c. */
#ifndef TESTS_LIB_FIXTURE_SETS_H
#define TESTS_LIB_FIXTURE_SETS_H

#include "lib/fixture.h"

/* Puts the set's runs; false where there is none of that name. */
bool fixture_fill(struct fixture *f, const char *set);

#endif
