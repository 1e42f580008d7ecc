/* Names of keys and roles, and rectangles. */
#include "screen/key.h"

#include "lib/unit.h"
#include "screen/rect.h"
#include "screen/style.h"

START_TEST(names_are_read_and_shown)
{
	static const char *const names[][2] = {
		{ "a", "a" },	       { "A", "A" },	       { "é", "é" },	     { "-", "-" },
		{ "Space", "Space" },  { "enter", "Enter" },   { "Return", "Enter" }, { "ctrl-d", "Ctrl-D" },
		{ "Ctrl-D", "Ctrl-D" }, { "Alt-x", "Alt-x" },  { "Alt-X", "Alt-X" }, { "Ctrl--", "Ctrl--" },
		{ "PageUp", "PgUp" },  { "Shift-Tab", "Shift-Tab" }, { "Ctrl-Alt-Left", "Ctrl-Alt-Left" },
		{ "F12", "F12" },      { "Escape", "Esc" },    { "Shift-F1", "Shift-F1" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct key k;
		struct str s = { 0 };
		ck_assert_msg(key_parse(view_of(names[i][0]), &k), "%s", names[i][0]);
		key_add_name(&s, k);
		ck_assert_str_eq(str_text(&s), names[i][1]);
		str_release(&s);
	}
}
END_TEST

START_TEST(what_is_no_key_is_refused)
{
	static const char *const names[] = { "", "ab", "Ctrl-", "Hyper-x", "F13", " ", "\x01", "\xff" };
	struct key k;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(!key_parse(view_of(names[i]), &k), "%s", names[i]);
}
END_TEST

START_TEST(keys_are_equal_by_code_and_modifiers)
{
	struct key a = { .code = 'd', .mods = KEY_MOD_CTRL }, b = a;
	b.row = 7;
	ck_assert(key_eq(a, b));
	b.mods = 0;
	ck_assert(!key_eq(a, b));
}
END_TEST

START_TEST(every_role_has_its_name)
{
	for (int i = 0; i < STYLE_ROLES; i++) {
		enum style_role role;
		ck_assert(style_parse(view_of(style_name((enum style_role)i)), &role));
		ck_assert_int_eq(role, i);
	}
	enum style_role role;
	ck_assert(!style_parse(VIEW("nonsense"), &role));
}
END_TEST

START_TEST(rectangles_are_cut_and_clipped)
{
	struct rect r = { 2, 3, 10, 20 };
	struct rect top = rect_take_top(&r, 1), left = rect_take_left(&r, 5);
	struct rect bottom = rect_take_bottom(&r, 2), right = rect_take_right(&r, 100);
	ck_assert(top.row == 2 && top.col == 3 && top.rows == 1 && top.cols == 20);
	ck_assert(left.row == 3 && left.col == 3 && left.rows == 9 && left.cols == 5);
	ck_assert(bottom.row == 10 && bottom.col == 8 && bottom.rows == 2 && bottom.cols == 15);
	ck_assert(right.row == 3 && right.col == 8 && right.rows == 7 && right.cols == 15);
	ck_assert(rect_is_empty(r));
	struct rect middle = rect_centre((struct rect){ 0, 0, 10, 20 }, 4, 99);
	ck_assert(middle.row == 3 && middle.col == 0 && middle.rows == 4 && middle.cols == 20);
	ck_assert(rect_is_empty(rect_inner((struct rect){ 0, 0, 2, 2 }, 2, 0)));
	ck_assert(rect_has(middle, 6, 19) && !rect_has(middle, 7, 0));
}
END_TEST

Suite *suite_key(void);

Suite *suite_key(void)
{
	Suite *s = suite_create("key");
	TCase *tc = tcase_create("key");
	tcase_add_test(tc, names_are_read_and_shown);
	tcase_add_test(tc, what_is_no_key_is_refused);
	tcase_add_test(tc, keys_are_equal_by_code_and_modifiers);
	tcase_add_test(tc, every_role_has_its_name);
	tcase_add_test(tc, rectangles_are_cut_and_clipped);
	suite_add_tcase(s, tc);
	return s;
}
