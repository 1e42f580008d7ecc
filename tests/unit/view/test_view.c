/* Every screen at every size: nothing is drawn outside, nothing depends on luck. */
#include <string.h>

#include "lib/session.h"
#include "lib/unit.h"
#include "screen/dump.h"
#include "view/view.h"

static const char *const ways[] = {
	"", "z", "z z", "/ \"deploy\"", "/ \"zzz\"", "Space Space c", "a", "r \"no\" Enter", "x",
	"I", "D", "?", ":", "v", "Ctrl-C", "n", "n j Enter", "Enter", "Enter 2", "Enter 3",
	"Enter 4", "Enter 5", "Enter 6", "4 Enter Tab", "1 - 2 -", "5 6 7",
};
enum { WAYS = sizeof ways / sizeof *ways };

static struct str draw(const struct fixture *f, bool unicode)
{
	struct canvas c;
	struct str s = { 0 };

	canvas_init(&c, f->model->rows, f->model->cols, unicode);
	view_draw(f->model, &c);
	dump_text(&s, &c);
	canvas_release(&c);
	return s;
}

START_TEST(every_screen_can_be_drawn_from_40_to_300_columns_and_12_rows_up)
{
	static const int cols[] = { 40, 59, 69, 70, 80, 99, 100, 129, 130, 160, 220, 300 };
	static const int rows[] = { 12, 17, 24, 60 };

	for (size_t i = 0; i < sizeof cols / sizeof *cols * 4; i++) {
		struct fixture f;
		struct str s;

		ck_assert(fixture_open(&f, "night", rows[i % 4], cols[i / 4]));
		press(&f, ways[_i]);
		s = draw(&f, true);
		ck_assert(view_starts(view_of_str(&s), " ru"));
		str_release(&s);
		fixture_close(&f);
	}
}
END_TEST

START_TEST(without_utf8_only_ascii_is_drawn)
{
	struct fixture f;
	struct str s;

	open_set(&f, "night");
	press(&f, ways[_i]);
	s = draw(&f, false);
	for (size_t i = 0; i < s.len; i++)
		ck_assert_msg((unsigned char)s.ptr[i] < 0x80, "%s: %s", ways[_i], str_text(&s));
	str_release(&s);
	fixture_close(&f);
}
END_TEST

START_TEST(a_dialog_shows_the_votes_of_its_own_gate_never_those_of_another)
{
	struct run_facts run = fixture_run("deploy", 1, RUN_WAITING);
	struct fixture f;
	struct str s;

	run.waiting = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = VIEW("budget"), .prompt = VIEW("Pay?"),
		.since_ms = FIXTURE_NOW - 60000, .required = 7, .version = 1, .attempt = 1,
	};
	ck_assert(fixture_open(&f, "three-runs", 24, 80));
	press(&f, "a");
	f.mute = true;
	fixture_put(&f, run);
	s = draw(&f, true);
	ck_assert_ptr_null(strstr(str_text(&s), "of 7 votes"));
	ck_assert_msg(strstr(str_text(&s), "1 of 2 votes: grace") != NULL, "%s", str_text(&s));
	str_release(&s);
	fixture_close(&f);
}
END_TEST

START_TEST(on_a_narrow_screen_a_notice_is_not_cut_off_by_the_contexts)
{
	struct fixture f;
	struct str s;

	ck_assert(fixture_open_with(&f, "three-runs", &(struct fixture_setup){ 12, 40, true }));
	press(&f, "a");
	s = draw(&f, true);
	ck_assert_msg(strstr(str_text(&s), "approve deploy a1c003: this context is") != NULL,
		      "%s", str_text(&s));
	str_release(&s);
	fixture_close(&f);
}
END_TEST

START_TEST(drawing_twice_gives_the_same_picture)
{
	struct fixture f;
	struct str a, b;

	ck_assert(fixture_open(&f, "night", 24, 160));
	press(&f, ways[_i]);
	a = draw(&f, true);
	b = draw(&f, true);
	ck_assert_str_eq(str_text(&a), str_text(&b));
	str_release(&a);
	str_release(&b);
	fixture_close(&f);
}
END_TEST

START_TEST(what_a_workflow_says_cannot_reach_the_terminal)
{
	struct run_facts run;
	struct fixture f;
	struct str s;

	ck_assert(fixture_open(&f, "empty", 24, 160));
	run = fixture_run("evil\x1b[2J\a", 1, RUN_WAITING);
	run.waiting = (struct gate_facts){ .kind = GATE_APPROVAL, .required = 1, .version = 1,
					   .prompt = VIEW("\x1b]0;owned\x07 \xff\n\r now?"),
					   .task = VIEW("r\x9b") };
	run.trigger_by = VIEW("\x1b[31mada");
	fixture_put(&f, run);
	for (int i = 0; i < 4; i++) {
		static const char *const keys[] = { "z", "a", "Esc I", "Enter" };

		press(&f, keys[i]);
		s = draw(&f, true);
		for (size_t k = 0; k < s.len; k++)
			ck_assert_msg(s.ptr[k] == '\n' || (unsigned char)s.ptr[k] >= ' ',
				      "control byte %d", s.ptr[k]);
		str_release(&s);
	}
	fixture_close(&f);
}
END_TEST

