/* What touches the world: files, paths, plain output, the log; and cells. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/path.h"
#include "base/utf8.h"
#include "lib/unit.h"

static char folder[64];

static void make_folder(void)
{
	guard_folder(folder, sizeof folder, "outside");
}

static void remove_folder(void)
{
	struct str command = { 0 };
	str_addf(&command, "rm -r %s", folder);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
}

static char *in_folder(const char *name)
{
	struct str s = { 0 };
	str_addf(&s, "%s/%s", folder, name);
	return str_steal(&s);
}

START_TEST(a_file_is_replaced_and_read_back_under_a_cap)
{
	char *path = in_folder("f");
	struct str s = { 0 };
	struct err err = { 0 };
	ck_assert(!file_read(path, 10, &s, &err));
	ck_assert_int_eq(err.kind, ERR_NOT_FOUND);
	ck_assert(file_replace(path, VIEW("one\0two"), 0600, &err));
	ck_assert(file_replace(path, VIEW("three"), 0640, &err));
	struct stat st;
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	str_add_text(&s, "<");
	ck_assert(file_read(path, 5, &s, NULL));
	ck_assert_str_eq(s.ptr, "<three");
	ck_assert(!file_read(path, 4, &s, &err));
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(s.ptr, "<three");
	ck_assert(!file_read(folder, 10, &s, &err));
	err_release(&err);
	str_release(&s);
	mem_free(path);
}
END_TEST

START_TEST(a_folder_of_ours_is_made_in_a_home_that_has_nothing_yet)
{
	char *path = in_folder("home/.local/state/runboard");
	struct stat st;
	ck_assert(file_own_folder(path, NULL));
	ck_assert(file_own_folder(path, NULL));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	mem_free(path);
}
END_TEST

START_TEST(a_folder_that_others_may_only_read_is_taken_one_they_may_write_is_not)
{
	char *path = in_folder("p");
	char *link = in_folder("l");
	char *deep = in_folder("a/b/c");
	ck_assert(file_own_folder(path, NULL));
	ck_assert_int_eq(symlink(path, link), 0);
	ck_assert(!file_own_folder(link, NULL));
	ck_assert_int_eq(chmod(path, 0755), 0);
	ck_assert(file_own_folder(path, NULL));
	ck_assert_int_eq(chmod(path, 0775), 0);
	ck_assert(!file_own_folder(path, NULL));
	ck_assert(file_make_folders(deep, 0700, NULL));
	ck_assert(file_make_folders(deep, 0700, NULL));
	ck_assert(file_exists(deep));
	mem_free(path);
	mem_free(link);
	mem_free(deep);
}
END_TEST

START_TEST(a_socket_may_stand_where_nobody_else_can_replace_it)
{
	char *path = in_folder("s");
	ck_assert(file_safe_folder(path, NULL));
	ck_assert(file_safe_folder("/tmp", NULL));
	ck_assert_int_eq(chmod(path, 0755), 0);
	ck_assert(file_safe_folder(path, NULL));
	ck_assert_int_eq(chmod(path, 0777), 0);
	ck_assert(!file_safe_folder(path, NULL));
	ck_assert_int_eq(chmod(path, 01777), 0);
	ck_assert(file_safe_folder(path, NULL));
	ck_assert(!file_own_folder(path, NULL));
	mem_free(path);
}
END_TEST

START_TEST(paths_follow_the_environment)
{
	struct str s = { 0 };
	setenv("HOME", "/h", 1);
	unsetenv("XDG_CONFIG_HOME");
	setenv("XDG_STATE_HOME", "relative", 1);
	setenv("XDG_RUNTIME_DIR", "/run/u", 1);
	unsetenv("RUNBOARD_CONFIG");
	unsetenv("RUNBOARD_STATE");
	unsetenv("RUNBOARD_SOCKET");
	ck_assert(path_config_file(&s, NULL));
	str_add_char(&s, ' ');
	ck_assert(path_state(&s, "db", NULL));
	str_add_char(&s, ' ');
	ck_assert(path_socket(&s, NULL));
	ck_assert_str_eq(s.ptr, "/h/.config/runboard/config /h/.local/state/runboard/db "
			 "/run/u/runboard/engine.sock");
	str_clear(&s);
	setenv("RUNBOARD_CONFIG", "/c", 1);
	setenv("RUNBOARD_STATE", "/s", 1);
	setenv("RUNBOARD_SOCKET", "/k", 1);
	path_config_file(&s, NULL);
	path_state(&s, "db", NULL);
	path_socket(&s, NULL);
	ck_assert_str_eq(s.ptr, "/c/s/db/k");
	unsetenv("HOME");
	struct err err = { 0 };
	ck_assert(!path_config(&s, NULL, &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert(!path_program(&s, "no-such-program", &err));
	err_release(&err);
	str_release(&s);
}
END_TEST

START_TEST(foreign_text_is_sanitised_but_a_log_to_a_pipe_is_raw)
{
	struct out o;
	char got[256] = "";
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	out_init(&o, ends[1]);
	ck_assert(!o.tty && !o.colour);
	out_format(&o, "%d ", 1);
	out_label(&o, VIEW("a\x1b[2J"));
	out_column(&o, VIEW("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), 4);
	out_column(&o, VIEW("x"), 3);
	out_log(&o, VIEW("\x1b[1mraw"));
	out_json(&o, VIEW("\"\xc2\x9b\xe2\x80\xae\x7f\xc3\xa4\xf3\xa0\x81\x81\""));
	ck_assert(out_flush(&o, NULL));
	ck_assert_int_gt(read(ends[0], got, sizeof got - 1), 0);
	ck_assert_str_eq(got, "1 a\\x1b[2J\xe6\x97\xa5\xe2\x80\xa6 x  \x1b[1mraw\n"
			 "\"\\u009b\\u202e\\u007f\xc3\xa4\\udb40\\udc41\"");
	o.tty = o.colour = true;
	out_log(&o, VIEW("\x1b[31mred\x1b]0;x\x07"));
	out_octets(&o, VIEW("a\x1b[2J\n"));
	ck_assert(out_flush(&o, NULL));
	memset(got, 0, sizeof got);
	ck_assert_int_gt(read(ends[0], got, sizeof got - 1), 0);
	ck_assert_str_eq(got, "\x1b[0;38;5;1mred\x1b[0m\na\n");
	close(ends[0]);
	out_text(&o, "nobody reads");
	ck_assert(out_flush(&o, NULL));
	ck_assert(o.closed);
	out_release(&o);
	close(ends[1]);
}
END_TEST

START_TEST(a_log_record_is_one_printable_line)
{
	char got[256] = "";
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	unsetenv("JOURNAL_STREAM");
	log_note("nobody listens yet");
	log_open(ends[1], LOG_LEVEL_NOTE);
	log_debug("too much");
	log_warn("%s", "forged\n2026 error x\x1b[2J");
	ck_assert_int_gt(read(ends[0], got, sizeof got - 1), 0);
	ck_assert_str_eq(got + 24, " warn forged\\n2026 error x\\x1b[2J\n");
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(cells_and_graphemes_are_counted)
{
	struct view v = VIEW("a\xe6\x97\xa5" "e\xcc\x81z");
	ck_assert_int_eq(utf8_width(v), 5);
	ck_assert_uint_eq(utf8_grapheme_end(v, 4), 7);
	ck_assert_uint_eq(utf8_fit(v, 2).len, 1);
	ck_assert_uint_eq(utf8_fit(v, 4).len, 7);
	ck_assert_uint_eq(utf8_fit(v, 0).len, 0);
	struct str s = { 0 };
	utf8_add_tail(&s, VIEW("order-4711"), 10, true);
	ck_assert_str_eq(s.ptr, "order-4711");
	str_clear(&s);
	utf8_add_tail(&s, VIEW("order-4711"), 6, true);
	ck_assert_str_eq(s.ptr, "\xe2\x80\xa6-4711");
	str_clear(&s);
	utf8_add_tail(&s, VIEW("order-4711"), 3, false);
	ck_assert_str_eq(s.ptr, "~11");
	str_clear(&s);
	utf8_add_tail(&s, VIEW("order-4711"), 0, false);
	ck_assert_uint_eq(s.len, 0);
	utf8_add_cut(&s, v, 4, false);
	ck_assert_str_eq(s.ptr, "a\xe6\x97\xa5~");
	str_release(&s);
}
END_TEST

Suite *suite_outside(void);

Suite *suite_outside(void)
{
	Suite *suite = suite_create("outside");
	TCase *c = tcase_create("outside");
	tcase_add_checked_fixture(c, make_folder, remove_folder);
	tcase_add_test(c, a_file_is_replaced_and_read_back_under_a_cap);
	tcase_add_test(c, a_folder_of_ours_is_made_in_a_home_that_has_nothing_yet);
	tcase_add_test(c, a_folder_that_others_may_only_read_is_taken_one_they_may_write_is_not);
	tcase_add_test(c, a_socket_may_stand_where_nobody_else_can_replace_it);
	tcase_add_test(c, paths_follow_the_environment);
	tcase_add_test(c, foreign_text_is_sanitised_but_a_log_to_a_pipe_is_raw);
	tcase_add_test(c, a_log_record_is_one_printable_line);
	tcase_add_test(c, cells_and_graphemes_are_counted);
	suite_add_tcase(suite, c);
	return suite;
}
