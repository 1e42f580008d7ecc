/* Theme files, and the promises that ours keep. */
#include "screen/theme.h"

#include <unistd.h>

#include "lib/unit.h"
#include "screen/canvas.h"
#include "screen/theme_builtin.h"

static struct theme parse(const char *text)
{
	struct theme t;
	struct err err = { 0 };
	ck_assert_msg(theme_parse(&t, view_of(text), "t", &err), "%s", err_text(&err));
	return t;
}

static void check_look(const struct theme_look *look, int32_t fore, int32_t back, unsigned flags)
{
	ck_assert_int_eq(look->fore, fore);
	ck_assert_int_eq(look->back, back);
	ck_assert_uint_eq(look->flags, flags);
}

START_TEST(a_section_left_out_looks_like_the_one_before)
{
	struct theme t = parse("[mono]\nfailed = bold\n[16]\nfailed = red\nwaiting = black/yellow dim\n"
			       "[true]\nfailed = #ff0010/233 underline italic\nwaiting = default\n");
	check_look(&t.looks[DEPTH_MONO][STYLE_FAILED], -1, -1, CELL_BOLD);
	check_look(&t.looks[DEPTH_16][STYLE_FAILED], 1, -1, 0);
	check_look(&t.looks[DEPTH_256][STYLE_FAILED], 1, -1, 0);
	check_look(&t.looks[DEPTH_TRUE][STYLE_FAILED], 0x1ff0010, 233, CELL_UNDERLINE | CELL_ITALIC);
	check_look(&t.looks[DEPTH_MONO][STYLE_WAITING], -1, -1, 0);
	check_look(&t.looks[DEPTH_256][STYLE_WAITING], 0, 3, CELL_DIM);
	check_look(&t.looks[DEPTH_TRUE][STYLE_WAITING], -1, -1, 0);
	check_look(&t.looks[DEPTH_TRUE][STYLE_PLAIN], -1, -1, 0);
}
END_TEST

START_TEST(all_errors_are_told_with_their_lines)
{
	struct theme t = parse("[mono]\nfailed = bold\n");
	struct err err = { 0 };
	ck_assert(!theme_parse(&t, VIEW("failed = red\n[16]\nfaild = red\nfailed = pink\n[mono]\n"
					"plain = red\n[256]\nplain = 256\ndim = #123456\nlane = red blue\n"
					"lane = red\n[16]\nkey = red\nkey = blue\n[24]\nkey = red\n"),
			       "my.theme", &err));
	static const char *const lines[] = { ":1:", ":3:", ":4:", ":6:", ":8:", ":9:", ":10:", ":14:", ":16:" };
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct str wanted = { 0 };
		str_addf(&wanted, "my.theme%s", lines[i]);
		ck_assert_msg(view_find(view_of(err_text(&err)), view_of_str(&wanted), 0) != SIZE_MAX,
			      "%s in %s", str_text(&wanted), err_text(&err));
		str_release(&wanted);
	}
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	/* What was there before stays. */
	check_look(&t.looks[DEPTH_MONO][STYLE_FAILED], -1, -1, CELL_BOLD);
	err_release(&err);
}
END_TEST

static bool same_look(const struct theme_look *a, const struct theme_look *b)
{
	return a->fore == b->fore && a->back == b->back && a->flags == b->flags;
}

