/* Programs started with exactly what they are given. */
#include "io/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/unit.h"

/* What the shell command writes to its descriptor `fd`. */
static const char *output_of(const char *command, int fd, const char *const *env)
{
	static char text[512];
	int ends[2], status;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	const char *const argv[] = { "sh", "-c", command, NULL };
	const struct spawn_fd fds[] = { { ends[1], fd } };
	const struct spawn s = { .program = "/bin/sh", .argv = argv, .env = env, .fds = fds,
				 .n_fds = 1, .session = true };
	struct err err = { 0 };
	pid_t pid = spawn_start(&s, &err);
	ck_assert_msg(pid > 0, "%s", err_text(&err));
	close(ends[1]);
	ssize_t n, len = 0;
	while ((n = read(ends[0], text + len, sizeof text - 1 - (size_t)len)) > 0)
		len += n;
	text[len] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return text;
}

START_TEST(only_the_descriptors_given_are_open)
{
	int stray = open("/dev/null", O_RDONLY);	/* not close-on-exec */
	ck_assert_int_ge(stray, 0);
	ck_assert_str_eq(output_of("exec >&5; ls /proc/$$/fd", 5, NULL), "0\n1\n2\n5\n");
	close(stray);
}
END_TEST

START_TEST(the_standard_descriptors_are_null_where_not_given)
{
	ck_assert_str_eq(output_of("readlink /proc/$$/fd/0 /proc/$$/fd/2", 1, NULL),
			 "/dev/null\n/dev/null\n");
}
END_TEST

START_TEST(the_environment_is_empty_or_as_given)
{
	const char *const env[] = { "WHO=me", NULL };
	ck_assert_str_eq(output_of("/usr/bin/env | grep -v -e ^PWD= -e ^SHLVL= -e ^_=", 1, NULL), "");
	ck_assert_str_eq(output_of("echo $WHO", 1, env), "me\n");
}
END_TEST

START_TEST(signals_are_reset_and_the_session_is_its_own)
{
	sigset_t blocked, before;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	signal(SIGPIPE, SIG_IGN);
	/* Without 32 and 33, which are the C library's own. */
	ck_assert_str_eq(output_of("while read name value; do case $name in SigBlk:|SigIgn:) "
				   "echo $((0x$value & 0x7fffffff));; esac; done </proc/$$/status; "
				   "[ $(ps -o sid= -p $$) = $$ ] && echo leads",
				   1, NULL),
			 "0\n0\nleads\n");
	sigprocmask(SIG_SETMASK, &before, NULL);
}
END_TEST

START_TEST(mappings_may_swap_descriptors)
{
	int a[2], b[2], status;
	char text[2] = "";
	ck_assert_int_eq(pipe2(a, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(b, O_CLOEXEC), 0);
	const char *const argv[] = { "sh", "-c", "eval \"printf a >&$0; printf b >&$1\"",
				     "7", "8", NULL };
	int low = fcntl(a[1], F_DUPFD_CLOEXEC, 20), high = fcntl(b[1], F_DUPFD_CLOEXEC, 20);
	ck_assert_int_eq(dup3(low, 7, O_CLOEXEC), 7);
	ck_assert_int_eq(dup3(high, 8, O_CLOEXEC), 8);
	const struct spawn_fd fds[] = { { 7, 8 }, { 8, 7 } };
	const struct spawn s = { .program = "/bin/sh", .argv = argv, .fds = fds, .n_fds = 2 };
	pid_t pid = spawn_start(&s, NULL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(read(b[0], text, 1), 1);
	ck_assert_str_eq(text, "a");
	ck_assert_int_eq(read(a[0], text, 1), 1);
	ck_assert_str_eq(text, "b");
}
END_TEST

START_TEST(a_program_that_cannot_be_executed_is_an_error_that_names_it)
{
	struct err err = { 0 };
	const struct spawn s = { .program = "/nonexistent/program" };
	ck_assert_int_eq(spawn_start(&s, &err), -1);
	ck_assert_str_eq(err_text(&err),
			 "cannot start /nonexistent/program: No such file or directory");
	err_release(&err);
}
END_TEST

Suite *suite_spawn(void);

Suite *suite_spawn(void)
{
	Suite *s = suite_create("spawn");
	TCase *c = tcase_create("spawn");
	tcase_add_test(c, only_the_descriptors_given_are_open);
	tcase_add_test(c, the_standard_descriptors_are_null_where_not_given);
	tcase_add_test(c, the_environment_is_empty_or_as_given);
	tcase_add_test(c, signals_are_reset_and_the_session_is_its_own);
	tcase_add_test(c, mappings_may_swap_descriptors);
	tcase_add_test(c, a_program_that_cannot_be_executed_is_an_error_that_names_it);
	suite_add_tcase(s, c);
	return s;
}
