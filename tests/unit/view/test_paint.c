/* The small pieces that views are made of, each on a canvas of its own. */
#include "base/utf8.h"
#include "lib/fixture.h"
#include "lib/unit.h"
#include "screen/dump.h"
#include "view/paint.h"

enum { ROWS = 6, COLS = 30 };

static struct fixture f;
static struct canvas canvas;
static struct pen pen;
static struct str text;

static void setup(void)
{
	ck_assert(fixture_open(&f, "three-runs", ROWS, COLS));
	canvas_init(&canvas, ROWS, COLS, 1);
	pen = (struct pen){ .canvas = &canvas, .m = f.model };
	text = (struct str){ 0 };
}

static void teardown(void)
{
	str_release(&text);
	str_release(&pen.text);
	arena_release(&pen.arena);
	canvas_release(&canvas);
	fixture_close(&f);
}

static void expect(const char *picture)
{
	str_clear(&text);
	dump_plain(&text, &canvas);
	while (text.len > 0 && text.ptr[text.len - 1] == '\n')
		str_shorten(&text, text.len - 1);
	ck_assert_str_eq(str_text(&text), picture);
}

static struct rect all(int rows, int cols)
{
	return (struct rect){ 0, 0, rows, cols };
}

START_TEST(text_is_wrapped_at_blanks)
{
	ck_assert_int_eq(pen_wrap(&pen, all(4, 12), STYLE_PLAIN, VIEW("one two three four")), 2);
	expect("one two\nthree four");
}
END_TEST

START_TEST(a_word_too_long_is_broken)
{
	ck_assert_int_eq(pen_wrap(&pen, all(4, 5), STYLE_PLAIN, VIEW("abcdefgh")), 2);
	expect("abcde\nfgh");
}
END_TEST

START_TEST(the_last_row_says_that_there_is_more)
{
	ck_assert_int_eq(pen_wrap(&pen, all(2, 9), STYLE_PLAIN, VIEW("one two three four")), 2);
	expect("one two\nthree fo…");
}
END_TEST

START_TEST(a_newline_begins_a_row)
{
	ck_assert_int_eq(pen_wrap(&pen, all(4, 20), STYLE_PLAIN, VIEW("a\nb")), 2);
	expect("a\nb");
}
END_TEST

START_TEST(nothing_is_wrapped_into_no_room)
{
	ck_assert_int_eq(pen_wrap(&pen, all(0, 20), STYLE_PLAIN, VIEW("a")), 0);
	ck_assert_int_eq(pen_wrap(&pen, all(3, 0), STYLE_PLAIN, VIEW("a")), 0);
	expect("");
}
END_TEST

START_TEST(wide_letters_count_as_two_cells)
{
	ck_assert_int_eq(pen_wrap(&pen, all(4, 5), STYLE_PLAIN, VIEW("\xe7\x99\xba\xe5\xb8\x83"
								      "\xe7\x99\xba")), 2);
	expect("\xe7\x99\xba\xe5\xb8\x83\n\xe7\x99\xba");
}
END_TEST

START_TEST(a_bar_is_empty_full_and_never_over)
{
	pen_bar(&pen, 0, 0, 8, 0);
	pen_bar(&pen, 1, 0, 8, 1);
	pen_bar(&pen, 2, 0, 8, 7);
	expect("▕      ▏\n▕██████▏\n▕██████▏");
}
END_TEST

START_TEST(a_bar_without_unicode_is_ascii)
{
	canvas.unicode = 0;
	pen_bar(&pen, 0, 0, 8, 0.5F);
	expect("[###---]");
}
END_TEST

START_TEST(text_at_the_right_ends_before_the_edge)
{
	str_add_text(pen_text(&pen), "42m");
	ck_assert_int_eq(pen_put_right(&pen, 0, 0, 10, STYLE_PLAIN), 7);
	expect("       42m");
}
END_TEST

START_TEST(text_at_the_right_without_room_is_left_out)
{
	str_add_text(pen_text(&pen), "42m");
	ck_assert_int_eq(pen_put_right(&pen, 0, 5, 5, STYLE_PLAIN), 5);
	expect("");
}
END_TEST

START_TEST(hints_keep_room_for_help)
{
	static const enum action list[] = { ACTION_APPROVE, ACTION_REJECT, ACTION_MENU,
					    ACTION_HELP, ACTION_QUIT, ACTION_NONE };

	pen_hints(&pen, 0, 0, COLS, list);
	expect("a approve  r reject  ? help");
}
END_TEST

START_TEST(hints_that_all_fit_are_all_shown)
{
	static const enum action list[] = { ACTION_MENU, ACTION_HELP, ACTION_QUIT, ACTION_NONE };

	pen_hints(&pen, 0, 0, COLS, list);
	expect("x orders  ? help  q quit");
}
END_TEST

START_TEST(an_action_without_a_key_is_no_hint)
{
	static const enum action list[] = { ACTION_SKIP, ACTION_MENU, ACTION_NONE };

	pen_hints(&pen, 0, 0, COLS, list);
	expect("x orders");
}
END_TEST

/* A field of six cells. */
static void expect_field(struct view typed, bool focused, const char *picture, int cursor_col)
{
	struct lineedit e = { 0 };

	lineedit_set(&e, typed);
	pen_field_line(&pen, all(1, 6), &e, focused);
	expect(picture);
	ck_assert_int_eq(canvas.cursor_col, cursor_col);
	lineedit_release(&e);
}

START_TEST(a_field_shows_the_end_that_is_typed)
{
	expect_field(VIEW("abcdefghijklmnop"), true, "lmnop", 5);
}
END_TEST

START_TEST(the_cursor_of_a_field_stands_behind_what_is_drawn_of_a_newline)
{
	expect_field(VIEW("a\nb"), true, "a\\nb", 4);
	expect_field(VIEW("abc\ndef\nghi"), true, "\\nghi", 5);
}
END_TEST

START_TEST(a_field_without_focus_shows_no_cursor)
{
	expect_field(VIEW("abc"), false, "abc", -1);
}
END_TEST

Suite *suite_paint(void);

Suite *suite_paint(void)
{
	Suite *s = suite_create("paint");
	TCase *t = tcase_create("paint");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, text_is_wrapped_at_blanks);
	tcase_add_test(t, a_word_too_long_is_broken);
	tcase_add_test(t, the_last_row_says_that_there_is_more);
	tcase_add_test(t, a_newline_begins_a_row);
	tcase_add_test(t, nothing_is_wrapped_into_no_room);
	tcase_add_test(t, wide_letters_count_as_two_cells);
	tcase_add_test(t, a_bar_is_empty_full_and_never_over);
	tcase_add_test(t, a_bar_without_unicode_is_ascii);
	tcase_add_test(t, text_at_the_right_ends_before_the_edge);
	tcase_add_test(t, text_at_the_right_without_room_is_left_out);
	tcase_add_test(t, hints_keep_room_for_help);
	tcase_add_test(t, hints_that_all_fit_are_all_shown);
	tcase_add_test(t, an_action_without_a_key_is_no_hint);
	tcase_add_test(t, a_field_shows_the_end_that_is_typed);
	tcase_add_test(t, the_cursor_of_a_field_stands_behind_what_is_drawn_of_a_newline);
	tcase_add_test(t, a_field_without_focus_shows_no_cursor);
	suite_add_tcase(s, t);
	return s;
}
