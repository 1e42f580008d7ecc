/* Stories of the real programs: the board on a virtual terminal, a real engine,
 * real steps. Nothing sleeps: each step waits for what must be seen. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/str.h"
#include "lib/story.h"
#include "lib/unit.h"

static const char gate[] =
	"name: gate\n"
	"title: Ship it\n"
	"steps:\n"
	"  - {id: build, run: 'echo evidence of the build'}\n"
	"  - id: review\n"
	"    approve: {prompt: 'Ship to prod?'}\n"
	"  - {id: ship, run: 'echo shipped'}\n";

static const char slow[] = "name: slow\n"
			   "steps:\n"
			   "  - id: work\n"
			   "    run: |\n"
			   "      echo begun\n"
			   "      read line < \"$HOME/go\"\n"
			   "      echo \"went on\"\n";

static void begin(struct story *s, const char *name, const char *text)
{
	struct str path = { 0 };
	story_begin(s, 24, 100);
	str_addf(&path, "config/runboard/workflows/%s.yaml", name);
	story_file(s, str_text(&path), text);
	str_release(&path);
}

static void open_board(struct story *s)
{
	story_open(s, "runboard", "--test-sync", "{sync}", NULL);
}

/* The id of a run that was started on the command line. */
static void start(struct story *s, const char *workflow, struct str *id)
{
	story_runs(s, 0, "runboard", "start", workflow, NULL);
	struct view line = view_trim(view_of_str(&s->out));
	str_clear(id);
	str_add(id, line);
}

/* Until the one run stands in the second lane, where "2" finds it. */
static void until_running(struct story *s)
{
	story_sees(s, "live");
	story_sees(s, "Running 1");
}

START_TEST(a_waiting_run_is_approved_with_a_comment_and_completes)
{
	struct story s;
	struct str id = { 0 };
	begin(&s, "gate", gate);
	start(&s, "gate", &id);
	open_board(&s);
	story_sees(&s, "Ship to prod?");
	story_keys(&s, "2 Enter");
	story_sees(&s, "review");
	story_keys(&s, "a");
	story_sees(&s, "Ship to prod?");
	story_type(&s, "tests are green");
	vt_see(s.vt, "tests are green");
	story_keys(&s, "Enter y");
	story_sees(&s, "completed");
	story_keys(&s, "q q");
	story_ends_with(&s, 0);
	story_runs(&s, 0, "runboard", "history", str_text(&id), NULL);
	story_said(&s, "tests are green");
	str_release(&id);
	story_end(&s);
}
END_TEST

START_TEST(enter_alone_never_approves)
{
	struct story s;
	struct str id = { 0 };
	begin(&s, "gate", gate);
	start(&s, "gate", &id);
	open_board(&s);
	story_sees(&s, "Ship to prod?");
	story_keys(&s, "2 a");
	story_sees(&s, "Ship to prod?");
	story_keys(&s, "Enter Enter");
	story_runs(&s, 0, "runboard", "show", str_text(&id), NULL);
	story_said(&s, "waiting");
	str_release(&id);
	story_end(&s);
}
END_TEST

START_TEST(who_was_second_is_told_that_somebody_was_first)
{
	struct story s;
	struct str id = { 0 };
	begin(&s, "gate", gate);
	start(&s, "gate", &id);
	open_board(&s);
	story_sees(&s, "Ship to prod?");
	story_keys(&s, "2 a");
	story_runs(&s, 0, "runboard", "approve", str_text(&id), "-m", "was faster", NULL);
	/* The dialog that is open says so by itself, and its button is dead. */
	story_sees(&s, "gate");
	story_sees_no(&s, "waits for you");
	story_keys(&s, "Enter y");
	story_keys(&s, "Esc");
	story_keys(&s, "D");
	story_sees_no(&s, "refused");
	str_release(&id);
	story_end(&s);
}
END_TEST

/* The engine's process, by its own word. */
static pid_t engine_pid(struct story *s)
{
	story_runs(s, 0, "runboard", "engine", "status", "--json", NULL);
	const char *at = strstr(str_text(&s->out), "\"pid\":");
	ck_assert_ptr_nonnull(at);
	return (pid_t)strtol(at + 6, NULL, 10);
}

