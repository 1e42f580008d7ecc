/* The two protocols of a service manager: plain environment variables and one
 * datagram. */
#include "io/systemd.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

enum { FDS_MAX = 64 };

static bool variable(const char *name, int64_t most, int64_t *value)
{
	const char *text = getenv(name);
	return text && number_parse(view_of(text), 1, most, value);
}

int systemd_listen_fds(void)
{
	int64_t pid = 0, n = 0;
	bool ours = variable("LISTEN_PID", INT32_MAX, &pid) && pid == getpid() &&
		    variable("LISTEN_FDS", FDS_MAX, &n);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	for (int fd = SYSTEMD_FIRST_FD; ours && fd < SYSTEMD_FIRST_FD + n; fd++) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	}
	return ours ? (int)n : 0;
}

void systemd_notify(const char *state)
{
	struct view path = view_of(getenv("NOTIFY_SOCKET"));
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (path.len < 2 || path.len >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path.ptr, path.len);
	if (to.sun_path[0] == '@')
		to.sun_path[0] = '\0';	/* the abstract namespace */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* A manager that has gone is no reason to stop. */
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len));
	close(fd);
}
