/* Measures of runboardd as a program, over its socket. */
#ifndef TESTS_BENCH_BENCH_SERVE_H
#define TESTS_BENCH_BENCH_SERVE_H

#include <stdint.h>

/* From an order to the end of a run of one step. */
void bench_launch(void);
/* 200 readers of the stream, of which 20 are stalled. */
void bench_streams(void);
/* Start-up, list page, text search with so many runs in the journal. */
void bench_history(int64_t stored);

#endif
