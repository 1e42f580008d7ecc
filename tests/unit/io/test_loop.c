/* The loop: who is called when, and that nobody is called after being removed. */
#include "io/loop.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/when.h"
#include "lib/unit.h"

struct seen {
	struct loop *loop;
	struct watch *watch, *other;
	int calls;
	char order[16];
	int len;
};

static void count(void *arg)
{
	struct seen *s = arg;
	s->calls++;
}

START_TEST(a_timer_fires_once_and_can_be_set_again)
{
	struct seen s = { .loop = loop_new() };
	s.watch = loop_timer(s.loop, count, &s);
	ck_assert(!loop_timer_is_set(s.watch));
	for (int round = 1; round <= 2; round++) {
		int64_t start = when_mono_ms();
		loop_timer_set(s.watch, 5);
		ck_assert(loop_timer_is_set(s.watch));
		loop_run(s.loop);
		ck_assert_int_eq(s.calls, round);
		ck_assert_int_ge(when_mono_ms() - start, 4);
	}
	loop_timer_set(s.watch, 60000);
	loop_timer_stop(s.watch);
	loop_run(s.loop);
	ck_assert_int_eq(s.calls, 2);
	loop_free(s.loop);
}
END_TEST

START_TEST(an_alarm_in_the_past_fires_at_once_and_0_stops_it)
{
	struct seen s = { .loop = loop_new() };
	s.watch = loop_alarm(s.loop, count, &s);
	loop_alarm_set(s.watch, when_now_ms() - 1000);
	loop_turn(s.loop, 1000);
	ck_assert_int_eq(s.calls, 1);
	loop_alarm_set(s.watch, when_now_ms() + 60000);
	loop_alarm_set(s.watch, 0);
	loop_run(s.loop);
	ck_assert_int_eq(s.calls, 1);
	loop_free(s.loop);
}
END_TEST

START_TEST(an_alarm_never_fires_before_its_instant)
{
	struct seen s = { .loop = loop_new() };
	s.watch = loop_alarm(s.loop, count, &s);
	int64_t at = when_now_ms() + 20;
	loop_alarm_set(s.watch, at);
	while (!s.calls)
		loop_turn(s.loop, 1000);
	ck_assert_int_ge(when_now_ms(), at);
	loop_free(s.loop);
}
END_TEST

static void on_fd(void *arg, int fd, unsigned events)
{
	struct seen *s = arg;
	char byte;
	if (events & LOOP_READ)
		ck_assert_int_eq(read(fd, &byte, 1), 1);
	s->calls++;
}

