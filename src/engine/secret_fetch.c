/* Secrets, fetched one after the other. */
#include "engine/secret_fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/crypto.h"
#include "engine/secrets.h"
#include "io/spawn.h"

enum { TIMEOUT_MS = 10000 };

struct secret_fetch {
	struct secret_source source;	/* the folder: of the caller, who outlives us */
	struct arena arena;
	const struct view *names;
	struct str *values;
	size_t n, at;			/* how many; which is being fetched */
	secret_fetch_fn *done;
	void *arg;
	struct err err;
	/* while the command runs */
	struct watch *child, *output, *late;
	pid_t pid;
	int pipe;			/* -1: none */
	bool too_late;
};

static void stop_watching(struct secret_fetch *f)
{
	loop_remove(f->child);
	loop_remove(f->output);
	loop_remove(f->late);
	f->child = f->output = f->late = NULL;
	if (f->pipe >= 0)
		close(f->pipe);
	f->pipe = -1;
}

static void fetch_free(struct secret_fetch *f)
{
	stop_watching(f);
	for (size_t i = 0; i < f->n; i++) {
		if (f->values[i].ptr)
			crypto_wipe(f->values[i].ptr, f->values[i].cap);
		str_release(&f->values[i]);
	}
	arena_release(&f->arena);
	err_release(&f->err);
	mem_free(f);
}

void secret_fetch_cancel(struct secret_fetch *f)
{
	if (!f)
		return;
	if (f->child)
		kill(-f->pid, SIGKILL);
	fetch_free(f);
}

static void finish(struct secret_fetch *f)
{
	bool good = f->err.kind == ERR_NONE;
	struct view *values = arena_array(&f->arena, f->n, sizeof *values);
	for (size_t i = 0; i < f->n; i++)
		values[i] = view_of_str(&f->values[i]);
	f->done(f->arg, good ? values : NULL, &f->err);
	fetch_free(f);
}

/* ---- the command ------------------------------------------------------------------- */

static struct view name_of(const struct secret_fetch *f)
{
	return f->names[f->at];
}

enum more { MORE_LATER, MORE_NOW, MORE_NEVER };

/* More than a secret may have is read no further. */
static enum more read_some(struct secret_fetch *f)
{
	struct str *value = &f->values[f->at];
	char part[4096];
	ssize_t n = read(f->pipe, part, sizeof part);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? MORE_LATER : MORE_NEVER;
	bool fits = value->len + (size_t)n <= SECRET_MAX + 1;
	if (fits)
		str_add_bytes(value, part, (size_t)n);
	else
		err_set(&f->err, ERR_LIMIT, "the secret %.*s is larger than a secret may be",
			(int)name_of(f).len, name_of(f).ptr);
	crypto_wipe(part, sizeof part);
	return n && fits ? MORE_NOW : MORE_NEVER;
}

static void on_output(void *arg, int fd, unsigned events)
{
	struct secret_fetch *f = arg;
	if (read_some(f) != MORE_NEVER)
		return;
	loop_remove(f->output);
	f->output = NULL;
	if (f->err.kind != ERR_NONE)
		kill(-f->pid, SIGKILL);
}

