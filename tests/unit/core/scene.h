/* Runs for the tests of core, made in one line. */
#ifndef TESTS_UNIT_CORE_SCENE_H
#define TESTS_UNIT_CORE_SCENE_H

#include "core/store.h"

enum { SCENE_NOW = 1000000 };

/* "deploy", 1: id "run-1", created at 1000, started at 1100 unless pending, ended
 * at 1200 if it is over; waiting since 1150. */
struct run_facts scene_run(const char *workflow, int number, enum run_status status);
/* Upserts it; the key. */
struct run_key scene_put(struct store *s, const struct run_facts *run);

#endif
