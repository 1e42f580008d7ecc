/* Starts a program by posix_spawn (which costs the same whatever our size is) with
 * exactly what it is given. Knows nothing of what is started. */
#include "io/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "base/mem.h"

/* The copies above every target, so that no mapping overwrites another's source. */
struct raised {
	int *fds;
	size_t len;
	int last;	/* highest target */
};

static void raised_close(struct raised *r)
{
	for (size_t i = 0; i < r->len; i++)
		close(r->fds[i]);
	mem_free(r->fds);
}

static bool raise_fds(struct raised *r, const struct spawn *s, struct err *err)
{
	r->fds = mem_array(s->n_fds + 1, sizeof *r->fds);
	r->last = STDERR_FILENO;
	for (size_t i = 0; i < s->n_fds; i++) {
		if (s->fds[i].to > r->last)
			r->last = s->fds[i].to;
	}
	for (size_t i = 0; i < s->n_fds; i++) {
		int fd = fcntl(s->fds[i].from, F_DUPFD_CLOEXEC, r->last + 1);
		if (fd < 0)
			return err_system(err, errno, "cannot start %s: descriptor %d",
					  s->program, s->fds[i].from);
		r->fds[r->len++] = fd;
	}
	return true;
}

static bool is_target(const struct spawn *s, int fd)
{
	for (size_t i = 0; i < s->n_fds; i++) {
		if (s->fds[i].to == fd)
			return true;
	}
	return false;
}

/* First nonzero error of posix_spawn_file_actions_*, which return it. */
static int add_actions(posix_spawn_file_actions_t *actions, const struct spawn *s,
		       const struct raised *r)
{
	int e = 0;
	for (size_t i = 0; i < s->n_fds && !e; i++)
		e = posix_spawn_file_actions_adddup2(actions, r->fds[i], s->fds[i].to);
	for (int fd = 0; fd <= r->last && !e; fd++) {
		if (is_target(s, fd))
			continue;
		if (fd <= STDERR_FILENO)
			e = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0);
		else
			e = posix_spawn_file_actions_addclose(actions, fd);
	}
	if (!e)
		e = posix_spawn_file_actions_addclosefrom_np(actions, r->last + 1);
	if (!e && s->dir)
		e = posix_spawn_file_actions_addchdir_np(actions, s->dir);
	return e;
}

static int set_attributes(posix_spawnattr_t *attr, const struct spawn *s)
{
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	if (s->session)
		flags |= POSIX_SPAWN_SETSID;
	int e = posix_spawnattr_setflags(attr, flags);
	if (!e)
		e = posix_spawnattr_setsigmask(attr, &none);
	if (!e)
		e = posix_spawnattr_setsigdefault(attr, &all);
	return e;
}

/* posix_spawn takes argv without const; it never writes to it. */
static char *const *bare(const char *const *list)
{
	union {
		const char *const *in;
		char *const *out;
	} cast = { .in = list };
	return cast.out;
}

static int start(const struct spawn *s, const struct raised *r, pid_t *pid)
{
	const char *const alone[] = { s->program, NULL };
	const char *const empty[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int e = posix_spawn_file_actions_init(&actions);
	if (e)
		return e;
	e = posix_spawnattr_init(&attr);
	if (!e) {
		e = add_actions(&actions, s, r);
		if (!e)
			e = set_attributes(&attr, s);
		if (!e)
			e = posix_spawn(pid, s->program, &actions, &attr,
					bare(s->argv ? s->argv : alone),
					bare(s->env ? s->env : empty));
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	return e;
}

pid_t spawn_start(const struct spawn *s, struct err *err)
{
	struct raised raised = { 0 };
	pid_t pid = -1;
	if (raise_fds(&raised, s, err)) {
		int e = start(s, &raised, &pid);
		if (e) {
			err_system(err, e, "cannot start %s", s->program);
			pid = -1;
		}
	}
	raised_close(&raised);
	return pid;
}
