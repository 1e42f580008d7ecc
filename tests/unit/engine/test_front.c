/* The strict reader of request heads. */
#include "lib/unit.h"

#include "engine/front.h"
#include "unit/engine/requests.h"

START_TEST(each_request_has_one_verdict)
{
	const struct raw_request *r = &raw_requests[_i];
	struct front_head head;
	struct front_refusal why = { 0 };
	enum front_state state = front_read(view_bytes(r->bytes, r->len), &head, &why);
	ck_assert_msg(state == (r->status == 200 ? FRONT_GOOD : FRONT_REFUSED), "%s", r->what);
	if (state == FRONT_REFUSED)
		ck_assert_msg(why.status == r->status, "%s: %d", r->what, why.status);
}
END_TEST

START_TEST(the_verdict_does_not_hang_on_where_the_bytes_are_cut)
{
	const struct raw_request *r = &raw_requests[_i];
	struct front_head head;
	struct front_refusal why = { 0 };
	enum front_state state = FRONT_MORE;
	/* fed octet by octet, the first verdict is the verdict */
	for (size_t n = 0; n <= r->len && state == FRONT_MORE; n++)
		state = front_read(view_bytes(r->bytes, n), &head, &why);
	ck_assert_msg(state == (r->status == 200 ? FRONT_GOOD : FRONT_REFUSED), "%s", r->what);
	if (state == FRONT_REFUSED)
		ck_assert_msg(why.status == r->status, "%s: %d", r->what, why.status);
}
END_TEST

START_TEST(the_parts_of_a_head_are_found)
{
	struct front_head head;
	struct front_refusal why;
	struct view value;
	struct view text = VIEW("POST /v1/runs/a%20b?x=1&y=%C3%A9 HTTP/1.1\r\nHost: h\r\n"
				"Content-Length: 12\r\nIf-Match:  \"7\" \r\n\r\n{");
	ck_assert_int_eq(front_read(text, &head, &why), FRONT_GOOD);
	ck_assert(view_is(head.method, "POST"));
	ck_assert(view_is(head.path, "/v1/runs/a%20b"));
	ck_assert_int_eq(head.body_len, 12);
	ck_assert_uint_eq(head.len, text.len - 1);
	ck_assert(front_header(&head, "if-match", &value) && view_is(value, "\"7\""));
	ck_assert(!front_header(&head, "If", &value));
	struct str out = { 0 };
	bool bad = false;
	ck_assert(front_query(&head, "y", &out, &bad) && !bad);
	ck_assert_str_eq(str_text(&out), "\xc3\xa9");
	str_release(&out);
}
END_TEST

