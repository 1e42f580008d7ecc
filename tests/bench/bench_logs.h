/* Measures of reading a long log. */
#ifndef TESTS_BENCH_BENCH_LOGS_H
#define TESTS_BENCH_BENCH_LOGS_H

#include <stdint.h>

/* A log of so many octets. */
void bench_logs(int64_t size);

#endif
