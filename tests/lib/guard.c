/* What tests leave behind. The runner is the child of a keeper, to whom all orphans come
 * (a subreaper); the keeper dies with nobody's signal, but ends what it keeps. */
#include "lib/guard.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char variable[] = "RUNBOARD_TEST_FOLDER";

static volatile sig_atomic_t stopped;	/* somebody wants us to end */
static volatile pid_t kept;		/* the runner */

void guard_folder(char *path, size_t size, const char *name)
{
	const char *root = getenv(variable);
	int n = snprintf(path, size, "%s/%s-XXXXXX", root ? root : "/tmp", name);
	if (n < 0 || (size_t)n >= size || !mkdtemp(path)) {
		perror("no folder for a test");
		abort();
	}
}

void guard_file(char *path, size_t size, const char *name)
{
	const char *root = getenv(variable);
	int n = snprintf(path, size, "%s/%s-%d", root ? root : "/tmp", name, (int)getpid());
	if (n < 0 || (size_t)n >= size)
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)ftw;
	if (type == FTW_DNR)
		chmod(path, 0700);
	return remove(path);
}

static void settle_folder(const char *root, int status)
{
	if (!status)
		nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	else if (rmdir(root) && errno == ENOTEMPTY)
		fprintf(stderr, "left for a look: %s\n", root);
}

/* ---- processes ------------------------------------------------------------------------- */

static void on_stop(int signum)
{
	(void)signum;
	stopped = 1;
	kill(kept, SIGKILL);
}

static void mind_signals(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction action = { .sa_handler = on_stop };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
}

/* Of our children the first that the kernel names; 0: there is none. */
static pid_t any_child(void)
{
	char path[64];
	int pid = 0;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	FILE *f = fopen(path, "r");
	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

/* One that is killed leaves its own children to us: until there are no more. */
static void end_leftovers(void)
{
	for (pid_t pid = any_child(); pid; pid = any_child()) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
}

/* Waits for the runner; orphans that end meanwhile are buried at once. */
static int wait_for(pid_t runner)
{
	int status = 0;
	for (;;) {
		pid_t pid = waitpid(-1, &status, 0);
		if (pid == runner)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (pid < 0 && errno != EINTR)
			return EXIT_FAILURE;
	}
}

/* In the keeper. What was broken off is no failure to look at. */
static int keep(guard_fn *fn, void *arg, const char *root)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	pid_t runner = fork();
	if (!runner)
		exit(fn(arg));
	if (runner < 0)
		return EXIT_FAILURE;
	kept = runner;
	mind_signals();
	int status = wait_for(runner);
	end_leftovers();
	settle_folder(root, stopped ? 0 : status);
	return status;
}

int guard_run(guard_fn *fn, void *arg)
{
	char root[32];
	int status = 0;
	guard_folder(root, sizeof root, "rb");
	setenv(variable, root, 1);
	fflush(NULL);
	pid_t keeper = fork();
	if (!keeper)
		_exit(keep(fn, arg, root));
	while (waitpid(keeper, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int guard_run_here(guard_fn *fn, void *arg)
{
	char root[32];
	guard_folder(root, sizeof root, "rb");
	setenv(variable, root, 1);
	int status = fn(arg);
	settle_folder(root, status);
	return status;
}