static void judge(struct secret_fetch *f, int status)
{
	struct str *value = &f->values[f->at];
	struct view name = name_of(f);
	struct str span = {0};
	when_add_span(&span, f->source.timeout_ms);
	if (f->err.kind != ERR_NONE)
		;
	else if (f->too_late)
		err_set(&f->err, ERR_SYSTEM, "the secret %.*s: its command took longer than %s",
			(int)name.len, name.ptr, str_text(&span));
	else if (WIFSIGNALED(status))
		err_set(&f->err, ERR_SYSTEM, "the secret %.*s: its command was killed by signal %d",
			(int)name.len, name.ptr, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		err_set(&f->err, ERR_SYSTEM, "the secret %.*s: its command ended with exit status %d",
			(int)name.len, name.ptr, WEXITSTATUS(status));
	else if (!value->len)
		err_set(&f->err, ERR_SYSTEM, "the secret %.*s: its command printed nothing",
			(int)name.len, name.ptr);
	else if (view_find_byte(view_of_str(value), '\0', 0) != SIZE_MAX)
		err_set(&f->err, ERR_SYSTEM, "the secret %.*s is no text", (int)name.len, name.ptr);
	str_release(&span);
}

static void drop_newline(struct str *value)
{
	if (value->len && value->ptr[value->len - 1] == '\n')
		str_shorten(value, value->len - 1);
}

static void go_on(struct secret_fetch *f);

static void on_child(void *arg, pid_t pid, int status)
{
	struct secret_fetch *f = arg;
	while (f->output && read_some(f) == MORE_NOW)
		;
	stop_watching(f);
	drop_newline(&f->values[f->at]);
	judge(f, status);
	f->at++;
	go_on(f);
}

static void on_late(void *arg)
{
	struct secret_fetch *f = arg;
	f->too_late = true;
	kill(-f->pid, SIGKILL);
}

/* The command's own environment is ours, with the name of what is wanted. */
static const char *const *setting(struct secret_fetch *f)
{
	size_t n = 0;
	struct str name = {0};
	while (environ[n])
		n++;
	const char **env = arena_array(&f->arena, n + 2, sizeof *env);
	str_addf(&name, "NAME=%.*s", (int)name_of(f).len, name_of(f).ptr);
	env[0] = arena_text(&f->arena, view_of_str(&name));
	size_t to = 1;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "NAME=", 5))
			env[to++] = environ[i];
	str_release(&name);
	return env;
}

static bool start_command(struct secret_fetch *f)
{
	const char *const argv[] = { "/bin/sh", "-c", f->source.command, NULL };
	int ends[2];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return err_system(&f->err, errno, "no pipe for the secret %.*s",
				  (int)name_of(f).len, name_of(f).ptr);
	/* It writes as usual; only we never wait. */
	fcntl(ends[1], F_SETFL, 0);
	const struct spawn_fd out = { ends[1], STDOUT_FILENO };
	const struct spawn s = { .program = "/bin/sh", .argv = argv, .env = setting(f),
				 .fds = &out, .n_fds = 1, .session = true };
	f->pid = spawn_start(&s, &f->err);
	close(ends[1]);
	f->pipe = ends[0];
	if (f->pid < 0)
		return false;
	f->child = loop_child(f->source.loop, f->pid, on_child, f);
	f->output = loop_fd(f->source.loop, f->pipe, LOOP_READ, on_output, f);
	f->late = loop_timer(f->source.loop, on_late, f);
	loop_timer_set(f->late, f->source.timeout_ms);
	return true;
}

/* ---- one after the other ------------------------------------------------------------ */

/* False where it is the command's affair, and that runs. */
static bool read_file(struct secret_fetch *f)
{
	struct err err = {0};
	bool good = secrets_read(f->source.folder, name_of(f), &f->values[f->at], &err);
	bool missing = !good && (err.kind == ERR_NOT_FOUND || !f->source.folder);
	if (missing && f->source.command) {
		err_release(&err);
		return !start_command(f);
	}
	if (!good)
		err_move(&f->err, &err);
	err_release(&err);
	return true;
}

static void go_on(struct secret_fetch *f)
{
	for (; f->at < f->n && f->err.kind == ERR_NONE; f->at++)
		if (!read_file(f))
			return;
	finish(f);
}

struct secret_fetch *secret_fetch_start(const struct secret_source *source,
					const struct view *names, size_t n,
					secret_fetch_fn *done, void *arg)
{
	struct secret_fetch *f = mem_zero(sizeof *f);
	f->source = *source;
	if (source->command)
		f->source.command = arena_text(&f->arena, view_of(source->command));
	if (!f->source.timeout_ms)
		f->source.timeout_ms = TIMEOUT_MS;
	f->n = n;
	f->done = done;
	f->arg = arg;
	f->pipe = -1;
	f->values = arena_array(&f->arena, n, sizeof *f->values);
	struct view *copies = arena_array(&f->arena, n, sizeof *copies);
	for (size_t i = 0; i < n; i++)
		copies[i] = arena_view(&f->arena, names[i]);
	f->names = copies;
	for (; f->at < n && f->err.kind == ERR_NONE; f->at++)
		if (!read_file(f))
			return f;
	finish(f);
	return NULL;
}