START_TEST(a_head_over_16_kib_is_refused)
{
	struct str text = { 0 };
	struct front_head head;
	struct front_refusal why = { 0 };
	str_add_text(&text, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
	str_add_many(&text, 'x', FRONT_HEAD_MAX);
	ck_assert_int_eq(front_read(view_of_str(&text), &head, &why), FRONT_REFUSED);
	ck_assert_int_eq(why.status, 431);
	str_release(&text);
}
END_TEST

START_TEST(a_head_with_65_headers_is_refused)
{
	struct str text = { 0 };
	struct front_head head;
	struct front_refusal why = { 0 };
	str_add_text(&text, "GET / HTTP/1.1\r\nHost: h\r\n");
	for (int i = 0; i < 64; i++)
		str_addf(&text, "X-%d: y\r\n", i);
	str_add_text(&text, "\r\n");
	ck_assert_int_eq(front_read(view_of_str(&text), &head, &why), FRONT_REFUSED);
	ck_assert_int_eq(why.status, 431);
	str_release(&text);
}
END_TEST

static int web_verdict(const char *headers)
{
	struct str text = { 0 };
	struct front_head head;
	struct front_refusal why = { 0 };
	str_addf(&text, "GET / HTTP/1.1\r\n%s\r\n", headers);
	ck_assert_int_eq(front_read(view_of_str(&text), &head, &why), FRONT_GOOD);
	int status = front_check_web(&head, 8420, &why) ? 200 : why.status;
	str_release(&text);
	return status;
}

START_TEST(over_tcp_only_our_own_host_and_no_web_page)
{
	ck_assert_int_eq(web_verdict("Host: localhost:8420\r\n"), 200);
	ck_assert_int_eq(web_verdict("Host: LOCALHOST:8420\r\n"), 200);
	ck_assert_int_eq(web_verdict("Host: 127.0.0.1:8420\r\n"), 200);
	ck_assert_int_eq(web_verdict("Host: [::1]:8420\r\n"), 200);
	ck_assert_int_eq(web_verdict("Host: localhost\r\n"), 421);
	ck_assert_int_eq(web_verdict("Host: localhost:84200\r\n"), 421);
	ck_assert_int_eq(web_verdict("Host: localhost.evil.example:8420\r\n"), 421);
	ck_assert_int_eq(web_verdict("Host: evil.example:8420\r\n"), 421);
	ck_assert_int_eq(web_verdict("Host: localhost:8420\r\nOrigin: http://evil\r\n"), 403);
	ck_assert_int_eq(web_verdict("Host: localhost:8420\r\nOrigin: null\r\n"), 403);
	ck_assert_int_eq(web_verdict("Host: localhost:8420\r\nSec-Fetch-Site: none\r\n"), 403);
}
END_TEST

static const struct {
	const char *coded, *plain;	/* plain NULL: malformed */
} codes[] = {
	{ "abc", "abc" },     { "a%2Fb", "a/b" },     { "%41%5b0%5D", "A[0]" }, { "a+b", "a+b" },
	{ "%", NULL },	      { "%4", NULL },	      { "%zz", NULL },		{ "a%00b", NULL },
	{ "%c0%af", NULL },   { "%ff", NULL },	      { "%c3%a9", "\xc3\xa9" }, { "", "" },
	{ "%252e", "%2e" },
};

START_TEST(percent_codes_are_read_strictly)
{
	struct str out = { 0 };
	bool good = front_decode(view_of(codes[_i].coded), FRONT_IN_PATH, &out);
	ck_assert_msg(good == (codes[_i].plain != NULL), "%s", codes[_i].coded);
	if (good)
		ck_assert_str_eq(str_text(&out), codes[_i].plain);
	str_release(&out);
}
END_TEST

START_TEST(a_query_parameter_that_stands_twice_is_bad)
{
	struct front_head head = { .query = VIEW("a=1&b=2&a=3&c=x+y%2B") };
	struct str out = { 0 };
	bool bad = false;
	ck_assert(front_query(&head, "c", &out, &bad) && !bad);
	ck_assert_str_eq(str_text(&out), "x y+");
	ck_assert(!front_query(&head, "d", &out, &bad) && !bad);
	ck_assert(front_query(&head, "a", &out, &bad) && bad);
	str_release(&out);
}
END_TEST

Suite *suite_front(void);
Suite *suite_front(void)
{
	Suite *s = suite_create("front");
	TCase *t = tcase_create("heads");
	tcase_add_loop_test(t, each_request_has_one_verdict, 0, (int)n_raw_requests);
	tcase_add_loop_test(t, the_verdict_does_not_hang_on_where_the_bytes_are_cut, 0,
			    (int)n_raw_requests);
	tcase_add_test(t, the_parts_of_a_head_are_found);
	tcase_add_test(t, a_head_over_16_kib_is_refused);
	tcase_add_test(t, a_head_with_65_headers_is_refused);
	tcase_add_test(t, over_tcp_only_our_own_host_and_no_web_page);
	tcase_add_loop_test(t, percent_codes_are_read_strictly, 0,
			    (int)(sizeof(codes) / sizeof(*codes)));
	tcase_add_test(t, a_query_parameter_that_stands_twice_is_bad);
	suite_add_tcase(s, t);
	return s;
}
