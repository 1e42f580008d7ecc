/* A state machine on the bench: one run, driven by hand, with its clock. */
#ifndef TESTS_MACHINE_BENCH_H
#define TESTS_MACHINE_BENCH_H

#include "engine/machine.h"

/* A run of a workflow, driven by hand. */
struct bench {
	struct workflow *w;
	struct machine *m;
	struct events log;		/* all facts so far */
	struct refusal refusal;
	int64_t now_ms, seq;
};

void bench_open(struct bench *b, const char *text);
void bench_close(struct bench *b);
/* One input, at the next millisecond. */
void bench_feed(struct bench *b, struct input *in);
void bench_admit(struct bench *b);
void bench_launch(struct bench *b, const char *task);
/* The present attempt ends so. */
void bench_end(struct bench *b, const char *task, enum task_status status);
/* task "": on the run. */
void bench_order(struct bench *b, enum verb verb, const char *task, const char *by);
/* Launched and ended. */
void bench_run_task(struct bench *b, const char *task, enum task_status status);
enum task_status bench_status_of(const struct bench *b, const char *task);

#endif