START_TEST(a_killed_engine_is_said_and_its_running_step_is_not_lost)
{
	struct story s;
	struct str id = { 0 }, path = { 0 };
	begin(&s, "slow", slow);
	str_addf(&path, "%s/go", str_text(&s.home));
	story_runs(&s, 0, "/usr/bin/mkfifo", str_text(&path), NULL);
	start(&s, "slow", &id);
	open_board(&s);
	until_running(&s);
	story_keys(&s, "2 Enter");
	story_sees(&s, "begun");
	kill(engine_pid(&s), SIGKILL);
	story_sees(&s, "down");
	vt_see(s.vt, "work");		/* the run stays in sight */
	/* The step ends while no engine runs. */
	FILE *go = fopen(str_text(&path), "w");
	ck_assert_ptr_nonnull(go);
	fputs("go\n", go);
	fclose(go);
	story_runs(&s, 0, "runboard", "engine", "start", NULL);
	story_sees(&s, "went on");
	story_sees(&s, "completed");
	vt_see_no(s.vt, "down");
	str_release(&path);
	str_release(&id);
	story_end(&s);
}
END_TEST

START_TEST(an_engine_that_was_killed_is_started_again_by_the_board)
{
	struct story s;
	struct str id = { 0 }, path = { 0 };
	begin(&s, "slow", slow);
	str_addf(&path, "%s/go", str_text(&s.home));
	story_runs(&s, 0, "/usr/bin/mkfifo", str_text(&path), NULL);
	start(&s, "slow", &id);
	open_board(&s);
	until_running(&s);
	story_keys(&s, "2 Enter");
	story_sees(&s, "begun");
	kill(engine_pid(&s), SIGKILL);
	story_sees(&s, "down");
	story_sees(&s, "live");
	FILE *go = fopen(str_text(&path), "w");
	ck_assert_ptr_nonnull(go);
	fputs("go\n", go);
	fclose(go);
	story_sees(&s, "went on");
	story_sees(&s, "completed");
	str_release(&path);
	str_release(&id);
	story_end(&s);
}
END_TEST

START_TEST(an_engine_that_was_stopped_says_goodbye_and_the_board_waits_for_it)
{
	struct story s;
	begin(&s, "gate", gate);
	story_runs(&s, 0, "runboard", "start", "gate", NULL);
	open_board(&s);
	story_sees(&s, "Ship to prod?");
	story_runs(&s, 0, "runboard", "engine", "stop", NULL);
	story_sees(&s, "down");
	story_runs(&s, 5, "runboard", "runs", NULL);
	story_runs(&s, 0, "runboard", "start", "gate", NULL);
	story_sees(&s, "live");
	story_sees(&s, "2 wait for you");
	story_end(&s);
}
END_TEST

static const char greet[] = "name: greet\n"
			    "params:\n"
			    "  who: {type: string, required: true}\n"
			    "  times: {type: integer, minimum: 1, maximum: 3, default: 2}\n"
			    "steps:\n"
			    "  - id: say\n"
			    "    run: 'echo \"hello $PARAM_who, $PARAM_times times\"'\n";

START_TEST(a_run_is_started_from_its_form_and_followed)
{
	struct story s;
	begin(&s, "greet", greet);
	story_runs(&s, 0, "runboard", "engine", "start", NULL);
	open_board(&s);
	story_sees(&s, "live");
	story_keys(&s, "n");
	story_sees(&s, "greet");
	story_keys(&s, "Enter");
	story_sees(&s, "who *");
	story_type(&s, "Ada");
	story_keys(&s, "Enter Enter");
	story_sees(&s, "y starts it");
	story_keys(&s, "y");
	story_sees(&s, "100%");
	story_keys(&s, "Enter");
	story_sees(&s, "hello Ada, 2 times");
	story_keys(&s, "M");
	story_sees(&s, "ended by the hour");
	story_end(&s);
}
END_TEST

START_TEST(the_inbox_lists_what_waits_until_it_is_decided)
{
	struct story s;
	begin(&s, "gate", gate);
	story_runs(&s, 0, "runboard", "start", "gate", NULL);
	open_board(&s);
	story_sees(&s, "1 waits for you");
	story_keys(&s, "I");
	story_sees(&s, "Inbox");
	story_keys(&s, "a");
	story_sees(&s, "last output of build");
	story_keys(&s, "Enter y");
	story_sees(&s, "Nothing waits for you");
	story_end(&s);
}
END_TEST

static const char hostile[] =
	"name: hostile\n"
	"steps:\n"
	"  - id: shout\n"
	"    run: |\n"
	"      i=0\n"
	"      while [ $i -lt 20000 ]; do\n"
	"        printf '\\033]0;owned\\007\\033[2J\\033[H\\033[31mred\\033[0m \\302\\233 2J\\r\\n'\n"
	"        printf 'line %d \\033[?1049l\\033]52;c;aGk=\\007\\033P+q\\033\\\\\\342\\200\\256gnp\\n' $i\n"
	"        printf '%0200d\\n' $i\n"
	"        i=$((i + 1))\n"
	"      done\n"
	"      echo the-last-line\n";

