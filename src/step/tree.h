/* The processes below this one, by the kernel's own lists (/proc): a subreaper
 * inherits every orphan of its tree, so nothing gets away. */
#ifndef STEP_TREE_H
#define STEP_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What processes have used. */
struct tree_usage {
	int64_t cpu_ms, rss_kb, read_bytes, write_bytes;
};

/* Sends signum to every descendant. Returns how many there were. */
size_t tree_signal(int signum);
/* Of all that lives below this process now. */
struct tree_usage tree_usage_now(void);
/* Takes one dead child, its use added to *sum. 0: none is dead; -1: there are no
 * children at all. */
pid_t tree_reap(int *status, struct tree_usage *sum);

#endif
