/* Event streams. */
#include "lib/unit.h"

#include <string.h>

#include "wire/sse.h"

struct heard {
	struct str text;	/* "name=data@id;" an event */
	struct sse *stop;
};

static void hear(void *arg, const struct sse_event *e)
{
	struct heard *h = arg;
	str_add(&h->text, e->name);
	str_add_char(&h->text, '=');
	str_add(&h->text, e->data);
	if (e->id.len) {
		str_add_char(&h->text, e->own_id ? '@' : '~');
		str_add(&h->text, e->id);
	}
	str_add_char(&h->text, ';');
	if (h->stop)
		sse_stop(h->stop);
}

#define BOM "\xef\xbb\xbf"

static const struct {
	const char *bytes;
	size_t len;
	const char *heard;
} table[] = {
#define CASE(bytes, heard) { bytes, sizeof(bytes) - 1, heard }
	CASE("data: a\n\n", "message=a;"),
	CASE("data:a\n\n", "message=a;"),
	CASE("data:  a\n\n", "message= a;"),
	CASE("data: a\r\rdata: b\r\n\r\ndata: c\n\r\n", "message=a;message=b;message=c;"),
	CASE("data: a\r\n\ndata: b\r\n\r\n", "message=a;message=b;"),
	CASE("data: a\ndata: b\n\n", "message=a\nb;"),
	CASE("data\n\n", "message=;"),
	CASE("data\ndata\n\n", "message=\n;"),
	CASE("data: no end", ""),
	CASE("data: no blank line\n", ""),
	CASE("event: run\ndata: x\n\ndata: y\n\n", "run=x;message=y;"),
	CASE("event: run\n\ndata: y\n\n", "message=y;"),
	CASE("id: 1\ndata: a\n\ndata: b\n\n", "message=a@1;message=b~1;"),
	CASE("id: 1\ndata: a\n\nid\ndata: b\n\n", "message=a@1;message=b;"),
	CASE("id: 7\n\ndata: b\n\n", "message=b~7;"),
	CASE("id: 1\ndata: a\n\nid: 2\0x\ndata: b\n\n", "message=a@1;message=b~1;"),
	CASE(": comment\n:\ndata: a\n\n", "message=a;"),
	CASE("retry: 500\ndata: a\n\n", "message=a;"),
	CASE("unknown: 1\nDATA: x\ndata : y\ndata: a\n\n", "message=a;"),
	CASE(BOM "data: a\n\n", "message=a;"),
	CASE(BOM BOM "data: x\ndata: a\n\n", "message=a;"),
	CASE("\xef\xbb" "data: x\ndata: a\n\n", "message=a;"),
	CASE("\n\n\r\r\n", ""),
	CASE("data: a:b: c\n\n", "message=a:b: c;"),
	CASE("data: \xc3\xa4\n\n", "message=\xc3\xa4;"),
#undef CASE
};

static void assert_heard(size_t i, size_t piece)
{
	struct heard h = { 0 };
	struct sse s;
	sse_init(&s, hear, &h);
	for (size_t at = 0; at < table[i].len; at += piece) {
		size_t len = table[i].len - at < piece ? table[i].len - at : piece;
		char *copy = malloc(len);	/* so that a reader too far is seen */
		memcpy(copy, table[i].bytes + at, len);
		ck_assert(sse_feed(&s, (struct view){ copy, len }, NULL));
		free(copy);
	}
	ck_assert_msg(strcmp(str_text(&h.text), table[i].heard) == 0, "%zu by %zu: %s", i, piece,
		      str_text(&h.text));
	sse_release(&s);
	str_release(&h.text);
}

START_TEST(the_events_are_those_of_the_table_however_the_bytes_are_cut)
{
	for (size_t piece = 1; piece <= table[_i].len; piece++)
		assert_heard((size_t)_i, piece);
}
END_TEST

START_TEST(retry_takes_digits_only)
{
	struct heard h = { 0 };
	struct sse s;
	sse_init(&s, hear, &h);
	ck_assert_int_eq(s.retry_ms, -1);
	sse_feed(&s, VIEW("retry: 1500\n"), NULL);
	ck_assert_int_eq(s.retry_ms, 1500);
	sse_feed(&s, VIEW("retry: 2s\nretry: -1\nretry:\nretry: +3\n"), NULL);
	ck_assert_int_eq(s.retry_ms, 1500);
	sse_release(&s);
}
END_TEST

START_TEST(what_is_too_long_ends_the_stream_and_says_so)
{
	struct heard h = { 0 };
	struct str big = { 0 };
	struct err err = { 0 };
	struct sse s;
	sse_init(&s, hear, &h);
	str_add_text(&big, "data: ok\n\ndata: ");
	str_add_many(&big, 'x', SSE_MAX);
	ck_assert(!sse_feed(&s, view_of_str(&big), &err));
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(str_text(&h.text), "message=ok;");
	ck_assert(!sse_feed(&s, VIEW("\n\ndata: more\n\n"), NULL));
	err_release(&err);
	sse_release(&s);
	str_release(&big);
	str_release(&h.text);
}
END_TEST

START_TEST(many_lines_of_data_have_a_limit_too)
{
	struct heard h = { 0 };
	struct str line = { 0 };
	struct sse s;
	bool good = true;
	sse_init(&s, hear, &h);
	str_add_text(&line, "data: ");
	str_add_many(&line, 'x', SSE_MAX / 4);
	str_add_char(&line, '\n');
	for (int i = 0; i < 5; i++)
		good = good && sse_feed(&s, view_of_str(&line), NULL);
	ck_assert(!good);
	sse_release(&s);
	str_release(&line);
}
END_TEST

START_TEST(a_callback_may_stop_the_stream)
{
	struct heard h = { 0 };
	struct sse s;
	sse_init(&s, hear, &h);
	h.stop = &s;
	ck_assert(sse_feed(&s, VIEW("data: a\n\ndata: b\n\n"), NULL));
	ck_assert_str_eq(str_text(&h.text), "message=a;");
	sse_release(&s);
	str_release(&h.text);
}
END_TEST

START_TEST(a_new_connection_keeps_the_last_id_and_nothing_else)
{
	struct heard h = { 0 };
	struct sse s;
	sse_init(&s, hear, &h);
	sse_feed(&s, VIEW("id: 5\ndata: a\n\nid: 6\nevent: x\ndata: cut"), NULL);
	ck_assert(view_is(sse_last_id(&s), "5"));
	sse_restart(&s);
	sse_feed(&s, VIEW(BOM "data: b\n\n"), NULL);
	ck_assert_str_eq(str_text(&h.text), "message=a@5;message=b~5;");
	sse_set_last_id(&s, VIEW(""));
	sse_feed(&s, VIEW("data: c\n\n"), NULL);
	ck_assert_str_eq(str_text(&h.text), "message=a@5;message=b~5;message=c;");
	sse_release(&s);
	str_release(&h.text);
}
END_TEST

unit_suite_fn suite_sse;

Suite *suite_sse(void)
{
	Suite *s = suite_create("sse");
	TCase *c = tcase_create("sse");
	tcase_add_loop_test(c, the_events_are_those_of_the_table_however_the_bytes_are_cut, 0,
			    sizeof table / sizeof *table);
	tcase_add_test(c, retry_takes_digits_only);
	tcase_add_test(c, what_is_too_long_ends_the_stream_and_says_so);
	tcase_add_test(c, many_lines_of_data_have_a_limit_too);
	tcase_add_test(c, a_callback_may_stop_the_stream);
	tcase_add_test(c, a_new_connection_keeps_the_last_id_and_nothing_else);
	suite_add_tcase(s, c);
	return s;
}
