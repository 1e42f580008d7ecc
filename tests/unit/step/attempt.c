/* Attempts for the tests: folder, lock, the real supervisor and its control socket. */
#include "unit/step/attempt.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "base/when.h"
#include "lib/guard.h"

void attempt_init(struct attempt *a)
{
	*a = (struct attempt){ 0 };
	guard_folder(a->folder, sizeof a->folder, "step");
	a->dir = open(a->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	a->lock = openat(a->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(flock(a->lock, LOCK_EX | LOCK_NB), 0);
}

void say(struct attempt *a, const char *name, const char *value)
{
	str_addf(&a->spec, "%s %zu\n%s\n", name, strlen(value), value);
}

void say_shell(struct attempt *a, const char *script)
{
	say(a, "arg", "/bin/sh");
	say(a, "arg", "-c");
	say(a, "arg", script);
	say(a, "env", "PATH=/usr/bin:/bin");
}

void feed(int fd, struct view v)
{
	ck_assert(file_write_all(fd, v, NULL));
	close(fd);
}

/* Starts the supervisor with exactly the descriptors of the protocol. */
void launch(struct attempt *a)
{
	int spec[2];
	ck_assert_int_eq(pipe2(spec, O_CLOEXEC), 0);
	a->pid = fork();
	ck_assert_int_ge(a->pid, 0);
	if (!a->pid) {
		char *const argv[] = { (char[]){ "runboard-step" }, NULL }, *const env[] = { NULL };
		int null = open("/dev/null", O_RDWR);
		int folder = fcntl(a->dir, F_DUPFD, 20), lock = fcntl(a->lock, F_DUPFD, 20);
		int read_end = fcntl(spec[0], F_DUPFD, 20);
		dup2(null, 0);
		dup2(null, 1);
		dup2(folder, 3);
		dup2(lock, 4);
		dup2(read_end, 5);
		close_range(6, ~0u, 0);
		execve(BUILDDIR "/runboard-step", argv, env);
		_exit(99);
	}
	close(spec[0]);
	close(a->lock);
	a->lock = -1;
	feed(spec[1], view_of_str(&a->spec));
}

void launch_whole(struct attempt *a)
{
	say(a, "end", "");
	launch(a);
}

void read_file(struct attempt *a, const char *name, struct str *out)
{
	str_clear(out);
	file_read_at(a->dir, name, FILE_MAX, out, NULL);
}

int wait_end(struct attempt *a)
{
	int status = 0;
	struct str text = { 0 };
	ck_assert_int_eq(waitpid(a->pid, &status, 0), a->pid);
	read_file(a, "exit", &text);
	a->has_line = exit_line_read(view_of_str(&text), &a->line);
	str_release(&text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void attempt_end(struct attempt *a)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", a->folder);
	ck_assert_int_eq(system(command), 0);
	close(a->dir);
	str_release(&a->spec);
}

void run_shell(struct attempt *a, const char *script)
{
	say_shell(a, script);
	launch_whole(a);
	ck_assert_int_eq(wait_end(a), 0);
	ck_assert(a->has_line);
}

void check_file(struct attempt *a, const char *name, const char *want)
{
	struct str text = { 0 };
	read_file(a, name, &text);
	ck_assert_str_eq(str_text(&text), want);
	str_release(&text);
}

int64_t number_in(struct attempt *a, const char *name)
{
	struct str text = { 0 };
	int64_t n = -1;
	read_file(a, name, &text);
	number_parse(view_trim(view_of_str(&text)), 1, INT32_MAX, &n);
	str_release(&text);
	return n;
}

bool is_alive(int64_t pid)
{
	return !kill((pid_t)pid, 0);
}

/* Waits for a file that the command or the supervisor makes. */
static void await_file(struct attempt *a, const char *name)
{
	int64_t until = when_mono_ms() + PATIENCE_MS;
	while (faccessat(a->dir, name, F_OK, 0)) {
		ck_assert_int_lt(when_mono_ms(), until);
		sched_yield();
	}
}

int dial(struct attempt *a)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	await_file(a, "started");	/* the socket is older */
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s/control", a->folder);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	struct timeval patience = { PATIENCE_MS / 1000, 0 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

/* Reads packets until one begins with `word`; false at the end. */
bool hear(int fd, const char *word, char *packet, size_t size)
{
	for (;;) {
		ssize_t n = recv(fd, packet, size - 1, 0);
		if (n <= 0)
			return false;
		packet[n] = '\0';
		if (!strncmp(packet, word, strlen(word)))
			return true;
	}
}
