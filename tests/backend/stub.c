/* An HTTP server for tests (stub.h). Knows just enough of HTTP/1.1 for requests
 * with Content-Length. */
#include "backend/stub.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "io/sock.h"
#include "lib/guard.h"

enum { UNTIL_MS = 20000, UNTIL_TURN_MS = 50 };

struct stub_rule {
	char *method, *target;
	struct stub_reply reply;
	char *headers, *body;
	int left;		/* -1: always */
};

struct stub_conn {
	struct stub *stub;
	int fd;
	struct watch *watch, *dribble;
	struct str in, out;
	bool stream;		/* open for stub_push */
	bool mute;		/* reads and says nothing more */
	bool close_when_sent;
	bool slow;
};

struct stub {
	struct loop *loop;
	char folder[64];
	struct str path;
	int listener;
	struct watch *watch;
	VEC(struct stub_rule) rules;
	VEC(struct stub_conn *) conns;
	VEC(struct stub_request) requests;
};

static void conn_close(struct stub_conn *c)
{
	struct stub *s = c->stub;
	for (size_t i = 0; i < s->conns.len; i++) {
		if (s->conns.items[i] == c) {
			vec_remove(&s->conns, i);
			break;
		}
	}
	loop_remove(c->watch);
	loop_remove(c->dribble);
	close(c->fd);
	str_release(&c->in);
	str_release(&c->out);
	mem_free(c);
}

/* False: the connection is gone. */
static bool conn_push(struct stub_conn *c)
{
	while (c->out.len) {
		ssize_t n = send(c->fd, c->out.ptr, c->slow ? 1 : c->out.len, MSG_NOSIGNAL);
		if (n < 0)
			break;
		str_drop(&c->out, (size_t)n);
		if (c->slow)
			break;
	}
	if (!c->out.len && c->close_when_sent) {
		conn_close(c);
		return false;
	}
	if (c->slow && c->out.len)
		loop_timer_set(c->dribble, 0);
	else
		loop_fd_change(c->watch, LOOP_READ | (c->out.len ? LOOP_WRITE : 0));
	return true;
}

static void on_dribble(void *arg)
{
	conn_push(arg);
}

static struct stub_rule *rule_for(struct stub *s, const struct stub_request *r)
{
	for (size_t i = s->rules.len; i-- > 0;) {
		struct stub_rule *rule = &s->rules.items[i];
		if (rule->left && str_eq(rule->method, r->method) &&
		    view_starts(view_of(r->target), rule->target))
			return rule;
	}
	return NULL;
}

static const char *reason(int status)
{
	return status < 300 ? "Fine" : "Not Fine";
}

static void add_head(struct str *out, const struct stub_reply *reply, size_t len)
{
	int status = reply->status ? reply->status : 200;
	str_addf(out, "HTTP/1.1 %d %s\r\n", status, reason(status));
	if (reply->headers)
		str_add_text(out, reply->headers);
	if (reply->stream)
		str_add_text(out, "Content-Type: text/event-stream\r\n"
				  "Transfer-Encoding: chunked\r\n\r\n");
	else
		str_addf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", len);
}

static void add_chunk(struct str *out, struct view bytes)
{
	if (!bytes.len)
		return;
	str_addf(out, "%zx\r\n", bytes.len);
	str_add(out, bytes);
	str_add_text(out, "\r\n");
}

static void add_body(struct str *out, const struct stub_reply *reply, struct view body)
{
	if (reply->stream)
		add_chunk(out, body);
	else
		str_add(out, body);
}

/* False: the connection is gone. */
static bool answer(struct stub_conn *c, const struct stub_reply *reply, struct view body)
{
	bool partly = reply->fault == STUB_CUT || reply->fault == STUB_STALL;
	if (reply->fault == STUB_CLOSE) {
		conn_close(c);
		return false;
	}
	c->mute = reply->fault == STUB_SILENT || reply->fault == STUB_STALL;
	if (reply->fault == STUB_SILENT)
		return true;
	c->slow = reply->fault == STUB_DRIBBLE;
	c->stream = reply->stream && !partly;
	c->close_when_sent = reply->fault == STUB_CUT;
	add_head(&c->out, reply, body.len);
	add_body(&c->out, reply, partly ? view_cut(body, 0, reply->at) : body);
	return conn_push(c);
}

