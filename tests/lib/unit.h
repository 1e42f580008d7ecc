/* Runs check's suites and prints one closing line for the test counter. */
#ifndef TESTS_LIB_UNIT_H
#define TESTS_LIB_UNIT_H

/* libcheck's macros need these. */
#include <stdint.h>
#include <stdlib.h>

#include <check.h>

#include "lib/guard.h"

typedef Suite *unit_suite_fn(void);

/* suites: up to a NULL. Returns the exit status of main. CK_RUN_SUITE and
 * CK_RUN_CASE pick; CK_FORK=no for a debugger. Under a guard (guard.h): folders come from
 * guard_folder. */
int unit_main(const char *name, unit_suite_fn *const *suites);

#endif
