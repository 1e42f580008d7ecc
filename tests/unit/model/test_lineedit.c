/* One editable line. */
#include "lib/unit.h"
#include "model/lineedit.h"

static void type(struct lineedit *e, const char *names)
{
	struct view rest = view_of(names), name;
	struct key key;

	while (view_split(&rest, ' ', &name)) {
		ck_assert(key_parse(name, &key));
		lineedit_key(e, key);
	}
}

static void has(const struct lineedit *e, const char *text, size_t at)
{
	ck_assert_str_eq(str_text(&e->text), text);
	ck_assert_uint_eq(e->at, at);
}

START_TEST(letters_go_in_at_the_cursor)
{
	struct lineedit e = { 0 };

	type(&e, "a c Left b");
	has(&e, "abc", 2);
	type(&e, "Home x End y Space");
	has(&e, "xabcy ", 6);
	lineedit_release(&e);
}
END_TEST

START_TEST(a_grapheme_goes_as_a_whole)
{
	struct lineedit e = { 0 };

	lineedit_set(&e, VIEW("ae\xCC\x81z"));
	type(&e, "Left Backspace");
	has(&e, "az", 1);
	lineedit_release(&e);
}
END_TEST

START_TEST(control_keys_edit)
{
	struct lineedit e = { 0 };

	lineedit_set(&e, VIEW("one two three"));
	type(&e, "Ctrl-W");
	has(&e, "one two ", 8);
	type(&e, "Ctrl-A Ctrl-F Ctrl-K");
	has(&e, "o", 1);
	type(&e, "Ctrl-U");
	has(&e, "", 0);
	type(&e, "Backspace Delete Left Right");
	has(&e, "", 0);
	lineedit_release(&e);
}
END_TEST

START_TEST(a_paste_is_one_line)
{
	struct lineedit e = { 0 };

	lineedit_key(&e, (struct key){ .code = KEY_CODE_PASTE, .paste = VIEW("a\nb\x1b[c") });
	has(&e, "a b [c", 6);
	lineedit_release(&e);
}
END_TEST

START_TEST(keys_that_are_not_text_are_left_to_others)
{
	struct lineedit e = { 0 };

	ck_assert_int_eq(lineedit_key(&e, (struct key){ .code = KEY_CODE_ENTER }),
			 LINEEDIT_IGNORED);
	ck_assert_int_eq(lineedit_key(&e, (struct key){ .code = KEY_CODE_ESC }),
			 LINEEDIT_IGNORED);
	ck_assert_int_eq(lineedit_key(&e, (struct key){ .code = 'c', .mods = KEY_MOD_CTRL }),
			 LINEEDIT_IGNORED);
	ck_assert_int_eq(lineedit_key(&e, (struct key){ .code = 'q' }), LINEEDIT_CHANGED);
	lineedit_release(&e);
}
END_TEST

START_TEST(a_line_has_an_end)
{
	struct lineedit e = { 0 };
	struct str much = { 0 };

	str_add_many(&much, 'x', LINEEDIT_MAX + 100);
	lineedit_set(&e, view_of_str(&much));
	ck_assert_uint_eq(e.text.len, LINEEDIT_MAX);
	type(&e, "y");
	ck_assert_uint_eq(e.text.len, LINEEDIT_MAX);
	str_release(&much);
	lineedit_release(&e);
}
END_TEST

Suite *suite_lineedit(void);
Suite *suite_lineedit(void)
{
	Suite *s = suite_create("lineedit");
	TCase *c = tcase_create("lineedit");

	tcase_add_test(c, letters_go_in_at_the_cursor);
	tcase_add_test(c, a_grapheme_goes_as_a_whole);
	tcase_add_test(c, control_keys_edit);
	tcase_add_test(c, a_paste_is_one_line);
	tcase_add_test(c, keys_that_are_not_text_are_left_to_others);
	tcase_add_test(c, a_line_has_an_end);
	suite_add_tcase(s, c);
	return s;
}
