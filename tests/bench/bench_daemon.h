/* runboardd as a program under measure: in a folder of its own, asked over its socket. */
#ifndef TESTS_BENCH_BENCH_DAEMON_H
#define TESTS_BENCH_BENCH_DAEMON_H

#include <stddef.h>
#include <sys/types.h>

#include "base/str.h"

struct daemon {
	char folder[40];
	char state[64], workflows[64], socket[64], listen[80];
	pid_t pid;
	double ready_ms;
};

/* A folder with the workflows "bench" (three steps) and "single". */
void daemon_prepare(struct daemon *d);
void daemon_begin(struct daemon *d);
void daemon_end(struct daemon *d);
void daemon_remove_all(const struct daemon *d);
/* "VmHWM:" and such of /proc/PID/status. */
double daemon_memory_mib(const struct daemon *d, const char *what);
double daemon_cpu_s(const struct daemon *d);

int daemon_dial(const struct daemon *d);
void daemon_send_request(int fd, const char *line, const char *body);
/* The whole answer; how long it took in ms. */
double daemon_ask(const struct daemon *d, const char *line, const char *body, struct str *out);
/* The first member of this name that is a text; "" where there is none. */
void daemon_member(const struct str *answer, const char *name, char *out, size_t max);

#endif
