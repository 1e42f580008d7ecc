/* Accepting, looking at the head, refusing. The bytes are peeked at, so that the
 * server behind reads the very same ones. */
#include "engine/porch.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/jtext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "io/sock.h"

enum {
	HEAD_MS = 10000,
	LOOK_AGAIN_MS = 10,	/* at a head that came in parts */
	LEAVE_MS = 2000,	/* for a refused peer to take its answer */
	LEAVE_MAX = 2 << 20,	/* octets read meanwhile */
	WAITING_MAX = 512,
	PAUSE_MS = 100,		/* when there are no descriptors left */
	GULP = 16 << 10,
};

struct listener {
	struct porch *porch;
	int fd;
	struct porch_peer peer;
	struct watch *watch;
};

/* A connection whose head is not whole yet, or that has been refused. */
struct waiting {
	struct porch *porch;
	struct guest *guest;
	struct watch *readable, *timer;
	int64_t until_ms;	/* of the monotonic clock */
	bool leaving;
	size_t left;		/* octets still read from one that is leaving */
	size_t index;		/* in porch->waiting */
};

struct porch {
	struct loop *loop;
	struct porch_config config;
	VEC(struct listener *) listeners;
	VEC(struct waiting *) waiting;
	struct watch *pause;
	int64_t said_ms;
};

void guest_free(struct guest *g)
{
	if (!g)
		return;
	if (g->fd >= 0)
		close(g->fd);
	str_release(&g->bytes);
	mem_free(g);
}

void porch_add_error(struct str *out, struct view code, struct view message, struct view detail)
{
	str_add_text(out, "{\"error\":{\"code\":");
	jtext_add_quoted(out, code);
	str_add_text(out, ",\"message\":");
	jtext_add_quoted(out, message);
	str_add_text(out, ",\"detail\":");
	str_add(out, detail.len ? detail : VIEW("{}"));
	str_add_text(out, "}}");
}

/* ---- those who wait --------------------------------------------------------- */

static void look_again(struct porch *p);

static void waiting_free(struct waiting *w)
{
	struct porch *p = w->porch;
	loop_remove(w->readable);
	loop_remove(w->timer);
	guest_free(w->guest);
	struct waiting *last = p->waiting.items[--p->waiting.len];
	p->waiting.items[w->index] = last;
	last->index = w->index;
	mem_free(w);
	look_again(p);
}

