/* The real board on a terminal, on the real server: it is there soon, and the server
 * may stop and start under it.
 * live_story PROGRAM FOLDER */
#include "live.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/when.h"
#include "lib/story.h"
#include "lib/unit.h"

static struct story s;

static void open_board(int port)
{
	char config[512];
	snprintf(config, sizeof config,
		 "[board]\ncontext = prod\n[context prod]\nbackend = temporal\n"
		 "url = http://127.0.0.1:%d\napprove.ApprovalNoArg = signal:approve\n", port);
	story_begin(&s, 40, 160);
	story_file(&s, "config/runboard/config", config);
	story_open(&s, "runboard", "--test-sync", "{sync}", NULL);
}

static size_t count_on_screen(const char *words)
{
	struct str screen = { 0 };
	size_t n = 0, at = 0;
	vt_settle(s.vt);	/* no half frame */
	vt_add_text(s.vt, &screen);
	while ((at = view_find(view_of_str(&screen), view_of(words), at)) != SIZE_MAX) {
		at++;
		n++;
	}
	str_release(&screen);
	return n;
}

START_TEST(the_server_stops_and_starts_under_the_board)
{
	open_board(ports.http);
	story_sees(&s, "prod/default live");
	story_sees(&s, "fails-1");
	live_stop();
	story_sees_no(&s, "prod/default live");
	vt_see(s.vt, "fails-1");	/* what was known stays in sight */
	live_start_usual("-runs=false");
	story_sees(&s, "prod/default live");
	vt_see(s.vt, "fails-1");
	ck_assert_uint_eq(count_on_screen("fails-1"), 1);
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	story_end(&s);
}
END_TEST

/* The signal changes nothing on its card: the open run's own poll tells it. */
START_TEST(an_open_run_shows_what_happens)
{
	open_board(ports.http);
	story_sees(&s, "prod/default live");
	story_keys(&s, "/");
	story_type(&s, "timers-1");
	story_keys(&s, "Enter");
	story_sees(&s, "timers-1");
	story_keys(&s, "2 Enter 6");
	story_sees(&s, "timer fired");
	story_runs(&s, 0, "runboard", "-c", "prod", "signal", "timers-1", "hello", NULL);
	story_sees(&s, "signal_hello");
	story_sees(&s, "/runboard hello");
	story_keys(&s, "Esc");
	story_keys(&s, "Esc");
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	story_end(&s);
}
END_TEST

START_TEST(commands_work_without_a_screen)
{
	open_board(ports.http);
	story_sees(&s, "prod/default live");
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	story_runs(&s, 0, "runboard", "-c", "prod", "runs", "--filter", "workflow:ApprovalNoArg", NULL);
	story_said(&s, "approval-noarg-1");
	story_runs(&s, 0, "runboard", "-c", "prod", "approve", "approval-noarg-1", NULL);
	story_runs(&s, 0, "runboard", "-c", "prod", "show", "approval-noarg-1", NULL);
	story_said(&s, "completed");
	story_end(&s);
}
END_TEST

/* As after a long session: every run was told ten thousand times. */
static void age_the_cache(void)
{
	struct str path = { 0 }, text = { 0 }, older = { 0 };
	size_t at, from = 0;
	str_addf(&path, "%s/state/runboard/cache/prod.json", str_text(&s.home));
	ck_assert(file_read(str_text(&path), 1 << 22, &text, NULL));
	while ((at = view_find(view_of_str(&text), VIEW("\"seq\":"), from)) != SIZE_MAX) {
		str_add(&older, view_cut(view_of_str(&text), from, at + 6 - from));
		str_add_text(&older, "10000");
		from = at + 6;
	}
	ck_assert_uint_gt(from, 0);
	str_add(&older, view_cut(view_of_str(&text), from, text.len));
	story_file(&s, "state/runboard/cache/prod.json", str_text(&older));
	str_release(&path);
	str_release(&text);
	str_release(&older);
}

/* What was kept of the last session is older than anything that comes now. */
START_TEST(a_board_that_is_opened_again_shows_what_has_become_of_its_runs)
{
	open_board(ports.http);
	story_sees(&s, "prod/default live");
	story_sees(&s, "waits for approval");
	story_keys(&s, "g");	/* at rest behind it, the lists have come whole: they are kept */
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	age_the_cache();
	story_runs(&s, 0, "runboard", "-c", "prod", "approve", "approval-noarg-2", NULL);
	story_open(&s, "runboard", "--test-sync", "{sync}", NULL);
	story_sees(&s, "prod/default live");
	story_keys(&s, "/");
	story_type(&s, "approval-noarg-2");
	story_keys(&s, "Enter");
	story_sees(&s, "Completed 1");
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	story_end(&s);
}
END_TEST

START_TEST(the_palette_goes_over_to_another_namespace_and_back)
{
	open_board(ports.http);
	story_sees(&s, "noworker-1");
	story_keys(&s, ":");
	story_type(&s, "namespace payments");
	story_keys(&s, "Enter");
	story_sees(&s, "payment-1");
	story_sees(&s, "prod/payments live");
	ck_assert_uint_eq(count_on_screen("noworker-1"), 0);
	ck_assert_uint_eq(count_on_screen("fails-1"), 0);
	story_keys(&s, ":");
	story_type(&s, "namespaces");
	story_keys(&s, "Enter");
	story_sees(&s, "here");
	story_keys(&s, "g Enter");	/* default comes first */
	story_sees(&s, "noworker-1");
	story_sees(&s, "prod/default live");
	ck_assert_uint_eq(count_on_screen("payment-1"), 0);
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	story_end(&s);
}
END_TEST

static void raise_server(void)
{
	live_choose_ports();
	live_start_afresh();
}

static Suite *suite_live_story(void)
{
	Suite *suite = suite_create("live_story");
	TCase *c = tcase_create("live_story");
	tcase_set_timeout(c, 600);
	tcase_add_unchecked_fixture(c, raise_server, live_stop);
	tcase_add_test(c, the_server_stops_and_starts_under_the_board);
	tcase_add_test(c, the_palette_goes_over_to_another_namespace_and_back);
	tcase_add_test(c, an_open_run_shows_what_happens);
	tcase_add_test(c, a_board_that_is_opened_again_shows_what_has_become_of_its_runs);
	tcase_add_test(c, commands_work_without_a_screen);
	suite_add_tcase(suite, c);
	return suite;
}

int main(int argc, char **argv)
{
	static unit_suite_fn *const suites[] = { suite_live_story, NULL };
	if (argc != 3)
		return 2;
	setenv("CK_FORK", "no", 1);
	signal(SIGPIPE, SIG_IGN);
	snprintf(live_fixture, sizeof live_fixture, "%s", argv[1]);
	snprintf(live_folder, sizeof live_folder, "%s", argv[2]);
	return unit_main("live_story", suites);
}
