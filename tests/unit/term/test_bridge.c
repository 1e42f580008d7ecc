/* What term_present is given is what a terminal shows, exactly. The terminal is
 * libvterm behind a pty inside this process. */
#include "lib/unit.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "lib/vt.h"
#include "screen/dump.h"
#include "term/term.h"

struct bridge {
	struct vt *vt;
	struct term *term;
	struct canvas canvas;
	struct str keys;
	bool hides_cursor;
};

static void on_key(void *arg, const struct key *key)
{
	struct bridge *b = arg;
	key_add_name(&b->keys, *key);
	if (key->code == KEY_CODE_PASTE) {
		str_add_char(&b->keys, '=');
		str_add(&b->keys, key->paste);
	}
	str_add_char(&b->keys, ' ');
}

static struct term_options options(struct bridge *b, const char *type)
{
	b->hides_cursor = !str_eq(type, "vt100");
	return (struct term_options){ .in = vt_slave(b->vt),
				      .out = vt_slave(b->vt),
				      .type = type,
				      .key = on_key,
				      .arg = b };
}

/* The virtual terminal takes all that there is. */
static void drain(struct bridge *b)
{
	vt_pump(b->vt);
	while (term_wants_write(b->term)) {
		ck_assert(term_write(b->term));
		vt_pump(b->vt);
	}
	vt_pump_to(b->vt, term_counts(b->term).bytes);
}

static void begin_sized(struct bridge *b, const char *type, int rows, int cols)
{
	struct err err = { 0 };
	*b = (struct bridge){ .vt = vt_new(rows, cols) };
	struct term_options o = options(b, type);
	b->term = term_open(&o, &err);
	ck_assert_msg(b->term != NULL, "%s", err_text(&err));
	drain(b);
	canvas_init(&b->canvas, rows, cols, term_is_unicode(b->term));
}

static void begin(struct bridge *b, const char *type)
{
	begin_sized(b, type, 8, 30);
}

static void end_keeping_vt(struct bridge *b)
{
	term_close(b->term);
	vt_pump(b->vt);
	canvas_release(&b->canvas);
	str_release(&b->keys);
}

static void end(struct bridge *b)
{
	end_keeping_vt(b);
	vt_free(b->vt);
}

static void present(struct bridge *b)
{
	ck_assert(term_present(b->term, &b->canvas));
	drain(b);
}

static void assert_same(struct bridge *b)
{
	struct str wanted = { 0 }, shown = { 0 };
	int row, col;
	dump_text(&wanted, &b->canvas);
	vt_add_text(b->vt, &shown);
	for (size_t at = 0; at < wanted.len || at < shown.len; at += 200) {
		/* libcheck's messages are short. */
		struct str a = { 0 }, b_ = { 0 };
		str_add(&a, view_cut(view_of_str(&shown), at, 200));
		str_add(&b_, view_cut(view_of_str(&wanted), at, 200));
		ck_assert_str_eq(str_text(&a), str_text(&b_));
		str_release(&a);
		str_release(&b_);
	}
	vt_cursor(b->vt, &row, &col);
	/* A vt100 cannot hide its cursor. */
	if (b->canvas.cursor_row >= 0 || b->hides_cursor)
		ck_assert_int_eq(row, b->canvas.cursor_row);
	if (b->canvas.cursor_row >= 0)
		ck_assert_int_eq(col, b->canvas.cursor_col);
	str_release(&wanted);
	str_release(&shown);
}

static void draw_board(struct canvas *c, const char *word)
{
	canvas_erase(c);
	canvas_box(c, (struct rect){ 0, 0, c->rows - 1, c->cols }, STYLE_BORDER, VIEW("Running"));
	canvas_words(c, 1, 2, 20, STYLE_STRONG, word);
	canvas_glyph(c, 2, 2, STYLE_RUNNING, "●", "*");
	canvas_words(c, 2, 4, 20, STYLE_FAILED, "card declined");
	canvas_words(c, c->rows - 1, 0, c->cols, STYLE_STATUS, "3 runs  local live  ? help");
}

