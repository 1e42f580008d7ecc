/* Starts the local engine in the background. One lock in the state folder makes
 * sure that of several only one does; the others wait until the socket answers.
 * runboardd goes behind by itself and says on a pipe when it takes orders; what it
 * says on stderr before that is why it could not. */
#include "backend/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/str.h"
#include "base/when.h"
#include "io/sock.h"
#include "io/spawn.h"

enum { PATIENCE_MS = 15000, RETRY_MS = 40, SAID_MAX = 4096, READY_FD = 3 };

struct launch {
	struct loop *loop;
	char *socket;
	launch_fn *fn;
	void *arg;
	int64_t deadline_ms;		/* monotonic */
	struct watch *timer;		/* next step, or the end of patience */
	int lock;			/* -1: not ours */
	int ready;			/* read ends of the engine's pipes, -1: not started */
	int words;
	struct watch *ready_watch;
	struct str said;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void stop(struct launch *l)
{
	loop_remove(l->timer);
	loop_remove(l->ready_watch);
	l->timer = l->ready_watch = NULL;
	close_fd(&l->ready);
	close_fd(&l->words);
	close_fd(&l->lock);
}

void launch_free(struct launch *l)
{
	if (!l)
		return;
	stop(l);
	str_release(&l->said);
	mem_free(l->socket);
	mem_free(l);
}

/* Takes err. l may be gone after it. */
static void end(struct launch *l, bool ok, struct err *err)
{
	struct err taken = { 0 };
	err_move(&taken, err);
	stop(l);
	l->fn(l->arg, ok, ok ? NULL : &taken);
	err_release(&taken);
}

/* Whatever was in the way: there is no engine. */
static void not_started(struct launch *l, struct err *err)
{
	err_prefix(err, "the engine could not start");
	err->kind = ERR_UNREACHABLE;
	end(l, false, err);
}

/* ---- the engine's words ---- */

static void read_words(struct launch *l)
{
	char bytes[512];
	ssize_t n;
	while ((n = read(l->words, bytes, sizeof bytes)) > 0)
		str_add_bytes(&l->said, bytes, (size_t)n);
}

static struct view last_line(struct view said)
{
	struct view line, last = { 0 };
	while (view_split(&said, '\n', &line)) {
		if (view_trim(line).len)
			last = view_trim(line);
	}
	return last;
}

static bool answers(const struct launch *l)
{
	int fd = sock_connect(AT_FDCWD, l->socket, SOCK_KIND_STREAM, NULL);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Also where somebody else has started one meanwhile, by hand: that one will do. */
static void failed(struct launch *l)
{
	struct err err = { 0 };
	if (answers(l)) {
		end(l, true, &err);
		return;
	}
	read_words(l);
	struct view why = last_line(view_of_str(&l->said));
	if (view_starts(why, "runboardd: "))
		why = view_cut(why, strlen("runboardd: "), SIZE_MAX);
	if (why.len)
		err_set(&err, ERR_UNREACHABLE, "the engine could not start: %.*s", (int)why.len,
			why.ptr);
	else
		err_set(&err, ERR_UNREACHABLE,
			"the engine ended before it took orders on %s", l->socket);
	end(l, false, &err);
}

static void on_ready(void *arg, int fd, unsigned events)
{
	struct launch *l = arg;
	struct err none = { 0 };
	char bytes[16];
	ssize_t n = read(fd, bytes, sizeof bytes);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		end(l, true, &none);
	else
		failed(l);
}

/* The first process ends when the engine has gone behind: only to be reaped. */
static void on_child(void *arg, pid_t pid, int status)
{
}

/* ---- starting it: in our folder, which relative paths are meant from ---- */

static pid_t spawn_engine(const struct launch *l, int ready, int words, struct err *err)
{
	struct str program = { 0 }, listen = { 0 };
	const char *workflows = getenv("RUNBOARD_WORKFLOWS");
	const struct spawn_fd fds[] = { { words, STDERR_FILENO }, { ready, READY_FD } };
	pid_t pid = -1;
	str_addf(&listen, "unix:%s", l->socket);
	if (path_program(&program, "runboardd", err)) {
		const char *const argv[] = { str_text(&program), "--listen", str_text(&listen),
					     "--ready-fd", "3", workflows ? "--workflows" : NULL,
					     workflows, NULL };
		const struct spawn s = { .program = str_text(&program), .argv = argv,
					 .env = (const char *const *)environ, .fds = fds,
					 .n_fds = 2, .session = true };
		pid = spawn_start(&s, err);
	}
	str_release(&program);
	str_release(&listen);
	return pid;
}

static bool start_engine(struct launch *l, struct err *err)
{
	int ready[2], words[2];
	if (pipe2(ready, O_CLOEXEC | O_NONBLOCK))
		return err_system(err, errno, "no pipe for the engine");
	if (pipe2(words, O_CLOEXEC | O_NONBLOCK)) {
		close_fd(&ready[0]);
		close_fd(&ready[1]);
		return err_system(err, errno, "no pipe for the engine");
	}
	l->ready = ready[0];
	l->words = words[0];
	pid_t pid = spawn_engine(l, ready[1], words[1], err);
	close_fd(&ready[1]);
	close_fd(&words[1]);
	if (pid < 0)
		return false;
	loop_child(l->loop, pid, on_child, NULL);
	l->ready_watch = loop_fd(l->loop, l->ready, LOOP_READ, on_ready, l);
	return true;
}

/* The lock, or EWOULDBLOCK's silence where another board has it. */
static bool take_lock(struct launch *l, struct err *err)
{
	struct str path = { 0 };
	bool ok = path_state(&path, NULL, err) && file_own_folder(str_text(&path), err);
	if (ok) {
		str_add_text(&path, "/launch.lock");
		l->lock = open(str_text(&path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (l->lock < 0)
			ok = err_system(err, errno, "%s", str_text(&path));
	}
	if (ok && flock(l->lock, LOCK_EX | LOCK_NB)) {
		int e = errno;
		close_fd(&l->lock);
		ok = e == EWOULDBLOCK || err_system(err, e, "%s", str_text(&path));
	}
	str_release(&path);
	return ok;
}

static void give_up(struct launch *l)
{
	struct err err = { 0 };
	err_set(&err, ERR_UNREACHABLE, "the engine did not take orders on %s within %d s",
		l->socket, PATIENCE_MS / 1000);
	end(l, false, &err);
}

/* One step: done, start it, or look again in a moment. */
static void on_timer(void *arg)
{
	struct launch *l = arg;
	struct err err = { 0 };
	int64_t left = l->deadline_ms - when_mono_ms();
	if (l->ready_watch) {
		give_up(l);
		return;
	}
	if (answers(l)) {
		end(l, true, &err);
		return;
	}
	if (!take_lock(l, &err)) {
		not_started(l, &err);
		return;
	}
	if (l->lock < 0) {
		if (left <= 0)
			give_up(l);
		else
			loop_timer_set(l->timer, RETRY_MS);
		return;
	}
	/* Whoever had the lock may have started it since we looked. */
	if (answers(l))
		end(l, true, &err);
	else if (start_engine(l, &err))
		loop_timer_set(l->timer, left);
	else
		not_started(l, &err);
}

struct launch *launch_start(struct loop *loop, const char *socket, launch_fn *fn, void *arg)
{
	struct launch *l = mem_zero(sizeof *l);
	l->loop = loop;
	l->socket = mem_text(socket);
	l->fn = fn;
	l->arg = arg;
	l->lock = l->ready = l->words = -1;
	l->deadline_ms = when_mono_ms() + PATIENCE_MS;
	str_init(&l->said, SAID_MAX);
	l->timer = loop_timer(loop, on_timer, l);
	loop_timer_set(l->timer, 0);
	return l;
}
