/* Raw HTTP clients. They never wait but for the loop. */
#include "unit/engine/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/when.h"
#include "io/sock.h"

enum { PATIENCE_MS = 20000, GULP = 65536 };

static void on_bytes(void *arg, int fd, unsigned events)
{
	struct client *c = arg;
	char gulp[GULP];
	(void)events;
	ssize_t n = recv(fd, gulp, sizeof gulp, MSG_DONTWAIT);
	if (n > 0) {
		str_add_bytes(&c->got, gulp, (size_t)n);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	c->ended = true;
	loop_remove(c->watch);
	c->watch = NULL;
}

void client_init(struct client *c, struct loop *loop, const char *path)
{
	*c = (struct client){ .loop = loop };
	c->fd = sock_connect(AT_FDCWD, path, SOCK_KIND_STREAM, NULL);
	ck_assert_int_ge(c->fd, 0);
	c->watch = loop_fd(loop, c->fd, LOOP_READ, on_bytes, c);
}

void client_send(struct client *c, struct view bytes)
{
	int64_t until = when_mono_ms() + PATIENCE_MS;
	while (bytes.len) {
		ssize_t n = send(c->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN)
			return;	/* the server had enough */
		if (n > 0)
			bytes = view_cut(bytes, (size_t)n, bytes.len);
		else
			loop_turn(c->loop, 10);
		ck_assert_int_lt(when_mono_ms(), until);
	}
}

void client_wait_end(struct client *c)
{
	int64_t until = when_mono_ms() + PATIENCE_MS;
	while (!c->ended) {
		loop_turn(c->loop, 1000);
		ck_assert_int_lt(when_mono_ms(), until);
	}
}

/* Where it stands. */
static size_t wait_behind(struct client *c, size_t from, const char *text)
{
	int64_t until = when_mono_ms() + PATIENCE_MS;
	size_t at;
	while ((at = view_find(view_of_str(&c->got), view_of(text), from)) == SIZE_MAX) {
		ck_assert_msg(!c->ended, "ended before '%s': %s", text, str_text(&c->got));
		loop_turn(c->loop, 1000);
		ck_assert_msg(when_mono_ms() < until, "no '%s' in: %s", text, str_text(&c->got));
	}
	return at;
}

void client_wait_text(struct client *c, const char *text)
{
	wait_behind(c, 0, text);
}

void client_wait_frame(struct client *c, const char *event)
{
	wait_behind(c, wait_behind(c, 0, event), "\n\n");
}

void client_release(struct client *c)
{
	loop_remove(c->watch);
	close(c->fd);
	str_release(&c->got);
}

int client_answers(const struct client *c)
{
	int n = 0;
	struct view line = VIEW("HTTP/1.1 ");
	for (size_t at = 0; (at = view_find(view_of_str(&c->got), line, at)) != SIZE_MAX; at += line.len)
		n++;
	return n;
}

int client_status(const struct client *c)
{
	int64_t status = 0;
	if (view_starts(view_of_str(&c->got), "HTTP/1.1 "))
		number_parse(view_cut(view_of_str(&c->got), 9, 3), 100, 599, &status);
	return (int)status;
}

struct view client_body(const struct client *c)
{
	size_t at = view_find(view_of_str(&c->got), VIEW("\r\n\r\n"), 0);
	return at == SIZE_MAX ? VIEW("") : view_cut(view_of_str(&c->got), at + 4, c->got.len);
}

void client_ask(struct client *c, const char *line, const char *headers, const char *body)
{
	struct str text = { 0 };
	str_addf(&text, "%s HTTP/1.1\r\nHost: localhost\r\n%s", line, headers);
	if (body)
		str_addf(&text, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			 strlen(body));
	str_addf(&text, "\r\n%s", body ? body : "");
	client_send(c, view_of_str(&text));
	str_release(&text);
}