START_TEST(a_board_arrives_as_it_is)
{
	static const char *const types[] = { "xterm-256color", "xterm", "screen-256color",
					     "tmux-256color",  "linux", "vt100", "vt220", "rxvt" };
	struct bridge b;
	begin(&b, types[_i]);
	draw_board(&b.canvas, "order-0001");
	present(&b);
	assert_same(&b);
	draw_board(&b.canvas, "another one");
	canvas_cursor(&b.canvas, 3, 4);
	present(&b);
	assert_same(&b);
	end(&b);
}
END_TEST

START_TEST(wide_characters_and_marks_arrive)
{
	struct bridge b;
	begin(&b, "xterm-256color");
	canvas_words(&b.canvas, 0, 0, 30, STYLE_PLAIN, "日本語 e\u0301 ok");
	canvas_words(&b.canvas, 1, 27, 3, STYLE_PLAIN, "a日");
	canvas_words(&b.canvas, 2, 28, 2, STYLE_PLAIN, "日");
	present(&b);
	assert_same(&b);
	/* Over the right half of a wide one. */
	canvas_words(&b.canvas, 0, 1, 1, STYLE_PLAIN, "x");
	canvas_words(&b.canvas, 2, 28, 2, STYLE_PLAIN, "ab");
	present(&b);
	assert_same(&b);
	end(&b);
}
END_TEST

START_TEST(repeated_changes_leave_no_traces)
{
	struct bridge b;
	begin_sized(&b, "xterm-256color", 12, 40);
	static const char *const words[] = { "a", "日本", "■■■■■■■■■■■■■■■■", "", "éé", "────────", "x" };
	unsigned seed = 7;
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 12; i++) {
			seed = seed * 1103515245u + 12345u;
			unsigned n = seed >> 8;
			canvas_words(&b.canvas, (int)(n % 12), (int)(n / 12 % 40), (int)(n / 480 % 20),
				     (enum style_role)(n / 9600 % STYLE_ROLES), words[n / 7 % 7]);
		}
		present(&b);
		assert_same(&b);
	}
	end(&b);
}
END_TEST

START_TEST(roles_have_the_colours_of_the_theme)
{
	struct bridge b;
	begin(&b, "xterm-256color");
	canvas_words(&b.canvas, 0, 0, 30, STYLE_FAILED, "failed");
	canvas_words(&b.canvas, 1, 0, 30, STYLE_RUNNING, "running");
	canvas_words(&b.canvas, 2, 0, 30, STYLE_SELECTED, "selected");
	present(&b);
	struct vt_cell failed = vt_cell(b.vt, 0, 0), running = vt_cell(b.vt, 1, 0);
	ck_assert_int_eq(failed.fore, 1);
	ck_assert(failed.bold);
	ck_assert_int_eq(running.fore, 6);
	ck_assert(!running.bold);
	ck_assert(vt_cell(b.vt, 2, 0).reverse);
	ck_assert(!vt_cell(b.vt, 3, 0).reverse);
	end(&b);
}
END_TEST

START_TEST(logs_keep_palette_and_true_colours)
{
	struct bridge b;
	struct clean_line line = { 0 };
	struct clean_style style = clean_style_plain();
	begin(&b, "xterm-256color");
	clean_log_line(VIEW("\x1b[38;5;208mwarm\x1b[0m \x1b[38;2;255;0;0;44mred\x1b[0m"), &style, &line);
	canvas_log(&b.canvas, 0, 0, 30, &line, 0);
	present(&b);
	assert_same(&b);
	ck_assert_int_eq(vt_cell(b.vt, 0, 0).fore, 208);
	ck_assert_int_eq(vt_cell(b.vt, 0, 5).fore, 196);
	ck_assert_int_eq(vt_cell(b.vt, 0, 5).back, 4);
	ck_assert_int_eq(vt_cell(b.vt, 0, 4).fore, -1);
	clean_line_release(&line);
	end(&b);
}
END_TEST

