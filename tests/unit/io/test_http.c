/* The HTTP client against a stub server that behaves badly. */
#include "io/http.h"

#include <string.h>

#include "backend/stub.h"
#include "base/mem.h"
#include "lib/unit.h"

struct asked {
	struct http *http;
	struct http_request *request;
	bool done;
	int calls, status;
	bool sent;
	enum err_kind kind;
	struct str words, body, chunks, etag;
	struct asked *cancel;		/* in the first callback */
	bool free_all;
};

/* Longer than a busy machine keeps us from the socket: what is sent, is sent by then. */
enum { ASKED_MAX = 4, PATIENCE_MS = 1500 };

static struct asked pool[ASKED_MAX];
static size_t pool_len;
static struct str value;
static struct loop *loop;
static struct stub *stub;
static struct http *http;

static struct asked *asked_new(void)
{
	ck_assert_uint_lt(pool_len, ASKED_MAX);
	return &pool[pool_len++];
}

static void set_up(void)
{
	loop = loop_new();
	stub = stub_new(loop);
	const struct http_config config = { .base_url = "http://localhost",
					    .unix_path = stub_path(stub), .bearer = "t0k" };
	http = http_new(loop, &config);
}

static void tear_down(void)
{
	http_free(http);
	stub_free(stub);
	loop_free(loop);
	for (size_t i = 0; i < pool_len; i++) {
		str_release(&pool[i].words);
		str_release(&pool[i].body);
		str_release(&pool[i].chunks);
		str_release(&pool[i].etag);
	}
	str_release(&value);
}

static void on_chunk(void *arg, struct view bytes)
{
	struct asked *a = arg;
	str_add(&a->chunks, bytes);
	if (a->cancel)
		http_cancel(a->cancel->request);
	a->cancel = NULL;
	if (a->free_all)
		http_free(a->http);
}

static void on_done(void *arg, const struct http_answer *answer)
{
	struct asked *a = arg;
	a->done = true;
	a->calls++;
	a->status = answer->status;
	a->sent = answer->sent;
	a->kind = answer->err ? answer->err->kind : ERR_NONE;
	str_add_text(&a->words, err_text(answer->err));
	str_add(&a->body, answer->body);
	const char *etag = answer->header(answer, "etag");
	str_add_text(&a->etag, etag ? etag : "");
	if (a->free_all)
		http_free(a->http);
}

static void ask(struct asked *a, const struct http_order *order)
{
	a->request = http_send(http, order, order->max_bytes == SIZE_MAX ? on_chunk : NULL,
			       on_done, a);
	ck_assert_int_eq(a->calls, 0);
}

static void ask_get(struct asked *a, const char *target)
{
	const struct http_order order = { .method = "GET", .target = target };
	ask(a, &order);
}

static const struct http_order stream_order = { .method = "GET", .target = "/events",
						.max_bytes = SIZE_MAX, .timeout_ms = -1 };

static bool ends_with_words(const struct asked *a, const char *words)
{
	return view_ends(view_of_str(&a->words), words);
}

START_TEST(an_answer_comes_with_its_head_and_body_and_the_token_is_sent)
{
	struct asked *a = asked_new();
		stub_on(stub, "GET", "/v1/x", &(struct stub_reply){ .headers = "ETag: 7\r\n",
							   .body = "{\"a\":1}" });
	ask_get(a, "/v1/x?q=%20");
	ck_assert_uint_eq(http_pending(http), 1);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_uint_eq(http_pending(http), 0);
	ck_assert_int_eq(a->status, 200);
	ck_assert_str_eq(str_text(&a->body), "{\"a\":1}");
	ck_assert_str_eq(str_text(&a->etag), "7");
	const struct stub_request *r = stub_asked(stub, "GET", "/v1/x?q=%20", 0);
	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(stub_header(r, "Authorization", &value), "Bearer t0k");
}
END_TEST

START_TEST(an_order_is_sent_with_its_body_and_headers)
{
	struct asked *a = asked_new();
		const char *const headers[] = { "Idempotency-Key: k1", NULL };
	const struct http_order order = { .method = "POST", .target = "/v1/../runs",
					  .headers = headers, .body = VIEW("{\"x\":\"y\"}") };
	stub_on(stub, "POST", "/v1/", &(struct stub_reply){ .status = 202, .body = "{}" });
	ask(a, &order);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 202);
	const struct stub_request *r = stub_asked(stub, "POST", "/v1/../runs", 0);
	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(r->body, "{\"x\":\"y\"}");
	ck_assert_str_eq(stub_header(r, "Idempotency-Key", &value), "k1");
	ck_assert_str_eq(stub_header(r, "Content-Type", &value), "application/json");
	ck_assert_ptr_null(stub_header(r, "Expect", &value));
}
END_TEST

