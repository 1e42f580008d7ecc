/* The real runboard-step with commands of every shape: how they end. No sleeps: each
 * test waits for the supervisor's own end or word. */
#include "lib/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "unit/step/attempt.h"

/* ---- ends ------------------------------------------------------------------------ */

START_TEST(a_command_that_is_content_ends_with_0)
{
	struct attempt a;
	struct str started = { 0 };
	attempt_init(&a);
	run_shell(&a, "echo out; echo err >&2");
	ck_assert_int_eq(a.line.code, 0);
	ck_assert_int_eq(a.line.signal, 0);
	ck_assert_int_eq(a.line.reason, EXIT_BY_ITSELF);
	ck_assert_int_gt(a.line.rss_kb, 0);
	check_file(&a, "stdout", "out\n");
	check_file(&a, "stderr", "err\n");
	read_file(&a, "started", &started);
	ck_assert(view_starts(view_of_str(&started), "boot="));
	ck_assert_uint_ne(view_find(view_of_str(&started), VIEW("\npid="), 0), SIZE_MAX);
	str_release(&started);
	attempt_end(&a);
}
END_TEST

START_TEST(a_status_is_handed_on)
{
	struct attempt a;
	attempt_init(&a);
	run_shell(&a, "exit 7");
	ck_assert_int_eq(a.line.code, 7);
	ck_assert_int_eq(a.line.reason, EXIT_BY_ITSELF);
	attempt_end(&a);
}
END_TEST

START_TEST(a_signal_is_handed_on)
{
	struct attempt a;
	attempt_init(&a);
	run_shell(&a, "kill -SEGV $$");
	ck_assert_int_eq(a.line.signal, SIGSEGV);
	ck_assert_int_eq(a.line.reason, EXIT_BY_ITSELF);
	attempt_end(&a);
}
END_TEST

START_TEST(a_command_that_is_not_there_says_so)
{
	struct attempt a;
	struct str text = { 0 };
	attempt_init(&a);
	say(&a, "arg", "no-such-command-anywhere");
	launch_whole(&a);
	ck_assert_int_eq(wait_end(&a), 0);
	ck_assert(a.has_line);
	ck_assert_int_eq(a.line.code, 127);
	ck_assert_int_eq(a.line.reason, EXIT_NO_SPAWN);
	read_file(&a, "stderr", &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "no-such-command-anywhere"));
	ck_assert_ptr_nonnull(strstr(str_text(&text), "No such file"));
	str_release(&text);
	attempt_end(&a);
}
END_TEST

START_TEST(a_folder_that_is_not_there_says_so)
{
	struct attempt a;
	struct str text = { 0 };
	attempt_init(&a);
	say(&a, "dir", "/no/such/folder");
	run_shell(&a, "echo never");
	ck_assert_int_eq(a.line.reason, EXIT_NO_SPAWN);
	read_file(&a, "stderr", &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "/no/such/folder"));
	check_file(&a, "stdout", "");
	str_release(&text);
	attempt_end(&a);
}
END_TEST

START_TEST(a_cut_specification_starts_nothing)
{
	struct attempt a;
	attempt_init(&a);
	say_shell(&a, "echo never");
	launch(&a);	/* no `end` */
	ck_assert_int_ne(wait_end(&a), 0);
	ck_assert(!a.has_line);
	ck_assert_int_ne(faccessat(a.dir, "started", F_OK, 0), 0);
	attempt_end(&a);
}
END_TEST

START_TEST(the_environment_and_folder_are_those_asked_for)
{
	struct attempt a;
	attempt_init(&a);
	say(&a, "env", "PARAM_x=a b\nc");
	say(&a, "dir", "/tmp");
	run_shell(&a, "echo \"$PARAM_x\"; pwd; ls /proc/self/fd | wc -l");
	/* 0, 1, 2 and the folder that ls reads */
	check_file(&a, "stdout", "a b\nc\n/tmp\n4\n");
	attempt_end(&a);
}
END_TEST

/* ---- trees ------------------------------------------------------------------------ */

START_TEST(a_grandchild_with_a_session_of_its_own_does_not_survive)
{
	struct attempt a;
	char script[256];
	attempt_init(&a);
	snprintf(script, sizeof script,
		 "setsid sh -c 'echo $$ >%s/stray; exec sleep 1000' >/dev/null 2>&1 &"
		 " while [ ! -s %s/stray ]; do :; done", a.folder, a.folder);
	int64_t begin = when_mono_ms();
	run_shell(&a, script);
	ck_assert_int_eq(a.line.code, 0);
	ck_assert(!is_alive(number_in(&a, "stray")));
	ck_assert_int_lt(when_mono_ms() - begin, PATIENCE_MS);
	attempt_end(&a);
}
END_TEST