START_TEST(without_colour_there_is_none)
{
	struct bridge b = { .vt = vt_new(8, 30) };
	struct term_options o = options(&b, _i ? "xterm-256color" : "vt100");
	o.no_colour = _i ? "1" : NULL;
	b.term = term_open(&o, NULL);
	ck_assert_ptr_nonnull(b.term);
	ck_assert_int_eq(term_depth(b.term), DEPTH_MONO);
	drain(&b);
	canvas_init(&b.canvas, 8, 30, term_is_unicode(b.term));
	for (int role = 0; role < STYLE_ROLES; role++)
		canvas_words(&b.canvas, role % 8, role / 8 * 5, 4, (enum style_role)role, "abcd");
	present(&b);
	assert_same(&b);
	for (int row = 0; row < 8; row++) {
		for (int col = 0; col < 30; col++) {
			ck_assert_int_eq(vt_cell(b.vt, row, col).fore, -1);
			ck_assert_int_eq(vt_cell(b.vt, row, col).back, -1);
		}
	}
	end(&b);
}
END_TEST

START_TEST(an_ascii_locale_gets_ascii_only)
{
	struct bridge b;
	setlocale(LC_ALL, "C");
	begin(&b, "xterm-256color");
	ck_assert(!b.canvas.unicode);
	draw_board(&b.canvas, "Bücher 日本");
	present(&b);
	assert_same(&b);
	struct view raw = vt_raw(b.vt);
	for (size_t i = 0; i < raw.len; i++)
		ck_assert_int_lt((unsigned char)raw.ptr[i], 0x80);
	ck_assert(vt_has(b.vt, "* card declined"));
	ck_assert(vt_has(b.vt, "+- Running -"));
	end(&b);
	setlocale(LC_ALL, "C.UTF-8");
}
END_TEST

START_TEST(a_change_costs_what_it_changes)
{
	struct bridge b;
	begin_sized(&b, "xterm-256color", 50, 160);
	draw_board(&b.canvas, "order-0001");
	present(&b);
	uint64_t before = term_counts(b.term).bytes;
	present(&b);
	ck_assert_uint_eq(term_counts(b.term).bytes, before);
	canvas_words(&b.canvas, 1, 2, 20, STYLE_STRONG, "order-0002");
	uint64_t writes = term_counts(b.term).writes;
	present(&b);
	ck_assert_uint_le(term_counts(b.term).bytes - before, 30);
	ck_assert_uint_eq(term_counts(b.term).writes - writes, 1);
	assert_same(&b);
	end(&b);
}
END_TEST

START_TEST(a_large_frame_is_one_write_between_brackets)
{
	struct bridge b;
	begin_sized(&b, "xterm-256color", 40, 100);
	struct term_counts before = term_counts(b.term);
	for (int row = 0; row < 40; row++)
		canvas_format(&b.canvas, row, 0, 100, STYLE_PLAIN, "row %d has words of its own: %d", row,
			      row * 7919);
	size_t at = vt_raw(b.vt).len;
	ck_assert(term_present(b.term, &b.canvas));
	ck_assert_uint_eq(term_counts(b.term).writes - before.writes, 1);
	drain(&b);
	struct view frame = view_cut(vt_raw(b.vt), at, SIZE_MAX);
	ck_assert(view_starts(frame, "\x1b[?2026h"));
	ck_assert(view_ends(frame, "\x1b[?2026l"));
	assert_same(&b);
	end(&b);
}
END_TEST