static void answer(int fd, const struct front_refusal *why)
{
	struct str body = { 0 }, text = { 0 };
	porch_add_error(&body, view_of(why->code), view_of(why->message), VIEW(""));
	str_addf(&text,
		 "HTTP/1.1 %d Refused\r\nContent-Type: application/json\r\n"
		 "Content-Length: %zu\r\nConnection: close\r\n\r\n",
		 why->status, body.len);
	str_add(&text, view_of_str(&body));
	if (send(fd, text.ptr, text.len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_debug("a refused peer had gone");
	shutdown(fd, SHUT_WR);
	str_release(&body);
	str_release(&text);
}

/* Its answer is out; what it still sends is read and thrown away, so that the
 * kernel does not cut the answer off. */
static void show_out(struct waiting *w, const struct front_refusal *why)
{
	answer(w->guest->fd, why);
	w->leaving = true;
	w->left = LEAVE_MAX;
	w->until_ms = when_mono_ms() + LEAVE_MS;
	loop_fd_change(w->readable, LOOP_READ);
	loop_timer_set(w->timer, LEAVE_MS);
}

static void on_leaving(struct waiting *w)
{
	char gulp[GULP];
	for (;;) {
		ssize_t n = recv(w->guest->fd, gulp, sizeof gulp, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR) && when_mono_ms() < w->until_ms)
			return;
		if (n <= 0 || (size_t)n >= w->left) {
			waiting_free(w);
			return;
		}
		w->left -= (size_t)n;
	}
}

static void enter(struct waiting *w)
{
	struct porch *p = w->porch;
	struct guest *guest = w->guest;
	struct front_refusal why;
	if (guest->peer.kind == PORCH_TCP && !front_check_web(&guest->head, guest->peer.port, &why)) {
		show_out(w, &why);
		return;
	}
	if (p->config.admit && !p->config.admit(p->config.arg, guest, &why)) {
		show_out(w, &why);
		return;
	}
	w->guest = NULL;
	waiting_free(w);
	p->config.enter(p->config.arg, guest);
}

/* Replaces guest->bytes by what lies in the socket. False when the peer left. */
static bool peek(struct guest *g)
{
	str_clear(&g->bytes);
	char *room = str_reserve(&g->bytes, FRONT_HEAD_MAX);
	ssize_t n = recv(g->fd, room, FRONT_HEAD_MAX, MSG_PEEK | MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	g->bytes.len = n > 0 ? (size_t)n : 0;
	return true;
}

static void look(struct waiting *w)
{
	static const struct front_refusal late = { 408, "timeout", "the request did not come in time" };
	struct front_refusal why;
	size_t had = w->guest->bytes.len;
	if (!peek(w->guest)) {
		waiting_free(w);
		return;
	}
	switch (front_read(view_of_str(&w->guest->bytes), &w->guest->head, &why)) {
	case FRONT_GOOD:
		enter(w);
		return;
	case FRONT_REFUSED:
		show_out(w, &why);
		return;
	case FRONT_MORE:
		break;
	}
	if (when_mono_ms() >= w->until_ms) {
		if (had)
			show_out(w, &late);
		else
			waiting_free(w);
		return;
	}
	/* Part of a head: the socket stays readable, so the clock says when to look. */
	loop_fd_change(w->readable, w->guest->bytes.len ? 0 : LOOP_READ);
	loop_timer_set(w->timer, w->guest->bytes.len ? LOOK_AGAIN_MS : w->until_ms - when_mono_ms());
}

static void on_readable(void *arg, int fd, unsigned events)
{
	struct waiting *w = arg;
	(void)fd;
	(void)events;
	if (w->leaving)
		on_leaving(w);
	else
		look(w);
}

static void on_timer(void *arg)
{
	struct waiting *w = arg;
	if (w->leaving)
		waiting_free(w);
	else
		look(w);
}

static void receive(struct porch *p, int fd, const struct porch_peer *peer)
{
	struct waiting *w = mem_zero(sizeof *w);
	int64_t head_ms = p->config.head_ms ? p->config.head_ms : HEAD_MS;
	w->porch = p;
	w->guest = mem_zero(sizeof *w->guest);
	w->guest->fd = fd;
	w->guest->peer = *peer;
	w->until_ms = when_mono_ms() + head_ms;
	w->index = p->waiting.len;
	w->readable = loop_fd(p->loop, fd, LOOP_READ, on_readable, w);
	w->timer = loop_timer(p->loop, on_timer, w);
	loop_timer_set(w->timer, head_ms);
	vec_push(&p->waiting, w);
}

/* ---- listeners ---------------------------------------------------------------- */

static void listen_to(struct porch *p, unsigned events)
{
	for (size_t i = 0; i < p->listeners.len; i++)
		loop_fd_change(p->listeners.items[i]->watch, events);
}

/* A place was freed. */
static void look_again(struct porch *p)
{
	if (!loop_timer_is_set(p->pause))
		listen_to(p, LOOP_READ);
}

static void on_pause_over(void *arg)
{
	listen_to(arg, LOOP_READ);
}

/* Out of descriptors or memory: others may free some. Said once a minute. */
static void pause_accepting(struct porch *p, const struct err *err)
{
	int64_t now = when_mono_ms();
	if (!p->said_ms || now - p->said_ms > 60000) {
		p->said_ms = now;
		log_warn("connections wait: %s", err_text(err));
	}
	listen_to(p, 0);
	loop_timer_set(p->pause, PAUSE_MS);
}

static bool know_peer(struct listener *l, int fd, struct porch_peer *peer)
{
	struct sock_peer credentials;
	*peer = l->peer;
	if (peer->kind == PORCH_TCP)
		return true;
	bool known = sock_peer(fd, &credentials, NULL);
	peer->uid = credentials.uid;
	return known;
}

static void on_accept(void *arg, int listener, unsigned events)
{
	enum { AT_ONCE = 32 };
	struct listener *l = arg;
	struct porch *p = l->porch;
	(void)events;
	for (int i = 0; i < AT_ONCE; i++) {
		struct err err = { 0 };
		struct porch_peer peer;
		int fd = sock_accept(listener, &err);
		if (fd < 0 && err.kind != ERR_NONE)
			pause_accepting(p, &err);
		err_release(&err);
		if (fd < 0)
			return;
		if (know_peer(l, fd, &peer))
			receive(p, fd, &peer);
		else
			close(fd);
		if (p->waiting.len >= WAITING_MAX) {
			listen_to(p, 0);
			return;
		}
	}
}

static int port_of(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof address;
	if (getsockname(fd, (struct sockaddr *)&address, &len))
		return 0;
	if (address.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&address)->sin_port);
	return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
}

struct porch *porch_new(struct loop *loop, const struct porch_config *config)
{
	struct porch *p = mem_zero(sizeof *p);
	p->loop = loop;
	p->config = *config;
	p->pause = loop_timer(loop, on_pause_over, p);
	return p;
}

void porch_listen(struct porch *p, int fd, enum porch_kind kind)
{
	struct listener *l = mem_zero(sizeof *l);
	l->porch = p;
	l->fd = fd;
	l->peer = (struct porch_peer){ .kind = kind, .uid = (uid_t)-1 };
	if (kind == PORCH_TCP)
		l->peer.port = port_of(fd);
	l->watch = loop_fd(p->loop, fd, LOOP_READ, on_accept, l);
	vec_push(&p->listeners, l);
}

void porch_free(struct porch *p)
{
	if (!p)
		return;
	while (p->waiting.len)
		waiting_free(p->waiting.items[p->waiting.len - 1]);
	for (size_t i = 0; i < p->listeners.len; i++) {
		loop_remove(p->listeners.items[i]->watch);
		close(p->listeners.items[i]->fd);
		mem_free(p->listeners.items[i]);
	}
	vec_release(&p->listeners);
	vec_release(&p->waiting);
	loop_remove(p->pause);
	mem_free(p);
}
