/* Logs in lines: order of arrival, pages forward and backward, what is cut. */
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/log_index.h"
#include "engine/log_lines.h"
#include "lib/unit.h"

/* An attempt's folder with what was printed into it. */
struct scene {
	char folder[64];
	struct str streams[3], order;	/* stdout, stderr, notes */
};

static void scene_open(struct scene *s)
{
	*s = (struct scene){0};
	guard_folder(s->folder, sizeof s->folder, "log");
}

static void say(struct scene *s, int stream, const char *text)
{
	struct view v = view_of(text);
	unsigned char record[16] = { (unsigned char)s->order.len, 1, [8] = (unsigned char)stream };
	for (int i = 0; i < 4; i++)
		record[12 + i] = (unsigned char)(v.len >> 8 * i);
	str_add(&s->streams[stream - 1], v);
	str_add_bytes(&s->order, record, sizeof record);
}

static void write_one(const struct scene *s, const char *name, const struct str *content)
{
	struct str path = {0};
	str_addf(&path, "%s/runs/r/t/1", s->folder);
	ck_assert(file_make_folders(str_text(&path), 0700, NULL));
	str_addf(&path, "/%s", name);
	ck_assert(file_replace(str_text(&path), view_of_str(content), 0600, NULL));
	str_release(&path);
}

static void scene_read(struct scene *s, struct log_file *f)
{
	struct attempt_name name = { VIEW("r"), VIEW("t"), 1 };
	write_one(s, "stdout", &s->streams[0]);
	write_one(s, "stderr", &s->streams[1]);
	write_one(s, "notes", &s->streams[2]);
	write_one(s, "order", &s->order);
	ck_assert(log_file_open(f, s->folder, &name));
}

static void scene_close(struct scene *s, struct log_file *f)
{
	struct str command = {0};
	log_file_close(f);
	str_addf(&command, "rm -rf %s", s->folder);
	(void)!system(str_text(&command));
	str_release(&command);
	for (int i = 0; i < 3; i++)
		str_release(&s->streams[i]);
	str_release(&s->order);
}

static const struct log_wish all = { .streams = 3, .most = 100, .ended = true };

/* "o:text|e:text|", partial ones with a plus. */
static void join(const struct log_page *page, size_t first, struct str *out)
{
	for (size_t i = first; i < page->lines.len; i++) {
		const struct log_line *l = &page->lines.items[i];
		str_addf(out, "%c%s:%.*s|", l->stream == LOG_OUT ? 'o' : 'e', l->partial ? "+" : "",
			 (int)l->text.len, l->text.ptr);
	}
}

static void read_all(struct log_file *f, const struct log_wish *wish, struct str *out)
{
	struct log_place place = {0};
	bool more = true;
	while (more) {
		struct log_page page = {0};
		log_read_lines(f, place, wish, &page);
		join(&page, 0, out);
		place = page.place;
		more = page.more;
		log_page_release(&page);
	}
}

START_TEST(lines_of_both_streams_come_in_the_order_of_their_arrival)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	scene_open(&s);
	say(&s, 1, "one\ntw");
	say(&s, 2, "oops\n");
	say(&s, 1, "o\nthr");
	scene_read(&s, &f);
	read_all(&f, &all, &got);
	ck_assert_str_eq(str_text(&got), "o:one|e:oops|o:two|o+:thr|");
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

