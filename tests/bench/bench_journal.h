/* How long a durable fact takes, and how many a second there are. */
#ifndef TESTS_BENCH_BENCH_JOURNAL_H
#define TESTS_BENCH_BENCH_JOURNAL_H

void bench_journal(void);

#endif
