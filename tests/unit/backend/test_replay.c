/* Recordings: what is played, when, and what is no recording. */
#include "backend/replay.h"

#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "rig.h"

static char path[64];
static struct str sentence;

#define HEAD "{\"recording\":1,\"at\":\"2026-11-20T03:00:00.000Z\"}\n"
#define IDENTITY \
	"{\"t\":0,\"tell\":\"identity\",\"abilities\":511,\"user\":\"alice\",\"engine\":\"runboardd 1\"}\n"

static struct backend *play(const char *recording, double speed, struct err *err)
{
	const struct replay_config config = { .name = "film", .path = path, .speed = speed };
	ck_assert(file_replace(path, view_of(recording), 0600, NULL));
	return replay_new(loop, &ear.sink, 2, &config, err);
}

static void open_film(const char *recording, double speed)
{
	struct err err = { 0 };
	ear.backend = play(recording, speed, &err);
	ck_assert_msg(ear.backend != NULL, "%s", err_text(&err));
}

static void set_up(void)
{
	rig_set_up();
	guard_file(path, sizeof path, "film");
}

static void tear_down(void)
{
	rig_tear_down();
	str_release(&sentence);
	unlink(path);
}

START_TEST(a_probe_says_whose_recording_it_is_and_that_it_takes_no_orders)
{
	open_film(HEAD IDENTITY, 1);
	ear_probe(&ear);
	until_line("condition live playing /tmp/");
	ck_assert(ear_heard(&ear, "identity film alice"));
	ck_assert_uint_eq(ear.abilities, 511u & ~(unsigned)(BACKEND_CAN_ORDER | BACKEND_CAN_START));
	ck_assert(view_ends(view_of_str(&ear.sentence), ", recorded at 2026-11-20T03:00:00.000Z"));
}
END_TEST

START_TEST(the_time_line_is_kept_at_the_speed_asked_for)
{
	int64_t start = when_mono_ms();
	open_film(HEAD "{\"t\":0,\"tell\":\"runs\",\"runs\":[{\"id\":\"a\",\"status\":\"running\"}]}\n"
		       "{\"t\":200,\"tell\":\"gone\",\"id\":\"a\"}\n", 10);
	ear_watch(&ear, "", 0);
	until_line("gone a");
	ck_assert_int_ge(when_mono_ms() - start, 19);
	until_line("condition live at the end of");
}
END_TEST

START_TEST(watching_again_begins_again)
{
	open_film(HEAD "{\"t\":9,\"tell\":\"runs\",\"runs\":[{\"id\":\"a\",\"status\":\"running\"}]}\n", 0);
	ear_watch(&ear, "", 0);
	until_line("condition live at the end of");
	ear_watch(&ear, "", 0);
	while (ear_count(&ear, "runs a:running") < 2)
		loop_turn(loop, 50);
}
END_TEST

#define ASK(ask, ticket) "{\"t\":1,\"ask\":\"" ask "\",\"ticket\":" #ticket "}\n"
#define DETAIL(status, ticket) \
	"{\"t\":2,\"tell\":\"detail\",\"ticket\":" #ticket \
	",\"run\":{\"id\":\"a\",\"status\":\"" status "\"}}\n" \
	"{\"t\":3,\"tell\":\"done\",\"ticket\":" #ticket ",\"outcome\":0,\"text\":\"\"}\n"

START_TEST(a_question_is_answered_as_it_was_by_then)
{
	open_film(HEAD ASK("fetch a detail| ", 1) DETAIL("running", 1)
		  "{\"t\":5,\"tell\":\"gone\",\"id\":\"z\"}\n"
		  ASK("fetch a detail| ", 2) DETAIL("completed", 2)
		  "{\"t\":9,\"tell\":\"gone\",\"id\":\"y\"}\n", 0);
	ck_assert_int_eq(until_done(ear_fetch(&ear, "a", PART_DETAIL))->outcome, OUTCOME_OK);
	ck_assert(ear_heard(&ear, "detail a:running"));
	ear_watch(&ear, "", 0);
	until_line("condition live at the end of");
	until_done(ear_fetch(&ear, "a", PART_DETAIL));
	ck_assert(ear_heard(&ear, "detail a:completed"));
}
END_TEST

