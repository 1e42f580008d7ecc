/* Unix sockets: connect and listen (also relative to a folder's descriptor, also
 * under paths longer than an address takes), who the peer is, packets. Every
 * descriptor is non-blocking and close-on-exec. */
#ifndef IO_SOCK_H
#define IO_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

enum sock_kind { SOCK_KIND_STREAM, SOCK_KIND_PACKET };

struct sock_peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* dir: a folder's descriptor with `name` in it, or AT_FDCWD with any path. The
 * descriptor, or -1 and err: ERR_UNREACHABLE where nobody listens, ERR_NOT_FOUND
 * where there is no such file. */
int sock_connect(int dir, const char *name, enum sock_kind kind, struct err *err);
/* The file is made with mode 0600. One left behind by a dead listener is
 * replaced; ERR_REFUSED where somebody listens. */
int sock_listen(int dir, const char *name, enum sock_kind kind, struct err *err);
/* The next connection; -1 where there is none (err stays empty) or on an error. */
int sock_accept(int listener, struct err *err);
bool sock_peer(int fd, struct sock_peer *peer, struct err *err);

enum sock_result { SOCK_DONE, SOCK_AGAIN, SOCK_CLOSED, SOCK_FAILED };

/* One packet, whole or not at all. AGAIN: the peer's queue is full. */
enum sock_result sock_send_packet(int fd, struct view packet, struct err *err);
/* Replaces *packet. A longer packet than max is FAILED. */
enum sock_result sock_receive_packet(int fd, size_t max, struct str *packet, struct err *err);

#endif