START_TEST(a_secret_in_the_form_is_never_drawn)
{
	struct fixture f;
	struct str s;

	open_set(&f, "empty");
	press(&f, "n j Enter Tab Tab \"hunter2\"");
	s = draw(&f, true);
	ck_assert_uint_eq(view_find(view_of_str(&s), VIEW("hunter2"), 0), SIZE_MAX);
	ck_assert_uint_ne(view_find(view_of_str(&s), VIEW("********"), 0), SIZE_MAX);
	str_release(&s);
	fixture_close(&f);
}
END_TEST

static bool cursor_is_drawn(const struct fixture *f)
{
	struct canvas c;
	bool drawn = false;

	canvas_init(&c, f->model->rows, f->model->cols, true);
	view_draw(f->model, &c);
	for (int row = 0; row < c.rows; row++)
		for (int col = 0; col < c.cols; col++)
			drawn = drawn || canvas_at(&c, row, col)->role == STYLE_SELECTED;
	canvas_release(&c);
	return drawn;
}

/* Lists whose rows have no identities; each with its cursor far below. */
static const char *const lists[] = { ": PgDn", "x G", "v G", "T G", "W G", "M G",
				     "3 Space 4 Space = G" };
enum { LISTS = sizeof lists / sizeof *lists };

START_TEST(the_cursor_of_a_list_is_seen_also_on_a_screen_that_became_lower)
{
	struct fixture f;

	open_set(&f, "night");
	press(&f, lists[_i]);
	ck_assert(cursor_is_drawn(&f));
	fixture_send(&f, (struct msg){ .kind = MSG_RESIZE, .size = { 9, 40 } });
	ck_assert(cursor_is_drawn(&f));
	fixture_close(&f);
}
END_TEST

START_TEST(the_cursor_of_a_long_table_is_seen_also_on_a_screen_that_became_lower)
{
	static const char *const columns[] = { "schedule", NULL };
	struct view cells[30];
	struct fixture f;

	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		cells[i] = VIEW("nightly");
	open_set(&f, "night");
	press(&f, ": \"schedules\" Enter");
	fixture_send(&f, (struct msg){
		.kind = MSG_CATALOG, .request = fixture_last(&f, EFFECT_CATALOG)->request,
		.catalog = { .kind = CATALOG_SCHEDULES, .columns = columns, .rows = cells,
			     .len = sizeof cells / sizeof *cells } });
	press(&f, "PgDn");
	ck_assert(cursor_is_drawn(&f));
	fixture_send(&f, (struct msg){ .kind = MSG_RESIZE, .size = { 12, 40 } });
	ck_assert(cursor_is_drawn(&f));
	fixture_close(&f);
}
END_TEST

/* Of the run and of its step. */
START_TEST(arguments_that_say_nothing_are_said_to_be_none)
{
	static const char *const nothing[] = { "", "null", "{}" };
	struct task_facts task = { .id = VIEW("build"), .args = view_of(nothing[_i]) };
	struct run_detail d = { .tasks = &task, .n_tasks = 1, .params = view_of(nothing[_i]) };
	struct fixture f;

	open_set(&f, "empty");
	d.run = fixture_run("build", 2, RUN_RUNNING);
	fixture_put(&f, d.run);
	f.mute = true;
	press(&f, "Enter");
	answer_detail(&f, &d);
	press(&f, "3");
	struct str s = draw(&f, true);

	ck_assert_ptr_nonnull(strstr(str_text(&s), "This run takes no arguments."));
	ck_assert_ptr_null(strstr(str_text(&s), "Parameters of the run"));
	str_release(&s);
	fixture_close(&f);
}
END_TEST

Suite *suite_view(void);
Suite *suite_view(void)
{
	Suite *s = suite_create("view");
	TCase *c = tcase_create("view");

	tcase_set_timeout(c, 30);
	tcase_add_loop_test(c, every_screen_can_be_drawn_from_40_to_300_columns_and_12_rows_up, 0,
			    WAYS);
	tcase_add_loop_test(c, without_utf8_only_ascii_is_drawn, 0, WAYS);
	tcase_add_test(c, a_dialog_shows_the_votes_of_its_own_gate_never_those_of_another);
	tcase_add_test(c, on_a_narrow_screen_a_notice_is_not_cut_off_by_the_contexts);
	tcase_add_loop_test(c, drawing_twice_gives_the_same_picture, 0, WAYS);
	tcase_add_test(c, what_a_workflow_says_cannot_reach_the_terminal);
	tcase_add_test(c, a_secret_in_the_form_is_never_drawn);
	tcase_add_loop_test(c, the_cursor_of_a_list_is_seen_also_on_a_screen_that_became_lower, 0,
			    LISTS);
	tcase_add_test(c, the_cursor_of_a_long_table_is_seen_also_on_a_screen_that_became_lower);
	tcase_add_loop_test(c, arguments_that_say_nothing_are_said_to_be_none, 0, 3);
	suite_add_tcase(s, c);
	return s;
}