START_TEST(a_descriptor_is_told_when_ready_and_not_while_paused)
{
	int ends[2];
	struct seen s = { .loop = loop_new() };
	ck_assert_int_eq(pipe(ends), 0);
	s.watch = loop_fd(s.loop, ends[0], LOOP_READ, on_fd, &s);
	loop_turn(s.loop, 0);
	ck_assert_int_eq(s.calls, 0);
	ck_assert_int_eq(write(ends[1], "xy", 2), 2);
	loop_turn(s.loop, 1000);
	ck_assert_int_eq(s.calls, 1);
	loop_fd_change(s.watch, 0);
	loop_turn(s.loop, 0);
	ck_assert_int_eq(s.calls, 1);
	loop_fd_change(s.watch, LOOP_READ);
	loop_turn(s.loop, 1000);
	ck_assert_int_eq(s.calls, 2);
	loop_free(s.loop);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

static void remove_both(void *arg, int fd, unsigned events)
{
	struct seen *s = arg;
	s->calls++;
	loop_remove(s->watch);
	loop_remove(s->other);
	loop_remove(s->other);
}

START_TEST(a_watch_removed_by_another_ready_one_is_not_called)
{
	int a[2], b[2];
	struct seen s = { .loop = loop_new() };
	ck_assert_int_eq(pipe(a), 0);
	ck_assert_int_eq(pipe(b), 0);
	s.watch = loop_fd(s.loop, a[0], LOOP_READ, remove_both, &s);
	s.other = loop_fd(s.loop, b[0], LOOP_READ, remove_both, &s);
	ck_assert_int_eq(write(a[1], "x", 1), 1);
	ck_assert_int_eq(write(b[1], "x", 1), 1);
	loop_turn(s.loop, 1000);
	loop_turn(s.loop, 0);
	ck_assert_int_eq(s.calls, 1);
	loop_free(s.loop);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}
END_TEST

static void note_signal(void *arg, int signum)
{
	struct seen *s = arg;
	s->calls += signum;
	loop_stop(s->loop);
}

START_TEST(a_signal_is_a_callback_of_the_loop)
{
	struct seen s = { .loop = loop_new() };
	s.watch = loop_signal(s.loop, SIGUSR1, note_signal, &s);
	ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
	ck_assert_int_eq(s.calls, 0);
	loop_run(s.loop);
	ck_assert_int_eq(s.calls, SIGUSR1);
	loop_free(s.loop);
}
END_TEST

static void note_child(void *arg, pid_t pid, int status)
{
	struct seen *s = arg;
	s->calls++;
	ck_assert(WIFEXITED(status));
	s->len = WEXITSTATUS(status);
	loop_stop(s->loop);
}

START_TEST(a_child_is_reaped_and_told_once)
{
	struct seen s = { .loop = loop_new() };
	pid_t pid = fork();
	if (pid == 0)
		_exit(7);
	s.watch = loop_child(s.loop, pid, note_child, &s);
	loop_run(s.loop);
	loop_turn(s.loop, 0);
	ck_assert_int_eq(s.calls, 1);
	ck_assert_int_eq(s.len, 7);
	ck_assert_int_eq(waitpid(pid, NULL, WNOHANG), -1);
	loop_free(s.loop);
}
END_TEST

static void note_a(void *arg)
{
	struct seen *s = arg;
	s->order[s->len++] = 'a';
}

static void note_b(void *arg)
{
	struct seen *s = arg;
	s->order[s->len++] = 'b';
}

START_TEST(the_end_of_a_turn_comes_in_order_and_only_when_something_happened)
{
	struct seen s = { .loop = loop_new() };
	struct watch *b = loop_end_of_turn(s.loop, 2, note_b, &s);
	loop_end_of_turn(s.loop, 1, note_a, &s);
	loop_turn(s.loop, 0);
	ck_assert_int_eq(s.len, 0);
	loop_later(s.loop, count, &s);
	ck_assert_int_eq(s.calls, 0);
	loop_turn(s.loop, 1000);
	ck_assert_int_eq(s.calls, 1);
	ck_assert_str_eq(s.order, "ab");
	loop_remove(b);
	loop_later(s.loop, count, &s);
	loop_turn(s.loop, 1000);
	ck_assert_str_eq(s.order, "aba");
	loop_free(s.loop);
}
END_TEST

static void put_off_again(void *arg)
{
	struct seen *s = arg;
	if (++s->calls < 3)
		loop_later(s->loop, put_off_again, s);
}

START_TEST(what_is_put_off_meanwhile_comes_in_the_next_turn)
{
	struct seen s = { .loop = loop_new() };
	loop_later(s.loop, put_off_again, &s);
	loop_turn(s.loop, 1000);
	ck_assert_int_eq(s.calls, 1);
	loop_run(s.loop);
	ck_assert_int_eq(s.calls, 3);
	loop_free(s.loop);
}
END_TEST

static void idle_thrice(void *arg)
{
	struct seen *s = arg;
	if (++s->calls == 3)
		loop_remove(s->watch);
}

START_TEST(idle_work_goes_on_until_it_is_removed)
{
	struct seen s = { .loop = loop_new() };
	s.watch = loop_idle(s.loop, idle_thrice, &s);
	loop_run(s.loop);
	ck_assert_int_eq(s.calls, 3);
	loop_free(s.loop);
}
END_TEST

START_TEST(a_turn_waits_no_longer_than_it_may)
{
	struct loop *l = loop_new();
	struct watch *w = loop_timer(l, note_a, NULL);
	loop_timer_set(w, 60000);
	int64_t start = when_mono_ms();
	loop_turn(l, 10);
	ck_assert_int_lt(when_mono_ms() - start, 5000);
	ck_assert(loop_timer_is_set(w));
	loop_free(l);
}
END_TEST

Suite *suite_loop(void);

Suite *suite_loop(void)
{
	Suite *s = suite_create("loop");
	TCase *c = tcase_create("loop");
	tcase_add_test(c, a_timer_fires_once_and_can_be_set_again);
	tcase_add_test(c, an_alarm_in_the_past_fires_at_once_and_0_stops_it);
	tcase_add_test(c, an_alarm_never_fires_before_its_instant);
	tcase_add_test(c, a_descriptor_is_told_when_ready_and_not_while_paused);
	tcase_add_test(c, a_watch_removed_by_another_ready_one_is_not_called);
	tcase_add_test(c, a_signal_is_a_callback_of_the_loop);
	tcase_add_test(c, a_child_is_reaped_and_told_once);
	tcase_add_test(c, the_end_of_a_turn_comes_in_order_and_only_when_something_happened);
	tcase_add_test(c, what_is_put_off_meanwhile_comes_in_the_next_turn);
	tcase_add_test(c, idle_work_goes_on_until_it_is_removed);
	tcase_add_test(c, a_turn_waits_no_longer_than_it_may);
	suite_add_tcase(s, c);
	return s;
}
