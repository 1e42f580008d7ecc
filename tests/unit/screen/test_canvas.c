/* Text on the grid: safe, cut to its room, never half a wide character. */
#include "screen/canvas.h"

#include "lib/unit.h"
#include "screen/dump.h"

#define check_canvas(c, wanted) check_canvas_at((c), (wanted), __LINE__)

static void check_canvas_at(const struct canvas *c, const char *wanted, int line)
{
	struct str s = { 0 };
	dump_text(&s, c);
	ck_assert_msg(str_eq(str_text(&s), wanted), "line %d:\n%s", line, str_text(&s));
	str_release(&s);
}

START_TEST(text_is_cut_with_an_ellipsis)
{
	struct canvas c;
	canvas_init(&c, 3, 10, _i == 0);
	ck_assert_int_eq(canvas_text(&c, 0, 0, 5, STYLE_PLAIN, VIEW("order-0001")), 5);
	ck_assert_int_eq(canvas_text(&c, 1, 0, 99, STYLE_PLAIN, VIEW("0123456789")), 10);
	ck_assert_int_eq(canvas_text(&c, 2, 6, 99, STYLE_PLAIN, VIEW("01234")), 4);
	check_canvas(&c, _i == 0 ? "orde…     |\n0123456789|\n      012…|\n" :
				   "orde~     |\n0123456789|\n      012~|\n");
	canvas_release(&c);
}
END_TEST

START_TEST(a_wide_character_is_never_halved)
{
	struct canvas c;
	canvas_init(&c, 4, 6, true);
	ck_assert_int_eq(canvas_words(&c, 0, 0, 5, STYLE_PLAIN, "日本語"), 5);
	ck_assert_int_eq(canvas_words(&c, 1, 0, 4, STYLE_PLAIN, "日本語"), 3);
	ck_assert_int_eq(canvas_words(&c, 2, 5, 9, STYLE_PLAIN, "日"), 1);
	ck_assert_int_eq(canvas_words(&c, 3, 0, 6, STYLE_PLAIN, "日本語"), 6);
	check_canvas(&c, "日本… |\n日…   |\n     …|\n日本語|\n");
	ck_assert_int_eq(canvas_at(&c, 3, 0)->width, 2);
	ck_assert_int_eq(canvas_at(&c, 3, 1)->width, 0);
	canvas_release(&c);
}
END_TEST

START_TEST(drawing_over_one_half_blanks_the_other)
{
	struct canvas c;
	canvas_init(&c, 1, 6, true);
	canvas_words(&c, 0, 0, 6, STYLE_PLAIN, "日本語");
	canvas_words(&c, 0, 1, 1, STYLE_PLAIN, "x");
	canvas_words(&c, 0, 4, 1, STYLE_PLAIN, "y");
	check_canvas(&c, " x本y |\n");
	canvas_words(&c, 0, 1, 2, STYLE_PLAIN, "語");
	check_canvas(&c, " 語 y |\n");
	canvas_release(&c);
}
END_TEST

START_TEST(marks_stay_with_their_character)
{
	struct canvas c;
	canvas_init(&c, 1, 4, true);
	ck_assert_int_eq(canvas_words(&c, 0, 0, 4, STYLE_PLAIN, "e\u0301ab"), 3);
	ck_assert_str_eq(canvas_at(&c, 0, 0)->text, "e\u0301");
	ck_assert_str_eq(canvas_at(&c, 0, 1)->text, "a");
	canvas_release(&c);
}
END_TEST

START_TEST(no_cell_ever_holds_what_could_move_a_terminal)
{
	static const char hostile[] = "a\x1b[2Jb\x07\r\n\t\x7f\xc2\x9b""31m\xff\xe2\x80\xae\xe2\x80\x8b"
				      "\xef\xbb\xbf\xe3\x85\xa4\xf3\xa0\x81\x81z";
	struct canvas c;
	canvas_init(&c, 1, 200, true);
	canvas_text(&c, 0, 0, 200, STYLE_PLAIN, VIEW(hostile));
	for (int col = 0; col < 200; col++) {
		const struct cell *cell = canvas_at(&c, 0, col);
		for (const char *p = cell->text; *p; p++)
			ck_assert_uint_ge((unsigned char)*p, 0x20);
		ck_assert(!view_starts(view_of(cell->text), "\xc2\x9b"));
		ck_assert(!view_starts(view_of(cell->text), "\xe2\x80"));
	}
	ck_assert_str_eq(canvas_at(&c, 0, 1)->text, "\\");
	ck_assert_str_eq(canvas_at(&c, 0, 2)->text, "x");
	canvas_release(&c);
}
END_TEST

START_TEST(ascii_canvases_hold_ascii)
{
	struct canvas c;
	canvas_init(&c, 4, 12, false);
	canvas_text(&c, 0, 0, 12, STYLE_PLAIN, VIEW("é→日…"));
	canvas_glyph(&c, 0, 8, STYLE_RUNNING, "●", "*");
	canvas_box(&c, (struct rect){ 1, 0, 3, 12 }, STYLE_BORDER, VIEW("Run"));
	check_canvas(&c, "?>?~    *   |\n+- Run ----+|\n|          ||\n+----------+|\n");
	canvas_release(&c);
}
END_TEST