static bool serve(struct stub_conn *c, const struct stub_request *r)
{
	static const struct stub_reply missing = {
		.status = 404,
		.body = "{\"error\":{\"code\":\"not_found\",\"message\":\"there is nothing here\"}}",
	};
	struct stub_rule *rule = rule_for(c->stub, r);
	if (!rule)
		return answer(c, &missing, view_of(missing.body));
	if (rule->left > 0)
		rule->left--;
	struct stub_reply reply = rule->reply;
	size_t len = reply.body_len ? reply.body_len : rule->body ? strlen(rule->body) : 0;
	return answer(c, &reply, view_bytes(rule->body, len));
}

static struct view header_in(struct view head, const char *name)
{
	struct view line;
	while (view_split(&head, '\n', &line)) {
		size_t n = strlen(name);
		if (line.len > n && line.ptr[n] == ':' && !strncasecmp(line.ptr, name, n))
			return view_trim(view_cut(line, n + 1, SIZE_MAX));
	}
	return (struct view){ 0 };
}

static char *text_of(struct view v)
{
	return mem_bytes(v.ptr ? v.ptr : "", v.len);
}

/* Takes one request off c->in. False: not all of it is there. */
static bool take_request(struct stub_conn *c, struct stub_request *r)
{
	struct view in = view_of_str(&c->in);
	size_t end = view_find(in, VIEW("\r\n\r\n"), 0);
	if (end == SIZE_MAX)
		return false;
	struct view head = view_cut(in, 0, end + 2);
	int64_t len = 0;
	number_parse(header_in(head, "Content-Length"), 0, 1 << 24, &len);
	if (in.len < end + 4 + (size_t)len)
		return false;
	struct view rest = head, method, target;
	view_split(&rest, ' ', &method);
	view_split(&rest, ' ', &target);
	r->method = text_of(method);
	r->target = text_of(target);
	r->head = text_of(head);
	r->body = text_of(view_cut(in, end + 4, (size_t)len));
	str_drop(&c->in, end + 4 + (size_t)len);
	return true;
}

static void on_conn(void *arg, int fd, unsigned events)
{
	struct stub_conn *c = arg;
	if (events & LOOP_READ) {
		char bytes[4096];
		ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
		if (n <= 0) {
			conn_close(c);
			return;
		}
		str_add_bytes(&c->in, bytes, (size_t)n);
	}
	struct stub_request r;
	while (!c->mute && take_request(c, &r)) {
		vec_push(&c->stub->requests, r);
		if (!serve(c, &r))
			return;
	}
	conn_push(c);
}

static void on_listener(void *arg, int fd, unsigned events)
{
	struct stub *s = arg;
	int peer;
	while ((peer = sock_accept(fd, NULL)) >= 0) {
		struct stub_conn *c = mem_zero(sizeof *c);
		c->stub = s;
		c->fd = peer;
		c->watch = loop_fd(s->loop, peer, LOOP_READ, on_conn, c);
		c->dribble = loop_timer(s->loop, on_dribble, c);
		vec_push(&s->conns, c);
	}
}

void stub_rise(struct stub *s)
{
	struct err err = { 0 };
	s->listener = sock_listen(AT_FDCWD, str_text(&s->path), SOCK_KIND_STREAM, &err);
	if (s->listener < 0)
		BUG(err_text(&err));
	s->watch = loop_fd(s->loop, s->listener, LOOP_READ, on_listener, s);
}

void stub_fall(struct stub *s)
{
	if (s->listener < 0)
		return;
	while (s->conns.len)
		conn_close(s->conns.items[0]);
	loop_remove(s->watch);
	close(s->listener);
	s->listener = -1;
}

