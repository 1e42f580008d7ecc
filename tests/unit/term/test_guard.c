/* Whatever a program dies of, the terminal is as before, and what it said on
 * stderr can be read. */
#include "term/guard.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/unit.h"
#include "lib/vt.h"
#include "term/term.h"

static int overflow(int n)
{
	volatile char bytes[4096];
	bytes[0] = (char)n;
	return n < 0 ? 0 : overflow(n + 1) + bytes[0];
}

static void die_of_segv(void)
{
	raise(SIGSEGV);
}

static void die_of_bug(void)
{
	BUG("an invariant is broken");
}

static void die_of_memory(void)
{
	mem_fail_after(1);
	mem_free(mem_alloc(10));
}

static void die_of_overflow(void)
{
	overflow(1);
}

static const struct {
	void (*die)(void);
	int signal;	/* 0: a plain exit that is not 0 */
} DEATHS[] = {
	{ abort, SIGABRT },
	{ die_of_segv, SIGSEGV },
	{ die_of_bug, SIGABRT },
	{ die_of_memory, 0 },
	{ die_of_overflow, SIGSEGV },
};

enum { N_DEATHS = sizeof(DEATHS) / sizeof(DEATHS[0]) };

static _Noreturn void run_program(int slave, void (*die)(void))
{
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	struct term_options o = { .in = 0, .out = 1, .type = "xterm-256color" };
	struct term *t = term_open(&o, NULL);
	struct canvas c;
	canvas_init(&c, 8, 60, true);
	canvas_words(&c, 0, 0, 60, STYLE_FAILED, "a board");
	term_present(t, &c);
	if (write(STDERR_FILENO, "a library complains\n", 20) < 0)
		_exit(1);
	die();
	_exit(0);
}

START_TEST(the_terminal_comes_back_at_every_death)
{
	struct vt *vt = vt_new(8, 60);
	struct termios before, after;
	int status, row, col;
	ck_assert_int_eq(tcgetattr(vt_slave(vt), &before), 0);
	pid_t pid = fork();
	if (pid == 0)
		run_program(vt_slave(vt), DEATHS[_i].die);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	vt_see(vt, "a library complains");
	ck_assert(!vt_is_altscreen(vt));
	ck_assert(!vt_has(vt, "a board"));
	vt_cursor(vt, &row, &col);
	ck_assert_int_ge(row, 0);
	ck_assert_int_eq(tcgetattr(vt_slave(vt), &after), 0);
	ck_assert_uint_eq(after.c_lflag, before.c_lflag);
	ck_assert_uint_eq(after.c_iflag, before.c_iflag);
	ck_assert_uint_eq(after.c_oflag, before.c_oflag);
	if (DEATHS[_i].signal)
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == DEATHS[_i].signal);
	else
		ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
	vt_free(vt);
}
END_TEST

static void wait_for_key(struct term *t)
{
	struct pollfd p = { .fd = term_read_fd(t), .events = POLLIN };
	poll(&p, 1, VT_DEADLINE_MS);
	term_read(t);
}

/* A shell of one job, so that the job's group is no orphan and can be stopped. */
static _Noreturn void run_job(struct vt *vt, int report, int order)
{
	int slave = vt_slave(vt), status;
	char byte;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	signal(SIGTTOU, SIG_IGN);
	pid_t job = fork();
	if (job == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		tcsetpgrp(slave, getpid());
		struct term_options o = { .in = slave, .out = slave, .type = "xterm-256color" };
		struct term *t = term_open(&o, NULL);
		struct canvas c;
		canvas_init(&c, 8, 60, true);
		canvas_words(&c, 0, 0, 60, STYLE_FAILED, "a board");
		term_present(t, &c);
		wait_for_key(t);
		term_suspend(t);
		term_present(t, &c);
		wait_for_key(t);
		term_close(t);
		_exit(0);
	}
	waitpid(job, &status, WUNTRACED);
	byte = WIFSTOPPED(status) ? 's' : '?';
	if (write(report, &byte, 1) != 1)
		_exit(1);
	if (read(order, &byte, 1) != 1)
		_exit(1);
	kill(job, SIGCONT);
	waitpid(job, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

START_TEST(a_suspended_board_leaves_the_terminal_and_takes_it_again)
{
	struct vt *vt = vt_new(8, 60);
	struct termios before, now;
	int report[2], order[2], status;
	char byte = 0;
	ck_assert(pipe(report) == 0 && pipe(order) == 0);
	ck_assert_int_eq(tcgetattr(vt_slave(vt), &before), 0);
	pid_t pid = fork();
	if (pid == 0)
		run_job(vt, report[1], order[0]);
	vt_see(vt, "a board");
	vt_key(vt, "Ctrl-Z");
	ck_assert_int_eq(read(report[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 's');
	vt_see_no(vt, "a board");
	ck_assert(!vt_is_altscreen(vt));
	ck_assert_int_eq(tcgetattr(vt_slave(vt), &now), 0);
	ck_assert_uint_eq(now.c_lflag, before.c_lflag);
	ck_assert_int_eq(write(order[1], &byte, 1), 1);
	vt_see(vt, "a board");
	ck_assert(vt_is_altscreen(vt));
	vt_key(vt, "q");
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	vt_see_no(vt, "a board");
	ck_assert_int_eq(tcgetattr(vt_slave(vt), &now), 0);
	ck_assert_uint_eq(now.c_lflag, before.c_lflag);
	for (int i = 0; i < 2; i++) {
		close(report[i]);
		close(order[i]);
	}
	vt_free(vt);
}
END_TEST

Suite *suite_guard(void);

Suite *suite_guard(void)
{
	Suite *s = suite_create("guard");
	TCase *tc = tcase_create("guard");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, the_terminal_comes_back_at_every_death, 0, N_DEATHS);
	tcase_add_test(tc, a_suspended_board_leaves_the_terminal_and_takes_it_again);
	suite_add_tcase(s, tc);
	return s;
}