START_TEST(pages_of_any_size_give_the_same_lines)
{
	struct scene s;
	struct log_file f;
	struct str whole = {0}, got = {0};
	scene_open(&s);
	for (int i = 0; i < 40; i++) {
		struct str line = {0};
		str_addf(&line, "line %d\nand\nhalf of", i);
		say(&s, 1 + i % 3 / 2, str_text(&line));
		str_release(&line);
	}
	scene_read(&s, &f);
	read_all(&f, &all, &whole);
	for (size_t most = 1; most < 9; most++) {
		struct log_wish wish = all;
		wish.most = most;
		str_clear(&got);
		read_all(&f, &wish, &got);
		ck_assert_str_eq(str_text(&got), str_text(&whole));
	}
	str_release(&whole);
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

START_TEST(one_stream_alone_has_only_its_lines)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	struct log_wish wish = all;
	scene_open(&s);
	say(&s, 1, "a\n");
	say(&s, 2, "b\n");
	say(&s, 1, "c\n");
	scene_read(&s, &f);
	wish.streams = 2;
	read_all(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "e:b|");
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

START_TEST(what_the_order_does_not_tell_is_shown_at_the_end)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	scene_open(&s);
	say(&s, 1, "a\n");
	str_add_text(&s.streams[0], "lost order\n");
	str_add_text(&s.streams[1], "also\n");
	scene_read(&s, &f);
	read_all(&f, &all, &got);
	ck_assert_str_eq(str_text(&got), "o:a|o:lost order|e:also|");
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

START_TEST(a_file_that_is_shorter_than_its_order_ends_there)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	scene_open(&s);
	say(&s, 1, "a\nbcdefgh\n");
	str_shorten(&s.streams[0], 3);
	scene_read(&s, &f);
	read_all(&f, &all, &got);
	ck_assert(view_starts(view_of_str(&got), "o:a|"));
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

START_TEST(search_and_level_pick_lines)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	struct log_wish wish = all;
	scene_open(&s);
	say(&s, 1, "ERROR: no Disk\nINFO: disk found\nplain\n");
	scene_read(&s, &f);
	wish.search = VIEW("disk");
	read_all(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o:ERROR: no Disk|o:INFO: disk found|");
	wish.level = SEVERITY_WARN;
	str_clear(&got);
	read_all(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o:ERROR: no Disk|");
	/* What does not say its level is information. */
	wish.search = VIEW("");
	wish.level = SEVERITY_INFO;
	str_clear(&got);
	read_all(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o:ERROR: no Disk|o:INFO: disk found|o:plain|");
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

/* A needle lies across records, and in a line that two pages share. */
START_TEST(a_search_finds_what_lies_across_chunks)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	struct log_wish wish = all;
	scene_open(&s);
	for (int i = 0; i < 500; i++)
		say(&s, 1 + i % 2, "nothing to see\nhere it is n");
	say(&s, 1, "ee");
	say(&s, 2, "two errors\n");
	say(&s, 1, "dle one\nno\nNEEDLE two\nnee");
	say(&s, 1, "dle three");
	scene_read(&s, &f);
	wish.search = VIEW("needle");
	for (size_t most = 1; most < 4; most++) {
		wish.most = most;
		str_clear(&got);
		read_all(&f, &wish, &got);
		ck_assert_str_eq(str_text(&got), "o:here it is needle one|o:NEEDLE two|o+:needle three|");
	}
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

START_TEST(notes_have_a_place_among_the_lines)
{
	struct scene s;
	struct log_file f;
	struct log_page page = {0};
	struct log_wish wish = all;
	scene_open(&s);
	say(&s, 1, "one\n");
	say(&s, 3, "cut here\n");
	say(&s, 2, "two\n");
	scene_read(&s, &f);
	wish.streams = 7;
	log_read_lines(&f, (struct log_place){0}, &wish, &page);
	ck_assert_uint_eq(page.lines.len, 3);
	ck_assert_int_eq(page.lines.items[1].stream, LOG_NOTE);
	ck_assert(view_is(page.lines.items[1].text, "cut here"));
	log_page_release(&page);
	scene_close(&s, &f);
}
END_TEST

START_TEST(going_back_from_the_end_reaches_the_last_lines)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	struct log_page page = {0};
	scene_open(&s);
	for (int i = 0; i < 30; i++)
		say(&s, 1, i % 2 ? "half\nnext " : "more ");
	scene_read(&s, &f);
	struct log_place place = log_end(&f);
	const struct log_span span = { .lines = 3, .octets = 1 << 20, .streams = 3 };
	ck_assert(log_go_back(&f, &place, &span));
	log_read_lines(&f, place, &all, &page);
	ck_assert_int_ge(page.lines.len, 3);
	join(&page, page.lines.len - 2, &got);
	ck_assert_str_eq(str_text(&got), "o:next more half|o+:next |");
	log_page_release(&page);
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

/* What line number n of the streams is, by the index: its text. */
static void seek(struct log_index *ix, struct log_file *f, int64_t line, unsigned streams,
		 struct str *out)
{
	struct log_page page = {0};
	struct log_mark mark;
	struct log_wish wish = { .streams = streams, .most = 1, .ended = true };
	const struct log_seek where = { line, streams, true };
	enum log_found found;
	do
		found = log_index_find(ix, f, &where, &mark, &wish.skip);
	while (found == LOG_NOT_YET);
	str_clear(out);
	if (found == LOG_BEYOND)
		return;
	struct log_place place = mark.place;
	do {
		log_page_release(&page);
		page = (struct log_page){0};
		log_read_lines(f, place, &wish, &page);
		place = page.place;
		wish.skip = page.left_to_skip;
	} while (!page.lines.len && page.more);
	if (page.lines.len)
		str_add(out, page.lines.items[0].text);
	log_page_release(&page);
}

START_TEST(a_line_is_found_by_its_number_in_either_stream_and_in_both)
{
	struct scene s;
	struct log_file f;
	struct log_index ix = {0};
	struct str got = {0}, piece = {0};
	scene_open(&s);
	/* 30 000 lines of each stream, broken anywhere, several marks apart. */
	for (int i = 0; i < 30000; i++) {
		str_addf(&piece, "out %d %0100d\n", i + 1, 0);
		if (i % 7 == 0 || i == 29999) {
			size_t cut = i == 29999 ? piece.len : piece.len / 2;
			struct str part = {0};
			str_add(&part, view_cut(view_of_str(&piece), 0, cut));
			say(&s, 1, str_text(&part));
			str_drop(&piece, cut);
			str_release(&part);
		}
		struct str line = {0};
		str_addf(&line, "err %d %090d\n", i + 1, 0);
		say(&s, 2, str_text(&line));
		str_release(&line);
	}
	scene_read(&s, &f);
	static const int lines[] = { 30000, 1, 2, 15000, 9999, 10001, 29999, 3 };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct str want = {0};
		str_addf(&want, "out %d ", lines[i]);
		seek(&ix, &f, lines[i], 1, &got);
		ck_assert_msg(view_starts(view_of_str(&got), str_text(&want)), "%d: %s", lines[i],
			      str_text(&got));
		str_clear(&want);
		str_addf(&want, "err %d ", lines[i]);
		seek(&ix, &f, lines[i], 2, &got);
		ck_assert_msg(view_starts(view_of_str(&got), str_text(&want)), "%d: %s", lines[i],
			      str_text(&got));
		str_release(&want);
	}
	ck_assert_uint_ge(ix.marks.len, 4);
	ck_assert_uint_lt(ix.marks.len, 10);
	seek(&ix, &f, 60000, 3, &got);
	ck_assert(got.len > 0);
	seek(&ix, &f, 60001, 3, &got);
	ck_assert_uint_eq(got.len, 0);
	str_release(&got);
	str_release(&piece);
	log_index_release(&ix);
	scene_close(&s, &f);
}
END_TEST

/* Counting from the front and jumping by the index come to the same line. */
START_TEST(numbers_are_those_of_the_lines_as_they_are_read)
{
	struct scene s;
	struct log_file f;
	struct log_index ix = {0};
	struct log_page page = {0};
	struct str got = {0};
	scene_open(&s);
	for (int i = 0; i < 40; i++)
		say(&s, 1 + i % 2, i % 3 ? "half\nnext " : "more \n\n");
	say(&s, 1, "\n");
	say(&s, 2, "\n");
	scene_read(&s, &f);
	log_read_lines(&f, (struct log_place){0}, &all, &page);
	for (size_t i = 0; i < page.lines.len; i++) {
		seek(&ix, &f, (int64_t)i + 1, 3, &got);
		ck_assert(view_eq(view_of_str(&got), page.lines.items[i].text));
	}
	log_page_release(&page);
	str_release(&got);
	log_index_release(&ix);
	scene_close(&s, &f);
}
END_TEST

START_TEST(a_cursor_reads_back_as_its_place)
{
	struct str text = {0};
	struct log_place p = { 3, 4, { 10, 20, 7 }, { 5, 20, 0 } }, q;
	log_place_write(&p, &text);
	ck_assert(log_place_read(view_of_str(&text), &q));
	ck_assert_mem_eq(&p, &q, sizeof p);
	ck_assert(!log_place_read(VIEW("1.2.3"), &q));
	ck_assert(!log_place_read(VIEW("1.0.1.1.1.9.0.0"), &q));
	ck_assert(!log_place_read(VIEW("x"), &q));
	str_release(&text);
}
END_TEST

/* The texts found backward from the end, one search after the other. */
static void find_back(struct log_file *f, const struct log_wish *wish, struct str *out)
{
	struct log_place from = log_end(f), until;
	struct log_wish step = *wish;
	for (bool more = true; more; step.until = &until) {
		struct log_page page = {0};
		more = log_search_back(f, &from, &step, &page);
		size_t n = page.lines.len;
		join(&page, n ? n - 1 : 0, out);
		from = n > 1 ? page.lines.items[n - 2].after : from;
		more |= n > 1;
		until = from;
		log_page_release(&page);
	}
}

START_TEST(a_search_backward_finds_each_line_once_the_last_one_first)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	struct log_wish wish = all;
	scene_open(&s);
	say(&s, 1, "needle 1\nnee");
	say(&s, 2, "needle 2\n");
	say(&s, 1, "dle 3\n");
	for (int i = 0; i < 9000; i++)
		say(&s, 1 + i % 2, "there is plenty of hay between one of them and the next one, as ever\n");
	say(&s, 1, "needle 4\nNEEDLE 5\nneedle 6");
	scene_read(&s, &f);
	wish.search = VIEW("needle");
	find_back(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o+:needle 6|o:NEEDLE 5|o:needle 4|o:needle 3|e:needle 2|"
					 "o:needle 1|");
	wish.exact = true;
	wish.streams = 1;
	wish.search = VIEW("NEEDLE");
	str_clear(&got);
	find_back(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o:NEEDLE 5|");
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

START_TEST(a_stack_trace_has_the_level_of_its_error)
{
	struct scene s;
	struct log_file f;
	struct str got = {0};
	struct log_wish wish = all;
	scene_open(&s);
	say(&s, 1, "INFO: up\n  at rest\n");
	say(&s, 1, "ERROR: broken\n");
	say(&s, 2, "INFO: else\n");
	say(&s, 1, "\tat main.c:3\n\tat start.c:9\n");
	say(&s, 1, "INFO: on\n\tat work\n");
	scene_read(&s, &f);
	wish.level = SEVERITY_ERROR;
	read_all(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o:ERROR: broken|o:\tat main.c:3|o:\tat start.c:9|");
	wish.search = VIEW("at");
	wish.most = 1;
	str_clear(&got);
	read_all(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o:\tat main.c:3|o:\tat start.c:9|");
	str_clear(&got);
	find_back(&f, &wish, &got);
	ck_assert_str_eq(str_text(&got), "o:\tat start.c:9|o:\tat main.c:3|");
	str_release(&got);
	scene_close(&s, &f);
}
END_TEST

Suite *suite_log_lines(void);

Suite *suite_log_lines(void)
{
	Suite *s = suite_create("log_lines");
	TCase *t = tcase_create("lines");
	tcase_add_test(t, lines_of_both_streams_come_in_the_order_of_their_arrival);
	tcase_add_test(t, pages_of_any_size_give_the_same_lines);
	tcase_add_test(t, one_stream_alone_has_only_its_lines);
	tcase_add_test(t, what_the_order_does_not_tell_is_shown_at_the_end);
	tcase_add_test(t, a_file_that_is_shorter_than_its_order_ends_there);
	tcase_add_test(t, search_and_level_pick_lines);
	tcase_add_test(t, a_search_finds_what_lies_across_chunks);
	tcase_add_test(t, a_search_backward_finds_each_line_once_the_last_one_first);
	tcase_add_test(t, a_stack_trace_has_the_level_of_its_error);
	tcase_add_test(t, notes_have_a_place_among_the_lines);
	tcase_add_test(t, going_back_from_the_end_reaches_the_last_lines);
	tcase_add_test(t, a_line_is_found_by_its_number_in_either_stream_and_in_both);
	tcase_add_test(t, numbers_are_those_of_the_lines_as_they_are_read);
	tcase_add_test(t, a_cursor_reads_back_as_its_place);
	suite_add_tcase(s, t);
	return s;
}
