/* The HTTP server in a loop, asked by raw sockets. */
#include "lib/unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "engine/server.h"
#include "io/sock.h"
#include "unit/engine/client.h"
#include "unit/engine/requests.h"

struct fixture {
	char folder[32], path[64];
	struct loop *loop;
	struct server *server;
	struct str seen;		/* method, path and body of each request */
	struct exchange *kept;		/* one that is answered later */
	int64_t stream_left;		/* octets that a stream still has */
	int pulls, closes, beats;
	bool refuse, silent;
};

static void answer_ok(struct exchange *x)
{
	exchange_answer(x, &(struct answer){ .status = 200, .body = VIEW("{\"fine\":true}") });
}

static ssize_t pull(void *arg, char *buf, size_t max)
{
	struct fixture *f = arg;
	f->pulls++;
	if (f->stream_left < 0)
		return STREAM_END;
	size_t n = f->stream_left < (int64_t)max ? (size_t)f->stream_left : max;
	memset(buf, 'x', n);
	f->stream_left -= (int64_t)n;
	return (ssize_t)n;
}

static void beat(void *arg)
{
	struct fixture *f = arg;
	f->beats++;
	f->stream_left += !f->silent;
}

static void on_close(void *arg)
{
	struct fixture *f = arg;
	f->closes++;
}

static const struct stream_ops stream = { pull, beat, on_close };

static void handle(void *arg, struct exchange *x)
{
	struct fixture *f = arg;
	const struct front_head *head = exchange_head(x);
	str_add(&f->seen, head->method);
	str_add_char(&f->seen, ' ');
	str_add(&f->seen, head->path);
	str_add_char(&f->seen, ' ');
	str_add(&f->seen, exchange_body(x));
	str_add_char(&f->seen, '\n');
	if (view_is(head->path, "/later") || view_is(head->path, "/stream"))
		f->kept = x;
	if (view_is(head->path, "/stream"))
		exchange_stream(x, "text/event-stream", &stream, f);
	else if (!view_is(head->path, "/later"))
		answer_ok(x);
}

static bool admit(void *arg, const struct guest *guest, struct front_refusal *why)
{
	const struct fixture *f = arg;
	ck_assert_uint_eq(guest->peer.uid, geteuid());
	*why = (struct front_refusal){ 403, "forbidden", "not you" };
	return !f->refuse;
}

static void fixture_init_hasty(struct fixture *f, int64_t beat_ms, int64_t head_ms)
{
	*f = (struct fixture){ 0 };
	guard_folder(f->folder, sizeof f->folder, "server");
	snprintf(f->path, sizeof f->path, "%s/s", f->folder);
	f->loop = loop_new();
	f->server = server_new(f->loop, &(struct server_config){
		.handle = handle, .admit = admit, .arg = f, .beat_ms = beat_ms, .head_ms = head_ms,
	}, NULL);
	ck_assert_ptr_nonnull(f->server);
	server_listen(f->server, sock_listen(AT_FDCWD, f->path, SOCK_KIND_STREAM, NULL), PORCH_UNIX);
}

static void fixture_init(struct fixture *f, int64_t beat_ms)
{
	fixture_init_hasty(f, beat_ms, 60000);
}

static void fixture_release(struct fixture *f)
{
	server_free(f->server);
	loop_free(f->loop);
	str_release(&f->seen);
	unlink(f->path);
	rmdir(f->folder);
}