START_TEST(a_terminal_that_does_not_read_gets_the_latest_state_later)
{
	struct bridge b;
	begin_sized(&b, "xterm-256color", 60, 200);
	int shown = 0;
	for (int i = 0; i < 200; i++) {
		for (int row = 0; row < 60; row++)
			canvas_format(&b.canvas, row, 0, 200, (enum style_role)(row % STYLE_ROLES),
				      "%0*d", 199, i * 31 + row);
		shown += term_present(b.term, &b.canvas);
	}
	ck_assert(!term_is_ready(b.term));
	ck_assert_int_lt(shown, 200);
	drain(&b);
	ck_assert(term_is_ready(b.term));
	present(&b);
	assert_same(&b);
	end(&b);
}
END_TEST

START_TEST(a_new_size_is_painted_anew)
{
	struct bridge b;
	begin(&b, "xterm-256color");
	draw_board(&b.canvas, "before");
	present(&b);
	static const int sizes[][2] = { { 20, 60 }, { 5, 20 }, { 1, 1 }, { 24, 80 } };
	for (int i = 0; i < 4; i++) {
		int rows, cols;
		vt_resize(b.vt, sizes[i][0], sizes[i][1]);
		ck_assert(term_resized(b.term));
		ck_assert(!term_resized(b.term));
		term_size(b.term, &rows, &cols);
		ck_assert_int_eq(rows, sizes[i][0]);
		ck_assert_int_eq(cols, sizes[i][1]);
		canvas_resize(&b.canvas, rows, cols);
		draw_board(&b.canvas, "after");
		present(&b);
		assert_same(&b);
	}
	/* A terminal may keep the scrolling region of its old size. */
	ck_assert(view_find(vt_raw(b.vt), VIEW("\x1b[1;20r"), 0) != SIZE_MAX);
	end(&b);
}
END_TEST

START_TEST(redraw_repairs_what_others_wrote)
{
	struct bridge b;
	begin(&b, "xterm-256color");
	draw_board(&b.canvas, "mine");
	present(&b);
	ck_assert_int_gt(write(vt_slave(b.vt), "\x1b[Hgarbage", 10), 0);
	vt_pump(b.vt);
	ck_assert(vt_has(b.vt, "garbage"));
	present(&b);
	ck_assert(vt_has(b.vt, "garbage"));
	term_redraw(b.term);
	present(&b);
	assert_same(&b);
	end(&b);
}
END_TEST

START_TEST(keys_pressed_are_keys_heard)
{
	struct bridge b;
	begin(&b, "xterm-256color");
	vt_keys(b.vt, "j Up Ctrl-D F1 F5 Enter Tab Shift-Tab PgDn Home Delete Alt-x Ctrl-Right é 日 Space");
	vt_paste(b.vt, "two\rlines");
	ck_assert(term_read(b.term));
	ck_assert_str_eq(str_text(&b.keys),
			 "j Up Ctrl-D F1 F5 Enter Tab Shift-Tab PgDn Home Delete Alt-x Ctrl-Right "
			 "é 日 Space Paste=two\rlines ");
	end(&b);
}
END_TEST

START_TEST(a_lone_esc_waits_for_its_time)
{
	struct bridge b;
	begin(&b, "xterm-256color");
	ck_assert_int_eq(term_deadline_ms(b.term), 0);
	vt_key(b.vt, "Esc");
	ck_assert(term_read(b.term));
	int64_t deadline = term_deadline_ms(b.term);
	ck_assert_int_gt(deadline, 0);
	term_tick(b.term, deadline - 1);
	ck_assert_str_eq(str_text(&b.keys), "");
	term_tick(b.term, deadline);
	ck_assert_str_eq(str_text(&b.keys), "Esc ");
	ck_assert_int_eq(term_deadline_ms(b.term), 0);
	end(&b);
}
END_TEST

