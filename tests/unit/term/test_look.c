/* Colours on terminals that have fewer. */
#include "term/look.h"

#include "lib/unit.h"

static struct look look_at(int colours, int32_t fore, int32_t back)
{
	static const struct theme plain;
	struct theme theme = plain;
	for (int depth = 0; depth < DEPTHS; depth++)
		theme.looks[depth][STYLE_PLAIN] = (struct theme_look){ -1, -1, 0 };
	struct look_terminal t = look_detect(colours, colours > 256, NULL);
	struct cell cell = { .width = 1, .fore = fore, .back = back };
	return look_of(&t, &theme, &cell);
}

START_TEST(colours_are_reduced_to_what_there_is)
{
	static const struct {
		int colours;
		int32_t colour;
		int wanted;
	} table[] = {
		{ 256, 208, 208 },	    { 256, 0x1ff0000, 196 },  { 256, 0x1000000, 16 },
		{ 256, 0x1808080, 244 },    { 16, 9, 9 },	      { 16, 196, 9 },
		{ 16, 0x1ffffff, 15 },	    { 8, 9, 1 },	      { 8, 0x100cd00, 2 },
		{ 1 << 24, 0x1123456, 0x123456 }, { 1 << 24, 3, 3 },  { 1 << 24, 196, 0xff0000 },
		{ 1 << 24, 0x1000003, 0 },  { 0, 208, -1 },	      { 256, -1, -1 },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_int_eq(look_at(table[i].colours, table[i].colour, -1).fore,
				 table[i].wanted);
}
END_TEST

START_TEST(bright_is_bold_where_there_are_eight)
{
	ck_assert_uint_eq(look_at(8, 9, -1).flags, CELL_BOLD);
	ck_assert_uint_eq(look_at(16, 9, -1).flags, 0);
	ck_assert_uint_eq(look_at(8, 1, 9).flags, 0);
}
END_TEST

START_TEST(text_never_has_the_colour_of_its_ground)
{
	/* #ff0000 and #fe0000 are one colour of 256. */
	struct look look = look_at(256, 0x1ff0000, 0x1fe0000);
	ck_assert_int_eq(look.fore, 196);
	ck_assert_int_eq(look.back, -1);
}
END_TEST

START_TEST(no_color_means_none)
{
	ck_assert_int_eq(look_detect(256, false, "1").depth, DEPTH_MONO);
	ck_assert_int_eq(look_detect(256, false, "").depth, DEPTH_256);
	ck_assert_int_eq(look_detect(-1, false, NULL).depth, DEPTH_MONO);
	ck_assert_int_eq(look_detect(8, false, NULL).depth, DEPTH_16);
	ck_assert_int_eq(look_detect(88, false, NULL).depth, DEPTH_16);
	ck_assert_int_eq(look_detect(1 << 24, true, NULL).depth, DEPTH_TRUE);
}
END_TEST

Suite *suite_look(void);

Suite *suite_look(void)
{
	Suite *s = suite_create("look");
	TCase *tc = tcase_create("look");
	tcase_add_test(tc, colours_are_reduced_to_what_there_is);
	tcase_add_test(tc, bright_is_bold_where_there_are_eight);
	tcase_add_test(tc, text_never_has_the_colour_of_its_ground);
	tcase_add_test(tc, no_color_means_none);
	suite_add_tcase(s, tc);
	return s;
}