START_TEST(a_request_is_answered_once_and_the_connection_closed)
{
	struct fixture f;
	struct client c;
	fixture_init(&f, 0);
	client_init(&c, f.loop, f.path);
	client_ask(&c, "POST /x", "", "{\"a\":1}");
	client_wait_end(&c);
	ck_assert_int_eq(client_status(&c), 200);
	ck_assert(view_is(client_body(&c), "{\"fine\":true}"));
	ck_assert_ptr_nonnull(strstr(str_text(&c.got), "Connection: close"));
	ck_assert_ptr_nonnull(strstr(str_text(&c.got), "X-Content-Type-Options: nosniff"));
	ck_assert_str_eq(str_text(&f.seen), "POST /x {\"a\":1}\n");
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(a_large_body_arrives_whole)
{
	struct fixture f;
	struct client c;
	struct str body = { 0 };
	fixture_init(&f, 0);
	client_init(&c, f.loop, f.path);
	str_add_many(&body, 'y', FRONT_BODY_MAX);
	client_ask(&c, "POST /x", "", str_text(&body));
	client_wait_end(&c);
	ck_assert_int_eq(client_status(&c), 200);
	ck_assert_uint_eq(f.seen.len, FRONT_BODY_MAX + sizeof("POST /x \n") - 1);
	str_release(&body);
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(a_body_over_the_limit_is_refused_before_it_is_read)
{
	struct fixture f;
	struct client c;
	struct str body = { 0 };
	fixture_init(&f, 0);
	client_init(&c, f.loop, f.path);
	str_add_many(&body, 'y', FRONT_BODY_MAX + 1);
	client_ask(&c, "POST /x", "", str_text(&body));
	client_wait_end(&c);
	ck_assert_int_eq(client_status(&c), 413);
	ck_assert_uint_eq(f.seen.len, 0);
	str_release(&body);
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(an_answer_may_come_later)
{
	struct fixture f;
	struct client c;
	fixture_init(&f, 0);
	client_init(&c, f.loop, f.path);
	client_ask(&c, "GET /later", "", NULL);
	while (!f.kept)
		loop_turn(f.loop, 1000);
	ck_assert_uint_eq(c.got.len, 0);
	answer_ok(f.kept);
	client_wait_end(&c);
	ck_assert_int_eq(client_status(&c), 200);
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(no_malformed_request_gets_two_answers_or_reaches_a_route)
{
	const struct raw_request *r = &raw_requests[_i];
	struct fixture f;
	struct client c;
	fixture_init(&f, 0);
	client_init(&c, f.loop, f.path);
	client_send(&c, view_bytes(r->bytes, r->len));
	shutdown(c.fd, SHUT_WR);
	client_wait_end(&c);
	ck_assert_msg(client_answers(&c) == 1, "%s: %s", r->what, str_text(&c.got));
	ck_assert_msg(client_status(&c) == r->status, "%s: %d", r->what, client_status(&c));
	ck_assert_msg((f.seen.len > 0) == (r->status == 200), "%s reached a route", r->what);
	ck_assert_msg(!f.seen.len || !strstr(str_text(&f.seen), "smuggled"), "%s", r->what);
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(a_request_in_two_pieces_gets_the_same_answer)
{
	struct view text = VIEW("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
	struct fixture f;
	fixture_init(&f, 0);
	for (size_t cut = 1; cut < text.len; cut++) {
		struct client c;
		client_init(&c, f.loop, f.path);
		client_send(&c, view_cut(text, 0, cut));
		loop_turn(f.loop, 0);
		loop_turn(f.loop, 0);
		client_send(&c, view_cut(text, cut, text.len));
		client_wait_end(&c);
		ck_assert_msg(client_status(&c) == 200, "cut at %zu", cut);
		client_release(&c);
	}
	fixture_release(&f);
}
END_TEST

START_TEST(half_a_head_is_given_up)
{
	struct fixture f;
	struct client c;
	fixture_init_hasty(&f, 0, 1500);
	client_init(&c, f.loop, f.path);
	client_send(&c, VIEW("GET / HTT"));
	client_wait_end(&c);
	ck_assert_int_eq(client_status(&c), 408);
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(who_is_not_admitted_gets_403)
{
	struct fixture f;
	struct client c;
	fixture_init(&f, 0);
	f.refuse = true;
	client_init(&c, f.loop, f.path);
	client_ask(&c, "GET /x", "", NULL);
	client_wait_end(&c);
	ck_assert_int_eq(client_status(&c), 403);
	ck_assert_ptr_nonnull(strstr(str_text(&c.got), "{\"error\":{\"code\":\"forbidden\""));
	ck_assert_uint_eq(f.seen.len, 0);
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(a_stream_waits_goes_on_and_ends)
{
	struct fixture f;
	struct client c;
	fixture_init(&f, 60000);
	client_init(&c, f.loop, f.path);
	f.stream_left = 3;
	client_ask(&c, "GET /stream", "", NULL);
	client_wait_text(&c, "xxx");
	ck_assert_uint_eq(server_streams(f.server), 1);
	int pulls = f.pulls;
	loop_turn(f.loop, 0);
	ck_assert_int_eq(f.pulls, pulls);	/* it does not turn in circles */
	f.stream_left = 5;
	exchange_wake(f.kept);
	client_wait_text(&c, "xxxxx");
	f.stream_left = -1;
	exchange_wake(f.kept);
	client_wait_end(&c);
	ck_assert_ptr_nonnull(strstr(str_text(&c.got), "\r\n0\r\n\r\n"));	/* a whole stream */
	ck_assert_int_eq(f.closes, 1);
	client_release(&c);
	fixture_release(&f);
}
END_TEST

START_TEST(a_heartbeat_finds_the_dead)
{
	struct fixture f;
	struct client c;
	fixture_init(&f, 20);
	client_init(&c, f.loop, f.path);
	client_ask(&c, "GET /stream", "", NULL);
	client_wait_text(&c, "x");
	client_release(&c);
	int64_t until = when_mono_ms() + 20000;
	while (!f.closes) {
		loop_turn(f.loop, 1000);
		ck_assert_int_lt(when_mono_ms(), until);
	}
	ck_assert_uint_eq(server_streams(f.server), 0);
	fixture_release(&f);
}
END_TEST

START_TEST(a_silent_stream_notices_that_its_reader_left)
{
	struct fixture f;
	struct client c;
	fixture_init(&f, 20);
	f.silent = true;
	client_init(&c, f.loop, f.path);
	client_ask(&c, "GET /stream", "", NULL);
	client_wait_text(&c, "\r\n\r\n");
	client_release(&c);
	int64_t until = when_mono_ms() + 20000;
	while (!f.closes) {
		loop_turn(f.loop, 1000);
		ck_assert_int_lt(when_mono_ms(), until);
	}
	fixture_release(&f);
}
END_TEST

START_TEST(a_reader_that_stalls_does_not_stop_the_others)
{
	struct fixture f;
	struct client stalled, other;
	fixture_init(&f, 0);
	client_init(&stalled, f.loop, f.path);
	f.stream_left = INT64_MAX / 2;
	client_ask(&stalled, "GET /stream", "", NULL);
	loop_fd_change(stalled.watch, 0);
	while (!f.pulls)
		loop_turn(f.loop, 1000);
	for (int i = 0; i < 10; i++) {
		client_init(&other, f.loop, f.path);
		client_ask(&other, "GET /x", "", NULL);
		client_wait_end(&other);
		ck_assert_int_eq(client_status(&other), 200);
		client_release(&other);
	}
	ck_assert_int_lt(f.pulls, 1000);	/* no more than the kernel takes */
	client_release(&stalled);
	fixture_release(&f);
}
END_TEST

START_TEST(a_server_that_ends_closes_its_streams_and_leaves_no_question)
{
	struct fixture f;
	struct client a, b;
	fixture_init(&f, 0);
	client_init(&a, f.loop, f.path);
	client_init(&b, f.loop, f.path);
	client_ask(&a, "GET /stream", "", NULL);
	client_ask(&b, "GET /later", "", NULL);
	while (view_find(view_of_str(&f.seen), VIEW("/later"), 0) == SIZE_MAX ||
	       !server_streams(f.server))
		loop_turn(f.loop, 1000);
	server_free(f.server);
	f.server = NULL;
	ck_assert_int_eq(f.closes, 1);
	client_wait_end(&a);
	client_wait_end(&b);
	client_release(&a);
	client_release(&b);
	fixture_release(&f);
}
END_TEST

Suite *suite_server(void);
Suite *suite_server(void)
{
	Suite *s = suite_create("server");
	TCase *t = tcase_create("exchanges");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_request_is_answered_once_and_the_connection_closed);
	tcase_add_test(t, a_large_body_arrives_whole);
	tcase_add_test(t, a_body_over_the_limit_is_refused_before_it_is_read);
	tcase_add_test(t, an_answer_may_come_later);
	tcase_add_loop_test(t, no_malformed_request_gets_two_answers_or_reaches_a_route, 0,
			    (int)n_raw_requests);
	tcase_add_test(t, a_request_in_two_pieces_gets_the_same_answer);
	tcase_add_test(t, half_a_head_is_given_up);
	tcase_add_test(t, who_is_not_admitted_gets_403);
	tcase_add_test(t, a_stream_waits_goes_on_and_ends);
	tcase_add_test(t, a_heartbeat_finds_the_dead);
	tcase_add_test(t, a_silent_stream_notices_that_its_reader_left);
	tcase_add_test(t, a_reader_that_stalls_does_not_stop_the_others);
	tcase_add_test(t, a_server_that_ends_closes_its_streams_and_leaves_no_question);
	suite_add_tcase(s, t);
	return s;
}