START_TEST(a_step_ends_with_its_process_and_not_with_its_pipes)
{
	struct attempt a;
	attempt_init(&a);
	int64_t begin = when_mono_ms();
	run_shell(&a, "sleep 1000 & echo done");
	ck_assert_int_eq(a.line.code, 0);
	check_file(&a, "stdout", "done\n");
	ck_assert_int_lt(when_mono_ms() - begin, PATIENCE_MS);
	attempt_end(&a);
}
END_TEST

START_TEST(output_of_a_child_within_the_drain_is_kept)
{
	struct attempt a;
	char script[160];
	attempt_init(&a);
	/* The child speaks when its shell has ended and was reaped. On a busy machine it may be
	 * too late: then it has not noted that it has spoken. */
	snprintf(script, sizeof script,
		 "(while kill -0 $$ 2>/dev/null; do :; done; echo late; : >%s/spoken) & echo early",
		 a.folder);
	run_shell(&a, script);
	if (!faccessat(a.dir, "spoken", F_OK, 0))
		check_file(&a, "stdout", "early\nlate\n");
	attempt_end(&a);
}
END_TEST

/* ---- deadlines and orders ----------------------------------------------------------- */

START_TEST(a_timeout_ends_it)
{
	struct attempt a;
	attempt_init(&a);
	say(&a, "timeout_ms", "50");
	run_shell(&a, "echo begun; exec sleep 1000");
	ck_assert_int_eq(a.line.reason, EXIT_BY_TIMEOUT);
	ck_assert_int_eq(a.line.signal, SIGTERM);
	attempt_end(&a);
}
END_TEST

START_TEST(who_ignores_term_is_killed_after_the_grace)
{
	struct attempt a;
	char packet[64];
	attempt_init(&a);
	say(&a, "grace_ms", "50");
	say_shell(&a, "trap '' TERM; echo deaf; while :; do sleep 1000; done");
	launch_whole(&a);
	int fd = dial(&a);
	ck_assert(hear(fd, "output 5 0", packet, sizeof packet));
	ck_assert_int_eq(send(fd, "term", 4, 0), 4);
	ck_assert_int_eq(wait_end(&a), 0);
	ck_assert_int_eq(a.line.reason, EXIT_BY_CANCEL);
	ck_assert_int_eq(a.line.signal, SIGKILL);
	close(fd);
	attempt_end(&a);
}
END_TEST

START_TEST(a_stopped_command_hears_term)
{
	struct attempt a;
	attempt_init(&a);
	say(&a, "timeout_ms", "100");
	run_shell(&a, "kill -STOP $$; exec sleep 1000");
	ck_assert_int_eq(a.line.reason, EXIT_BY_TIMEOUT);
	ck_assert_int_eq(a.line.signal, SIGTERM);
	attempt_end(&a);
}
END_TEST

START_TEST(an_order_cancels_it)
{
	struct attempt a;
	char packet[64];
	attempt_init(&a);
	say_shell(&a, "echo begun; exec sleep 1000");
	launch_whole(&a);
	int fd = dial(&a);
	ck_assert(hear(fd, "started ", packet, sizeof packet));
	ck_assert_int_eq(send(fd, "term", 4, 0), 4);
	ck_assert(hear(fd, "exit", packet, sizeof packet));
	ck_assert_int_eq(wait_end(&a), 0);
	ck_assert(a.has_line);
	ck_assert_int_eq(a.line.reason, EXIT_BY_CANCEL);
	ck_assert_int_eq(recv(fd, packet, sizeof packet, 0), 0);
	close(fd);
	attempt_end(&a);
}
END_TEST

START_TEST(an_order_kills_it_at_once)
{
	struct attempt a;
	attempt_init(&a);
	say_shell(&a, "trap '' TERM; while :; do sleep 1000; done");
	launch_whole(&a);
	int fd = dial(&a);
	ck_assert_int_eq(send(fd, "kill", 4, 0), 4);
	ck_assert_int_eq(wait_end(&a), 0);
	ck_assert_int_eq(a.line.reason, EXIT_BY_CANCEL);
	ck_assert_int_eq(a.line.signal, SIGKILL);
	close(fd);
	attempt_end(&a);
}
END_TEST

