/* The loop of a process: descriptors, timers, signals, children, and work for the
 * end of a turn. The door to libev. Callbacks come one at a time, never from
 * inside a call of this interface. A watcher may be removed at any time, also in
 * its own callback; after loop_remove returns it is never called again. */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct loop;
struct watch;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void loop_fd_fn(void *arg, int fd, unsigned events);
typedef void loop_fn(void *arg);
typedef void loop_signal_fn(void *arg, int signum);
typedef void loop_child_fn(void *arg, pid_t pid, int status);

struct loop *loop_new(void);
void loop_free(struct loop *l);
/* Until loop_stop, or nothing is watched any more. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
/* One turn; waits at most wait_ms (0: not at all, -1: until something happens). */
void loop_turn(struct loop *l, int wait_ms);

struct watch *loop_fd(struct loop *l, int fd, unsigned events, loop_fd_fn *fn, void *arg);
void loop_fd_change(struct watch *w, unsigned events);	/* 0: pause */
/* Once, after delay_ms of monotonic time; the watch stays and can be set again. */
struct watch *loop_timer(struct loop *l, loop_fn *fn, void *arg);
void loop_timer_set(struct watch *w, int64_t delay_ms);
void loop_timer_stop(struct watch *w);
bool loop_timer_is_set(const struct watch *w);
/* At a wall clock instant, right also after clock jumps. */
struct watch *loop_alarm(struct loop *l, loop_fn *fn, void *arg);
void loop_alarm_set(struct watch *w, int64_t at_ms);	/* 0: stop */
struct watch *loop_signal(struct loop *l, int signum, loop_signal_fn *fn, void *arg);
struct watch *loop_child(struct loop *l, pid_t pid, loop_child_fn *fn, void *arg);
/* Called at the end of every turn in which something happened, lower order first. */
struct watch *loop_end_of_turn(struct loop *l, int order, loop_fn *fn, void *arg);
/* Work in slices: called again and again when nothing else is due, until removed. */
struct watch *loop_idle(struct loop *l, loop_fn *fn, void *arg);
/* Once, in the next turn: for "not from inside". */
void loop_later(struct loop *l, loop_fn *fn, void *arg);
/* NULL is fine. */
void loop_remove(struct watch *w);

#endif