START_TEST(a_refused_connection_was_not_sent)
{
	struct asked *a = asked_new();
	stub_fall(stub);
	ask_get(a, "/v1/x");
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 0);
	ck_assert_int_eq(a->kind, ERR_UNREACHABLE);
	ck_assert(!a->sent);
	ck_assert_msg(ends_with_words(a, ": Connection refused"), "%s", str_text(&a->words));
}
END_TEST

START_TEST(a_lost_answer_was_sent_and_is_not_sent_again)
{
	struct asked *first = asked_new(), *a = asked_new();
	const struct http_order order = { .method = "POST", .target = "/o", .body = VIEW("{}") };
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .body = "{}" });
	ask_get(first, "/x");	/* leaves a connection that could be used again */
	ck_assert(stub_until(loop, &first->done));
	stub_on(stub, "POST", "/o", &(struct stub_reply){ .fault = STUB_CLOSE });
	ask(a, &order);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 0);
	ck_assert(a->sent);
	ck_assert_uint_eq(stub_count(stub, "POST", "/o"), 1);
}
END_TEST

START_TEST(a_body_cut_in_the_middle_is_no_answer)
{
	struct asked *a = asked_new();
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .body = "0123456789",
							.fault = STUB_CUT, .at = 4 });
	ask_get(a, "/x");
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 0);
	ck_assert(ends_with_words(a, " closed the connection before its answer was complete"));
}
END_TEST

START_TEST(a_silent_server_ends_at_the_deadline)
{
	struct asked *a = asked_new();
	const struct http_order order = { .method = "GET", .target = "/x",
					  .timeout_ms = PATIENCE_MS };
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .fault = STUB_SILENT });
	ask(a, &order);
	ck_assert(stub_until(loop, &a->done));
	ck_assert(a->sent);
	ck_assert_msg(ends_with_words(a, " did not answer GET /x within 1500 ms"), "%s",
		      str_text(&a->words));
}
END_TEST

START_TEST(an_answer_over_the_cap_is_broken_off)
{
	struct asked *a = asked_new();
	const struct http_order order = { .method = "GET", .target = "/x", .max_bytes = 4 };
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .body = "12345" });
	ask(a, &order);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->kind, ERR_LIMIT);
	ck_assert_uint_eq(a->body.len, 0);
}
END_TEST

START_TEST(a_byte_at_a_time_makes_no_difference)
{
	struct asked *a = asked_new();
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .status = 409, .fault = STUB_DRIBBLE,
							.body = "{\"error\":\"\xc3\xa4\"}" });
	ask_get(a, "/x");
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 409);
	ck_assert_str_eq(str_text(&a->body), "{\"error\":\"\xc3\xa4\"}");
}
END_TEST

START_TEST(a_redirect_is_not_followed)
{
	struct asked *a = asked_new();
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .status = 302,
							.headers = "Location: /y\r\n" });
	ask_get(a, "/x");
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 302);
	ck_assert_uint_eq(stub_count(stub, "GET", "/y"), 0);
}
END_TEST

static bool has_chunks(void *arg)
{
	const struct asked *a = arg;
	return a->chunks.len >= 6;
}

START_TEST(a_stream_gives_chunks_and_an_end)
{
	struct asked *a = asked_new();
	stub_on(stub, "GET", "/events", &(struct stub_reply){ .body = "one", .stream = true });
	ask(a, &stream_order);
	ck_assert_uint_eq(http_pending(http), 0);
	while (!a->chunks.len)
		loop_turn(loop, 1000);
	stub_push(stub, "two");
	ck_assert(stub_until_fn(loop, has_chunks, a));
	ck_assert_str_eq(str_text(&a->chunks), "onetwo");
	ck_assert(!a->done);
	stub_end_streams(stub, false);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 0);
}
END_TEST

