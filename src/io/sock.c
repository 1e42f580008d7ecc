/* Unix sockets by path or by folder descriptor (through /proc/self/fd, because an
 * address takes 107 bytes only), and packets. Knows nothing of what is said over
 * them. */
#include "io/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

/* An address and the folder that it is relative to. */
struct place {
	int dir;		/* to close, or -1 */
	int at;			/* folder descriptor or AT_FDCWD */
	const char *base;	/* the name in it */
	struct sockaddr_un address;
};

static bool place_through(struct place *p, struct err *err)
{
	int n = snprintf(p->address.sun_path, sizeof p->address.sun_path, "/proc/self/fd/%d/%s",
			 p->at, p->base);
	if (n < 0 || (size_t)n >= sizeof p->address.sun_path)
		return err_set(err, ERR_LIMIT, "the name of socket %s is too long", p->base);
	return true;
}

/* A path is taken apart into its folder, opened, and the last name. */
static bool place_open(struct place *p, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = strlen(path);
	if (len < sizeof p->address.sun_path) {
		memcpy(p->address.sun_path, path, len + 1);
		return true;
	}
	if (!slash)
		return err_set(err, ERR_LIMIT, "the name of socket %s is too long", path);
	char *folder = mem_bytes(path, slash == path ? 1 : (size_t)(slash - path));
	p->dir = p->at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int e = errno;
	mem_free(folder);
	if (p->dir < 0)
		return err_system(err, e, "%s", path);
	p->base = slash + 1;
	return place_through(p, err);
}

static bool place_init(struct place *p, int dir, const char *name, struct err *err)
{
	*p = (struct place){ .dir = -1, .at = dir, .base = name,
			     .address = { .sun_family = AF_UNIX } };
	return dir == AT_FDCWD ? place_open(p, name, err) : place_through(p, err);
}

static void place_release(struct place *p)
{
	if (p->dir >= 0)
		close(p->dir);
}

static int new_socket(enum sock_kind kind, struct err *err)
{
	int type = kind == SOCK_KIND_PACKET ? SOCK_SEQPACKET : SOCK_STREAM;
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err_system(err, errno, "cannot make a socket");
	return fd;
}

static const struct sockaddr *address_of(const struct place *p)
{
	const void *address = &p->address;
	return address;
}

static bool connect_to(int fd, const struct place *p, const char *name, struct err *err)
{
	if (connect(fd, address_of(p), sizeof p->address) == 0)
		return true;
	int e = errno;
	err_system(err, e, "cannot connect to %s", name);
	if (err && (e == ECONNREFUSED || e == EAGAIN))
		err->kind = ERR_UNREACHABLE;
	if (err && e == ENOENT)
		err->kind = ERR_NOT_FOUND;
	return false;
}

int sock_connect(int dir, const char *name, enum sock_kind kind, struct err *err)
{
	struct place place;
	int fd = -1;
	if (place_init(&place, dir, name, err))
		fd = new_socket(kind, err);
	if (fd >= 0 && !connect_to(fd, &place, name, err)) {
		close(fd);
		fd = -1;
	}
	place_release(&place);
	return fd;
}

/* Whoever listened was killed while it was starting a process: until that has begun,
 * it holds the descriptor, and nobody will ever answer. */
static bool listener_is_dead(int fd)
{
	struct sock_peer peer;
	return sock_peer(fd, &peer, NULL) && peer.pid > 0 && kill(peer.pid, 0) && errno == ESRCH;
}

/* Whether nobody listens on the file any more, so that it may be replaced. */
static bool is_left_behind(const struct place *p, enum sock_kind kind)
{
	struct stat st;
	if (fstatat(p->at, p->base, &st, AT_SYMLINK_NOFOLLOW) || !S_ISSOCK(st.st_mode))
		return false;
	int fd = new_socket(kind, NULL);
	if (fd < 0)
		return false;
	bool dead = connect(fd, address_of(p), sizeof p->address) ? errno == ECONNREFUSED
								 : listener_is_dead(fd);
	close(fd);
	return dead;
}

static bool bind_to(int fd, const struct place *p, enum sock_kind kind, struct err *err)
{
	bool bound = bind(fd, address_of(p), sizeof p->address) == 0;
	if (!bound && errno == EADDRINUSE && is_left_behind(p, kind)) {
		unlinkat(p->at, p->base, 0);
		bound = bind(fd, address_of(p), sizeof p->address) == 0;
	}
	if (!bound && errno == EADDRINUSE)
		return err_set(err, ERR_REFUSED, "%s is in use: somebody listens on it", p->base);
	if (!bound)
		return err_system(err, errno, "cannot listen on %s", p->base);
	if (fchmodat(p->at, p->base, 0600, 0) || listen(fd, SOMAXCONN))
		return err_system(err, errno, "cannot listen on %s", p->base);
	return true;
}

int sock_listen(int dir, const char *name, enum sock_kind kind, struct err *err)
{
	struct place place;
	int fd = -1;
	if (place_init(&place, dir, name, err))
		fd = new_socket(kind, err);
	if (fd >= 0 && !bind_to(fd, &place, kind, err)) {
		close(fd);
		fd = -1;
	}
	place_release(&place);
	return fd;
}

int sock_accept(int listener, struct err *err)
{
	int fd;
	do
		fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0 && errno != EAGAIN)
		err_system(err, errno, "cannot take a connection");
	return fd;
}

bool sock_peer(int fd, struct sock_peer *peer, struct err *err)
{
	struct ucred who;
	socklen_t len = sizeof who;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len))
		return err_system(err, errno, "cannot tell who has connected");
	*peer = (struct sock_peer){ .pid = who.pid, .uid = who.uid, .gid = who.gid };
	return true;
}

/* ---- packets ---- */

enum sock_result sock_send_packet(int fd, struct view packet, struct err *err)
{
	ssize_t n;
	do
		n = send(fd, packet.ptr, packet.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return SOCK_DONE;
	if (errno == EAGAIN)
		return SOCK_AGAIN;
	if (errno == EPIPE || errno == ECONNRESET)
		return SOCK_CLOSED;
	err_system(err, errno, "cannot send");
	return SOCK_FAILED;
}

enum sock_result sock_receive_packet(int fd, size_t max, struct str *packet, struct err *err)
{
	str_clear(packet);
	char *room = str_reserve(packet, max);
	if (!room)
		BUG("a packet's cap is over its buffer's");
	ssize_t n;
	do
		n = recv(fd, room, max, MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return SOCK_CLOSED;
	if (n < 0 && errno == EAGAIN)
		return SOCK_AGAIN;
	if (n < 0) {
		err_system(err, errno, "cannot receive");
		return SOCK_FAILED;
	}
	if ((size_t)n > max) {
		err_set(err, ERR_LIMIT, "a packet of %zd bytes is over %zu", n, max);
		return SOCK_FAILED;
	}
	packet->len = (size_t)n;
	packet->ptr[n] = '\0';
	return SOCK_DONE;
}
