/* Stories: homes, environments and programs around a vt. */
#include "lib/story.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/guard.h"

enum { WORDS_MAX = 40 };

/* ---- home and environment ---------------------------------------------------------- */

void story_env(struct story *s, const char *name, const char *value)
{
	struct str entry = { 0 };
	size_t len = strlen(name);
	int i = 0;
	while (s->env[i] && !(strncmp(s->env[i], name, len) == 0 && s->env[i][len] == '='))
		i++;
	ck_assert_int_lt(i, STORY_ENV_MAX);
	mem_free(s->env[i]);
	str_addf(&entry, "%s=%s", name, value);
	s->env[i] = str_steal(&entry);
}

static void env_in_home(struct story *s, const char *name, const char *folder)
{
	struct str path = { 0 };
	str_addf(&path, "%s/%s", str_text(&s->home), folder);
	ck_assert(mkdir(str_text(&path), 0700) == 0 || errno == EEXIST);
	story_env(s, name, str_text(&path));
	str_release(&path);
}

void story_begin(struct story *s, int rows, int cols)
{
	char home[48];
	*s = (struct story){ .rows = rows, .cols = cols };
	guard_folder(home, sizeof home, "story");
	str_add_text(&s->home, home);
	story_env(s, "HOME", home);
	env_in_home(s, "XDG_CONFIG_HOME", "config");
	env_in_home(s, "XDG_STATE_HOME", "state");
	env_in_home(s, "XDG_RUNTIME_DIR", "runtime");
	env_in_home(s, "XDG_CACHE_HOME", "cache");
	story_env(s, "TERM", "xterm-256color");
	story_env(s, "LC_ALL", "C.UTF-8");
	story_env(s, "TZ", "UTC");
	story_env(s, "ESCDELAY", "25");
	story_env(s, "SHELL", "/bin/sh");
	story_env(s, "USER", "tester");
	story_env(s, "PATH", BUILDDIR ":/usr/local/bin:/usr/bin:/bin");
}

void story_file(struct story *s, const char *path, const char *content)
{
	struct str full = { 0 }, folder = { 0 };
	struct err err = { 0 };
	str_addf(&full, "%s/%s", str_text(&s->home), path);
	str_add(&folder, view_of_str(&full));
	while (folder.len > 0 && folder.ptr[folder.len - 1] != '/')
		str_shorten(&folder, folder.len - 1);
	if (!file_make_folders(str_text(&folder), 0700, &err) ||
	    !file_replace(str_text(&full), view_of(content), 0600, &err))
		ck_abort_msg("%s", err_text(&err));
	str_release(&full);
	str_release(&folder);
}

/* ---- programs ------------------------------------------------------------------------ */

struct words {
	const char *list[WORDS_MAX + 1];
	struct str program;
};

static void collect(struct words *w, const char *program, va_list args)
{
	int n = 1;
	*w = (struct words){ 0 };
	if (!strchr(program, '/'))
		str_add_text(&w->program, BUILDDIR "/");
	str_add_text(&w->program, program);
	w->list[0] = str_text(&w->program);
	for (const char *word = va_arg(args, const char *); word; word = va_arg(args, const char *)) {
		ck_assert_int_lt(n, WORDS_MAX);
		w->list[n++] = word;
	}
}

void story_open(struct story *s, const char *program, ...)
{
	struct words w;
	va_list args;
	va_start(args, program);
	collect(&w, program, args);
	va_end(args);
	vt_free(s->vt);
	s->vt = vt_new(s->rows, s->cols);
	vt_spawn(s->vt, w.list, (const char *const *)s->env);
	str_release(&w.program);
}

static _Noreturn void become(struct story *s, struct words *w, const int ends[4])
{
	int nothing = open("/dev/null", O_RDONLY);
	char *argv[WORDS_MAX + 1] = { NULL };
	for (int i = 0; w->list[i]; i++)
		argv[i] = mem_text(w->list[i]);
	dup2(nothing, 0);
	dup2(ends[1], 1);
	dup2(ends[3], 2);
	setsid();
	execve(argv[0], argv, s->env);
	_exit(127);
}