START_TEST(a_hostile_log_changes_nothing_but_the_log_pane)
{
	struct story s;
	struct str id = { 0 };
	begin(&s, "hostile", hostile);
	story_runs(&s, 0, "runboard", "start", "hostile", "--wait", NULL);
	open_board(&s);
	story_sees(&s, "hostile");
	story_keys(&s, "3 Enter 5");
	/* The grammar of what may reach a terminal is checked by the harness for every
	 * byte; here: the screen itself is whole. */
	story_sees(&s, "the-last-line");
	vt_see(s.vt, "shout");
	ck_assert(vt_is_altscreen(s.vt));
	story_keys(&s, "g");
	story_keys(&s, "q q");
	story_ends_with(&s, 0);
	str_release(&id);
	story_end(&s);
}
END_TEST

static const char hay[] = "name: hay\n"
			  "steps:\n"
			  "  - id: stack\n"
			  "    run: |\n"
			  "      echo 'a Needle among'; seq 1 3000 | sed 's/^/hay /'\n"
			  "      echo 'ERROR: fire'; seq 3001 6000 | sed 's/^/hay /'\n";

START_TEST(a_search_goes_on_beyond_the_lines_that_the_board_has)
{
	struct story s;
	begin(&s, "hay", hay);
	story_runs(&s, 0, "runboard", "start", "hay", "--wait", NULL);
	open_board(&s);
	story_sees(&s, "hay");
	story_keys(&s, "3 Enter 5 /");
	story_sees(&s, "hay 6000");
	story_type(&s, "needle");
	story_keys(&s, "Enter");
	story_sees(&s, "a Needle among");
	vt_see(s.vt, "hay 9 ");
	story_keys(&s, "n");
	story_sees(&s, "No match further down");
	story_keys(&s, "E");
	story_sees(&s, "ERROR: fire");
	vt_see(s.vt, "hay 2999");
	vt_see(s.vt, "hay 3001");
	story_keys(&s, "N");
	story_sees(&s, "a Needle among");
	story_keys(&s, "G");
	story_sees(&s, "hay 6000");
	story_keys(&s, "q q q");
	story_ends_with(&s, 0);
	story_end(&s);
}
END_TEST

START_TEST(a_held_cancel_is_taken_back)
{
	struct story s;
	struct str id = { 0 }, path = { 0 };
	begin(&s, "slow", slow);
	str_addf(&path, "%s/go", str_text(&s.home));
	story_runs(&s, 0, "/usr/bin/mkfifo", str_text(&path), NULL);
	start(&s, "slow", &id);
	open_board(&s);
	until_running(&s);
	story_keys(&s, "2 c");
	story_sees(&s, "Cancel");
	story_keys(&s, "Enter y");
	story_sees(&s, "takes it back");
	story_keys(&s, "u D");
	story_sees(&s, "taken back");
	story_runs(&s, 0, "runboard", "show", str_text(&id), NULL);
	story_said(&s, "running");
	/* Nothing stays behind. */
	story_runs(&s, 0, "runboard", "cancel", str_text(&id), NULL);
	story_runs(&s, 1, "runboard", "watch", str_text(&id), NULL);
	str_release(&path);
	str_release(&id);
	story_end(&s);
}
END_TEST

START_TEST(a_held_cancel_that_is_let_go_at_the_end_arrives)
{
	struct story s;
	struct str id = { 0 }, path = { 0 };
	begin(&s, "slow", slow);
	str_addf(&path, "%s/go", str_text(&s.home));
	story_runs(&s, 0, "/usr/bin/mkfifo", str_text(&path), NULL);
	start(&s, "slow", &id);
	open_board(&s);
	until_running(&s);
	story_keys(&s, "2 c");
	story_sees(&s, "Cancel");
	story_keys(&s, "Enter y");
	story_sees(&s, "takes it back");
	story_keys(&s, "q y");
	story_ends_with(&s, 0);
	story_runs(&s, 1, "runboard", "watch", str_text(&id), NULL);
	story_said(&s, "cancelled");
	str_release(&id);
	str_release(&path);
	story_end(&s);
}
END_TEST

START_TEST(a_plain_terminal_without_utf8_is_enough)
{
	struct story s;
	struct str id = { 0 };
	begin(&s, "gate", gate);
	story_env(&s, "TERM", "vt100");
	story_env(&s, "LC_ALL", "C");
	start(&s, "gate", &id);
	open_board(&s);
	story_sees(&s, "Ship to prod?");
	struct view raw = vt_raw(s.vt);
	for (size_t i = 0; i < raw.len; i++)
		ck_assert_uint_lt((unsigned char)raw.ptr[i], 0x80);
	story_keys(&s, "2 Enter");
	story_sees(&s, "review");
	story_keys(&s, "q q");
	story_ends_with(&s, 0);
	str_release(&id);
	story_end(&s);
}
END_TEST

