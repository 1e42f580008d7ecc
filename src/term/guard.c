/* Death hook, handlers of fatal signals, and stderr in memory. What is here runs
 * in signal handlers: only what is async-signal-safe, no allocation. */
#include "term/guard.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

enum { LEAVE_MAX = 256, STACK_SIZE = 32 << 10 };

/* The terminal to restore: one of the program's three mutable file variables. */
static struct {
	volatile sig_atomic_t taken;
	int tty;
	char leave[LEAVE_MAX];
	size_t leave_len;
	struct termios before;
	int stderr_saved;	/* -1: stderr was not caught */
} guarded = { .stderr_saved = -1 };

static const int FATAL[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS };

enum { N_FATAL = sizeof(FATAL) / sizeof(FATAL[0]) };

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

static void print_caught(void)
{
	char bytes[1024];
	int caught = STDERR_FILENO, saved = guarded.stderr_saved;
	if (saved < 0)
		return;
	guarded.stderr_saved = -1;
	if (lseek(caught, 0, SEEK_SET) == 0) {
		ssize_t n;
		while ((n = read(caught, bytes, sizeof(bytes))) > 0)
			write_all(saved, bytes, (size_t)n);
	}
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void restore(void)
{
	if (!guarded.taken)
		return;
	guarded.taken = 0;
	write_all(guarded.tty, guarded.leave, guarded.leave_len);
	tcsetattr(guarded.tty, TCSANOW, &guarded.before);
	print_caught();
}

static void die(int signal)
{
	restore();
	/* SA_RESETHAND has put the default back: now die of it. */
	raise(signal);
}

static void catch_stderr(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	int memory = memfd_create("stderr", MFD_CLOEXEC);
	if (memory < 0)
		return;
	guarded.stderr_saved = dup(STDERR_FILENO);
	if (guarded.stderr_saved >= 0)
		dup2(memory, STDERR_FILENO);
	close(memory);
}

static void set_handlers(void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < N_FATAL; i++)
		sigaction(FATAL[i], &action, NULL);
}

/* A stack of their own lets the handlers run after a stack overflow too. */
static void set_stack(void)
{
	static char bytes[STACK_SIZE];
	const stack_t stack = { .ss_sp = bytes, .ss_size = sizeof(bytes) };
	sigaltstack(&stack, NULL);
}

void guard_take(int tty, struct view leave, const struct termios *before)
{
	guarded.tty = tty;
	guarded.leave_len = leave.len < LEAVE_MAX ? leave.len : LEAVE_MAX;
	memcpy(guarded.leave, leave.ptr, guarded.leave_len);
	guarded.before = *before;
	catch_stderr();
	guarded.taken = 1;
	mem_on_death(restore);
	set_stack();
	set_handlers(die, (int)SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
}

void guard_drop(void)
{
	guarded.taken = 0;
	mem_on_death(NULL);
	set_handlers(SIG_DFL, 0);
	print_caught();
}
