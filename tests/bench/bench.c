/* What the benchmarks share. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"

int64_t bench_now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double bench_percentile(double *values, size_t n, double p)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof *values, compare);
	size_t at = (size_t)((double)(n - 1) * p / 100 + 0.5);
	return values[at];
}

void bench_remove_folder(const char *folder)
{
	struct str command = { 0 };
	str_addf(&command, "rm -rf '%s'", folder);
	if (system(str_text(&command)))
		BUG("a folder cannot be removed");
	str_release(&command);
}

void bench_report(const char *name, double value, const char *unit, double goal)
{
	FILE *json = fopen("bench.json", "a");
	printf("%-46s %12.2f %-12s", name, value, unit);
	if (goal > 0)
		printf(" goal %g", goal);
	printf("\n");
	fflush(stdout);
	if (!json)
		return;
	fprintf(json, "{\"name\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"goal\":%g}\n", name, value,
		unit, goal);
	fclose(json);
}
