/* The loop of a process: the door to libev. A turn is one pass of libev, the work
 * put off by loop_later before it, and the end-of-turn calls after it. Watches
 * that were removed are freed when the turn is over, so that a callback may
 * remove any watch, its own too. Knows nothing of who is called. */
#include "io/loop.h"

#include <errno.h>
#include <ev.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/vec.h"

enum watch_kind {
	WATCH_FD, WATCH_TIMER, WATCH_ALARM, WATCH_SIGNAL, WATCH_CHILD, WATCH_TURN, WATCH_IDLE
};

struct watch {
	struct loop *loop;
	enum watch_kind kind;
	bool removed;		/* waits in the list to be freed */
	struct watch *prev, *next;	/* all watches of the loop */
	struct watch *next_hook;	/* WATCH_TURN: by order */
	struct watch *next_removed;
	int order;
	pid_t pid;
	int pidfd;		/* -1: the child is polled with the timer */
	ev_io io;
	ev_timer timer;
	ev_periodic alarm;
	ev_signal sig;
	ev_idle idle;
	union {
		loop_fd_fn *fd;
		loop_fn *plain;
		loop_signal_fn *signum;
		loop_child_fn *child;
	} fn;
	void *arg;
};

struct later {
	loop_fn *fn;
	void *arg;
};

struct loop {
	struct ev_loop *ev;
	struct watch *watches, *hooks, *removed;
	VEC(struct later) later;
	ev_timer patience;	/* bounds loop_turn */
	bool happened;		/* something was called in this turn */
	bool stopped;
	bool turning;
};

enum { CHILD_POLL_MS = 100 };

static void on_patience(struct ev_loop *ev, ev_timer *t, int revents)
{
}

struct loop *loop_new(void)
{
	struct loop *l = mem_zero(sizeof *l);
	l->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!l->ev)
		BUG("no epoll on this system");
	ev_timer_init(&l->patience, on_patience, 0., 0.);
	return l;
}

/* ---- the life of a watch ---- */

static struct watch *watch_new(struct loop *l, enum watch_kind kind, void *arg)
{
	struct watch *w = mem_zero(sizeof *w);
	w->loop = l;
	w->kind = kind;
	w->arg = arg;
	w->pidfd = -1;
	w->next = l->watches;
	if (l->watches)
		l->watches->prev = w;
	l->watches = w;
	return w;
}

static void watch_stop(struct watch *w)
{
	struct ev_loop *ev = w->loop->ev;
	ev_io_stop(ev, &w->io);
	ev_timer_stop(ev, &w->timer);
	ev_periodic_stop(ev, &w->alarm);
	ev_signal_stop(ev, &w->sig);
	ev_idle_stop(ev, &w->idle);
	if (w->pidfd >= 0)
		close(w->pidfd);
	w->pidfd = -1;
}

void loop_remove(struct watch *w)
{
	if (!w || w->removed)
		return;
	watch_stop(w);
	w->removed = true;
	w->next_removed = w->loop->removed;
	w->loop->removed = w;
}

static void unlink_hook(struct loop *l, const struct watch *w)
{
	for (struct watch **at = &l->hooks; *at; at = &(*at)->next_hook) {
		if (*at == w) {
			*at = w->next_hook;
			return;
		}
	}
}

static void free_removed(struct loop *l)
{
	while (l->removed) {
		struct watch *w = l->removed;
		l->removed = w->next_removed;
		if (w->kind == WATCH_TURN)
			unlink_hook(l, w);
		if (w->prev)
			w->prev->next = w->next;
		else
			l->watches = w->next;
		if (w->next)
			w->next->prev = w->prev;
		mem_free(w);
	}
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	for (struct watch *w = l->watches; w; w = w->next)
		loop_remove(w);
	free_removed(l);
	vec_release(&l->later);
	ev_loop_destroy(l->ev);
	mem_free(l);
}

/* ---- turns ---- */

static void run_later(struct loop *l, size_t n)
{
	/* What is put off meanwhile belongs to the next turn. */
	for (size_t i = 0; i < n; i++) {
		struct later job = l->later.items[i];
		job.fn(job.arg);
	}
	for (size_t i = 0; i < n; i++)
		vec_remove(&l->later, 0);
}

