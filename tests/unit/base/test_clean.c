/* The sanitiser: what a terminal must never be given. */
#include "base/clean.h"

#include <string.h>

#include "base/utf8.h"
#include "base/visible.h"
#include "lib/unit.h"

struct pair {
	const char *in, *out;
};

static void label_is(struct view in, const char *expected)
{
	struct str s = { 0 };
	size_t escaped = clean_label(&s, in);
	ck_assert_str_eq(str_text(&s), expected);
	ck_assert_uint_eq(escaped > 0, strchr(expected, '\\') != NULL);
	str_release(&s);
}

START_TEST(a_label_shows_every_control_and_hidden_character)
{
	static const struct pair cases[] = {
		{ "", "" },
		{ "plain text ~", "plain text ~" },
		{ "a\x1b[31mb", "a\\x1b[31mb" },
		{ "one\ntwo\tthree\r", "one\\ntwo\\tthree\\r" },
		{ "\x7f\b", "\\x7f\\x08" },
		{ "\xc2\x9b" "31m", "\\u{9b}31m" },
		{ "\x9b" "31m", "\\x9b31m" },
		{ "\xe2\x80\xae" "evil", "\\u{202e}evil" },
		{ "a\xe2\x80\x8b" "b\xe2\x80\x8d", "a\\u{200b}b\\u{200d}" },
		{ "\xef\xbb\xbf", "\\u{feff}" },
		{ "\xc2\xad", "\\u{ad}" },
		{ "\xe3\x85\xa4\xef\xbe\xa0", "\\u{3164}\\u{ffa0}" },
		{ "\xf3\xa0\x81\x81", "\\u{e0041}" },
		{ "\xee\x80\x80", "\\u{e000}" },
		{ "\xef\xbf\xbf\xf0\x9f\xbf\xbe", "\\u{ffff}\\u{1fffe}" },
		{ "\xff\xc0\xaf\xed\xa0\x80", "\\xff\\xc0\\xaf\\xed\\xa0\\x80" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80",
		  "gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80" },
		{ "\xe2\x9a\xa0\xef\xb8\x8f!", "\xe2\x9a\xa0!" },
		{ "a\xef\xb8\x8f", "a\\u{fe0f}" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		label_is(view_of(cases[i].in), cases[i].out);
	label_is(VIEW("a\0b"), "a\\x00b");
}
END_TEST

START_TEST(a_label_has_at_most_four_marks_on_a_base)
{
	label_is(VIEW("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"),
		 "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u{301}");
	label_is(VIEW("\xcc\x81"), "\\u{301}");
	label_is(VIEW("\n\xcc\x81"), "\\n\\u{301}");
}
END_TEST

START_TEST(no_code_point_passes_that_is_hidden)
{
	struct str s = { 0 }, in = { 0 };
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		str_clear(&s);
		str_clear(&in);
		str_add_char(&in, 'a');
		if (!utf8_add(&in, code))
			continue;
		clean_label(&s, view_of_str(&in));
		bool kept = view_eq(view_of_str(&s), view_of_str(&in));
		if (visible_is_hidden(code) || utf8_code_width(code) < 0)
			ck_assert_msg(!kept, "U+%04X", code);
		else
			ck_assert_msg(kept, "U+%04X", code);
	}
	str_release(&s);
	str_release(&in);
}
END_TEST

static void log_is(struct view in, const char *expected, size_t dropped)
{
	struct clean_style style = clean_style_plain();
	struct clean_line line = { 0 };
	clean_log_line(in, &style, &line);
	ck_assert_str_eq(str_text(&line.text), expected);
	ck_assert_uint_eq(line.dropped, dropped);
	clean_line_release(&line);
}

START_TEST(a_log_line_swallows_every_sequence_and_counts_it)
{
	static const struct { const char *in, *out; size_t dropped; } cases[] = {
		{ "plain", "plain", 0 },
		{ "a\x1b[2Jb", "ab", 1 },
		{ "a\x1b[?25lb\x1b[>0c", "ab", 2 },
		{ "a\x1b]0;title\x07" "b", "ab", 1 },
		{ "a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", "alinkb", 2 },
		{ "a\x1bP+q544e\x1b\\b", "ab", 1 },
		{ "a\x1b_apc\x1b\\b\x1b^pm\x1b\\c\x1bXsos\x1b\\d", "abcd", 3 },
		{ "a\x1b(0b\x1b#8c\x1b=d", "abcd", 3 },
		{ "a\x1b" "cb", "ab", 1 },
		{ "a\xc2\x9b" "31mb", "ab", 0 },
		{ "a\x9b" "2Jb", "ab", 1 },
		{ "a\xc2\x9d" "52;c;x\xc2\x9c" "b", "ab", 1 },
		{ "a\x9d" "52;c;x\x9c" "b", "ab", 1 },
		{ "a\x90q\x9c" "b", "ab", 1 },
		{ "a\xc2\x85" "b\x84", "ab", 2 },
		{ "bell\x07 back\bspace\x0c\x7f", "bell backspace", 4 },
		{ "cut\x1b", "cut", 1 },
		{ "cut\x1b[", "cut", 1 },
		{ "cut\x1b[31;", "cut", 1 },
		{ "cut\x1b[ ", "cut", 1 },
		{ "cut\x1b(", "cut", 1 },
		{ "cut\x1b]52;c;aGk=", "cut", 1 },
		{ "cut\x1bPabc\x1b", "cut", 2 },
		{ "cut\xc2\x9b", "cut", 1 },
		{ "a\x1b[3\x1b[2Jb", "ab", 2 },
		{ "a\x1b]0;x\x1b[31mb", "ab", 1 },
		{ "a\x1b[31\xc3\xa4z", "a\xc3\xa4z", 1 },
		{ "a\x1b[31\nz", "az", 2 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		log_is(view_of(cases[i].in), cases[i].out, cases[i].dropped);
	log_is(VIEW("a\0b"), "ab", 1);
}
END_TEST

START_TEST(a_carriage_return_restarts_the_line_when_text_follows)
{
	log_is(VIEW("10%\r20%\r30%"), "30%", 2);
	log_is(VIEW("done\r"), "done", 0);
	log_is(VIEW("done\r\x1b[K"), "done", 1);
	log_is(VIEW("\r\rx"), "x", 0);
}
END_TEST

START_TEST(tabs_go_to_the_next_eighth_cell)
{
	log_is(VIEW("\tx"), "        x", 0);
	log_is(VIEW("abc\tx"), "abc     x", 0);
	log_is(VIEW("12345678\tx"), "12345678        x", 0);
	log_is(VIEW("\xe6\x97\xa5\tx"), "\xe6\x97\xa5      x", 0);
}
END_TEST

START_TEST(a_log_line_shows_bidi_and_zero_width)
{
	log_is(VIEW("a\xe2\x80\xae" "b\xe2\x80\x8b\xff"), "a\\u{202e}b\\u{200b}\\xff", 0);
}
END_TEST

static struct clean_style style_after(const char *sequence)
{
	struct clean_style style = clean_style_plain();
	struct clean_line line = { 0 };
	struct str in = { 0 };
	str_addf(&in, "%sx", sequence);
	clean_log_line(view_of_str(&in), &style, &line);
	ck_assert_str_eq(str_text(&line.text), "x");
	ck_assert_uint_eq(line.dropped, 0);
	ck_assert_uint_eq(line.spans.len, 1);
	struct clean_style shown = line.spans.items[0].style;
	clean_line_release(&line);
	str_release(&in);
	return shown;
}

START_TEST(colours_are_parsed_in_all_their_forms)
{
	static const struct { const char *in; int32_t fore, back; } cases[] = {
		{ "\x1b[31m", 1, -1 }, { "\x1b[97;44m", 15, 4 }, { "\x1b[31;39m", -1, -1 },
		{ "\x1b[31m\x1b[m", -1, -1 }, { "\x1b[38;5;200m", 200, -1 },
		{ "\x1b[48;5;17;38;5;3m", 3, 17 }, { "\x1b[38;2;1;2;3m", 0x1010203, -1 },
		{ "\x1b[38:2::1:2:3m", 0x1010203, -1 }, { "\x1b[38:2:1:2:3m", 0x1010203, -1 },
		{ "\x1b[38:5:9m", 9, -1 }, { "\x1b[38;5;999m", -1, -1 }, { "\x1b[38m", -1, -1 },
		{ "\x1b[38;2;1m", -1, -1 }, { "\x1b[58;5;1;32m", 2, -1 },
		{ "\x1b[104m", -1, 12 }, { "\x1b[38;5m", -1, -1 },
		{ "\x1b[38;5;1;31;99999999999999999999m", 1, -1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clean_style s = style_after(cases[i].in);
		ck_assert_msg(s.fore == cases[i].fore && s.back == cases[i].back,
			      "case %zu: %d %d", i, s.fore, s.back);
	}
	struct clean_style s = style_after("\x1b[1;2;3;4;7m");
	ck_assert(s.bold && s.dim && s.italic && s.underline && s.reverse);
	s = style_after("\x1b[1;2;3;4;7m\x1b[22;23;24;27m");
	ck_assert(!s.bold && !s.dim && !s.italic && !s.underline && !s.reverse);
	ck_assert(!style_after("\x1b[4m\x1b[4:0m").underline);
	ck_assert(style_after("\x1b[4:3m").underline);
}
END_TEST

START_TEST(text_never_has_the_colour_of_its_ground)
{
	static const char *const cases[] = {
		"\x1b[30;40m", "\x1b[38;5;16;48;5;0m", "\x1b[38;2;9;9;9;48;2;10;9;9m",
		"\x1b[38;5;231;107m", "\x1b[8m",
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clean_style s = style_after(cases[i]);
		ck_assert_msg(s.fore == -1 && s.back == -1, "case %zu", i);
	}
}
END_TEST

START_TEST(spans_cover_the_text_and_the_style_goes_on_to_the_next_line)
{
	struct clean_style style = clean_style_plain();
	struct clean_line line = { 0 };
	clean_log_line(VIEW("ab\x1b[31mcd\x1b[31me\x1b[0mf\x1b[1m"), &style, &line);
	ck_assert_str_eq(line.text.ptr, "abcdef");
	ck_assert_uint_eq(line.spans.len, 3);
	size_t at = 0;
	for (size_t i = 0; i < line.spans.len; i++) {
		ck_assert_uint_eq(line.spans.items[i].start, at);
		at = line.spans.items[i].end;
	}
	ck_assert_uint_eq(at, line.text.len);
	ck_assert_int_eq(line.spans.items[1].style.fore, 1);
	clean_log_line(VIEW("next"), &style, &line);
	ck_assert_uint_eq(line.spans.len, 1);
	ck_assert(line.spans.items[0].style.bold);
	clean_line_release(&line);
}
END_TEST

Suite *suite_clean(void);

Suite *suite_clean(void)
{
	Suite *suite = suite_create("clean");
	TCase *c = tcase_create("clean");
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_label_shows_every_control_and_hidden_character);
	tcase_add_test(c, a_label_has_at_most_four_marks_on_a_base);
	tcase_add_test(c, no_code_point_passes_that_is_hidden);
	tcase_add_test(c, a_log_line_swallows_every_sequence_and_counts_it);
	tcase_add_test(c, a_carriage_return_restarts_the_line_when_text_follows);
	tcase_add_test(c, tabs_go_to_the_next_eighth_cell);
	tcase_add_test(c, a_log_line_shows_bidi_and_zero_width);
	tcase_add_test(c, colours_are_parsed_in_all_their_forms);
	tcase_add_test(c, text_never_has_the_colour_of_its_ground);
	tcase_add_test(c, spans_cover_the_text_and_the_style_goes_on_to_the_next_line);
	suite_add_tcase(suite, c);
	return suite;
}