struct stub *stub_new(struct loop *loop)
{
	struct stub *s = mem_zero(sizeof *s);
	s->loop = loop;
	guard_folder(s->folder, sizeof s->folder, "stub");
	str_addf(&s->path, "%s/engine.sock", s->folder);
	stub_rise(s);
	return s;
}

void stub_free(struct stub *s)
{
	stub_fall(s);
	for (size_t i = 0; i < s->rules.len; i++) {
		mem_free(s->rules.items[i].method);
		mem_free(s->rules.items[i].target);
		mem_free(s->rules.items[i].headers);
		mem_free(s->rules.items[i].body);
	}
	for (size_t i = 0; i < s->requests.len; i++) {
		mem_free(s->requests.items[i].method);
		mem_free(s->requests.items[i].target);
		mem_free(s->requests.items[i].head);
		mem_free(s->requests.items[i].body);
	}
	vec_release(&s->rules);
	vec_release(&s->requests);
	vec_release(&s->conns);
	unlink(str_text(&s->path));
	rmdir(s->folder);
	str_release(&s->path);
	mem_free(s);
}

const char *stub_path(const struct stub *s)
{
	return str_text(&s->path);
}

void stub_on(struct stub *s, const char *method, const char *target,
	     const struct stub_reply *reply)
{
	struct stub_rule rule = {
		.method = mem_text(method), .target = mem_text(target), .reply = *reply,
		.left = reply->times ? reply->times : -1,
	};
	if (reply->headers)
		rule.reply.headers = rule.headers = mem_text(reply->headers);
	if (reply->body)
		rule.body = mem_bytes(reply->body, reply->body_len ? reply->body_len
								   : strlen(reply->body));
	vec_push(&s->rules, rule);
}

void stub_push_bytes(struct stub *s, struct view bytes)
{
	for (size_t i = s->conns.len; i-- > 0;) {
		if (s->conns.items[i]->stream) {
			add_chunk(&s->conns.items[i]->out, bytes);
			conn_push(s->conns.items[i]);
		}
	}
}

void stub_push(struct stub *s, const char *text)
{
	stub_push_bytes(s, view_of(text));
}

void stub_end_streams(struct stub *s, bool well)
{
	for (size_t i = s->conns.len; i-- > 0;) {
		struct stub_conn *c = s->conns.items[i];
		if (!c->stream)
			continue;
		if (well)
			str_add_text(&c->out, "0\r\n\r\n");
		c->close_when_sent = true;
		conn_push(c);
	}
}

size_t stub_streams(const struct stub *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->conns.len; i++)
		n += s->conns.items[i]->stream;
	return n;
}

const struct stub_request *stub_asked(const struct stub *s, const char *method,
				      const char *target, size_t n)
{
	for (size_t i = 0; i < s->requests.len; i++) {
		const struct stub_request *r = &s->requests.items[i];
		if (str_eq(r->method, method) && view_starts(view_of(r->target), target) && !n--)
			return r;
	}
	return NULL;
}

size_t stub_count(const struct stub *s, const char *method, const char *target)
{
	size_t n = 0;
	while (stub_asked(s, method, target, n))
		n++;
	return n;
}

const char *stub_header(const struct stub_request *r, const char *name, struct str *out)
{
	struct view value = header_in(view_of(r->head), name);
	str_clear(out);
	if (!value.ptr)
		return NULL;
	str_add(out, value);
	return str_text(out);
}

bool stub_until_fn(struct loop *l, bool (*fn)(void *arg), void *arg)
{
	int64_t end = when_mono_ms() + UNTIL_MS;
	while (!fn(arg)) {
		if (when_mono_ms() > end)
			return false;
		loop_turn(l, UNTIL_TURN_MS);
	}
	return true;
}

static bool flag_is_set(void *arg)
{
	const bool *const *flag = arg;
	return **flag;
}

bool stub_until(struct loop *l, const bool *flag)
{
	return stub_until_fn(l, flag_is_set, &flag);
}
