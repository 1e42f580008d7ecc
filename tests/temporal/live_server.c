/* The real server of the live tests, as a process (live.h). */
#include "live.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/unit.h"

enum { START_MS = 900000, WORDS_MAX = 32 };

struct live_ports ports;
char live_fixture[4096], live_folder[4096];
static pid_t server;

/* A port that is ours as long as the socket is open. */
static int take_port(int *fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	void *any = &a;
	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(*fd, any, len), 0);
	ck_assert_int_eq(getsockname(*fd, any, &len), 0);
	return ntohs(a.sin_port);
}

void live_choose_ports(void)
{
	int *const all[] = { &ports.http, &ports.ui,   &ports.ui_off, &ports.count,
			     &ports.tls,  &ports.mtls, &ports.token,  &ports.ui_codec,
			     &ports.codec };
	int fds[sizeof all / sizeof *all];
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		*all[i] = take_port(&fds[i]);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		close(fds[i]);
}

static void wait_for_ready(int fd)
{
	struct str said = { 0 };
	char bytes[512];
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ck_assert_msg(poll(&p, 1, START_MS) == 1, "the server does not start");
		ssize_t n = read(fd, bytes, sizeof bytes);
		ck_assert_msg(n > 0, "the server ended: %s", str_text(&said));
		str_add_bytes(&said, bytes, (size_t)n);
		if (view_find(view_of_str(&said), VIEW("ready "), 0) != SIZE_MAX)
			break;
	}
	str_release(&said);
}

void live_start(const char *const *words)
{
	char *argv[WORDS_MAX] = { live_fixture };
	int ends[2];
	for (size_t i = 0; words[i]; i++) {
		ck_assert_uint_lt(i, WORDS_MAX - 2);
		argv[i + 1] = mem_text(words[i]);
	}
	ck_assert_int_eq(pipe(ends), 0);
	server = fork();
	if (!server) {
		dup2(ends[1], STDOUT_FILENO);
		execv(live_fixture, argv);
		_exit(127);
	}
	for (size_t i = 1; argv[i]; i++)
		mem_free(argv[i]);
	close(ends[1]);
	wait_for_ready(ends[0]);
	close(ends[0]);
}

void live_start_usual(const char *runs)
{
	struct str database = { 0 }, http = { 0 }, ui = { 0 }, doors = { 0 },
		   codec = { 0 };
	str_addf(&database, "%s/usual.db", live_folder);
	str_addf(&http, "%d", ports.http);
	str_addf(&ui, "%d,%d:write+cancel,%d:codec", ports.ui, ports.ui_off, ports.ui_codec);
	str_addf(&codec, "%d", ports.codec);
	str_addf(&doors, "count=%d,tls=%d,mtls=%d,token=%d", ports.count, ports.tls, ports.mtls,
		 ports.token);
	const char *const words[] = { "-http", str_text(&http), "-db", str_text(&database),
				      "-ui", str_text(&ui), "-doors", str_text(&doors),
				      "-certificates", live_folder, runs, "-lost",
				      "-codec", str_text(&codec), NULL };
	live_start(words);
	str_release(&database);
	str_release(&http);
	str_release(&ui);
	str_release(&doors);
	str_release(&codec);
}

void live_start_afresh(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct str path = { 0 };
		str_addf(&path, "%s/usual.db%s", live_folder, ends[i]);
		remove(str_text(&path));
		str_release(&path);
	}
	live_start_usual("-runs=true");
}

void live_stop(void)
{
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
}
