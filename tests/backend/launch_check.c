/* The launcher, with a runboardd of the test's own: a shell script beside this
 * program (which is why it is a program of its own). */
#include "backend/launch.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/stub.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/sock.h"
#include "lib/unit.h"

static struct loop *loop;
static char folder[64];
static struct str engine, state, path, starts;

static void add_file(struct str *s, const char *dir, const char *name)
{
	str_clear(s);
	str_addf(s, "%s/%s", dir, name);
}

/* What runboardd does this time; it notes each of its starts. */
static void engine_does(const char *commands)
{
	struct str script = { 0 };
	struct err err = { 0 };
	str_addf(&script, "#!/bin/sh\necho \"$@\" >>%s\n%s\n", str_text(&starts), commands);
	ck_assert_msg(file_replace(str_text(&engine), view_of_str(&script), 0700, &err), "%s",
		      err_text(&err));
	str_release(&script);
}

static void set_up(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	loop = loop_new();
	guard_folder(folder, sizeof folder, "launch");
	add_file(&state, folder, "state");
	add_file(&path, folder, "engine.sock");
	add_file(&starts, folder, "starts");
	setenv("RUNBOARD_STATE", str_text(&state), 1);
	unsetenv("RUNBOARD_WORKFLOWS");
	add_file(&engine, dirname(self), "runboardd");
}

static void tear_down(void)
{
	struct str command = { 0 };
	loop_free(loop);
	unlink(str_text(&engine));
	str_addf(&command, "rm -rf %s", folder);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
	str_release(&engine);
	str_release(&state);
	str_release(&path);
	str_release(&starts);
}

struct launched {
	struct launch *launch;
	bool over, ok;
	int calls, listener;
	bool listens;		/* as the engine would, when it has started */
	char words[256];
};

static void on_launched(void *arg, bool ok, const struct err *err)
{
	struct launched *l = arg;
	l->over = true;
	l->ok = ok;
	l->calls++;
	snprintf(l->words, sizeof l->words, "%s", err_text(err));
	if (l->listens)
		l->listener = sock_listen(AT_FDCWD, str_text(&path), SOCK_KIND_STREAM, NULL);
	launch_free(l->launch);
}

static void start(struct launched *l)
{
	*l = (struct launched){ .listener = -1, .listens = l->listens };
	l->launch = launch_start(loop, str_text(&path), on_launched, l);
	ck_assert_int_eq(l->calls, 0);
}

static size_t times_started(void)
{
	struct str text = { 0 };
	size_t n = 0;
	file_read(str_text(&starts), 4096, &text, NULL);
	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	str_release(&text);
	return n;
}

START_TEST(an_engine_that_is_there_is_not_started)
{
	struct launched l = { 0 };
	engine_does("echo ready >&3");
	int listener = sock_listen(AT_FDCWD, str_text(&path), SOCK_KIND_STREAM, NULL);
	start(&l);
	ck_assert(stub_until(loop, &l.over));
	ck_assert(l.ok);
	ck_assert_uint_eq(times_started(), 0);
	close(listener);
}
END_TEST

START_TEST(it_is_started_with_its_socket_and_tells_when_it_is_ready)
{
	struct launched l = { 0 };
	struct str text = { 0 }, expected = { 0 };
	setenv("RUNBOARD_WORKFLOWS", "/w f", 1);
	engine_does("[ \"$(readlink /proc/$$/fd/0)\" = /dev/null ] && echo ready >&3");
	start(&l);
	ck_assert(stub_until(loop, &l.over));
	ck_assert_msg(l.ok, "%s", l.words);
	ck_assert(file_read(str_text(&starts), 4096, &text, NULL));
	str_addf(&expected, "--listen unix:%s --ready-fd 3 --workflows /w f\n", str_text(&path));
	ck_assert_str_eq(str_text(&text), str_text(&expected));
	for (int i = 0; i < 20; i++)
		loop_turn(loop, 5);
	ck_assert_int_eq(l.calls, 1);
	str_release(&text);
	str_release(&expected);
}
END_TEST

START_TEST(two_at_once_start_one)
{
	struct launched a = { .listens = true }, b = { 0 };
	engine_does("echo ready >&3");
	start(&a);
	start(&b);
	ck_assert(stub_until(loop, &a.over));
	ck_assert(stub_until(loop, &b.over));
	ck_assert(a.ok && b.ok);
	ck_assert_uint_eq(times_started(), 1);
	close(a.listener);
}
END_TEST

START_TEST(why_it_could_not_start_is_in_its_own_words)
{
	struct launched l = { 0 };
	engine_does("echo noise >&2; echo 'runboardd: journal: disk full' >&2; exit 1");
	start(&l);
	ck_assert(stub_until(loop, &l.over));
	ck_assert(!l.ok);
	ck_assert_str_eq(l.words, "the engine could not start: journal: disk full");
}
END_TEST

START_TEST(an_end_without_a_word_is_told_too)
{
	struct launched l = { 0 };
	struct str expected = { 0 };
	engine_does("exit 1");
	start(&l);
	ck_assert(stub_until(loop, &l.over));
	ck_assert(!l.ok);
	str_addf(&expected, "the engine ended before it took orders on %s", str_text(&path));
	ck_assert_str_eq(l.words, str_text(&expected));
	str_release(&expected);
}
END_TEST

START_TEST(after_one_that_failed_another_may_try)
{
	struct launched l = { 0 };
	engine_does("exit 1");
	start(&l);
	ck_assert(stub_until(loop, &l.over));
	engine_does("echo ready >&3");
	start(&l);
	ck_assert(stub_until(loop, &l.over));
	ck_assert_msg(l.ok, "%s", l.words);
}
END_TEST

START_TEST(a_launch_that_is_freed_says_nothing)
{
	struct launched l = { 0 };
	engine_does("echo ready >&3");
	start(&l);
	loop_turn(loop, 50);
	launch_free(l.launch);
	for (int i = 0; i < 20; i++)
		loop_turn(loop, 5);
	ck_assert_int_eq(l.calls, 0);
}
END_TEST

static Suite *suite_launch(void)
{
	Suite *s = suite_create("launch");
	TCase *c = tcase_create("launch");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, an_engine_that_is_there_is_not_started);
	tcase_add_test(c, it_is_started_with_its_socket_and_tells_when_it_is_ready);
	tcase_add_test(c, two_at_once_start_one);
	tcase_add_test(c, why_it_could_not_start_is_in_its_own_words);
	tcase_add_test(c, an_end_without_a_word_is_told_too);
	tcase_add_test(c, after_one_that_failed_another_may_try);
	tcase_add_test(c, a_launch_that_is_freed_says_nothing);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	static unit_suite_fn *const suites[] = { suite_launch, NULL };
	return unit_main("launch", suites);
}