START_TEST(the_terminal_is_given_back_as_it_was)
{
	struct bridge b = { .vt = vt_new(8, 30) };
	struct term_options o = options(&b, "xterm-256color");
	int row, col;
	ck_assert_int_gt(write(vt_slave(b.vt), "$ runboard\r\n", 12), 0);
	vt_pump_to(b.vt, 12);
	b.term = term_open(&o, NULL);
	drain(&b);
	canvas_init(&b.canvas, 8, 30, term_is_unicode(b.term));
	draw_board(&b.canvas, "mine");
	present(&b);
	ck_assert(vt_is_altscreen(b.vt));
	ck_assert(!vt_has(b.vt, "$ runboard"));
	vt_resize(b.vt, 10, 30);
	ck_assert(term_resized(b.term));
	present(&b);
	end_keeping_vt(&b);
	ck_assert(!vt_is_altscreen(b.vt));
	ck_assert(vt_has(b.vt, "$ runboard"));
	ck_assert(!vt_has(b.vt, "mine"));
	vt_cursor(b.vt, &row, &col);
	ck_assert_int_eq(row, 1);
	ck_assert_int_eq(col, 0);
	vt_free(b.vt);
}
END_TEST

START_TEST(a_type_that_nobody_knows_is_an_error)
{
	static const char *const types[] = { "no-such-terminal", "dumb", "", NULL };
	struct bridge b = { .vt = vt_new(8, 30) };
	for (int i = 0; i < 4; i++) {
		struct term_options o = options(&b, types[i]);
		struct err err = { 0 };
		ck_assert_ptr_null(term_open(&o, &err));
		ck_assert_int_gt(strlen(err_text(&err)), 10);
		err_release(&err);
	}
	ck_assert_uint_eq(vt_raw(b.vt).len, 0);
	vt_free(b.vt);
}
END_TEST

START_TEST(messages_reach_the_terminal_whole)
{
	struct bridge b;
	begin(&b, "xterm-256color");
	term_bell(b.term);
	ck_assert(term_copy(b.term, VIEW("run-0001")));
	ck_assert(term_notice(b.term, VIEW("failed\x1b]0;evil\a: order; 1")));
	drain(&b);
	ck_assert_int_eq(vt_bells(b.vt), 1);
	ck_assert(view_find(vt_raw(b.vt), VIEW("\x1b]52;c;cnVuLTAwMDE=\a"), 0) != SIZE_MAX);
	ck_assert(view_find(vt_raw(b.vt), VIEW("\x1b]0"), 0) == SIZE_MAX);
	end(&b);
	begin(&b, "vt100");
	ck_assert(!term_copy(b.term, VIEW("run-0001")));
	ck_assert(!term_notice(b.term, VIEW("failed")));
	end(&b);
}
END_TEST

Suite *suite_bridge(void);

Suite *suite_bridge(void)
{
	Suite *s = suite_create("bridge");
	TCase *tc = tcase_create("bridge");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_board_arrives_as_it_is, 0, 8);
	tcase_add_test(tc, wide_characters_and_marks_arrive);
	tcase_add_test(tc, repeated_changes_leave_no_traces);
	tcase_add_test(tc, roles_have_the_colours_of_the_theme);
	tcase_add_test(tc, logs_keep_palette_and_true_colours);
	tcase_add_loop_test(tc, without_colour_there_is_none, 0, 2);
	tcase_add_test(tc, an_ascii_locale_gets_ascii_only);
	tcase_add_test(tc, a_change_costs_what_it_changes);
	tcase_add_test(tc, a_large_frame_is_one_write_between_brackets);
	tcase_add_test(tc, a_terminal_that_does_not_read_gets_the_latest_state_later);
	tcase_add_test(tc, a_new_size_is_painted_anew);
	tcase_add_test(tc, redraw_repairs_what_others_wrote);
	tcase_add_test(tc, keys_pressed_are_keys_heard);
	tcase_add_test(tc, a_lone_esc_waits_for_its_time);
	tcase_add_test(tc, the_terminal_is_given_back_as_it_was);
	tcase_add_test(tc, a_type_that_nobody_knows_is_an_error);
	tcase_add_test(tc, messages_reach_the_terminal_whole);
	suite_add_tcase(s, tc);
	return s;
}
