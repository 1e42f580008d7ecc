/* Attempts for the tests of the supervisor. */
#ifndef TESTS_UNIT_STEP_ATTEMPT_H
#define TESTS_UNIT_STEP_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/exitline.h"
#include "base/str.h"

enum { FILE_MAX = 8 << 20, PATIENCE_MS = 20000 };

/* One attempt: its folder, its supervisor, its specification so far. */
struct attempt {
	char folder[64];
	int dir, lock;
	pid_t pid;
	struct str spec;
	struct exit_line line;
	bool has_line;
};

void attempt_init(struct attempt *a);
void say(struct attempt *a, const char *name, const char *value);
void say_shell(struct attempt *a, const char *script);
void feed(int fd, struct view v);
void launch(struct attempt *a);
void launch_whole(struct attempt *a);
void read_file(struct attempt *a, const char *name, struct str *out);
int wait_end(struct attempt *a);
void attempt_end(struct attempt *a);
void run_shell(struct attempt *a, const char *script);
void check_file(struct attempt *a, const char *name, const char *want);
int64_t number_in(struct attempt *a, const char *name);
bool is_alive(int64_t pid);
int dial(struct attempt *a);
bool hear(int fd, const char *word, char *packet, size_t size);

#endif