START_TEST(every_theme_tells_apart_what_matters_at_every_depth)
{
	static const enum style_role pairs[][2] = {
		{ STYLE_SELECTED, STYLE_PLAIN },     { STYLE_FAILED, STYLE_PLAIN },
		{ STYLE_WAITING, STYLE_PLAIN },	     { STYLE_BUTTON, STYLE_BUTTON_FOCUS },
		{ STYLE_LANE, STYLE_LANE_FOCUS },    { STYLE_MATCH, STYLE_MATCH_FOCUS },
		{ STYLE_SELECTED, STYLE_SELECTED_DIM }, { STYLE_ESCAPED, STYLE_PLAIN },
		{ STYLE_BAR_DONE, STYLE_BAR_REST },
	};
	int n = 0;
	for (const struct theme_builtin *b = THEME_BUILTINS; b->name; b++, n++) {
		struct theme t = parse(b->text);
		for (int depth = 0; depth < DEPTHS; depth++) {
			for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
				ck_assert_msg(!same_look(&t.looks[depth][pairs[i][0]],
							 &t.looks[depth][pairs[i][1]]),
					      "%s, depth %d: %s looks like %s", b->name, depth,
					      style_name(pairs[i][0]), style_name(pairs[i][1]));
		}
	}
	ck_assert_int_eq(n, 5);
}
END_TEST

START_TEST(states_have_colours_of_their_own_where_there_are_colours)
{
	static const enum style_role states[] = { STYLE_RUNNING, STYLE_WAITING, STYLE_COMPLETED,
						  STYLE_FAILED };
	for (const struct theme_builtin *b = THEME_BUILTINS; b->name; b++) {
		struct theme t = parse(b->text);
		for (int depth = DEPTH_16; depth < DEPTHS && !str_eq(b->name, "mono"); depth++) {
			for (int i = 0; i < 4; i++) {
				for (int j = 0; j < i; j++)
					ck_assert_msg(!same_look(&t.looks[depth][states[i]],
								 &t.looks[depth][states[j]]),
						      "%s: %s", b->name, style_name(states[i]));
			}
		}
	}
}
END_TEST

START_TEST(mono_has_no_colour_at_any_depth)
{
	struct theme t;
	ck_assert(theme_load(&t, "mono", NULL));
	for (int depth = 0; depth < DEPTHS; depth++) {
		for (int role = 0; role < STYLE_ROLES; role++) {
			ck_assert_int_eq(t.looks[depth][role].fore, -1);
			ck_assert_int_eq(t.looks[depth][role].back, -1);
		}
	}
}
END_TEST

START_TEST(the_user_s_file_comes_first_and_others_are_named)
{
	struct theme t;
	struct err err = { 0 };
	struct str names = { 0 }, path = { 0 };
	char folder[48];
	guard_folder(folder, sizeof folder, "theme");
	setenv("XDG_CONFIG_HOME", folder, 1);
	str_addf(&path, "mkdir -p %s/runboard/themes && printf '[16]\\nfailed = 5\\n' > "
		 "%s/runboard/themes/dark.theme && touch %s/runboard/themes/own.theme",
		 folder, folder, folder);
	ck_assert_int_eq(system(str_text(&path)), 0);
	ck_assert(theme_load(&t, "dark", &err));
	ck_assert_int_eq(t.looks[DEPTH_16][STYLE_FAILED].fore, 5);
	theme_list(&names);
	ck_assert_str_eq(str_text(&names), "contrast\ndark\ndefault\nlight\nmono\nown\n");
	ck_assert(!theme_load(&t, "drak", &err));
	ck_assert(view_find(view_of(err_text(&err)), VIEW("dark"), 0) != SIZE_MAX);
	str_clear(&path);
	str_addf(&path, "rm -r %s", folder);
	ck_assert_int_eq(system(str_text(&path)), 0);
	err_release(&err);
	str_release(&names);
	str_release(&path);
}
END_TEST

Suite *suite_theme(void);

Suite *suite_theme(void)
{
	Suite *s = suite_create("theme");
	TCase *tc = tcase_create("theme");
	tcase_add_test(tc, a_section_left_out_looks_like_the_one_before);
	tcase_add_test(tc, all_errors_are_told_with_their_lines);
	tcase_add_test(tc, every_theme_tells_apart_what_matters_at_every_depth);
	tcase_add_test(tc, states_have_colours_of_their_own_where_there_are_colours);
	tcase_add_test(tc, mono_has_no_colour_at_any_depth);
	tcase_add_test(tc, the_user_s_file_comes_first_and_others_are_named);
	suite_add_tcase(s, tc);
	return s;
}
