/* Starts the local engine in the background and waits, without blocking, for the
 * byte that it writes when it listens. Of two that start at once one gets the
 * state folder; the other's launch ends well as soon as that one answers. */
#include "backend/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "io/sock.h"
#include "io/spawn.h"

enum { AGAIN_MS = 100, TRIES = 30, LOG_TAIL = 4096, LOG_MAX = 64 << 20, READY_FD = 3 };

struct launch {
	struct loop *loop;
	char *socket;
	launch_fn *done;
	void *arg;
	struct watch *ready, *timer;
	int ready_fd;
	int tries_left;
	off_t log_from;			/* where this engine's words begin */
	struct str log;
};

extern char **environ;

static bool answers(const struct launch *l)
{
	int fd = sock_connect(AT_FDCWD, l->socket, SOCK_KIND_STREAM, NULL);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Done may free l: nothing of it is touched afterwards. */
static void finish(struct launch *l, const struct err *err)
{
	loop_remove(l->ready);
	loop_timer_stop(l->timer);
	l->ready = NULL;
	l->done(l->arg, err == NULL, err);
}

/* The last line that the engine wrote before it ended. */
static void add_last_words(const struct launch *l, struct str *words)
{
	struct str text = {0};
	struct view rest, line;
	file_read(str_text(&l->log), LOG_MAX, &text, NULL);
	str_drop(&text, text.len > (size_t)l->log_from ? (size_t)l->log_from : text.len);
	rest = view_of_str(&text);
	while (view_split(&rest, '\n', &line)) {
		if (line.len) {
			str_clear(words);
			str_add(words, line);
		}
	}
	str_release(&text);
}

static void give_up(struct launch *l)
{
	struct err err = {0};
	struct str words = {0};
	add_last_words(l, &words);
	err_set(&err, ERR_UNREACHABLE, "the local engine did not start: %s (log: %s)",
		words.len ? str_text(&words) : "it said nothing", str_text(&l->log));
	str_release(&words);
	finish(l, &err);
	err_release(&err);
}

/* Ours has ended: perhaps because another one has the state folder. */
static void on_again(void *arg)
{
	struct launch *l = arg;
	if (answers(l))
		finish(l, NULL);
	else if (l->tries_left-- > 0)
		loop_timer_set(l->timer, AGAIN_MS);
	else
		give_up(l);
}

static void on_ready(void *arg, int fd, unsigned events)
{
	struct launch *l = arg;
	char byte;
	ssize_t got = read(fd, &byte, 1);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got == 1) {
		finish(l, NULL);
		return;
	}
	loop_remove(l->ready);
	l->ready = NULL;
	on_again(l);
}

static int open_log(struct launch *l, struct err *err)
{
	if (!path_state(&l->log, NULL, err) ||
	    !file_make_folders(str_text(&l->log), 0700, err))
		return -1;
	str_add_text(&l->log, "/engine.log");
	int fd = open(str_text(&l->log), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		err_system(err, errno, "%s: cannot be written", str_text(&l->log));
	else
		l->log_from = lseek(fd, 0, SEEK_END);
	return fd;
}

static bool spawn_engine(struct launch *l, const char *program, int log, struct err *err)
{
	struct str listen = {0};
	int pipe_fds[2];
	const char *argv[9] = { program, "--foreground", "--listen", NULL, "--ready-fd", "3" };
	const char *workflows = getenv("RUNBOARD_WORKFLOWS");
	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_system(err, errno, "no pipe");
	str_addf(&listen, "unix:%s", l->socket);
	argv[3] = str_text(&listen);
	if (workflows && workflows[0]) {
		argv[6] = "--workflows";
		argv[7] = workflows;
	}
	const struct spawn_fd fds[] = { { log, 1 }, { log, 2 }, { pipe_fds[1], READY_FD } };
	struct spawn s = { .program = program, .argv = argv, .dir = "/", .session = true,
			   .env = (const char *const *)environ, .fds = fds, .n_fds = 3 };
	bool ok = spawn_start(&s, err) > 0;
	close(pipe_fds[1]);
	if (ok) {
		l->ready_fd = pipe_fds[0];
		l->ready = loop_fd(l->loop, l->ready_fd, LOOP_READ, on_ready, l);
	} else {
		close(pipe_fds[0]);
	}
	str_release(&listen);
	return ok;
}

static void on_begin(void *arg)
{
	struct launch *l = arg;
	struct str program = {0};
	struct err err = {0};
	if (answers(l)) {
		finish(l, NULL);
		return;
	}
	int log = open_log(l, &err);
	bool ok = log >= 0 && path_program(&program, "runboardd", &err) &&
		  spawn_engine(l, str_text(&program), log, &err);
	if (log >= 0)
		close(log);
	str_release(&program);
	if (!ok) {
		err.kind = ERR_UNREACHABLE;
		finish(l, &err);
	}
	err_release(&err);
}

static void on_timer(void *arg)
{
	struct launch *l = arg;
	if (l->tries_left == TRIES) {
		l->tries_left--;
		on_begin(l);
	} else {
		on_again(l);
	}
}

struct launch *launch_start(struct loop *loop, const char *socket, launch_fn *done, void *arg)
{
	struct launch *l = mem_zero(sizeof *l);
	l->loop = loop;
	l->socket = mem_text(socket);
	l->done = done;
	l->arg = arg;
	l->ready_fd = -1;
	l->tries_left = TRIES;
	l->timer = loop_timer(loop, on_timer, l);
	loop_timer_set(l->timer, 0);
	return l;
}

void launch_free(struct launch *l)
{
	if (!l)
		return;
	loop_remove(l->ready);
	loop_remove(l->timer);
	if (l->ready_fd >= 0)
		close(l->ready_fd);
	mem_free(l->socket);
	str_release(&l->log);
	mem_free(l);
}
