/* Canvases as text, and their paint as rectangles. */
#include "screen/dump.h"

#include "lib/unit.h"

START_TEST(paint_is_told_in_rectangles)
{
	struct canvas c;
	struct str s = { 0 };
	canvas_init(&c, 5, 12, true);
	canvas_paint(&c, (struct rect){ 1, 2, 3, 4 }, STYLE_SELECTED);
	canvas_paint(&c, (struct rect){ 1, 8, 1, 2 }, STYLE_FAILED);
	canvas_paint(&c, (struct rect){ 2, 8, 1, 3 }, STYLE_FAILED);
	canvas_mark(&c, (struct rect){ 4, 0, 1, 1 }, CELL_BOLD | CELL_REVERSE);
	dump_paint(&s, &c);
	ck_assert_str_eq(str_text(&s), "1-3   2-5   selected\n"
				       "1     8-9   failed\n"
				       "2     8-10  failed\n"
				       "4     0     plain reverse bold\n");
	str_release(&s);
	canvas_release(&c);
}
END_TEST

START_TEST(log_colours_are_told)
{
	struct canvas c;
	struct str s = { 0 };
	struct clean_line line = { 0 };
	struct clean_style style = clean_style_plain();
	clean_log_line(VIEW("\x1b[31mr\x1b[48;2;16;32;48mx"), &style, &line);
	canvas_init(&c, 1, 4, true);
	canvas_log(&c, 0, 0, 4, &line, 0);
	dump_paint(&s, &c);
	ck_assert_str_eq(str_text(&s), "0     0     plain fore=1\n"
				       "0     1     plain fore=1 back=#102030\n");
	str_release(&s);
	clean_line_release(&line);
	canvas_release(&c);
}
END_TEST

START_TEST(rows_end_with_a_bar_or_without_blanks)
{
	struct canvas c;
	struct str s = { 0 };
	canvas_init(&c, 2, 5, true);
	canvas_words(&c, 0, 0, 5, STYLE_PLAIN, "日x");
	dump_text(&s, &c);
	ck_assert_str_eq(str_text(&s), "日x  |\n     |\n");
	str_clear(&s);
	dump_plain(&s, &c);
	ck_assert_str_eq(str_text(&s), "日x\n\n");
	str_clear(&s);
	dump_cursor(&s, &c);
	ck_assert_str_eq(str_text(&s), "none");
	canvas_cursor(&c, 1, 3);
	str_clear(&s);
	dump_cursor(&s, &c);
	ck_assert_str_eq(str_text(&s), "1 3");
	str_release(&s);
	canvas_release(&c);
}
END_TEST

Suite *suite_dump(void);

Suite *suite_dump(void)
{
	Suite *s = suite_create("dump");
	TCase *tc = tcase_create("dump");
	tcase_add_test(tc, paint_is_told_in_rectangles);
	tcase_add_test(tc, log_colours_are_told);
	tcase_add_test(tc, rows_end_with_a_bar_or_without_blanks);
	suite_add_tcase(s, tc);
	return s;
}
