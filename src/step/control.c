/* The control socket. Knows nothing of what the words do. */
#include "step/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

static const char socket_name[] = "control";
enum { PACKET_MAX = 64, BACKLOG = 8 };

bool control_open(struct control *c, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	memcpy(address.sun_path, socket_name, sizeof socket_name);
	c->n_clients = 0;
	c->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	unlink(socket_name);
	if (c->listener >= 0 &&
	    !bind(c->listener, (struct sockaddr *)&address, sizeof address) &&
	    !listen(c->listener, BACKLOG))
		return true;
	err_system(err, errno, "no control socket");
	control_close(c);
	return false;
}

size_t control_polls(const struct control *c, struct pollfd *polls)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_clients; i++)
		polls[n++] = (struct pollfd){ .fd = c->clients[i], .events = POLLIN };
	/* A full house leaves newcomers in the backlog. */
	if (c->n_clients < CONTROL_CLIENTS)
		polls[n++] = (struct pollfd){ .fd = c->listener, .events = POLLIN };
	return n;
}

bool control_accept(struct control *c)
{
	if (c->n_clients == CONTROL_CLIENTS)
		return false;
	int fd = accept4(c->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return false;
	c->clients[c->n_clients++] = fd;
	return true;
}

static void remove_client(struct control *c, size_t i)
{
	close(c->clients[i]);
	c->clients[i] = c->clients[--c->n_clients];
}

enum control_word control_read(struct control *c, size_t i)
{
	static const struct {
		const char *text;
		enum control_word word;
	} words[] = {
		{ "term", CONTROL_TERM }, { "kill", CONTROL_KILL }, { "hello", CONTROL_HELLO },
	};
	char packet[PACKET_MAX];
	ssize_t n = recv(c->clients[i], packet, sizeof packet, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return CONTROL_NOTHING;
	if (n <= 0) {
		remove_client(c, i);
		return CONTROL_NOTHING;
	}
	struct view said = view_trim(view_bytes(packet, (size_t)n));
	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++)
		if (view_is(said, words[w].text))
			return words[w].word;
	return CONTROL_NOTHING;
}

void control_send(struct control *c, size_t i, const char *text)
{
	/* A full queue is the listener's loss: the files have it all. */
	if (send(c->clients[i], text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

void control_send_all(struct control *c, const char *text)
{
	for (size_t i = 0; i < c->n_clients; i++)
		control_send(c, i, text);
}

void control_close(struct control *c)
{
	while (c->n_clients)
		remove_client(c, c->n_clients - 1);
	if (c->listener >= 0) {
		close(c->listener);
		unlink(socket_name);
	}
	c->listener = -1;
}