/* Past the recording's end nothing more comes, and nothing ends. */
START_TEST(what_was_followed_is_told_as_it_came)
{
	open_film(HEAD ASK("follow a", 1)
		  "{\"t\":2,\"tell\":\"detail\",\"ticket\":1,\"run\":{\"id\":\"a\",\"status\":\"running\"}}\n"
		  "{\"t\":9,\"tell\":\"detail\",\"ticket\":1,\"run\":{\"id\":\"a\",\"status\":\"waiting\"}}\n"
		  ASK("follow b", 2) "{\"t\":9,\"tell\":\"gone\",\"id\":\"z\"}\n", 0);
	ticket_id t = ear_follow(&ear, "a");
	until_line("detail a:waiting");
	ck_assert(ear_heard(&ear, "detail a:running"));
	ear_watch(&ear, "", 0);
	until_line("condition live at the end of");
	ck_assert(!ear_done(&ear, t));
	ck_assert_uint_eq(backend_pending(ear.backend), 0);
	ear_cancel(&ear, t);
}
END_TEST

START_TEST(what_was_never_asked_has_no_answer)
{
	open_film(HEAD, 0);
	const struct ear_ticket *t = until_done(ear_fetch(&ear, "a", PART_HISTORY));
	ck_assert_int_eq(t->outcome, OUTCOME_NOT_FOUND);
	ck_assert_str_eq(t->text, "the recording has no answer to this");
}
END_TEST

START_TEST(lines_of_newer_versions_and_a_torn_last_one_are_left_out)
{
	open_film(HEAD "{\"t\":1,\"tell\":\"weather\",\"is\":\"fine\"}\n"
		       "{\"t\":2,\"tell\":\"gone\",\"id\":\"a\"}\n"
		       "{\"t\":3,\"tell\":\"gone\",\"i", 0);
	ear_watch(&ear, "", 0);
	until_line("condition live at the end of");
	ck_assert_uint_eq(ear_count(&ear, "gone"), 1);
}
END_TEST

START_TEST(what_is_no_recording_is_refused_with_its_line)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", " is empty" },
		{ "hello\n", ":1: this is no recording of version 1" },
		{ "{\"recording\":9}\n", ":1: this is no recording of version 1" },
		{ HEAD "{\"t\":1,\n" IDENTITY, ":2: " },
	};
	struct err err = { 0 };
	struct str expected = { 0 };
	ck_assert_ptr_null(play(cases[_i].text, 0, &err));
	str_addf(&expected, "%s%s", path, cases[_i].words);
	ck_assert_msg(view_starts(view_of(err_text(&err)), str_text(&expected)), "%s", err_text(&err));
	err_release(&err);
	str_release(&expected);
	ear.destroyed = true;
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	struct err err = { 0 };
	const struct replay_config config = { .name = "film", .path = "/nonexistent/film" };
	ck_assert_ptr_null(replay_new(loop, &ear.sink, 0, &config, &err));
	ck_assert_msg(view_find(view_of(err_text(&err)), VIEW("/nonexistent/film"), 0) != SIZE_MAX,
		      "%s", err_text(&err));
	err_release(&err);
	ear.destroyed = true;
}
END_TEST

Suite *suite_replay(void);

Suite *suite_replay(void)
{
	Suite *s = suite_create("replay");
	TCase *c = tcase_create("replay");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, a_probe_says_whose_recording_it_is_and_that_it_takes_no_orders);
	tcase_add_test(c, the_time_line_is_kept_at_the_speed_asked_for);
	tcase_add_test(c, watching_again_begins_again);
	tcase_add_test(c, a_question_is_answered_as_it_was_by_then);
	tcase_add_test(c, what_was_followed_is_told_as_it_came);
	tcase_add_test(c, what_was_never_asked_has_no_answer);
	tcase_add_test(c, lines_of_newer_versions_and_a_torn_last_one_are_left_out);
	tcase_add_loop_test(c, what_is_no_recording_is_refused_with_its_line, 0, 4);
	tcase_add_test(c, a_file_that_is_not_there_is_named);
	suite_add_tcase(s, c);
	return s;
}