START_TEST(a_refused_stream_has_a_body_and_no_chunks)
{
	struct asked *a = asked_new();
	stub_on(stub, "GET", "/events", &(struct stub_reply){ .status = 401, .body = "no" });
	ask(a, &stream_order);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(a->status, 401);
	ck_assert_str_eq(str_text(&a->body), "no");
	ck_assert_uint_eq(a->chunks.len, 0);
}
END_TEST

START_TEST(a_stream_that_falls_silent_ends)
{
	struct asked *a = asked_new();
	struct http_order order = stream_order;
	order.silence_ms = PATIENCE_MS;
	stub_on(stub, "GET", "/events", &(struct stub_reply){ .body = "one", .stream = true });
	ask(a, &order);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_str_eq(str_text(&a->chunks), "one");
	ck_assert(ends_with_words(a, " said nothing for 1500 ms"));
}
END_TEST

START_TEST(nothing_is_called_after_cancel_also_from_another_callback)
{
	struct asked *a = asked_new(), *b = asked_new();
	stub_on(stub, "GET", "/events", &(struct stub_reply){ .body = "one", .stream = true });
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .fault = STUB_SILENT });
	ask_get(b, "/x");
	a->cancel = b;
	ask(a, &stream_order);
	while (!a->chunks.len)
		loop_turn(loop, 1000);
	ck_assert_uint_eq(http_pending(http), 0);
	stub_fall(stub);
	ck_assert(stub_until(loop, &a->done));
	ck_assert_int_eq(b->calls, 0);
}
END_TEST

START_TEST(the_client_may_be_freed_in_its_own_callbacks)
{
	for (int in_chunk = 0; in_chunk < 2; in_chunk++) {
		struct asked *a = asked_new(), *b = asked_new();
		a->http = http;
		a->free_all = true;
		stub_on(stub, "GET", "/events", &(struct stub_reply){ .body = "one",
								     .stream = true });
		stub_on(stub, "GET", "/x", &(struct stub_reply){ .body = "{}" });
		ask_get(b, "/x");
		if (in_chunk)
			ask(a, &stream_order);
		else
			ask_get(a, "/x");
		while (!a->chunks.len && !a->done)
			loop_turn(loop, 1000);
		const struct http_config config = { .base_url = "http://localhost",
						    .unix_path = stub_path(stub) };
		http = http_new(loop, &config);
	}
}
END_TEST

START_TEST(freeing_ends_all_without_a_callback)
{
	struct asked *a = asked_new();
	stub_on(stub, "GET", "/x", &(struct stub_reply){ .fault = STUB_SILENT });
	ask_get(a, "/x");
	loop_turn(loop, 10);
	http_free(http);
	http = NULL;
	loop_turn(loop, 10);
	ck_assert_int_eq(a->calls, 0);
}
END_TEST

START_TEST(targets_are_encoded)
{
	struct str s = { 0 };
	http_add_encoded(&s, VIEW("a b/c[1]?&=\xc3\xa4~._-%"));
	ck_assert_str_eq(str_text(&s), "a%20b%2Fc%5B1%5D%3F%26%3D%C3%A4~._-%25");
	str_release(&s);
}
END_TEST

Suite *suite_http(void);

Suite *suite_http(void)
{
	Suite *s = suite_create("http");
	TCase *c = tcase_create("http");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, an_answer_comes_with_its_head_and_body_and_the_token_is_sent);
	tcase_add_test(c, an_order_is_sent_with_its_body_and_headers);
	tcase_add_test(c, a_refused_connection_was_not_sent);
	tcase_add_test(c, a_lost_answer_was_sent_and_is_not_sent_again);
	tcase_add_test(c, a_body_cut_in_the_middle_is_no_answer);
	tcase_add_test(c, a_silent_server_ends_at_the_deadline);
	tcase_add_test(c, an_answer_over_the_cap_is_broken_off);
	tcase_add_test(c, a_byte_at_a_time_makes_no_difference);
	tcase_add_test(c, a_redirect_is_not_followed);
	tcase_add_test(c, a_stream_gives_chunks_and_an_end);
	tcase_add_test(c, a_refused_stream_has_a_body_and_no_chunks);
	tcase_add_test(c, a_stream_that_falls_silent_ends);
	tcase_add_test(c, nothing_is_called_after_cancel_also_from_another_callback);
	tcase_add_test(c, the_client_may_be_freed_in_its_own_callbacks);
	tcase_add_test(c, freeing_ends_all_without_a_callback);
	tcase_add_test(c, targets_are_encoded);
	suite_add_tcase(s, c);
	return s;
}
