/* Starts a program with exactly the descriptors, arguments and environment that
 * are given: nothing else is inherited. All signals have their default action and
 * none is blocked. Watch the pid with loop_child. */
#ifndef IO_SPAWN_H
#define IO_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* `from` of ours becomes `to` there; the lists may overlap in any way. */
struct spawn_fd {
	int from, to;
};

struct spawn {
	const char *program;		/* a path, not searched for */
	const char *const *argv;	/* NULL-terminated; NULL: the program's path alone */
	const char *const *env;		/* "NAME=VALUE", NULL-terminated; NULL: empty */
	const struct spawn_fd *fds;	/* 0 to 2 where not named: /dev/null; others: closed */
	size_t n_fds;
	const char *dir;		/* NULL: as ours */
	bool session;			/* leads a session of its own */
};

/* The pid, or -1 and err ("cannot start /usr/...: No such file"): also where
 * exec itself failed. The caller's descriptors stay open and its own. */
pid_t spawn_start(const struct spawn *s, struct err *err);

#endif