static void run_hooks(struct loop *l)
{
	for (struct watch *w = l->hooks; w; w = w->next_hook) {
		if (!w->removed)
			w->fn.plain(w->arg);
	}
}

/* One turn. Returns whether anything is still watched. */
static bool turn(struct loop *l, int flags)
{
	if (l->turning)
		BUG("a turn of the loop from inside a turn");
	l->turning = true;
	l->happened = false;
	size_t n = l->later.len;
	if (n) {
		flags = EVRUN_NOWAIT;
		l->happened = true;
		run_later(l, n);
	}
	int active = ev_run(l->ev, flags);
	if (l->happened)
		run_hooks(l);
	free_removed(l);
	l->turning = false;
	return active || l->later.len;
}

void loop_run(struct loop *l)
{
	l->stopped = false;
	while (!l->stopped && turn(l, EVRUN_ONCE))
		;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

void loop_turn(struct loop *l, int wait_ms)
{
	if (wait_ms <= 0) {
		turn(l, wait_ms < 0 ? EVRUN_ONCE : EVRUN_NOWAIT);
		return;
	}
	ev_now_update(l->ev);
	ev_timer_set(&l->patience, wait_ms / 1000., 0.);
	ev_timer_start(l->ev, &l->patience);
	turn(l, EVRUN_ONCE);
	ev_timer_stop(l->ev, &l->patience);
}

void loop_later(struct loop *l, loop_fn *fn, void *arg)
{
	struct later job = { fn, arg };
	vec_push(&l->later, job);
}

/* ---- descriptors ---- */

static void on_io(struct ev_loop *ev, ev_io *io, int revents)
{
	struct watch *w = io->data;
	w->loop->happened = true;
	unsigned events = (revents & EV_READ ? LOOP_READ : 0) |
			  (revents & EV_WRITE ? LOOP_WRITE : 0);
	if (revents & EV_ERROR)
		events = LOOP_READ | LOOP_WRITE;	/* a closed descriptor: let read say so */
	w->fn.fd(w->arg, io->fd, events);
}

static int io_events(unsigned events)
{
	return (events & LOOP_READ ? EV_READ : 0) | (events & LOOP_WRITE ? EV_WRITE : 0);
}

struct watch *loop_fd(struct loop *l, int fd, unsigned events, loop_fd_fn *fn, void *arg)
{
	struct watch *w = watch_new(l, WATCH_FD, arg);
	w->fn.fd = fn;
	ev_io_init(&w->io, on_io, fd, io_events(events));
	w->io.data = w;
	if (events)
		ev_io_start(l->ev, &w->io);
	return w;
}

void loop_fd_change(struct watch *w, unsigned events)
{
	int wanted = io_events(events);
	if (w->removed || (ev_is_active(&w->io) && (w->io.events & (EV_READ | EV_WRITE)) == wanted))
		return;
	ev_io_stop(w->loop->ev, &w->io);
	if (!wanted)
		return;
	ev_io_set(&w->io, w->io.fd, wanted);
	ev_io_start(w->loop->ev, &w->io);
}

/* ---- time ---- */

static void on_timer(struct ev_loop *ev, ev_timer *t, int revents)
{
	struct watch *w = t->data;
	w->loop->happened = true;
	w->fn.plain(w->arg);
}

struct watch *loop_timer(struct loop *l, loop_fn *fn, void *arg)
{
	struct watch *w = watch_new(l, WATCH_TIMER, arg);
	w->fn.plain = fn;
	ev_timer_init(&w->timer, on_timer, 0., 0.);
	w->timer.data = w;
	return w;
}

void loop_timer_set(struct watch *w, int64_t delay_ms)
{
	if (w->removed)
		return;
	ev_timer_stop(w->loop->ev, &w->timer);
	ev_now_update(w->loop->ev);	/* else a long callback makes timers early */
	ev_timer_set(&w->timer, delay_ms > 0 ? (double)delay_ms / 1000. : 0., 0.);
	ev_timer_start(w->loop->ev, &w->timer);
}

void loop_timer_stop(struct watch *w)
{
	ev_timer_stop(w->loop->ev, &w->timer);
}

bool loop_timer_is_set(const struct watch *w)
{
	struct ev_timer timer = w->timer;	/* libev's macros take no const */
	return ev_is_active(&timer) || ev_is_pending(&timer);
}

static void on_alarm(struct ev_loop *ev, ev_periodic *p, int revents)
{
	struct watch *w = p->data;
	w->loop->happened = true;
	w->fn.plain(w->arg);
}

struct watch *loop_alarm(struct loop *l, loop_fn *fn, void *arg)
{
	struct watch *w = watch_new(l, WATCH_ALARM, arg);
	w->fn.plain = fn;
	ev_periodic_init(&w->alarm, on_alarm, 0., 0., NULL);
	w->alarm.data = w;
	return w;
}

void loop_alarm_set(struct watch *w, int64_t at_ms)
{
	if (w->removed)
		return;
	ev_periodic_stop(w->loop->ev, &w->alarm);
	if (!at_ms)
		return;
	/* Half a millisecond late rather than a rounding early. libev follows
	 * clock jumps with a timerfd of its own. */
	ev_periodic_set(&w->alarm, (double)at_ms / 1000. + 0.0005, 0., NULL);
	ev_periodic_start(w->loop->ev, &w->alarm);
}

/* ---- signals and children ---- */

static void on_signal(struct ev_loop *ev, ev_signal *s, int revents)
{
	struct watch *w = s->data;
	w->loop->happened = true;
	w->fn.signum(w->arg, s->signum);
}

struct watch *loop_signal(struct loop *l, int signum, loop_signal_fn *fn, void *arg)
{
	struct watch *w = watch_new(l, WATCH_SIGNAL, arg);
	w->fn.signum = fn;
	ev_signal_init(&w->sig, on_signal, signum);
	w->sig.data = w;
	ev_signal_start(l->ev, &w->sig);
	return w;
}

/* Called once: a child that has been reaped is watched no more. */
static void reap(struct watch *w)
{
	int status = 0;
	pid_t got = waitpid(w->pid, &status, WNOHANG);
	if (got == 0 || (got < 0 && errno == EINTR))
		return;
	w->loop->happened = true;
	watch_stop(w);
	w->fn.child(w->arg, w->pid, got < 0 ? -1 : status);
}

static void on_pidfd(struct ev_loop *ev, ev_io *io, int revents)
{
	reap(io->data);
}

static void on_child_poll(struct ev_loop *ev, ev_timer *t, int revents)
{
	reap(t->data);
}

struct watch *loop_child(struct loop *l, pid_t pid, loop_child_fn *fn, void *arg)
{
	struct watch *w = watch_new(l, WATCH_CHILD, arg);
	w->fn.child = fn;
	w->pid = pid;
	w->io.data = w->timer.data = w;
	w->pidfd = pidfd_open(pid, 0);
	if (w->pidfd >= 0) {
		ev_io_init(&w->io, on_pidfd, w->pidfd, EV_READ);
		ev_io_start(l->ev, &w->io);
	} else {
		/* No descriptor left, or reaped already: ask now and then. */
		ev_timer_init(&w->timer, on_child_poll, 0., CHILD_POLL_MS / 1000.);
		ev_timer_start(l->ev, &w->timer);
	}
	return w;
}

/* ---- between events ---- */

struct watch *loop_end_of_turn(struct loop *l, int order, loop_fn *fn, void *arg)
{
	struct watch *w = watch_new(l, WATCH_TURN, arg);
	w->fn.plain = fn;
	w->order = order;
	struct watch **at = &l->hooks;
	while (*at && (*at)->order <= order)
		at = &(*at)->next_hook;
	w->next_hook = *at;
	*at = w;
	return w;
}

static void on_idle(struct ev_loop *ev, ev_idle *idle, int revents)
{
	struct watch *w = idle->data;
	w->loop->happened = true;
	w->fn.plain(w->arg);
}

struct watch *loop_idle(struct loop *l, loop_fn *fn, void *arg)
{
	struct watch *w = watch_new(l, WATCH_IDLE, arg);
	w->fn.plain = fn;
	ev_idle_init(&w->idle, on_idle);
	ev_set_priority(&w->idle, EV_MINPRI);
	w->idle.data = w;
	ev_idle_start(l->ev, &w->idle);
	return w;
}
