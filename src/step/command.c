/* fork, gate, exec. Between fork and exec only what is safe there. */
#include "step/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOT_STARTED = 127, USUAL_UMASK = 022 };

enum stage { STAGE_DIR, STAGE_EXEC };

struct failure {
	enum stage stage;
	int errnum;
};

/* The four pipes; [0] is read, [1] written. */
struct pipes {
	int out[2], err[2], gate[2], failure[2];
};

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

static void close_pipes(struct pipes *p)
{
	close_pair(p->out);
	close_pair(p->err);
	close_pair(p->gate);
	close_pair(p->failure);
}

static bool open_pipes(struct pipes *p, struct err *err)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (!pipe2(p->out, O_CLOEXEC) && !pipe2(p->err, O_CLOEXEC) &&
	    !pipe2(p->gate, O_CLOEXEC) && !pipe2(p->failure, O_CLOEXEC))
		return true;
	err_system(err, errno, "no pipes for the command");
	close_pipes(p);
	return false;
}

static void reset_signals(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	for (int signum = 1; signum < NSIG; signum++)
		sigaction(signum, &usual, NULL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void fail_with(int fd, enum stage stage)
{
	struct failure failure = { stage, errno };
	ssize_t told = write(fd, &failure, sizeof failure);
	_exit(told < 0 ? NOT_STARTED - 1 : NOT_STARTED);
}

/* In the child. Everything but 0 to 2 closes at exec. */
static _Noreturn void become_command(const struct pipes *p, const struct spec *spec)
{
	char go;
	setpgid(0, 0);
	reset_signals();
	dup2(p->out[1], STDOUT_FILENO);
	dup2(p->err[1], STDERR_FILENO);
	close(p->gate[1]);
	close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	if (read(p->gate[0], &go, 1) != 1)
		_exit(NOT_STARTED);
	umask(USUAL_UMASK);
	if (chdir(spec->dir ? spec->dir : "/"))
		fail_with(p->failure[1], STAGE_DIR);
	environ = spec->env.items;
	execvp(spec->args.items[0], spec->args.items);
	fail_with(p->failure[1], STAGE_EXEC);
}

static void not_blocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool command_spawn(struct command *c, const struct spec *spec, struct err *err)
{
	struct pipes p;
	sigset_t all, before;
	if (!open_pipes(&p, err))
		return false;
	/* The child ignores what we ignore until it has reset its signals: what is sent to it
	 * before waits for that. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	if (!pid)
		become_command(&p, spec);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid < 0) {
		err_system(err, errno, "cannot start a process");
		close_pipes(&p);
		return false;
	}
	setpgid(pid, pid);	/* whoever comes first */
	close(p.out[1]);
	close(p.err[1]);
	close(p.gate[0]);
	close(p.failure[1]);
	*c = (struct command){ pid, p.out[0], p.err[0], p.gate[1], p.failure[0] };
	not_blocking(c->out);
	not_blocking(c->err);
	not_blocking(c->failure);
	return true;
}

void command_release(struct command *c)
{
	/* A child that died meanwhile is seen by its status. */
	if (write(c->gate, "g", 1) < 0)
		err_set(NULL, ERR_SYSTEM, "gone");
	close(c->gate);
	c->gate = -1;
}

bool command_failed(const struct command *c, const struct spec *spec, struct str *why)
{
	struct failure failure;
	if (read(c->failure, &failure, sizeof failure) != sizeof failure)
		return false;
	struct err err = { 0 };
	if (failure.stage == STAGE_DIR)
		err_system(&err, failure.errnum, "cannot enter the folder %s",
			   spec->dir ? spec->dir : "/");
	else
		err_system(&err, failure.errnum, "cannot run %s", spec->args.items[0]);
	str_add_text(why, err_text(&err));
	err_release(&err);
	return true;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void command_close(struct command *c)
{
	close_fd(&c->out);
	close_fd(&c->err);
	close_fd(&c->gate);
	close_fd(&c->failure);
}
