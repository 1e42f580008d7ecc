/* What the benchmarks share: a clock, medians, one table and one JSON line each. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

int64_t bench_now_us(void);
/* Sorts the values. p in percent. */
double bench_percentile(double *values, size_t n, double p);
/* With all that is in it. */
void bench_remove_folder(const char *folder);
/* "name   value unit   goal" on stdout, and a line of JSON into bench.json of the
 * current folder. goal 0: none. */
void bench_report(const char *name, double value, const char *unit, double goal);

#endif
