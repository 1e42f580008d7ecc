/* Whole programs on a terminal, told in few lines:
 *
 *	struct story s;
 *	story_begin(&s, 24, 80);
 *	story_open(&s, "runboard", "--test-sync", "{sync}", NULL);
 *	story_keys(&s, "j j Enter");
 *	story_sees(&s, "order-0002");
 *	story_end(&s);
 *
 * Every story has an empty home of its own, a fixed environment, and programs
 * from the build tree. A failed assertion prints the screen, or what the command said. */
#ifndef TESTS_LIB_STORY_H
#define TESTS_LIB_STORY_H

#include "base/str.h"
#include "lib/vt.h"

enum { STORY_ENV_MAX = 32 };

struct story {
	struct vt *vt;			/* NULL before story_open */
	int rows, cols;
	struct str home;		/* made by story_begin, removed by story_end */
	char *env[STORY_ENV_MAX + 1];
	struct str out;			/* of the last story_run: stdout, then stderr */
	struct str err;
};

void story_begin(struct story *s, int rows, int cols);
/* Sets (or replaces) a variable for everything started after. */
void story_env(struct story *s, const char *name, const char *value);
/* Writes HOME/path, with its folders. */
void story_file(struct story *s, const char *path, const char *content);
/* Opens a program on the terminal: a name in the build tree or a path, words, NULL. */
void story_open(struct story *s, const char *program, ...) __attribute__((sentinel));
/* Runs a command to its end without a terminal; its exit status, or 128 + signal. */
int story_run(struct story *s, const char *program, ...) __attribute__((sentinel));
/* Runs it and fails unless it ends with the status. */
#define story_runs(s, status, ...) story_ran((s), story_run((s), __VA_ARGS__), (status))
void story_ran(const struct story *s, int got, int status);
/* Fails unless the last command said it on stdout. */
void story_said(const struct story *s, const char *text);

/* Keys by name, then until the program is at rest. */
void story_keys(struct story *s, const char *names);
void story_type(struct story *s, const char *text);
/* Waits until it stands on the screen, or no longer does. */
void story_sees(struct story *s, const char *text);
void story_sees_no(struct story *s, const char *text);
/* Waits for the end of the program on the terminal; fails unless the status fits. */
void story_ends_with(struct story *s, int status);
/* Stops the engine of this home, if there is one, and removes everything. */
void story_end(struct story *s);

#endif
