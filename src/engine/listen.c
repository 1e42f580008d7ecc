/* Listening sockets. */
#include "engine/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/sock.h"

enum { BACKLOG = 128, KEEP_IDLE_S = 15, KEEP_INTERVAL_S = 5, KEEP_COUNT = 3, STUCK_MS = 20000 };

static const char *const loopback[] = { "localhost", "127.0.0.1", "[::1]", "::1" };

static bool is_loopback(struct view host)
{
	for (size_t i = 0; i < sizeof(loopback) / sizeof(*loopback); i++)
		if (view_is(host, loopback[i]))
			return true;
	return false;
}

static bool parse_tcp(struct view text, struct listen_address *address, struct err *err)
{
	size_t colon = text.len;
	while (colon && text.ptr[colon - 1] != ':')
		colon--;
	struct view port = view_cut(text, colon, text.len), host = view_cut(text, 0, colon ? colon - 1 : 0);
	int64_t number;
	if (!colon || !number_parse(port, 0, UINT16_MAX, &number))
		return err_set(err, ERR_USAGE, "'%.*s' is neither unix:PATH nor HOST:PORT",
			       (int)text.len, text.ptr);
	if (!is_loopback(host))
		return err_set(err, ERR_USAGE,
			       "'%.*s' is not this machine's loopback: forward the socket over SSH",
			       (int)host.len, host.ptr);
	if (view_starts(host, "["))
		host = view_cut(host, 1, host.len - 2);
	address->kind = PORCH_TCP;
	address->host = mem_bytes(host.ptr, host.len);
	address->port = mem_bytes(port.ptr, port.len);
	return true;
}

bool listen_parse(const char *text, struct listen_address *address, struct err *err)
{
	struct view v = view_of(text);
	*address = (struct listen_address){ 0 };
	if (!view_starts(v, "unix:"))
		return parse_tcp(v, address, err);
	v = view_cut(v, sizeof("unix:") - 1, v.len);
	if (!v.len || v.ptr[0] != '/')
		return err_set(err, ERR_USAGE, "'%s' needs a path from the root", text);
	address->kind = PORCH_UNIX;
	address->path = mem_bytes(v.ptr, v.len);
	return true;
}

void listen_release(struct listen_address *address)
{
	mem_free(address->path);
	mem_free(address->host);
	mem_free(address->port);
	*address = (struct listen_address){ 0 };
}

static int open_unix(const char *path, struct err *err)
{
	struct str folder = { 0 };
	str_add_text(&folder, path);
	while (folder.len > 1 && folder.ptr[folder.len - 1] != '/')
		str_shorten(&folder, folder.len - 1);
	if (folder.len > 1)
		str_shorten(&folder, folder.len - 1);
	bool good = file_safe_folder(str_text(&folder), err);
	str_release(&folder);
	return good ? sock_listen(AT_FDCWD, path, SOCK_KIND_STREAM, err) : -1;
}

/* A peer that vanished without a word is found by the kernel. */
static void keep_alive(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_REUSEADDR, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, KEEP_INTERVAL_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, KEEP_COUNT },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, STUCK_MS },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			   sizeof options[i].value);
}

static int open_tcp(const struct listen_address *a, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	int failed = getaddrinfo(a->host, a->port, &hints, &found);
	if (failed) {
		err_set(err, ERR_SYSTEM, "%s:%s: %s", a->host, a->port, gai_strerror(failed));
		return -1;
	}
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		keep_alive(fd);
	if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, BACKLOG)) {
		err_system(err, errno, "cannot listen on %s:%s", a->host, a->port);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

int listen_open(const struct listen_address *address, struct err *err)
{
	return address->kind == PORCH_UNIX ? open_unix(address->path, err) : open_tcp(address, err);
}