/* Until both ends are closed, or the deadline is over. */
static bool read_both(struct story *s, int out, int err)
{
	struct pollfd fds[2] = { { out, POLLIN, 0 }, { err, POLLIN, 0 } };
	struct str *to[2] = { &s->out, &s->err };
	char bytes[4096];
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int n = poll(fds, 2, VT_DEADLINE_MS);
		if (n == 0)
			return false;
		for (int i = 0; i < 2 && n > 0; i++) {
			if (!fds[i].revents)
				continue;
			ssize_t got = read(fds[i].fd, bytes, sizeof(bytes));
			if (got > 0)
				str_add_bytes(to[i], bytes, (size_t)got);
			else if (got == 0 || errno != EINTR)
				fds[i].fd = -1;
		}
	}
	return true;
}

static _Noreturn void fail_command(const struct story *s, const char *what, const char *detail)
{
	struct str said = { 0 };
	str_addf(&said, "%s%s", str_text(&s->out), str_text(&s->err));
	vt_fail(what, detail, view_of_str(&said));
}

static int run(struct story *s, struct words *w)
{
	int ends[4], status = 0;
	ck_assert(pipe2(ends, O_CLOEXEC) == 0 && pipe2(ends + 2, O_CLOEXEC) == 0);
	str_clear(&s->out);
	str_clear(&s->err);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		become(s, w, ends);
	close(ends[1]);
	close(ends[3]);
	bool ended = read_both(s, ends[0], ends[2]);
	close(ends[0]);
	close(ends[2]);
	if (!ended)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (!ended)
		fail_command(s, w->list[0], " does not end");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int story_run(struct story *s, const char *program, ...)
{
	struct words w;
	va_list args;
	va_start(args, program);
	collect(&w, program, args);
	va_end(args);
	int status = run(s, &w);
	str_release(&w.program);
	return status;
}

void story_ran(const struct story *s, int got, int status)
{
	char words[64];
	snprintf(words, sizeof words, " ended with %d instead of %d", got, status);
	if (got != status)
		fail_command(s, "a command", words);
}

void story_said(const struct story *s, const char *text)
{
	if (!strstr(str_text(&s->out), text))
		fail_command(s, "never said: ", text);
}

/* ---- what is done and seen -------------------------------------------------------------- */

void story_keys(struct story *s, const char *names)
{
	vt_keys(s->vt, names);
	vt_settle(s->vt);
}

void story_type(struct story *s, const char *text)
{
	vt_type(s->vt, text);
	vt_settle(s->vt);
}

void story_sees(struct story *s, const char *text)
{
	vt_see(s->vt, text);
}

void story_sees_no(struct story *s, const char *text)
{
	vt_see_no(s->vt, text);
}

void story_ends_with(struct story *s, int status)
{
	struct str screen = { 0 };
	char words[64];
	int got = vt_wait(s->vt);
	if (WIFEXITED(got) && WEXITSTATUS(got) == status)
		return;
	snprintf(words, sizeof words, " ended with wait status %#x instead of %d", (unsigned)got, status);
	vt_add_text(s->vt, &screen);
	vt_fail("the program", words, view_of_str(&screen));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void story_end(struct story *s)
{
	vt_free(s->vt);
	s->vt = NULL;
	if (file_exists(BUILDDIR "/runboardd"))
		story_run(s, "runboard", "engine", "stop", NULL);
	nftw(str_text(&s->home), remove_one, 16, FTW_DEPTH | FTW_PHYS);
	for (int i = 0; s->env[i]; i++)
		mem_free(s->env[i]);
	str_release(&s->home);
	str_release(&s->out);
	str_release(&s->err);
	*s = (struct story){ 0 };
}