START_TEST(a_box_has_a_title_that_fits)
{
	struct canvas c;
	canvas_init(&c, 3, 12, true);
	canvas_box(&c, (struct rect){ 0, 0, 3, 12 }, STYLE_BORDER, VIEW("a long title"));
	check_canvas(&c, "┌─ a lon… ─┐|\n│          │|\n└──────────┘|\n");
	canvas_release(&c);
}
END_TEST

START_TEST(nothing_outside_is_touched)
{
	struct canvas c;
	canvas_init(&c, 2, 4, true);
	ck_assert_int_eq(canvas_words(&c, -1, 0, 4, STYLE_PLAIN, "x"), 0);
	ck_assert_int_eq(canvas_words(&c, 2, 0, 4, STYLE_PLAIN, "x"), 0);
	ck_assert_int_eq(canvas_words(&c, 0, 4, 4, STYLE_PLAIN, "x"), 0);
	ck_assert_int_eq(canvas_words(&c, 0, -1, 4, STYLE_PLAIN, "x"), 0);
	ck_assert_int_eq(canvas_words(&c, 0, 0, 0, STYLE_PLAIN, "x"), 0);
	canvas_hline(&c, 5, 0, 4, STYLE_PLAIN);
	canvas_vline(&c, 0, 9, 4, STYLE_PLAIN);
	canvas_fill(&c, (struct rect){ -5, -5, 3, 3 }, STYLE_FAILED);
	canvas_paint(&c, (struct rect){ 1, 3, 99, 99 }, STYLE_FAILED);
	canvas_box(&c, (struct rect){ -3, -3, 99, 99 }, STYLE_PLAIN, VIEW("t"));
	canvas_cursor(&c, 2, 0);
	check_canvas(&c, "    |\n    |\n");
	ck_assert_int_eq(c.cursor_row, -1);
	ck_assert_int_eq(canvas_at(&c, 1, 3)->role, STYLE_FAILED);
	ck_assert_ptr_null(canvas_at(&c, 2, 0));
	canvas_release(&c);
}
END_TEST

START_TEST(a_log_is_shown_from_any_column_with_its_colours)
{
	struct canvas c;
	struct clean_line line = { 0 };
	struct clean_style style = clean_style_plain();
	clean_log_line(VIEW("ab\x1b[1;31m日\x1b[0mc\x1b[31;41mhid\x1b[0m"), &style, &line);
	canvas_init(&c, 4, 6, true);
	ck_assert_int_eq(canvas_log(&c, 0, 0, 6, &line, 0), 6);
	ck_assert_int_eq(canvas_log(&c, 1, 0, 6, &line, 3), 5);
	ck_assert_int_eq(canvas_log(&c, 2, 0, 3, &line, 0), 2);
	ck_assert_int_eq(canvas_log(&c, 3, 0, 6, &line, 99), 0);
	check_canvas(&c, "ab日ch|\n chid |\nab    |\n      |\n");
	ck_assert_int_eq(canvas_at(&c, 0, 2)->fore, 1);
	ck_assert_uint_eq(canvas_at(&c, 0, 2)->flags, CELL_BOLD);
	ck_assert_int_eq(canvas_at(&c, 0, 4)->fore, -1);
	/* Red on red would be hidden. */
	ck_assert_int_eq(canvas_at(&c, 0, 5)->back, -1);
	clean_line_release(&line);
	canvas_release(&c);
}
END_TEST

START_TEST(a_huge_label_costs_what_is_seen)
{
	struct canvas c;
	struct str huge = { 0 };
	str_add_many(&huge, 'x', 32 << 20);
	canvas_init(&c, 1, 5, true);
	for (int i = 0; i < 10000; i++)
		canvas_text(&c, 0, 0, 5, STYLE_PLAIN, view_of_str(&huge));
	check_canvas(&c, "xxxx…|\n");
	str_release(&huge);
	canvas_release(&c);
}
END_TEST

START_TEST(copies_are_the_same)
{
	struct canvas a, b;
	canvas_init(&a, 2, 8, true);
	canvas_init(&b, 1, 1, true);
	canvas_words(&a, 0, 0, 8, STYLE_FAILED, "日x");
	canvas_cursor(&a, 1, 1);
	ck_assert(!canvas_same(&a, &b));
	canvas_copy(&b, &a);
	ck_assert(canvas_same(&a, &b));
	canvas_mark(&b, (struct rect){ 1, 7, 1, 1 }, CELL_REVERSE);
	ck_assert(!canvas_same(&a, &b));
	canvas_release(&a);
	canvas_release(&b);
}
END_TEST

Suite *suite_canvas(void);

Suite *suite_canvas(void)
{
	Suite *s = suite_create("canvas");
	TCase *tc = tcase_create("canvas");
	tcase_add_loop_test(tc, text_is_cut_with_an_ellipsis, 0, 2);
	tcase_add_test(tc, a_wide_character_is_never_halved);
	tcase_add_test(tc, drawing_over_one_half_blanks_the_other);
	tcase_add_test(tc, marks_stay_with_their_character);
	tcase_add_test(tc, no_cell_ever_holds_what_could_move_a_terminal);
	tcase_add_test(tc, ascii_canvases_hold_ascii);
	tcase_add_test(tc, a_box_has_a_title_that_fits);
	tcase_add_test(tc, nothing_outside_is_touched);
	tcase_add_test(tc, a_log_is_shown_from_any_column_with_its_colours);
	tcase_add_test(tc, a_huge_label_costs_what_is_seen);
	tcase_add_test(tc, copies_are_the_same);
	suite_add_tcase(s, tc);
	return s;
}