START_TEST(a_listener_hears_of_output_and_progress)
{
	struct attempt a;
	char packet[64], script[512];
	static const char *const gates[] = { "go1", "go2", "go3" };
	attempt_init(&a);
	snprintf(script, sizeof script,
		 "read x <%s/go1; echo 12345; read x <%s/go2; echo 40 >%s/progress; read x <%s/go3",
		 a.folder, a.folder, a.folder, a.folder);
	/* One for each: a reader may be there before the last writer has closed. */
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(mkfifoat(a.dir, gates[i], 0600), 0);
	say_shell(&a, script);
	launch_whole(&a);
	int fd = dial(&a);
	ck_assert(hear(fd, "started ", packet, sizeof packet));
	feed(openat(a.dir, gates[0], O_WRONLY | O_CLOEXEC), VIEW("\n"));
	ck_assert(hear(fd, "output 6 0", packet, sizeof packet));
	/* Only now: heard together, either may be the first. */
	feed(openat(a.dir, gates[1], O_WRONLY | O_CLOEXEC), VIEW("\n"));
	ck_assert(hear(fd, "progress", packet, sizeof packet));
	feed(openat(a.dir, gates[2], O_WRONLY | O_CLOEXEC), VIEW("\n"));
	ck_assert(hear(fd, "exit", packet, sizeof packet));
	ck_assert_int_eq(wait_end(&a), 0);
	close(fd);
	attempt_end(&a);
}
END_TEST

START_TEST(listeners_that_never_read_do_not_stop_it)
{
	struct attempt a;
	int fds[12];
	attempt_init(&a);
	ck_assert_int_eq(mkfifoat(a.dir, "go", 0600), 0);
	char script[160];
	snprintf(script, sizeof script, "read x <%s/go; i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i+1)); done",
		 a.folder);
	say_shell(&a, script);
	launch_whole(&a);
	for (size_t i = 0; i < 12; i++)
		fds[i] = dial(&a);
	feed(openat(a.dir, "go", O_WRONLY | O_CLOEXEC), VIEW("\n"));
	ck_assert_int_eq(wait_end(&a), 0);
	ck_assert(a.has_line);
	for (size_t i = 0; i < 12; i++)
		close(fds[i]);
	attempt_end(&a);
}
END_TEST

START_TEST(the_lock_is_held_as_long_as_it_lives)
{
	struct attempt a;
	attempt_init(&a);
	say_shell(&a, "exec sleep 1000");
	launch_whole(&a);
	int fd = dial(&a);
	int lock = openat(a.dir, "lock", O_RDWR | O_CLOEXEC);
	ck_assert_int_ne(flock(lock, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(send(fd, "kill", 4, 0), 4);
	ck_assert_int_eq(wait_end(&a), 0);
	ck_assert_int_eq(flock(lock, LOCK_EX | LOCK_NB), 0);
	close(lock);
	close(fd);
	attempt_end(&a);
}
END_TEST

Suite *suite_supervise(void);
Suite *suite_supervise(void)
{
	Suite *s = suite_create("supervise");
	TCase *t = tcase_create("program");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_command_that_is_content_ends_with_0);
	tcase_add_test(t, a_status_is_handed_on);
	tcase_add_test(t, a_signal_is_handed_on);
	tcase_add_test(t, a_command_that_is_not_there_says_so);
	tcase_add_test(t, a_folder_that_is_not_there_says_so);
	tcase_add_test(t, a_cut_specification_starts_nothing);
	tcase_add_test(t, the_environment_and_folder_are_those_asked_for);
	tcase_add_test(t, a_grandchild_with_a_session_of_its_own_does_not_survive);
	tcase_add_test(t, a_step_ends_with_its_process_and_not_with_its_pipes);
	tcase_add_test(t, output_of_a_child_within_the_drain_is_kept);
	tcase_add_test(t, a_timeout_ends_it);
	tcase_add_test(t, who_ignores_term_is_killed_after_the_grace);
	tcase_add_test(t, a_stopped_command_hears_term);
	tcase_add_test(t, an_order_cancels_it);
	tcase_add_test(t, an_order_kills_it_at_once);
	tcase_add_test(t, a_listener_hears_of_output_and_progress);
	tcase_add_test(t, listeners_that_never_read_do_not_stop_it);
	tcase_add_test(t, the_lock_is_held_as_long_as_it_lives);
	suite_add_tcase(s, t);
	return s;
}
