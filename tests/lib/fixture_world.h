/* What the made-up world answers to an effect. */
#ifndef TESTS_LIB_FIXTURE_WORLD_H
#define TESTS_LIB_FIXTURE_WORLD_H

#include "lib/fixture.h"

void fixture_world(struct fixture *f, const struct effect *e);

#endif