START_TEST(a_filter_shows_only_what_matches_and_escape_clears_it)
{
	struct story s;
	begin(&s, "gate", gate);
	story_file(&s, "config/runboard/workflows/other.yaml",
		   "name: other\nsteps:\n  - {id: a, run: 'true'}\n");
	story_runs(&s, 0, "runboard", "start", "other", "--wait", NULL);
	story_runs(&s, 0, "runboard", "start", "gate", NULL);
	open_board(&s);
	story_sees(&s, "other");
	story_sees(&s, "Ship to prod?");
	story_keys(&s, "/");
	story_type(&s, "workflow:other");
	story_sees_no(&s, "Ship to prod?");
	story_keys(&s, "Enter Esc");
	story_sees(&s, "Ship to prod?");
	story_end(&s);
}
END_TEST

START_TEST(a_run_is_saved_whole_to_a_file)
{
	struct story s;
	struct str id = { 0 }, command = { 0 };
	begin(&s, "gate", gate);
	start(&s, "gate", &id);
	ck_assert_int_eq(chdir(str_text(&s.home)), 0);
	open_board(&s);
	story_sees(&s, "Ship to prod?");
	story_keys(&s, "2 :");
	story_type(&s, "export");
	story_keys(&s, "Enter");
	story_sees(&s, "run saved as gate-");
	str_addf(&command, "cd '%s' && tar -xOf gate-*.tar --wildcards '*/logs/build/1/stdout'",
		 str_text(&s.home));
	story_runs(&s, 0, "/bin/sh", "-c", str_text(&command), NULL);
	ck_assert_str_eq(str_text(&s.out), "evidence of the build\n");
	/* What is there already stays. */
	story_keys(&s, ":");
	story_type(&s, "export");
	story_keys(&s, "Enter");
	story_sees(&s, "cannot be written");
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	str_release(&id);
	str_release(&command);
	story_end(&s);
}
END_TEST

START_TEST(every_size_from_40_columns_on_works)
{
	static const struct {
		int rows, cols;
	} sizes[] = { { 12, 40 }, { 20, 60 }, { 24, 80 }, { 50, 160 }, { 60, 300 }, { 12, 40 } };
	struct story s;
	begin(&s, "gate", gate);
	story_runs(&s, 0, "runboard", "start", "gate", NULL);
	open_board(&s);
	story_sees(&s, "Ship to prod?");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		vt_resize(s.vt, sizes[i].rows, sizes[i].cols);
		vt_settle(s.vt);
		story_sees(&s, "gate");
	}
	story_keys(&s, "q");
	story_ends_with(&s, 0);
	story_end(&s);
}
END_TEST

static Suite *suite_stories(void)
{
	Suite *suite = suite_create("stories");
	TCase *tc = tcase_create("stories");
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, a_waiting_run_is_approved_with_a_comment_and_completes);
	tcase_add_test(tc, enter_alone_never_approves);
	tcase_add_test(tc, who_was_second_is_told_that_somebody_was_first);
	tcase_add_test(tc, a_killed_engine_is_said_and_its_running_step_is_not_lost);
	tcase_add_test(tc, an_engine_that_was_killed_is_started_again_by_the_board);
	tcase_add_test(tc, an_engine_that_was_stopped_says_goodbye_and_the_board_waits_for_it);
	tcase_add_test(tc, a_run_is_started_from_its_form_and_followed);
	tcase_add_test(tc, the_inbox_lists_what_waits_until_it_is_decided);
	tcase_add_test(tc, a_hostile_log_changes_nothing_but_the_log_pane);
	tcase_add_test(tc, a_search_goes_on_beyond_the_lines_that_the_board_has);
	tcase_add_test(tc, a_held_cancel_is_taken_back);
	tcase_add_test(tc, a_held_cancel_that_is_let_go_at_the_end_arrives);
	tcase_add_test(tc, a_plain_terminal_without_utf8_is_enough);
	tcase_add_test(tc, a_filter_shows_only_what_matches_and_escape_clears_it);
	tcase_add_test(tc, a_run_is_saved_whole_to_a_file);
	tcase_add_test(tc, every_size_from_40_columns_on_works);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	static unit_suite_fn *const suites[] = { suite_stories, NULL };
	return unit_main("stories", suites);
}
